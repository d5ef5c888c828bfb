"""Transfers, the library and hand-off cells over HTTP, against the demo hub."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.transfers.queue.queue import TransferQueue
from tests.server.conftest import ended, ref_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

SMALL = "pbmc68k/dendritic"
UNKNOWN = "cellxgene:00000000-0000-4000-8000-000000000000"


def content_of(path: Path) -> bytes:
    """Read a file; the files of these tests are small."""
    return path.read_bytes()


async def fetched(ask: Ask, ref: str, **where: str) -> dict[str, Any]:
    """Start a transfer, wait for its end and return it."""
    begun = await ask("POST", "transfers", {"ref": ref, **where})
    assert begun.status == 201, begun.body
    return await ended(ask, begun.body["id"])


async def test_a_dataset_is_fetched_verified_and_linked(
    ask: Ask, hub: DemoHub, jp_root_dir: Path
) -> None:
    ref = ref_of(hub, SMALL)
    transfer = await fetched(ask, ref)
    assert transfer["state"] == "done", transfer
    assert transfer["title"] == "Dendritic cells of PBMC 68k"
    path = Path(transfer["path"])
    assert path.parent == jp_root_dir / "datahub"
    content = content_of(path)
    assert hashlib.sha256(content).hexdigest() == transfer["sha256"]
    assert transfer["done"] == transfer["size"] == len(content)
    listed = (await ask("GET", "transfers")).body["transfers"]
    assert [one["id"] for one in listed] == [transfer["id"]]
    [item] = (await ask("GET", "library")).body["items"]
    assert item["sha256"] == transfer["sha256"]
    assert item["links"] == [str(path)]


async def test_a_second_wish_costs_no_network(ask: Ask, hub: DemoHub, jp_root_dir: Path) -> None:
    ref = ref_of(hub, SMALL)
    await fetched(ask, ref)
    hub.requests.clear()
    again = await ask("POST", "transfers", {"ref": ref, "directory": "project/data"})
    assert again.status in (200, 201)
    assert again.body["state"] == "done"
    assert Path(again.body["path"]).parent == jp_root_dir / "project" / "data"
    assert hub.seen("*.h5ad") == []


async def test_search_and_page_show_what_the_library_has(
    ask: Ask, hub: DemoHub, indexed: None
) -> None:
    ref = ref_of(hub, SMALL)
    await fetched(ask, ref)
    hits = (await ask("GET", "search", params={"limit": "500"})).body["hits"]
    assert [hit["ref"] for hit in hits if hit["in_library"]] == [ref]
    page = (await ask("GET", f"datasets/{ref}")).body
    assert page["in_library"] == [page["dataset"]["assets"][0]["ref"]]


async def test_search_shows_that_the_library_has_an_older_version(
    ask: Ask, hub: DemoHub, indexed: None
) -> None:
    newest = ref_of(hub, "pbmc68k/all")
    versions = (await ask("GET", f"datasets/{newest}")).body["versions"]
    await fetched(ask, versions[-1]["ref"])
    hits = (await ask("GET", "search", params={"limit": "500"})).body["hits"]
    assert [hit["ref"] for hit in hits if hit["newer_than_library"]] == [newest]
    assert [hit["ref"] for hit in hits if hit["in_library"]] == []
    await fetched(ask, newest)
    hits = (await ask("GET", "search", params={"limit": "500"})).body["hits"]
    assert [hit["ref"] for hit in hits if hit["newer_than_library"]] == []
    assert [hit["ref"] for hit in hits if hit["in_library"]] == [newest]


async def test_a_running_transfer_is_paused_resumed_and_cancelled(ask: Ask, hub: DemoHub) -> None:
    hub.faults.add("slow", host="assets", rate=20_000)
    begun = await ask("POST", "transfers", {"ref": ref_of(hub, "pbmc68k/all")})
    path = f"transfers/{begun.body['id']}"
    paused = await ask("PATCH", path, {"action": "pause"})
    assert (paused.status, paused.body["state"]) == (200, "paused")
    twice = await ask("PATCH", path, {"action": "pause"})
    assert (twice.status, twice.error["code"]) == (409, "conflict")
    assert twice.error["hint"]
    resumed = await ask("PATCH", path, {"action": "resume"})
    assert resumed.body["state"] == "queued"
    cancelled = await ask("PATCH", path, {"action": "cancel"})
    assert cancelled.body["state"] == "cancelled"
    removed = await ask("DELETE", path)
    assert (removed.status, removed.body["id"]) == (200, begun.body["id"])
    assert (await ask("GET", path)).status == 404
    assert (await ask("GET", "transfers")).body["transfers"] == []


async def test_a_failed_transfer_says_why_and_can_be_tried_again(ask: Ask, hub: DemoHub) -> None:
    hub.faults.add("status", host="assets", status=403, times=1000)
    failed = await fetched(ask, ref_of(hub, SMALL))
    assert failed["state"] == "failed"
    assert failed["error"]["message"]
    hub.faults.clear()
    again = await ask("PATCH", f"transfers/{failed['id']}", {"action": "retry"})
    assert again.body["state"] == "queued"
    assert (await ended(ask, failed["id"]))["state"] == "done"


async def test_an_unfinished_transfer_goes_on_when_a_server_starts(
    settings: Settings, hub: DemoHub, indexed: None, ask: Ask
) -> None:
    home = Path(settings.home)
    dataset = Catalog(home).dataset(ref_of(hub, SMALL))
    assert dataset is not None
    asset = dataset.assets[0]
    queued, _ = TransferQueue(home).add(dataset, asset, Path(settings.root) / "left", "cellxgene")
    # Reading the list is what a page does when it loads, and what wakes the server up.
    await ask("GET", "transfers")
    assert (await ended(ask, queued.id))["state"] == "done"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"ref": UNKNOWN}, 404, "cellxgene"),
        ({"ref": "hca:dcp1/x"}, 404, "no configured source"),
        ({"ref": "nonsense"}, 400, "not a dataset identifier"),
        ({}, 400, "give one of ref, refs and manifest"),
        ({"ref": 5}, 400, "Expected `str`"),
        ({"ref": UNKNOWN, "to": "x"}, 400, "unknown field `to`"),
        ([], 400, "Expected `object`"),
        (b"", 400, "cannot be used"),
        (b"{", 400, "cannot be used"),
        (b"\xff\xfe", 400, "cannot be used"),
        (b"[" * 100_000, 400, "cannot be used"),
    ],
)
async def test_a_wish_that_cannot_be_met_is_refused_in_words(
    ask: Ask, body: object, status: int, words: str
) -> None:
    answer = await ask("POST", "transfers", body)
    assert answer.status == status
    assert words.lower() in f"{answer.error['message']} {answer.error['source']}".lower()
    assert (await ask("GET", "transfers")).body["transfers"] == []


@pytest.mark.parametrize(
    "directory",
    ["..", "../out", "a/../../out", "/../../etc", "link", "link/deeper", "file", "a\0b"],
)
async def test_links_are_made_nowhere_but_below_the_root(
    ask: Ask, hub: DemoHub, indexed: None, jp_root_dir: Path, tmp_path: Path, directory: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (jp_root_dir / "link").symlink_to(outside)
    (jp_root_dir / "file").write_text("mine")
    answer = await ask("POST", "transfers", {"ref": ref_of(hub, SMALL), "directory": directory})
    assert (answer.status, answer.error["code"]) == (400, "bad_request")
    assert (await ask("GET", "transfers")).body["transfers"] == []
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("action", ["stop", "", None])
async def test_an_unknown_action_is_refused(ask: Ask, action: object) -> None:
    answer = await ask("PATCH", "transfers/1", {"action": action})
    assert (answer.status, answer.error["code"]) == (400, "bad_request")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_unknown_transfer_is_not_found(ask: Ask, method: str) -> None:
    answer = await ask(method, "transfers/unknown")
    assert (answer.status, answer.error["code"]) == (404, "not_found")


async def test_a_file_is_removed_with_its_links(ask: Ask, hub: DemoHub, jp_root_dir: Path) -> None:
    transfer = await fetched(ask, ref_of(hub, SMALL))
    answer = await ask("DELETE", f"library/{transfer['sha256']}")
    assert answer.status == 200
    assert answer.body["items"] == []
    assert list((jp_root_dir / "datahub").iterdir()) == []
    again = await ask("DELETE", f"library/{transfer['sha256']}")
    assert (again.status, again.error["code"]) == (404, "not_found")


async def test_a_cell_loads_the_link_from_where_the_notebook_is(
    ask: Ask, hub: DemoHub, jp_root_dir: Path
) -> None:
    (jp_root_dir / "work").mkdir()
    ref = ref_of(hub, SMALL)
    before = await ask("POST", "cells", {"ref": ref})
    assert (before.status, before.error["code"]) == (409, "conflict")
    transfer = await fetched(ask, ref)
    name = Path(transfer["path"]).name
    for directory, path in (("", f"datahub/{name}"), ("work", f"../datahub/{name}")):
        cell = (await ask("POST", "cells", {"ref": ref, "directory": directory})).body
        assert cell["path"] == path
        assert f'= ad.read_h5ad("{path}")' in cell["code"]
    assert cell["variable"] == "dendritic_cells_of_pbmc_68k"
    assert cell["input"]["sha256"] == transfer["sha256"]
    assert cell["input"]["ref"] == ref
    assert cell["input"]["licence"] == "CC BY 4.0"


async def test_a_kernel_that_went_elsewhere_gets_an_absolute_path(
    ask: Ask, hub: DemoHub, jp_root_dir: Path, tmp_path: Path
) -> None:
    transfer = await fetched(ask, ref_of(hub, SMALL))
    here = {"ref": transfer["ref"], "working_directory": str(jp_root_dir)}
    cell = (await ask("POST", "cells", here)).body
    assert cell["path"] == f"datahub/{transfer['name']}"
    cell = (await ask("POST", "cells", here | {"working_directory": str(tmp_path)})).body
    assert cell["path"] == transfer["path"]


async def test_a_cell_makes_a_link_where_the_user_has_none(
    ask: Ask, hub: DemoHub, jp_root_dir: Path
) -> None:
    transfer = await fetched(ask, ref_of(hub, SMALL))
    (jp_root_dir / "datahub" / transfer["name"]).unlink()
    cell = (await ask("POST", "cells", {"ref": transfer["ref"]})).body
    content = content_of(jp_root_dir / cell["path"])
    assert hashlib.sha256(content).hexdigest() == transfer["sha256"]


async def test_a_file_of_a_folder_is_loaded_from_where_it_lies(ask: Ask, indexed: None) -> None:
    ref = "folder:folder/deeper/more cells.h5ad"
    cell = (await ask("POST", "cells", {"ref": ref})).body
    assert cell["path"] == "my-data/deeper/more cells.h5ad"
    transfer = await fetched(ask, ref)
    assert transfer["state"] == "done"
    assert transfer["path"].endswith("my-data/deeper/more cells.h5ad")


async def test_a_kernel_elsewhere_gets_a_cell_that_fetches(ask: Ask, hub: DemoHub) -> None:
    body = {"ref": ref_of(hub, SMALL), "path_visible": False}
    cell = (await ask("POST", "cells", body)).body
    assert hub.services["cellxgene"]["assets"] in cell["code"]
    assert cell["path"].startswith("datahub/")
    assert "fetches the file" in cell["note"]
    local = await ask("POST", "cells", body | {"ref": "folder:folder/monocytes.h5ad"})
    assert (local.status, local.error["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"language": "brainfuck"}, 400),
        ({"variable": "class"}, 400),
        ({"ref": UNKNOWN}, 404),
        ({"directory": "../.."}, 400),
        ({"names": "adata"}, 400),
    ],
)
async def test_a_cell_that_cannot_be_made_is_refused(
    ask: Ask, hub: DemoHub, change: dict[str, Any], status: int
) -> None:
    body = {"ref": ref_of(hub, SMALL), "path_visible": False} | change
    answer = await ask("POST", "cells", body)
    assert answer.status == status
    assert answer.error["message"]
