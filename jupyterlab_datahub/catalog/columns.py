"""The catalog's numbers and facets in memory, as of one generation of the file."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from jupyterlab_datahub.catalog.entry import NUMBERS, PART, UNKNOWN
from jupyterlab_datahub.catalog.facets import FacetColumn, facet_position
from jupyterlab_datahub.catalog.postings import BLOCK

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from jupyterlab_datahub.catalog.facets import Choice

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
    parts
        Which part each row is in, as a facet; None without rows.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.generation = generation_of(connection)
        total, size = connection.execute(
            "SELECT count(*), coalesce(sum(length(packed)), 0) FROM entry"
        ).fetchone()
        pairs = (size - total * NUMBERS.size) // 4
        self.ids = np.empty(total, dtype=np.int64)
        numbers = np.empty((total, 3), dtype=np.int64)
        rows = np.empty(pairs, dtype=np.int32)
        codes = np.empty(pairs, dtype=np.uint32)
        row = pair = 0
        for chunk in _chunks(connection):
            next_row, next_pair = row + len(chunk.ids), pair + len(chunk.codes)
            self.ids[row:next_row] = chunk.ids
            numbers[row:next_row] = chunk.numbers
            rows[pair:next_pair] = chunk.rows + row
            codes[pair:next_pair] = chunk.codes
            row, pair = next_row, next_pair
        self.cells, self.size, self.date = (np.ascontiguousarray(numbers[:, i]) for i in range(3))
        self.facets = _Values(connection).columns(rows, codes, total)
        self.parts = self.facets.pop(PART, None)

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

    @property
    def keys(self) -> int:
        """A number of whole blocks of keys that has room for every id."""
        return (int(self.ids[-1]) // BLOCK + 1) * BLOCK if len(self) else BLOCK

    def by_row(self, by_key: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return values that are ordered by key, shape (keys,), ordered by row."""
        if len(self) and self.ids[-1] - self.ids[0] + 1 == len(self):
            return by_key[self.ids[0] : self.ids[-1] + 1]
        chosen: NDArray[np.uint8] = by_key[self.ids]
        return chosen

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

    def sums(self, choice: Choice) -> tuple[int, int, int]:
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
        largest = max((code for code, *_ in stored), default=0)
        self._facet_of = np.zeros(largest + 1, dtype=np.uint16)
        self._local = np.zeros(largest + 1, dtype=np.uint32)
        for place, values in enumerate(self._values.values()):
            codes = [code for code, *_ in values]
            self._facet_of[codes] = place
            self._local[codes] = np.arange(len(codes))

    def columns(
        self, rows: NDArray[np.int32], codes: NDArray[np.uint32], total: int
    ) -> dict[str, FacetColumn]:
        """Return the column of each facet that has values, from pairs of row and code."""
        facet_of = self._facet_of[codes]
        columns = {}
        for place, (name, values) in enumerate(self._values.items()):
            mine = facet_of == place
            local = self._local[codes[mine]]
            # Values that no dataset has any more are left out.
            used = np.bincount(local, minlength=len(values)) > 0
            if used.any():
                kept = [values[code] for code in np.flatnonzero(used)]
                columns[name] = FacetColumn(
                    name,
                    [label for _, _, label, _ in kept],
                    [term for _, _, _, term in kept],
                    rows[mine],
                    (np.cumsum(used) - 1)[local],
                    total,
                )
        return columns


class _Chunk(NamedTuple):
    """Some rows of the file: ids, numbers (n, 3), and pairs of row within them and value."""

    ids: NDArray[np.int64]
    numbers: NDArray[np.int64]
    rows: NDArray[np.int32]
    codes: NDArray[np.uint32]


def _chunks(connection: sqlite3.Connection) -> Iterator[_Chunk]:
    cursor = connection.execute("SELECT id, packed FROM entry ORDER BY id")
    while chunk := cursor.fetchmany(_CHUNK):
        lengths = np.fromiter((len(packed) for _, packed in chunk), np.int64, len(chunk)) // 4
        words = np.frombuffer(b"".join(packed for _, packed in chunk), dtype="<u4")
        head = (np.cumsum(lengths) - lengths)[:, None] + np.arange(_HEAD_WORDS)
        is_code = np.ones(len(words), dtype=np.bool_)
        is_code[head] = False
        yield _Chunk(
            ids=np.fromiter((key for key, _ in chunk), np.int64, len(chunk)),
            numbers=words[head].view("<i8").astype(np.int64),
            rows=np.repeat(np.arange(len(chunk), dtype=np.int32), lengths - _HEAD_WORDS),
            codes=words[is_code].astype(np.uint32),
        )


def _places(order: NDArray[np.int64]) -> NDArray[np.int32]:
    places = np.empty(len(order), dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places


def _sum_known(numbers: NDArray[np.int64]) -> int:
    return int(numbers.sum(where=numbers != UNKNOWN))
