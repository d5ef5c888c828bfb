"""Datasets for the tests, in the shapes that real catalogs have."""

from __future__ import annotations

from typing import Any

from jupyterlab_datahub.model import (
    Access,
    Asset,
    Collection,
    Dataset,
    Link,
    Range,
    SearchQuery,
    Term,
)

Facets = dict[str, tuple[Term, ...]]


def terms(**labels: str | tuple[str, ...]) -> Facets:
    """Return facets without ontology terms."""
    return {
        name: tuple(Term(label=label) for label in ([given] if isinstance(given, str) else given))
        for name, given in labels.items()
    }


def dataset(key: str, title: str, *, size: int | None = None, **fields: Any) -> Dataset:
    """Return a dataset with one file of `size` bytes and a ref made of `key`."""
    made: dict[str, Any] = {
        "ref": f"cellxgene:{key}",
        "source": "cellxgene",
        "kind": "cellxgene",
        "id": f"id-of-{key}",
        "version": key,
        "title": title,
        "assets": (
            Asset(
                ref=f"cellxgene:{key}/{key}.h5ad",
                name=f"{key}.h5ad",
                format="H5AD",
                size=size,
                loads_as_anndata=True,
            ),
        ),
    }
    return Dataset(**(made | fields))


HUVEC = dataset(
    "aaeb9a19-a77c-49a8-bdfa-1949773738b0",
    "scRNA-seq data analysis of HUVECs treated with high glucose and TNFα",
    id="6cda3b13-7257-45b9-ac20-0a7e6697e4f2",
    collection=Collection(
        id="db468083-041c-41ca-8f6f-bf991a070adf",
        title="Stress-induced RNA-chromatin interactions promote endothelial dysfunction",
        doi="10.1038/s41467-020-18957-w",
        authors="Riccardo Calandrelli, Sheng Zhong",
    ),
    doi="10.1038/s41467-020-18957-w",
    facets={
        "organism": (Term(label="Homo sapiens", ontology_term_id="NCBITaxon:9606"),),
        "tissue": (Term(label="endothelial cell", ontology_term_id="CL:0000115"),),
        "assay": (Term(label="10x 3' v2", ontology_term_id="EFO:0009899"),),
        "cell_type": (Term(label="endothelial cell of umbilical vein"),),
        "sex": (Term(label="unknown"),),
    },
    cells=59605,
    size=421893976,
    published="2021-05-06T16:41:21+00:00",
    revised="2026-06-11T16:54:39+00:00",
    links=(Link(title="GSE135357", url="https://www.ncbi.nlm.nih.gov/geo/"),),
)

LUNG = dataset(
    "ls1",
    "Tabula Sapiens - Lung",
    facets=terms(
        organism="Homo sapiens",
        tissue=("lung", "trachea"),
        assay=("10x 3' v3", "Smart-seq2"),
        disease="normal",
        cell_type=("CD14-positive, CD16-negative classical monocyte", "T cell"),
        sex=("male", "female"),
    ),
    cells=65847,
    size=1433774383,
    published="2023-02-01",
)

COVID = dataset(
    "cov1",
    "Blood of patients",
    description="A study of SARS-CoV-2 infection by Müller-Šimić and colleagues.",
    facets=terms(
        organism="Homo sapiens", tissue="blood", disease=("COVID-19", "normal"), assay="10x 5' v1"
    ),
    cells=1462702,
    size=33219989200,
    published="2021-10-05",
)

MOUSE = dataset(
    "mouse1",
    "Ageing mouse lung",
    facets=terms(
        organism="Mus musculus", tissue="lung", disease="normal", genetic_perturbation="none"
    ),
    cells=14813,
    size=122029606,
    published="2020-03-02",
)

PBMC = dataset(
    "pbmc3k",
    "PBMC 3k",
    facets=terms(organism="Homo sapiens", tissue="blood", assay="10x 3' v1", cell_type="T cell"),
    cells=2700,
    access=Access.REQUEST,
)

EVERYTHING = (HUVEC, LUNG, COVID, MOUSE, PBMC)


def ask(text: str = "", **fields: Any) -> SearchQuery:
    """Return a query; ``facets`` and ``ranges`` may be given with plain values."""
    facets = {name: tuple(values) for name, values in fields.pop("facets", {}).items()}
    ranges = {name: Range(min=a, max=b) for name, (a, b) in fields.pop("ranges", {}).items()}
    return SearchQuery(text=text, facets=facets, ranges=ranges, **fields)
