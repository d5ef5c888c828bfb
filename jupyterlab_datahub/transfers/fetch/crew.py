"""Threads that do one thing together: the first that fails ends all."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from jupyterlab_datahub.transfers.disk import space
from jupyterlab_datahub.transfers.network.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.transfers.disk.partfile import PartFile
    from jupyterlab_datahub.transfers.network.stopping import Halt

SAVE_FIRST = 0.5
SAVE_EVERY = 3.0
"""Seconds until the first journal, and between two of them."""


class Crew:
    """Some threads.

    Parameters
    ----------
    halt
        Thrown when one of them fails.
    """

    def __init__(self, halt: Halt) -> None:
        self._halt = halt
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._working = 0
        self._failure: BaseException | None = None

    def spawn(self, work: Callable[[], None]) -> None:
        """Have something done in one more thread."""
        with self._changed:
            self._working += 1
            name = f"fetch-{len(self._threads)}"
            thread = threading.Thread(target=self._run, args=(work,), name=name, daemon=True)
            self._threads.append(thread)
        thread.start()

    def attend(self, part: PartFile, reserve: int) -> None:
        """Wait for all threads; meanwhile keep the part's journal and look at the disk.

        Raises
        ------
        BaseException
            What the first thread that failed raised.
        Stopped
            If somebody else threw the halt.
        """
        due = time.monotonic() + SAVE_FIRST
        while not self._ended(0.25):
            if time.monotonic() > due:
                part.save()
                _check_space(part, reserve)
                due = time.monotonic() + SAVE_EVERY
        if self._failure is not None:
            raise self._failure
        self._halt.check()

    def join(self) -> None:
        """Wait until all threads have ended; the halt must be thrown."""
        for thread in self._threads:
            thread.join()

    def _ended(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._working, seconds)

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            with self._changed:
                self._failure = self._failure or error
            self._halt.set()
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()


def _check_space(part: PartFile, reserve: int) -> None:
    size = part.version.size
    needed = size - part.done if size is not None else 0
    space.check(part.path.parent, needed=needed, promised=0, reserve=reserve)
