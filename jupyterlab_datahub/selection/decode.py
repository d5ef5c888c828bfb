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
from typing import TYPE_CHECKING, Any, Protocol

from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.ranged import damage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks

GZIP, SHUFFLE, CHECKSUM = 1, 2, 3
OURS = frozenset({GZIP, SHUFFLE, CHECKSUM})

# HDF5 is not made for several threads.
_turn = threading.Lock()


# Where nothing is turned round but by gzip, what comes first is known before the rest is.
IN_ORDER = ((GZIP,), (GZIP, CHECKSUM))


class Unpack(Protocol):
    """Unpacks chunks of an array."""

    def __call__(self, body: bytes | memoryview, skipped: int, upto: int) -> NDArray[Any]:
        """Return the values of a chunk, at least so many of them and whole rows.

        Parameters
        ----------
        body
            The chunk as it is stored.
        skipped
            The mask of the filters that were skipped for it.
        upto
            How many values are wanted; whole rows.

        Raises
        ------
        UnreadableError
            If this is no such chunk.
        """


def decoder(chunks: Chunks) -> Unpack:
    """Return what unpacks chunks of an array."""
    if all(one.number in OURS for one in chunks.filters):
        return _Ours(chunks)
    return _ByHdf5(chunks)


class _Ours:
    def __init__(self, chunks: Chunks) -> None:
        self._dtype, self._rest = chunks.dtype, chunks.chunk[1:]
        self._whole = chunks.decoded
        self._filters = [one.number for one in chunks.filters]
        self._in_order = tuple(self._filters) in IN_ORDER
        self._start, self._failures = _inflater()

    def __call__(self, body: bytes | memoryview, skipped: int, upto: int) -> NDArray[Any]:
        import numpy as np

        width = self._dtype.itemsize
        size = upto * width if self._in_order else self._whole
        for place, number in reversed(list(enumerate(self._filters))):
            if skipped >> place & 1:
                continue
            if number == CHECKSUM:
                body = memoryview(body)[:-4]
            elif number == GZIP:
                body = self._inflated(body, size)
            elif number == SHUFFLE and width > 1:
                planes = np.frombuffer(body, np.uint8)
                whole = len(planes) // width * width
                rest = planes[whole:].tobytes()
                body = planes[:whole].reshape(width, -1).T.tobytes() + rest
        found = memoryview(body).nbytes
        if found < size and not self._filters:
            # The last piece of an array that is not in chunks ends with it.
            body, found = bytes(body).ljust(size, b"\0"), size
        if found != size and not (self._in_order and found == self._whole):
            raise damage.damaged()
        return np.frombuffer(body, self._dtype).reshape(-1, *self._rest)

    def _inflated(self, body: bytes | memoryview, size: int) -> bytes:
        """Return as much of what was deflated as is wanted, whatever it says that it is."""
        # Whatever a chunk has beyond its end tells that it is damaged.
        most = size + 4 if size == self._whole else size
        try:
            return bytes(self._start().decompress(body, most))
        except self._failures as error:
            raise damage.damaged() from error


def _inflater() -> tuple[Callable[[], Any], tuple[type[Exception], ...]]:
    """Return what begins to inflate in the fastest way that is here, and what it raises."""
    try:
        from isal import igzip_lib, isal_zlib
    except ImportError:
        return zlib.decompressobj, (zlib.error,)
    failures: list[Any] = [zlib.error, isal_zlib.error, igzip_lib.IsalError]
    return isal_zlib.decompressobj, tuple(failures)


class _ByHdf5:
    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    def __call__(self, body: bytes | memoryview, skipped: int, upto: int) -> NDArray[Any]:  # noqa: ARG002 - HDF5 unpacks all of it
        import h5py
        import numpy as np

        node = self._chunks.node
        if node is None:
            raise damage.damaged()
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
                made.id.write_direct_chunk((0,) * len(shape), bytes(body))
                return np.asarray(made[()]).reshape(shape)
        except (OSError, ValueError, RuntimeError) as error:
            raise damage.damaged() from error


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
        raise damage.damaged()
    if chunks.fill is None:
        return np.zeros(chunks.chunk, chunks.dtype)
    return np.full(chunks.chunk, chunks.fill, chunks.dtype)
