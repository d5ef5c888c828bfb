"""What the handlers work with, made once when the server starts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from tornado.ioloop import IOLoop

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable

    from jupyterlab_datahub.engine.engine import Engine
    from jupyterlab_datahub.server.feed import Feed

P = ParamSpec("P")
T = TypeVar("T")

# What reads this machine's disk must never wait behind a catalog that does not answer.
LOCAL_THREADS = 4
REMOTE_THREADS = 8


class Services:
    """The engine, the threads it runs in and the feed of events.

    Parameters
    ----------
    engine
        Does what is asked, blocking.
    feed
        Tells the pages what changed.
    """

    def __init__(self, engine: Engine, feed: Feed) -> None:
        self.engine = engine
        self.feed = feed
        self._local = ThreadPoolExecutor(LOCAL_THREADS, "datahub-local")
        self._remote = ThreadPoolExecutor(REMOTE_THREADS, "datahub-remote")

    def local(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run what only touches this machine in a thread."""
        return self._run(self._local, work, *args, **kwargs)

    def remote(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run what may wait for another host in a thread."""
        return self._run(self._remote, work, *args, **kwargs)
