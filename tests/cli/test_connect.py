"""``jupyter datahub connect``, on the demo's openBIS."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.cli.conftest import Ran

    Run = Callable[..., Ran]
    Say = Callable[[str], None]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return a function that puts a line on standard input."""

    def say(line: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{line}\n"))

    return say


@pytest.fixture
def service(hub: DemoHub) -> dict[str, str]:
    return hub.services["openbis"]


@pytest.fixture
def new(run: Run, say: Say, service: dict[str, str]) -> Callable[..., Ran]:
    """Return a function that connects a new source, ``lab``, with the right password."""

    def new(*more: str) -> Ran:
        say(service["password"])
        return run(
            *("connect", "lab", "--url", service["url"], "--user", service["user"]),
            *("--password-stdin", *more),
        )

    return new


def test_a_new_connection_is_there_for_the_next_command(
    run: Run, new: Callable[..., Ran], service: dict[str, str]
) -> None:
    done = new("--make-token", "5", "--title", "My lab", "--json")
    assert done.code == 0, done.err
    made = done.document
    assert (made["name"], made["kind"], made["state"]) == ("lab", "openbis", "connected")
    assert made["user"] == service["user"]
    assert made["method"] == "personal access token"
    assert made["expires"]
    looked = run("connect", "lab", "--json")
    assert (looked.code, looked.document) == (0, made)
    names = [source["name"] for source in run("sources", "--json").document["sources"]]
    assert "lab" in names
    assert service["password"] not in done.out + done.err


def test_people_read_a_line(new: Callable[..., Ran], service: dict[str, str]) -> None:
    done = new("--make-token", "5")
    assert done.out.startswith(f"lab: lab · {service['url']} · connected as {service['user']}")
    assert "personal access token until 20" in done.out
    assert "kept in a file only you can read" in done.out


def test_a_token_from_standard_input_lets_us_in(
    run: Run, say: Say, hub: DemoHub, service: dict[str, str]
) -> None:
    token = hub.openbis.store.sessions.login(service["user"], service["password"])
    say(str(token))
    done = run("connect", "lab", "--url", service["url"], "--token-stdin", "--json")
    assert done.code == 0, done.err
    assert done.document["user"] == service["user"]
    assert str(token) not in done.out + done.err


def test_a_wrong_password_leaves_nothing(
    run: Run, say: Say, service: dict[str, str], datahub_home: Path
) -> None:
    say("Wr0ng")
    done = run(
        *("connect", "lab", "--url", service["url"], "--user", service["user"]),
        *("--password-stdin", "--json"),
    )
    assert done.code == 1
    assert done.document["error"]["code"] == "no_access"
    assert "password is wrong" in done.err
    assert "Wr0ng" not in done.out + done.err
    assert not (datahub_home / "secrets").exists()
    assert not (datahub_home / "connections.json").exists()


def test_all_connections_are_listed_without_a_name(run: Run, new: Callable[..., Ran]) -> None:
    assert new().code == 0
    names = {one["name"]: one for one in run("connect", "--json").document["connections"]}
    assert names["lab"]["state"] == "connected"


def test_an_expired_session_is_told_and_renewed(
    run: Run, new: Callable[..., Ran], hub: DemoHub
) -> None:
    new()
    hub.openbis.store.sessions.expire()
    looked = run("connect", "lab", "--json")
    assert looked.code == 1
    assert looked.document["state"] == "expired"
    assert "Connect again." in looked.err
    assert new("--json").document["state"] == "connected"


def test_disconnecting_and_removing(run: Run, new: Callable[..., Ran], datahub_home: Path) -> None:
    new()
    gone = run("connect", "lab", "--disconnect", "--json")
    assert (gone.code, gone.document["state"]) == (0, "disconnected")
    assert list((datahub_home / "secrets").iterdir()) == []
    assert run("connect", "lab").code == 1
    assert run("connect", "lab", "--remove").code == 0
    nowhere = run("connect", "lab", "--disconnect", "--json")
    assert (nowhere.code, nowhere.document["error"]["code"]) == (1, "not_found")


def test_nobody_is_asked_for_a_password_without_a_terminal(
    run: Run, say: Say, service: dict[str, str]
) -> None:
    say("")
    done = run("connect", "lab", "--url", service["url"], "--user", service["user"])
    assert done.code == 1
    assert "--password-stdin" in done.err


def test_an_unchecked_certificate_is_warned_about(run: Run, say: Say) -> None:
    say("x")
    done = run("connect", "lab", "--url", "https://127.0.0.1:9", "--no-verify", "--token-stdin")
    assert done.code == 1
    assert "127.0.0.1:9" in done.err


@pytest.mark.parametrize(
    "arguments",
    [("--password-stdin", "--token-stdin"), ("--disconnect", "--remove"), ("--make-token", "x")],
)
def test_what_does_not_go_together_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("connect", "lab", *arguments).code == 2


def test_a_process_of_its_own_takes_a_password_from_a_pipe(
    place: Path, service: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "jupyterlab_datahub.cli", "connect", "lab", "--json"]
    command += ["--url", service["url"], "--user", service["user"], "--password-stdin"]
    done = subprocess.run(
        command,
        input=service["password"],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONWARNINGS": "error"},
        timeout=SECONDS,
        check=True,
    )
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["state"] == "connected"
    assert service["password"] not in done.stdout + done.stderr
