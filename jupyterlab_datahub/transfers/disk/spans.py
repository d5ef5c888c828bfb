"""Which bytes of a file are there."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Spans:
    """A set of byte positions as sorted half-open intervals that do not touch each other."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._spans: list[tuple[int, int]] = []
        for start, end in spans:
            self.add(start, end)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._spans)

    @property
    def total(self) -> int:
        """How many bytes are there."""
        return sum(end - start for start, end in self._spans)

    @property
    def frontier(self) -> int:
        """How many bytes are there without a hole from the start."""
        if self._spans and self._spans[0][0] == 0:
            return self._spans[0][1]
        return 0

    def add(self, start: int, end: int) -> None:
        """Count the bytes from `start` up to `end` as there."""
        if start >= end:
            return
        low = bisect_left(self._spans, start, key=lambda span: span[1])
        high = low
        while high < len(self._spans) and self._spans[high][0] <= end:
            start = min(start, self._spans[high][0])
            end = max(end, self._spans[high][1])
            high += 1
        self._spans[low:high] = [(start, end)]

    def remove(self, start: int, end: int) -> None:
        """Count the bytes from `start` up to `end` as missing."""
        kept = [(max(end, low), high) for low, high in self._spans if high > end]
        self._spans = [(low, min(start, high)) for low, high in self._spans if low < start] + kept

    def missing(self, size: int) -> Iterator[tuple[int, int]]:
        """Yield the holes below `size`."""
        at = 0
        for start, end in self._spans:
            if start >= size:
                break
            if at < start:
                yield at, start
            at = end
        if at < size:
            yield at, size
