"""A Gen3 commons over HTTP: kinds of connections, keys, trees, GraphQL, tables, files."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.model import GraphAnswer, GraphSchema, NodePage, SearchResult
from jupyterlab_datahub.model.decoding import from_values
from tests.server.conftest import LOOKS, encoded, ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

MINE = "/programs/DEV/projects/test"
CASES = "{ case(first: 2) { submitter_id } }"


@pytest.fixture
def datahub_config(
    settings: Settings, hub: DemoHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    monkeypatch.setenv("HOME", str(tmp_path))
    url = hub.services["gen3"]["url"]
    gen3 = {"name": "gen3", "kind": "gen3", "title": "Demo commons", "url": url, "attempts": 1}
    return {"home": settings.home, "sources": [gen3], "offline": True}


@pytest.fixture
def service(hub: DemoHub) -> dict[str, str]:
    return hub.services["gen3"]


def key(service: dict[str, str], name: str = "credentials") -> str:
    return Path(service[name]).read_text("utf-8")


def write_profile() -> None:
    """Keep a profile as gen3-client does, in the home directory that the server has."""
    folder = Path.home() / ".gen3"
    folder.mkdir(parents=True)
    (folder / "gen3_client_config.ini").write_text(
        "[mine]\napi_key=a.b.c\nkey_id=1\napi_endpoint=https://gen3.example.org\n"
    )


def text_of(done: dict[str, Any]) -> str:
    return Path(done["path"]).read_text("utf-8")


def questions(hub: DemoHub) -> list[Seen]:
    """Return the questions in GraphQL that the commons was asked."""
    return [seen for seen in hub.requests if seen.path.endswith("/graphql")]


async def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    for _ in range(LOOKS):
        if true():
            return
        await asyncio.sleep(0.1)
    pytest.fail("it did not happen")


async def connected(ask: Ask, service: dict[str, str]) -> None:
    answer = await ask("PUT", "connections/gen3", {"kind": "gen3", "key": key(service)})
    assert answer.status == 200, answer.body


async def test_what_one_can_connect_to_is_told(ask: Ask) -> None:
    write_profile()
    answer = await ask("GET", "connections")
    kinds = {one["kind"]: one for one in answer.body["kinds"]}
    assert kinds["gen3"]["methods"] == ["key", "profile", "token", "workspace"]
    assert kinds["openbis"]["methods"][0] == "password"
    assert kinds["gen3"]["profiles"] == [
        {
            "name": "mine",
            "url": "https://gen3.example.org",
            "file": "~/.gen3/gen3_client_config.ini",
        }
    ]
    assert all(one["title"] and one["example"] for one in kinds.values())
    assert "a.b.c" not in json.dumps(answer.body)
    (known,) = answer.body["connections"]
    assert known["anonymous"]


async def test_a_new_commons_is_added_with_its_key(ask: Ask, service: dict[str, str]) -> None:
    wish = {"kind": "gen3", "key": key(service)}
    asked = await ask("PUT", "connections/mine", wish)
    assert asked.status == 400
    (field,) = asked.body["error"]["fields"]
    assert field["field"] == "url"
    assert service["url"] in field["message"]
    made = await ask("PUT", "connections/mine", {**wish, "url": service["url"]})
    assert made.status == 201, made.body
    assert made.body["user"] == service["user"]
    assert made.body["rights"]
    assert key(service) not in json.dumps(made.body)


async def test_a_new_commons_needs_no_key_for_what_is_open(
    ask: Ask, service: dict[str, str]
) -> None:
    made = await ask("PUT", "connections/open", {"kind": "gen3", "url": service["url"]})
    assert made.status == 201, made.body
    assert made.body["state"] == "disconnected"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"key": "no json"}, "key"),
        ({"user": "ada", "password": "x"}, "password"),
        ({"token": "a.b"}, "token"),
    ],
)
async def test_what_cannot_be_used_is_told_by_its_field(
    ask: Ask, service: dict[str, str], wish: dict[str, str], field: str
) -> None:
    answer = await ask("PUT", "connections/new", {"kind": "gen3", "url": service["url"], **wish})
    assert answer.status == 400
    assert field in [one["field"] for one in answer.body["error"]["fields"]]


async def test_a_key_of_another_commons_is_refused(ask: Ask, service: dict[str, str]) -> None:
    wish = {"kind": "gen3", "key": key(service, "foreign_credentials")}
    answer = await ask("PUT", "connections/gen3", wish)
    assert answer.status == 400
    assert "commons.example.org" in answer.body["error"]["fields"][0]["message"]


async def test_a_key_is_not_for_other_kinds(ask: Ask, service: dict[str, str]) -> None:
    wish = {"kind": "openbis", "url": service["url"], "key": key(service)}
    answer = await ask("PUT", "connections/lab", wish)
    assert answer.status == 400
    assert answer.body["error"]["fields"][0]["field"] == "key"


async def test_a_commons_is_browsed_and_searched(ask: Ask, service: dict[str, str]) -> None:
    await connected(ask, service)
    tree = await ask("GET", "tree/gen3", params={"node": "project:DEV/test"})
    page = from_values(tree.body, NodePage)
    assert any(node.exports for node in page.nodes)
    found = await ask("GET", "sources/gen3/search", params={"text": "pbmc"})
    result = from_values(found.body, SearchResult)
    assert result.entity == "studies"
    assert result.total


async def test_questions_in_graphql_are_answered(ask: Ask, service: dict[str, str]) -> None:
    await connected(ask, service)
    schema = await ask("GET", "graphql/gen3")
    assert from_values(schema.body, GraphSchema).endpoint == "submission"
    explorer = await ask("GET", "graphql/gen3", params={"endpoint": "guppy"})
    assert explorer.body["endpoint"] == "guppy"
    answer = await ask("POST", "graphql/gen3", {"query": CASES})
    said = from_values(answer.body, GraphAnswer)
    assert len(said.tables[0].rows) == 2
    wrong = await ask("POST", "graphql/gen3", {"query": "{ nosuch }"})
    assert wrong.status == 200
    assert "nosuch" in wrong.body["errors"][0]
    assert (await ask("POST", "graphql/gen3", {"question": "x"})).status == 400
    assert (await ask("GET", "graphql/gen3", params={"endpoint": "nosuch"})).status == 400


async def test_a_question_that_is_called_off_ends_at_the_commons(
    ask: Ask,
    hub: DemoHub,
    service: dict[str, str],
    jp_base_url: str,
    jp_http_port: int,
    jp_auth_header: dict[str, str],
) -> None:
    await connected(ask, service)
    hub.faults.add("stall", host="gen3", path="*/graphql")
    body = json.dumps({"query": CASES})
    lines = [
        f"POST {jp_base_url}datahub/graphql/gen3 HTTP/1.1",
        f"Host: 127.0.0.1:{jp_http_port}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in jp_auth_header.items()),
    ]
    _, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
    writer.write("\r\n".join([*lines, "", body]).encode())
    await until(lambda: bool(questions(hub)))
    assert not questions(hub)[0].left
    writer.close()
    await until(lambda: questions(hub)[0].left)
    assert len(questions(hub)) == 1
    hub.faults.clear()
    assert (await ask("POST", "graphql/gen3", {"query": CASES})).status == 200


async def test_a_table_comes_to_the_working_folder_anew_each_time(
    ask: Ask, service: dict[str, str], settings: Settings
) -> None:
    await connected(ask, service)
    said = (await ask("POST", "graphql/gen3", {"query": CASES})).body["tables"][0]
    for ref in (said["ref"], f"gen3:{service['host']}//DEV/test/case.tsv"):
        page = await ask("GET", f"datasets/{encoded(ref)}")
        assert page.status == 200, page.body
        began = await ask("POST", "transfers", {"ref": ref})
        assert began.status == 201, began.body
        done = await ended(ask, began.body["id"])
        assert done["state"] == "done", done
        lines = text_of(done).splitlines()
        assert "submitter_id" in lines[0]
        assert len(lines) > 2
        cell = await ask("POST", "cells", {"ref": ref, "directory": ""})
        assert cell.status == 200, cell.body
        # Its rows are records, not cells of a tissue.
        assert "pd.read_csv(" in cell.body["code"]
        assert "AnnData" not in cell.body["code"]


async def test_a_file_comes_by_its_guid_and_by_its_drs_identifier(
    ask: Ask, hub: DemoHub, service: dict[str, str]
) -> None:
    one = next(
        one
        for one in hub.gen3.commons.index
        if one.authz == ["/open"] and one.urls and (one.size or 0) < 50_000
    )
    for ref in (f"gen3:{service['host']}/{one.did}", f"drs://{service['host']}/{one.did}"):
        began = await ask("POST", "transfers", {"ref": ref})
        assert began.status in (200, 201), began.body
        done = await ended(ask, began.body["id"])
        assert done["state"] == "done", done
        assert len(text_of(done).encode()) == one.size
    assert len(hub.seen("/demo-open/*")) >= 1


async def test_what_is_closed_is_refused_with_a_reason(
    ask: Ask, hub: DemoHub, service: dict[str, str]
) -> None:
    closed = next(one for one in hub.gen3.commons.index if one.authz == [MINE])
    ref = f"gen3:{service['host']}/{closed.did}"
    answer = await ask("POST", "transfers", {"ref": ref})
    assert answer.status == 403
    assert "Connect" in answer.body["error"]["hint"]


async def test_files_of_one_dataset_are_looked_up_together(ask: Ask, hub: DemoHub) -> None:
    found = (await ask("GET", "sources/gen3/search?text=sample%20by%20sample")).body["hits"]
    page = (await ask("GET", f"datasets/{encoded(found[0]['ref'])}")).body["dataset"]
    refs = [one["ref"] for one in page["assets"] if not one["group"]]
    wish = {"refs": refs, "dataset": page["ref"], "name": "tables"}
    hub.requests.clear()
    begun = await ask("POST", "transfers", wish)
    assert begun.status == 201, begun.body
    assert begun.body["group"]["total"] == len(refs) > 10
    last = await ended(ask, begun.body["id"])
    assert last["state"] == "done", last
    looked_up = [one for one in hub.requests if one.path.startswith("/index/index/")]
    assert not looked_up
    other = await ask("POST", "transfers", {**wish, "refs": [*refs, "gen3:x/none"]})
    assert other.status == 400
    assert "is no file of" in other.body["error"]["message"]
    many = await ask("POST", "transfers", {"refs": [f"gen3:x/{at}" for at in range(1001)]})
    assert "choose 1 to 1,000 files" in many.body["error"]["message"]
