"""The service on a port of its own, beside the demo's openBIS, with folders of two users."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import requests

from jupyterlab_datahub.eln.listening import listen
from jupyterlab_datahub.eln.settings import ElnSettings
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.openbis.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub

SECONDS = 30
OWNER = 54321
"""Whom the folders belong to where the tests are root; else they belong to whoever runs them."""

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}).encode()


@dataclass
class Eln:
    """A running service, called as ELN-LIMS does."""

    url: str

    def call(
        self,
        token: str,
        folder: str = "eln",
        filename: str = "lung.ipynb",
        *,
        body: bytes | Iterator[bytes] = NOTEBOOK,
        test: str = "False",
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        """Ask for a notebook."""
        named = {"token": token, "folder": folder, "filename": filename, "test": test}
        return requests.post(self.url, params=named, data=body, headers=headers, timeout=SECONDS)


def running(settings: ElnSettings) -> Iterator[Eln]:
    """Run the service in a thread."""
    ready = threading.Event()
    made: dict[str, Any] = {}

    async def serve() -> None:
        server, port = listen(settings)
        made.update(port=port, stop=asyncio.Event(), loop=asyncio.get_running_loop())
        ready.set()
        await made["stop"].wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(SECONDS)
    try:
        yield Eln(f"http://127.0.0.1:{made['port']}/")
    finally:
        made["loop"].call_soon_threadsafe(made["stop"].set)
        thread.join(SECONDS)
        assert not thread.is_alive()


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Return the directory with the folders of the users scientist and reader."""
    directory = tmp_path / "homes"
    for user in ("scientist", "reader"):
        (directory / user).mkdir(parents=True)
        give(directory / user)
    return directory


def give(path: Path) -> None:
    """Let a folder belong to somebody who is not root."""
    if os.geteuid() == 0:
        os.chown(path, OWNER, OWNER)


@pytest.fixture
def settings(hub: DemoHub, homes: Path) -> ElnSettings:
    """Return settings of a service on a port of its own."""
    return ElnSettings(openbis=hub.services["openbis"]["url"], port=0, homes=str(homes / "{user}"))


@pytest.fixture
def eln(settings: ElnSettings) -> Iterator[Eln]:
    yield from running(settings)


@pytest.fixture
def login(hub: DemoHub) -> Callable[[str], str]:
    """Return what logs a user of the demo in and gives the session's token."""
    service = hub.services["openbis"]
    session = Session(SourceConfig(name="o", kind="openbis", url=service["url"]), None)
    passwords = {
        service["user"]: service["password"],
        service["reader"]: service["reader_password"],
        "admin": "admin",
    }

    def log_in(user: str) -> str:
        token = session.ask("login", [user, passwords[user]])
        assert isinstance(token, str)
        return token

    return log_in


@pytest.fixture
def token(login: Callable[[str], str]) -> str:
    """Return the token of the user scientist."""
    return login("scientist")
