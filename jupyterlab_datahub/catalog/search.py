"""A search over the columns: which rows, which counts, which page."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from jupyterlab_datahub.catalog.columns import Columns
from jupyterlab_datahub.catalog.entry import UNKNOWN
from jupyterlab_datahub.catalog.facets import RowSet, facet_position, facet_title
from jupyterlab_datahub.catalog.matching import TextIndex
from jupyterlab_datahub.model import Facet, FacetValue, Hit, SearchResult, Summary

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection as Set

    from numpy.typing import NDArray

    from jupyterlab_datahub.catalog.facets import Counts, FacetColumn, Mask
    from jupyterlab_datahub.model import Range, SearchQuery

MOST_VALUES = 200
"""Values of one facet that a result lists; ``Facet.more`` says how many are left."""

_decode_hit = msgspec.msgpack.Decoder(Hit).decode


class SearchIndex:
    """Everything in memory that answers searches of one generation; threads share it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.columns = Columns(connection)
        self.text = TextIndex(self.columns)
        self._places: dict[str, NDArray[np.int32]] = {}

    @property
    def generation(self) -> int:
        """The state of the file this index shows."""
        return self.columns.generation

    def places(self, connection: sqlite3.Connection, sort: str) -> NDArray[np.int32]:
        """Return each row's place in an order; unknown values last, ties in catalog order."""
        if sort not in self._places:
            self._places[sort] = self._sorted(connection, sort)
        return self._places[sort]

    def _sorted(self, connection: sqlite3.Connection, sort: str) -> NDArray[np.int32]:
        name, descending = sort.removeprefix("-"), sort.startswith("-")
        if name == "relevance":
            newest = self.columns.newest_first
            return len(newest) - 1 - newest if descending else newest
        if name == "title":
            direction = "DESC" if descending else "ASC"
            ordered = connection.execute(
                f"SELECT id FROM dataset ORDER BY sort_title {direction}, id"  # noqa: S608
            ).fetchall()
            ids = np.fromiter((key for (key,) in ordered), np.int64, len(ordered))
            places = np.empty(len(ids), dtype=np.int32)
            places[self.columns.rows_of(ids)] = np.arange(len(ids), dtype=np.int32)
            return places
        numbers = {
            "date": self.columns.date,
            "cells": self.columns.cells,
            "size": self.columns.size,
        }
        return self.columns.places(numbers[name], descending=descending)


class Search:
    """One search under way.

    Parameters
    ----------
    index
        What is in memory.
    connection
        A snapshot of the same generation.
    query
        What is asked, already checked.
    sources
        The Sources to search, None for all there are.
    """

    def __init__(
        self,
        index: SearchIndex,
        connection: sqlite3.Connection,
        query: SearchQuery,
        sources: Set[str] | None,
    ) -> None:
        self._index = index
        self._columns = index.columns
        self._connection = connection
        self._query = query
        self._sources = sources
        self._text = index.text.match(connection, query.text) if query.text else None
        self._chosen = {
            name: self._codes(name, values) for name, values in query.facets.items() if values
        }
        self._having = {
            name: self._rows_having(name, codes) for name, codes in self._chosen.items()
        }

    def result(self) -> SearchResult:
        """Return the page, the facets and the sums; the states of Sources are added later."""
        hits = self._hit_rows
        cells, size, unknown = self._columns.sums(hits)
        return SearchResult(
            total=hits.size,
            hits=self._page(),
            facets=tuple(self._facet(name) for name in self._facet_names()),
            summary=Summary(datasets=hits.size, cells=cells, bytes=size, unknown_sizes=unknown),
            corrected=self._text.corrected if self._text else "",
            offset=self._query.offset,
        )

    def matches_by_source(self) -> dict[str, int]:
        """Return how many hits each Source has if no choice of Sources were made."""
        column = self._columns.facets.get("source")
        if column is None:
            return {}
        counts = column.counts(self._rows_without("source"))
        return dict(zip(column.labels, counts.tolist(), strict=True))

    def _codes(self, name: str, values: tuple[str, ...]) -> dict[str, int | None]:
        column = self._columns.facets.get(name)
        return {value: column.code(value) if column else None for value in values}

    def _rows_having(self, name: str, codes: dict[str, int | None]) -> Mask:
        known = {code for code in codes.values() if code is not None}
        if not known:
            return np.zeros(len(self._columns), dtype=np.bool_)
        return self._columns.facets[name].having(known)

    @cached_property
    def _eligible(self) -> Mask | None:
        """The rows that the text, the ranges and the Sources leave; None for all."""
        masks = [self._in_range(name, interval) for name, interval in self._query.ranges.items()]
        if self._text is not None:
            masks.append(self._text.scores > 0)
        column = self._columns.facets.get("source")
        if self._sources is not None and column is not None:
            foreign = [i for i, label in enumerate(column.labels) if label not in self._sources]
            if foreign:
                masks.append(~column.having(foreign))
        return np.logical_and.reduce(masks) if masks else None

    def _in_range(self, name: str, interval: Range) -> Mask:
        numbers = {
            "cells": self._columns.cells,
            "size": self._columns.size,
            "year": self._columns.year,
        }[name]
        if interval.min is None and interval.max is None:
            return np.ones(len(numbers), dtype=np.bool_)
        mask: Mask = numbers != UNKNOWN
        if interval.min is not None:
            mask &= numbers >= interval.min
        if interval.max is not None:
            mask &= numbers <= interval.max
        return mask

    @cached_property
    def _misses(self) -> NDArray[np.uint16]:
        """How many of the chosen facets each row does not have, shape (rows,)."""
        misses = np.zeros(len(self._columns), dtype=np.uint16)
        for having in self._having.values():
            misses += ~having
        return misses

    @cached_property
    def _hit_rows(self) -> RowSet:
        return self._missing_only(None)

    def _rows_without(self, name: str) -> RowSet:
        """Return the rows that would be hits if nothing were chosen in one facet."""
        having = self._having.get(name)
        return self._hit_rows if having is None else self._missing_only(having)

    def _missing_only(self, having: Mask | None) -> RowSet:
        """Return the eligible rows that miss no facet, or none but one that may be missed."""
        total = len(self._columns)
        if not self._having:
            return RowSet(total, self._eligible)
        mask = self._misses == (0 if having is None else ~having)
        if self._eligible is not None:
            mask &= self._eligible
        return RowSet(total, mask)

    def _facet_names(self) -> list[str]:
        names = set(self._columns.facets) | set(self._chosen)
        return sorted(names, key=facet_position)

    def _facet(self, name: str) -> Facet:
        chosen = self._chosen.get(name, {})
        column = self._columns.facets.get(name)
        values = [
            FacetValue(value=value, count=0, selected=True)
            for value, code in chosen.items()
            if code is None
        ]
        more = 0
        if column is not None:
            counts = column.counts(self._rows_without(name))
            codes = {code for code in chosen.values() if code is not None}
            listed, more = _listed(column, counts, codes)
            values = [*listed[: len(codes)], *values, *listed[len(codes) :]]
        return Facet(name=name, title=facet_title(name), values=tuple(values), more=more)

    def _page(self) -> tuple[Hit, ...]:
        rows = self._page_rows()
        ids = self._columns.ids[rows].tolist()
        marks = ",".join("?" * len(ids))
        query = f"SELECT id, hit FROM dataset WHERE id IN ({marks})"  # noqa: S608
        found = dict(self._connection.execute(query, ids).fetchall())
        return tuple(_decode_hit(found[key]) for key in ids)

    def _page_rows(self) -> NDArray[np.integer]:
        """Return the rows of the page asked for, in order."""
        first, last = self._query.offset, self._query.offset + self._query.limit
        rows = self._hit_rows.rows
        if first >= len(rows) or first == last:
            return rows[:0]
        keys = self._index.places(self._connection, self._query.sort)[rows].astype(np.int64)
        if self._text is not None and self._query.sort.endswith("relevance"):
            worse = np.int64(255) - self._text.scores[rows]
            if self._query.sort.startswith("-"):
                worse = -worse
            keys += worse * len(self._columns)
        best = np.arange(len(rows))
        if last < len(rows):
            best = np.argpartition(keys, last - 1)[:last]
        ordered = best[np.argsort(keys[best])]
        return rows[ordered[first:last]]


def _listed(column: FacetColumn, counts: Counts, chosen: Set[int]) -> tuple[list[FacetValue], int]:
    """Return a facet's values, chosen ones first, then by count; and how many are left out."""
    order = np.argsort(-counts, kind="stable")
    order = order[: np.count_nonzero(counts)]
    others = [code for code in order.tolist() if code not in chosen]
    first = sorted(chosen, key=lambda code: (-counts[code], code))
    shown = others[: max(0, MOST_VALUES - len(first))]
    values = [
        FacetValue(value=column.labels[code], count=int(counts[code]), selected=code in chosen)
        for code in (*first, *shown)
    ]
    return values, len(others) - len(shown)
