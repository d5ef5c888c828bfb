"""Records of the curation API, as small as they may be and as odd as they get."""

from __future__ import annotations

from typing import Any

COLLECTION = "11111111-0000-4000-8000-000000000001"
DATASET = "22222222-0000-4000-8000-000000000002"
VERSION = "33333333-0000-4000-8000-000000000003"
OLDER = "44444444-0000-4000-8000-000000000004"
UNKNOWN = "55555555-0000-4000-8000-000000000005"

FILES = "https://datasets.example.org"


def dataset(**fields: Any) -> dict[str, Any]:
    """Return a dataset as it stands in a collection."""
    return {
        "dataset_id": DATASET,
        "dataset_version_id": VERSION,
        "title": "Lung of mice",
        "organism": [{"label": "Mus musculus", "ontology_term_id": "NCBITaxon:10090"}],
        "tissue": [
            {"label": "lung", "ontology_term_id": "UBERON:0002048", "tissue_type": "tissue"}
        ],
        "disease": [{"label": "normal", "ontology_term_id": "PATO:0000461"}],
        "assay": [{"label": "10x 3' v3", "ontology_term_id": "EFO:0009922"}],
        "cell_count": 5000,
        "assets": [{"filesize": 1234, "filetype": "H5AD", "url": f"{FILES}/{VERSION}.h5ad"}],
        "published_at": "2021-05-06T16:41:21+00:00",
        "revised_at": "2026-06-11T16:54:39+00:00",
        "created_at": "2026-12-31T00:00:00+00:00",
        "schema_version": "7.1.0",
        **fields,
    }


def collection(*datasets: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a collection, in full or as it stands in the list of collections."""
    return {
        "collection_id": COLLECTION,
        "collection_version_id": "66666666-0000-4000-8000-000000000006",
        "collection_url": f"https://example.org/collections/{COLLECTION}",
        "name": "Lungs",
        "description": "All about lungs.",
        "doi": "10.1000/lungs",
        "revised_at": "2026-06-11T16:54:39+00:00",
        "datasets": list(datasets),
        **fields,
    }


def indexed(record: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset as it stands in the list of all datasets."""
    added = {"collection_id": COLLECTION, "collection_name": "Lungs", "collection_doi": None}
    return {**added, **record}
