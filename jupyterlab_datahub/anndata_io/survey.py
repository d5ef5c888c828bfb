"""Where the chunks of a matrix lie in its file, so that it can be read without HDF5."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io.strips import Layout, Table
from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.ranged import btree
from jupyterlab_datahub.ranged.bytefile import LocalFile

if TYPE_CHECKING:
    import h5py
    import numpy as np

GZIP, SHUFFLE = 1, 2
"""Numbers of HDF5's own filters (H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE)."""

_SLACK = 1024
"""Bytes by which what does not get smaller may grow when it is deflated, beside a hundredth."""


def readable(matrix: h5py.Dataset) -> bool:
    """Return whether a matrix is likely stored so that :func:`surveyed` can say where it lies."""
    return (
        matrix.chunks is not None
        and _filters(matrix) is not None
        and hasattr(matrix.id, "chunk_iter")
    )


def surveyed(
    matrix: h5py.Dataset, source: Path, wanted: np.dtype[Any]
) -> tuple[Layout, Table] | None:
    """Return where in a file a matrix lies; None if only HDF5 can read it after all.

    Raises
    ------
    OSError
        If the file does not say it, or not sensibly.
    """
    filters = _filters(matrix) or ()
    tall, wide = matrix.chunks
    layout = Layout(
        path=str(source),
        genes=matrix.shape[0],
        cells=matrix.shape[1],
        tall=tall,
        wide=wide,
        dtype=matrix.dtype.str,
        wanted=wanted.str,
        packed=GZIP in filters,
        shuffled=SHUFFLE in filters,
        fill=float(matrix.fillvalue),
    )
    table = _table(matrix, layout)
    return (layout, table) if table else None


def _filters(matrix: h5py.Dataset) -> tuple[int, ...] | None:
    """Return the filters of a matrix if we can undo them ourselves, else None."""
    if matrix.dtype.kind not in "iuf" or not matrix.dtype.isnative or matrix.file.userblock_size:
        return None
    properties = matrix.id.get_create_plist()
    filters = tuple(properties.get_filter(n)[0] for n in range(properties.get_nfilters()))
    return filters if filters in ((), (GZIP,), (SHUFFLE, GZIP)) else None


def _table(matrix: h5py.Dataset, layout: Layout) -> Table | None:
    """Return where chunks lie; None if some were stored without the filters, or are too many."""
    import numpy as np

    index = _index(matrix, Path(layout.path))
    entries = index.entries()
    if index.chunks > btree.MOST_CHUNKS or entries["skipped"].any():
        return None
    tops, lefts = entries["offset"].T
    # What lies beyond the edges was of a matrix that was larger.
    entries = entries[(tops < layout.genes) & (lefts < layout.cells)]
    tops, lefts = entries["offset"].astype(np.int64).T
    keys = lefts // layout.wide * layout.rows + tops // layout.tall
    order = np.argsort(keys, kind="stable")
    columns = (keys, entries["start"], entries["size"])
    table = Table(*(column[order].astype(np.int64) for column in columns))
    whole = layout.tall * layout.wide * np.dtype(layout.dtype).itemsize
    if (np.diff(table.keys) <= 0).any() or (table.sizes > whole * 1.01 + _SLACK).any():
        msg = "its chunks overlap or are longer than what they hold"
        raise OSError(msg)
    return table


def _index(matrix: h5py.Dataset, source: Path) -> btree.Index:
    """Return the chunks of a matrix, from the file itself where they are as they mostly are.

    HDF5 would tell them one by one, which takes as long as a tenth of the conversion.
    """
    with LocalFile(source) as file:
        try:
            root = btree.root_of(file, btree.header_of(matrix))
            found = None if root is None else btree.walk(file, [btree.Tree(root, 2)])
        except UnreadableError as error:
            raise OSError(error.message) from error
    return found[0] if found else btree.told(matrix)
