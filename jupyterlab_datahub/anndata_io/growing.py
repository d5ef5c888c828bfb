"""A dense matrix in an h5ad that grows by rows, written in whole chunks as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import h5ad

if TYPE_CHECKING:
    from collections.abc import Iterable

    import h5py
    from numpy.typing import NDArray


class GrowingRows:
    """A matrix of numbers whose rows come in blocks of columns.

    Parameters
    ----------
    parent, name
        Where it is made.
    columns
        How many it has.
    chunk
        Bytes of a chunk, about. A whole one is held in memory, and the last is filled with zeros.
    dtype
        Of its numbers.
    """

    def __init__(
        self, parent: h5py.Group, name: str, columns: int, chunk: int, dtype: str = "f4"
    ) -> None:
        import numpy as np

        kind = np.dtype(dtype)
        rows = max(chunk // (kind.itemsize * columns), 1)
        self._room = np.zeros((rows, columns), dtype=kind)
        self._matrix = parent.create_dataset(
            name,
            shape=(0, columns),
            maxshape=(None, columns),
            chunks=(rows, columns),
            dtype=kind,
        )
        h5ad.encode(self._matrix, "array", "0.2.0")
        self._held = 0
        self._written = 0
        self.not_finite = 0

    def add(self, columns: Iterable[NDArray[Any] | None]) -> None:
        """Take rows, given by their columns; what is in none of them is not a number.

        Parameters
        ----------
        columns
            One for each of the matrix, of the same length; None for one that is missing.
        """
        import numpy as np

        given = list(columns)
        length = next(len(one) for one in given if one is not None)
        start = 0
        while start < length:
            end = min(length, start + len(self._room) - self._held)
            rows = self._room[self._held : self._held + end - start]
            for number, column in enumerate(given):
                rows[:, number] = np.nan if column is None else column[start:end]
            self._held += len(rows)
            start = end
            if self._held == len(self._room):
                self._write()

    def close(self) -> None:
        """Write what is left."""
        if self._held:
            self._room[self._held :] = 0
            self._write()

    def _write(self) -> None:
        import numpy as np

        self.not_finite += self._room.size - int(np.count_nonzero(np.isfinite(self._room)))
        self._matrix.resize(self._written + self._held, axis=0)
        self._matrix.id.write_direct_chunk((self._written, 0), self._room)
        self._written += self._held
        self._held = 0
