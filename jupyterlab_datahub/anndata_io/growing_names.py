"""Names of rows that begin alike and end in numbers, written while the numbers still come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import h5ad

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
        self._prefix = prefix
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
        start = len(self._dataset)
        self._dataset.resize((start + len(numbers),))
        self._dataset[start:] = h5ad.labels(self._prefix, numbers)
        self._last = int(numbers[-1])

    def _ascend(self, numbers: NDArray[Any]) -> bool:
        return bool(numbers[0] > self._last and (numbers[1:] > numbers[:-1]).all())
