"""The facets of an answer, as the Explorer groups them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Facet, FacetValue, RangeFacet
from jupyterlab_datahub.sources.hca.fields import FIELDS, NUMBERS, OTHER, field_of, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_datahub.model import SearchQuery
    from jupyterlab_datahub.sources.hca.records import Record

MOST_VALUES = 50
"""Values of a facet that are shown; Azul gives up to 99,999."""

_ORDER = {field.name: number for number, field in enumerate(FIELDS)}


def facets_of(told: Mapping[str, Record], query: SearchQuery) -> tuple[Facet, ...]:
    """Return Azul's facets under our names; what the Explorer does not know comes last.

    Parameters
    ----------
    told
        ``termFacets`` of an answer. The counts of a facet ignore what is chosen in it.
    query
        What was asked: the chosen values by our names of the facets, and what is looked for.
    """
    made: dict[str, Facet] = {}
    for azul, facet in told.items():
        field = field_of(azul)
        # Where a catalog has both names of a field, today's one is meant.
        newer = field and any(name in told for name in field.azul[: field.azul.index(azul)])
        if field is None or newer:
            continue
        found = [
            one
            for one in _facet(azul, facet, query.facets.get(field.name, ()))
            if one.selected or query.lists(field.name, one.value)
        ]
        if found:
            shown = tuple(found[:MOST_VALUES])
            made[field.name] = Facet(
                name=field.name,
                title=field.title,
                group=field.group,
                values=shown,
                more=len(found) - len(shown),
            )
    known = sorted((f for f in made.values() if f.group != OTHER), key=lambda f: _ORDER[f.name])
    unknown = sorted((f for f in made.values() if f.group == OTHER), key=lambda f: f.title)
    return (*known, *unknown)


def ranges() -> tuple[RangeFacet, ...]:
    """Return the numbers that a search can be narrowed by."""
    return tuple(
        RangeFacet(name=one.name, title=one.title, group=one.group, unit=one.unit, least=0)
        for one in NUMBERS
    )


def _facet(azul: str, facet: Record, chosen: tuple[str, ...]) -> list[FacetValue]:
    counts: dict[str, int] = {}
    for term in facet.get("terms") or ():
        if isinstance(term, dict) and isinstance(term.get("count"), int):
            value = label(azul, term.get("term"))
            counts[value] = counts.get(value, 0) + term["count"]
    counts.update({value: 0 for value in chosen if value not in counts})
    values = [
        FacetValue(value=value, count=count, selected=value in chosen)
        for value, count in counts.items()
        if value
    ]
    return sorted(values, key=lambda one: (not one.selected, -one.count, one.value))
