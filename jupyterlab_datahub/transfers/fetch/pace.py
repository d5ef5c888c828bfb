"""Whether bytes come so fast over one connection that a thread may wait for many of them."""

from __future__ import annotations

import time

RATE = 10_000_000
"""Bytes a second from which on they come fast."""

PROVEN = 2 * 1024**2
"""Bytes that came so fast before more are expected to: buffers alone give less than this."""


class Pace:
    """How the bytes of one answer come."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._count = 0

    @property
    def fast(self) -> bool:
        """Whether the next bytes may be expected to come fast."""
        return self._count >= PROVEN

    def came(self, count: int) -> None:
        """Count bytes; if they came slowly, speed has to be proven again."""
        self._count += count
        now = time.monotonic()
        if self._count < RATE * (now - self._since):
            self._since, self._count = now, 0
