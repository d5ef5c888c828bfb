"""A dense matrix on disk, cells in columns, as sparse rows of cells.

Files in Loom keep zeros like everything else, in small compressed chunks. They are read in slabs
of whole chunks, by several processes if there is much to read, and only what is not zero is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import parallel
from jupyterlab_datahub.anndata_io.strips import Slab, readable, sparse, surveyed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import h5py
    import numpy as np

SLAB_BYTES = 24 << 20
"""Bytes of a slab before its zeros go, if chunks are not larger."""

LARGEST_BYTES = 512 << 20
"""Bytes of a slab that whole chunks may need; where they are wider they are read several times."""

SHARED_BYTES = 256 << 20
"""Bytes of a matrix from which on the start of other processes is worth it."""


def slabs(matrix: h5py.Dataset, dtype: np.dtype[Any]) -> Iterator[Slab]:
    """Yield the cells of a matrix of genes by cells, in order.

    Parameters
    ----------
    matrix
        Shape (genes, cells).
    dtype
        What the values become.

    Yields
    ------
    Slab
        Cells as rows, their genes ascending.

    Raises
    ------
    OSError
        If a chunk cannot be read.
    """
    column = max(matrix.shape[0] * matrix.dtype.itemsize, 1)
    step = matrix.chunks[1] if matrix.chunks else 1
    if readable(matrix) and column * step <= LARGEST_BYTES:
        many = column * matrix.shape[1] >= SHARED_BYTES
        with parallel.started(parallel.available() if many else 0) as others:
            found = surveyed(matrix, dtype)
            if found:
                yield from parallel.slabs(*found, others)
                return
    width = max(SLAB_BYTES // column // step * step, min(step, LARGEST_BYTES // column), 1)
    for start in range(0, matrix.shape[1], width):
        yield sparse(matrix[:, start : start + width], dtype)
