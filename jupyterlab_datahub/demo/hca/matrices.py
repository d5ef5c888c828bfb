"""Matrices made of the real cells, in the layouts that HCA projects have."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.demo.hca.loom import LOOM_2, write_loom

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from jupyterlab_datahub.demo.hca.specs import FileSpec, ProjectSpec
    from jupyterlab_datahub.demo.pbmc import Pbmc

MILLION = 1e6

SAME_NAME = (("ENSG00000254093", "PINX1"), ("ENSG00000258724", "PINX1"))
"""Two genes of GENCODE 48 with one name, which the variable genes of PBMC 68k do not have: they
are added with no counts, as gene names repeat in every matrix of the platform."""


class Cells(NamedTuple):
    """Cells and genes of one matrix: counts (cells × genes) and what both are called.

    ``inputs`` are the sequencing processes the cells come from, ``input_of`` tells for each
    cell which one. ``barcodes`` repeat from input to input where there are several.
    """

    counts: csr_matrix
    ids: NDArray[np.object_]
    names: NDArray[np.object_]
    lengths: NDArray[np.float64]
    barcodes: NDArray[np.object_]
    inputs: tuple[str, ...]
    input_of: NDArray[np.int64]
    labels: NDArray[np.object_]


def choose(recipe: str, project: ProjectSpec, file: FileSpec, pbmc: Pbmc) -> Cells:
    """Return the cells of a matrix: all, each n-th (``…/n``), or n copies (``…*n``)."""
    import numpy as np
    from scipy.sparse import csr_matrix, hstack

    _, _, every = recipe.partition("/")
    _, _, copies = recipe.partition("*")
    rows = np.tile(np.arange(pbmc.counts.shape[0])[:: int(every or 1)], int(copies or 1))
    suspensions = [project.suspensions[at].id for at in file.suspensions]
    inputs = tuple(project.entity_id("sequencing", id_) for id_ in suspensions)
    input_of = np.arange(len(rows)) % len(inputs)
    known = pbmc.obs.index.to_numpy(dtype=object)
    # The n-th cell of every input has the same barcode: there are only so many.
    barcodes = known[rows // int(copies or 1)] if len(inputs) == 1 else known[_turns(input_of)]
    nothing = csr_matrix((len(rows), len(SAME_NAME)), dtype=np.float32)
    names = pbmc.var["feature_name"].astype(str).to_numpy(dtype=object)
    return Cells(
        counts=hstack([pbmc.counts[rows], nothing], format="csr"),
        ids=np.append(pbmc.var.index.to_numpy(dtype=object), [id_ for id_, _ in SAME_NAME]),
        names=np.append(names, [name for _, name in SAME_NAME]),
        lengths=np.append(pbmc.var["feature_length"].to_numpy(dtype=np.float64), [1000.0] * 2),
        barcodes=np.array([name.partition("-")[0] for name in barcodes], dtype=object),
        inputs=inputs,
        input_of=input_of,
        labels=pbmc.obs["bulk_labels"].astype(str).to_numpy(dtype=object)[rows],
    )


def _turns(input_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each cell the how-manieth of its input it is."""
    import numpy as np

    turns = np.zeros(len(input_of), dtype=np.int64)
    for one in np.unique(input_of):
        of_input = input_of == one
        turns[of_input] = np.arange(of_input.sum())
    return turns


def attributes_of(project: ProjectSpec, file: FileSpec, cells: Cells) -> dict[str, str]:
    """Return the global attributes that the pipelines wrote."""
    suspensions = [project.suspensions[at] for at in file.suspensions]
    samples = [project.samples[one.sample] for one in suspensions]
    donors = [project.donors[one.donor] for one in samples]
    protocol = project.protocols[file.protocol or 0]
    return {
        "CreationDate": "20240305T093000.000000Z",
        "donor_organism.genus_species": _joined(donor.species for donor in donors),
        "expression_data_type": "exonic",
        "input_id": ", ".join(cells.inputs),
        "input_name": _joined(one.id for one in suspensions),
        "library_preparation_protocol.library_construction_approach": protocol.library or "",
        "optimus_output_schema_version": "1.0.0",
        "pipeline_version": protocol.workflow or "",
        "project.project_core.project_name": project.short,
        "project.provenance.document_id": project.id,
        "specimen_from_organism.organ": _joined(one.organ for one in samples),
    }


def _joined(values: Any) -> str:
    return ", ".join(dict.fromkeys(str(value) for value in values))


def write_optimus(
    path: Path, project: ProjectSpec, file: FileSpec, cells: Cells, *, compressed: bool
) -> None:
    """Write what Optimus makes of 10x libraries: UMI counts, barcodes that repeat."""
    import numpy as np

    dense = cells.counts.toarray().T.astype(np.float32)
    totals = dense.sum(axis=0)
    input_ids = np.array(cells.inputs, dtype=object)[cells.input_of]
    at = [str(one) for one in cells.input_of]
    unique = np.array([f"{b}-{n}" for b, n in zip(cells.barcodes, at, strict=True)], dtype=object)
    if len(np.unique(unique)) < len(unique):
        unique = np.array([f"{b}-{n}" for n, b in enumerate(cells.barcodes)], dtype=object)
    write_loom(
        path,
        dense,
        rows={
            "Gene": cells.names,
            "ensembl_ids": cells.ids,
            "gene_names": cells.names,
            "n_molecules": dense.sum(axis=1),
            "number_cells_expressing": (dense > 0).sum(axis=1).astype(np.int64),
        },
        columns={
            "CellID": cells.barcodes,
            "cell_names": unique,
            "emptydrops_IsCell": np.ones(len(unique), dtype=np.uint8),
            "emptydrops_Total": totals,
            "input_id": input_ids,
            "n_genes": (dense > 0).sum(axis=0).astype(np.int64),
            "n_molecules": totals,
        },
        attributes=attributes_of(project, file, cells),
        compressed=compressed,
    )


def tpm_of(cells: Cells) -> NDArray[np.float32]:
    """Return transcripts per million (genes × cells), from counts and the lengths of genes."""
    import numpy as np

    rates = cells.counts.toarray().T / cells.lengths[:, None]
    totals = np.maximum(rates.sum(axis=0), np.finfo(np.float64).tiny)
    scaled: NDArray[np.float32] = (rates / totals * MILLION).astype(np.float32)
    return scaled


def write_smartseq2(path: Path, project: ProjectSpec, file: FileSpec, cells: Cells) -> None:
    """Write what the multi-sample Smart-seq2 pipeline makes: TPM, and counts as a layer."""
    import numpy as np

    counts = cells.counts.toarray().T.astype(np.float32)
    names = np.array(
        [project.entity_id("well", str(at)) for at in range(counts.shape[1])], dtype=object
    )
    write_loom(
        path,
        tpm_of(cells),
        layers={"estimated_counts": counts},
        rows={"Gene": cells.names, "ensembl_ids": cells.ids, "gene_names": cells.names},
        columns={
            "CellID": names,
            "cell_names": names,
            "input_id": np.array(cells.inputs, dtype=object)[cells.input_of],
            "n_genes": (counts > 0).sum(axis=0).astype(np.int64),
        },
        attributes=attributes_of(project, file, cells),
    )


def write_dcp1(path: Path, project: ProjectSpec, file: FileSpec, cells: Cells) -> None:
    """Write what the matrix service of the first platform made."""
    import numpy as np

    dense = cells.counts.toarray().T.astype(np.float32)
    names = np.array(
        [project.entity_id("cell", str(at)) for at in range(dense.shape[1])], dtype=object
    )
    organ = project.samples[project.suspensions[file.suspensions[0]].sample].organ
    write_loom(
        path,
        dense,
        rows={"Accession": cells.ids, "Gene": cells.ids, "gene_names": cells.names},
        columns={
            "CellID": names,
            "barcode": cells.barcodes,
            "derived_organ_label": np.full(len(names), organ, dtype=object),
            "genes_detected": (dense > 0).sum(axis=0).astype(np.int64),
            "total_umis": dense.sum(axis=0),
        },
        attributes=attributes_of(project, file, cells),
        version=LOOM_2,
    )


def write_h5ad(path: Path, project: ProjectSpec, file: FileSpec, cells: Cells) -> None:
    """Write what a contributor might: counts with labels, genes by Ensembl id."""
    import anndata
    import pandas as pd

    names = [f"{b}-{n}" for n, b in enumerate(cells.barcodes)]
    inputs = pd.Categorical([project.suspensions[file.suspensions[at]].id for at in cells.input_of])
    obs = pd.DataFrame({"label": pd.Categorical(cells.labels), "sample": inputs}, index=names)
    var = pd.DataFrame({"gene_name": cells.names}, index=list(cells.ids))
    made = anndata.AnnData(cells.counts, obs=obs, var=var)
    made.uns["title"] = project.title
    made.write_h5ad(path, compression="gzip")


def csv_of(cells: Cells, separator: str = ",") -> bytes:
    """Return a table of counts, genes × cells, as contributors hand them in."""
    import pandas as pd

    names = [f"{b}-{n}" for n, b in enumerate(cells.barcodes)]
    table = pd.DataFrame(cells.counts.T.toarray().astype(int), index=cells.names, columns=names)
    text: str = table.to_csv(sep=separator, index_label="gene")
    return text.encode()


def tenx_of(cells: Cells) -> dict[str, bytes]:
    """Return the three files of a 10x matrix, each packed on its own."""
    from scipy.io import mmwrite

    matrix = io.BytesIO()
    mmwrite(matrix, cells.counts.T.astype(int), field="integer")
    features = [f"{i}\t{n}\tGene Expression\n" for i, n in zip(cells.ids, cells.names, strict=True)]
    barcodes = [f"{b}-{n}\n" for n, b in enumerate(cells.barcodes)]
    return {
        "matrix.mtx.gz": _packed(matrix.getvalue()),
        "features.tsv.gz": _packed("".join(features).encode()),
        "barcodes.tsv.gz": _packed("".join(barcodes).encode()),
    }


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """Return an archive that is the same whenever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 3, 5, 9, 30, 0)), content)
    return made.getvalue()


def tar_of(members: Mapping[str, bytes]) -> bytes:
    """Return an archive as GEO's ``_RAW.tar``."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()
