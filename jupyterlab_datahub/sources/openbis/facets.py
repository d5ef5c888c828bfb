"""What is counted of the datasets that a search finds, and how they are ordered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Facet, FacetValue
from jupyterlab_datahub.sources.openbis import records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.model import Range, SearchQuery

MOST_VALUES = 50
"""Values of a facet that are shown."""

TITLES = {
    "type": "Type",
    "space": "Space",
    "project": "Project",
    "registrator": "Registered by",
    "status": "Status",
    "year": "Year",
}


def size_of(found: records.DataSet) -> int | None:
    """Return the bytes of all files of a dataset, None where openBIS does not say."""
    return found.physical_data.size if found.physical_data else None


def in_range(size: int | None, wanted: Range | None) -> bool:
    """Return whether a size is known and in a range, True where there is no range."""
    if wanted is None:
        return True
    if size is None:
        return False
    low = wanted.min is None or size >= wanted.min
    return low and (wanted.max is None or size <= wanted.max)


def _space_of(found: records.DataSet) -> str:
    return found.owner.space_code if found.owner else ""


def _registrator_of(found: records.DataSet) -> str:
    return found.registrator.user_id if found.registrator else ""


_VALUES: dict[str, Callable[[records.DataSet], str]] = {
    "type": lambda one: one.type_code,
    "space": _space_of,
    "project": lambda one: one.project,
    "registrator": _registrator_of,
    "status": lambda one: one.status,
    "year": lambda one: records.moment(one.registration_date)[:4],
}


def fits(found: records.DataSet, facets: dict[str, tuple[str, ...]], but: str = "") -> bool:
    """Return whether a dataset has the chosen values of all facets `but` one."""
    return all(
        same(value(found), facets[name])
        for name, value in _VALUES.items()
        if name != but and facets.get(name)
    )


def same(value: str, wanted: Sequence[str]) -> bool:
    """Return whether a value is one of those wanted, in any case, with or without slash."""
    return value.strip("/").casefold() in {one.strip("/").casefold() for one in wanted}


def facets_of(datasets: Sequence[records.DataSet], query: SearchQuery) -> tuple[Facet, ...]:
    """Return the facets with their counts, each without regard to its own choice."""
    made = []
    chosen = query.facets
    for name, value in _VALUES.items():
        counts = Counter(value(one) for one in datasets if fits(one, chosen, but=name))
        counts.pop("", None)
        picked = chosen.get(name, ())
        values = [
            FacetValue(value=label, count=count, selected=same(label, picked))
            for label, count in counts.items()
            if same(label, picked) or query.lists(name, label)
        ]
        gone = [one for one in picked if not any(same(label, (one,)) for label in counts)]
        values += [FacetValue(value=one, count=0, selected=True) for one in gone]
        values.sort(key=lambda one: (not one.selected, -one.count, one.value))
        if values:
            shown = tuple(values[:MOST_VALUES])
            more = len(values) - len(shown)
            made.append(Facet(name=name, title=TITLES[name], values=shown, more=more))
    return tuple(made)


def ordered(datasets: Sequence[records.DataSet], order: str) -> list[records.DataSet]:
    """Return datasets in an order; each of them has a direction of its own, ``-`` turns it."""
    name = order.removeprefix("-")
    by_title = sorted(datasets, key=lambda one: (one.title.casefold(), one.code))
    backwards = order.startswith("-")
    if name == "title":
        return by_title[::-1] if backwards else by_title
    if name == "size":
        return sorted(by_title, key=lambda one: size_of(one) or 0, reverse=backwards)
    # What is newest is most relevant.
    ascending = name == "date" and not backwards
    return sorted(by_title, key=lambda one: one.registration_date or 0, reverse=not ascending)
