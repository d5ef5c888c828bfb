"""What goes out over Jupyter Events: transfers and catalogs as they change.

Changes are looked for only while something is going on, at most four times a second, in a
thread; events are emitted on the event loop, where alone that is allowed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyterlab_datahub.model import CatalogState
from jupyterlab_datahub.server.failures import logged

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable, Callable
    from typing import Any

    from jupyterlab_datahub.engine.transfers import Changes
    from jupyterlab_datahub.model import SourceStatus, Struct, Transfer

    Emit = Callable[[str, dict[str, Any]], None]

SCHEMAS = tuple(sorted((Path(__file__).parent / "events").glob("*.yaml")))
TRANSFER_SCHEMA = "https://jupyterlab-datahub.readthedocs.io/events/transfer/v1"
CATALOG_SCHEMA = "https://jupyterlab-datahub.readthedocs.io/events/catalog/v1"

SHORTEST = 0.25
LONGEST = 2.0
"""Seconds between two looks while something goes on, and while nothing changes."""


class Look(NamedTuple):
    """What one look found: whether anything changed, and whether more is to come."""

    changed: bool
    busy: bool


class Watch:
    """Looks again and again while something goes on, and sleeps until it is woken.

    Parameters
    ----------
    look
        Looks once.
    log
        Is told when a look fails; the watch goes on at the next wake.
    """

    def __init__(self, look: Callable[[], Awaitable[Look]], log: logging.Logger) -> None:
        self._look = look
        self._log = log
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Look soon; to be called on the event loop."""
        self._awake.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self._awake.wait()
            pause = SHORTEST
            busy = True
            while busy:
                self._awake.clear()
                found = await self._looked()
                await asyncio.sleep(SHORTEST)
                pause = SHORTEST if found.changed else min(pause * 1.5, LONGEST)
                busy = found.busy or self._awake.is_set()
                if busy:
                    await self._rest(pause - SHORTEST)

    async def _looked(self) -> Look:
        try:
            return await self._look()
        except Exception as error:  # noqa: BLE001 - a feed that ends would freeze all progress
            logged(error, self._log)
            return Look(changed=False, busy=False)

    async def _rest(self, seconds: float) -> None:
        # Not wait_for: before Python 3.12 it can lose the cancellation that ends the watch.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._awake.wait()


class Feed:
    """The two watches and what they remember.

    Parameters
    ----------
    changes
        Gives the changes of the queue since a sequence number.
    statuses
        Gives the state of all catalogs.
    emit
        Sends an event: a schema's id and its data.
    log
        Is told of failures.
    on_transfer
        Is told each transfer that changed.
    """

    def __init__(
        self,
        changes: Callable[[int], Awaitable[Changes]],
        statuses: Callable[[], Awaitable[tuple[SourceStatus, ...]]],
        emit: Emit,
        log: logging.Logger,
        on_transfer: Callable[[Transfer], None] = lambda _: None,
    ) -> None:
        self._on_transfer = on_transfer
        self._changes = changes
        self._statuses = statuses
        self._emit = emit
        self._sequence = 0
        self._told: dict[str, SourceStatus] = {}
        self.transfers = Watch(self._look_at_transfers, log)
        self.catalogs = Watch(self._look_at_catalogs, log)
        self.busy_transfers = 0

    async def begin(self) -> None:
        """Note where things stand, so that only what changes from now on is told."""
        self._sequence = (await self._changes(0)).sequence
        self._told = {status.name: status for status in await self._statuses()}

    async def _look_at_transfers(self) -> Look:
        found = await self._changes(self._sequence)
        self._sequence = found.sequence
        self.busy_transfers = found.busy
        for transfer in found.transfers:
            self._send(TRANSFER_SCHEMA, transfer)
            self._on_transfer(transfer)
        return Look(bool(found.transfers), bool(found.busy))

    async def _look_at_catalogs(self) -> Look:
        statuses = await self._statuses()
        changed = [status for status in statuses if status != self._told.get(status.name)]
        self._told = {status.name: status for status in statuses}
        for status in changed:
            self._send(CATALOG_SCHEMA, status)
        busy = any(status.state is CatalogState.REFRESHING for status in statuses)
        return Look(bool(changed), busy)

    def _send(self, schema: str, model: Struct) -> None:
        self._emit(schema, msgspec.to_builtins(model))
