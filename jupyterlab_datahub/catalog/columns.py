"""The catalog's numbers and facets in memory, as of one generation of the file."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from jupyterlab_datahub.catalog.entry import NUMBERS, UNKNOWN
from jupyterlab_datahub.catalog.facets import FacetColumn, facet_position

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from jupyterlab_datahub.catalog.facets import RowSet

_CHUNK = 50_000
_HEAD_WORDS = NUMBERS.size // 4
_YEAR = 10**10  # a date is YYYYMMDDhhmmss


def generation_of(connection: sqlite3.Connection) -> int:
    """Return the number that every change of the catalog raises."""
    generation: int = connection.execute("SELECT value FROM generation").fetchone()[0]
    return generation


class Columns:
    """All datasets as columns; a row's number is its place in the order of ids.

    Attributes
    ----------
    generation
        The state of the file these columns show.
    ids
        Key of each row in the file, ascending, shape (rows,).
    cells, size, date
        Numbers of each row, UNKNOWN (-1) where the catalog gives none, shape (rows,).
    facets
        The columns of each facet by name, in the order they are shown.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.generation = generation_of(connection)
        values = _Values(connection)
        ids: list[NDArray[np.int64]] = []
        numbers: list[NDArray[np.int64]] = []
        pairs: list[tuple[NDArray[np.int32], NDArray[np.uint32]]] = []
        total = 0
        for chunk_ids, chunk_numbers, rows, codes in _chunks(connection):
            ids.append(chunk_ids)
            numbers.append(chunk_numbers)
            pairs.append((rows + np.int32(total), codes))
            total += len(chunk_ids)
        self.ids = np.concatenate(ids) if ids else np.zeros(0, dtype=np.int64)
        table = np.concatenate(numbers) if numbers else np.zeros((0, 3), dtype=np.int64)
        self.cells, self.size, self.date = (np.ascontiguousarray(table[:, i]) for i in range(3))
        self.facets = values.columns(pairs, total)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def year(self) -> NDArray[np.int64]:
        """Year of each row's date, UNKNOWN where there is none."""
        return np.where(self.date == UNKNOWN, UNKNOWN, self.date // _YEAR)

    def rows_of(self, ids: NDArray[np.integer]) -> NDArray[np.int32]:
        """Return the row numbers of keys of the file, all of which must exist."""
        rows: NDArray[np.int32] = self._row_of_id[ids]
        return rows

    @cached_property
    def _row_of_id(self) -> NDArray[np.int32]:
        places = np.zeros(int(self.ids[-1]) + 1 if len(self) else 1, dtype=np.int32)
        places[self.ids] = np.arange(len(self), dtype=np.int32)
        return places

    @cached_property
    def newest_first(self) -> NDArray[np.int32]:
        """Place of each row when the newest come first, then those with most cells."""
        return _places(np.lexsort((-self.cells, -self.date)))

    def places(self, numbers: NDArray[np.int64], *, descending: bool) -> NDArray[np.int32]:
        """Return the place of each row in the order of `numbers`, unknown ones always last."""
        key = np.where(numbers == UNKNOWN, np.iinfo(np.int64).max, numbers)
        if descending:
            key = np.where(numbers == UNKNOWN, np.iinfo(np.int64).max, -numbers)
        return _places(np.argsort(key, kind="stable"))

    def sums(self, choice: RowSet) -> tuple[int, int, int]:
        """Return cells, bytes and how many rows have no known size, for the chosen rows."""
        if choice.everything:
            return self._all_sums
        cells, size = self.cells[choice.rows], self.size[choice.rows]
        return _sum_known(cells), _sum_known(size), int(np.count_nonzero(size == UNKNOWN))

    @cached_property
    def _all_sums(self) -> tuple[int, int, int]:
        unknown = int(np.count_nonzero(self.size == UNKNOWN))
        return _sum_known(self.cells), _sum_known(self.size), unknown


class _Values:
    """The facet values of the file, each with the code it has within its facet's column."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        stored = connection.execute("SELECT code, facet, label, term FROM facet_value").fetchall()
        stored.sort(key=lambda value: (facet_position(value[1]), value[2].casefold(), value[2]))
        self._values = {name: list(group) for name, group in groupby(stored, itemgetter(1))}
        self.names = list(self._values)
        largest = max((code for code, *_ in stored), default=0)
        self._facet_of = np.zeros(largest + 1, dtype=np.uint16)
        self._local = np.zeros(largest + 1, dtype=np.uint32)
        for place, values in enumerate(self._values.values()):
            codes = [code for code, *_ in values]
            self._facet_of[codes] = place
            self._local[codes] = np.arange(len(codes))

    def columns(
        self, pairs: list[tuple[NDArray[np.int32], NDArray[np.uint32]]], total: int
    ) -> dict[str, FacetColumn]:
        """Return the column of each facet that has values, from pairs of row and code."""
        rows: list[list[NDArray[np.int32]]] = [[] for _ in self.names]
        local: list[list[NDArray[np.uint32]]] = [[] for _ in self.names]
        for chunk_rows, codes in pairs:
            facet = self._facet_of[codes]
            for place in range(len(self.names)):
                mine = facet == place
                rows[place].append(chunk_rows[mine])
                local[place].append(self._local[codes[mine]])
        columns = {}
        for place, name in enumerate(self.names):
            if column := self._column(name, rows[place], local[place], total):
                columns[name] = column
        return columns

    def _column(
        self,
        name: str,
        rows: list[NDArray[np.int32]],
        codes: list[NDArray[np.uint32]],
        total: int,
    ) -> FacetColumn | None:
        """Return a facet's column with the values that a dataset still has."""
        if not rows:
            return None
        flat = np.concatenate(codes)
        used = np.bincount(flat, minlength=len(self._values[name])) > 0
        if not used.any():
            return None
        values = [self._values[name][code] for code in np.flatnonzero(used)]
        labels = [label for _, _, label, _ in values]
        terms = [term for _, _, _, term in values]
        compact = (np.cumsum(used) - 1)[flat]
        return FacetColumn(name, labels, terms, np.concatenate(rows), compact, total)


def _chunks(
    connection: sqlite3.Connection,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint32]]]:
    """Yield ids, numbers (n, 3), and pairs of row within the chunk and facet value."""
    cursor = connection.execute("SELECT id, packed FROM entry ORDER BY id")
    while chunk := cursor.fetchmany(_CHUNK):
        lengths = np.fromiter((len(packed) for _, packed in chunk), np.int64, len(chunk)) // 4
        words = np.frombuffer(b"".join(packed for _, packed in chunk), dtype="<u4")
        head = (np.cumsum(lengths) - lengths)[:, None] + np.arange(_HEAD_WORDS)
        numbers = words[head].view("<i8").astype(np.int64)
        is_code = np.ones(len(words), dtype=np.bool_)
        is_code[head] = False
        rows = np.repeat(np.arange(len(chunk), dtype=np.int32), lengths - _HEAD_WORDS)
        ids = np.fromiter((key for key, _ in chunk), np.int64, len(chunk))
        yield ids, numbers, rows, words[is_code].astype(np.uint32)


def _places(order: NDArray[np.int64]) -> NDArray[np.int32]:
    places = np.empty(len(order), dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places


def _sum_known(numbers: NDArray[np.int64]) -> int:
    return int(numbers.sum(where=numbers != UNKNOWN))
