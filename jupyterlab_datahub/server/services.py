"""What the handlers work with: the rooms, the threads they are used in, the feed of events."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from jupyterlab_datahub.engine import datasets, previews, transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import ExpiredError
from jupyterlab_datahub.server.connections import ConnectionWatch
from jupyterlab_datahub.server.failures import logged
from jupyterlab_datahub.server.feed import Feed
from jupyterlab_datahub.server.threads import DaemonThreads

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable, Callable, Coroutine
    from concurrent.futures import Executor

    from jupyterlab_datahub.model import DatasetPage, SourceStatus
    from jupyterlab_datahub.server.feed import Emit

P = ParamSpec("P")
T = TypeVar("T")

# What reads this machine's disk must never wait behind a catalog that does not answer.
LOCAL_THREADS = 4
REMOTE_THREADS = 24

STALE_CHECK = 15 * 60.0
"""Seconds after which a search looks again whether a catalog is stale."""

STOP_SECONDS = 10.0


class Services:
    """Made once for a server.

    Parameters
    ----------
    rooms
        What is used in the threads.
    emit
        Sends an event; called on the event loop only.
    log
        Is told what goes wrong in the background, without secrets.
    """

    def __init__(self, rooms: Rooms, emit: Emit, log: logging.Logger) -> None:
        self.rooms = rooms
        self.connections = ConnectionWatch(self, emit, lambda work: self._go(self._quietly(work)))
        self.feed = Feed(
            lambda after: self.local(transfers.changes, after),
            lambda: self.local(datasets.statuses),
            emit,
            log,
            self.connections.notice_transfer,
        )
        self._log = log
        self._local = DaemonThreads(LOCAL_THREADS, "datahub-local")
        self._remote = DaemonThreads(REMOTE_THREADS, "datahub-remote")
        self._tasks: set[asyncio.Task[None]] = set()
        self._stale_checked = float("-inf")
        self._stopped = False

    async def local(
        self, work: Callable[Concatenate[Rooms, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run what only touches this machine in a thread."""
        return await self._run(self._local, work, *args, **kwargs)

    async def remote(
        self, work: Callable[Concatenate[Rooms, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run what may wait for another host in a thread."""
        return await self._run(self._remote, work, *args, **kwargs)

    async def refresh(self, name: str) -> SourceStatus:
        """Begin to fetch a catalog again, and say so.

        Raises
        ------
        NotFoundError
        """
        status = await self.local(datasets.refresh, name)
        self.feed.catalogs.wake()
        return status

    def refresh_stale(self) -> None:
        """Begin to fetch what is stale, if that was not looked at for a while."""
        if time.monotonic() - self._stale_checked >= STALE_CHECK:
            self._stale_checked = time.monotonic()
            self._go(self._quietly(lambda: self.local(datasets.refresh_stale)))

    def expect_a_look(self, page: DatasetPage) -> None:
        """Have a process ready for whoever reads a page and may want to look into a file."""
        self._go(self._quietly(lambda: self.local(previews.expect, page)))

    def start(self) -> None:
        """Go on with what an earlier server left; called when the event loop runs."""
        if not self._stopped:
            self._go(self._start())

    async def stop(self) -> None:
        """Stop the worker, the refreshes and the feed."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        await self._quietly(self._close_rooms)
        for pool in (self._local, self._remote):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()

        def changed(_status: SourceStatus) -> None:
            loop.call_soon_threadsafe(self.feed.catalogs.wake)

        await self._quietly(lambda: self.local(datasets.listen, changed))
        await self._quietly(self.feed.begin)
        self._go(self.feed.transfers.run())
        self._go(self.feed.catalogs.run())
        self.feed.transfers.wake()
        self.refresh_stale()

    async def _close_rooms(self) -> None:
        async with asyncio.timeout(STOP_SECONDS):
            await self.local(Rooms.close)

    def _go(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do what nobody waits for; what goes wrong is logged."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - there is nobody else to tell
            logged(error, self._log)

    async def _run(
        self,
        pool: Executor,
        work: Callable[Concatenate[Rooms, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        future = pool.submit(work, self.rooms, *args, **kwargs)
        try:
            return await asyncio.wrap_future(future)
        except ExpiredError as error:
            self.connections.notice(error)
            raise
