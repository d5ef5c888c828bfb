"""Some rows and columns of a matrix, a slab at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io.strips import Slab
from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews.chunks import chunks_of
from jupyterlab_datahub.ranged import damage
from jupyterlab_datahub.selection.picks import RowPicks
from jupyterlab_datahub.selection.places import of_rows
from jupyterlab_datahub.selection.sought import Sought
from jupyterlab_datahub.selection.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks
    from jupyterlab_datahub.ranged.bytefile import ByteFile
    from jupyterlab_datahub.selection.places import Ranges
    from jupyterlab_datahub.selection.stream import Reader

BAND = 256 << 20
"""Bytes of memory for the rows of one row of chunks of a matrix that is not sparse."""


@dataclass(frozen=True)
class Sparse:
    """Some rows (csr) or columns (csc) of a sparse matrix.

    ``ranges`` are where their values are, and ``sought`` its data and indices.
    """

    ranges: Ranges
    sought: Sought

    @property
    def dtype(self) -> Any:
        """The type of its values."""
        return self.sought.first[0].dtype


def sparse_of(
    parts: Sequence[h5py.Dataset | None],
    major: NDArray[Any],
    source: ByteFile,
    file: h5py.File,
    reader: Reader,
    tell: Callable[[int, float], object],
) -> Sparse:
    """Return as much of a sparse matrix of a file as some of its rows (csr) or columns take.

    Parameters
    ----------
    parts
        Its data, indices and pointers.
    major
        The ascending numbers of the rows or columns.
    tell
        Is given the bytes of the chunks that were found so far, and which share of all these are.

    Raises
    ------
    UnreadableError
    """
    import numpy as np

    data, indices, pointers = parts
    if data is None or indices is None or pointers is None or not len(major):
        raise damage.damaged()
    rows = np.union1d(major, major + 1)
    [places] = chunks_of([pointers], source, file, [rows])
    held = rows_of(places, reader, rows).astype(np.int64)
    stored = min(part.shape[0] if part.ndim == 1 else 0 for part in (data, indices))
    if (rows[0] == 0 and held[0]) or held[0] < 0 or (np.diff(held) < 0).any() or held[-1] > stored:
        raise damage.damaged()
    ends = np.zeros(places.shape[0], np.int64)
    ends[rows] = held
    ranges = of_rows(ends, major)
    return Sparse(ranges, Sought((data, indices), ranges, source, file, reader.seeker, tell))


def slabs(matrix: Sparse, reader: Reader, minor: NDArray[Any] | None, sides: int) -> Iterator[Slab]:
    """Yield the rows of a csr matrix, or the columns of a csc one.

    Parameters
    ----------
    minor
        The ascending numbers of the columns of the one, or the rows of the other, that are wanted;
        None for all.
    sides
        How many of these there are.

    Raises
    ------
    UnreadableError
        If an index is outside the matrix.
    """
    import numpy as np

    ranges = matrix.ranges
    data, indices = (
        Stream(reader, one, matrix.sought.parts(number), ranges)
        for number, one in enumerate(matrix.sought.first)
    )
    numbers = None
    if minor is not None:
        numbers = np.full(sides, -1, np.int32)
        numbers[minor] = np.arange(len(minor), dtype=np.int32)
    for part, _ in ranges.slabs(reader.room.slab):
        lengths = part.lengths
        count = int(lengths.sum())
        values, where = data.take(count), indices.take(count)
        if len(where) and not 0 <= int(where.min()) <= int(where.max()) < sides:
            raise damage.damaged()
        if numbers is None:
            yield Slab(genes=where.astype(np.int32), values=values, counts=lengths)
            continue
        moved = numbers[where]
        kept = moved >= 0
        owners = np.repeat(np.arange(len(lengths)), lengths)[kept]
        counts = np.bincount(owners, minlength=len(lengths))
        yield Slab(genes=moved[kept], values=values[kept], counts=counts)


def bands(
    chunks: Chunks, reader: Reader, rows: NDArray[Any], columns: NDArray[Any] | None
) -> Iterator[NDArray[Any]]:
    """Yield ascending rows of an array, of two axes with some of its columns, in parts.

    Raises
    ------
    UnreadableError
        If a row of chunks takes too much memory.
    """
    import numpy as np

    if chunks.whole is not None:
        whole = chunks.whole[rows]
        yield whole if columns is None else whole[:, columns]
        return
    wide = 1 if len(chunks.shape) == 1 else chunks.shape[1]
    if chunks.chunk[0] * (wide if columns is None else len(columns)) * chunks.dtype.itemsize > BAND:
        raise UnreadableError(
            "its matrix is packed so that no part of it fits the memory for a selection",
            hint="Download the file instead.",
        )
    picks = RowPicks(chunks, rows, columns)
    coming = reader.chunks([(chunks, picks.numbers.tolist())], picks)
    for _ in picks.bands:
        parts = [next(coming) for _ in picks.tiles]
        yield parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def rows_of(chunks: Chunks, reader: Reader, rows: NDArray[Any]) -> NDArray[Any]:
    """Return ascending rows of an array."""
    import numpy as np

    parts = list(bands(chunks, reader, rows, None)) if len(rows) else []
    return np.concatenate(parts) if parts else np.empty((0, *chunks.shape[1:]), chunks.dtype)
