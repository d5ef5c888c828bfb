"""Chunks of an array as their values.

What nearly all files use (gzip, shuffled bytes, nothing) is unpacked here, by several threads at
once; all other filters by HDF5 itself, which is given the chunk as the only one of an array in
memory.
"""

from __future__ import annotations

import io
import threading
import zlib
from math import prod
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.previews import hdf5

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks

GZIP, SHUFFLE, CHECKSUM = 1, 2, 3
OURS = frozenset({GZIP, SHUFFLE, CHECKSUM})

# HDF5 is not made for several threads.
_turn = threading.Lock()


def decoder(chunks: Chunks) -> Callable[[bytes, int], NDArray[Any]]:
    """Return what unpacks chunks of an array.

    It takes the bytes of one and the mask of the filters that were skipped for it, and raises
    `UnreadableError` where these are no such chunk.
    """
    if all(one.number in OURS for one in chunks.filters):
        return lambda body, skipped: _unpacked(body, skipped, chunks)
    return _ByHdf5(chunks)


def _unpacked(body: bytes, skipped: int, chunks: Chunks) -> NDArray[Any]:
    import numpy as np

    width, size = chunks.dtype.itemsize, chunks.decoded
    for place, one in reversed(list(enumerate(chunks.filters))):
        if skipped >> place & 1:
            continue
        if one.number == CHECKSUM:
            body = body[:-4]
        elif one.number == GZIP:
            body = _inflated(body, size)
        elif one.number == SHUFFLE and width > 1:
            planes = np.frombuffer(body, np.uint8)
            whole = len(planes) // width * width
            body = planes[:whole].reshape(width, -1).T.tobytes() + body[whole:]
    if len(body) < size and not chunks.filters:
        # The last piece of an array that is not in chunks ends with it.
        body = body.ljust(size, b"\0")
    if len(body) != size:
        raise hdf5.damaged()
    return np.frombuffer(body, chunks.dtype).reshape(chunks.chunk)


def _inflated(body: bytes, most: int) -> bytes:
    """Return what was deflated, which is never more than a chunk, whatever it says."""
    failures: list[Any] = [zlib.error]
    try:
        from isal import isal_zlib
    except ImportError:
        unpack: Any = zlib.decompressobj()
    else:
        unpack = isal_zlib.decompressobj()
        failures.append(isal_zlib.error)
    try:
        return bytes(unpack.decompress(body, most + 4))
    except tuple(failures) as error:
        raise hdf5.damaged() from error


class _ByHdf5:
    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    def __call__(self, body: bytes, skipped: int) -> NDArray[Any]:
        import h5py
        import numpy as np

        node = self._chunks.node
        if node is None:
            raise hdf5.damaged()
        shape = self._chunks.chunk
        try:
            with _turn, h5py.File(io.BytesIO(), "w") as file:
                plist, kind = node.id.get_create_plist(), node.id.get_type()
                if self._chunks.texts:
                    # Where texts are is to be seen, not they, which are elsewhere.
                    kind = h5py.h5t.py_create(self._chunks.dtype)
                if self._chunks.texts or skipped:
                    plist = _like(plist, shape, skipped)
                space = h5py.h5s.create_simple(shape)
                made = h5py.Dataset(h5py.h5d.create(file.id, b"chunk", kind, space, plist))
                made.id.write_direct_chunk((0,) * len(shape), body)
                return np.asarray(made[()]).reshape(shape)
        except (OSError, ValueError, RuntimeError) as error:
            raise hdf5.damaged() from error


def _like(plist: Any, shape: tuple[int, ...], skipped: int) -> Any:
    """Return the filters of a list of properties but those skipped, with nothing else of it."""
    import h5py

    made = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    made.set_chunk(shape)
    for number in range(plist.get_nfilters()):
        code, flags, values, _ = plist.get_filter(number)
        if not skipped >> number & 1:
            made.set_filter(code, flags, values)
    return made


def absent(chunks: Chunks) -> NDArray[Any]:
    """Return what a chunk that was never written holds."""
    import numpy as np

    if prod(chunks.chunk) * chunks.dtype.itemsize > hdf5.LARGEST_READ:
        raise hdf5.damaged()
    if chunks.fill is None:
        return np.zeros(chunks.chunk, chunks.dtype)
    return np.full(chunks.chunk, chunks.fill, chunks.dtype)
