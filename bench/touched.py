"""How much of a file a selection of its cells needs, counted by h5py alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

REFERENCE = 16
"""Bytes of a heap for each text beside the text."""


def touched(path: Path, cells: NDArray[Any], condition: str) -> int:
    """Return the bytes of all chunks in which there is something of some cells.

    Parameters
    ----------
    path
        The file, with a csr matrix.
    cells
        Their ascending numbers.
    condition
        The column that they are chosen by, all of which is needed.
    """
    with h5py.File(path) as file:
        x = file["X"]
        pointers = x["indptr"][()]
        found = _rows(x["indptr"], np.union1d(cells, cells + 1))
        for part in (x["data"], x["indices"]):
            step = part.chunks[0]
            change = np.zeros(len(part) // step + 2, np.int64)
            np.add.at(change, pointers[cells] // step, 1)
            np.add.at(change, (pointers[cells + 1] - 1) // step + 1, -1)
            found += _chunks(part, np.flatnonzero(np.cumsum(change)) * step)
        for group in ("obs", "obsm"):
            found += _below(file[group], lambda one: _rows(one, cells), len(pointers) - 1)
        chosen = file["obs"][condition]
        found += _rows(chosen, np.arange(len(chosen))) - _rows(chosen, cells)
        for group in ("var", "uns"):
            found += _below(file[group], lambda _: 0, -1)
    return found


def _below(group: h5py.Group, some: Callable[[h5py.Dataset], int], cells: int) -> int:
    """Return the bytes of what is below a group: of arrays by cells those that are needed."""
    found = 0

    def count(_: str, node: Any) -> None:
        nonlocal found
        if isinstance(node, h5py.Dataset) and node.shape:
            by_cells = node.shape[0] == cells
            found += some(node) if by_cells else _rows(node, np.arange(len(node)))

    group.visititems(count)
    return found


def _rows(dataset: h5py.Dataset, rows: NDArray[Any]) -> int:
    texts = 0
    if dataset.dtype.kind == "O":
        held = dataset[()]
        texts = sum(len(held[row]) + REFERENCE for row in rows.tolist())
    if dataset.chunks is None:
        return texts + len(rows) * dataset.dtype.itemsize
    return texts + _chunks(dataset, rows)


def _chunks(dataset: h5py.Dataset, rows: NDArray[Any]) -> int:
    """Return the bytes of the chunks that some rows are in."""
    step = dataset.chunks[0]
    wanted = set((rows // step).tolist())
    sizes: list[int] = []
    dataset.id.chunk_iter(
        lambda chunk: sizes.append(chunk.size if chunk.chunk_offset[0] // step in wanted else 0)
    )
    return sum(sizes)
