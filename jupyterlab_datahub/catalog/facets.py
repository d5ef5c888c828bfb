"""One facet of all datasets as numpy columns, and how its values are counted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int32]
    Counts = NDArray[np.int64]

FACET_ORDER = (
    "source",
    "organism",
    "tissue",
    "disease",
    "assay",
    "cell_type",
    "sex",
    "development_stage",
    "suspension_type",
    "self_reported_ethnicity",
    "access",
    "format",
    "year",
)

_TITLES = {"self_reported_ethnicity": "Self-reported ethnicity"}

# Below one row in so many, going through the rows beats going through the whole column.
_SPARSE = 4


def facet_title(name: str) -> str:
    """Return the name of a facet as people read it.

    >>> facet_title("cell_type")
    'Cell type'
    """
    spaced = name.replace("_", " ").strip()
    return _TITLES.get(name) or spaced[:1].upper() + spaced[1:]


def facet_position(name: str) -> tuple[int, str]:
    """Return a sort key: the common facets in their order, then others by name."""
    known = name in FACET_ORDER
    return (FACET_ORDER.index(name) if known else len(FACET_ORDER), name)


class RowSet:
    """A choice of rows, seen as a mask or as row numbers, whichever is needed."""

    def __init__(self, total: int, mask: Mask | None = None) -> None:
        self.total = total
        self.mask = mask

    @property
    def everything(self) -> bool:
        """Whether no row is left out, known without looking."""
        return self.mask is None

    @cached_property
    def rows(self) -> Rows:
        """The numbers of the chosen rows, ascending."""
        if self.mask is None:
            return np.arange(self.total, dtype=np.int32)
        return np.flatnonzero(self.mask).astype(np.int32)

    @cached_property
    def size(self) -> int:
        """How many rows are chosen."""
        return self.total if self.mask is None else int(np.count_nonzero(self.mask))


class FacetColumn:
    """The values of one facet, row by row and value by value.

    A facet with at most one value a row is one small integer a row (0: none, else the code of
    the value plus one); others are in compressed sparse rows. Both also have the rows of each
    value together, which answers "which rows have it" and counts large choices of rows.

    Parameters
    ----------
    name
        The facet.
    labels
        The values in the order they are listed in when their counts are equal.
    terms
        The ontology term of each value, empty where none is known.
    rows
        Row number of each pair of row and value, ascending, shape (pairs,).
    codes
        Position in `labels` of each pair, shape (pairs,).
    total
        Number of rows.
    """

    def __init__(
        self,
        name: str,
        labels: Sequence[str],
        terms: Sequence[str],
        rows: Rows,
        codes: NDArray[np.integer],
        total: int,
    ) -> None:
        self.name = name
        self.labels = labels
        self._terms = terms
        self._total = total
        small = np.min_scalar_type(len(labels) + 1)
        per_row = np.bincount(rows, minlength=total)
        self._single: NDArray[np.unsignedinteger] | None = None
        if len(per_row) == 0 or per_row.max() <= 1:
            self._single = np.zeros(total, dtype=small)
            self._single[rows] = codes + 1
        else:
            self._codes = codes.astype(small)
            self._starts = np.zeros(total + 1, dtype=np.int64)
            np.cumsum(per_row, out=self._starts[1:])
        self.totals: Counts = np.bincount(codes, minlength=len(labels))
        by_value = np.argsort(codes.astype(small), kind="stable")
        self._rows_by_value = rows[by_value]
        self._value_starts = np.zeros(len(labels) + 1, dtype=np.int64)
        np.cumsum(self.totals, out=self._value_starts[1:])

    @cached_property
    def _code_of(self) -> dict[str, int]:
        """Codes by label; then, where that is free, by folded label and ontology term."""
        found = {label: code for code, label in enumerate(self.labels)}
        for code, (label, term) in enumerate(zip(self.labels, self._terms, strict=True)):
            found.setdefault(label.casefold(), code)
            if term:
                found.setdefault(term, code)
        return found

    def code(self, value: str) -> int | None:
        """Return the code of a value given as label (in any case) or ontology term."""
        return self._code_of.get(value, self._code_of.get(value.casefold()))

    def having(self, codes: Iterable[int]) -> Mask:
        """Return the mask of the rows that have any of the values, shape (rows,)."""
        mask = np.zeros(self._total, dtype=np.bool_)
        for code in codes:
            start, end = self._value_starts[code], self._value_starts[code + 1]
            mask[self._rows_by_value[start:end]] = True
        return mask

    def counts(self, choice: RowSet) -> Counts:
        """Return how many of the chosen rows have each value, shape (labels,)."""
        if choice.everything:
            return self.totals
        if choice.size * _SPARSE < self._total:
            return self._counts_by_row(choice.rows)
        return self._counts_by_value(choice)

    def _counts_by_row(self, rows: Rows) -> Counts:
        if self._single is not None:
            return np.bincount(self._single[rows], minlength=len(self.labels) + 1)[1:]
        starts = self._starts[rows]
        lengths = self._starts[rows + 1] - starts
        ends = np.cumsum(lengths)
        if len(ends) == 0 or ends[-1] == 0:
            return np.zeros(len(self.labels), dtype=np.int64)
        within = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
        codes = self._codes[np.repeat(starts, lengths) + within]
        return np.bincount(codes, minlength=len(self.labels))

    def _counts_by_value(self, choice: RowSet) -> Counts:
        if choice.mask is None or len(self._rows_by_value) == 0:
            return self.totals
        chosen = choice.mask[self._rows_by_value]
        # Every label has a row, so no two starts are equal, which reduceat would misread.
        return np.add.reduceat(chosen, self._value_starts[:-1], dtype=np.int64)
