"""Sources, search and dataset pages over HTTP."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.conftest import encoded, ref_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.server.conftest import Ask

UNKNOWN = "cellxgene:00000000-0000-4000-8000-000000000000"


async def test_sources_say_how_their_catalogs_stand(ask: Ask, indexed: None) -> None:
    answer = await ask("GET", "sources")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    states = {source["name"]: source["state"] for source in answer.body["sources"]}
    assert states == {"cellxgene": "ready", "folder": "ready"}


async def test_a_search_combines_text_facets_and_ranges(ask: Ask, indexed: None) -> None:
    everything = (await ask("GET", "search")).body
    assert everything["total"] == sum(source["datasets"] for source in everything["sources"])
    conditions = [
        ("text", "lung"),
        ("facet", "tissue=lung"),
        ("facet", "tissue=lymph node"),
        ("facet", "source=cellxgene"),
        ("range", "cells=300.."),
        ("sort", "-cells"),
        ("limit", "2"),
    ]
    found = (await ask("GET", "search", params=conditions)).body
    assert found["total"] > 2
    assert len(found["hits"]) == 2
    assert {hit["source"] for hit in found["hits"]} == {"cellxgene"}
    tissues = next(facet for facet in found["facets"] if facet["name"] == "tissue")
    selected = {value["value"] for value in tissues["values"] if value["selected"]}
    assert selected == {"lung", "lymph node"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("facet", "lung", "not a facet condition"),
        ("facet", "=lung", "not a facet condition"),
        ("range", "cells=many", "not a range"),
        ("range", "genes=1..2", "not a range"),
        ("range", "cells=5..1", "ends before it starts"),
        ("range", "cells=nan..", "not a range"),
        ("sort", "colour", "cannot be sorted by"),
        ("limit", "501", "whole number from 0 to 500"),
        ("limit", "-1", "whole number"),
        ("offset", "x", "whole number"),
        ("text", "x" * 1001, "longer than 1,000 characters"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused_in_words(
    ask: Ask, name: str, value: str, words: str
) -> None:
    answer = await ask("GET", "search", params=[(name, value)])
    assert answer.status == 400
    assert answer.error["code"] == "bad_request"
    assert words in answer.error["message"]


async def test_a_dataset_is_found_by_its_encoded_and_its_plain_identifier(
    ask: Ask, indexed: None
) -> None:
    hits = (await ask("GET", "search", params={"limit": "500"})).body["hits"]
    one_of_each = {hit["source"]: hit["ref"] for hit in hits}
    assert set(one_of_each) == {"cellxgene", "folder"}
    for ref in one_of_each.values():
        for path in (f"datasets/{ref.replace(' ', '%20')}", f"datasets/{encoded(ref)}"):
            answer = await ask("GET", path)
            assert answer.status == 200
            assert answer.body["dataset"]["ref"] == ref
            assert answer.body["in_library"] == []
            assert answer.body["versions_error"] is None


async def test_a_dataset_outside_the_index_comes_from_its_source(ask: Ask, hub: DemoHub) -> None:
    ref = ref_of(hub, "pbmc68k/all")
    page = (await ask("GET", f"datasets/{ref}")).body
    assert page["dataset"]["ref"] == ref
    assert len(page["versions"]) == 3
    assert [version["current"] for version in page["versions"]] == [True, False, False]


async def test_a_file_that_changed_is_shown_as_it_is_now(
    ask: Ask, indexed: None, jp_root_dir: Path
) -> None:
    ref = "folder:folder/monocytes.h5ad"
    before = (await ask("GET", f"datasets/{ref}")).body["dataset"]
    assert before["cells"] > 0
    (jp_root_dir / "my-data" / "monocytes.h5ad").unlink()
    assert (await ask("GET", f"datasets/{ref}")).status == 404
    assert (await ask("POST", "cells", {"ref": ref})).status == 404


async def test_a_history_that_cannot_be_had_does_not_keep_the_page_back(
    ask: Ask, hub: DemoHub, indexed: None
) -> None:
    hub.faults.add("down", host="api")
    answer = await ask("GET", f"datasets/{ref_of(hub, 'pbmc68k/all')}")
    assert answer.status == 200
    assert answer.body["dataset"]["title"] == "PBMC 68k, reduced"
    assert answer.body["versions"] == []
    assert answer.body["versions_error"]["code"] == "unreachable"
    assert "127.0.0.1" in answer.body["versions_error"]["message"]


@pytest.mark.parametrize(
    ("ref", "status", "code"),
    [
        (UNKNOWN, 404, "not_found"),
        ("folder:folder/nothing.h5ad", 404, "not_found"),
        ("folder:folder/../../etc/passwd", 400, "bad_request"),
        ("hca:dcp1/x", 404, "not_found"),
        ("nonsense", 400, "bad_request"),
        ("🫁:💥", 404, "not_found"),
    ],
)
async def test_an_identifier_of_nothing_is_told_in_words(
    ask: Ask, ref: str, status: int, code: str
) -> None:
    answer = await ask("GET", f"datasets/{encoded(ref)}")
    assert (answer.status, answer.error["code"]) == (status, code)
    assert answer.error["message"]


async def test_a_catalog_that_is_down_is_named_with_its_host(ask: Ask, hub: DemoHub) -> None:
    hub.faults.add("down", host="api")
    answer = await ask("GET", f"datasets/{UNKNOWN}")
    assert answer.status == 502
    assert answer.error["source"] == "cellxgene"
    assert "127.0.0.1" in answer.error["message"]


async def test_a_busy_catalog_says_when_to_come_back(ask: Ask, hub: DemoHub) -> None:
    hub.faults.add("status", host="api", status=429, retry_after="3600", times=100)
    answer = await ask("GET", f"datasets/{UNKNOWN}")
    assert answer.status == 503
    assert answer.error["code"] == "busy"
    assert float(answer.headers["Retry-After"]) >= 3500


async def test_a_refresh_runs_beside_the_server(ask: Ask) -> None:
    assert (await ask("GET", "search")).body["total"] == 0
    begun = await ask("POST", "sources/folder/refresh")
    assert begun.status == 202
    assert begun.body["state"] == "refreshing"
    for _ in range(300):
        sources = {
            source["name"]: source for source in (await ask("GET", "sources")).body["sources"]
        }
        if sources["folder"]["state"] != "refreshing":
            break
        await asyncio.sleep(0.1)
    assert sources["folder"]["state"] == "ready"
    assert (await ask("GET", "search")).body["total"] == 2


async def test_a_refresh_of_an_unknown_source_is_refused(ask: Ask) -> None:
    answer = await ask("POST", "sources/nowhere/refresh")
    assert answer.status == 404
    assert "cellxgene, folder" in answer.error["hint"]


async def test_nothing_waits_for_a_catalog_that_hangs(
    ask: Ask, hub: DemoHub, indexed: None
) -> None:
    # More pages than there are threads for other hosts, but one less than the client's ten.
    hub.faults.add("stall", host="api", times=1000)
    pages = [asyncio.ensure_future(ask("GET", f"datasets/{UNKNOWN}")) for _ in range(9)]
    for _ in range(5):
        assert (await ask("GET", "search", params={"text": "lung"})).body["total"] > 0
    assert not any(page.done() for page in pages)
    hub.faults.clear()
    assert {answer.status for answer in await asyncio.gather(*pages)} <= {404, 504}


@pytest.fixture
def strange_name(jp_root_dir: Path) -> str:
    """Put a file into the folder whose name is no UTF-8."""
    name = os.fsdecode(b"bad \xff name.h5ad")
    folder = jp_root_dir / "my-data"
    (folder / name).write_bytes((folder / "monocytes.h5ad").read_bytes())
    return name


async def test_a_file_name_that_is_no_text_breaks_nothing(
    strange_name: str, ask: Ask, indexed: Any
) -> None:
    answer = await ask("GET", "search", params={"facet": "source=folder"})
    assert answer.status == 200
    assert answer.body["total"] >= 2
