"""Asking for a second thing while the first is on its way."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def beside(work: Callable[[], T], name: str) -> Callable[[], T]:
    """Begin some work in a thread, and return what waits for its result or raises its error.

    The thread keeps no process alive: whoever gives up on a host that hangs can end.
    """
    results: queue.SimpleQueue[tuple[T, None] | tuple[None, BaseException]] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            results.put((None, error))

    def result() -> T:
        found, error = results.get()
        if error is not None:
            raise error
        return found  # type: ignore[return-value]  # where there is no error there is a result

    threading.Thread(target=run, name=name, daemon=True).start()
    return result
