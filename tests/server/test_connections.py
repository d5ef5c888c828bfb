"""Connections over HTTP: made, looked at, renewed and removed, and no secret where none belongs."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from jupyterlab_datahub.demo.openbis.contents import CELLS, MONOCYTES
from jupyterlab_datahub.errors import ExpiredError
from jupyterlab_datahub.server.connections import SCHEMA
from jupyterlab_datahub.sources.openbis.source import OpenbisSource
from tests.server.conftest import FINAL, LOOKS, encoded, ended, until
from tests.server.live import SECONDS, live_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Connection
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask, Subscribe

ORDINARY = 60.0


@pytest.fixture
def seconds() -> float:
    """How long the server is waited for; a parameter may be less where it says nothing at all."""
    return ORDINARY


@pytest.fixture
def openbis(hub: DemoHub, seconds: float) -> dict[str, Any]:
    """An administrator's entry for the demo's openBIS."""
    url = hub.services["openbis"]["url"]
    entry = {"name": "facility", "kind": "openbis", "title": "Facility", "url": url}
    return {**entry, "attempts": 1, "read_timeout": seconds}


@pytest.fixture
def datahub_config(settings: Settings, openbis: dict[str, Any]) -> dict[str, Any]:
    sources = [{"name": "folder", "kind": "folder", "path": "my-data"}, openbis]
    return {"home": settings.home, "sources": sources, "offline": True}


@pytest.fixture
def wish(hub: DemoHub) -> dict[str, Any]:
    """A request to connect with the right password."""
    service = hub.services["openbis"]
    return {
        "title": "My lab",
        "url": service["url"],
        "user": service["user"],
        "password": service["password"],
    }


async def listed(ask: Ask) -> dict[str, dict[str, Any]]:
    answer = await ask("GET", "connections")
    assert answer.status == 200, answer.body
    return {one["name"]: one for one in answer.body["connections"]}


def written(settings: Settings, tmp_path: Path) -> str:
    """Return everything in the files of a test, but where secrets belong."""
    return "\n".join(
        path.read_text(errors="replace")
        for path in tmp_path.rglob("*")
        if path.is_file() and path.parent.name != "secrets"
    )


async def test_what_is_configured_is_listed_and_cannot_be_edited(
    ask: Ask, openbis: dict[str, Any]
) -> None:
    connections = await listed(ask)
    assert list(connections) == ["facility"]
    facility = connections["facility"]
    assert facility["state"] == "disconnected"
    assert facility["url"] == openbis["url"]
    assert facility["configured_by"] == "an administrator"
    assert facility["editable"] is False


async def test_a_new_connection_is_there_at_once(
    ask: Ask, wish: dict[str, Any], settings: Settings, tmp_path: Path, subscribe: Subscribe
) -> None:
    events = await subscribe()
    answer = await ask("PUT", "connections/my-lab", wish)
    assert answer.status == 201, answer.body
    assert answer.body["state"] == "connected"
    assert answer.body["user"] == wish["user"]
    assert answer.body["title"] == "My lab"
    assert answer.body["configured_by"] == "you"
    assert answer.body["editable"] is True
    (told,) = await until(events, SCHEMA, lambda event: event["name"] == "my-lab")
    assert {name: told[name] for name in answer.body} == answer.body
    assert list(await listed(ask)) == ["facility", "my-lab"]
    sources = (await ask("GET", "sources")).body["sources"]
    assert "my-lab" in {source["name"] for source in sources}
    everywhere = json.dumps([answer.body, told, sources]) + written(settings, tmp_path)
    assert wish["password"] not in everywhere
    again = await ask("PUT", "connections/my-lab", wish | {"title": "Renamed"})
    assert (again.status, again.body["title"]) == (200, "Renamed")


async def test_a_configured_source_lets_us_in_too(ask: Ask, wish: dict[str, Any]) -> None:
    answer = await ask("PUT", "connections/facility", wish | {"make_token": True})
    assert answer.status == 200, answer.body
    assert answer.body["method"] == "personal access token"
    assert answer.body["expires"]
    assert (await listed(ask))["facility"] == answer.body


async def test_a_configured_source_cannot_be_turned_into_another(
    ask: Ask, wish: dict[str, Any]
) -> None:
    for change in (
        {"url": "https://other.example.org"},
        {"verify_tls": False},
        {"ca_bundle": "/etc/other.pem"},
    ):
        answer = await ask("PUT", "connections/facility", wish | change)
        assert answer.status == 409
        assert "an administrator" in answer.error["message"]
    assert (await listed(ask))["facility"]["state"] == "disconnected"


@pytest.mark.parametrize("name", ["facility", "my-lab"])
async def test_nothing_is_kept_when_the_password_is_wrong(
    ask: Ask,
    wish: dict[str, Any],
    settings: Settings,
    tmp_path: Path,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    before = await listed(ask)
    wrong = "Wr0ng-and-never-to-be-seen"
    answer = await ask("PUT", f"connections/{name}", wish | {"password": wrong})
    assert answer.status == 403
    assert "User name or password is wrong" in answer.error["message"]
    assert await listed(ask) == before
    assert not (tmp_path / "home" / "secrets").exists()
    assert not (tmp_path / "home" / "connections.json").exists()
    assert wrong not in caplog.text + json.dumps(answer.body) + written(settings, tmp_path)


@pytest.mark.parametrize(
    ("fault", "seconds", "status", "words"),
    [
        ({"kind": "down"}, ORDINARY, 502, "127.0.0.1"),
        ({"kind": "html", "status": 502, "times": 9}, ORDINARY, 502, "127.0.0.1"),
        ({"kind": "truncated_json", "times": 9}, ORDINARY, 502, "cut short"),
        ({"kind": "stall", "times": 9}, 1.0, 504, "127.0.0.1"),
    ],
)
async def test_nothing_is_kept_when_the_server_does_not_do_as_it_should(
    ask: Ask,
    wish: dict[str, Any],
    hub: DemoHub,
    tmp_path: Path,
    fault: dict[str, Any],
    status: int,
    words: str,
) -> None:
    kind = fault.pop("kind")
    hub.faults.add(kind, host="openbis", **fault)
    answer = await ask("PUT", "connections/facility", wish)
    assert answer.status == status, answer.body
    assert words in answer.error["message"]
    assert answer.error["hint"]
    assert not (tmp_path / "home" / "secrets").exists()


@pytest.mark.parametrize(
    ("name", "change", "status", "words"),
    [
        ("..%2Fup", {}, 400, "name of a connection"),
        (".hidden", {}, 400, "name of a connection"),
        ("x" * 65, {}, 400, "name of a connection"),
        ("new", {"url": ""}, 400, "address of the server is missing"),
        ("new", {"url": "file:///etc/passwd"}, 400, "not the address of a server"),
        ("new", {"url": "http://openbis.example.org"}, 400, "without https"),
        ("new", {"password": ""}, 400, "password is missing"),
        ("new", {"user": ""}, 400, "user name is missing"),
        ("new", {"user": "", "password": ""}, 400, "nothing was given"),
        ("new", {"make_token": True, "token_days": 0}, 400, "days"),
        ("new", {"kind": "folder"}, 400, "needs no connection"),
        ("new", {"kind": "unheard-of"}, 400, "not installed"),
        ("folder", {"url": ""}, 400, "needs no connection"),
        ("new", {"verify_tls": "perhaps"}, 400, "cannot be used"),
        ("new", {"ca_bundle": "/no/such/bundle.pem"}, 400, "does not exist"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    ask: Ask,
    wish: dict[str, Any],
    tmp_path: Path,
    name: str,
    change: dict[str, Any],
    status: int,
    words: str,
) -> None:
    answer = await ask("PUT", f"connections/{name}", wish | change)
    assert (answer.status, words in answer.error["message"]) == (status, True), answer.body
    assert not (tmp_path / "home" / "connections.json").exists()
    assert list(await listed(ask)) == ["facility"]


async def test_all_that_is_wrong_is_said_at_once_beside_its_field(
    ask: Ask, wish: dict[str, Any]
) -> None:
    wrong = {"url": "ftp://x", "ca_bundle": "/no/such.pem", "make_token": True, "token_days": 0}
    answer = await ask("PUT", "connections/-", wish | wrong | {"password": ""})
    assert (answer.status, answer.error["code"]) == (400, "fields")
    assert {field["field"] for field in answer.error["fields"]} == {
        *("name", "url", "ca_bundle", "token_days", "password"),
    }
    assert all(field["message"] for field in answer.error["fields"])


async def test_a_list_that_cannot_be_written_leaves_no_secret_and_no_session(
    ask: Ask, wish: dict[str, Any], tmp_path: Path, hub: DemoHub
) -> None:
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "connections.json").write_text("{")
    answer = await ask("PUT", "connections/new", wish)
    assert (answer.status, answer.error["code"]) == (500, "settings")
    assert "connections.json" in answer.error["message"]
    assert list((tmp_path / "home" / "secrets").iterdir()) == []
    assert hub.openbis.store.sessions._used == {}
    assert list(await listed(ask)) == ["facility"]


async def test_an_expired_session_is_noticed_and_renewed_in_place(
    ask: Ask, wish: dict[str, Any], hub: DemoHub, subscribe: Subscribe
) -> None:
    await ask("PUT", "connections/facility", wish)
    events = await subscribe()
    hub.openbis.store.sessions.expire()
    answer = await ask("PATCH", "connections/facility", {"action": "check"})
    assert (answer.status, answer.body["state"]) == (200, "expired")
    assert answer.body["error"]["code"] == "expired"
    assert "Facility" in answer.body["error"]["message"]
    assert answer.body["error"]["hint"] == "Connect again."
    (told,) = await until(events, SCHEMA, lambda event: event["state"] == "expired")
    assert told["name"] == "facility"
    assert (await listed(ask))["facility"] == answer.body
    renewed = await ask("PUT", "connections/facility", wish)
    assert (renewed.status, renewed.body["state"]) == (200, "connected")
    assert (await listed(ask))["facility"]["error"] is None


async def test_an_answer_to_who_we_were_says_nothing_of_who_we_are(
    ask: Ask, wish: dict[str, Any], hub: DemoHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, renewed = threading.Event(), threading.Event()
    ask_store = OpenbisSource.connection

    def slow_to_tell(source: OpenbisSource) -> Connection:
        try:
            return ask_store(source)
        except ExpiredError:
            refused.set()
            assert renewed.wait(SECONDS)
            raise

    await ask("PUT", "connections/facility", wish)
    hub.openbis.store.sessions.expire()
    monkeypatch.setattr(OpenbisSource, "connection", slow_to_tell)
    check = asyncio.create_task(ask("PATCH", "connections/facility", {"action": "check"}))
    assert await asyncio.to_thread(refused.wait, SECONDS)
    anew = await ask("PUT", "connections/facility", wish)
    renewed.set()
    checked = await check
    assert (checked.status, checked.body["state"]) == (200, "connected")
    assert (await listed(ask))["facility"] == anew.body


async def test_a_revoked_token_is_noticed(ask: Ask, wish: dict[str, Any], hub: DemoHub) -> None:
    await ask("PUT", "connections/facility", wish | {"make_token": True})
    sessions = hub.openbis.store.sessions
    for pat in list(sessions.pats):
        sessions.revoke_pat(pat)
    answer = await ask("PATCH", "connections/facility", {"action": "check"})
    assert answer.body["state"] == "expired"


async def test_a_session_that_ends_is_noticed_when_it_is_used(
    ask: Ask, wish: dict[str, Any], hub: DemoHub, subscribe: Subscribe
) -> None:
    await ask("PUT", "connections/facility", wish)
    events = await subscribe()
    hub.openbis.store.sessions.expire()
    host = hub.services["openbis"]["host"]
    answer = await ask("POST", "notebooks", {"refs": [f"openbis:{host}//LAB"]})
    assert answer.status == 403
    assert answer.error["code"] == "expired"
    (told,) = await until(events, SCHEMA, lambda event: event["state"] == "expired")
    assert told["name"] == "facility"


async def test_a_server_that_is_down_is_an_error_and_no_end_of_the_session(
    ask: Ask, wish: dict[str, Any], hub: DemoHub
) -> None:
    await ask("PUT", "connections/facility", wish)
    hub.faults.add("down", host="openbis")
    answer = await ask("PATCH", "connections/facility", {"action": "check"})
    assert (answer.status, answer.body["state"]) == (200, "error")
    assert answer.body["error"]["code"] == "unreachable"
    hub.faults.clear()
    answer = await ask("PATCH", "connections/facility", {"action": "check"})
    assert (answer.body["state"], answer.body["error"]) == ("connected", None)


async def test_disconnecting_forgets_the_token_and_keeps_the_connection(
    ask: Ask, wish: dict[str, Any], tmp_path: Path
) -> None:
    await ask("PUT", "connections/my-lab", wish)
    answer = await ask("PATCH", "connections/my-lab", {"action": "disconnect"})
    assert (answer.status, answer.body["state"]) == (200, "disconnected")
    assert (answer.body["user"], answer.body["kept"]) == ("", "")
    assert list((tmp_path / "home" / "secrets").iterdir()) == []
    assert list(await listed(ask)) == ["facility", "my-lab"]


async def test_a_connection_of_ones_own_can_be_removed(
    ask: Ask, wish: dict[str, Any], tmp_path: Path, hub: DemoHub
) -> None:
    await ask("PUT", "connections/my-lab", wish)
    answer = await ask("DELETE", "connections/my-lab")
    assert answer.status == 200
    assert [one["name"] for one in answer.body["connections"]] == ["facility"]
    assert list((tmp_path / "home" / "secrets").iterdir()) == []
    assert hub.openbis.store.sessions.find("") is None
    assert (await ask("DELETE", "connections/my-lab")).status == 404
    assert (await ask("PATCH", "connections/my-lab", {"action": "check"})).status == 404
    refused = await ask("DELETE", "connections/facility")
    assert refused.status == 409
    assert "an administrator" in refused.error["message"]


async def test_a_list_has_the_stores_looked_at_in_the_background(
    ask: Ask, wish: dict[str, Any], hub: DemoHub, subscribe: Subscribe
) -> None:
    await ask("PUT", "connections/facility", wish)
    events = await subscribe()
    hub.openbis.store.sessions.expire()
    assert (await listed(ask))["facility"]["state"] == "connected"
    (told,) = await until(events, SCHEMA, lambda event: event["name"] == "facility")
    assert told["state"] == "expired"
    assert (await listed(ask))["facility"]["state"] == "expired"


async def test_a_new_connection_can_be_browsed_searched_and_asked_at_once(
    ask: Ask, wish: dict[str, Any], hub: DemoHub
) -> None:
    """Also for what a Source that is not connected, at the same server, could have as well."""
    host = hub.services["openbis"]["host"]
    ref = encoded(f"openbis:{host}/{CELLS}")
    assert (await ask("GET", f"datasets/{ref}")).status == 403
    await ask("PUT", "connections/my-lab", wish)
    tree = await ask("GET", "tree/my-lab")
    assert tree.status == 200
    assert tree.body["nodes"]
    found = await ask("GET", "sources/my-lab/search", params={"text": CELLS})
    assert found.body["total"] == 1
    page = await ask("GET", f"datasets/{ref}")
    assert page.status == 200, page.body
    assert page.body["dataset"]["source"] == "my-lab"
    await ask("DELETE", "connections/my-lab")
    assert (await ask("GET", "tree/my-lab")).status == 404


async def test_a_worker_that_runs_knows_new_connections_and_goes_on_with_renewed_ones(
    ask: Ask, wish: dict[str, Any], hub: DemoHub, subscribe: Subscribe
) -> None:
    host = hub.services["openbis"]["host"]
    await ask("PUT", "connections/first", wish)
    begun = (await ask("POST", "transfers", {"ref": f"openbis:{host}/{CELLS}"})).body
    assert (await ended(ask, begun["id"]))["state"] == "done"
    await ask("DELETE", "connections/first")
    await ask("PUT", "connections/second", wish)
    events = await subscribe()
    hub.faults.add("latency", host="openbis", path="*/file-transfer#*", seconds=60)
    begun = (await ask("POST", "transfers", {"ref": f"openbis:{host}/{MONOCYTES}"})).body
    hub.openbis.store.sessions.expire()
    # What the worker has asked the store for meanwhile is looked at now.
    hub.faults.clear()
    transfer = await ended(ask, begun["id"])
    assert (transfer["state"], transfer["error"]["code"]) == ("failed", "expired"), transfer
    (told,) = await until(events, SCHEMA, lambda event: event["state"] == "expired")
    assert told["name"] == "second"
    hub.faults.clear()
    renewed = await ask("PUT", "connections/second", wish)
    assert renewed.body["state"] == "connected"
    for _ in range(LOOKS):
        transfer = (await ask("GET", f"transfers/{begun['id']}")).body
        if transfer["state"] == "done":
            break
        await asyncio.sleep(0.1)
    assert transfer["state"] == "done", transfer


class TestUnusable:
    """An entry that cannot be used is listed with the reason."""

    @pytest.fixture
    def openbis(self) -> dict[str, Any]:
        return {"name": "facility", "kind": "openbis", "url": "http://openbis.example.org"}

    async def test_it_is_listed(self, ask: Ask) -> None:
        facility = (await listed(ask))["facility"]
        assert facility["state"] == "error"
        assert "without https" in facility["error"]["message"]


def finished(ask: Callable[..., requests.Response], number: str) -> dict[str, Any]:
    """Wait until a transfer of a real server has ended and return it."""
    for _ in range(LOOKS):
        transfer: dict[str, Any] = ask("GET", f"transfers/{number}").json()
        if transfer["state"] in FINAL:
            return transfer
        time.sleep(0.1)
    raise AssertionError(transfer)


def test_a_real_server_writes_no_secret_anywhere(
    hub: DemoHub, openbis: dict[str, Any], wish: dict[str, Any], tmp_path: Path, settings: Settings
) -> None:
    home = tmp_path / "live" / "home"
    config = {"home": str(home), "sources": [openbis], "offline": True, "reserve_gb": 0.0}
    wrong = "Wr0ng-and-never-to-be-seen"
    ref = f"openbis:{hub.services['openbis']['host']}/{CELLS}"
    with live_server(tmp_path / "live", config, log_level="DEBUG") as live:

        def ask(method: str, path: str, body: Any = None) -> requests.Response:
            url = f"{live.url}/{path}"
            return requests.request(method, url, headers=live.headers, json=body, timeout=SECONDS)

        assert ask("PUT", "connections/mine", wish | {"password": wrong}).status_code == 403
        assert ask("PUT", "connections/mine", wish).status_code == 201
        hub.openbis.store.sessions.expire()
        assert ask("PATCH", "connections/mine", {"action": "check"}).json()["state"] == "expired"
        made = ask("PUT", "connections/mine", wish | {"make_token": True})
        assert made.json()["state"] == "connected"
        (token,) = hub.openbis.store.sessions.pats
        answers = made.text + ask("GET", "connections").text
        fetched = ask("POST", "transfers", {"ref": ref}).json()
        assert finished(ask, fetched["id"])["state"] == "done"
        hub.openbis.store.sessions.revoke_pat(token)
        refused = ask("GET", f"datasets/{encoded(ref)}")
        assert refused.status_code == 403
        answers += refused.text + ask("GET", "transfers").text
    secrets = list((home / "secrets").iterdir())
    assert [token in path.read_text() for path in secrets] == [True]
    everywhere = answers + written(settings, tmp_path)
    assert "connections/mine" in everywhere
    for secret in (wish["password"], wrong, token):
        assert secret not in everywhere
