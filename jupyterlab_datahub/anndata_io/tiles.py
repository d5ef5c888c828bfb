"""A dense matrix on disk, cells in columns, as sparse rows of cells.

Files in Loom keep zeros like everything else, in small compressed chunks. They are read in slabs
of whole chunks, by several processes if there is much to read, and only what is not zero is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import parallel
from jupyterlab_datahub.anndata_io.strips import Slab, sparse
from jupyterlab_datahub.anndata_io.survey import readable, surveyed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import h5py
    import numpy as np

    from jupyterlab_datahub.anndata_io.parallel import Other
    from jupyterlab_datahub.anndata_io.strips import Layout, Table

SLAB_BYTES = 24 << 20
"""Bytes of a slab before its zeros go, if chunks are not larger."""

LARGEST_BYTES = 512 << 20
"""Bytes of a slab that whole chunks may need; where they are wider they are read several times."""

SHARED_BYTES = 256 << 20
"""Bytes of a matrix from which on the start of other processes is worth it."""


def readers(size: int) -> AbstractContextManager[list[Other]]:
    """Start processes that read the matrix of a file of `size` bytes, if that is likely worth it.

    They take a while to be ready, in which the file can be opened.
    """
    return parallel.started(parallel.available() if size >= parallel.LARGE else 0)


def slabs(
    matrix: h5py.Dataset, source: Path, dtype: np.dtype[Any], ready: Sequence[Other] = ()
) -> Iterator[Slab]:
    """Return the cells of a matrix of genes by cells, in order.

    Parameters
    ----------
    matrix
        Shape (genes, cells).
    source
        The file that it is in.
    dtype
        What the values become.
    ready
        Processes that read as well, and begin at once; they read one matrix only. Where there are
        none, some are started when the first cells are asked for, if that is worth it.

    Yields
    ------
    Slab
        Cells as rows, their genes ascending.

    Raises
    ------
    OSError
        If a chunk cannot be read.
    """
    if ready and _is_readable(matrix) and (found := surveyed(matrix, source, dtype)):
        return _in_parts(*found, ready)
    return _slabs(matrix, source, dtype)


def _in_parts(layout: Layout, table: Table, others: Sequence[Other]) -> Iterator[Slab]:
    size = int(table.sizes.sum()) // max(layout.strips, 1)
    work = parallel.Work(layout, table, layout.strips, size)
    return (Slab(*part) for part in parallel.parts(work, others))


def _is_readable(matrix: h5py.Dataset) -> bool:
    return readable(matrix) and _column(matrix) * matrix.chunks[1] <= LARGEST_BYTES


def _column(matrix: h5py.Dataset) -> int:
    """Return the bytes of a cell."""
    return max(int(matrix.shape[0]) * int(matrix.dtype.itemsize), 1)


def _slabs(matrix: h5py.Dataset, source: Path, dtype: np.dtype[Any]) -> Iterator[Slab]:
    column = _column(matrix)
    if _is_readable(matrix):
        many = column * matrix.shape[1] >= SHARED_BYTES
        with parallel.started(parallel.available() if many else 0) as others:
            found = surveyed(matrix, source, dtype)
            if found:
                yield from _in_parts(*found, others)
                return
    step = matrix.chunks[1] if matrix.chunks else 1
    width = max(SLAB_BYTES // column // step * step, min(step, LARGEST_BYTES // column), 1)
    for start in range(0, matrix.shape[1], width):
        yield sparse(matrix[:, start : start + width], dtype)
