"""How fast bytes come, steadily enough to be read."""

from __future__ import annotations

import time

STEADY = 3.0
"""Seconds over which the rate is smoothed."""


class Speed:
    """A smoothed rate in bytes per second."""

    def __init__(self) -> None:
        self._done: int | None = None
        self._when = 0.0
        self.rate = 0.0

    def at(self, done: int) -> None:
        """Take the number of bytes that are there now."""
        when = time.monotonic()
        if self._done is None or done < self._done:
            self._done, self._when, self.rate = done, when, 0.0
            return
        passed = when - self._when
        if passed < 0.05:
            return
        now = (done - self._done) / passed
        weight = min(1.0, passed / STEADY)
        self.rate = now if not self.rate else self.rate + weight * (now - self.rate)
        self._done, self._when = done, when

    def remaining(self, size: int | None) -> float | None:
        """Return the seconds until `size` bytes are there, None if nobody can tell."""
        if size is None or self._done is None or self.rate < 1:
            return None
        return (size - self._done) / self.rate
