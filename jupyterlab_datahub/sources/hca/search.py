"""Azul's own search, as the project asks for it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import (
    CatalogState,
    EntityType,
    SearchResult,
    SourceStatus,
    Summary,
)
from jupyterlab_datahub.sources.beside import beside
from jupyterlab_datahub.sources.hca import exports, summaries
from jupyterlab_datahub.sources.hca.api import MOST_HITS, CatalogGoneError, UnknownFieldError
from jupyterlab_datahub.sources.hca.facets import facets_of, ranges
from jupyterlab_datahub.sources.hca.fields import named
from jupyterlab_datahub.sources.hca.filters import YEAR, filters_of, narrowed
from jupyterlab_datahub.sources.hca.hits import MAKERS
from jupyterlab_datahub.sources.hca.paging import Found, Pages, Wanted
from jupyterlab_datahub.sources.hca.refs import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_datahub.model import SearchQuery
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.hca.api import AzulApi
    from jupyterlab_datahub.sources.hca.fields import FieldNames
    from jupyterlab_datahub.sources.hca.refs import Filters
    from jupyterlab_datahub.sources.hca.texts import Texts

PROJECTS, SAMPLES, FILES = "projects", "samples", "files"
ENTITIES = (
    EntityType(name=PROJECTS, title="Projects"),
    EntityType(name=SAMPLES, title="Samples"),
    EntityType(name=FILES, title="Files"),
)
SORTS = {
    "title": {PROJECTS: "projectTitle", SAMPLES: "sampleId", FILES: "fileName"},
    "date": {PROJECTS: "aggregateUpdateDate", SAMPLES: "updateDate", FILES: "updateDate"},
    "size": {FILES: "fileSize"},
}
"""Azul's field for an order, where it has one; cells have names that differ by catalog."""

MOST_KEPT = 64


class Asked(NamedTuple):
    """A search in Azul's words; ``ranking`` is how well projects fit a text, ``note`` a caveat."""

    wanted: Wanted
    ranking: Mapping[str, int] | None = None
    note: str = ""


class LiveSearch:
    """Searches one service; may be used from several threads."""

    def __init__(self, api: AzulApi, config: SourceConfig, names: FieldNames, texts: Texts) -> None:
        self._api = api
        self._config = config
        self._names = names
        self._texts = texts
        self._pages = Pages(api)
        self._lock = Lock()
        self._begun: dict[tuple[object, ...], str] = {}

    def search(self, query: SearchQuery) -> SearchResult:
        """Answer a search for projects, samples or files.

        Raises
        ------
        BadRequestError
            If it asks for what this catalog does not have.
        ConflictError
            If the catalog was replaced since the first page.
        CatalogError
        """
        entity = query.entity or PROJECTS
        if entity not in MAKERS:
            raise BadRequestError(
                f"{self._api.title} cannot be searched for {entity[:40]!r}",
                source=self._config.name,
                hint=f"It has {', '.join(MAKERS)}.",
            )
        query = msgspec.structs.replace(
            query,
            facets={named(name): values for name, values in query.facets.items()},
            ranges={named(name): limits for name, limits in query.ranges.items()},
        )
        catalog, note = self._catalog(query, entity)
        try:
            return self._in(catalog, entity, query, note)
        except CatalogGoneError:
            newest = self._newest(catalog)
            if query.offset:
                raise self._replaced(catalog, newest) from None
            return self._in(newest, entity, query, "")

    def _in(self, catalog: str, entity: str, query: SearchQuery, note: str) -> SearchResult:
        """Search a catalog, under other names of fields where it does not know ours."""
        while True:
            try:
                asked = self._asked(catalog, entity, query)
                if asked is None:
                    return self._result(query, catalog, entity, Found([], 0, {}), Summary(), note)
                found, summary = self._answers(asked, query)
            except UnknownFieldError as error:
                if not self._names.refuse(catalog, error.field):
                    raise
                continue
            self._begin(query, entity, catalog)
            note = " ".join(filter(None, (note, asked.note)))
            return self._result(query, catalog, entity, found, summary, note, asked.wanted.filters)

    def _asked(self, catalog: str, entity: str, query: SearchQuery) -> Asked | None:
        """Return a search in Azul's words, None where nothing can fit."""
        filters = filters_of(query, self._names, catalog, self._config.name)
        order, note = self._order(query.sort, entity, catalog)
        text = query.text.strip()
        years, span = query.facets.get(YEAR, ()), query.ranges.get(YEAR)
        if not (text or years or span):
            return Asked(Wanted(entity, catalog, filters, order), None, note)
        ranking = self._texts.matching(catalog, text, years, span)
        if entity == FILES and (name := _file_field(text, ranking)):
            exact = {**filters, name: {"is": [text]}}
            return Asked(Wanted(entity, catalog, exact, order), None, note)
        narrow = narrowed(filters, frozenset(ranking))
        if not narrow["projectId"]["is"]:
            return None
        ranked = ranking if query.sort == "relevance" and entity == PROJECTS and text else None
        return Asked(Wanted(entity, catalog, narrow, order), ranked, note)

    def _answers(self, asked: Asked, query: SearchQuery) -> tuple[Found, Summary]:
        """Ask for a page and for the figures at the same time."""
        wanted = asked.wanted
        summary = beside(
            lambda: summaries.ask(self._api, wanted.catalog, wanted.filters), "hca-summary"
        )
        most = MOST_HITS[wanted.entity]
        if asked.ranking is not None and len(asked.ranking) <= most:
            ranking = asked.ranking
            every = self._pages.read(wanted, 0, most)
            ordered = sorted(every.hits, key=lambda hit: -ranking.get(str(hit["entryId"]), 0))
            found = every._replace(hits=ordered[query.offset : query.offset + query.limit])
        else:
            found = self._pages.read(wanted, query.offset, query.limit)
        return found, summary()

    def _order(self, sort: str, entity: str, catalog: str) -> tuple[dict[str, str], str]:
        """Return how Azul is to order, and what is to be said where it cannot."""
        name = sort.removeprefix("-")
        if name == "relevance":
            return {}, ""
        field = SORTS.get(name, {}).get(entity, "")
        if name == "cells":
            field = self._names.azul(catalog, "cells")
        if not field:
            return {}, f"{entity.capitalize()} cannot be ordered by {name}."
        return {"sort": field, "order": "desc" if sort.startswith("-") else "asc"}, ""

    def _result(
        self,
        query: SearchQuery,
        catalog: str,
        entity: str,
        found: Found,
        summary: Summary,
        note: str,
        filters: Filters | None = None,
    ) -> SearchResult:
        self._names.learn(catalog, found.facets)
        config = self._config
        hits = (MAKERS[entity](hit, catalog, config.name) for hit in found.hits)
        figures = {figure.name: int(figure.value) for figure in summary.figures}
        status = SourceStatus(
            name=config.name,
            title=self._api.title,
            kind=config.kind,
            url=config.url,
            state=CatalogState.READY,
            datasets=found.total,
            matches=found.total,
            progress=note,
            live=True,
        )
        return SearchResult(
            total=found.total,
            hits=tuple(hit for hit in hits if hit is not None),
            facets=facets_of(found.facets, query),
            summary=summary,
            sources=(status,),
            offset=query.offset,
            entity=entity,
            entities=ENTITIES,
            ranges=ranges(),
            exports=exports.exports_of(catalog, filters, figures.get("files"), figures.get("size"))
            if filters and found.total
            else (),
        )

    def _catalog(self, query: SearchQuery, entity: str) -> tuple[str, str]:
        """Return the catalog to search: for a later page that of the first one.

        A release may come between two pages: then the list goes on where it was, or ends in
        words, but never mixes two catalogs.
        """
        newest = self._api.catalog()
        with self._lock:
            begun = self._begun.get(_key(query, entity), newest) if query.offset else newest
        if begun == newest:
            return newest, ""
        if begun not in self._api.catalogs().catalogs:
            raise self._replaced(begun, newest)
        return begun, f"These are pages of {begun}; {newest} has come out since. Search again."

    def _begin(self, query: SearchQuery, entity: str, catalog: str) -> None:
        key = _key(query, entity)
        with self._lock:
            self._begun.pop(key, None)
            self._begun[key] = catalog
            while len(self._begun) > MOST_KEPT:
                del self._begun[next(iter(self._begun))]

    def _newest(self, gone: str) -> str:
        self._api.catalogs(fresh=True)
        newest = self._api.catalog()
        if newest == gone:
            raise BadRequestError(
                f"{self._api.title} names a catalog, {gone}, that it does not have",
                source=self._config.name,
                hint="Try again in a few minutes.",
            )
        return newest

    def _replaced(self, gone: str, newest: str) -> ConflictError:
        return ConflictError(
            f"{self._api.title} replaced its catalog {gone} by {newest} between two pages",
            source=self._config.name,
            hint="Search again: the list begins anew.",
        )


def _file_field(text: str, ranking: Mapping[str, int]) -> str:
    """Return the field of a file that a text is the whole of, empty if it is of projects."""
    if UUID.fullmatch(text):
        return "" if text.lower() in ranking else "fileId"
    return "fileName" if not ranking and " " not in text else ""


def _key(query: SearchQuery, entity: str) -> tuple[object, ...]:
    """Return what is the same for all pages of a search."""
    facets = tuple(sorted(query.facets.items()))
    spans = tuple((name, one.min, one.max) for name, one in sorted(query.ranges.items()))
    return entity, query.text, facets, spans, query.sort
