"""Some rows and columns of a matrix, a slab at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io.strips import Slab
from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.previews.chunks import chunks_of
from jupyterlab_datahub.selection.places import of_rows, touched
from jupyterlab_datahub.selection.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks
    from jupyterlab_datahub.ranged.bytefile import ByteFile
    from jupyterlab_datahub.selection.stream import Reader

SLAB = 2_000_000
"""Values that are worked on at once."""

BAND = 256 << 20
"""Bytes of memory for the rows of one row of chunks of a matrix that is not sparse."""


@dataclass(frozen=True)
class Sparse:
    """A sparse matrix: where the values of each row (csr) or column (csc) are, and they.

    Of ``pointers`` those that nobody wants may be 0.
    """

    pointers: NDArray[Any]
    data: Chunks
    indices: Chunks


def sparse_of(
    parts: Sequence[h5py.Dataset | None],
    major: NDArray[Any],
    source: ByteFile,
    file: h5py.File,
    reader: Reader,
) -> Sparse:
    """Return as much of a sparse matrix of a file as some of its rows (csr) or columns take.

    Parameters
    ----------
    parts
        Its data, indices and pointers.
    major
        The ascending numbers of the rows or columns.

    Raises
    ------
    UnreadableError
    """
    import numpy as np

    data, indices, pointers = parts
    if data is None or indices is None or pointers is None or not len(major):
        raise hdf5.damaged()
    rows = np.union1d(major, major + 1)
    [places] = chunks_of([pointers], source, file, [rows])
    held = rows_of(places, reader, rows).astype(np.int64)
    stored = min(part.shape[0] if part.ndim == 1 else 0 for part in (data, indices))
    if (rows[0] == 0 and held[0]) or held[0] < 0 or (np.diff(held) < 0).any() or held[-1] > stored:
        raise hdf5.damaged()
    ends = np.zeros(places.shape[0], np.int64)
    ends[rows] = held
    ranges = of_rows(ends, major)
    wanted = [
        touched(ranges, part.chunks[0], -(-part.shape[0] // part.chunks[0])) * part.chunks[0]
        if part.chunks
        else None
        for part in (data, indices)
    ]
    found = chunks_of([data, indices], source, file, wanted)
    return Sparse(ends, *found)


def slabs(
    matrix: Sparse, reader: Reader, major: NDArray[Any], minor: NDArray[Any] | None, sides: int
) -> Iterator[Slab]:
    """Yield some rows of a csr matrix, or columns of a csc one.

    Parameters
    ----------
    major
        The ascending numbers of those.
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

    ranges = of_rows(matrix.pointers, major)
    data, indices = (
        Stream(reader, one, touched(ranges, one.chunk[0], len(one.starts)))
        for one in (matrix.data, matrix.indices)
    )
    numbers = None
    if minor is not None:
        numbers = np.full(sides, -1, np.int32)
        numbers[minor] = np.arange(len(minor), dtype=np.int32)
    for part, _ in ranges.slabs(SLAB):
        places, lengths = part.places(), part.lengths
        values, where = data.at(places), indices.at(places)
        if len(where) and not 0 <= int(where.min()) <= int(where.max()) < sides:
            raise hdf5.damaged()
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
    across = chunks.grid[1] if len(chunks.shape) == 2 else 1
    width = chunks.shape[1] if len(chunks.shape) == 2 else 1
    if columns is None or across == 1:
        tiles = np.arange(across)
    else:
        tiles = np.unique(columns // chunks.chunk[1])
    wide = width if columns is None else len(columns)
    if chunks.chunk[0] * wide * chunks.dtype.itemsize > BAND:
        raise UnreadableError(
            "its matrix is packed so that no part of it fits the memory for a selection",
            hint="Download the file instead.",
        )
    numbers, starts = np.unique(rows // chunks.chunk[0], return_index=True)
    wanted = (numbers[:, None] * across + tiles[None, :]).reshape(-1)
    coming = reader.chunks(chunks, map(int, wanted))
    for number, start, stop in zip(numbers, starts, [*starts[1:], len(rows)], strict=True):
        within = rows[start:stop] - number * chunks.chunk[0]
        if len(chunks.shape) == 1:
            yield next(coming)[1][within]
            continue
        parts = []
        for tile in tiles:
            first = int(tile) * chunks.chunk[1]
            part = next(coming)[1][within, : width - first]
            if columns is not None:
                mine = columns[(columns >= first) & (columns < first + chunks.chunk[1])]
                part = part[:, mine - first]
            parts.append(part)
        yield parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def rows_of(chunks: Chunks, reader: Reader, rows: NDArray[Any]) -> NDArray[Any]:
    """Return ascending rows of an array."""
    import numpy as np

    parts = list(bands(chunks, reader, rows, None)) if len(rows) else []
    return np.concatenate(parts) if parts else np.empty((0, *chunks.shape[1:]), chunks.dtype)
