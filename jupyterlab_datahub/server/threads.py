"""Bounded pools of threads that do not keep a stopping server alive."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from jupyterlab_datahub.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.engine.rooms import Rooms

P = ParamSpec("P")
T = TypeVar("T")


class Threads(Protocol):
    """Runs what is to be done with the rooms in threads."""

    async def local(
        self, work: Callable[Concatenate[Rooms, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run what only touches this machine."""

    async def remote(
        self, work: Callable[Concatenate[Rooms, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run what may wait for another host."""


class DaemonThreads(Executor):
    """A pool like the standard one, except that Python does not wait for it when it ends.

    A call to a catalog that hangs until its time-out would otherwise hold up the server's stop.

    Parameters
    ----------
    size
        Threads at most; they start as they are needed.
    name
        What the threads are called.
    """

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._stopped = False

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run `work` in a thread when one is free.

        Raises
        ------
        ConflictError
            If the pool was shut down.
        """
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            if self._stopped:
                raise ConflictError("the server is stopping", hint="Start it again.")
            self._work.put(run)
            if len(self._threads) < self._size:
                self._start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; `cancel_futures` forgets what has not begun."""
        with self._lock:
            self._stopped = True
            while cancel_futures and not self._work.empty():
                self._work.get_nowait()
            for _ in self._threads:
                self._work.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _start(self) -> None:
        name = f"{self._name}-{len(self._threads)}"
        thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _loop(self) -> None:
        while (run := self._work.get()) is not None:
            run()
