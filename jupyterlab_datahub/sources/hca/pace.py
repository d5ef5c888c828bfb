"""Keeping below what a service allows: so many requests in so many seconds."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REQUESTS = 1000
SECONDS = 300.0
"""Azul's firewall allows an address 1,000 requests in five minutes, then answers 429."""


class Pace:
    """Counts the requests of this process; may be used from several threads.

    Parameters
    ----------
    requests
        How many are allowed.
    seconds
        In how long.
    clock
        Tells seconds.
    """

    def __init__(
        self,
        requests: int = REQUESTS,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._requests = requests
        self._seconds = seconds
        self._clock = clock
        self._made: deque[float] = deque()
        self._lock = Lock()

    def take(self) -> float:
        """Count one request and return 0, or return the seconds until one more is allowed."""
        with self._lock:
            now = self._clock()
            while self._made and now - self._made[0] >= self._seconds:
                self._made.popleft()
            if len(self._made) >= self._requests:
                return self._seconds - (now - self._made[0])
            self._made.append(now)
            return 0.0
