"""Columns of a matrix that is stored in chunks, read from the file without HDF5.

HDF5 lets one thread of a process read at a time, and asking it for a chunk costs as much as
inflating a small one. So where all of them lie is found out once (:mod:`.survey`).
"""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

if TYPE_CHECKING:
    import io
    from collections.abc import Callable
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

_WORD = 8


class Slab(NamedTuple):
    """Some cells: how many values each has that are not zero, which genes they are, and they."""

    counts: NDArray[np.int64]
    genes: NDArray[np.int32]
    values: NDArray[Any]


class Layout(NamedTuple):
    """How a matrix of genes by cells is stored: ``fill`` is a value that was never written.

    ``tall`` and ``wide`` are the genes and cells of a chunk, ``dtype`` and ``wanted`` the types
    of values as they are and as they become.
    """

    path: str
    genes: int
    cells: int
    tall: int
    wide: int
    dtype: str
    wanted: str
    packed: bool
    shuffled: bool
    fill: float

    @property
    def rows(self) -> int:
        """Number of chunks above each other."""
        return -(-self.genes // self.tall)

    @property
    def strips(self) -> int:
        """Number of chunks beside each other."""
        return -(-self.cells // self.wide)


class Table(NamedTuple):
    """Where chunks lie: ``keys`` count down the strips, one after the other, and ascend."""

    keys: NDArray[np.int64]
    offsets: NDArray[np.int64]
    sizes: NDArray[np.int64]


class Strips:
    """The columns of whole chunks of a matrix, as sparse rows.

    Parameters
    ----------
    layout, table
        What :func:`.survey.surveyed` says of it.
    """

    def __init__(self, layout: Layout, table: Table) -> None:
        import numpy as np

        self._layout = layout
        self._table = table
        self._dtype = np.dtype(layout.dtype)
        self._wanted = np.dtype(layout.wanted)
        # What has no chunks of its own is the value that the file fills gaps with.
        chunk = np.full((layout.tall, layout.wide), layout.fill, self._dtype)
        self._empty = chunk.tobytes()
        # One piece of memory for all strips: the system would take a while to give new ones.
        self._room = np.empty(layout.rows * len(self._empty), np.uint8)
        self._truths = np.zeros(layout.rows * layout.tall * layout.wide + _WORD, bool)
        self._inflate, self._broken = _inflater()
        self._file = Path(layout.path).open("rb", buffering=0)  # noqa: SIM115 - closed on exit
        self._read = _reader(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def part(self, number: int) -> Slab:
        """Return the cells of one strip.

        Raises
        ------
        OSError
            If a chunk is damaged.
        """
        import numpy as np

        layout, (keys, offsets, sizes) = self._layout, self._table
        first, whole = number * layout.rows, len(self._empty)
        start, end = np.searchsorted(keys, (first, first + layout.rows))
        rows = (keys[start:end] - first) * whole
        if len(rows) < layout.rows:
            self._room.reshape(layout.rows, -1)[:] = np.frombuffer(self._empty, np.uint8)
        room = self._room.data
        places = rows.tolist(), offsets[start:end].tolist(), sizes[start:end].tolist()
        for at, offset, size in zip(*places, strict=True):
            room[at : at + whole] = self._chunk(offset, size)
        width = min(layout.wide, layout.cells - number * layout.wide)
        values = self._room.view(self._dtype)[: layout.genes * layout.wide]
        if width < layout.wide:
            # What lies beyond the edge of the matrix may be anything.
            values = np.ascontiguousarray(values.reshape(-1, layout.wide)[:, :width])
        size = -(-layout.genes * width // _WORD) * _WORD
        self._truths[size - _WORD : size] = False
        return sparse(values.reshape(-1, width), self._wanted, self._truths[:size])

    def _chunk(self, offset: int, size: int) -> bytes | bytearray:
        """Return the values of a chunk, what lies beyond the edges of the matrix included."""
        import numpy as np

        read, whole = self._read(size, offset), len(self._empty)
        content: bytes | bytearray = read
        if self._layout.packed:
            try:
                content = self._inflate(read, whole)
            except self._broken as error:
                msg = f"the chunk at byte {offset:,} is damaged: {error}"
                raise OSError(msg) from error
        if len(content) != whole:
            msg = f"the chunk at byte {offset:,} is damaged: it is {len(content):,} bytes long"
            raise OSError(msg)
        if self._layout.shuffled:
            planes = np.frombuffer(content, np.uint8).reshape(self._dtype.itemsize, -1)
            content = planes.T.tobytes()
        return content


def sparse(
    values: NDArray[Any], dtype: np.dtype[Any], room: NDArray[np.bool_] | None = None
) -> Slab:
    """Return what is not zero of some columns, as rows.

    Sorting what is there is cheaper than turning all the zeros.

    Parameters
    ----------
    values
        Genes by cells.
    dtype
        What they become.
    room
        Memory for a truth value for each of them, a multiple of eight long, if there is some.
    """
    import numpy as np

    width = values.shape[1]
    flat = values.reshape(-1)
    if room is None:
        room = np.zeros(-(-len(flat) // _WORD) * _WORD, bool)
    np.not_equal(flat, 0, out=room[: len(flat)])
    places = _true(room)
    genes = places // width
    # Numbers of 16 bits and fewer are sorted digit by digit.
    cells = (places - genes * width).astype(np.min_scalar_type(width))
    order = np.argsort(cells, kind="stable")
    return Slab(
        counts=np.bincount(cells, minlength=width),
        genes=genes.take(order).astype(np.int32, copy=False),
        values=flat.take(places).take(order).astype(dtype, copy=False),
    )


def _true(truths: NDArray[np.bool_]) -> NDArray[np.signedinteger[Any]]:
    """Return where there is truth; words of eight that have none are passed over at once.

    It takes half the time of :func:`numpy.flatnonzero` where one in twenty is true.
    """
    import numpy as np

    few = len(truths) <= np.iinfo(np.int32).max
    small: type[np.signedinteger[Any]] = np.int32 if few else np.int64
    words = truths.view(np.uint64)
    some = np.flatnonzero(words != 0).astype(small)
    within = np.flatnonzero(words[some].view(bool)).astype(small)
    # Shifts take half the time of divisions.
    places: NDArray[np.signedinteger[Any]] = (some[within >> 3] << 3) + (within & 7)
    return places


def _reader(file: io.FileIO) -> Callable[[int, int], bytes]:
    """Return what reads as many bytes from an offset on."""
    if hasattr(os, "pread"):
        return partial(os.pread, file.fileno())
    return lambda size, offset: (file.seek(offset), file.read(size))[1]


def _inflater() -> tuple[Callable[[bytes, int], bytes | bytearray], type[Exception]]:
    """Return the fastest way to inflate that is here, and what it raises for damaged bytes.

    It is given what to inflate and how much that should become. Chunks in which little is not zero
    take libdeflate two thirds of isal's time.
    """
    with suppress(ImportError):
        import deflate

        return deflate.zlib_decompress, deflate.DeflateError
    with suppress(ImportError):
        from isal import igzip_lib, isal_zlib

        broken = cast("type[Exception]", igzip_lib.IsalError)
        return lambda content, size: isal_zlib.decompress(content, bufsize=size), broken
    return lambda content, size: zlib.decompress(content, bufsize=size), zlib.error
