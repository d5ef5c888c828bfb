"""The figures of ``/index/summary`` under filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.hca.documents import SUSPENSIONS
from jupyterlab_datahub.demo.hca.fields import FIELDS
from jupyterlab_datahub.demo.hca.filters import reified, selected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.demo.hca.documents import Document, Indices
    from jupyterlab_datahub.demo.hca.filters import Filters

Json = dict[str, Any]


def summary(indices: Indices, filters: Filters, sources: set[str]) -> Json:
    """Return the summary.

    Every figure comes from one index: those of files, samples and cell suspensions leave out
    what the caller may not read, those of projects do not.
    """
    found = {}
    for kind in ("projects", "samples", "files", SUSPENSIONS):
        index = indices[kind]
        allowed = reified(filters, sources, limited=kind != "projects")
        found[kind] = [index.documents[at] for at in sorted(selected(index, allowed))]
    formats = _formats(found["files"])
    return {
        "projectCount": len(found["projects"]),
        "specimenCount": len(_distinct(found["samples"], "specimens", "document_id")),
        "speciesCount": len(_distinct(found["samples"], "donors", "genus_species")),
        "fileCount": len(found["files"]),
        "totalFileSize": sum(entry["totalSize"] for entry in formats),
        "donorCount": len(_distinct(found["samples"], "donors", "document_id")),
        "labCount": len(_distinct(found["projects"], "projects", "laboratory")),
        "organTypes": _organs(found["samples"]),
        "fileTypeSummaries": formats,
        "cellCountSummaries": _cells(found[SUSPENSIONS]),
        "projects": _estimates(found["projects"]),
    }


def _distinct(documents: Iterable[Document], kind: str, name: str) -> set[Any]:
    found: set[Any] = set()
    for document in documents:
        for entity in document.contents[kind]:
            value = entity[name]
            found.update(value if isinstance(value, list) else [value])
    return found - {None}


def _organs(samples: Iterable[Document]) -> list[str]:
    counted: dict[str, int] = {}
    for document in samples:
        for organ in document.values(FIELDS["effectiveOrgan"]):
            if organ is not None:
                counted[organ] = counted.get(organ, 0) + 1
    return sorted(counted, key=lambda organ: (-counted[organ], organ))


def _formats(files: Iterable[Document]) -> list[Json]:
    groups: dict[str, list[Json]] = {}
    for document in files:
        [file] = document.contents["files"]
        groups.setdefault(file["file_format"], []).append(file)
    summaries = [
        {
            "format": name,
            "count": len(group),
            "totalSize": float(sum(file["size"] for file in group)),
            "matrixCellCount": float(sum(file["matrix_cell_count"] or 0 for file in group)),
        }
        for name, group in groups.items()
    ]
    return sorted(summaries, key=lambda entry: (-entry["count"], entry["format"]))


def _cells(suspensions: Iterable[Document]) -> list[Json]:
    groups: dict[str, list[int]] = {}
    for document in suspensions:
        [suspension] = document.contents[SUSPENSIONS]
        for organ in suspension["organ"]:
            if organ is not None:
                groups.setdefault(organ, []).append(suspension["total_estimated_cells"] or 0)
    summaries = [
        {
            "organType": [organ],
            "countOfDocsWithOrganType": len(counts),
            "totalCellCountByOrgan": float(sum(counts)),
        }
        for organ, counts in groups.items()
    ]
    return sorted(summaries, key=lambda e: (-e["countOfDocsWithOrganType"], e["organType"][0]))


def _estimates(projects: Iterable[Document]) -> list[Json]:
    """Return cells by whether a project has an estimate of its own, counted suspensions, both.

    A client adds the estimates, and the suspensions where there is no estimate.
    """
    only_estimated = both_estimated = both_counted = only_counted = 0.0
    for document in projects:
        estimated = document.contents["projects"][0]["estimated_cell_count"] or 0
        counted = document.figures["cell_count"]
        if estimated and counted:
            both_estimated += estimated
            both_counted += counted
        else:
            only_estimated += estimated
            only_counted += counted
    return [
        _estimate(only_estimated, None),
        _estimate(None, only_counted),
        _estimate(both_estimated, both_counted),
    ]


def _estimate(estimated: float | None, counted: float | None) -> Json:
    return {
        "projects": {"estimatedCellCount": estimated},
        "cellSuspensions": {"totalCells": counted},
    }
