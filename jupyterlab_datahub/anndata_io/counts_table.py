"""A table of counts as h5ad: CSV or TSV, cells by genes or genes by cells.

The text goes through a block at a time. Where rows are genes, values are laid out on the disk in
parts of some cells each, as for a matrix in coordinates. A matrix of which less than half is not
zero is kept sparse.
"""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import counts_text, h5ad, loom, mtx, tablerows, tabletext
from jupyterlab_datahub.anndata_io.features import CENTRE, FeatureError
from jupyterlab_datahub.anndata_io.orientation import Rows, are_genes, rows_of
from jupyterlab_datahub.anndata_io.strips import Slab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.anndata_io.counts_text import Heading, Piece
    from jupyterlab_datahub.anndata_io.tabletext import Dialect

DENSE = 0.5
"""The part of values that are not zero from which on a sparse matrix takes more room."""

PARTS = 256
"""Files in which values wait for the others of their cells, at most."""

NOTE = "note"
"""Where in ``uns["datahub"]`` it stands what a reader of the data should know."""


def is_cells_of_an_image(source: Path, name: str) -> bool:
    """Return whether a table is one of cells with their places, whatever it is called.

    Raises
    ------
    FeatureError
        If it cannot be opened as text.
    """
    try:
        with tabletext.opened(source, name) as text:
            header = text.stream.read(tabletext.SAMPLE).partition(b"\n")[0]
    except (EOFError, zipfile.BadZipFile, zlib.error):
        # Whoever reads on says so.
        return False
    return all(one.encode() in header for one in CENTRE)


def write(
    source: Path,
    name: str,
    target: h5py.File,
    tell: Callable[[float], None],
    *,
    packed: bool,
) -> tuple[int, int, int]:
    """Write what a table holds; return cells, genes and values that are not zero.

    Parameters
    ----------
    source
        The table: CSV or TSV, alone, packed with gzip or in a zip archive.
    name
        What it is called.
    target
        An h5ad that is empty.
    tell
        Is given the part that is done, from 0 to 1.
    packed
        Whether the matrix is compressed.

    Raises
    ------
    FeatureError
        If it is no table of counts, or damaged.
    """
    try:
        with tabletext.opened(source, name) as text:
            start, skipped = counts_text.beginning(text.stream, name)
            said = counts_text.heading(start, skipped, name)
            numbers = [said.columns[n] for n in said.numbers]
            rows = rows_of(said.corner, said.first_rows, numbers)
            described = said.texts > len(numbers) and not are_genes(numbers)
            if described and rows is not Rows.GENES:
                raise counts_text.no_counts(name, said)
            size = source.stat().st_size
            blocks = tablerows.blocks(start, text.stream, _dialect(said), size, name)
            table = _Table(target, said, rows, packed=packed)
            return table.write(counts_text.pieces(blocks, said, name), lambda: tell(text.part()))
    except (EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise FeatureError(
            f"{name} cannot be read to its end: {error}",
            hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
        ) from error


def _dialect(said: Heading) -> Dialect:
    return tabletext.Dialect(
        said.columns, said.delimiter.decode(), "," if said.comma else ".", frozenset()
    )


class _Table:
    """An h5ad of a table: what describes rows is held, numbers go on as they come."""

    def __init__(self, target: h5py.File, said: Heading, rows: Rows, *, packed: bool) -> None:
        self._target = target
        self._said = said
        self._rows = rows
        self._packed = packed
        self._names: list[str] = []
        self._described: list[list[str]] = [[] for _ in said.described]
        self._missing = self._values = 0
        h5ad.encode(target, "anndata", "0.1.0")

    def write(self, pieces: Iterator[Piece], tell: Callable[[], None]) -> tuple[int, int, int]:
        """Write all of it; return cells, genes and values."""
        columns = len(self._said.numbers)
        noted = self._noted(pieces, tell)
        if self._rows is Rows.GENES:
            with tempfile.TemporaryDirectory(dir=Path(self._target.filename).parent) as place:
                parts = max(1, min(PARTS, columns // PARTS + 1))
                spread = mtx.Spread(Path(place), columns, parts)
                with spread:
                    for piece in noted:
                        first = len(self._names) - len(piece.names)
                        spread.add(first + piece.rows, piece.columns, piece.values)
                    shape = (columns, len(self._names))
                    dense = self._values > DENSE * shape[0] * max(shape[1], 1)
                    _matrix(self._target, shape[1], spread.slabs(), dense, packed=self._packed)
        else:
            slabs = map(_slab, noted)
            first_slab = next(slabs, None)
            if first_slab is not None:
                dense = len(first_slab.values) > DENSE * len(first_slab.counts) * columns
                every = _and(first_slab, slabs)
                _matrix(self._target, columns, every, dense, packed=self._packed)
            shape = (len(self._names), columns)
        if not self._names:
            raise FeatureError(
                "the table has no rows, only the names of columns",
                hint="Ask whoever made it whether it is whole.",
            )
        self._finish()
        return *shape, self._values

    def _noted(self, pieces: Iterator[Piece], tell: Callable[[], None]) -> Iterator[Piece]:
        import numpy as np

        for piece in pieces:
            self._names += piece.names
            for held, more in zip(self._described, piece.described, strict=True):
                held.extend(more)
            self._values += len(piece.values)
            self._missing += int(np.count_nonzero(~np.isfinite(piece.values)))
            yield piece
            tell()

    def _finish(self) -> None:
        said = self._said
        columns = [said.columns[n] or f"column {n + 1}" for n in said.numbers]
        described = {
            said.columns[n].replace("/", "_") or f"column {n + 1}": _column(values)
            for n, values in zip(said.described, self._described, strict=True)
        }
        ours, theirs = ("var", "obs") if self._rows is Rows.GENES else ("obs", "var")
        described.pop("_index", None)
        h5ad.write_frame(self._target, ours, _names(self._names), described, packed=self._packed)
        h5ad.write_frame(self._target, theirs, _names(columns), {}, packed=self._packed)
        for key in ("layers", "obsm", "varm", "obsp", "varp"):
            h5ad.write_dict(self._target, key)
        uns = h5ad.write_dict(h5ad.write_dict(self._target, "uns"), "datahub")
        h5ad.write_scalar(uns, "rows", self._rows.value)
        h5ad.write_scalar(uns, "values_not_finite", self._missing)
        if self._rows is Rows.UNKNOWN:
            h5ad.write_scalar(
                uns,
                NOTE,
                "Names do not tell whether rows are cells or genes: they were taken for cells."
                " If they are genes, transpose it (.T).",
            )


def _matrix(
    target: h5py.File,
    genes: int,
    slabs: Iterator[Slab],
    dense: bool,
    *,
    packed: bool,
) -> None:
    """Write X, whose number of cells is known at its end."""
    import numpy as np

    if not dense:
        cells = 0

        def count(rows: int) -> None:
            nonlocal cells
            cells = rows

        dtype = np.dtype(np.float32)
        h5ad.write_sparse(target, "X", (0, genes), dtype, slabs, count, packed=packed)
        target["X"].attrs["shape"] = np.array((cells, genes), np.int64)
        return
    matrix = target.create_dataset(
        "X",
        shape=(0, genes),
        maxshape=(None, genes),
        chunks=(max((1 << 18) // (4 * genes), 1), genes),
        dtype="f4",
    )
    h5ad.encode(matrix, "array", "0.2.0")
    for slab in slabs:
        rows = np.repeat(np.arange(len(slab.counts)), slab.counts)
        whole = np.zeros((len(slab.counts), genes), np.float32)
        whole[rows, slab.genes] = slab.values
        matrix.resize(matrix.shape[0] + len(whole), axis=0)
        matrix[-len(whole) :] = whole


def _slab(piece: Piece) -> Slab:
    import numpy as np

    counts = np.bincount(piece.rows, minlength=len(piece.names))
    return Slab(counts, piece.columns.astype(np.int32), piece.values)


def _and(first: Slab, others: Iterator[Slab]) -> Iterator[Slab]:
    yield first
    yield from others


def _column(values: list[str]) -> NDArray[Any]:
    """Return what describes rows as numbers if all of it is, else as text."""
    import numpy as np

    try:
        numbers = np.array(values, dtype=np.float64)
    except ValueError:
        return np.array(values, dtype=object)
    whole = numbers.astype(np.int64) if np.isfinite(numbers).all() else None
    return whole if whole is not None and (whole == numbers).all() else numbers


def _names(values: list[str]) -> NDArray[Any]:
    """Return names, no two of them alike."""
    import numpy as np

    names = np.array(values, dtype=object)
    return names if len(set(values)) == len(values) else loom.unique(names)
