"""Arrays of a file as the pieces that can be fetched one by one, of any layout and any filters."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.ranged import btree, damage
from jupyterlab_datahub.ranged.bytefile import ByteFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import h5py
    from numpy.typing import NDArray

PIECE = 64 << 10
"""Bytes of a piece of an array that is not in chunks."""

ABSENT = -1
"""The start of a chunk that was never written."""

UNSOUGHT = -2
"""The start of a chunk that nobody wanted to know of."""

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
    row of chunks. ``starts`` is `ABSENT` for those never written, and `UNSOUGHT` for those in no
    row that was asked for. Where ``whole`` is given, the array is in the header of its dataset, and
    here. Where ``read`` is given, it returns some chunks by their ascending numbers, and what is
    said of their places is but how large they are, about.
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
    read: Callable[[Sequence[int]], list[tuple[int, NDArray[Any]]]] | None = None

    @property
    def grid(self) -> tuple[int, ...]:
        """How many chunks there are on each axis."""
        return tuple(-(-side // step) for side, step in zip(self.shape, self.chunk, strict=True))

    @property
    def decoded(self) -> int:
        """Bytes of a chunk once it is unpacked."""
        return prod(self.chunk) * int(self.dtype.itemsize)


class Declared(ByteFile):
    """A file whose arrays are declared in it, with their values elsewhere."""

    def chunks(self, dataset: h5py.Dataset) -> Chunks:
        """Return the chunks of an array."""
        raise NotImplementedError

    def fill(self, datasets: Sequence[h5py.Dataset]) -> None:
        """Put the values of arrays where they are declared."""
        raise NotImplementedError


def bring_values(datasets: Sequence[h5py.Dataset], source: ByteFile) -> None:
    """Have arrays here that are read soon as a whole, as many at once as is good.

    Raises
    ------
    UnreadableError, CatalogError
    """
    if isinstance(source, Declared):
        source.fill(datasets)
    else:
        source.ensure([span for one in datasets for span in hdf5.spans_of(one)])


def chunks_of(
    datasets: Sequence[h5py.Dataset],
    source: ByteFile,
    file: h5py.File,
    rows: Sequence[NDArray[Any] | None] | None = None,
    nodes: dict[int, bytes] | None = None,
) -> list[Chunks]:
    """Return where the chunks of some arrays are; what says so is fetched for all at once.

    Parameters
    ----------
    rows
        For each array, the ascending places on its first axis that will be read; None for all.
    nodes
        Remembers upper nodes of indexes for whoever asks for other rows of the same arrays.

    Raises
    ------
    UnreadableError
        If one of them cannot be read here, or is of an odd kind.
    """
    if isinstance(source, Declared):
        return [source.chunks(dataset) for dataset in datasets]
    wanted = rows or [None] * len(datasets)
    trees: dict[int, btree.Tree] = {}
    for number, dataset in enumerate(datasets):
        hdf5.check_readable(dataset)
        if dataset.chunks is not None and not file.userblock_size:
            root = btree.root_of(source, btree.header_of(dataset))
            if root is not None:
                trees[number] = btree.Tree(
                    root, dataset.ndim, wanted[number], int(dataset.chunks[0])
                )
    walked = btree.walk(source, list(trees.values()), nodes)
    indexes = dict(zip(trees, walked, strict=True)) if walked is not None else {}
    return [
        _one(dataset, indexes.get(n), source, wanted[n] if n in indexes else None)
        for n, dataset in enumerate(datasets)
    ]


def _one(
    dataset: h5py.Dataset,
    index: btree.Index | None,
    source: ByteFile,
    rows: NDArray[Any] | None,
) -> Chunks:
    import h5py
    import numpy as np

    shape = tuple(int(side) for side in dataset.shape or ())
    if not 1 <= len(shape) <= 2:
        raise UnreadableError(f"{hdf5.place(dataset)} has an odd shape", hint=damage.HINT)
    texts = dataset.dtype.kind == "O"
    dtype = np.dtype(REFERENCE) if texts else dataset.dtype
    if dataset.id.get_create_plist().get_layout() == h5py.h5d.COMPACT:
        nothing = np.zeros(0, np.int64)
        whole = hdf5.read(dataset)
        return Chunks(shape, dtype, shape, nothing, nothing, nothing, texts=texts, whole=whole)
    if dataset.chunks is None:
        return _contiguous(dataset, shape, dtype, source, texts=texts)
    if index is None:
        index = btree.told(dataset)
    steps = tuple(int(step) for step in dataset.chunks)
    grid = tuple(-(-side // step) for side, step in zip(shape, steps, strict=True))
    count = prod(grid)
    if count > btree.MOST_CHUNKS:
        raise UnreadableError(f"{hdf5.place(dataset)} is in too many chunks", hint=damage.HINT)
    starts, sizes, skipped = _placed(index, shape, steps, rows, source.size)
    plist = dataset.id.get_create_plist()
    filters = tuple(
        Filter(told[0], tuple(told[2]))
        for told in map(plist.get_filter, range(plist.get_nfilters()))
    )
    fill = None if texts else dataset.fillvalue
    return Chunks(
        shape, dtype, steps, starts, sizes, skipped, filters, fill, texts=texts, node=dataset
    )


def _placed(
    index: btree.Index,
    shape: tuple[int, ...],
    steps: tuple[int, ...],
    rows: NDArray[Any] | None,
    size: int,
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the starts, sizes and skipped filters of chunks by their numbers."""
    import numpy as np

    grid = tuple(-(-side // step) for side, step in zip(shape, steps, strict=True))
    starts = np.full(grid, ABSENT if rows is None else UNSOUGHT, np.int64)
    if rows is not None and len(rows):
        if not 0 <= rows[0] <= rows[-1] < shape[0]:
            raise damage.damaged()
        starts[np.unique(rows // steps[0])] = ABSENT
    starts = starts.reshape(-1)
    sizes, skipped = np.zeros(len(starts), np.int64), np.zeros(len(starts), np.uint32)
    if index.chunks:
        entries = index.entries()
        cells = entries["offset"] // np.asarray(steps, np.uint64)
        inside = np.all(cells < np.asarray(grid, np.uint64), axis=1)
        cells, entries = cells[inside].astype(np.int64), entries[inside]
        flat = cells[:, 0] if len(grid) == 1 else cells[:, 0] * grid[1] + cells[:, 1]
        if (entries["start"] > size).any():
            raise damage.damaged()
        starts[flat], sizes[flat] = entries["start"], entries["size"]
        skipped[flat] = entries["skipped"]
        if (starts + sizes > size).any():
            raise damage.damaged()
    return starts, sizes, skipped


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
            raise damage.damaged()
        starts = start + each * np.arange(count, dtype=np.int64)
        sizes = np.minimum(each, start + size - starts)
    fill = None if texts else dataset.fillvalue
    nothing = np.zeros(count, np.uint32)
    return Chunks(shape, dtype, steps, starts, sizes, nothing, (), fill, texts=texts, node=dataset)
