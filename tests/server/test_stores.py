"""Trees, live searches and archives over HTTP, with the demo's openBIS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.demo.openbis.contents import ARCHIVED, CELLS, HIDDEN, MONOCYTES
from jupyterlab_datahub.engine import stores
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import (
    CatalogState,
    DatasetPage,
    Node,
    NodePage,
    SearchQuery,
    SearchResult,
    Secret,
)
from jupyterlab_datahub.model.decoding import from_values
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.vault import Vault
from tests.server.conftest import encoded
from tests.sources.scripted import ScriptedHost

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask


@pytest.fixture
def datahub_config(
    settings: Settings, hub: DemoHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Return a configuration with a folder and two openBIS; the scientist is in the first."""
    monkeypatch.setenv("HOME", str(tmp_path))
    lab = {"kind": "openbis", "title": "openBIS lab", "attempts": 1}
    url = hub.services["openbis"]["url"]
    return {
        "home": settings.home,
        "sources": [
            {"name": "folder", "kind": "folder", "path": "my-data"},
            {"name": "far", "url": "https://openbis.invalid", **lab},
            {"name": "plain", "url": "http://openbis.example.org", **lab},
            {"name": "lab", "url": url, **lab},
        ],
        "reserve_gb": 0.0,
        "offline": True,
    }


@pytest.fixture(autouse=True)
def connected(settings: Settings, hub: DemoHub, datahub_home: Path) -> None:
    """Keep a session of the scientist, as connecting does."""
    service = hub.services["openbis"]
    token = hub.openbis.store.sessions.login(service["user"], service["password"])
    assert token
    Vault(datahub_home).put("lab", Secret(token=token, user=service["user"], url=service["url"]))


async def test_what_datasets_belong_to_has_a_page(ask: Ask, hub: DemoHub) -> None:
    host = hub.services["openbis"]["host"]
    answer = await ask("GET", f"datasets/{encoded(f'openbis:{host}//lab/sc/pbmc')}")
    assert answer.status == 200, answer.body
    found = answer.body["dataset"]
    assert (found["entity"], found["identifier"]) == ("collection", "/LAB/SC/PBMC")
    assert found["can_save"] is True
    assert [page["nodes"][0]["kind"] for page in found["contents"]] == ["object", "dataset"]
    again = await ask("GET", f"datasets/{encoded(found['ref'])}")
    assert again.body == answer.body
    owner = await ask("GET", f"datasets/{encoded(found['owner']['ref'])}")
    assert owner.body["dataset"]["entity"] == "project"
    child = found["contents"][1]["nodes"][0]
    dataset = (await ask("GET", f"datasets/{encoded(child['ref'])}")).body["dataset"]
    assert dataset["owner"]["ref"] == found["ref"]
    assert dataset["place"] == [*found["place"], child["id"]]


async def test_an_entity_has_no_bytes_to_fetch(ask: Ask, hub: DemoHub) -> None:
    host = hub.services["openbis"]["host"]
    answer = await ask("POST", "transfers", {"ref": f"openbis:{host}//LAB/SC"})
    assert (answer.status, answer.error["code"]) == (404, "not_found")
    missing = await ask("GET", f"datasets/{encoded(f'openbis:{host}//LAB/NOTHING')}")
    assert (missing.status, missing.error["code"]) == (404, "not_found")


async def nodes(ask: Ask, node: str, **params: Any) -> list[Node]:
    answer = await ask("GET", "tree/lab", params={"node": node, **params})
    assert answer.status == 200, answer.body
    return list(from_values(answer.body, NodePage).nodes)


async def test_a_tree_is_walked_from_its_root_to_a_dataset(ask: Ask, hub: DemoHub) -> None:
    space = next(one for one in await nodes(ask, "") if one.code == "LAB")
    (project,) = await nodes(ask, space.id)
    collection = next(one for one in await nodes(ask, project.id) if one.code == "PBMC")
    children = await nodes(ask, collection.id)
    dataset = next(one for one in children if one.code == MONOCYTES)
    answer = await ask("GET", f"datasets/{encoded(dataset.ref)}")
    assert answer.status == 200, answer.body
    page = from_values(answer.body, DatasetPage)
    assert page.dataset.title == dataset.title
    assert page.dataset.parents[0].ref == f"openbis:{hub.openbis.host}/{CELLS}"
    assert page.versions == ()
    assert page.versions_error is None
    assert [one.id for one in await nodes(ask, collection.id, offset=1, limit=2)] == [
        one.id for one in children[1:3]
    ]


@pytest.mark.parametrize(
    "params",
    [
        {"node": "planet:earth"},
        {"node": "x" * 501},
        {"limit": 0},
        {"limit": 501},
        {"offset": -1},
        {"offset": "many"},
    ],
)
async def test_what_cannot_be_asked_of_a_tree(ask: Ask, params: dict[str, Any]) -> None:
    answer = await ask("GET", "tree/lab", params=params)
    assert answer.status == 400
    assert answer.error["code"] == "bad_request"


async def test_sources_without_a_tree_or_archive_say_so(ask: Ask) -> None:
    assert (await ask("GET", "tree/folder")).error["code"] == "not_supported"
    ref = encoded("folder:folder/monocytes.h5ad")
    assert (await ask("POST", f"datasets/{ref}/unarchive")).error["code"] == "not_supported"
    assert (await ask("GET", "tree/nobody")).status == 404
    assert (await ask("GET", "sources/nobody/search")).status == 404


async def test_a_store_is_searched_itself(ask: Ask) -> None:
    answer = await ask(
        "GET",
        "sources/lab/search",
        params=[("text", "pbmc"), ("facet", "type=PROCESSED_DATA"), ("facet", "source=lab")],
    )
    assert answer.status == 200, answer.body
    result = from_values(answer.body, SearchResult)
    assert {hit.id for hit in result.hits} >= {CELLS, MONOCYTES}
    assert {hit.format for hit in result.hits} == {"PROCESSED_DATA"}
    assert result.sources[0].name == "lab"
    assert {facet.name for facet in result.facets} >= {"type", "space", "year"}
    odd = await ask("GET", "sources/lab/search", params={"facet": "tissue=lung"})
    assert odd.status == 400
    assert "tissue" in odd.error["message"]


async def test_a_harvested_source_is_searched_in_its_catalog(ask: Ask) -> None:
    answer = await ask("GET", "sources/folder/search")
    assert answer.status == 200, answer.body


async def test_the_other_sources_answer_though_one_does_not(ask: Ask, hub: DemoHub) -> None:
    for path in ("tree/far", "sources/far/search"):
        answer = await ask("GET", path)
        assert answer.status == 403
        assert "not connected" in answer.error["message"]
    assert (await ask("GET", "tree/plain")).status == 500
    assert (await ask("GET", "search")).status == 200
    assert await nodes(ask, "")
    page = await ask("GET", f"datasets/{encoded(f'openbis:{hub.openbis.host}/{CELLS}')}")
    assert page.status == 200


async def test_a_session_that_ended_is_told_to_the_page(ask: Ask, hub: DemoHub) -> None:
    hub.openbis.store.sessions.expire()
    for path in ("tree/lab", "sources/lab/search"):
        answer = await ask("GET", path)
        assert answer.status == 403
        assert answer.error["code"] == "expired"
        assert answer.error["source"] == "lab"
        assert answer.error["hint"] == "Connect again."


async def test_a_store_that_is_down_is_named(ask: Ask, hub: DemoHub) -> None:
    hub.openbis.stop()
    answer = await ask("GET", "tree/lab")
    assert answer.status == 502
    assert hub.openbis.host in answer.error["message"]


async def test_what_is_archived_is_asked_for(ask: Ask, hub: DemoHub) -> None:
    hub.openbis.store.archiving_seconds = 3600
    ref = f"openbis:{hub.openbis.host}/{ARCHIVED}"
    refused = await ask("POST", "transfers", {"ref": ref})
    assert refused.status == 409
    assert "archive" in refused.error["hint"]
    answer = await ask("POST", f"datasets/{encoded(ref)}/unarchive")
    assert answer.status == 202
    page = from_values(answer.body, DatasetPage)
    assert page.dataset.status == "UNARCHIVE_PENDING"
    again = await ask("POST", f"datasets/{encoded(ref)}/unarchive")
    assert again.status == 409
    at_hand = encoded(f"openbis:{hub.openbis.host}/{CELLS}")
    assert (await ask("POST", f"datasets/{at_hand}/unarchive")).status == 409


async def test_what_is_not_there_is_404(ask: Ask, hub: DemoHub) -> None:
    for permid in ("20000101000000000-1", "NONSENSE"):
        answer = await ask("GET", f"datasets/{encoded(f'openbis:{hub.openbis.host}/{permid}')}")
        assert answer.status == 404
        assert answer.error["hint"]
    elsewhere = await ask("GET", f"datasets/{encoded(f'openbis:elsewhere.org/{CELLS}')}")
    assert elsewhere.status == 500
    assert "https" in elsewhere.error["message"]


def _together(rooms: Rooms, names: tuple[str, ...], text: str) -> SearchResult:
    query = SearchQuery(text=text)
    return stores.together(names, list(stores.answers_of_each(rooms, names, query)), query)


def test_several_sources_are_searched_beside_each_other(
    openbis_settings: Settings, hub: DemoHub, datahub_home: Path
) -> None:
    service = hub.services["openbis"]
    token = hub.openbis.store.sessions.login(service["user"], service["password"])
    Vault(datahub_home).put("openbis", Secret(token=token or ""))
    rooms = Rooms(openbis_settings)
    try:
        assert stores.live(rooms, ("folder", "openbis")) == {"openbis"}
        result = _together(rooms, ("cellxgene", "openbis"), "monocytes")
        assert MONOCYTES in {hit.id for hit in result.hits}
        hub.openbis.stop()
        result = _together(rooms, ("folder", "openbis"), "other")
        states = {status.name: status for status in result.sources}
        assert states["openbis"].state is CatalogState.ERROR
        assert states["openbis"].error
        assert states["openbis"].error.code == "unreachable"
    finally:
        rooms.close()


def test_a_source_that_hangs_keeps_no_other_back(settings: Settings) -> None:
    with ScriptedHost() as hung:
        hung.gate.clear()
        atlas = SourceConfig(name="hung", kind="hca", url=hung.url)
        rooms = Rooms(msgspec.structs.replace(settings, sources=(*settings.sources, atlas)))
        try:
            query = SearchQuery(text="x")
            answers = stores.answers_of_each(rooms, ("hung", "folder"), query, seconds=60)
            # It comes while the other is still asked: its host has not said a word.
            assert next(answers).sources[0].name == "folder"
            hung.gate.set()
            (last,) = list(answers)
            assert last.sources[0].name == "hung"
            hung.gate.clear()
            (late,) = stores.answers_of_each(rooms, ("hung",), query, seconds=0.5)
            assert late.sources[0].error is not None
            assert late.sources[0].error.code == "slow"
        finally:
            hung.gate.set()
            rooms.close()


def test_the_right_one_of_several_stores_is_asked(openbis_settings: Settings, hub: DemoHub) -> None:
    """Even if others of its kind come first and cannot be made."""
    *others, lab = openbis_settings.sources
    broken = msgspec.structs.replace(lab, name="broken", url="http://openbis.example.org")
    second = msgspec.structs.replace(lab, name="second", url="https://openbis.example.org:8443")
    settings = msgspec.structs.replace(openbis_settings, sources=(*others, broken, second, lab))
    registry = Rooms(settings).registry
    assert registry.for_ref(f"openbis:{hub.openbis.host}/{HIDDEN}").name == "openbis"
    assert registry.for_ref(f"openbis:openbis.example.org:8443/{HIDDEN}").name == "second"
    with pytest.raises(SettingsError):
        registry.for_ref(f"openbis:openbis.example.org/{HIDDEN}")
