"""Bodies in the form that Azul documents, for answers that no catalog gives on demand."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

PROJECT = "8185730f-4113-40d3-9cc3-929271784c2b"
FILE = "bd98f428-881e-501a-ac16-24f27a68ce2f"
VERSION = "2021-02-11T23:11:45.000000Z"
SHA256 = "6a6483c2e78da77017e912a4d350f141bda1ec7b269f20ca718b55145ee5c83c"


def catalogs(default: str = "dcp60", *others: str) -> dict[str, Any]:
    """Return what ``/index/catalogs`` says, with an internal catalog that nobody should see."""
    entry = {"atlas": "hca", "internal": False, "plugins": {}}
    names = (default, *others)
    return {
        "default_catalog": default,
        "catalogs": {
            **dict.fromkeys(names, entry),
            "dcp60-it": {**entry, "internal": True},
        },
    }


def leaf(name: str = "eye.loom", id_: str = FILE, **more: Any) -> dict[str, Any]:
    """Return a file as trees of matrices have it."""
    return {
        "name": name,
        "size": 255471211,
        "fileSource": "DCP/2 Analysis",
        "matrixCellCount": None,
        "uuid": id_,
        "version": VERSION,
        "contentDescription": ["Count Matrix"],
        "format": name.rpartition(".")[2],
        "isIntermediate": False,
        "sha256": SHA256,
        "drs_uri": f"drs://host/{id_}?version={VERSION}",
        "url": f"https://host/repository/files/{id_}?catalog=dcp60&version={VERSION}",
        **more,
    }


def tree(*leaves: dict[str, Any], **strata: str) -> dict[str, Any]:
    """Return a tree with one branch."""
    strata = strata or {"genusSpecies": "Homo sapiens", "organ": "eye"}
    below: Any = list(leaves)
    for name, value in reversed(strata.items()):
        below = {name: {value: below}}
    return dict(below)


def project(id_: str = PROJECT, title: str = "Retina of the eye", **more: Any) -> dict[str, Any]:
    """Return a hit of ``/index/projects``."""
    return {
        "entryId": id_,
        "protocols": [{"libraryConstructionApproach": ["10X v2 sequencing", None]}],
        "sources": [{"sourceId": "s", "sourceSpec": "tdr:x"}],
        "samples": [{"sampleEntityType": ["specimens"], "id": ["s1"], "organ": ["eye"]}],
        "specimens": [{"id": ["s1"], "organ": ["eye", None], "disease": ["normal"]}],
        "cellLines": [],
        "donorOrganisms": [{"genusSpecies": ["Homo sapiens"], "donorCount": 2}],
        "organoids": [],
        "cellSuspensions": [{"organ": ["eye"], "totalCells": 900, "selectedCellType": [None]}],
        "fileTypeSummaries": [{"format": "loom", "count": 1, "totalSize": 255471211.0}],
        "dates": [{"aggregateSubmissionDate": "2019-05-01T10:00:00.000000Z"}],
        "projects": [
            {
                "projectId": id_,
                "projectTitle": title,
                "projectShortname": "EyeRetina",
                "projectDescription": "Cells of the macula",
                "estimatedCellCount": None,
                "matrices": tree(leaf()),
                "contributedAnalyses": {},
                "publications": [],
                "contributors": [],
                "accessions": [],
                **more,
            }
        ],
    }


def file_hit(record: dict[str, Any], project_id: str = PROJECT) -> dict[str, Any]:
    """Return a hit of ``/index/files``."""
    return {
        **project(project_id),
        "entryId": f"entry-{record['uuid']}",
        "projects": [{"projectId": [project_id], "projectTitle": ["Retina of the eye"]}],
        "files": [record],
    }


def page(
    *hits: dict[str, Any], total: int | None = None, following: str | None = None, **facets: Any
) -> dict[str, Any]:
    """Return a page; a facet is a mapping of its terms to their counts."""
    count = len(hits) if total is None else total
    return {
        "hits": list(hits),
        "pagination": {"count": len(hits), "total": count, "next": following, "size": 50},
        "termFacets": {
            name: {
                "terms": [{"term": term, "count": n} for term, n in terms.items()],
                "total": sum(terms.values()),
                "type": "terms",
            }
            for name, terms in facets.items()
        },
    }


SUMMARY = {
    "projectCount": 4,
    "specimenCount": 6,
    "donorCount": 5,
    "fileCount": 231,
    "totalFileSize": 838022993.0,
    "projects": [
        {"projects": {"estimatedCellCount": 3589.0}, "cellSuspensions": {"totalCells": 1.0}},
        {"projects": {"estimatedCellCount": 88000.0}, "cellSuspensions": {"totalCells": None}},
        {"projects": {"estimatedCellCount": None}, "cellSuspensions": {"totalCells": 44000.0}},
    ],
}


def refusal(code: str, message: str) -> dict[str, str]:
    """Return an error as AWS Chalice words it."""
    return {"Code": code, "Message": message}


def emulated(status: int, location: str, retry_after: int | None = None) -> dict[str, Any]:
    """Return a redirect told in a body."""
    told: dict[str, Any] = {"Status": status, "Location": location}
    return told if retry_after is None else told | {"Retry-After": retry_after}


def index(entity: str, catalog: str = "dcp60", size: int = 50, **query: Any) -> str:
    """Return the path of a search; ``filters`` is a mapping."""
    filters = query.pop("filters", None)
    given = {"catalog": catalog, "size": str(size), **query}
    if filters:
        given["filters"] = json.dumps(filters, sort_keys=True, separators=(",", ":"))
    return f"/index/{entity}?{urlencode(given)}"


def summary(catalog: str = "dcp60", filters: dict[str, Any] | None = None) -> str:
    """Return the path of a summary."""
    given = {"catalog": catalog}
    if filters:
        given["filters"] = json.dumps(filters, sort_keys=True, separators=(",", ":"))
    return f"/index/summary?{urlencode(given)}"
