"""Arrays of a file as the pieces that can be fetched one by one, of any layout and any filters."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews import btree, hdf5

if TYPE_CHECKING:
    from collections.abc import Sequence

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.bytefile import ByteFile

PIECE = 64 << 10
"""Bytes of a piece of an array that is not in chunks."""

ABSENT = -1
"""The start of a chunk that was never written."""

REFERENCE = [("length", "<u4"), ("heap", "<u8"), ("index", "<u4")]
"""A text of any length, as it stands in an array: where it is in the file."""


@dataclass(frozen=True)
class Filter:
    """What chunks are packed with: its number, and what it was told."""

    number: int
    values: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chunks:
    """An array and where its chunks are.

    ``chunk`` is their shape; ``starts``, ``sizes`` and ``skipped`` are by chunk, row of chunks by
    row of chunks. ``starts`` is `ABSENT` for those never written. Where ``whole`` is given, the
    array is in the header of its dataset, and here.
    """

    shape: tuple[int, ...]
    dtype: Any
    chunk: tuple[int, ...]
    starts: NDArray[Any]
    sizes: NDArray[Any]
    skipped: NDArray[Any]
    filters: tuple[Filter, ...] = ()
    fill: Any = 0
    texts: bool = False
    whole: NDArray[Any] | None = None
    node: h5py.Dataset | None = None

    @property
    def grid(self) -> tuple[int, ...]:
        """How many chunks there are on each axis."""
        return tuple(-(-side // step) for side, step in zip(self.shape, self.chunk, strict=True))

    @property
    def decoded(self) -> int:
        """Bytes of a chunk once it is unpacked."""
        return prod(self.chunk) * int(self.dtype.itemsize)


def chunks_of(datasets: Sequence[h5py.Dataset], source: ByteFile, file: h5py.File) -> list[Chunks]:
    """Return where the chunks of some arrays are; what says so is fetched for all at once.

    Raises
    ------
    UnreadableError
        If one of them cannot be read here, or is of an odd kind.
    """
    trees: dict[int, int] = {}
    for number, dataset in enumerate(datasets):
        hdf5.check_readable(dataset)
        if dataset.chunks is not None and not file.userblock_size:
            root = btree.root_of(source, _header(dataset))
            if root is not None:
                trees[number] = root
    walked = btree.walk(source, [(at, datasets[number].ndim) for number, at in trees.items()])
    indexes = dict(zip(trees, walked, strict=True)) if walked is not None else {}
    return [_one(dataset, indexes.get(n), source) for n, dataset in enumerate(datasets)]


def _header(dataset: h5py.Dataset) -> int:
    """Return where the header of a dataset is.

    What else says so counts the bytes of the index of its chunks too, and reads all of it for that.
    """
    import h5py

    # Two halves where a long has 32 bits, else all in the first.
    low, high = h5py.h5g.get_objinfo(dataset.id, b".").objno
    return int(low) | int(high) << 32


def _one(dataset: h5py.Dataset, index: btree.Index | None, source: ByteFile) -> Chunks:
    import h5py
    import numpy as np

    shape = tuple(int(side) for side in dataset.shape or ())
    if not 1 <= len(shape) <= 2:
        raise UnreadableError(f"{hdf5.place(dataset)} has an odd shape", hint=hdf5.HINT)
    texts = dataset.dtype.kind == "O"
    dtype = np.dtype(REFERENCE) if texts else dataset.dtype
    if dataset.id.get_create_plist().get_layout() == h5py.h5d.COMPACT:
        nothing = np.zeros(0, np.int64)
        whole = hdf5.read(dataset)
        return Chunks(shape, dtype, shape, nothing, nothing, nothing, texts=texts, whole=whole)
    if dataset.chunks is None:
        return _contiguous(dataset, shape, dtype, source, texts=texts)
    if index is None:
        index = _asked(dataset)
    steps = tuple(int(step) for step in dataset.chunks)
    grid = tuple(-(-side // step) for side, step in zip(shape, steps, strict=True))
    count = prod(grid)
    if count > btree.MOST_CHUNKS:
        raise UnreadableError(f"{hdf5.place(dataset)} is in too many chunks", hint=hdf5.HINT)
    starts = np.full(count, ABSENT, np.int64)
    sizes, skipped = np.zeros(count, np.int64), np.zeros(count, np.uint32)
    if index.starts:
        cells = np.asarray(index.offsets, np.int64) // np.asarray(steps)
        inside = np.all(cells < np.asarray(grid), axis=1)
        cells = cells[inside]
        flat = cells[:, 0] if len(grid) == 1 else cells[:, 0] * grid[1] + cells[:, 1]
        placed = np.asarray(index.starts, np.uint64)[inside]
        lengths = np.asarray(index.sizes, np.int64)[inside]
        if len(placed) and (placed > source.size).any():
            raise hdf5.damaged()
        starts[flat], sizes[flat] = placed.astype(np.int64), lengths
        skipped[flat] = np.asarray(index.skipped, np.uint32)[inside]
        if (starts + sizes > source.size).any():
            raise hdf5.damaged()
    plist = dataset.id.get_create_plist()
    filters = tuple(
        Filter(told[0], tuple(told[2]))
        for told in map(plist.get_filter, range(plist.get_nfilters()))
    )
    fill = None if texts else dataset.fillvalue
    return Chunks(
        shape, dtype, steps, starts, sizes, skipped, filters, fill, texts=texts, node=dataset
    )


def _contiguous(
    dataset: h5py.Dataset, shape: tuple[int, ...], dtype: Any, source: ByteFile, *, texts: bool
) -> Chunks:
    import numpy as np

    # Rows of a matrix one by one, because those that are wanted may be far apart.
    steps = (max(1, PIECE // dtype.itemsize),) if len(shape) == 1 else (1, max(1, shape[1]))
    each = prod(steps) * dtype.itemsize
    count = -(-shape[0] // steps[0])
    start = dataset.id.get_offset()
    if start is None or not prod(shape):
        count = count if prod(shape) else 0
        starts = np.full(count, ABSENT, np.int64)
        sizes = np.zeros(count, np.int64)
    else:
        size = prod(shape) * dtype.itemsize
        if start + size > source.size or count > 10 * btree.MOST_CHUNKS:
            raise hdf5.damaged()
        starts = start + each * np.arange(count, dtype=np.int64)
        sizes = np.minimum(each, start + size - starts)
    fill = None if texts else dataset.fillvalue
    nothing = np.zeros(count, np.uint32)
    return Chunks(shape, dtype, steps, starts, sizes, nothing, (), fill, texts=texts, node=dataset)


def _asked(dataset: h5py.Dataset) -> btree.Index:
    """Return what HDF5 itself says of the chunks of a dataset."""
    index = btree.Index(dataset.ndim)

    def note(chunk: Any) -> bool | None:
        index.offsets.append(tuple(chunk.chunk_offset))
        index.starts.append(chunk.byte_offset)
        index.sizes.append(chunk.size)
        index.skipped.append(chunk.filter_mask)
        return True if len(index.starts) > btree.MOST_CHUNKS else None

    dataset.id.chunk_iter(note)
    return index
