"""Projects, samples and files as lines of a result list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from jupyterlab_datahub.model import Access, Hit
from jupyterlab_datahub.sources.hca import exports, refs
from jupyterlab_datahub.sources.hca.files import asset_of
from jupyterlab_datahub.sources.hca.matrices import matrices_of
from jupyterlab_datahub.sources.hca.projects import access_of, date_of, facets_of, title_of
from jupyterlab_datahub.sources.hca.records import cells, first, number, objects, total, values
from jupyterlab_datahub.sources.hca.samples import of_sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import Export
    from jupyterlab_datahub.sources.hca.records import Record
    from jupyterlab_datahub.sources.hca.refs import Filters


def project_hit(record: Record, catalog: str, source: str) -> Hit | None:
    """Return a project; its size is that of the matrix that is loaded, else of all its files."""
    project = next(objects(record, "projects"), {})
    id_ = first(record, "entryId") or first(project, "projectId")
    if not id_:
        return None
    access, _ = access_of(record)
    matrices = matrices_of(project, catalog, managed=access is not Access.OPEN)
    best = next((one for one in matrices if one.loads_as_anndata), None)
    return replace(
        _of(record, source, id_),
        entity="project",
        exports=_made_of(record, catalog, refs.of_project(id_)),
        ref=refs.project_ref(catalog, id_),
        title=title_of(project) or id_,
        collection=first(project, "projectShortname"),
        cells=cells(record),
        size=best.size if best else total(record, "fileTypeSummaries", "totalSize"),
        format=best.format if best else "",
        loads_as_anndata=best is not None,
        access=access,
    )


def sample_hit(record: Record, catalog: str, source: str) -> Hit | None:
    """Return a sample; its size is that of all its files."""
    id_ = first(record, "entryId")
    if not id_:
        return None
    return replace(
        _of(record, source, id_),
        entity="sample",
        exports=_made_of(record, catalog, of_sample(record)),
        ref=refs.sample_ref(catalog, id_),
        title=first(record, "samples", "id") or id_,
        collection=_study(record),
        cells=total(record, "cellSuspensions", "totalCells"),
        size=total(record, "fileTypeSummaries", "totalSize"),
        format=", ".join(values(record, "samples", "sampleEntityType")),
        access=access_of(record)[0],
    )


def file_hit(record: Record, catalog: str, source: str) -> Hit | None:
    """Return a file."""
    file = next(objects(record, "files"), {})
    asset = asset_of(file, catalog, managed=bool(access_of(record)[1]))
    if asset is None:
        return None
    return replace(
        _of(record, source, first(file, "uuid")),
        entity="file",
        ref=asset.ref,
        title=first(file, "name") or asset.name,
        collection=_study(record),
        cells=number(file, "matrixCellCount"),
        size=asset.size,
        format=asset.format,
        loads_as_anndata=asset.loads_as_anndata,
        access=asset.access,
    )


MAKERS: dict[str, Callable[[Record, str, str], Hit | None]] = {
    "projects": project_hit,
    "samples": sample_hit,
    "files": file_hit,
}


def _made_of(record: Record, catalog: str, filters: Filters) -> tuple[Export, ...]:
    """Return what can be made of a project or sample: all its files, and the list of them.

    There is nothing of one whose files are under managed access.
    """
    if access_of(record)[0] is not Access.OPEN:
        return ()
    count = total(record, "fileTypeSummaries", "count")
    size = total(record, "fileTypeSummaries", "totalSize")
    listed, *_, every = exports.exports_of(catalog, filters, count, size)
    return (every, listed)


def _study(record: Record) -> str:
    return next(filter(None, (title_of(one) for one in objects(record, "projects"))), "")


def _of(record: Record, source: str, id_: str) -> Hit:
    """Return what projects, samples and files say in the same way."""
    facets = facets_of(record)

    def labels(name: str) -> tuple[str, ...]:
        return tuple(term.label for term in facets.get(name, ()))

    return Hit(
        ref="",
        id=id_,
        source=source,
        kind=refs.KIND,
        title="",
        organism=labels("organism"),
        tissue=labels("tissue"),
        disease=labels("disease"),
        assay=labels("assay"),
        date=date_of(record, "aggregateUpdateDate", "updateDate", "lastModifiedDate"),
    )
