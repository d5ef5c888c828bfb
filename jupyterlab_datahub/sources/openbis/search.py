"""Search in an openBIS, which counts no facets itself.

Where a search finds few enough datasets, all of them come and everything is counted here,
exactly. Where it finds more, openBIS picks and sorts, and the facets are those of the newest.
"""

from __future__ import annotations

import re
import time
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import (
    CatalogState,
    Hit,
    SearchResult,
    SourceStatus,
    Summary,
)
from jupyterlab_datahub.sources.openbis import options, question, records, refs
from jupyterlab_datahub.sources.openbis.facets import facets_of, fits, in_range, ordered, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.model import Facet, SearchQuery
    from jupyterlab_datahub.sources.openbis.criteria import Json
    from jupyterlab_datahub.sources.openbis.session import Session

MOST_COUNTED = 1000
"""Datasets that come at once to be counted."""

KEPT_SECONDS = 20.0
"""How long the datasets of a search are used again, as when a facet is chosen."""

MOST_KEPT = 4

_YEAR = re.compile(r"\d{4}", re.ASCII)

_FIELDS = {"relevance": "REGISTRATION_DATE", "date": "REGISTRATION_DATE", "title": "CODE"}
"""Fields of openBIS by the orders that it knows."""


class _Found(NamedTuple):
    datasets: tuple[records.DataSet, ...]
    total: int


class LiveSearch:
    """Searches in one openBIS; usable from any thread.

    Parameters
    ----------
    session
        Who asks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._kept: dict[bytes, tuple[float, _Found]] = {}

    def search(self, query: SearchQuery) -> SearchResult:
        """Answer a search.

        The facets are those of :data:`~.facets.TITLES`; a query may also have ``collection``,
        ``object``, ``registered`` (days) and ``property:CODE`` among its facets.

        Raises
        ------
        BadRequestError
            If it has conditions or an order that openBIS does not know.
        RequestError, CatalogError
        """
        self._check(query)
        base = question.asked_for(self._session, query)
        found = self._newest(base)
        if found.total <= len(found.datasets):
            return self._exact(query, found)
        return self._picked(query, base)

    def _exact(self, query: SearchQuery, found: _Found) -> SearchResult:
        """Answer from all datasets that fit the query but for its facets."""
        sized = [one for one in found.datasets if in_range(size_of(one), query.ranges.get("size"))]
        hits = [one for one in sized if fits(one, query.facets)]
        shown = ordered(hits, query.sort)
        return self._result(query, shown, len(hits), facets_of(sized, query), hits)

    def _picked(self, query: SearchQuery, base: Json) -> SearchResult:
        """Answer with what openBIS picks and sorts."""
        name = query.sort.removeprefix("-")
        if name not in _FIELDS or "size" in query.ranges:
            raise BadRequestError(
                f"{self._session.who.title} finds too many datasets to compare their sizes",
                source=self._session.who.source,
                hint="Search for something narrower, or sort by date.",
            )
        ascending = name != "relevance" and not query.sort.startswith("-")
        asked = question.chosen(base, query.facets)
        wanted = options.sorted_by(options.DATASET_LINE, _FIELDS[name], ascending=ascending)
        found = self._found(asked, options.page(wanted, query.offset, max(query.limit, 1)))
        newest = self._newest(asked)
        exact = newest.total <= len(newest.datasets)
        note = f"facets counted on the newest {len(newest.datasets):,} of {newest.total:,} datasets"
        result = self._result(
            msgspec.structs.replace(query, offset=0),
            found.datasets,
            found.total,
            facets_of(newest.datasets, query),
            newest.datasets,
            "" if exact else note,
        )
        summary = msgspec.structs.replace(result.summary, datasets=found.total)
        return msgspec.structs.replace(result, offset=query.offset, summary=summary)

    def _result(
        self,
        query: SearchQuery,
        datasets: Sequence[records.DataSet],
        total: int,
        facets: tuple[Facet, ...],
        summed: Sequence[records.DataSet],
        note: str = "",
    ) -> SearchResult:
        shown = datasets[query.offset : query.offset + query.limit]
        sizes = [size_of(one) for one in summed]
        config = self._session.config
        status = SourceStatus(
            name=config.name,
            title=self._session.who.title,
            kind=config.kind,
            url=config.url,
            state=CatalogState.READY,
            datasets=total,
            matches=total,
            progress=note,
        )
        return SearchResult(
            total=total,
            hits=tuple(self._hit(one) for one in shown),
            facets=facets,
            summary=Summary(
                datasets=total,
                bytes=sum(size or 0 for size in sizes),
                unknown_sizes=sum(size is None for size in sizes),
            ),
            sources=(status,),
            offset=query.offset,
        )

    def _hit(self, found: records.DataSet) -> Hit:
        permid = found.perm_id.perm_id
        owner = found.owner
        return Hit(
            ref=refs.dataset_ref(self._session, permid),
            id=permid,
            source=self._session.config.name,
            kind=refs.KIND,
            title=found.title,
            collection=owner.identifier.identifier if owner else "",
            size=size_of(found),
            format=found.type_code,
            # What its files are is known when it is opened; as a path all of them can be loaded.
            loads_as_anndata=found.kind != "CONTAINER",
            date=records.moment(found.registration_date),
        )

    def _newest(self, asked: Json) -> _Found:
        """Return the newest datasets that fit, which may have been fetched a moment ago."""
        key = msgspec.json.encode([self._session.token(), asked])
        now = time.monotonic()
        with self._lock:
            self._kept = {k: v for k, v in self._kept.items() if now - v[0] < KEPT_SECONDS}
            if key in self._kept:
                return self._kept[key][1]
        wanted = options.sorted_by(options.DATASET_LINE, "REGISTRATION_DATE", ascending=False)
        found = self._found(asked, options.page(wanted, 0, MOST_COUNTED))
        with self._lock:
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (now, found)
        return found

    def _found(self, asked: Json, wanted: Json) -> _Found:
        answer = self._session.call("searchDataSets", asked, wanted)
        return _Found(*records.found(self._session, answer, records.DataSet))

    def _check(self, query: SearchQuery) -> None:
        known = {*question.CONDITIONS, question.SOURCE}
        conditions = [
            name
            for name in query.facets
            if name not in known and not name.startswith(question.PROPERTY)
        ]
        conditions += [name for name in query.ranges if name not in ("year", "size")]
        conditions += [year for year in query.facets.get("year", ()) if not _YEAR.fullmatch(year)]
        if conditions:
            raise BadRequestError(
                f"{self._session.who.title} knows no {conditions[0][:40]!r} of datasets",
                source=self._session.who.source,
                hint=f"It knows {', '.join(question.CONDITIONS)}.",
            )
