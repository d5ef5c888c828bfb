"""Choosing among things that are all at hand: words, facets, sizes, order, pages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.model import (
    CatalogState,
    EntityType,
    Facet,
    FacetValue,
    Figure,
    Hit,
    SearchResult,
    SourceStatus,
    Summary,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from jupyterlab_datahub.model import Export, SearchQuery
    from jupyterlab_datahub.sources.gen3.session import Session

STUDIES = "studies"
FILES = "files"
OBJECTS = "objects"
ENTITIES = {
    STUDIES: EntityType(name=STUDIES, title="Studies"),
    FILES: EntityType(name=FILES, title="Files"),
    OBJECTS: EntityType(name=OBJECTS, title="Objects"),
}
MOST_VALUES = 100
"""Values of a facet that are listed."""

TITLES = {
    "access": "Access",
    "assay": "Assay",
    "cell_type": "Cell type",
    "disease": "Disease",
    "format": "Format",
    "node_type": "Node type",
    "organism": "Organism",
    "project": "Project",
    "sex": "Sex",
    "tissue": "Tissue",
}
"""What facets are called; the others are called what the commons calls them."""


class Item(NamedTuple):
    """Something that can be found: its line, its words in lower case, and its facets."""

    hit: Hit
    words: str
    facets: Mapping[str, tuple[str, ...]]
    files: int = 1


class Found(NamedTuple):
    """What a query leaves of some items."""

    items: Sequence[Item]
    facets: tuple[Facet, ...]

    @property
    def size(self) -> int:
        """Bytes of all of it, as far as they are known."""
        return sum(item.hit.size or 0 for item in self.items)


def chosen(items: Iterable[Item], query: SearchQuery) -> Found:
    """Return what a query leaves; each facet is counted as if nothing of it were chosen."""
    words = query.text.casefold().split()
    sized = [
        item
        for item in items
        if all(word in item.words for word in words) and _in_range(item.hit.size, query)
    ]
    names = sorted({name for item in sized for name in item.facets} | set(query.facets))
    hits = [item for item in sized if fits(item, query.facets)]
    facets = tuple(_facet(name, sized, query) for name in names)
    return Found(_ordered(hits, query, words), tuple(one for one in facets if one.values))


def fits(item: Item, conditions: Mapping[str, Collection[str]], but: str = "") -> bool:
    """Return whether an item has a chosen value of each facet, one facet left out."""
    return all(
        name == but or not set(values).isdisjoint(item.facets.get(name, ()))
        for name, values in conditions.items()
    )


def result(
    session: Session,
    query: SearchQuery,
    found: Found,
    *,
    entity: str,
    entities: tuple[EntityType, ...],
    titles: Mapping[str, str] | None = None,
    exports: tuple[Export, ...] = (),
    note: str = "",
) -> SearchResult:
    """Return a page of what was found.

    Parameters
    ----------
    session
        Who asked.
    query, found
        What was asked for, and all that it leaves.
    entity, entities
        What was searched for, and what else could be.
    titles
        What facets are called, beside those that have a name here.
    exports
        What can be made of it.
    note
        What a user should know of the answer.
    """
    count = len(found.items)
    files = sum(item.files for item in found.items)
    figures = [Figure(name=entity, title=ENTITIES[entity].title, value=count)]
    if entity == STUDIES:
        figures.append(Figure(name=FILES, title=ENTITIES[FILES].title, value=files))
    figures.append(Figure(name="size", title="Size", value=found.size, unit="bytes"))
    named = TITLES | dict(titles or {})
    return SearchResult(
        total=count,
        hits=tuple(item.hit for item in found.items[query.offset : query.offset + query.limit]),
        facets=tuple(
            Facet(
                name=one.name, title=named.get(one.name, one.name), values=one.values, more=one.more
            )
            for one in found.facets
        ),
        summary=Summary(
            datasets=count,
            bytes=found.size,
            unknown_sizes=sum(item.hit.size is None for item in found.items),
            figures=tuple(figures),
        ),
        sources=(status(session, count, note),),
        offset=query.offset,
        entity=entity,
        entities=entities,
        exports=exports if count else (),
    )


def status(session: Session, count: int, note: str = "") -> SourceStatus:
    """Return how a commons stands that has answered."""
    return SourceStatus(
        name=session.config.name,
        title=session.who.title,
        kind=session.config.kind,
        url=session.config.url,
        state=CatalogState.READY,
        datasets=count,
        matches=count,
        progress=note,
        live=True,
    )


def _in_range(size: int | None, query: SearchQuery) -> bool:
    for name, limits in query.ranges.items():
        if name != "size" or size is None:
            # What is not known of a thing cannot be between two numbers.
            return False
        if limits.min is not None and size < limits.min:
            return False
        if limits.max is not None and size > limits.max:
            return False
    return True


def _facet(name: str, items: Sequence[Item], query: SearchQuery) -> Facet:
    mine = set(query.facets.get(name, ()))
    counts = Counter(
        value
        for item in items
        if fits(item, query.facets, but=name)
        for value in item.facets.get(name, ())
        if value in mine or query.lists(name, value)
    )
    for value in mine:
        counts.setdefault(value, 0)
    ordered = sorted(counts, key=lambda value: (value not in mine, -counts[value], value))
    values = (
        FacetValue(value=value, count=counts[value], selected=value in mine)
        for value in ordered[:MOST_VALUES]
    )
    return Facet(
        name=name, title=name, values=tuple(values), more=max(0, len(ordered) - MOST_VALUES)
    )


def _ordered(items: list[Item], query: SearchQuery, words: list[str]) -> list[Item]:
    order, back = query.sort.removeprefix("-"), query.sort.startswith("-")
    if order == "title":
        return sorted(items, key=lambda item: item.hit.title.casefold(), reverse=back)
    if order in ("size", "cells", "date"):
        known = [item for item in items if getattr(item.hit, order) not in (None, "")]
        unknown = [item for item in items if getattr(item.hit, order) in (None, "")]
        return sorted(known, key=lambda item: getattr(item.hit, order), reverse=back) + unknown
    title_first = [all(word in item.hit.title.casefold() for word in words) for item in items]
    pairs = sorted(zip(title_first, items, strict=True), key=lambda pair: not pair[0])
    return [item for _, item in reversed(pairs)] if back else [item for _, item in pairs]
