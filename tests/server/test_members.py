"""What is in archives and MuData over HTTP: listed for few bytes, picked, converted, handed off."""

from __future__ import annotations

import asyncio
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import anndata as ad
import pytest

from jupyterlab_datahub.demo.s3.bundles import ARCHIVE, CELLS, MATRIX, MUDATA, PROTEINS
from jupyterlab_datahub.demo.s3.contents import OPEN
from jupyterlab_datahub.sources.bundles import TAKEN_APART
from tests.server.conftest import ended

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

ZIP, BOTH = f"s3://{OPEN}/{ARCHIVE}", f"s3://{OPEN}/{MUDATA}"
TAR, HARM, LONG = (f"s3://{OPEN}/bundles/{name}" for name in ("raw.tar", "harm.zip", "long.zip"))


@pytest.fixture
def datahub_config(settings: Settings, hub: DemoHub) -> dict[str, Any]:
    """Return a configuration with the open bucket of the demo."""
    service = hub.services["s3"]
    s3 = {"name": "s3", "kind": "s3", "url": service["url"], "buckets": [OPEN]}
    return {"home": settings.home, "sources": [s3], "reserve_gb": 0.0, "offline": True}


def put(hub: DemoHub, ref: str, content: bytes) -> None:
    bucket, _, key = ref.removeprefix("s3://").partition("/")
    hub.s3.api.buckets.put(bucket, key, content)


async def listed(ask: Ask, ref: str) -> Any:
    answer = await ask("GET", f"members/{quote(ref, safe='')}")
    assert answer.status == 200, answer.body
    return answer.body


async def test_a_zip_is_listed_by_its_end_and_a_member_is_picked(
    ask: Ask, hub: DemoHub, jp_root_dir: Path
) -> None:
    found = await listed(ask, ZIP)
    by_path = {one["path"]: one for one in found["members"]}
    assert found["total"] == len(by_path) == 6
    assert [one["path"] for one in found["members"][:2]] == [CELLS, MATRIX]
    assert [one["kind"] for one in found["members"][:2]] == ["anndata", "matrix"]
    assert not by_path["README.txt"]["loads"]
    assert by_path["sample-2/barcodes.tsv.gz"]["beside"] == [MATRIX]
    sent = sum(seen.sent for seen in hub.requests if seen.path.endswith(ARCHIVE))
    assert 0 < found["bytes_fetched"] <= sent < found["size"] / 10

    # A second look costs nothing.
    before = len(hub.requests)
    await listed(ask, ZIP)
    assert not [seen for seen in hub.requests[before:] if seen.range]

    wanted = by_path[MATRIX]["ref"]
    early = await ask("POST", "cells", {"ref": wanted})
    assert (early.status, early.error["code"]) == (409, "conflict"), early.body
    begun = await ask("POST", "transfers", {"ref": wanted, "convert": True})
    assert begun.body["ref"] == wanted
    last = await ended(ask, begun.body["id"])
    assert last["state"] == "done", last
    assert last["name"] == "pbmc-samples.sample-2.h5ad"
    cell = await ask("POST", "cells", {"ref": wanted, "variable": "two"})
    assert cell.status == 200, cell.body
    assert "ad.read_h5ad" in cell.body["code"]
    assert cell.body["input"]["ref"] == wanted
    assert cell.body["input"]["selection"] == f"member {MATRIX}"
    assert cell.body["input"]["sha256"] == last["sha256"]
    assert ad.read_h5ad(jp_root_dir / cell.body["path"]).n_obs > 0
    again = {one["path"]: one for one in (await listed(ask, ZIP))["members"]}
    assert (again[MATRIX]["here"], again[CELLS]["here"]) == (True, False)
    library = (await ask("GET", "library")).body["items"]
    assert {ZIP, wanted} <= {one["ref"] for one in library}
    page = await ask("GET", f"datasets/{quote(wanted, safe='')}")
    assert (page.status, page.body["dataset"]["ref"]) == (200, ZIP)

    wrong = await ask("POST", "transfers", {"ref": by_path["README.txt"]["ref"]})
    failed = await ended(ask, wrong.body["id"])
    assert failed["state"] == "failed"
    assert "does not become an AnnData" in failed["error"]["message"]


async def test_only_the_member_comes_of_a_large_zip(
    ask: Ask, hub: DemoHub, jp_root_dir: Path
) -> None:
    ref, table = f"s3://{OPEN}/bundles/large.zip", "gene,ACGTACGTACGT-1\nENSG00000000001,3\n"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("large.bin", bytes(TAKEN_APART))
        archive.writestr("counts.csv", table)
    put(hub, ref, made.getvalue())
    assert not (await listed(ask, ZIP))["apart"]
    found = await listed(ask, ref)
    assert found["apart"]
    (member,) = [one["ref"] for one in found["members"] if one["loads"]]
    begun = await ask("POST", "transfers", {"ref": member})
    last = await ended(ask, begun.body["id"])
    assert last["state"] == "done", last
    cell = await ask("POST", "cells", {"ref": member})
    told = cell.body["input"]
    assert (told["ref"], told["selection"]) == (member, "member counts.csv")
    assert ad.read_h5ad(jp_root_dir / cell.body["path"]).shape == (1, 1)
    assert sum(one.sent for one in hub.requests if one.path.endswith("large.zip")) < 1 << 20
    assert ref not in {one["ref"] for one in (await ask("GET", "library")).body["items"]}


async def test_what_a_notebook_lacks_of_one_archive_is_fetched_by_one_download(
    ask: Ask, hub: DemoHub
) -> None:
    by_path = {one["path"]: one for one in (await listed(ask, ZIP))["members"]}
    refs = [by_path[path]["ref"] for path in (CELLS, MATRIX)]
    before = len(hub.requests)
    begun = await asyncio.gather(*(ask("POST", "transfers", {"ref": ref}) for ref in refs))
    assert [one.status for one in begun] == [201, 201], [one.body for one in begun]
    ended_well = [await ended(ask, one.body["id"]) for one in begun]
    assert [(one["state"], one["ref"]) for one in ended_well] == [("done", ref) for ref in refs]
    size = next(
        item["size"] for item in (await ask("GET", "library")).body["items"] if item["ref"] == ZIP
    )
    sent = sum(seen.sent for seen in hub.requests[before:] if seen.path.endswith(ARCHIVE))
    assert sent == size

    cells = [await ask("POST", "cells", {"ref": ref}) for ref in refs]
    inputs = [one.body["input"] for one in cells]
    found = await ask("POST", "provenance", {"metadata": {"datahub": {"inputs": inputs}}})
    assert [one["state"] for one in found.body["inputs"]] == ["present", "present"]

    # A group is of files as they are, so nothing is made of it by the way.
    together = await ask("POST", "transfers", {"refs": refs})
    assert (together.status, together.error["code"]) == (400, "bad_request"), together.body
    assert "asked for by itself" in together.error["message"]
    assert "one download" in together.error["hint"]


async def test_modalities_are_listed_and_one_is_picked(
    ask: Ask, hub: DemoHub, jp_root_dir: Path
) -> None:
    found = await listed(ask, BOTH)
    rna, prot = found["members"]
    assert (rna["path"], prot["path"]) == ("rna", "prot")
    assert prot["shape"] == [rna["shape"][0], len(PROTEINS)]
    begun = await ask("POST", "transfers", {"ref": prot["ref"], "convert": True})
    last = await ended(ask, begun.body["id"])
    assert (last["state"], last["name"]) == ("done", "pbmc-cite.prot.h5ad"), last
    cell = await ask("POST", "cells", {"ref": prot["ref"]})
    assert cell.body["input"]["selection"] == "member prot"
    read = ad.read_h5ad(jp_root_dir / cell.body["path"])
    assert list(read.var_names) == list(PROTEINS)
    options = await ask("GET", f"loading/{quote(prot['ref'], safe='')}")
    assert options.body["basis"] == "preview"


async def test_what_cannot_be_listed_says_why(ask: Ask, hub: DemoHub) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("b10.csv", "b9.csv"):
            entry = tarfile.TarInfo(name)
            entry.size = 4
            archive.addfile(entry, io.BytesIO(b"a,b\n"))
    put(hub, TAR, packed.getvalue())
    later = await listed(ask, TAR)
    assert later["after_download"]
    assert "downloaded first" in later["note"]
    begun = await ask("POST", "transfers", {"ref": TAR})
    await ended(ask, begun.body["id"])
    now = await listed(ask, TAR)
    assert [one["path"] for one in now["members"]] == ["b9.csv", "b10.csv"]

    for ref, names in ((HARM, ["../../up.csv"]), (LONG, [f"{n}" for n in range(10_001)])):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name in names:
                archive.writestr(name, b"")
        put(hub, ref, made.getvalue())
        refused = await ask("GET", f"members/{quote(ref, safe='')}")
        assert (refused.status, refused.error["code"]) == (422, "unreadable"), refused.body
    put(hub, HARM, b"PK no zip at all" * 9000)
    refused = await ask("GET", f"members/{quote(HARM, safe='')}")
    assert refused.error["code"] == "unreadable"
    table = f"s3://{OPEN}/plates/plate-0/well-00.csv"
    none = await ask("GET", f"members/{quote(table, safe='')}")
    assert (none.status, none.error["code"]) == (400, "not_supported"), none.body
    picked = await ask("POST", "transfers", {"ref": f"{table}#member=x"})
    assert picked.status == 400, picked.body
