"""Looking at images in a bucket over HTTP."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from jupyterlab_datahub.demo.s3.contents import LAB, OPEN, PAID
from jupyterlab_datahub.demo.spatial import pyramid
from tests.images.conftest import stain
from tests.server.conftest import encoded, ended

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

KEY = "images/tonsil.ome.tif"


@pytest.fixture
def store(hub: DemoHub, tmp_path: Path) -> DemoHub:
    """Return the hub with one image in two of its buckets."""
    path = tmp_path / "tonsil.ome.tif"
    pyramid.write(path, ("DNA", "CD3"), (stain(n, 512) for n in range(2)), pixel_um=1, levels=2)
    for bucket in (OPEN, PAID, LAB):
        hub.s3.api.buckets.put(bucket, KEY, path.read_bytes())
    return hub


@pytest.fixture
def datahub_config(settings: Settings, store: DemoHub) -> dict[str, Any]:
    """Return a configuration with the store as its reader."""
    service = store.services["s3"]
    s3 = {
        "name": "s3",
        "kind": "s3",
        "url": service["url"],
        "profile": service["profile"],
        "credentials_file": service["credentials"],
        "buckets": [OPEN, PAID, LAB],
    }
    return {"home": settings.home, "sources": [s3], "reserve_gb": 0.0, "offline": True}


async def test_image_in_a_bucket_is_looked_at(ask: Ask, store: DemoHub) -> None:
    ref = encoded(f"s3://{OPEN}/{KEY}")
    facts = await ask("GET", f"images/{ref}")
    assert facts.status == 200, facts.body
    assert [channel["name"] for channel in facts.body["channels"]] == ["DNA", "CD3"]
    seen = await ask("GET", f"images/{ref}/thumbnail", params={"channel": 1, "size": 128})
    assert seen.status == 200, seen.body
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(seen.body["png"]))))
    assert picture.shape == (128, 128)
    assert picture[:64, 64:].mean() > picture[:64, :64].mean() + 100
    asked = [one for one in store.s3.api.requests if one.method == "GET" and KEY in one.path]
    assert all(one.range for one in asked)
    again = await ask("GET", f"images/{ref}/thumbnail", params={"channel": 1, "size": 128})
    assert again.body == seen.body
    assert asked == [
        one for one in store.s3.api.requests if one.method == "GET" and KEY in one.path
    ]


async def test_paid_image_takes_consent_and_is_paid_for_once(ask: Ask, store: DemoHub) -> None:
    ref = encoded(f"s3://{PAID}/{KEY}")
    api = store.s3.api
    refused = await ask("GET", f"images/{ref}")
    assert refused.status == 402, refused.body
    assert refused.error["code"] == "consent"
    assert refused.error["cost"]["usd"] > 0
    assert not any(api.charged.values())
    facts = await ask("GET", f"images/{ref}", params={"max_usd": "0.01"})
    assert facts.status == 200, facts.body
    assert api.charged[f"/{PAID}/{KEY}"] == facts.body["fetched"] > 0
    little = await ask("GET", f"images/{ref}/thumbnail", params={"max_usd": "0.000001"})
    assert little.error["code"] == "limit"


async def test_image_is_opened_where_it_is_if_anybody_may_read_it(ask: Ask, store: DemoHub) -> None:
    open_to_all = await ask("POST", "cells", {"ref": f"s3://{OPEN}/{KEY}", "in_place": True})
    assert open_to_all.status == 200, open_to_all.body
    assert f'"{store.s3.api.url}/{OPEN}/{KEY}"' in open_to_all.body["code"]
    told = open_to_all.body["input"]
    assert (told["ref"], told["selection"]) == (f"s3://{OPEN}/{KEY}", "opened where it is")
    assert told["retrieved"]
    assert told["size"]
    found = await ask("POST", "provenance", {"metadata": {"datahub": {"inputs": [told]}}})
    assert [each["state"] for each in found.body["inputs"]] == ["present"], found.body
    alone = {"ref": f"s3://{OPEN}/{KEY}", "in_place": True, "level": 1}
    one = await ask("POST", "cells", alone)
    assert "level=1" in one.body["code"]
    assert one.body["input"]["selection"] == "level 1, opened where it is"
    for wrong in ({"level": -1}, {"layer": "vitessce"}):
        assert (await ask("POST", "cells", alone | wrong)).status == 400
    for bucket, words in ((PAID, "no limit"), (LAB, "no credentials")):
        wish = {"ref": f"s3://{bucket}/{KEY}", "in_place": True}
        answer = await ask("POST", "cells", wish)
        assert (answer.status, answer.error["code"]) == (409, "conflict"), answer.body
        assert words in answer.error["message"]
        assert "Download it" in answer.error["hint"]
    wish = {"ref": f"s3://{OPEN}/{KEY}", "in_place": True, "language": "R"}
    assert (await ask("POST", "cells", wish)).status == 400
    assert not any(store.s3.api.charged.values())


async def test_tables_around_an_image_are_offered_by_name(ask: Ask, store: DemoHub) -> None:
    buckets = store.s3.api.buckets
    project = "study/tonsil"
    image = f"{project}/registration/tonsil.ome.tif"
    buckets.put(LAB, image, b"II")
    for path in (
        f"{project}/registration/notes.csv",
        f"{project}/quantification/unmicst-lung_cell.csv",
        f"{project}/quantification/unmicst-tonsil_cell.csv",
        f"{project}/quantification/markers.csv",
        f"{project}/tonsil.h5ad",
        "study/other/quantification/unmicst-tonsil_cell.csv",
        f"{project}/plate.ome.zarr/zarr.json",
    ):
        buckets.put(LAB, path, b"x")
    for ref in (image, f"{project}/plate.ome.zarr/zarr.json"):
        found = await ask("GET", f"images/{encoded(f's3://{LAB}/{ref}')}/tables")
        assert found.status == 200, found.body
        assert found.body["whole"]
        paths = [one["path"] for one in found.body["tables"]]
        named = ["quantification/unmicst-tonsil_cell.csv", "tonsil.h5ad"]
        lung = "quantification/unmicst-lung_cell.csv"
        assert paths == ([*named, lung] if ref == image else [lung, *named])
    assert found.body["tables"][0]["ref"] == f"s3://{LAB}/{project}/{lung}"
    top = await ask("GET", f"images/{encoded(f's3://{LAB}/{KEY}')}/tables")
    assert top.body == {"tables": [], "whole": True}


async def test_image_that_is_paid_for_is_opened_from_the_library(ask: Ask, store: DemoHub) -> None:
    wish = {"ref": f"s3://{PAID}/{KEY}", "max_usd": 0.1}
    begun = await ask("POST", "transfers", wish)
    assert begun.status == 201, begun.body
    assert (await ended(ask, begun.body["id"]))["state"] == "done"
    paid = dict(store.s3.api.charged)
    for way in ({"in_place": True, "layer": "zarr"}, {"layer": "napari"}, {"layer": "vitessce"}):
        cell = await ask("POST", "cells", {"ref": wish["ref"], **way})
        assert cell.status == 200, cell.body
        assert f'"{cell.body["path"]}"' in cell.body["code"]
        assert cell.body["path"].endswith(".ome.tif")
        assert (cell.body["input"]["sha256"] != "", cell.body["input"]["selection"]) == (True, "")
    assert store.s3.api.charged == paid


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        (f"s3://{OPEN}/{KEY}/thumbnail", {"channel": "-1"}, 400),
        (f"s3://{OPEN}/{KEY}/thumbnail", {"size": "100000"}, 400),
        (f"s3://{OPEN}/{KEY}", {"max_usd": "much"}, 400),
        (f"s3://{OPEN}/none.ome.tif", {}, 404),
        (f"s3://{OPEN}/plates/plate-0/well-00.csv", {}, 400),
    ],
)
async def test_what_cannot_be_looked_at_is_refused_in_words(
    ask: Ask, path: str, params: dict[str, str], status: int
) -> None:
    answer = await ask("GET", f"images/{path}", params=params)
    assert answer.status == status, answer.body
    assert answer.error["message"]
