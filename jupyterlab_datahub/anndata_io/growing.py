"""A dense matrix in an h5ad that grows by rows, written in whole chunks as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import h5ad

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

    def add(self, columns: Sequence[NDArray[Any] | None]) -> None:
        """Take rows, given by their columns; what is in none of them is not a number.

        Parameters
        ----------
        columns
            One for each of the matrix, of the same length; None for one that is missing.
        """
        import numpy as np

        length = next(len(one) for one in columns if one is not None)
        for rows, start, end in self._free(length):
            for number, column in enumerate(columns):
                rows[:, number] = np.nan if column is None else column[start:end]

    def add_rows(self, matrix: NDArray[Any]) -> None:
        """Take rows that are a matrix already."""
        for rows, start, end in self._free(len(matrix)):
            rows[:] = matrix[start:end]

    def _free(self, length: int) -> Iterator[tuple[NDArray[Any], int, int]]:
        """Yield room for some rows, and which of those that are taken go there."""
        start = 0
        while start < length:
            end = min(length, start + len(self._room) - self._held)
            yield self._room[self._held : self._held + end - start], start, end
            self._held += end - start
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
