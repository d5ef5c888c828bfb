"""Which thread fetches which bytes.

Parts are handed out from the start of the file, so that the checksum can follow closely, and
become shorter towards its end, so that all threads end at about the same time. When nothing is
left to hand out, an idle thread takes the second half of the longest part that is still under
way: one slow connection does not hold up the end of a file.
"""

from __future__ import annotations

import threading

from jupyterlab_datahub.transfers.disk.spans import Spans

MIB = 1024**2
LARGEST = 16 * MIB
SMALLEST = 1 * MIB
WORTH_SPLITTING = 4 * MIB


class Part:
    """Bytes from `at` up to `end`, `at` moving as they arrive and `end` if it is split."""

    def __init__(self, start: int, end: int) -> None:
        self.at = start
        self.end = end

    @property
    def left(self) -> int:
        """Bytes still to come."""
        return self.end - self.at


class Plan:
    """The parts of one file.

    Parameters
    ----------
    size
        Length of the file.
    there
        What is there already.
    threads
        How many will ask for parts.
    first
        A part that is under way already.
    splits
        Whether an idle thread takes a half of a part that is under way; what its first thread was
        about to receive then comes for nothing.
    """

    def __init__(
        self, size: int, there: Spans, threads: int, first: Part, *, splits: bool = True
    ) -> None:
        self._splits = splits
        self._lock = threading.Lock()
        self._busy = [first]
        covered = Spans([*there, (first.at, first.end)])
        self._gaps = [Part(start, end) for start, end in covered.missing(size)]
        self._gaps.reverse()
        self._threads = threads

    @property
    def waiting(self) -> int:
        """How many parts can be handed out at most without splitting one."""
        with self._lock:
            return sum(-(-gap.left // SMALLEST) for gap in self._gaps)

    def take(self) -> Part | None:
        """Return the next part, None if all is handed out and nothing is worth splitting."""
        with self._lock:
            part = self._next() or self._half()
            if part is not None:
                self._busy.append(part)
            return part

    def drop(self, part: Part) -> None:
        """Count a part as no longer under way; what is left of it is handed out again."""
        with self._lock:
            self._busy.remove(part)
            if part.left > 0:
                self._gaps.append(part)
                self._gaps.sort(key=lambda gap: -gap.at)

    def arrived(self, part: Part, count: int) -> int:
        """Move a part on and return how many bytes of it are still wanted."""
        with self._lock:
            part.at += count
            return part.left

    def _next(self) -> Part | None:
        if not self._gaps:
            return None
        gap = self._gaps[-1]
        length = part_length(sum(other.left for other in self._gaps), self._threads)
        if gap.left <= length:
            return self._gaps.pop()
        part = Part(gap.at, gap.at + length)
        gap.at = part.end
        return part

    def _half(self) -> Part | None:
        longest = max(self._busy, key=lambda part: part.left, default=None)
        if not self._splits or longest is None or longest.left < WORTH_SPLITTING:
            return None
        middle = longest.at + longest.left // 2
        part = Part(middle, longest.end)
        longest.end = middle
        return part


def part_length(left: int, threads: int) -> int:
    """Return how long the next part is when so many bytes are left to hand out."""
    return min(LARGEST, max(SMALLEST, left // (threads * 2)))
