"""One facet of all datasets as numpy columns, and how its values are counted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int64]
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

# A facet with at most so many values a row is kept as a table with as many columns.
_MOST_SLOTS = 8


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


class Choice:
    """Some of all rows.

    Parameters
    ----------
    total
        Number of all rows.
    rows
        The numbers of the chosen ones, ascending; None for all.
    """

    def __init__(self, total: int, rows: Rows | None = None) -> None:
        self.total = total
        self._rows = rows

    @property
    def everything(self) -> bool:
        """Whether no row is left out, known without looking."""
        return self._rows is None

    @cached_property
    def rows(self) -> Rows:
        """The numbers of the chosen rows, ascending."""
        return np.arange(self.total) if self._rows is None else self._rows

    @cached_property
    def others(self) -> Rows:
        """The numbers of the rows that are not chosen, ascending."""
        left = np.ones(self.total, dtype=np.bool_)
        left[self.rows] = False
        return np.flatnonzero(left)

    @property
    def size(self) -> int:
        """How many rows are chosen."""
        return self.total if self._rows is None else len(self._rows)


class FacetColumn:
    """The values of one facet, row by row and value by value.

    A facet with few values a row is a table of small integers (0: none, else the code of a
    value plus one), others are compressed sparse rows. Both also have the rows of each value
    together.

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
        Position in `labels` of each pair, shape (pairs,). Every label has a pair.
    total
        Number of rows.
    """

    def __init__(
        self,
        name: str,
        labels: Sequence[str],
        terms: Sequence[str],
        rows: NDArray[np.int32],
        codes: NDArray[np.integer],
        total: int,
    ) -> None:
        self.name = name
        self.labels = labels
        self._terms = terms
        self._total = total
        codes = codes.astype(np.min_scalar_type(len(labels) + 1))
        starts = _starts(np.bincount(rows, minlength=total))
        most = int(np.diff(starts).max(initial=0))
        self._slots: NDArray[np.integer] | None = None
        self._starts, self._codes = starts, codes
        if most <= _MOST_SLOTS:
            self._slots = np.zeros((total, most), dtype=codes.dtype)
            self._slots[rows, np.arange(len(rows)) - starts[rows]] = codes + 1
            # New arrays: a slice would keep the whole one in memory.
            self._starts, self._codes = starts[:0].copy(), codes[:0].copy()
        self.totals: Counts = np.bincount(codes, minlength=len(labels))
        self._rows_by_value = rows[np.argsort(codes, kind="stable")]
        self._value_starts = _starts(self.totals)

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

    def having(self, codes: Iterable[int], rows: Rows | None = None) -> Mask:
        """Return which of `rows` (None: all rows) have any of the values, shape (rows,)."""
        if rows is None:
            return self._all_having(codes)
        wanted = np.zeros(len(self.labels) + 1, dtype=np.bool_)
        wanted[[code + 1 for code in codes]] = True
        has = np.zeros(len(rows), dtype=np.bool_)
        if self._slots is not None:
            for slot in range(self._slots.shape[1]):
                has |= wanted[self._slots[rows, slot]]
            return has
        pairs, owners = self._pairs(rows)
        has[owners[wanted[self._codes[pairs] + np.int64(1)]]] = True
        return has

    def counts(self, choice: Choice) -> Counts:
        """Return how many of the chosen rows have each value, shape (labels,)."""
        if choice.everything:
            return self.totals
        if choice.size > self._total // 2:
            return self.totals - self._counts(choice.others)
        return self._counts(choice.rows)

    def _counts(self, rows: Rows) -> Counts:
        if self._slots is not None:
            chosen = self._slots.take(rows, axis=0).ravel()
            return np.bincount(chosen, minlength=len(self.labels) + 1)[1:]
        pairs, _ = self._pairs(rows)
        return np.bincount(self._codes[pairs], minlength=len(self.labels))

    def _pairs(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the pairs of some rows, and for each its place in `rows`."""
        starts = self._starts[rows]
        lengths = self._starts[rows + 1] - starts
        owners = np.repeat(np.arange(len(rows)), lengths)
        shifts = starts - (np.cumsum(lengths) - lengths)
        return np.arange(len(owners)) + shifts[owners], owners

    def _all_having(self, codes: Iterable[int]) -> Mask:
        mask = np.zeros(self._total, dtype=np.bool_)
        for code in codes:
            start, end = self._value_starts[code], self._value_starts[code + 1]
            mask[self._rows_by_value[start:end]] = True
        return mask


def _starts(lengths: Counts) -> Rows:
    """Return where groups of these lengths begin, and where the last ends."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)))
