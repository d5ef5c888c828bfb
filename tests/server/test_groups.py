"""Many files as one transfer over HTTP, against the demo hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.server.conftest import ended, ref_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.server.conftest import Ask

DATASETS = ("pbmc68k/dendritic", "pbmc68k/nk", "pbmc68k/monocytes")


async def test_ticked_datasets_come_as_one_transfer(
    ask: Ask, hub: DemoHub, jp_root_dir: Path
) -> None:
    refs = [ref_of(hub, name) for name in DATASETS]
    begun = await ask("POST", "transfers", {"refs": [*refs, refs[0]], "name": "three"})
    assert begun.status == 201, begun.body
    assert begun.body["group"] == {"total": 3, "done": 0, "failed": 0}
    last = await ended(ask, begun.body["id"])
    assert (last["state"], last["group"]["done"]) == ("done", 3), last
    assert Path(last["path"]) == jp_root_dir / "datahub" / "three"
    page = (await ask("GET", f"transfers/{last['id']}/members?state=done&offset=1&limit=1")).body
    assert (page["total"], page["offset"], len(page["members"])) == (3, 1, 1)
    assert Path(page["members"][0]["path"]).parent == Path(last["path"])
    # Each is a file of the library by its own identifier.
    items = {item["ref"]: item for item in (await ask("GET", "library")).body["items"]}
    assert {item["title"] for item in items.values()} >= {"Dendritic cells of PBMC 68k"}
    assert len(items) == 3
    assert (await ask("POST", "cells", {"ref": refs[0]})).status == 200


async def test_one_that_nobody_knows_queues_none(ask: Ask, hub: DemoHub) -> None:
    unknown = "cellxgene:00000000-0000-4000-8000-000000000000"
    refused = await ask("POST", "transfers", {"refs": [ref_of(hub, DATASETS[0]), unknown]})
    assert refused.status == 404
    assert (await ask("GET", "transfers")).body["transfers"] == []


async def test_only_some_sources_read_manifests(ask: Ask) -> None:
    refused = await ask("POST", "transfers", {"manifest": "[]", "source": "cellxgene"})
    assert (refused.status, refused.body["error"]["code"]) == (400, "not_supported")
    assert "cellxgene knows no manifests" in refused.body["error"]["message"]


async def test_what_is_no_question_about_files_is_refused(ask: Ask, hub: DemoHub) -> None:
    begun = await ask("POST", "transfers", {"refs": [ref_of(hub, DATASETS[0])]})
    for wrong in ("state=lost", "limit=0", "offset=-1"):
        refused = await ask("GET", f"transfers/{begun.body['id']}/members?{wrong}")
        assert refused.status == 400, wrong
    assert (await ask("GET", "transfers/none/members")).status == 404
    converted = {"refs": [ref_of(hub, DATASETS[1])], "convert": True}
    refused = await ask("POST", "transfers", converted)
    assert (refused.status, refused.error["code"]) == (400, "bad_request")
    assert "one file, which ref names" in refused.error["message"]
