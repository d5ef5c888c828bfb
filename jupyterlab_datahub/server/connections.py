"""Connections as the server keeps an eye on them: looked at now and then, told when they change."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.engine import connections
from jupyterlab_datahub.errors import ExpiredError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jupyterlab_datahub.model import Connection, ErrorBody, Transfer
    from jupyterlab_datahub.server.feed import Emit
    from jupyterlab_datahub.server.threads import Threads

SCHEMA = "https://jupyterlab-datahub.readthedocs.io/events/connection/v1"

CHECK_EVERY = 5 * 60.0
"""Seconds after which a page that lists the connections has the stores asked again."""


class ConnectionWatch:
    """Asks the stores whether they still let us in, and says so when that changes.

    Parameters
    ----------
    threads
        What to ask in.
    emit
        Sends an event: a schema's id and its data.
    go
        Does something that nobody waits for.
    """

    def __init__(
        self,
        threads: Threads,
        emit: Emit,
        go: Callable[[Callable[[], Awaitable[None]]], None],
    ) -> None:
        self._threads = threads
        self._emit = emit
        self._go = go
        self._checked = float("-inf")

    def tell(self, connection: Connection) -> None:
        """Send a connection to every page."""
        self._emit(SCHEMA, msgspec.to_builtins(connection))

    def look(self) -> None:
        """Have the stores asked in the background, if that was not done for a while."""
        if time.monotonic() - self._checked >= CHECK_EVERY:
            self._checked = time.monotonic()
            self._go(self._look)

    def notice(self, error: ExpiredError) -> None:
        """Note that a session has ended."""
        if error.source:
            self._go(partial(self._note_expired, error.source, error.body()))

    def notice_transfer(self, transfer: Transfer) -> None:
        """Note it if a transfer failed because a session has ended."""
        if transfer.error is not None and transfer.error.code == ExpiredError.code:
            self._go(partial(self._note_expired, transfer.source, transfer.error))

    async def _look(self) -> None:
        for connection in await self._threads.local(connections.listed):
            # Each in its own thread: a store that does not answer holds up no other.
            self._go(partial(self._look_at, connection))

    async def _look_at(self, before: Connection) -> None:
        now = await self._threads.remote(connections.check, before.name)
        if now != before:
            self.tell(now)

    async def _note_expired(self, name: str, error: ErrorBody) -> None:
        over = await self._threads.local(connections.expired, name, error)
        if over is not None:
            self.tell(over)
