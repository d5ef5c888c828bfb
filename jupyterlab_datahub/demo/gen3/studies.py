"""The studies of the demo's commons, as discovery metadata has them, and manifests of users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3 import files
from jupyterlab_datahub.demo.gen3.cohort import DISEASES, STAND_IN, TISSUES
from jupyterlab_datahub.demo.gen3.index import guid_of
from jupyterlab_datahub.demo.gen3.users import CLOSED, OPEN, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.demo.gen3.index import Index

STUDIES = "discovery_metadata"
FILES = "indexed_file_object"
WITHOUT_FILES = 18
"""Studies of which nothing but a description is here, so that there are pages."""

Metadata = dict[str, Any]
Row = dict[str, Any]


def studies(index: Index) -> dict[str, Metadata]:
    """Return the metadata of the studies, by identifier."""
    return {
        **dict(_with_files(index)),
        **{f"DEMO-S{at:03}": _described(at) for at in range(101, 101 + WITHOUT_FILES)},
        # Not everything in a metadata service is a study.
        **{
            spec_guid: {"_guid_type": FILES, "_uploader": "alice@example.org"}
            for spec_guid in (guid_of("pbmc68k/all"), guid_of("pbmc68k/monocytes"))
        },
    }


def _with_files(index: Index) -> Iterator[tuple[str, Metadata]]:
    def chosen(test: Callable[[files.FileSpec], bool]) -> list[Row]:
        return rows(index, [spec for spec in files.specs() if test(spec)])

    yield (
        "DEMO-S001",
        _study(
            "Expression matrices of PBMC 68k",
            "The cells of 10x PBMC 68k by type, as .h5ad files.",
            ["Transcriptomic Data", "Blood", "Normal"],
            chosen(lambda spec: spec.node == files.MATRICES and spec.project == PROJECT),
            doi="10.1038/ncomms14049",
        ),
    )
    yield (
        "DEMO-S002",
        _study(
            "Counts of immune cells, sample by sample (stand-in)",
            f"One table for each sample of twelve cases, all called counts.csv. {STAND_IN}",
            ["Transcriptomic Data", "Blood", "COVID-19"],
            chosen(lambda spec: spec.node == files.COUNTS and spec.authz == OPEN),
        ),
    )
    yield (
        "DEMO-S003",
        _study(
            "Absorbance of 240 wells (stand-in)",
            f"Many small files, half of which need permission. {STAND_IN}",
            ["Plate Assay", "Blood", "Systemic lupus erythematosus"],
            chosen(lambda spec: spec.node == files.READINGS),
            # Some commons call the field so; which it is, is a setting of their portal.
            field="manifest",
        ),
    )
    yield (
        "DEMO-S004",
        _study(
            "Files with difficult names",
            "What has been trouble for download clients: names, and what records leave out.",
            ["Reference"],
            chosen(lambda spec: spec.node == files.REFERENCES),
        ),
    )
    yield (
        "DEMO-S005",
        _study(
            "Unpublished natural killer cells",
            "Everybody may read about it; nobody may have the files yet.",
            ["Transcriptomic Data", "Blood", "Normal"],
            chosen(lambda spec: spec.project == CLOSED),
        ),
    )


def _described(number: int) -> Metadata:
    disease, tissue = DISEASES[number % len(DISEASES)], TISSUES[number % len(TISSUES)]
    what = "Plate Assay" if number % 4 == 0 else "Transcriptomic Data"
    study = _study(
        f"{tissue}, {disease}: study {number} (stand-in)",
        f"A description without files. {STAND_IN}",
        [what, tissue, disease],
        None,
    )
    if number % 9 == 0:
        # Not every study has tags, or everything else.
        study["gen3_discovery"] = {"study_title": study["gen3_discovery"]["study_title"]}
    return study


CATEGORY = {
    **dict.fromkeys(TISSUES, "Tissue"),
    **dict.fromkeys(DISEASES, "Disease"),
    "Transcriptomic Data": "Data Type",
    "Plate Assay": "Data Type",
    "Reference": "Data Type",
}


def _study(
    title: str,
    summary: str,
    tags: list[str],
    manifest: list[Row] | None,
    *,
    field: str = "__manifest",
    doi: str = "",
) -> Metadata:
    discovery = {
        "study_title": title,
        "summary": summary,
        "investigators_name": "Demo",
        "research_program": "DEV",
        "subjects_count": 24 if manifest else 0,
        "study_url": "",
        "doi": doi,
        "tags": [{"name": name, "category": CATEGORY[name]} for name in tags],
    }
    if manifest is not None:
        discovery[field] = manifest
    return {"_guid_type": STUDIES, "gen3_discovery": discovery}


def rows(index: Index, specs: list[files.FileSpec]) -> list[Row]:
    """Return a manifest of files, as download clients read it."""
    records = (index.find(guid_of(spec.key)) for spec in specs)
    return [
        {
            "object_id": record.did,
            "file_name": record.file_name,
            "file_size": record.size,
            "md5sum": record.hashes.get("md5"),
        }
        for record in records
        if record
    ]


def manifests(index: Index) -> dict[str, list[Row]]:
    """Return the manifests that somebody has kept, by name."""
    of_tables = rows(index, [spec for spec in files.specs() if spec.node == files.COUNTS])
    difficult = rows(index, [spec for spec in files.specs() if spec.node == files.REFERENCES])
    unknown = {"object_id": guid_of("nowhere"), "file_name": "nowhere.txt", "file_size": 1}
    return {
        "manifest-2026-11-02T08-15-30.123456.json": of_tables[:24],
        "manifest-2026-11-09T16-40-02.654321.json": [
            *difficult,
            unknown,
            # As some portals write it: nothing but identifiers.
            {"object_id": of_tables[0]["object_id"]},
            {"object_id": of_tables[1]["object_id"], "subject_id": "DEV-test-case-001"},
        ],
    }
