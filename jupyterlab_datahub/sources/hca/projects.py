"""A project of the Human Cell Atlas as a dataset: the page of the Explorer, and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Access, Collection, Dataset, Term
from jupyterlab_datahub.sources.hca import exports, refs
from jupyterlab_datahub.sources.hca.files import MANAGED
from jupyterlab_datahub.sources.hca.links import links_of, page_of
from jupyterlab_datahub.sources.hca.matrices import matrices_of
from jupyterlab_datahub.sources.hca.properties import authors, contact, properties_of
from jupyterlab_datahub.sources.hca.records import cells, first, moment, objects, raw, total, values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.model import Asset, Link
    from jupyterlab_datahub.sources.hca.records import Record

FACETS: dict[str, tuple[tuple[str, str], ...]] = {
    "organism": (("donorOrganisms", "genusSpecies"),),
    "tissue": (("specimens", "organ"), ("samples", "organ"), ("cellSuspensions", "organ")),
    "disease": (("specimens", "disease"), ("samples", "disease")),
    "assay": (("protocols", "libraryConstructionApproach"),),
    "cell_type": (("cellSuspensions", "selectedCellType"),),
    "sex": (("donorOrganisms", "biologicalSex"),),
    "development_stage": (("donorOrganisms", "developmentStage"),),
    "donor_disease": (("donorOrganisms", "disease"),),
    "organ_part": (("specimens", "organPart"), ("samples", "organPart")),
    "model_organ": (("samples", "modelOrgan"),),
    "sample_type": (("samples", "sampleEntityType"),),
    "preservation_method": (("specimens", "preservationMethod"),),
    "nucleic_acid_source": (("protocols", "nucleicAcidSource"),),
    "instrument": (("protocols", "instrumentManufacturerModel"),),
    "paired_end": (("protocols", "pairedEnd"),),
    "analysis_protocol": (("protocols", "workflow"),),
    "biological_network": (("projects", "bionetworkName"),),
    "format": (("fileTypeSummaries", "format"), ("fileTypeSummaries", "fileType")),
}
"""Where in a hit the values of our facets are; the first place that has any counts."""

ACCESSIBLE = (
    ("projects", "accessible"),
    ("samples", "accessible"),
    ("files", "accessible"),
    ("sources", "accessible"),
    ("accessible",),
)
"""Where a hit may say whether its files can be had: at the entity that was asked for."""

KEPT = ("sources", "dates", "cellLines", "organoids")
"""Parts of a hit that are kept as they came."""


def dataset_of(
    hit: Record, catalog: str, source: str, explorer: str, more: Iterable[Link] = ()
) -> Dataset | None:
    """Return a project with its matrices, tables and files; None if it does not say which it is.

    Parameters
    ----------
    hit
        What ``/index/projects`` says of it.
    catalog
        The catalog it is in, which is its version.
    source
        Name of the Source.
    explorer
        Address of the pages that people look at.
    more
        Links beside those of the record.
    """
    project = next(objects(hit, "projects"), {})
    id_ = first(hit, "entryId") or first(project, "projectId")
    if not id_:
        return None
    title = title_of(project) or id_
    access, note = access_of(hit)
    page = page_of(explorer, id_)
    dois = values(project, "publications", "doi")
    return Dataset(
        ref=refs.project_ref(catalog, id_),
        source=source,
        kind=refs.KIND,
        id=id_,
        version=catalog,
        title=title,
        collection=Collection(
            id=id_,
            title=first(project, "projectShortname") or title,
            version=catalog,
            url=page,
            doi=next(iter(dois), ""),
            authors=authors(project),
            contact=contact(project),
        ),
        description=first(project, "projectDescription"),
        facets=facets_of(hit),
        cells=cells(hit),
        assets=(
            *matrices_of(project, catalog, managed=access is not Access.OPEN),
            *tables_of(hit, catalog, id_, title),
        ),
        access=access,
        access_note=note,
        citation=citation_of(project, title, page),
        doi=next(iter(dois), ""),
        published=date_of(hit, "aggregateSubmissionDate", "submissionDate"),
        revised=date_of(hit, "aggregateUpdateDate", "updateDate", "lastModifiedDate"),
        url=page,
        links=(*links_of(project), *more),
        properties=properties_of(hit, project),
        extra={name: hit[name] for name in KEPT if hit.get(name)} | {"dois": list(dois)},
    )


def tables_of(hit: Record, catalog: str, project: str, title: str) -> tuple[Asset, ...]:
    """Return the tables of a project's files, and all of the files as a group."""
    return exports.assets_of(
        catalog,
        refs.of_project(project),
        first(hit, "projects", "projectShortname") or title,
        total(hit, "fileTypeSummaries", "count"),
        total(hit, "fileTypeSummaries", "totalSize"),
        access_of(hit),
    )


def facets_of(hit: Record) -> dict[str, tuple[Term, ...]]:
    """Return the facets of a project, sample or file; a facet without values is left out."""
    found = {}
    for name, places in FACETS.items():
        labels = next(filter(None, (values(hit, *place) for place in places)), ())
        if labels:
            found[name] = tuple(Term(label=label) for label in labels)
    return found


def access_of(hit: Record) -> tuple[Access, str]:
    """Return whether the files of a project can be had, and if not, why."""
    for place in ACCESSIBLE:
        if False in raw(hit, *place):
            return Access.CONTROLLED, MANAGED
    return Access.OPEN, ""


def title_of(project: Record) -> str:
    """Return what a project is called."""
    return first(project, "projectTitle") or first(project, "projectShortname")


def date_of(hit: Record, *names: str) -> str:
    """Return the first of some dates of a hit that is there."""
    return next(filter(None, (moment(first(hit, "dates", name)) for name in names)), "")


def citation_of(project: Record, title: str, page: str) -> str:
    """Return how a project is cited: its first publication, and its page."""
    paper = next(objects(project, "publications"), {})
    doi = first(paper, "doi")
    named = [first(paper, "publicationTitle").rstrip("."), f"https://doi.org/{doi}" if doi else ""]
    study = f"Human Cell Atlas project {title.rstrip('.')}"
    return ". ".join(filter(None, [*named, study, page]))
