"""Stopping a transfer's threads at once, wherever they wait."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Stopped(Exception):  # noqa: N818 - it is no error: somebody asked for it
    """Raised in a thread whose transfer was paused, cancelled or is starting again."""


class Halt:
    """A switch that ends waiting and closes what threads are reading from."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._closers: dict[object, Callable[[], None]] = {}

    def is_set(self) -> bool:
        """Return whether the switch was thrown."""
        return self._event.is_set()

    def check(self) -> None:
        """Go on unless the switch was thrown.

        Raises
        ------
        Stopped
        """
        if self._event.is_set():
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises
        ------
        Stopped
            As soon as the switch is thrown.
        """
        if seconds > 0 and self._event.wait(seconds):
            raise Stopped
        self.check()

    def on_halt(self, key: object, close: Callable[[], None]) -> None:
        """Have `close` called when the switch is thrown; at once if it was."""
        with self._lock:
            if not self._event.is_set():
                self._closers[key] = close
                return
        close()

    def forget(self, key: object) -> None:
        """Call nothing for `key` any more."""
        with self._lock:
            self._closers.pop(key, None)

    def set(self) -> None:
        """Throw the switch."""
        with self._lock:
            self._event.set()
            closers = list(self._closers.values())
            self._closers.clear()
        for close in closers:
            close()
