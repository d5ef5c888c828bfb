"""Where the chunks of a sparse matrix are, sought part by part while earlier ones are fetched.

The leaves of an index are small and all over the file, so they are waited for and little else:
for a gigabyte, a second or more from a host that answers after 30 ms.
"""

from __future__ import annotations

from itertools import tee
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.previews.chunks import UNSOUGHT, Declared, chunks_of
from jupyterlab_datahub.selection.places import touched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks
    from jupyterlab_datahub.ranged.bytefile import ByteFile
    from jupyterlab_datahub.selection.places import Ranges
    from jupyterlab_datahub.selection.stream import Part

PARTS = 8
"""Into how many parts the chunks are divided at most."""

LEAST = 512
"""Chunks of an array in a part at least: enough leaves to ask for many at once."""


class Sought:
    """Chunks of arrays of one axis, of which the same ranges are taken.

    Parameters
    ----------
    arrays
        The arrays.
    ranges
        What is taken of them.
    source, file
        Their file, as bytes and as HDF5.
    seeker
        Looks for chunks, one part at a time.
    tell
        Is given the bytes of the chunks that were found so far, and which share of all these are.

    Attributes
    ----------
    first
        The arrays, with those of their chunks that were found first.

    Raises
    ------
    UnreadableError, CatalogError
        Here and from :meth:`parts`.
    """

    def __init__(
        self,
        arrays: Sequence[h5py.Dataset],
        ranges: Ranges,
        source: ByteFile,
        file: h5py.File,
        seeker: Executor,
        tell: Callable[[int, float], object],
    ) -> None:
        self._arrays, self._source, self._file = arrays, source, file
        self._seeker, self._tell = seeker, tell
        self._nodes: dict[int, bytes] = {}
        self._found = self._size = 0
        plain = isinstance(source, Declared)
        self._steps = [int(one.chunks[0]) if one.chunks and not plain else 0 for one in arrays]
        self._numbers = _divided(arrays, self._steps, ranges)
        self.first = self._look(0)
        for number, one in enumerate(self.first):
            if not self._steps[number]:
                # All of its pieces are known now.
                self._numbers[number] = [_touched(one, ranges)]
        self._all = sum(len(part) for parts in self._numbers for part in parts)
        self._count(0, self.first)
        self._parts = tee(self._sought(), len(arrays))

    def parts(self, number: int) -> Iterator[Part]:
        """Yield the parts of one of the arrays; once."""
        for numbers, found in zip(self._numbers[number], self._parts[number], strict=False):
            yield found[number], numbers.tolist()

    def _sought(self) -> Iterator[list[Chunks]]:
        found = self.first
        for part in range(1, max(map(len, self._numbers))):
            coming = self._seeker.submit(self._next, part)
            yield found
            found = coming.result()
        yield found

    def _next(self, part: int) -> list[Chunks]:
        known = all(self._is_known(number, part) for number in range(len(self._arrays)))
        found = self.first if known else self._look(part)
        self._count(part, found)
        return found

    def _look(self, part: int) -> list[Chunks]:
        """Return the arrays with the chunks of a part."""
        rows = [
            parts[part] * step if step else None
            for step, parts in zip(self._steps, self._numbers, strict=True)
        ]
        return chunks_of(self._arrays, self._source, self._file, rows, self._nodes)

    def _is_known(self, number: int, part: int) -> bool:
        """Return whether all chunks of an array were found at once, as some indexes say it."""
        if not self._steps[number]:
            return True
        starts = self.first[number].starts
        return not (starts[self._numbers[number][part]] == UNSOUGHT).any()

    def _count(self, part: int, found: list[Chunks]) -> None:
        for one, parts in zip(found, self._numbers, strict=True):
            if part < len(parts):
                self._size += int(one.sizes[parts[part]].sum())
                self._found += len(parts[part])
        self._tell(self._size, self._found / self._all if self._all else 1.0)


def _touched(chunks: Chunks, ranges: Ranges) -> NDArray[Any]:
    import numpy as np

    if chunks.whole is not None:
        return np.zeros(0, np.int64)
    return touched(ranges, chunks.chunk[0], len(chunks.starts))


def _divided(
    arrays: Sequence[h5py.Dataset], steps: Sequence[int], ranges: Ranges
) -> list[list[NDArray[Any]]]:
    """Return the numbers of the chunks of arrays, in parts that end at the same places."""
    import numpy as np

    sought = [
        touched(ranges, step, -(-one.shape[0] // step)) if step else np.zeros(0, np.int64)
        for one, step in zip(arrays, steps, strict=True)
    ]
    most = max(range(len(arrays)), key=lambda number: len(sought[number]))
    parts = min(max(len(sought[most]) // LEAST, 1), PARTS)
    bounds = [part[0] * steps[most] for part in np.array_split(sought[most], parts)[1:]]
    return [
        np.split(numbers, np.searchsorted(numbers * step, bounds))
        for numbers, step in zip(sought, steps, strict=True)
    ]
