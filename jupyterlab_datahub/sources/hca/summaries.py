"""The line of figures above the results."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Figure, Summary
from jupyterlab_datahub.sources.hca.records import cells, number, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterlab_datahub.sources.hca.api import AzulApi
    from jupyterlab_datahub.sources.hca.records import Record
    from jupyterlab_datahub.sources.hca.refs import Filters

PROJECTS_AT_ONCE = 100
"""Projects whose ids fit into an address together with other conditions."""

COUNTS = (
    ("projects", "Projects", "projectCount"),
    ("donors", "Donors", "donorCount"),
    ("specimens", "Specimens", "specimenCount"),
    ("cells", "Estimated cells", ""),
    ("files", "Files", "fileCount"),
    ("size", "Size", "totalFileSize"),
)


def summary_of(records: Iterable[Record]) -> Summary:
    """Return the figures of summaries that have nothing in common, added up."""
    sums: Counter[str] = Counter()
    for record in records:
        for name, _, azul in COUNTS:
            sums[name] += (number(record, azul) or 0) if azul else _cells(record)
    return Summary(
        datasets=sums["projects"],
        cells=sums["cells"],
        bytes=sums["size"],
        figures=tuple(
            Figure(
                name=name,
                title=title,
                value=float(sums[name]),
                unit="bytes" if name == "size" else "count",
            )
            for name, title, _ in COUNTS
        ),
    )


def ask(api: AzulApi, catalog: str, filters: Filters) -> Summary:
    """Return the figures of what fits.

    The address of summaries takes no body. Filters that are too long for it are those with many
    projects: what is in different projects has nothing in common, so it can be asked for in
    parts. Where they are too long for another reason there are no figures.
    """
    parts = [filters] if api.fits_in_address(filters) else list(_parts(filters))
    if not all(map(api.fits_in_address, parts)):
        return Summary()
    return summary_of(api.summary(catalog, part) for part in parts)


def _parts(filters: Filters) -> Iterator[Filters]:
    projects = filters.get("projectId", {}).get("is", [])
    for begin in range(0, max(len(projects), 1), PROJECTS_AT_ONCE):
        some = projects[begin : begin + PROJECTS_AT_ONCE]
        yield {**filters, "projectId": {"is": some}} if some else filters


def _cells(record: Record) -> int:
    """Return the estimated cells: each project's own estimate, else the sum of its suspensions.

    ``cellCountSummaries`` alone counts only what has an organ, and too little.
    """
    return sum(cells(project) or 0 for project in objects(record, "projects"))
