"""Some rows of the annotations of cells or genes, written as anndata writes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io.h5ad import encode, write_array
from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.previews.chunks import bring_values, chunks_of
from jupyterlab_datahub.ranged import damage
from jupyterlab_datahub.selection.matrix import rows_of
from jupyterlab_datahub.selection.texts import texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks
    from jupyterlab_datahub.previews.contents import Annotations
    from jupyterlab_datahub.previews.frames import Column
    from jupyterlab_datahub.ranged.bytefile import ByteFile
    from jupyterlab_datahub.selection.stream import Reader

MOST_COLUMNS = 5000

NULLABLE_TEXTS = "nullable-string-array"

AT_ONCE = 6
"""Arrays whose rows are fetched at the same time."""


class Frames:
    """What takes rows of data frames of a file.

    Parameters
    ----------
    file, source
        The file, as HDF5 and as bytes.
    reader
        Fetches its chunks.
    note
        Is told what is left out.
    most_ahead
        Bytes of memory for rows that are fetched before they are written.
    """

    def __init__(
        self,
        file: h5py.File,
        source: ByteFile,
        reader: Reader,
        note: Callable[[str], object],
        most_ahead: int,
    ) -> None:
        self._file = file
        self._source = source
        self._reader = reader
        self._note = note
        self._arrays = ThreadPoolExecutor(AT_ONCE, "datahub-arrays")
        self._frames = ThreadPoolExecutor(AT_ONCE, "datahub-frames")
        self._left = most_ahead
        self._coming: dict[h5py.Dataset, Future[list[NDArray[Any]]]] = {}

    def close(self) -> None:
        """Fetch no more."""
        self._frames.shutdown(cancel_futures=True)
        self._arrays.shutdown(cancel_futures=True)

    def rows(self, datasets: Sequence[h5py.Dataset], rows: NDArray[Any]) -> list[NDArray[Any]]:
        """Return some rows of arrays, texts as `str`.

        Raises
        ------
        UnreadableError
        """
        coming = self._coming.pop(datasets[0], None) if datasets else None
        return coming.result() if coming else self._fetched(datasets, rows)

    def copy_ahead(self, frame: Annotations, name: str, rows: NDArray[Any]) -> None:
        """Begin to fetch the rows that :meth:`copy` will be asked for."""
        named, taken, _ = _columns(frame, name)
        self.ahead(_parts(named, taken), rows)

    def is_coming(self, dataset: h5py.Dataset) -> bool:
        """Return whether an array is being fetched."""
        return dataset in self._coming

    def ahead(self, datasets: Sequence[h5py.Dataset], rows: NDArray[Any]) -> None:
        """Begin to fetch what :meth:`rows` will be asked for, if there is memory for it."""
        size = sum(len(rows) * hdf5.cost(one) // max(1, one.shape[0]) for one in datasets)
        if datasets and size <= self._left:
            self._left -= size
            self._coming[datasets[0]] = self._frames.submit(self._fetched, datasets, rows)

    def _fetched(self, datasets: Sequence[h5py.Dataset], rows: NDArray[Any]) -> list[NDArray[Any]]:
        found = chunks_of(datasets, self._source, self._file, [rows] * len(datasets))
        return list(self._arrays.map(lambda chunks: self._taken(chunks, rows), found))

    def _taken(self, chunks: Chunks, rows: NDArray[Any]) -> NDArray[Any]:
        taken = rows_of(chunks, self._reader, rows)
        if chunks.texts and chunks.whole is None:
            return texts_of(taken, self._source)
        return _as_texts(taken) if taken.dtype.kind in "SO" else taken

    def copy(
        self,
        frame: Annotations,
        target: h5py.Group,
        name: str,
        rows: NDArray[Any],
        index: NDArray[Any] | None = None,
    ) -> dict[str, Kept]:
        """Write some rows of a frame, and return which categories of its columns are left.

        Parameters
        ----------
        index
            Other names of the rows; those of the file stay as a column ``gene_ids``.

        Raises
        ------
        UnreadableError
        """
        import h5py

        named, taken, others = _columns(frame, name)
        for column in others:
            self._note(f"the column {column.name} of {name} was left out: {column.note}")
        parts = _parts(named, taken)
        bring_values([one.categories for one in taken if one.categories], self._source)
        values = iter(self.rows(parts, rows))
        names = _texts(_part(next(values), named))
        group = target.create_group(name)
        encode(group, "dataframe", "0.2.0")
        group.attrs["_index"] = "_index"
        if index is None:
            _write_names(group, names, frame, name)
        else:
            write_array(group, "_index", index)
        written, kept = [], {}
        if index is not None and "gene_ids" not in frame.names():
            write_array(group, "gene_ids", names)
            written.append("gene_ids")
        for column in taken:
            held = _part(next(values), column)
            gone = next(values) if column.mask is not None else None
            left = _write(group, column, held, gone)
            written.append(column.name)
            if left is not None:
                kept[column.name] = left
        group.attrs.create("column-order", written, dtype=h5py.string_dtype())
        return kept


def length_of(frame: Annotations, name: str) -> int:
    """Return how many rows a frame has.

    Raises
    ------
    UnreadableError
        If it has no names of them.
    """
    return int(_index(frame, name)[1].size)


def _index(frame: Annotations, name: str) -> tuple[Column, h5py.Dataset]:
    named = frame.index_column()
    if named is None or named.main is None:
        raise UnreadableError(f"{name} has no names of its rows", hint=damage.HINT)
    return named, named.main


def _columns(frame: Annotations, name: str) -> tuple[Column, list[Column], list[Column]]:
    """Return the names of the rows, the columns that are taken, and those that are left out."""
    named, _ = _index(frame, name)
    taken, others = [], []
    for column in map(frame.column, frame.names()[:MOST_COLUMNS]):
        if column.main is None or column.kind is ColumnKind.OTHER or "/" in column.name:
            others.append(column)
        elif column.name != "_index":
            taken.append(column)
    return named, taken, others


def _parts(named: Column, taken: list[Column]) -> list[h5py.Dataset]:
    both = [(one.main, one.mask) for one in (named, *taken)]
    return [part for one in both for part in one if part is not None]


class Kept:
    """Which categories of a column are left, of how many."""

    def __init__(self, left: NDArray[Any], of: int) -> None:
        self.left = left
        self.of = of


def _write(
    group: h5py.Group, column: Column, held: NDArray[Any], gone: NDArray[Any] | None
) -> Kept | None:
    if column.categories is not None:
        return _write_categories(group, column, held)
    if column.kind is ColumnKind.TEXTS:
        held = _texts(held)
    if gone is None:
        write_array(group, column.name, held)
        return None
    kinds = {ColumnKind.BOOLEANS: "nullable-boolean", ColumnKind.NUMBERS: "nullable-integer"}
    part = group.create_group(column.name)
    encode(part, kinds.get(column.kind, NULLABLE_TEXTS), "0.1.0")
    write_array(part, "values", held)
    write_array(part, "mask", gone.astype(bool))
    if column.mask is not None:
        _say_what_is_missing(part, column.mask.parent)
    return None


def _write_names(group: h5py.Group, names: NDArray[Any], frame: Annotations, name: str) -> None:
    """Write the names of rows in the way in which the frame has them, as it is their type."""
    import numpy as np

    before = _index(frame, name)[1].parent
    if hdf5.text_attribute(before, "encoding-type") != NULLABLE_TEXTS:
        write_array(group, "_index", names)
        return
    part = group.create_group("_index")
    encode(part, NULLABLE_TEXTS, "0.1.0")
    write_array(part, "values", names)
    write_array(part, "mask", np.zeros(len(names), bool))
    _say_what_is_missing(part, before)


def _say_what_is_missing(part: h5py.Group, before: h5py.Group) -> None:
    """Keep what stands for a missing text, by which pandas 3 tells two kinds of text apart."""
    if missing := hdf5.text_attribute(before, "na-value"):
        part.attrs["na-value"] = missing


def _write_categories(group: h5py.Group, column: Column, codes: NDArray[Any]) -> Kept:
    """Write a column without the categories that no row has, as anndata's subsets are."""
    import numpy as np

    labels = hdf5.read(column.categories)
    if labels.dtype.kind in "SO":
        labels = _as_texts(labels)
    codes = codes.astype(np.int64)
    codes[(codes < 0) | (codes >= len(labels))] = -1
    left = np.unique(codes[codes >= 0])
    moved = np.full(len(labels) + 1, -1, np.int64)
    moved[left] = np.arange(len(left))
    kind = next(k for k in (np.int8, np.int16, np.int32) if len(left) <= np.iinfo(k).max)
    part = group.create_group(column.name)
    encode(part, "categorical", "0.2.0")
    part.attrs["ordered"] = np.bool_(column.ordered)
    write_array(part, "categories", labels[left])
    write_array(part, "codes", moved[codes].astype(kind))
    return Kept(left, len(labels))


def _part(values: NDArray[Any], column: Column) -> NDArray[Any]:
    return values[column.part] if column.part else values


def _texts(values: NDArray[Any]) -> NDArray[Any]:
    return _as_texts(values) if values.dtype.kind != "O" else values


def _as_texts(values: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    flat = [hdf5.as_text(value) for value in values.reshape(-1).tolist()]
    return np.array(flat, dtype=object).reshape(values.shape)


def unique(names: NDArray[Any]) -> NDArray[Any]:
    """Return names of which those that are there already get a number, as anndata does it."""
    import numpy as np

    there = set(names.tolist())
    seen: dict[str, int] = {}
    found = []
    for name in names.tolist():
        if name not in seen:
            seen[name] = 0
            found.append(name)
            continue
        while True:
            seen[name] += 1
            other = f"{name}-{seen[name]}"
            if other not in there:
                break
        there.add(other)
        found.append(other)
    return np.array(found, dtype=object)
