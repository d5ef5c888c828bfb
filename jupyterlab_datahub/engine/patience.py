"""Waiting for something that may never come, without waiting for ever."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from jupyterlab_datahub.errors import SlowError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MAX_WAITING = 6
"""Threads that may wait for one Source: one that hangs takes none from the others."""

LONGEST_QUEUE = 5.0
"""Seconds for which somebody waits for one of these threads."""

_waiting: defaultdict[str, threading.BoundedSemaphore] = defaultdict(
    lambda: threading.BoundedSemaphore(MAX_WAITING)
)
_lock = threading.Lock()


def within(seconds: float, work: Callable[[], T], what: str, source: str) -> T:
    """Return the result of `work`, or give up on it.

    What was given up on goes on in its thread until its own time-outs end it; no more than
    `MAX_WAITING` such threads exist for a Source at a time, and none keeps the process alive.

    Parameters
    ----------
    seconds
        How long to wait.
    work
        What to do; its errors are raised here.
    what, source
        Words for the message: what did not come, and from which Source.

    Raises
    ------
    SlowError
        If the time is over.
    """
    with _lock:
        room = _waiting[source]
    results: queue.SimpleQueue[tuple[T, None] | tuple[None, BaseException]] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            results.put((None, error))
        finally:
            room.release()

    slow = SlowError(
        f"{source} did not give {what} within {seconds:g} s",
        source=source,
        hint="Reload to ask again.",
    )
    if not room.acquire(timeout=min(seconds, LONGEST_QUEUE)):
        raise slow
    # Whoever can end what is asked in this thread can end it in that one.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name=f"datahub-{what}", daemon=True).start()
    try:
        result, error = results.get(timeout=seconds)
    except queue.Empty:
        raise slow from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # where there is no error there is a result
