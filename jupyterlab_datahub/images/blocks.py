"""A file object over parts of a file: what libraries read in small pieces comes in few requests."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.images.parts import Parts, Span

BLOCK = 1 << 14
"""Bytes of a block, the least that is fetched."""

FIRST_BLOCKS = 4

AROUND = (1, 3)
"""Blocks fetched before and from a place that is read by itself.

What belongs to a directory of a TIFF lies on both sides of it.
"""

GAP_BLOCKS = 4
"""Blocks that are fetched along with their neighbours rather than asked past."""

LONGEST_BLOCKS = 128
"""Blocks of one request; more are asked for beside each other."""

MOST_SPANS = 48
"""Requests for one wish; beyond, larger gaps are fetched along."""


class BlockFile(io.RawIOBase):
    """A file that remembers the blocks it has read.

    Parameters
    ----------
    parts
        The file.
    blocks
        Blocks known from before, by their number.
    """

    def __init__(self, parts: Parts, blocks: dict[int, bytes] | None = None) -> None:
        self.blocks = dict(blocks or {})
        self.size = parts.size
        self.most = parts.most
        self._parts = parts
        self._place = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that one can go anywhere in it."""
        return True

    def tell(self) -> int:
        """Return the place of the next read."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: object) -> int:
        """Read as much as fits."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        content = self.read(len(view))
        view[: len(content)] = content
        return len(content)

    def read(self, size: int | None = -1) -> bytes:
        """Read some bytes, fewer at the end of the file."""
        start = self._place
        wanted = self.size - start if size is None or size < 0 else size
        end = min(start + wanted, self.size)
        if end <= start:
            return b""
        first, last = start // BLOCK, (end - 1) // BLOCK
        if any(number not in self.blocks for number in range(first, last + 1)):
            before, from_there = AROUND
            self._fetch(range(max(0, first - before), max(last + 1, first + from_there)), 0)
        self._place = end
        pieces = b"".join(self.blocks[number] for number in range(first, last + 1))
        return pieces[start - first * BLOCK : end - first * BLOCK]

    def want(self, spans: Iterable[Span]) -> None:
        """Fetch what is missing of some parts, neighbours together and several at a time."""
        numbers: set[int] = set()
        for start, end in spans:
            if start < min(end, self.size):
                numbers.update(range(start // BLOCK, (min(end, self.size) - 1) // BLOCK + 1))
        self._fetch(numbers, GAP_BLOCKS)

    def _fetch(self, numbers: Iterable[int], gap: int) -> None:
        beyond = -(-self.size // BLOCK)
        missing = sorted(n for n in numbers if n < beyond and n not in self.blocks)
        runs = _runs(missing, gap)
        while len(runs) > MOST_SPANS:
            gap = gap * 2 + 1
            runs = _runs(missing, gap)
        pieces = [
            (at, min(at + LONGEST_BLOCKS, end))
            for start, end in runs
            for at in range(start, end, LONGEST_BLOCKS)
        ]
        if not pieces:
            return
        spans = [(start * BLOCK, min(end * BLOCK, self.size)) for start, end in pieces]
        for (start, _), content in zip(pieces, self._parts.get(spans), strict=True):
            for place in range(0, len(content), BLOCK):
                self.blocks[start + place // BLOCK] = content[place : place + BLOCK]


def blocks_of(content: bytes, size: int) -> dict[int, bytes]:
    """Return the beginning of a file of some size as blocks, as far as they are whole."""
    whole = len(content) if len(content) == size else len(content) // BLOCK * BLOCK
    return {place // BLOCK: content[place : place + BLOCK] for place in range(0, whole, BLOCK)}


def _runs(numbers: list[int], gap: int) -> list[tuple[int, int]]:
    """Return numbers in ascending order as ranges, joined where no more than a gap lies between."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number - runs[-1][1] <= gap:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs
