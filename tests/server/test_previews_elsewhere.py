"""Previews of files in buckets, commons, labs and folders, and of those that somebody pays for."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anndata as ad
import pytest

from jupyterlab_datahub.demo.openbis.contents import CELLS
from jupyterlab_datahub.demo.s3.contents import OPEN, PAID
from jupyterlab_datahub.spending.ledger import Ledger
from tests.server.conftest import encoded, ended

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

BYTE = 0.09 / 1e9
"""USD."""

KEY = "cells/monocytes.h5ad"


@pytest.fixture
def cells(settings: Settings) -> bytes:
    """Return the content of the file of the folder."""
    return (Path(settings.root) / "my-data" / "monocytes.h5ad").read_bytes()


@pytest.fixture
def datahub_config(
    s3_settings: Settings, hub: DemoHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Return a configuration with a Source of each kind that has h5ad files."""
    monkeypatch.setenv("HOME", str(tmp_path))
    services = hub.services
    store = s3_settings.sources[-1]
    sources = [
        {"name": "folder", "kind": "folder", "path": "my-data"},
        {"name": "s3", "kind": "s3", "url": store.url} | store.options,
        {"name": "gen3", "kind": "gen3", "url": services["gen3"]["url"]},
        {"name": "openbis", "kind": "openbis", "url": services["openbis"]["url"]},
    ]
    return {"home": s3_settings.home, "sources": sources, "reserve_gb": 0.0, "offline": True}


def guid(hub: DemoHub, name: str) -> str:
    """Return what a file of the commons is called."""
    return next(one.did for one in hub.gen3.commons.index if one.file_name == name)


async def test_a_look_that_costs_something_says_so_before_a_byte_is_paid_for(
    ask: Ask, hub: DemoHub, cells: bytes, settings: Settings
) -> None:
    api = hub.s3.api
    api.buckets.put(PAID, KEY, cells)
    path = f"previews/{encoded(f's3://{PAID}/{KEY}')}"
    for what, params in (("", {}), ("/points", {}), ("/colours", {"by": "n_genes"})):
        refused = await ask("GET", path + what, params=params)
        assert (refused.status, refused.error["code"]) == (402, "consent"), refused.body
        cost = refused.error["cost"]
        assert cost["bytes"] == len(cells)
        assert cost["usd"] == pytest.approx(len(cells) * BYTE)
    assert (await ask("GET", path, params={"max_usd": "much"})).status == 400
    little = await ask("GET", path, params={"max_usd": "0.000000001"})
    assert little.error["code"] == "limit"
    assert not any(api.charged.values())
    facts = await ask("GET", path, params={"max_usd": "0.01"})
    assert facts.status == 200, facts.body
    paid = sum(api.charged.values())
    assert 0 < paid == facts.body["bytes_fetched"] <= len(cells)
    assert Ledger(Path(settings.home)).spending().bytes == paid
    # What is known already costs nothing and asks nobody.
    assert (await ask("GET", path)).body == facts.body
    assert sum(api.charged.values()) == paid


async def test_files_of_every_kind_of_place(
    ask: Ask, hub: DemoHub, cells: bytes, settings: Settings
) -> None:
    hub.s3.api.buckets.put(OPEN, KEY, cells)
    gen3 = hub.services["gen3"]["host"]
    did = guid(hub, "monocytes.h5ad")
    with warnings.catch_warnings(), ad.settings.override(allow_write_nullable_strings=True):
        # Which shards anndata makes by default is no matter here; the file may come from pandas 3.
        warnings.simplefilter("ignore")
        made = Path(settings.root) / "my-data" / "monocytes.zarr"
        ad.read_h5ad(made.with_suffix(".h5ad")).write_zarr(made)
    for path in made.rglob("*"):
        if path.is_file():
            key = f"cells/{path.relative_to(made.parent).as_posix()}"
            hub.s3.api.buckets.put(OPEN, key, path.read_bytes())
    shapes = set()
    for ref in (
        "folder:folder/monocytes.zarr",
        f"s3://{OPEN}/cells/monocytes.zarr",
        "folder:folder/monocytes.h5ad",
        f"s3://{OPEN}/{KEY}",
        f"gen3:{gen3}/{did}",
        f"drs://{gen3}/{did}",
    ):
        facts = await ask("GET", f"previews/{encoded(ref)}")
        assert facts.status == 200, (ref, facts.body)
        assert facts.body["picture"]["embedding"] == "X_umap"
        shapes.add(tuple(facts.body["shape"]))
    assert len(shapes) == 1
    signed = [seen for seen in hub.s3.api.requests if seen.method == "GET" and KEY in seen.path]
    assert signed
    # The same cells of stores as of a file, without the rest of these.
    rows = set()
    wish = {"where": "percent_mito < 0.02"}
    for ref in (
        "folder:folder/monocytes.zarr",
        f"s3://{OPEN}/cells/monocytes.zarr/",
        f"s3://{OPEN}/{KEY}",
    ):
        told = await ask("POST", f"previews/{encoded(ref)}/selection", wish)
        assert told.status == 200, (ref, told.body)
        assert 0 < told.body["cells"] < told.body["of_cells"]
        assert 0 < told.body["fetch"] <= told.body["whole"]
        asked = await ask("POST", "transfers", {"ref": ref, "selection": wish})
        assert asked.status == 201, (ref, asked.body)
        done = await ended(ask, asked.body["id"])
        assert done["state"] == "done", done
        part = ad.read_h5ad(done["path"])
        assert part.uns["datahub"]["ref"] == ref
        rows.add((tuple(part.obs_names), float(part.X.sum())))
        cell = await ask("POST", "cells", {"ref": ref, "selection": wish})
        assert cell.status == 200, cell.body
        there = {"ref": ref, "in_place": True, "way": "dask", "cluster": "tcp://10.0.0.5:8786"}
        cell = await ask("POST", "cells", there)
        assert cell.status == 200, cell.body
        assert f'datahub.open_lazy("{ref}")' in cell.body["code"]
        # Neither an address that is signed nor a key is in a notebook.
        assert "http" not in cell.body["code"]
        told = cell.body["input"]
        assert (told["in_place"], told["selection"]) == (True, "opened where it is")
        found = await ask("POST", "provenance", {"metadata": {"datahub": {"inputs": [told]}}})
        assert [each["state"] for each in found.body["inputs"]] == ["present"], found.body
    assert len(rows) == 1


async def test_files_of_a_commons_that_are_not_for_everybody(ask: Ask, hub: DemoHub) -> None:
    gen3 = hub.services["gen3"]["host"]
    closed = guid(hub, "t_cells.h5ad")
    refused = await ask("GET", f"previews/{encoded(f'gen3:{gen3}/{closed}')}")
    assert (refused.status, refused.error["code"]) == (403, "no_access"), refused.body
    assert "t_cells.h5ad" in refused.error["message"]


async def test_files_of_a_lab(ask: Ask, hub: DemoHub) -> None:
    service = hub.services["openbis"]
    wish = {
        "kind": "openbis",
        "url": service["url"],
        "user": service["user"],
        "password": service["password"],
    }
    ref = f"openbis:{service['host']}/{CELLS}/original/pbmc68k.h5ad"
    nobody = await ask("GET", f"previews/{encoded(ref)}")
    assert (nobody.status, nobody.error["code"]) == (403, "no_access"), nobody.body
    connected = await ask("PUT", "connections/openbis", wish)
    assert connected.status == 200, connected.body
    facts = await ask("GET", f"previews/{encoded(ref)}")
    assert facts.status == 200, facts.body
    assert facts.body["shape"] == [700, 738]
    assert 0 < facts.body["bytes_fetched"] <= facts.body["size"]
    again = await ask("GET", f"previews/{encoded(ref)}")
    assert again.body == facts.body
    chosen = {"where": "percent_mito < 0.02", "genes": ["CD3D"], "symbols": True}
    asked = await ask("POST", "transfers", {"ref": ref, "selection": chosen})
    assert asked.status == 201, asked.body
    done = await ended(ask, asked.body["id"])
    assert done["state"] == "done", done
    part = ad.read_h5ad(done["path"])
    assert (0 < part.n_obs < 700, list(part.var_names)) == (True, ["CD3D"])


async def test_a_selection_of_a_paid_file_is_made_once_the_file_is_here(
    ask: Ask, hub: DemoHub, cells: bytes
) -> None:
    api = hub.s3.api
    api.buckets.put(PAID, KEY, cells)
    ref = f"s3://{PAID}/{KEY}"
    wish = {"ref": ref, "selection": {"where": "percent_mito >= 0"}}
    refused = await ask("POST", "transfers", body=wish)
    assert (refused.status, refused.error["code"]) == (400, "not_supported"), refused.body
    assert "Download it within a limit" in refused.error["hint"]
    there = {"ref": ref, "in_place": True, "way": "dask"}
    assert (await ask("POST", "cells", there)).error["code"] == "conflict"
    assert not any(api.charged.values())

    async def fetched(body: dict[str, Any]) -> None:
        asked = await ask("POST", "transfers", body=body)
        assert asked.status == 201, asked.body
        assert (await ended(ask, asked.body["id"]))["state"] == "done"

    await fetched({"ref": ref, "max_usd": 0.01})
    paid = sum(api.charged.values())
    assert paid >= len(cells)
    await fetched(wish)
    assert sum(api.charged.values()) == paid
