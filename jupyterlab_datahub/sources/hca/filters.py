"""A search of the project as filters of Azul."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.sources.hca.fields import MOST, NUMBERS, OF_FILES, number_of

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Range, SearchQuery
    from jupyterlab_datahub.sources.hca.fields import FieldNames
    from jupyterlab_datahub.sources.hca.refs import Filters

YEAR = "year"
"""A condition that is answered from the dates of the projects: Azul's dates have no ranges."""


def filters_of(query: SearchQuery, names: FieldNames, catalog: str, source: str) -> Filters:
    """Return the filters for the facets and ranges of a query, without those on years.

    Raises
    ------
    BadRequestError
        If it has a range that Azul does not know.
    """
    filters: Filters = {}
    for name, values in query.facets.items():
        if name == YEAR:
            continue
        azul = names.azul(catalog, name)
        filters[azul] = {"is": [names.value(catalog, azul, value) for value in values]}
    for name, limits in query.ranges.items():
        if name == YEAR:
            continue
        number = number_of(name)
        if number is None:
            raise BadRequestError(
                f"the Human Cell Atlas knows no range of {name[:40]!r}",
                source=source,
                hint=f"It knows {', '.join((*(n.name for n in NUMBERS), YEAR))}.",
            )
        filters[names.azul(catalog, name)] = {number.relation: [ends(limits, number.per_unit)]}
    return filters


def ends(limits: Range, per_unit: int = 1) -> list[int]:
    """Return a range as the two whole numbers that Azul takes."""
    least = 0 if limits.min is None else int(limits.min * per_unit)
    most = MOST if limits.max is None else int(limits.max * per_unit)
    return [least, most]


def without_files(filters: Filters) -> Filters:
    """Return the filters without those that choose among the files of a project."""
    return {name: relation for name, relation in filters.items() if name not in OF_FILES}


def narrowed(filters: Filters, projects: frozenset[str]) -> Filters:
    """Return the filters for those of some projects that they let through."""
    chosen = filters.get("projectId", {}).get("is")
    ids = projects if chosen is None else projects.intersection(map(str, chosen))
    return {**filters, "projectId": {"is": sorted(ids)}}
