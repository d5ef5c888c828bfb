"""Names of rows that begin alike and end in numbers, written while the numbers still come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import digits, h5ad

if TYPE_CHECKING:
    import h5py
    from numpy.typing import NDArray


class GrowingNames:
    """The names of rows, as long as their numbers ascend: then no two of them are alike.

    Parameters
    ----------
    parent, name
        Where they are made.
    prefix
        How each begins.
    size
        Names of a chunk.
    """

    def __init__(self, parent: h5py.Group, name: str, prefix: str, size: int) -> None:
        self._parent = parent
        self._name = name
        self._prefix = prefix.encode()
        self._dataset: h5py.Dataset | None = parent.create_dataset(
            name, shape=(0,), maxshape=(None,), chunks=(size,), dtype=h5ad.text()
        )
        h5ad.encode(parent[name], "string-array", "0.2.0")
        self._last = -1

    @property
    def whole(self) -> bool:
        """Whether all names so far are written."""
        return self._dataset is not None

    def append(self, numbers: NDArray[Any] | None) -> None:
        """Take the numbers of more rows, None for what are no whole numbers."""
        if self._dataset is None or (numbers is not None and not len(numbers)):
            return
        if numbers is None or not self._ascend(numbers):
            # Whoever has all of them finds others.
            self._dataset = None
            del self._parent[self._name]
            return
        for some in _as_long(numbers):
            self._write(self._dataset, some)
        self._last = int(numbers[-1])

    def _ascend(self, numbers: NDArray[Any]) -> bool:
        return bool(numbers[0] > self._last and (numbers[1:] > numbers[:-1]).all())

    def _write(self, dataset: h5py.Dataset, numbers: NDArray[Any]) -> None:
        """Write the names of numbers that have as many digits each.

        HDF5 is given text of one length, of which h5py makes text of any length in two thirds
        of the time that objects of Python take it.
        """
        import h5py
        import numpy as np

        length = len(str(numbers[-1]))
        before = len(self._prefix)
        text = np.empty((len(numbers), before + length), np.uint8)
        text[:, :before] = np.frombuffer(self._prefix, np.uint8)
        text[:, before:] = digits.written(numbers, length)
        kind = h5py.h5t.C_S1.copy()
        kind.set_size(text.shape[1])
        kind.set_strpad(h5py.h5t.STR_NULLPAD)
        kind.set_cset(h5py.h5t.CSET_UTF8)
        start, shape = len(dataset), (len(numbers),)
        dataset.resize((start + len(numbers),))
        place = dataset.id.get_space()
        place.select_hyperslab((start,), shape)
        names = text.view(f"S{text.shape[1]}").reshape(-1)
        dataset.id.write(h5py.h5s.create_simple(shape), place, names, mtype=kind)


def _as_long(numbers: NDArray[Any]) -> list[NDArray[Any]]:
    """Return runs of ascending numbers that have as many digits each."""
    import numpy as np

    shortest, longest = len(str(numbers[0])), len(str(numbers[-1]))
    ends = np.searchsorted(numbers, [10**length for length in range(shortest, longest)])
    return [run for run in np.split(numbers, ends) if len(run)]
