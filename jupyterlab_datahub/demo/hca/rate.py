"""The firewall in front of the service: so many requests in so many minutes, then 429."""

from __future__ import annotations

import threading
import time
from collections import deque


class RateRule:
    """Counts the requests of the last minutes.

    All clients of the demo have one address, and are counted together.

    Attributes
    ----------
    limit : int
        Requests that pass in a period; 0 for as many as one likes.
    period : float
        Seconds.
    retry_after : int
        Seconds that a refused client is told to wait.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passed: deque[float] = deque()
        self.limit = 1_000
        self.period = 300.0
        self.retry_after = 30

    def allows(self) -> bool:
        """Return whether one more request may pass, and count it."""
        now = time.monotonic()
        with self._lock:
            while self._passed and self._passed[0] <= now - self.period:
                self._passed.popleft()
            if self.limit and len(self._passed) >= self.limit:
                return False
            self._passed.append(now)
            return True

    def reset(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self._passed.clear()
