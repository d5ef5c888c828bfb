"""The explorer of a commons: its indexes are searched, counted and exported by guppy."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import BadRequestError, DataHubError
from jupyterlab_datahub.model import (
    EntityType,
    Export,
    Facet,
    FacetValue,
    Figure,
    Hit,
    RangeFacet,
    SearchResult,
    Summary,
)
from jupyterlab_datahub.sources.gen3 import graph, listing, manifests, names, refs
from jupyterlab_datahub.sources.gen3.indexes import (
    PREFIX,
    TYPES,
    Index,
    indexes_of,
)
from jupyterlab_datahub.sources.gen3.session import KIND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import BufferedIOBase

    from jupyterlab_datahub.model import Asset, SearchQuery
    from jupyterlab_datahub.sources.gen3.session import Session

DOWNLOAD = "/guppy/download"
KEPT_SECONDS = 600.0
WINDOW = 10_000
"""Documents that can be reached in pages."""

ACCESSIBLE = "accessible"


class Explorer:
    """The indexes of one commons; usable from any thread.

    Parameters
    ----------
    session
        Who asks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._kept: tuple[float, dict[str, Index]] | None = None

    def indexes(self) -> dict[str, Index]:
        """Return the indexes by the names of their entities; none where there is no guppy."""
        with self._lock:
            if self._kept and time.monotonic() - self._kept[0] < KEPT_SECONDS:
                return self._kept[1]
        try:
            said = graph.query(self._session, TYPES, endpoint=graph.GUPPY)
        except DataHubError:
            # Many commons have none; one that is down for a moment is asked again.
            return {}
        found = {one.entity.name: one for one in indexes_of(said.get("__schema") or {})}
        with self._lock:
            self._kept = time.monotonic(), found
        return found

    def search(
        self, index: Index, query: SearchQuery, entities: tuple[EntityType, ...]
    ) -> SearchResult:
        """Answer a search of one index.

        Raises
        ------
        BadRequestError
            If it goes beyond what guppy gives in pages.
        AccessError, CatalogError
        """
        if query.offset + query.limit > WINDOW:
            raise BadRequestError(
                f"{self._session.who.title} shows the first {WINDOW:,} of a search",
                source=self._session.who.source,
                hint="Search for something narrower, or download the table.",
            )
        missing = set(query.facets) - set(index.facets) | set(query.ranges) - set(index.ranges)
        wanted = _filter(index, query)
        variables: dict[str, Any] = {"filter": wanted, "sort": _sort(index, query)}
        data = graph.query(
            self._session, _question(index, query, want=not missing), variables, graph.GUPPY
        )
        counted = (data.get("counts") or {}).get(index.name) or {}
        # A condition on what an index does not have is met by nothing in it.
        total = 0 if missing else int(counted.get("_totalCount") or 0)
        hits = () if missing else tuple(self._hit(index, one) for one in data.get("found") or ())
        size = _numbers(counted.get("file_size")).get("sum")
        figures = [Figure(name=index.name, title=index.name.capitalize(), value=total)]
        if size is not None and total:
            figures.append(Figure(name="size", title="Size", value=size, unit="bytes"))
        return SearchResult(
            total=total,
            hits=hits,
            facets=tuple(_facets(index, query, counted)) if not missing else (),
            summary=Summary(datasets=total, bytes=int(size or 0), figures=tuple(figures)),
            sources=(listing.status(self._session, total),),
            offset=query.offset,
            entity=index.entity.name,
            entities=entities,
            ranges=tuple(_ranges(index, counted)),
            exports=tuple(self._exports(index, wanted, total, size)) if total else (),
        )

    def table(self, question: Mapping[str, Any], file: BufferedIOBase) -> None:
        """Write a table of what a filter leaves to a file, with tabs.

        Raises
        ------
        BadRequestError, AccessError, CatalogError
        """
        self._session.ask("POST", DOWNLOAD, body=_body(question, "tsv"), into=file)

    def files(self, question: Mapping[str, Any]) -> tuple[Asset, ...]:
        """Return the files that a filter leaves.

        Raises
        ------
        BadRequestError, AccessError, CatalogError
        """
        index = self.indexes().get(f"{PREFIX}{question.get('type')}")
        if index is None or not index.guid:
            raise BadRequestError(
                f"{self._session.who.title} has no such index of files",
                source=self._session.who.source,
                hint="Make the group anew from the search.",
            )
        wanted = [
            field
            for field in (index.guid, "file_name", "file_size", "md5sum")
            if field in index.fields
        ]
        body = _body({**question, "fields": wanted}, "json")
        answer = self._session.ask("POST", DOWNLOAD, body=body)
        said = self._session.client.decode(answer, tuple[dict[str, Any], ...])
        entries = [{**one, "object_id": one[index.guid]} for one in said if one.get(index.guid)]
        return manifests.assets(self._session, entries) if entries else ()

    def _hit(self, index: Index, found: dict[str, Any]) -> Hit:
        guid = _text(found.get(index.guid)) if index.guid else ""
        title = _text(found.get(index.title)).rpartition("/")[2] or guid or index.name
        identifier = guid or _text(found.get(f"{index.name}_id")) or title
        field = index.guid or f"{index.name}_id"
        if field not in index.fields:
            field = index.title
        one = {"type": index.name, "filter": {"=": {field: found.get(field)}}}
        format_ = names.format_of(title) if index.guid else ""
        return Hit(
            ref=(
                refs.file_ref(self._session, guid)
                if guid
                else refs.asked_ref(self._session, refs.GUPPY, one)
            ),
            id=identifier,
            source=self._session.config.name,
            kind=KIND,
            title=title,
            collection=_text(found.get("project_id")),
            size=manifests.size_of(found),
            format=format_ or ("" if guid else "tsv"),
            loads_as_anndata=bool(guid) and names.becomes_anndata(title),
        )

    def _exports(
        self, index: Index, wanted: dict[str, Any], total: int, size: float | None
    ) -> Iterator[Export]:
        question = {"type": index.name, "filter": wanted}
        yield Export(
            ref=refs.asked_ref(self._session, refs.GUPPY, question),
            title="Table (TSV)",
            format="tsv",
            description=f"All fields of {total:,} {index.name} documents",
        )
        if index.guid:
            yield Export(
                ref=refs.asked_ref(self._session, refs.FILES, question),
                title="All these files",
                format="group",
                description="Downloads every file that the search finds",
                members=total,
                size=int(size) if size is not None else None,
            )


def _question(index: Index, query: SearchQuery, *, want: bool) -> str:
    name = index.name
    counts = [f"{field} {{ histogram {{ key count }} }}" for field in index.facets.values()]
    counts += [f"{field} {{ histogram {{ min max sum }} }}" for field in index.numbers]
    shown = " ".join(index.fields)
    page = f"offset: {query.offset}, first: {max(query.limit, 1) if want else 1}"
    return (
        "query Explore($filter: JSON, $sort: JSON) { "
        f"found: {name}({page}, filter: $filter, sort: $sort, accessibility: {ACCESSIBLE}) "
        f"{{ {shown} }} "
        f"counts: _aggregation {{ {name}(filter: $filter, filterSelf: false, "
        f"accessibility: {ACCESSIBLE}) {{ _totalCount {' '.join(counts)} }} }} }}"
    )


def _filter(index: Index, query: SearchQuery) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = [
        {"IN": {index.facets[name]: list(values)}}
        for name, values in query.facets.items()
        if name in index.facets
    ]
    for name, limits in query.ranges.items():
        if (field := index.ranges.get(name)) is None:
            continue
        if limits.min is not None:
            conditions.append({">=": {field: limits.min}})
        if limits.max is not None:
            conditions.append({"<=": {field: limits.max}})
    if query.text.strip():
        searched = [field for field in (index.title, *index.texts) if field in index.fields]
        fields = list(dict.fromkeys(searched))
        conditions.append({"search": {"keyword": query.text.strip(), "fields": fields}})
    return {"AND": conditions}


def _sort(index: Index, query: SearchQuery) -> list[dict[str, str]]:
    order = "desc" if query.sort.startswith("-") else "asc"
    field = {"title": index.title, "size": index.ranges.get("size", "")}.get(
        query.sort.removeprefix("-"), ""
    )
    return [{field: order}] if field else []


def _facets(index: Index, query: SearchQuery, counted: dict[str, Any]) -> Iterator[Facet]:
    for name, field in index.facets.items():
        chosen = query.facets.get(name, ())
        bins = (counted.get(field) or {}).get("histogram") or ()
        counts = {str(one["key"]): int(one["count"]) for one in bins if one.get("key") is not None}
        for value in chosen:
            counts.setdefault(value, 0)
        ordered = sorted(
            (value for value in counts if value in chosen or query.lists(name, value)),
            key=lambda value: (value not in chosen, -counts[value], value),
        )
        if ordered:
            yield Facet(
                name=name,
                title=listing.TITLES.get(name, field.replace("_", " ").capitalize()),
                values=tuple(
                    FacetValue(value=value, count=counts[value], selected=value in chosen)
                    for value in ordered[: listing.MOST_VALUES]
                ),
                more=max(0, len(ordered) - listing.MOST_VALUES),
            )


def _ranges(index: Index, counted: dict[str, Any]) -> Iterator[RangeFacet]:
    for name, field in index.ranges.items():
        ends = _numbers(counted.get(field))
        yield RangeFacet(
            name=name,
            title="Size" if name == "size" else field.replace("_", " ").capitalize(),
            unit="bytes" if name == "size" else "count",
            least=ends.get("min"),
            most=ends.get("max"),
        )


def _numbers(said: Any) -> dict[str, float]:
    bins = (said or {}).get("histogram") or ()
    first = bins[0] if bins else {}
    return {name: float(value) for name, value in first.items() if isinstance(value, int | float)}


def _body(question: Mapping[str, Any], form: str) -> bytes:
    sent = {
        "type": str(question.get("type") or ""),
        "filter": question.get("filter") or {},
        "accessibility": ACCESSIBLE,
        "format": form,
    }
    if fields := question.get("fields"):
        sent["fields"] = fields
    return msgspec.json.encode(sent)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
