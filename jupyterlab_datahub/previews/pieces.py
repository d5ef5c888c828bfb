"""What a selection is worked out from, kept in pieces beside the facts of a file.

=====================  =========================================================================
``outline``            what there is to choose from (:class:`Outline`), as JSON
``column-<name>``      a column of obs: ``kind``, ``categories``, and ``codes`` or ``numbers``
``axes-<name>``        an embedding: ``x`` and ``y``
``genes-<matrix>``     the genes of ``X`` or ``raw.X`` (:class:`Genes`), as JSON
``matrix-<name>``      where the chunks of a matrix are: ``kind`` (``csr``, ``csc``, ``dense``),
                       ``shape``, ``steps`` (elements of a chunk), whether each is ``apart`` from
                       the others, and the arrays of their places
``shown``              which cells a picture shows, in the order of its points: ``rows``
=====================  =========================================================================

All but JSON is packed as arrays are (:mod:`.packing`). A piece of what is not there says so: a
column of kind ``absent``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import ColumnKind, Struct
from jupyterlab_datahub.previews import frames, hdf5, matrices, packing, picture
from jupyterlab_datahub.previews.chunks import bring_values, chunks_of
from jupyterlab_datahub.previews.columns import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import h5py

    from jupyterlab_datahub.previews.contents import Annotations, Contents
    from jupyterlab_datahub.previews.picture import Chosen
    from jupyterlab_datahub.ranged.bytefile import ByteFile

OUTLINE, COLUMN, AXES, GENES, SHOWN = "outline", "column-", "axes-", "genes-", "shown"
MATRIX = "matrix-"
ABSENT = "absent"
MOST_COLUMNS = 500


def var_of(matrix: str) -> str:
    """Return the matrix whose genes a matrix has: ``raw.X`` has its own, all others those of X."""
    return matrix if matrix == "raw.X" else "X"


class Outline(Struct):
    """What there is to choose from; ``matrices`` are named as in a preview.

    ``size`` is that of the file, ``beside_cells`` and ``beside_genes`` are the bytes of what is
    there for each of these beside the matrices, about.
    """

    format: str
    cells: int
    genes: int
    columns: tuple[str, ...]
    embeddings: tuple[str, ...]
    matrices: tuple[str, ...]
    size: int = 0
    beside_cells: int = 0
    beside_genes: int = 0
    notes: tuple[str, ...] = ()


class Genes(Struct):
    """The names of genes, and their symbols where a column of var has them."""

    names: tuple[str, ...]
    symbols: tuple[str, ...] = ()


class Pieces:
    """What makes pieces of a file.

    Parameters
    ----------
    file, source
        The file, as HDF5 and as bytes.
    found
        What is in it.
    chosen
        Says which cells its picture shows.
    """

    def __init__(
        self, file: h5py.File, source: ByteFile, found: Contents, chosen: Callable[[], Chosen]
    ) -> None:
        self._file = file
        self._source = source
        self._found = found
        self._chosen = chosen

    def make(self, names: Iterable[str], keep: Callable[[str, bytes], None]) -> None:
        """Make some pieces, and give each to `keep` with its name.

        Raises
        ------
        UnreadableError
        """
        names = list(names)
        bring_values(self._parts(names), self._source)
        for name in names:
            keep(name, self._piece(name))

    def _piece(self, name: str) -> bytes:
        if name == OUTLINE:
            return self._outline()
        if name == SHOWN:
            return self._shown()
        if name.startswith(COLUMN):
            return self._column(name.removeprefix(COLUMN))
        if name.startswith(MATRIX):
            return self._matrix(name.removeprefix(MATRIX))
        if name.startswith(AXES):
            return self._axes(name.removeprefix(AXES))
        return msgspec.json.encode(self.genes(name.removeprefix(GENES)))

    def _parts(self, names: Iterable[str]) -> list[h5py.Dataset]:
        parts: list[h5py.Dataset | None] = []
        for name in names:
            if name.startswith(COLUMN) and (label := name.removeprefix(COLUMN)) in self._columns():
                column = self._found.obs.column(label)
                parts += [column.main, column.mask, column.categories]
            elif name.startswith(AXES) and (label := name.removeprefix(AXES)) in self._embeddings():
                axes = self._found.embeddings[label]
                parts += [axes.first, axes.second]
            elif name.startswith(GENES):
                var = self.var(name.removeprefix(GENES))
                for part in (var.index_column(), _symbols(var)):
                    parts += [part.main, part.categories] if part else []
        return [part for part in parts if part is not None]

    def _columns(self) -> list[str]:
        return self._found.obs.names()

    def _embeddings(self) -> list[str]:
        return list(self._found.embeddings)

    def _outline(self) -> bytes:
        found = self._found
        return msgspec.json.encode(
            Outline(
                format=found.format,
                cells=found.cells,
                genes=found.genes,
                columns=tuple(map(hdf5.as_text, self._columns())),
                embeddings=tuple(map(hdf5.as_text, self._embeddings())),
                matrices=tuple(found.nodes),
                size=self._source.size,
                beside_cells=_bytes_of(found.obs) + found.beside,
                beside_genes=_bytes_of(found.var),
                notes=tuple(found.notes),
            )
        )

    def _column(self, name: str) -> bytes:
        if name not in self._columns():
            return packing.pack({"kind": ABSENT}, {})
        column = self._found.obs.column(name)
        if column.kind is ColumnKind.OTHER:
            return packing.pack({"kind": column.kind, "note": column.note}, {})
        try:
            values = frames.read(column)
        except UnreadableError as error:
            return packing.pack({"kind": ColumnKind.OTHER, "note": error.message}, {})
        rows = values.codes if values.numbers is None else values.numbers
        if rows is None or len(rows) != self._found.cells:
            note = "it has not one value for each cell"
            return packing.pack({"kind": ColumnKind.OTHER, "note": note}, {})
        if values.codes is None:
            return packing.pack({"kind": column.kind}, {"numbers": frames.as_stored(column, rows)})
        told = {"kind": column.kind, "categories": list(values.categories)}
        return packing.pack(told, {"codes": rows})

    def _matrix(self, name: str) -> bytes:
        node = self._found.nodes.get(name)
        if node is None:
            return packing.pack({"kind": ABSENT}, {})
        try:
            told = matrices.describe(node, name)
            if told.encoding == "dense":
                [one] = chunks_of([node], self._source, self._file)
                header: dict[str, Any] = {
                    "kind": "dense",
                    "shape": told.shape,
                    "steps": one.chunk,
                }
                header |= {"itemsize": one.dtype.itemsize, "apart": one.read is not None}
                return packing.pack(header, {"starts": one.starts, "sizes": one.sizes})
            parts = [hdf5.dataset_at(node, part) for part in ("data", "indices", "indptr")]
            data, indices, _ = chunks_of(parts, self._source, self._file)
            bring_values([parts[2]], self._source)
            pointers = hdf5.read(parts[2]).astype("int64")
        except UnreadableError as error:
            return packing.pack({"kind": ABSENT, "note": error.message}, {})
        header = {
            "kind": told.encoding,
            "shape": told.shape,
            "steps": (data.chunk[0], indices.chunk[0]),
            "itemsize": data.dtype.itemsize,
            "apart": data.read is not None,
        }
        arrays = {"pointers": pointers}
        for label, one in (("data", data), ("indices", indices)):
            arrays |= {f"{label}_starts": one.starts, f"{label}_sizes": one.sizes}
        return packing.pack(header, arrays)

    def _axes(self, name: str) -> bytes:
        if name not in self._embeddings():
            return packing.pack({"kind": ABSENT}, {})
        x, y = picture.coordinates(self._found.embeddings[name], None)
        return packing.pack({"kind": "axes"}, {"x": x, "y": y})

    def genes(self, matrix: str) -> Genes:
        """Return the genes of a matrix."""
        bring_values(self._parts([f"{GENES}{matrix}"]), self._source)
        var = self.var(matrix)
        index = var.index_column()
        names = _texts(index) if index else []
        symbols = _symbols(var)
        found = _texts(symbols) if symbols else []
        if len(found) != len(names):
            found = []
        return Genes(names=tuple(names), symbols=tuple(found))

    def _shown(self) -> bytes:
        import numpy as np

        chosen = self._chosen()
        rows = chosen.rows
        if chosen.runs is not None:
            rows = np.concatenate([np.arange(run.start, run.stop) for run in chosen.runs])
        told = {"kind": "rows", "points": chosen.points, "all": rows is None}
        return packing.pack(told, {} if rows is None else {"rows": rows.astype(np.uint32)})

    def var(self, matrix: str) -> Annotations:
        """Return the annotations of the genes of a matrix."""
        if matrix == "raw.X":
            var = hdf5.member(hdf5.member(self._file, "raw"), "var")
            if var is not None:
                return frames.Frame(var)
        return self._found.var


def _symbols(var: Annotations) -> Any:
    """Return the column of symbols, None where there is none."""
    names = var.names()
    name = next((name for name in SYMBOLS if name in names), None)
    return None if name is None else var.column(name)


def _bytes_of(frame: Annotations) -> int:
    columns = [frame.column(name) for name in frame.names()[:MOST_COLUMNS]]
    parts = [part for one in columns for part in (one.main, one.mask) if part is not None]
    return sum(map(hdf5.cost, parts))


def _texts(column: frames.Column) -> list[str]:
    if column.main is None:
        return []
    raw = frames.gathered(column.main)
    if column.part:
        raw = raw[column.part]
    if column.categories is None:
        return frames.texts_of(raw)
    labels = frames.texts_of(hdf5.read(column.categories))
    return [labels[code] if 0 <= code < len(labels) else "" for code in raw.tolist()]
