"""Laying the real cells out as CELLxGENE schema 7.1 wants them in an .h5ad."""

from __future__ import annotations

from base64 import b85encode
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.pbmc import SCALE
from jupyterlab_datahub.demo.terms import CELL_TYPE_OF_LABEL, TERMS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from anndata import AnnData
    from numpy.typing import NDArray

    from jupyterlab_datahub.demo.cellxgene.specs import (
        CollectionSpec,
        DatasetSpec,
        VersionSpec,
    )
    from jupyterlab_datahub.demo.pbmc import Pbmc

ZEROS = "X_zeros"
"""The embedding that is nothing but a hole in the big file."""

TERM_COLUMNS = (
    "assay",
    "cell_type",
    "development_stage",
    "disease",
    "self_reported_ethnicity",
    "sex",
    "tissue",
)


def choose_cells(spec: DatasetSpec, version: VersionSpec, pbmc: Pbmc) -> NDArray[np.int64]:
    """Return the rows of PBMC 68k that a version of a dataset has, with its copies."""
    import numpy as np

    rows = np.arange(pbmc.counts.shape[0])
    if spec.labels:
        rows = rows[pbmc.obs["bulk_labels"].isin(spec.labels).to_numpy()]
    rows = rows[spec.first :: spec.every]
    rows = rows[: max(round(len(rows) * version.part), 1)]
    return np.tile(rows, spec.copies)


def build(
    collection: CollectionSpec, spec: DatasetSpec, version: VersionSpec, pbmc: Pbmc
) -> AnnData:
    """Return a version of a dataset as an AnnData (without the zeros of a big one)."""
    import anndata
    import numpy as np
    from scipy.sparse import diags_array

    rows = choose_cells(spec, version, pbmc)
    counts = pbmc.counts[rows]
    obs = _obs(spec, pbmc, rows)
    obsm = {"X_pca": pbmc.pca[rows], "X_umap": pbmc.umap[rows]}
    var = pbmc.var.copy()
    if spec.raw == "X":
        x, raw = counts, None
    else:
        x = (diags_array(SCALE / pbmc.totals[rows]) @ counts).tocsr().astype(np.float32)
        x.data = np.log1p(x.data)
        # The schema wants feature_name and the other labels in var only, not in raw.var.
        raw = anndata.AnnData(counts, obs=obs[[]], var=var[[]])
    made = anndata.AnnData(x, obs=obs, var=var, obsm=obsm)
    made.uns = _uns(collection, spec, version)
    if raw is not None:
        made.raw = raw
    return made


def _obs(spec: DatasetSpec, pbmc: Pbmc, rows: NDArray[np.int64]) -> pd.DataFrame:
    import pandas as pd

    source = pbmc.obs.iloc[rows]
    count = len(rows)
    donors = [spec.donors[index % len(spec.donors)] for index in range(count)]
    assays = [spec.assays[index % len(spec.assays)] for index in range(count)]
    labels: dict[str, list[str]] = {
        "assay": assays,
        "cell_type": [CELL_TYPE_OF_LABEL[label] for label in source["bulk_labels"]],
        "development_stage": [donor.stage for donor in donors],
        "disease": [donor.disease for donor in donors],
        "self_reported_ethnicity": [donor.ethnicity for donor in donors],
        "sex": [donor.sex for donor in donors],
        "tissue": [spec.tissue] * count,
    }
    names = [f"{name}-{row}" for row, name in enumerate(source.index)]
    if spec.copies == 1:
        names = list(source.index)
    columns: dict[str, Any] = {
        "bulk_labels": source["bulk_labels"].to_numpy(),
        "louvain": source["louvain"].to_numpy(),
        "phase": source["phase"].to_numpy(),
        "percent_mito": source["percent_mito"].to_numpy(),
        "donor_id": pd.Categorical([donor.id for donor in donors]),
        "suspension_type": pd.Categorical([spec.suspension] * count),
        "tissue_type": pd.Categorical([spec.tissue_type] * count),
        "is_primary_data": [spec.primary] * count,
    }
    for column in TERM_COLUMNS:
        terms = [TERMS[label] for label in labels[column]]
        columns[f"{column}_ontology_term_id"] = pd.Categorical(terms)
        columns[column] = pd.Categorical(labels[column])
    columns["observation_joinid"] = [_join_id(spec.id, name) for name in names]
    obs = pd.DataFrame(columns, index=names)
    for column in ("bulk_labels", "louvain", "phase"):
        obs[column] = pd.Categorical(obs[column])
    return obs


def _join_id(dataset: str, cell: str) -> str:
    digest = blake2b(f"{dataset}/{cell}".encode(), digest_size=8).digest()
    return b85encode(digest).decode("ascii")


def _uns(collection: CollectionSpec, spec: DatasetSpec, version: VersionSpec) -> dict[str, object]:
    uns: dict[str, object] = {
        "title": spec.title,
        "citation": file_citation(collection, spec, version),
        "schema_version": version.schema,
        "schema_reference": (
            "https://github.com/chanzuckerberg/single-cell-curation/blob/main/schema/"
            f"{version.schema}/schema.md"
        ),
        "organism": spec.organism,
        "organism_ontology_term_id": TERMS[spec.organism],
        "default_embedding": "X_umap",
        "demo_note": collection.description,
    }
    if spec.big:
        uns["zeros_note"] = f"obsm['{ZEROS}'] is all zeros: it makes this file big, no more."
    return uns


def file_citation(collection: CollectionSpec, spec: DatasetSpec, version: VersionSpec) -> str:
    """Return the citation that is inside a file; the file does not know its host."""
    publication = f"Publication: https://doi.org/{collection.doi} " if collection.doi else ""
    return (
        f"{publication}Dataset Version: {spec.version_id(version)} curated and distributed by "
        f"the JupyterLab DataHub demo hub in Collection: {collection.id}"
    )


def write(made: AnnData, spec: DatasetSpec, path: Path) -> None:
    """Write an .h5ad, with a hole of zeros in a big one.

    The zeros are a contiguous HDF5 dataset whose space is allocated and never written, so
    that a gigabyte appears at once and takes no room on the disk.
    """
    import h5py

    made.write_h5ad(path, compression="gzip" if spec.compressed else None)
    if not spec.zeros:
        return
    with h5py.File(path, "r+") as file:
        created = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        created.set_layout(h5py.h5d.CONTIGUOUS)
        created.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        created.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        space = h5py.h5s.create_simple((made.n_obs, spec.zeros))
        kind = h5py.h5t.IEEE_F32LE
        h5py.h5d.create(file["obsm"].id, ZEROS.encode(), kind, space, dcpl=created)
        file["obsm"][ZEROS].attrs["encoding-type"] = "array"
        file["obsm"][ZEROS].attrs["encoding-version"] = "0.2.0"


def measure(made: AnnData, spec: DatasetSpec) -> dict[str, Any]:
    """Return what a record says of a file's content, counted in that content."""
    import numpy as np

    counts = made.X if made.raw is None else made.raw.X
    obs = made.obs
    terms = {column: _terms(obs, column) for column in TERM_COLUMNS}
    for term in terms["tissue"]:
        term["tissue_type"] = spec.tissue_type
    embeddings = sorted([*made.obsm, ZEROS] if spec.big else made.obsm)
    return {
        **terms,
        "batch_condition": None,
        "cell_count": made.n_obs,
        "default_embedding": "X_umap",
        "donor_id": sorted(obs["donor_id"].cat.categories),
        "embeddings": embeddings,
        "feature_biotype": ["gene"],
        "feature_count": made.n_vars,
        "feature_reference": ["NCBITaxon:9606"],
        "genetic_perturbation_strategy": None,
        "is_primary_data": [spec.primary],
        "mean_genes_per_cell": round(float(np.diff(counts.indptr).mean()), 4),
        "organism": [{"label": spec.organism, "ontology_term_id": TERMS[spec.organism]}],
        "primary_cell_count": made.n_obs if spec.primary else 0,
        "raw_data_location": spec.raw,
        "spatial": None,
        "suspension_type": [spec.suspension],
        "x_approximate_distribution": "COUNT" if spec.raw == "X" else "NORMAL",
    }


def _terms(obs: pd.DataFrame, column: str) -> list[dict[str, str]]:
    labels = sorted(obs[column].cat.categories)
    return [{"label": label, "ontology_term_id": TERMS[label]} for label in labels]
