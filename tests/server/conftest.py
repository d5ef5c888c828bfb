"""A Jupyter server with the extension, pointed at the demo hub."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

import pytest

from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.sources.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

    Subscribe = Callable[[], Awaitable[Any]]

FINAL = ("done", "failed", "cancelled")
SECONDS = 30
LOOKS = 300
"""How often a test looks for what is to happen, every 0.1 s."""


@dataclass
class Answer:
    """What the server answered."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def error(self) -> dict[str, Any]:
        """The error in the body."""
        assert list(self.body) == ["error"], self.body
        error: dict[str, Any] = self.body["error"]
        return error


class Ask(Protocol):
    """Asks ``<base_url>/datahub/<path>``."""

    async def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Any = (),
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send `body` as JSON (bytes as they are) and read the answer's JSON."""


@pytest.fixture
def jp_root_dir(settings: Settings) -> Path:
    return Path(settings.root)


@pytest.fixture
def datahub_config(settings: Settings) -> dict[str, Any]:
    """Return what stands in ``c.DataHub``; a test may change it before the server starts."""
    sources = [
        {"name": source.name, "kind": source.kind, "title": source.title, "url": source.url}
        | source.options
        for source in settings.sources
    ]
    return {
        "home": settings.home,
        "sources": sources,
        "reserve_gb": 0.0,
        "connect_timeout": settings.connect_timeout,
        "read_timeout": settings.read_timeout,
        "attempts": settings.attempts,
        "offline": True,
    }


@pytest.fixture
def jp_server_config(datahub_config: dict[str, Any]) -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyterlab_datahub": True, "jupyter_server_terminals": False},
            "allow_unauthenticated_access": False,
        },
        "DataHub": datahub_config,
    }


@pytest.fixture
def indexed(settings: Settings) -> None:
    """Fill the index from the hub and the folder, as a refresh does."""
    catalog = Catalog(Path(settings.home))
    for source in Registry(settings):
        catalog.replace(source.name, source.harvest())
    catalog.close()


@pytest.fixture
def ask(
    jp_serverapp: Any,
    http_server_client: Any,
    jp_auth_header: dict[str, str],
    jp_base_url: str,
) -> Ask:
    """Return a function that asks the extension as its pages do; paths are sent as given."""

    async def ask(
        method: str,
        path: str,
        body: object = None,
        *,
        params: Any = (),
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body)
        if method in ("POST", "PATCH", "PUT") and sent is None:
            sent = b""
        query = f"?{urlencode(params)}" if params else ""
        response = await http_server_client.fetch(
            f"{jp_base_url}datahub/{path}{query}",
            method=method,
            body=sent,
            headers=jp_auth_header if headers is None else headers,
            raise_error=False,
            request_timeout=60,
        )
        return Answer(response.code, json.loads(response.body), dict(response.headers))

    return ask


@pytest.fixture
def subscribe(jp_ws_fetch: Callable[..., Awaitable[Any]]) -> Iterator[Subscribe]:
    """Return a function that opens a socket on which every event comes."""
    sockets = []

    async def subscribe() -> Any:
        sockets.append(await jp_ws_fetch("api", "events", "subscribe"))
        return sockets[-1]

    yield subscribe
    for socket in sockets:
        socket.close()


async def until(
    socket: Any, schema: str, wanted: Callable[[dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    """Return the events of a schema up to the wanted one."""
    got: list[dict[str, Any]] = []
    async with asyncio.timeout(SECONDS):
        while not (got and wanted(got[-1])):
            event = json.loads(await socket.read_message())
            if event.get("__schema__", event.get("schema_id")) == schema:
                got.append(event)
    return got


def encoded(ref: str) -> str:
    """Return a ref as the front end writes it into an address."""
    return quote(ref, safe="")


def ref_of(hub: DemoHub, key: str) -> str:
    """Return the identifier of the newest version of a dataset of the demo."""
    spec = next(spec for _, spec in hub.catalog.everything() if spec.key == key)
    return f"cellxgene:{spec.version_id(spec.newest)}"


async def ended(ask: Ask, number: str) -> dict[str, Any]:
    """Wait until a transfer has ended and return it."""
    for _ in range(LOOKS):
        transfer: dict[str, Any] = (await ask("GET", f"transfers/{number}")).body
        if transfer["state"] in FINAL:
            return transfer
        await asyncio.sleep(0.1)
    raise AssertionError(transfer)
