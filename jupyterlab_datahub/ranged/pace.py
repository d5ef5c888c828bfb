"""How long a host takes to answer, and how fast it then sends, as its answers have shown."""

from __future__ import annotations

import threading
from collections import deque

REMEMBERED = 16
"""Answers that are looked back on: a host may become slower, or faster."""

SHORT = 32 << 10
"""Bytes up to which an answer shows nothing but the latency."""

LONG = 128 << 10
"""Bytes from which on an answer shows the speed."""

LEAST, MOST = 8 << 10, 1 << 20
UNKNOWN = 64 << 10
"""Bytes of a gap before anything is known: 2 ms at 30 MB/s, as from a host that is near."""


class Pace:
    """Measures a host by its answers; usable from several threads."""

    def __init__(self) -> None:
        self._waits: deque[float] = deque(maxlen=REMEMBERED)
        self._long: deque[tuple[int, float]] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    def note(self, size: int, seconds: float) -> None:
        """Take an answer of so many bytes, from the question to its last byte."""
        with self._lock:
            if size <= SHORT:
                self._waits.append(seconds)
            elif size >= LONG:
                self._long.append((size, seconds))

    @property
    def latency(self) -> float | None:
        """Seconds until an answer comes; None where none was short enough to tell."""
        with self._lock:
            # What is slower waited for something else, such as a new connection.
            return min(self._waits, default=None)

    @property
    def speed(self) -> float | None:
        """Bytes a second of one answer once it comes; None where none was long enough to tell."""
        from statistics import median

        latency = self.latency or 0.0
        with self._lock:
            found = [size / max(seconds - latency, 1e-6) for size, seconds in self._long]
        return median(found) if found else None

    @property
    def gap(self) -> int:
        """Bytes that come for nothing in the time that another request would wait.

        A power of two, so that the same is asked for in the same way another time.
        """
        latency, speed = self.latency, self.speed
        if latency is None or speed is None:
            return UNKNOWN
        return 1 << min(max(int(latency * speed), LEAST), MOST).bit_length() - 1
