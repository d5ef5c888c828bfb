"""A search over the columns: which rows, which counts, which page."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from jupyterlab_datahub.catalog.columns import Columns
from jupyterlab_datahub.catalog.entry import UNKNOWN
from jupyterlab_datahub.catalog.facets import Choice, facet_position, facet_title
from jupyterlab_datahub.catalog.matching import TextIndex
from jupyterlab_datahub.model import Facet, FacetValue, Hit, SearchResult, Summary
from jupyterlab_datahub.model.decoding import msgpack_decoder

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection as Set

    from numpy.typing import NDArray

    from jupyterlab_datahub.catalog.facets import Counts, FacetColumn, Mask, Rows
    from jupyterlab_datahub.model import Range, SearchQuery

MOST_VALUES = 200
"""Values of one facet that a result lists; ``Facet.more`` says how many are left."""

# When a text leaves fewer than one row in so many, only those are looked at from there on.
_FEW = 8

_decode_hit = msgpack_decoder(Hit)


class SearchIndex:
    """Everything in memory that answers searches of one generation; threads share it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.columns = Columns(connection)
        self.text = TextIndex(self.columns)
        self._places: dict[str, NDArray[np.int32]] = {}
        self._orders: dict[str, Rows] = {}

    @property
    def generation(self) -> int:
        """The state of the file this index shows."""
        return self.columns.generation

    def places(self, connection: sqlite3.Connection, sort: str) -> NDArray[np.int32]:
        """Return each row's place in an order; unknown values last, ties in catalog order."""
        if sort not in self._places:
            self._places[sort] = self._sorted(connection, sort)
        return self._places[sort]

    def order(self, connection: sqlite3.Connection, sort: str) -> Rows:
        """Return all rows in an order."""
        if sort not in self._orders:
            self._orders[sort] = np.argsort(self.places(connection, sort))
        return self._orders[sort]

    def _sorted(self, connection: sqlite3.Connection, sort: str) -> NDArray[np.int32]:
        name, descending = sort.removeprefix("-"), sort.startswith("-")
        if name == "relevance":
            newest = self.columns.newest_first
            return len(newest) - 1 - newest if descending else newest
        if name == "title":
            direction = "DESC" if descending else "ASC"
            ordered = connection.execute(
                f"SELECT id FROM dataset ORDER BY sort_title {direction}, id"  # noqa: S608 - ASC or DESC
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
    parts
        Keys of the parts to search, None for all there are.
    """

    def __init__(
        self,
        index: SearchIndex,
        connection: sqlite3.Connection,
        query: SearchQuery,
        parts: Set[str] | None,
    ) -> None:
        self._index = index
        self._columns = index.columns
        self._connection = connection
        self._query = query
        self._parts = parts
        self._text = index.text.match(connection, query.text) if query.text else None
        self._chosen = {
            name: self._codes(name, values) for name, values in query.facets.items() if values
        }

    def result(self) -> SearchResult:
        """Return the page, the facets and the sums; the states of Sources are added later."""
        hits = self._hits
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
        counts = column.counts(self._hits_without("source"))
        return dict(zip(column.labels, counts.tolist(), strict=True))

    def _codes(self, name: str, values: tuple[str, ...]) -> dict[str, int | None]:
        column = self._columns.facets.get(name)
        return {value: column.code(value) if column else None for value in values}

    @cached_property
    def _candidates(self) -> Rows | None:
        """The few rows that the text leaves; None for all rows."""
        if self._text is None:
            return None
        found = self._text.scores > 0
        if np.count_nonzero(found) * _FEW > len(found):
            return None
        return np.flatnonzero(found)

    @cached_property
    def _conditions(self) -> list[Mask]:
        """What must hold whatever is chosen in a facet, shape (candidates,) each."""
        masks = [
            self._in_range(name, interval)
            for name, interval in self._query.ranges.items()
            if interval.min is not None or interval.max is not None
        ]
        if self._text is not None and self._candidates is None:
            masks.append(self._text.scores > 0)
        column = self._columns.parts
        if self._parts is not None and column is not None:
            searched = [i for i, key in enumerate(column.labels) if key in self._parts]
            if len(searched) < len(column.labels):
                masks.append(column.having(searched, self._candidates))
        return masks

    @cached_property
    def _choices(self) -> dict[str, Mask]:
        """What must hold for each facet that something is chosen in, shape (candidates,)."""
        masks = {}
        for name, values in self._chosen.items():
            known = {code for code in values.values() if code is not None}
            if known:
                masks[name] = self._columns.facets[name].having(known, self._candidates)
            else:
                masks[name] = np.zeros(self._height, dtype=np.bool_)
        return masks

    @property
    def _height(self) -> int:
        return len(self._columns) if self._candidates is None else len(self._candidates)

    def _in_range(self, name: str, interval: Range) -> Mask:
        numbers = {
            "cells": self._columns.cells,
            "size": self._columns.size,
            "year": self._columns.year,
        }[name]
        if self._candidates is not None:
            numbers = numbers[self._candidates]
        mask: Mask = numbers != UNKNOWN
        if interval.min is not None:
            mask &= numbers >= interval.min
        if interval.max is not None:
            mask &= numbers <= interval.max
        return mask

    @cached_property
    def _hits(self) -> Choice:
        return self._with_all_but("")

    def _hits_without(self, name: str) -> Choice:
        """Return the rows that would be hits if nothing were chosen in one facet."""
        return self._with_all_but(name) if name in self._choices else self._hits

    def _with_all_but(self, name: str) -> Choice:
        masks = [*self._conditions, *(m for n, m in self._choices.items() if n != name)]
        total = len(self._columns)
        if not masks:
            return Choice(total, self._candidates)
        together = masks[0]
        for mask in masks[1:]:
            together = together & mask
        if self._candidates is None:
            return Choice(total, np.flatnonzero(together))
        return Choice(total, self._candidates[together])

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
            counts = column.counts(self._hits_without(name))
            codes = {code for code in chosen.values() if code is not None}
            listed, more = _listed(column, counts, codes, self._query)
            values = [*listed[: len(codes)], *values, *listed[len(codes) :]]
        return Facet(name=name, title=facet_title(name), values=tuple(values), more=more)

    def _page(self) -> tuple[Hit, ...]:
        rows = self._page_rows()
        ids = self._columns.ids[rows].tolist()
        marks = ",".join("?" * len(ids))
        query = f"SELECT id, hit FROM dataset WHERE id IN ({marks})"  # noqa: S608 - question marks
        found = dict(self._connection.execute(query, ids).fetchall())
        return tuple(_decode_hit(found[key]) for key in ids)

    def _page_rows(self) -> Rows:
        """Return the rows of the page asked for, in order."""
        sort, hits = self._query.sort, self._hits
        first, last = self._query.offset, self._query.offset + self._query.limit
        if hits.everything:
            return self._index.order(self._connection, sort)[first:last]
        rows = hits.rows
        if first >= len(rows) or first == last:
            return rows[:0]
        keys = self._index.places(self._connection, sort)[rows].astype(np.int64)
        if self._text is not None and sort.endswith("relevance"):
            worse = np.int64(255) - self._text.scores[rows]
            keys += (-worse if sort.startswith("-") else worse) * len(self._columns)
        best = np.arange(len(rows))
        if last < len(rows):
            best = np.argpartition(keys, last - 1)[:last]
        ordered = best[np.argsort(keys[best])]
        return rows[ordered[first:last]]


def _listed(
    column: FacetColumn, counts: Counts, chosen: Set[int], query: SearchQuery
) -> tuple[list[FacetValue], int]:
    """Return a facet's values, chosen ones first, then by count; and how many are left out."""
    found = counts.tolist()
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)].tolist()
    others = [code for code in order if code not in chosen] if chosen else order
    if column.name in query.find:
        others = [code for code in others if query.lists(column.name, column.labels[code])]
    first = sorted(chosen, key=lambda code: (-found[code], code))
    shown = others[: max(0, MOST_VALUES - len(first))]
    values = [
        FacetValue(value=column.labels[code], count=found[code], selected=code in chosen)
        for code in (*first, *shown)
    ]
    return values, len(others) - len(shown)
