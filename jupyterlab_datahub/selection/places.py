"""Which places of arrays, and so which of their chunks, a choice of rows needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


class Ranges(NamedTuple):
    """Ascending ranges, each from a start up to, not including, a stop; some may be empty."""

    starts: NDArray[Any]
    stops: NDArray[Any]

    @property
    def lengths(self) -> NDArray[Any]:
        """How long each is."""
        lengths: NDArray[Any] = self.stops - self.starts
        return lengths

    def places(self) -> NDArray[Any]:
        """Return all places in them."""
        import numpy as np

        lengths = self.lengths
        before = np.cumsum(lengths) - lengths
        places: NDArray[Any] = np.repeat(self.starts - before, lengths)
        places += np.arange(len(places))
        return places

    def slabs(self, most: int) -> Iterator[tuple[Ranges, slice]]:
        """Yield them in parts of about so many places, with which of them these are."""
        import numpy as np

        ends = np.cumsum(self.lengths)
        first, before = 0, 0
        while first < len(ends):
            last = max(first + 1, int(np.searchsorted(ends, before + most, "right")))
            yield Ranges(self.starts[first:last], self.stops[first:last]), slice(first, last)
            first, before = last, int(ends[last - 1])


def of_rows(pointers: NDArray[Any], rows: NDArray[Any]) -> Ranges:
    """Return the ranges of rows of a sparse matrix by its pointers."""
    return Ranges(pointers[rows], pointers[rows + 1])


def touched(ranges: Ranges, step: int, count: int) -> NDArray[Any]:
    """Return the ascending numbers of the chunks of `step` places that ranges touch."""
    import numpy as np

    some = ranges.stops > ranges.starts
    firsts = ranges.starts[some] // step
    lasts = (ranges.stops[some] - 1) // step
    begun, ended = (np.bincount(ends, minlength=count + 1) for ends in (firsts, lasts + 1))
    return np.flatnonzero(np.cumsum(begun[:count] - ended[:count]) > 0)
