"""What is taken of each chunk of an array once it is unpacked, so that the rest of it goes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Protocol

from jupyterlab_datahub.selection.places import Ranges, touched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks

FEW = 32
"""Ranges of a chunk up to which they are cut out one by one."""


class Picks(Protocol):
    """What is taken of the chunks of an array; used by several threads."""

    def upto(self, number: int) -> int:
        """Return how many values of a chunk there are up to the last that is taken."""

    def count(self, number: int) -> int:
        """Return how many values are taken of a chunk at most."""

    def of(self, number: int, values: NDArray[Any]) -> NDArray[Any]:
        """Return what is taken of a chunk, of which as much is given as `upto` says."""


class RangePicks:
    """Takes ranges of an array of one axis.

    Parameters
    ----------
    ranges
        What is taken.
    step
        Values of a chunk.
    count
        How many chunks there are.

    Attributes
    ----------
    numbers
        The ascending numbers of the chunks of which something is taken.
    """

    def __init__(self, ranges: Ranges, step: int, count: int) -> None:
        import numpy as np

        self.numbers = touched(ranges, step, count)
        some = ranges.stops > ranges.starts
        starts, stops = ranges.starts[some], ranges.stops[some]
        # Those that follow each other are one.
        first = np.ones(len(starts), bool)
        first[1:] = starts[1:] != stops[:-1]
        self._starts, self._stops = starts[first], stops[np.roll(first, -1)]
        self._step = step
        lows = np.searchsorted(self._stops, self.numbers * step, "right")
        highs = np.searchsorted(self._starts, (self.numbers + 1) * step, "left")
        begins = self.numbers * step
        ends = np.minimum(self._stops[highs - 1] - begins, step)
        before = np.concatenate([[0], np.cumsum(self._stops - self._starts)])
        counts = before[highs] - before[lows] - np.maximum(begins - self._starts[lows], 0)
        counts -= np.maximum(self._stops[highs - 1] - begins - step, 0)
        columns = (one.tolist() for one in (lows, highs, ends, counts))
        self._held = dict(zip(self.numbers.tolist(), zip(*columns, strict=True), strict=True))

    def upto(self, number: int) -> int:
        """Return how many values of a chunk there are up to the last that is taken."""
        end: int = self._held[number][2]
        return end

    def count(self, number: int) -> int:
        """Return how many values are taken of a chunk."""
        count: int = self._held[number][3]
        return count

    def of(self, number: int, values: NDArray[Any]) -> NDArray[Any]:
        """Return what is taken of a chunk."""
        import numpy as np

        low, high, _, _ = self._held[number]
        begin = number * self._step
        starts, stops = self._starts[low:high], self._stops[low:high]
        if high - low > FEW:
            starts = np.maximum(starts - begin, 0)
            stops = np.minimum(stops - begin, len(values))
            taken: NDArray[Any] = values[Ranges(starts, stops).places()]
            return taken
        both = zip(starts.tolist(), stops.tolist(), strict=True)
        cut = [values[max(start - begin, 0) : stop - begin] for start, stop in both]
        # A copy in any case, so that the chunk goes.
        return np.concatenate(cut)


class RowPicks:
    """Takes rows of an array of one axis, or of two with some of its columns.

    Parameters
    ----------
    chunks
        The array.
    rows
        The ascending numbers of the rows.
    columns
        Those of the columns, None for all.

    Attributes
    ----------
    bands
        The ascending numbers of the rows of chunks of which something is taken.
    tiles
        The ascending numbers of the columns of chunks.
    """

    def __init__(self, chunks: Chunks, rows: NDArray[Any], columns: NDArray[Any] | None) -> None:
        import numpy as np

        flat = len(chunks.shape) == 1
        self._across = 1 if flat else chunks.grid[1]
        self._width = 0 if flat else chunks.shape[1]
        if columns is None or self._across == 1:
            self.tiles = np.arange(self._across)
        else:
            self.tiles = np.unique(columns // chunks.chunk[1])
        self.bands, starts = np.unique(rows // chunks.chunk[0], return_index=True)
        stops = [*starts[1:].tolist(), len(rows)]
        self._rows = dict(
            zip(self.bands.tolist(), zip(starts.tolist(), stops, strict=True), strict=True)
        )
        self._chunks, self._all, self._columns = chunks, rows, columns

    @property
    def numbers(self) -> NDArray[Any]:
        """The ascending numbers of the chunks of which something is taken."""
        numbers: NDArray[Any] = self.bands[:, None] * self._across + self.tiles[None, :]
        return numbers.reshape(-1)

    def upto(self, number: int) -> int:
        """Return how many values of a chunk there are up to the last that is taken."""
        last: int = self._within(number)[-1]
        return (last + 1) * prod(self._chunks.chunk[1:])

    def count(self, number: int) -> int:
        """Return how many values are taken of a chunk at most."""
        wide = prod(self._chunks.chunk[1:])
        columns = wide if self._columns is None else min(wide, len(self._columns))
        return len(self._within(number)) * columns

    def of(self, number: int, values: NDArray[Any]) -> NDArray[Any]:
        """Return what is taken of a chunk."""
        within = self._within(number)
        wide = self._chunks.chunk[-1]
        first = number % self._across * wide
        part: NDArray[Any] = values[within]
        if not self._width:
            return part
        part = part[:, : self._width - first]
        if self._columns is None:
            return part
        columns = self._columns[(self._columns >= first) & (self._columns < first + wide)]
        return part[:, columns - first]

    def _within(self, number: int) -> NDArray[Any]:
        band = number // self._across
        start, stop = self._rows[band]
        within: NDArray[Any] = self._all[start:stop] - band * self._chunks.chunk[0]
        return within
