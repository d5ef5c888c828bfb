"""A sample of the Human Cell Atlas as a dataset: where it is from, and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Dataset, Property, Related
from jupyterlab_datahub.sources.hca import exports, refs
from jupyterlab_datahub.sources.hca.fields import spoken
from jupyterlab_datahub.sources.hca.links import page_of
from jupyterlab_datahub.sources.hca.projects import access_of, date_of, facets_of, title_of
from jupyterlab_datahub.sources.hca.records import first, objects, raw, total, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.hca.records import Record
    from jupyterlab_datahub.sources.hca.refs import Filters

SECTION = "Sample"
DONOR = "Donor"
_UNSAID = frozenset(
    {"donorCount", "organismAgeRange", "organismAge", "accessible", "effectiveOrgan", "source"}
)
_SAID = {"id": "Name", "sampleEntityType": "Kind", "genusSpecies": "Organism"}


def dataset_of(hit: Record, catalog: str, source: str, explorer: str) -> Dataset:
    """Return a sample with the tables and files that come from it."""
    entry = first(hit, "entryId")
    name = first(hit, "samples", "id") or entry
    project = next(objects(hit, "projects"), {})
    project_id = first(project, "projectId")
    access, note = access_of(hit)
    count = total(hit, "fileTypeSummaries", "count")
    size = total(hit, "fileTypeSummaries", "totalSize")
    return Dataset(
        ref=refs.sample_ref(catalog, entry),
        source=source,
        kind=refs.KIND,
        id=entry,
        version=catalog,
        title=name,
        facets=facets_of(hit),
        cells=total(hit, "cellSuspensions", "totalCells"),
        assets=exports.assets_of(catalog, of_sample(hit), name, count, size, (access, note)),
        access=access,
        access_note=note,
        revised=date_of(hit, "updateDate", "lastModifiedDate", "submissionDate"),
        url=page_of(explorer, project_id) if project_id else "",
        properties=(*_lines(hit, "samples", SECTION), *_lines(hit, "donorOrganisms", DONOR)),
        owner=Related(
            ref=refs.project_ref(catalog, project_id), title=title_of(project), type="Project"
        )
        if project_id
        else None,
    )


def of_sample(hit: Record) -> Filters:
    """Return the filters that only the files of this sample fit."""
    project = first(next(objects(hit, "projects"), {}), "projectId")
    filters = refs.of_project(project) if project else {}
    return filters | {"sampleId": {"is": list(values(hit, "samples", "id"))}}


def _lines(hit: Record, part: str, section: str) -> Iterator[Property]:
    seen = set()
    for record in objects(hit, part):
        for name in record:
            value = ", ".join(values(record, name))
            if value and name not in _UNSAID and (name, value) not in seen:
                seen.add((name, value))
                yield Property(
                    code=name, label=_SAID.get(name) or spoken(name), value=value, section=section
                )
    if part == "donorOrganisms":
        ages = dict.fromkeys(_age(one) for one in raw(hit, part, "organismAge"))
        if said := ", ".join(filter(None, ages)):
            yield Property(code="organismAge", label="Age", value=said, section=section)


def _age(age: object) -> str:
    if not isinstance(age, dict):
        return ""
    value, unit = str(age.get("value") or ""), str(age.get("unit") or "")
    plural = unit in ("year", "month", "week", "day", "hour") and value != "1"
    return f"{value} {unit}{'s' if plural else ''}".strip() if value else ""
