"""Data frames of obs and var as anndata of any age writes them, a column at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.ranged import damage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import h5py
    from numpy.typing import NDArray

KNOWN = frozenset(
    {
        "",
        "anndata",
        "array",
        "awkward-array",
        "bytes",
        "categorical",
        "csc_matrix",
        "csr_matrix",
        "dataframe",
        "dict",
        "mapping",
        "nullable-boolean",
        "nullable-integer",
        "nullable-string-array",
        "null",
        "numeric-scalar",
        "raw",
        "rec-array",
        "string",
        "string-array",
    }
)
"""Encodings of anndata up to 0.13 (its registry of readers)."""

MOST_CATEGORIES = 50_000
"""Different values above which a column of texts is no column of categories."""

INDEX = "_index"
OLD_CATEGORIES = "__categories"


@dataclass(frozen=True)
class Values:
    """Values of a column.

    Categories have ``codes`` (-1 where a value is missing) and ``categories``, all others
    ``numbers`` (``float64``, NaN where one is missing).
    """

    codes: NDArray[Any] | None = None
    categories: Sequence[str] = ()
    numbers: NDArray[Any] | None = None

    @cached_property
    def finite(self) -> NDArray[Any]:
        """The numbers that are some."""
        import numpy as np

        numbers = np.zeros(0) if self.numbers is None else self.numbers
        some = np.isfinite(numbers)
        return numbers if some.all() else numbers[some]

    @cached_property
    def counts(self) -> list[int]:
        """How many rows each category has."""
        import numpy as np

        if self.codes is None:
            return []
        found: list[int] = np.bincount(self.codes + 1, minlength=len(self.categories) + 1).tolist()
        return found[1:]


@dataclass(frozen=True)
class Column:
    """A column that was found, and what its values are read from."""

    name: str
    kind: ColumnKind
    dtype: str
    main: h5py.Dataset | None = None
    """Codes of categories, values of all else; a compound with ``part`` in frames of 0.6."""
    mask: h5py.Dataset | None = None
    categories: h5py.Dataset | None = None
    ordered: bool = False
    part: str = ""
    note: str = ""
    encoding: str = ""


class Frame:
    """A data frame in a file.

    Parameters
    ----------
    node
        Its group, or its compound array as anndata 0.6 wrote it.
    uns
        The group ``uns``, where anndata 0.6 kept categories.

    Raises
    ------
    UnreadableError
        If it is none.
    """

    def __init__(self, node: Any, uns: Any = None) -> None:
        import h5py

        if not isinstance(node, h5py.Group | h5py.Dataset):
            raise UnreadableError("a data frame of the file is none", hint=damage.HINT)
        self._node = node
        self._uns = uns

    @property
    def is_compound(self) -> bool:
        """Whether it is one array with named parts."""
        return getattr(self._node, "dtype", None) is not None

    @property
    def index_name(self) -> str:
        """What the index is called."""
        if self.is_compound:
            return "index"
        return hdf5.text_attribute(self._node, INDEX) or INDEX

    def index(self) -> h5py.Dataset | None:
        """Return the names of the rows, or the compound they are in."""
        return self._node if self.is_compound else values_of(self._node, self.index_name)

    def index_column(self) -> Column | None:
        """Return the names of the rows as a column, None where there are none."""
        found = self.index()
        if found is None or (self.is_compound and "index" not in (found.dtype.names or ())):
            return None
        part = "index" if self.is_compound else ""
        return Column(self.index_name, ColumnKind.TEXTS, "string", found, part=part)

    def length(self) -> int:
        """Return the number of rows.

        Raises
        ------
        UnreadableError
        """
        found = self.index()
        if found is None:
            # Without an index any column says it.
            for name in self.names():
                column = self.column(name)
                if column.main is not None:
                    return int(column.main.shape[0])
        if found is None or len(found.shape or ()) != 1:
            raise UnreadableError(f"{hdf5.place(self._node)} has no index", hint=damage.HINT)
        return int(found.shape[0])

    def names(self) -> list[str]:
        """Return the names of the columns in their order."""
        if self.is_compound:
            return [name for name in self._node.dtype.names or () if name != "index"]
        ordered = hdf5.attribute(self._node, "column-order")
        if ordered is not None and getattr(ordered, "ndim", 0) == 1:
            return [name if isinstance(name, str) else hdf5.as_text(name) for name in ordered]
        return [n for n in hdf5.names_in(self._node) if n not in (self.index_name, OLD_CATEGORIES)]

    def column(self, name: str) -> Column:
        """Return what there is of a column; what cannot be read says so in its note."""
        try:
            if self.is_compound:
                return self._old_column(name)
            return self._column(name)
        except UnreadableError as error:
            return Column(name, ColumnKind.OTHER, "", note=error.message)

    def _column(self, name: str) -> Column:
        import h5py

        node = hdf5.member(self._node, name)
        if node is None:
            return Column(name, ColumnKind.OTHER, "", note="it is named but not there")
        encoding = hdf5.text_attribute(node, "encoding-type")
        if isinstance(node, h5py.Dataset):
            old = _old_categories(self._node, node, name)
            return self._coded(name, node, old) if old is not None else plain(name, node)
        if encoding == "categorical":
            codes, categories = hdf5.dataset_at(node, "codes"), values_of(node, "categories")
            if codes is None or categories is None:
                return Column(name, ColumnKind.OTHER, encoding, note="its categories are missing")
            return self._coded(name, codes, categories, ordered=_flag(node, "ordered"))
        if encoding.startswith("nullable-"):
            values, mask = hdf5.dataset_at(node, "values"), hdf5.dataset_at(node, "mask")
            if values is not None and mask is not None:
                kind = plain(name, values).kind
                return Column(name, kind, encoding.removeprefix("nullable-"), values, mask)
        known = encoding in KNOWN
        note = "it is no simple column" if known else f"its encoding {encoding!r} is not known"
        return Column(name, ColumnKind.OTHER, encoding, note=note, encoding=encoding)

    def _old_column(self, name: str) -> Column:
        kind = self._node.dtype[name]
        categories = values_of(self._uns, f"{name}_categories")
        if categories is not None and kind.kind in "iu":
            return Column(
                name, ColumnKind.CATEGORIES, "category", self._node, None, categories, part=name
            )
        return Column(name, _kind_of(kind), str(kind), self._node, part=name)

    def _coded(
        self, name: str, codes: h5py.Dataset, categories: h5py.Dataset, *, ordered: bool = False
    ) -> Column:
        if codes.ndim != 1 or codes.dtype.kind not in "iu" or categories.ndim != 1:
            return Column(name, ColumnKind.OTHER, "category", note="its codes are no codes")
        return Column(name, ColumnKind.CATEGORIES, "category", codes, None, categories, ordered)


def read(column: Column, runs: Sequence[slice] | None = None) -> Values:
    """Return the values of a column, of all its rows or of some runs of them.

    Raises
    ------
    UnreadableError
    """
    import numpy as np

    if column.main is None:
        raise UnreadableError(f"{column.name} cannot be read: {column.note}")
    raw = gathered(column.main, runs)
    if column.part:
        raw = raw[column.part]
    gone = None if column.mask is None else gathered(column.mask, runs).astype(bool)
    if gone is not None and gone.shape != raw.shape:
        raise UnreadableError(f"{column.name} and its mask are not of one length", hint=damage.HINT)
    if column.categories is not None:
        labels = texts_of(hdf5.read(column.categories))
        if raw.size and raw.min() >= -1 and raw.max() < len(labels):
            return Values(codes=raw.astype(np.int32), categories=labels)
        codes = raw.astype(np.int64)
        codes[(codes < 0) | (codes >= len(labels))] = -1
        return Values(codes=codes.astype(np.int32), categories=labels)
    if column.kind is ColumnKind.BOOLEANS:
        codes = raw.astype(bool).astype(np.int32)
        if gone is not None:
            codes[gone] = -1
        return Values(codes=codes, categories=("False", "True"))
    if column.kind is ColumnKind.TEXTS:
        return _factorised(raw, gone)
    numbers = raw.astype(np.float64)
    if gone is not None:
        numbers[gone] = np.nan
    return Values(numbers=numbers)


def as_stored(column: Column, numbers: NDArray[Any]) -> NDArray[Any]:
    """Return numbers in the precision of their column, in which numpy and pandas compare them.

    0.02 is less than itself where one of the two was rounded to fewer digits.
    """
    return numbers.astype(column.dtype) if column.dtype == "float32" else numbers


def gathered(
    dataset: h5py.Dataset, runs: Sequence[slice] | None = None, columns: int = 0
) -> NDArray[Any]:
    """Return rows of a dataset in runs, all where there are none; of each the first `columns`."""
    import numpy as np

    first = (slice(0, columns),) if columns else ()
    rows = dataset.shape[0] if dataset.shape else 1
    each = columns * dataset.dtype.itemsize if columns else hdf5.cost(dataset) // max(1, rows)
    if runs is None:
        part = columns and dataset.shape != (rows, columns)
        return hdf5.read(dataset, (slice(None), *first) if part else (), rows * each)
    parts = [hdf5.read(dataset, (run, *first), (run.stop - run.start) * each) for run in runs]
    return np.concatenate(parts)


def texts_of(raw: NDArray[Any]) -> list[str]:
    """Return an array of texts, or of anything else, as texts."""
    values = raw.reshape(-1).tolist()
    if set(map(type, values)) == {bytes}:
        # Names of genes and cells, of which there are many: decoded together, where they can be.
        together = b"\0".join(values)
        texts = together.decode(errors="replace").split("\0")
        if len(texts) == len(values) and max(map(len, values)) <= hdf5.LONGEST_TEXT:
            return texts
        return [value.decode(errors="replace")[: hdf5.LONGEST_TEXT] for value in values]
    return [hdf5.as_text(value)[: hdf5.LONGEST_TEXT] for value in values]


def values_of(group: Any, name: str) -> h5py.Dataset | None:
    """Return an array by its name, which since anndata 0.13 may be a group beside a mask."""
    import h5py

    found = hdf5.member(group, name)
    if isinstance(found, h5py.Group):
        found = hdf5.member(found, "values")
    return found if isinstance(found, h5py.Dataset) else None


def _factorised(raw: NDArray[Any], gone: NDArray[Any] | None) -> Values:
    import numpy as np

    seen: dict[Any, int] = {}
    codes = np.fromiter((seen.setdefault(v, len(seen)) for v in raw.tolist()), np.int32, len(raw))
    if gone is not None:
        codes[gone] = -1
    if len(seen) > MOST_CATEGORIES:
        raise UnreadableError(f"there are {len(seen):,} different values")
    return Values(codes=codes, categories=[hdf5.as_text(v)[: hdf5.LONGEST_TEXT] for v in seen])


def plain(name: str, node: h5py.Dataset) -> Column:
    """Return the column that an array of values is."""
    if node.ndim != 1:
        return Column(name, ColumnKind.OTHER, str(node.dtype), note="it has several values a row")
    return Column(name, _kind_of(node.dtype), _dtype_of(node), node)


def _dtype_of(node: h5py.Dataset) -> str:
    return "string" if node.dtype.kind in "OSU" else str(node.dtype)


def _kind_of(dtype: Any) -> ColumnKind:
    kinds = {"b": ColumnKind.BOOLEANS, "i": ColumnKind.NUMBERS, "u": ColumnKind.NUMBERS}
    kinds |= {"f": ColumnKind.NUMBERS} | dict.fromkeys("OSU", ColumnKind.TEXTS)
    return kinds.get(dtype.kind, ColumnKind.OTHER)


def _old_categories(frame: Any, node: h5py.Dataset, name: str) -> h5py.Dataset | None:
    """Return the categories that anndata 0.7 kept apart from the codes.

    It names them by a reference; they are always at ``__categories/<name>``, and by its name
    nothing can be reached that is not checked.
    """
    if "categories" not in node.attrs:
        return None
    return hdf5.dataset_at(frame, OLD_CATEGORIES, name)


def _flag(node: Any, name: str) -> bool:
    value = hdf5.attribute(node, name)
    return bool(value) if getattr(value, "ndim", 0) == 0 and value is not None else False
