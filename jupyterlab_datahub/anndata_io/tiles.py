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
    from collections.abc import Callable, Iterator, Sequence

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
    step = matrix.chunks[1] if matrix.chunks else 1
    width = _width(matrix, step)
    strip = step if matrix.chunks else width
    starts = deque(range(0, cells, width))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        coming: deque[Any] = deque()
        while starts or coming:
            while starts and len(coming) < AT_ONCE + AHEAD:
                start = starts.popleft()
                end = min(start + width, cells)
                spans = [(at, min(at + strip, end)) for at in range(start, end, strip)]
                coming.append(pool.submit(_slab, read, spans, dtype))
            yield coming.popleft().result()


def _width(matrix: h5py.Dataset, step: int) -> int:
    """Return how many cells a slab has: whole chunks, as many as the memory for one allows."""
    genes, cells = matrix.shape
    column = max(1, genes * matrix.dtype.itemsize)
    return int(min(max(SLAB_BYTES // column // step, 1) * step, max(cells, 1)))


def _slab(
    read: Callable[[int, int], NDArray[Any]],
    spans: Sequence[tuple[int, int]],
    dtype: np.dtype[Any],
) -> Slab:
    import numpy as np

    strips = [_strip(read(start, end), dtype) for start, end in spans]
    return Slab(*(np.concatenate(parts) for parts in zip(*strips, strict=True)))


def _strip(values: NDArray[Any], dtype: np.dtype[Any]) -> Slab:
    """Return what is not zero of some columns, as rows.

    Sorting what is there is cheaper than turning all the zeros.
    """
    import numpy as np

    width = values.shape[1]
    flat = values.reshape(-1)
    there = np.flatnonzero(flat != 0)
    genes, cells = np.divmod(there, width)
    # Numbers of 16 bits and fewer are sorted digit by digit.
    small = np.min_scalar_type(width)
    order = np.argsort(cells.astype(small), kind="stable")
    return Slab(
        counts=np.bincount(cells, minlength=width),
        genes=genes[order].astype(np.int32),
        values=flat[there[order]].astype(dtype),
    )


def _reader(matrix: h5py.Dataset) -> Callable[[int, int], NDArray[Any]]:
    """Return what reads the columns from a start to an end.

    HDF5 lets only one thread inflate at a time; where chunks are plain gzip we do it ourselves.
    """
    filters = _filters(matrix)
    if matrix.chunks is None or filters is None:
        return lambda start, end: cast("NDArray[Any]", matrix[:, start:end])
    return _Chunks(matrix, shuffled=SHUFFLE in filters).column


def _filters(matrix: h5py.Dataset) -> tuple[int, ...] | None:
    """Return the filters of a matrix if we can undo them ourselves, else None."""
    if matrix.dtype.kind not in "iuf" or not matrix.dtype.isnative:
        return None
    properties = matrix.id.get_create_plist()
    filters = tuple(properties.get_filter(n)[0] for n in range(properties.get_nfilters()))
    return filters if filters in ((GZIP,), (SHUFFLE, GZIP)) else None


class _Chunks:
    """Reads whole chunks of a matrix, also those that were never written."""

    def __init__(self, matrix: h5py.Dataset, *, shuffled: bool) -> None:
        import numpy as np

        self._matrix = matrix
        self._shuffled = shuffled
        # What has no chunks of its own is the value that the file fills gaps with.
        self._empty = np.full(matrix.chunks, matrix.fillvalue, matrix.dtype).tobytes()
        self._lock = threading.Lock()
        self._inflate, self._broken = _inflater()

    def column(self, start: int, end: int) -> NDArray[Any]:
        """Return the columns of the chunks from a start at their edge to an end."""
        import numpy as np

        genes, (tall, wide) = self._matrix.shape[0], self._matrix.chunks
        tiles = b"".join(self._tile(top, start) for top in range(0, genes, tall))
        values = np.frombuffer(tiles, self._matrix.dtype).reshape(-1, wide)
        return np.ascontiguousarray(values[:genes, : end - start])

    def _tile(self, top: int, left: int) -> bytes:
        """Return the values of a chunk, what lies beyond the edges of the matrix included."""
        import numpy as np

        with self._lock:
            try:
                passed_over, raw = self._matrix.id.read_direct_chunk((top, left))
            except (OSError, RuntimeError):
                # Either it was never written, or HDF5 says by itself what is wrong with it.
                if self._matrix.id.get_chunk_info_by_coord((top, left)).byte_offset is not None:
                    raise
                return self._empty
        if passed_over:
            # Filters that were not applied when this chunk was written.
            with self._lock:
                tall, wide = self._matrix.chunks
                whole = np.full((tall, wide), self._matrix.fillvalue, self._matrix.dtype)
                plain = self._matrix[top : top + tall, left : left + wide]
                whole[: plain.shape[0], : plain.shape[1]] = plain
                return whole.tobytes()
        try:
            content = self._inflate(raw)
        except self._broken as error:
            msg = f"the chunk at {top}, {left} is damaged: {error}"
            raise OSError(msg) from error
        if len(content) != len(self._empty):
            msg = f"the chunk at {top}, {left} is damaged: it is {len(content):,} bytes long"
            raise OSError(msg)
        if self._shuffled:
            planes = np.frombuffer(content, np.uint8).reshape(self._matrix.dtype.itemsize, -1)
            content = planes.T.tobytes()
        return content


def _inflater() -> tuple[Callable[[bytes], bytes], type[Exception]]:
    """Return the fastest way to inflate that is here, and what it raises for damaged bytes."""
    try:
        from isal import igzip_lib, isal_zlib
    except ImportError:
        return zlib.decompress, zlib.error
    return isal_zlib.decompress, cast("type[Exception]", igzip_lib.IsalError)
