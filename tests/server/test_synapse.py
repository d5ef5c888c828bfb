"""Synapse over HTTP: connecting, the tree, pages, transfers, and an atlas that leads to it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.synapse import contents
from tests.server.conftest import encoded, ended

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

FILE = f"synapse:{contents.ANNOTATED}.2"


@pytest.fixture
def datahub_config(
    settings: Settings, hub: DemoHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Return a configuration with the demo's Synapse and its atlas."""
    monkeypatch.setenv("HOME", str(tmp_path))
    quick = {"backoff": 0.01, "longest_wait": 0.05}
    url = hub.services["synapse"]["url"]
    synapse = {"name": "synapse", "kind": "synapse", "title": "Synapse", "url": url, "site": url}
    services = hub.services["tissue-atlas"]
    atlas = {"name": "tissue-atlas", "kind": "tissue-atlas", "url": services["url"]}
    return {
        "home": settings.home,
        "sources": [synapse | quick, atlas | {"site": services["site"]}],
        "reserve_gb": 0.0,
        "offline": True,
    }


async def connect(ask: Ask, hub: DemoHub) -> None:
    body = {"kind": "synapse", "token": hub.services["synapse"]["token"]}
    answer = await ask("PUT", "connections/synapse", body)
    assert answer.status == 200, answer.body
    assert hub.services["synapse"]["token"] not in str(answer.body)


def text_of(done: dict[str, Any]) -> str:
    return Path(done["path"]).read_text("utf-8")


def md5_of(done: dict[str, Any]) -> str:
    return hashlib.md5(Path(done["path"]).read_bytes(), usedforsecurity=False).hexdigest()


def names_in(done: dict[str, Any]) -> list[str]:
    return sorted(path.name for path in Path(done["path"]).rglob("*.h5ad"))


async def start(ask: Ask, ref: str) -> dict[str, Any]:
    answer = await ask("POST", "transfers", {"ref": ref})
    assert answer.status == 201, answer.body
    done: dict[str, Any] = await ended(ask, answer.body["id"])
    return done


async def test_one_connects_with_a_token_or_a_profile(ask: Ask, hub: DemoHub) -> None:
    kinds = {one["kind"]: one for one in (await ask("GET", "connections")).body["kinds"]}
    assert kinds["synapse"]["title"] == "Synapse"
    assert kinds["synapse"]["methods"] == ["token", "profile"]
    before = await ask("GET", f"datasets/{encoded(FILE)}")
    assert (before.status, before.error["code"]) == (403, "no_access")
    assert "not connected" in before.error["message"]
    wrong = await ask("PUT", "connections/synapse", {"kind": "synapse", "token": "abc.def.ghi"})
    assert wrong.status == 400
    assert wrong.error["fields"][0]["field"] == "token"
    await connect(ask, hub)
    page = await ask("GET", f"datasets/{encoded(FILE)}")
    assert page.body["dataset"]["title"] == "annotated.h5ad"
    assert [one["version"] for one in page.body["versions"]] == ["2", "1"]


async def test_a_file_comes_although_its_address_expires(ask: Ask, hub: DemoHub) -> None:
    await connect(ask, hub)
    hub.faults.add("cut", host="synapse-storage", after=100_000, times=1)
    hub.faults.add("expired", host="synapse-storage", times=1, skip=1)
    done = await start(ask, FILE)
    assert done["state"] == "done", done
    page = await ask("GET", f"datasets/{encoded(FILE)}")
    assert page.body["dataset"]["assets"][0]["checksums"] == {"md5": md5_of(done)}
    assert len(hub.seen("*/fileHandle/batch", "POST")) >= 2
    assert all("authorization" not in seen.headers for seen in hub.seen("/demo-synapse/*"))


async def test_a_damaged_file_is_not_kept(ask: Ask, hub: DemoHub) -> None:
    await connect(ask, hub)
    hub.faults.add("corrupt", host="synapse-storage", offset=50, times=9)
    done = await start(ask, FILE)
    assert (done["state"], done["error"]["code"]) == ("failed", "checksum")


async def test_what_is_not_for_us_is_refused_before_and_during(ask: Ask, hub: DemoHub) -> None:
    await connect(ask, hub)
    for id_, words in (
        (contents.CONTROLLED_FILE, "AccessRequirements:ID="),
        (contents.TERMS_FILE, "Agree to its terms of use"),
        (contents.NO_DOWNLOAD, "ask whoever shares it"),
    ):
        answer = await ask("POST", "transfers", {"ref": f"synapse:{id_}"})
        assert answer.status == 403, answer.body
        assert words in f"{answer.error['message']} {answer.error['hint']}"
    gone = await ask("GET", f"datasets/{encoded(f'synapse:{contents.TRASHED}')}")
    assert (gone.status, gone.error["code"]) == (410, "withdrawn")


async def test_a_folder_comes_with_all_that_is_in_it(ask: Ask, hub: DemoHub) -> None:
    await connect(ask, hub)
    done = await start(ask, f"synapse:{contents.CELLS_FOLDER}")
    assert done["state"] == "done", done
    assert names_in(done) == ["annotated.h5ad", "nk-cells.h5ad", "t-cells.h5ad"]


async def test_an_atlas_leads_to_synapse(ask: Ask, hub: DemoHub) -> None:
    ref = "tissue-atlas:okafor-brandt-2023/Q101/markers.csv"
    page = (await ask("GET", f"datasets/{encoded('tissue-atlas:okafor-brandt-2023')}")).body
    assert page["elsewhere"][ref] == "Synapse"
    assert (await ask("POST", "transfers", {"ref": ref})).error["code"] == "no_access"
    await connect(ask, hub)
    done = await start(ask, ref)
    assert done["state"] == "done", done
    assert done["ref"] == f"synapse:{contents.MARKERS[0]}.1"
    assert text_of(done).startswith("channel,cycle,marker_name")


async def test_the_tree_and_the_search_answer(ask: Ask, hub: DemoHub) -> None:
    await connect(ask, hub)
    page = await ask(
        "GET",
        "tree/synapse",
        params=[("node", f"synapse:{contents.PLATES}"), ("offset", 300), ("limit", 100)],
    )
    assert (len(page.body["nodes"]), page.body["total"]) == (20, 320)
    found = await ask("GET", "sources/synapse/search", params=[("text", "annotated")])
    assert [hit["ref"] for hit in found.body["hits"]] == [FILE]
    hub.faults.add("status", host="synapse", status=503, times=50)
    busy = await ask("GET", "tree/synapse")
    assert (busy.status, busy.error["code"]) == (503, "busy")
