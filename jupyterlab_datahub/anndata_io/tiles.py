"""A dense matrix on disk, cells in columns, as sparse rows of cells.

Files in Loom keep zeros like everything else, in small compressed chunks. They are read in slabs
of whole chunks, several at a time, and only what is not zero is kept.
"""

from __future__ import annotations

import threading
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import h5py
    import numpy as np
    from numpy.typing import NDArray

SLAB_BYTES = 24 << 20
"""Bytes of a slab before its zeros go."""

AT_ONCE = 2
AHEAD = 1
"""Slabs that may be finished and not yet taken, beside those at work."""

GZIP, SHUFFLE = 1, 2
"""Numbers of HDF5's own filters (H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE)."""


class Slab(NamedTuple):
    """Some cells: how many values each has that are not zero, which genes they are, and they."""

    counts: NDArray[np.int64]
    genes: NDArray[np.int32]
    values: NDArray[Any]


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
    read = _reader(matrix)
    cells = matrix.shape[1]
    width = _width(matrix)
    starts = deque(range(0, cells, width))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        coming: deque[Any] = deque()
        while starts or coming:
            while starts and len(coming) < AT_ONCE + AHEAD:
                start = starts.popleft()
                coming.append(pool.submit(_slab, read, start, min(start + width, cells), dtype))
            yield coming.popleft().result()


def _width(matrix: h5py.Dataset) -> int:
    """Return how many cells a slab has: whole chunks, as many as the memory for one allows."""
    genes, cells = matrix.shape
    column = max(1, genes * matrix.dtype.itemsize)
    step = matrix.chunks[1] if matrix.chunks else 1
    return int(min(max(SLAB_BYTES // column // step, 1) * step, max(cells, 1)))


def _slab(
    read: Callable[[int, int], NDArray[Any]], start: int, end: int, dtype: np.dtype[Any]
) -> Slab:
    import numpy as np

    cells = read(start, end)
    flat = cells.ravel()
    there = np.flatnonzero(flat != 0)
    row, genes = np.divmod(there, cells.shape[1])
    return Slab(
        counts=np.bincount(row, minlength=end - start),
        genes=genes.astype(np.int32),
        values=flat[there].astype(dtype),
    )


def _reader(matrix: h5py.Dataset) -> Callable[[int, int], NDArray[Any]]:
    """Return what reads the columns from a start to an end, as rows.

    HDF5 lets only one thread inflate at a time; where chunks are plain gzip we do it ourselves.
    """
    import numpy as np

    filters = _filters(matrix)
    if matrix.chunks is None or filters is None:
        return lambda start, end: np.ascontiguousarray(matrix[:, start:end].T)
    return _Chunks(matrix, shuffled=SHUFFLE in filters).columns


def _filters(matrix: h5py.Dataset) -> tuple[int, ...] | None:
    """Return the filters of a matrix if we can undo them ourselves, else None."""
    if matrix.dtype.kind not in "iuf" or not matrix.dtype.isnative:
        return None
    properties = matrix.id.get_create_plist()
    filters = tuple(properties.get_filter(n)[0] for n in range(properties.get_nfilters()))
    return filters if filters in ((GZIP,), (SHUFFLE, GZIP)) else None


class _Chunks:
    """Reads whole chunks of a matrix; those that were never written are zeros."""

    def __init__(self, matrix: h5py.Dataset, *, shuffled: bool) -> None:
        self._matrix = matrix
        self._shuffled = shuffled
        # What has no chunks of its own is the value that the file fills gaps with.
        self._fill = matrix.fillvalue
        self._lock = threading.Lock()
        self._inflate, self._broken = _inflater()

    def columns(self, start: int, end: int) -> NDArray[Any]:
        """Return the columns from a start at the edge of a chunk to an end, as rows.

        Each chunk is turned by itself, as it fits the processor's cache and a slab does not.
        """
        import numpy as np

        genes = self._matrix.shape[0]
        tall, wide = self._matrix.chunks
        slab = np.full((end - start, genes), self._fill, dtype=self._matrix.dtype)
        for left in range(start, end, wide):
            right = min(left + wide, end)
            for top in range(0, genes, tall):
                tile = self._tile(top, left)
                if tile is not None:
                    bottom = min(top + tall, genes)
                    whole = tile[: bottom - top, : right - left]
                    slab[left - start : right - start, top:bottom] = whole.T
        return slab

    def _tile(self, top: int, left: int) -> NDArray[Any] | None:
        import numpy as np

        with self._lock:
            try:
                passed_over, raw = self._matrix.id.read_direct_chunk((top, left))
            except (OSError, RuntimeError):
                # Either it was never written, or HDF5 says by itself what is wrong with it.
                if self._matrix.id.get_chunk_info_by_coord((top, left)).byte_offset is not None:
                    raise
                return None
        if passed_over:
            # Filters that were not applied when this chunk was written.
            with self._lock:
                tall, wide = self._matrix.chunks
                plain: NDArray[Any] = self._matrix[top : top + tall, left : left + wide]
                return plain
        try:
            content = self._inflate(raw)
        except self._broken as error:
            msg = f"the chunk at {top}, {left} is damaged: {error}"
            raise OSError(msg) from error
        shape, dtype = tuple(self._matrix.chunks), np.dtype(self._matrix.dtype)
        if self._shuffled:
            planes = np.frombuffer(content, np.uint8).reshape(dtype.itemsize, -1)
            content = np.ascontiguousarray(planes.T).tobytes()
        return np.frombuffer(content, dtype).reshape(shape)


def _inflater() -> tuple[Callable[[bytes], bytes], type[Exception]]:
    """Return the fastest way to inflate that is here, and what it raises for damaged bytes."""
    try:
        from isal import igzip_lib, isal_zlib
    except ImportError:
        return zlib.decompress, zlib.error
    return isal_zlib.decompress, cast("type[Exception]", igzip_lib.IsalError)
