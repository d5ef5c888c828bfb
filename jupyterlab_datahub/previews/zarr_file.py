"""A store of Zarr as a file that declares its arrays, whose values come when they are wanted."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import groupby
from math import prod
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews import hdf5, zarr_store
from jupyterlab_datahub.previews.chunks import Chunks, Declared
from jupyterlab_datahub.previews.zarr_copy import in_words
from jupyterlab_datahub.previews.zarr_outline import Outline
from jupyterlab_datahub.previews.zarr_seen import Seen
from jupyterlab_datahub.previews.zarr_shards import Shards
from jupyterlab_datahub.previews.zarr_store import FolderStore
from jupyterlab_datahub.ranged import damage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.folder import Folder

TITLES = ("title", "schema_version", "default_embedding")

FEW = 16
"""Chunks of an array up to which nobody asks how large they are."""

PACKED = 0.4
"""Share of its bytes that a chunk has once it is packed, where nobody asked."""

MOST_CHUNKS = 10_000_000


class StoreFile(Declared):
    """A store, opened.

    Parameters
    ----------
    folder
        Where it is.
    target
        An empty file, which then says what is in the store.
    cost
        Returns the bytes that were fetched over a network, and in how many requests.

    Raises
    ------
    UnreadableError
        If it is no AnnData.
    """

    def __init__(
        self, folder: Folder, target: h5py.File, cost: Callable[[], tuple[int, int]]
    ) -> None:
        super().__init__(0)
        self._seen = Seen(folder)
        self._cost = cost
        self._packed: dict[str, int] = {}
        self.store = FolderStore(self._seen)
        with self._words():
            outline = Outline(self.store, target)
            outline.outline()
            self.arrays = outline.arrays
            self.notes = outline.notes
            titles = [hdf5.dataset_at(target, "uns", name) for name in TITLES]
            self.fill([one for one in titles if one is not None])

    @property
    def fetched(self) -> int:
        """Bytes that came over a network."""
        return self._cost()[0]

    @property
    def requests(self) -> int:
        """In how many requests."""
        return self._cost()[1]

    def fill(self, datasets: Sequence[h5py.Dataset]) -> None:
        """Put the values of arrays where they are declared."""
        import numpy as np

        for one in {one.name: one for one in datasets}.values():
            if hdf5.UNREAD not in one.attrs:
                continue
            array = self._array_of(one)
            if prod(array.shape) * max(1, array.dtype.itemsize) > hdf5.LARGEST_READ:
                raise UnreadableError(f"{one.name} is too large to be looked at", hint=damage.HINT)
            values = self._values(array, ...)
            if values.dtype.kind == "O":
                texts = [hdf5.as_text("" if v is None else v) for v in values.reshape(-1).tolist()]
                values = np.array(texts, object).reshape(values.shape)
            one[...] = values
            del one.attrs[hdf5.UNREAD]

    def chunks(self, dataset: h5py.Dataset) -> Chunks:
        """Return the chunks of an array, which are read by zarr.

        How large they are once packed is judged by one in the middle, where there are many.
        """
        import numpy as np

        array = self._array_of(dataset)
        shape = tuple(map(int, array.shape))
        if not 1 <= len(shape) <= 2:
            raise UnreadableError(f"{hdf5.place(dataset)} has an odd shape", hint=damage.HINT)
        with self._words():
            zarr_store.check(array)
        chunk = tuple(map(int, array.chunks))
        grid = tuple(-(-side // step) for side, step in zip(shape, chunk, strict=True))
        count = prod(grid)
        if count > MOST_CHUNKS:
            raise UnreadableError(f"{hdf5.place(dataset)} is in too many chunks", hint=damage.HINT)
        size = self._size_of(array, chunk, grid)
        shards = Shards(array, self._seen)
        return Chunks(
            shape,
            _plain(array.dtype),
            chunk,
            size * np.arange(count, dtype=np.int64),
            np.full(count, size, np.int64),
            np.zeros(count, np.uint32),
            read=lambda numbers: self._read(array, chunk, grid, shards, numbers),
        )

    def _read(
        self,
        array: Any,
        chunk: tuple[int, ...],
        grid: tuple[int, ...],
        shards: Shards,
        numbers: Sequence[int],
    ) -> list[tuple[int, NDArray[Any]]]:
        """Return some chunks; neighbours are read together, so that they come at once."""
        places = [divmod(n, grid[1]) if len(grid) == 2 else (n,) for n in numbers]
        with self._words(), shards.held(places, self.gap):
            return self._cut(array, chunk, grid, numbers)

    def _cut(
        self, array: Any, chunk: tuple[int, ...], grid: tuple[int, ...], numbers: Sequence[int]
    ) -> list[tuple[int, NDArray[Any]]]:
        across = grid[1] if len(grid) == 2 else 1
        step, wide = chunk[0], chunk[1] if across > 1 else 0
        found: list[tuple[int, NDArray[Any]]] = []
        for first, last in _runs(numbers, across):
            row, left = divmod(first, across)
            if across == 1:
                values = self._values(array, slice(row * step, last * step))
                cut = [values[n * step : (n + 1) * step] for n in range(last - first)]
            else:
                columns = slice(left * wide, (left + last - first) * wide)
                values = self._values(array, (slice(row * step, (row + 1) * step), columns))
                cut = [values[:, n * wide : (n + 1) * wide] for n in range(last - first)]
            found += zip(range(first, last), cut, strict=True)
        return found

    def _size_of(self, array: Any, chunk: tuple[int, ...], grid: tuple[int, ...]) -> int:
        """Return the bytes of a chunk as it is stored, about."""
        decoded = prod(chunk) * max(1, array.dtype.itemsize)
        if prod(grid) <= FEW:
            return max(1, int(decoded * PACKED))
        if array.path not in self._packed:
            place = tuple(
                slice(side // 2 * step, (side // 2 + 1) * step)
                for side, step in zip(grid, chunk, strict=True)
            )
            sizes = []
            # The first time the index of a shard comes as well.
            for _ in range(2 if array.shards else 1):
                before = self._seen.came
                self._values(array, place)
                sizes.append(self._seen.came - before)
            self._packed[array.path] = max(1, min(sizes))
        return self._packed[array.path]

    def _array_of(self, dataset: h5py.Dataset) -> Any:
        found = self.arrays.get(dataset.name)
        if found is None:
            raise UnreadableError(f"{hdf5.place(dataset)} cannot be read", hint=damage.HINT)
        return found

    def _values(self, array: Any, place: Any) -> NDArray[Any]:
        import numpy as np

        with self._words():
            zarr_store.check(array)
            found = np.asarray(array[place])
            return found.astype(object) if found.dtype.kind in "TU" else found

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except (AttributeError, NameError):
            # These would be our own mistakes, whatever is in the store.
            raise
        except Exception as error:
            # zarr and its codecs raise whatever fits the moment.
            raise in_words(self.store, error) from error


def _plain(dtype: Any) -> Any:
    import numpy as np

    return np.dtype(object) if dtype.kind in "OTU" else dtype


def _runs(numbers: Sequence[int], across: int) -> Iterator[tuple[int, int]]:
    """Yield ascending numbers as runs of those that follow each other in one row of chunks."""
    # Numbers less their places are alike for those that follow each other.
    row = across if across > 1 else max(numbers) + 1
    for _, run in groupby(enumerate(numbers), lambda one: (one[1] - one[0], one[1] // row)):
        those = [number for _, number in run]
        yield those[0], those[-1] + 1
