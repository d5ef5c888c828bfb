"""Numbers packed with gzip, as columns and coordinates mostly are, unpacked faster than by HDF5.

Half of the time that a look computes goes into that. Whatever is in any way unusual is left to
HDF5, which also says what is wrong with it.
"""

from __future__ import annotations

from itertools import product, repeat
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import h5py
    from numpy.typing import NDArray

GZIP = 1
MOST_CHUNKS = 20_000


def inflated(dataset: h5py.Dataset) -> NDArray[Any] | None:
    """Return all values of a dataset, None where HDF5 is to read them."""
    if not _is_plain(dataset):
        return None
    try:
        import deflate
    except ImportError:
        return None
    import numpy as np

    # It was never written, or is damaged.
    failures = (deflate.DeflateError, OSError, RuntimeError, ValueError, MemoryError)
    # h5py looks up what it is asked for every time.
    shape, dtype, steps = dataset.shape, dataset.dtype, dataset.chunks
    found = np.empty(shape, dtype)
    size = prod(steps) * dtype.itemsize
    read = dataset.id.read_direct_chunk
    for offset in product(*map(range, repeat(0), shape, steps)):
        try:
            skipped, packed = read(offset)
            # It fails where there is more.
            body = b"" if skipped else deflate.zlib_decompress(packed, size)
        except failures:
            return None
        if len(body) != size:
            return None
        there = found[tuple(slice(at, at + step) for at, step in zip(offset, steps, strict=True))]
        chunk = np.frombuffer(body, dtype).reshape(steps)
        there[...] = chunk[tuple(map(slice, there.shape))]
    return found


def _is_plain(dataset: h5py.Dataset) -> bool:
    """Return whether the bytes of chunks are those of an array in memory, but for gzip."""
    import h5py

    dtype, steps = dataset.dtype, dataset.chunks
    if steps is None or dtype.kind not in "iuf" or not 1 <= dataset.ndim <= 2 or not dataset.size:
        return False
    plist = dataset.id.get_create_plist()
    if plist.get_nfilters() != 1 or plist.get_filter(0)[0] != GZIP:
        return False
    grid = prod(-(-side // step) for side, step in zip(dataset.shape, steps, strict=True))
    # Of a chunk that was never written h5py would ask for any number of bytes; and HDF5 has numbers
    # that no array has, which it converts.
    return (
        grid <= MOST_CHUNKS
        and dataset.id.get_num_chunks() == grid
        and bool(dataset.id.get_type() == h5py.h5t.py_create(dtype))
    )
