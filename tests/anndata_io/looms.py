"""Loom files in the layouts that the Human Cell Atlas has, and in others that are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TEXT = h5py.string_dtype()


def counts(genes: int, cells: int, seed: int = 0) -> NDArray[np.float32]:
    """Return a matrix of genes by cells of which most is zero."""
    dice = np.random.default_rng(seed)
    full = dice.poisson(3, (genes, cells)).astype(np.float32)
    return np.where(dice.random((genes, cells)) < 0.1, full, np.float32(0))


def optimus(path: Path, genes: int = 90, cells: int = 150, **storage: Any) -> NDArray[np.float32]:
    """Write a matrix of raw counts as Optimus does: barcodes and symbols that repeat."""
    matrix = counts(genes, cells)
    storing = {"chunks": (64, 64), "compression": "gzip", "compression_opts": 2} | storage
    with h5py.File(path, "w") as file:
        file.create_dataset("matrix", data=matrix, **storing)
        rows, columns = file.create_group("row_attrs"), file.create_group("col_attrs")
        texts(rows, "ensembl_ids", [f"ENSG{n:011}" for n in range(genes)])
        texts(rows, "Gene", [f"GENE{n % (genes - 10)}" for n in range(genes)])
        rows.create_dataset("mean_quality", data=np.linspace(0, 1, genes))
        texts(columns, "CellID", [f"ACGT{n % 100:04}" for n in range(cells)])
        texts(columns, "cell_names", [f"ACGT{n % 100:04}-{n // 100}" for n in range(cells)])
        texts(columns, "input_id", ["ab"[n // 100 % 2] for n in range(cells)])
        columns.create_dataset("n_genes", data=(matrix > 0).sum(axis=0))
        columns.create_dataset("emptydrops_IsCell", data=np.arange(cells) % 2 == 0)
        columns.create_dataset("X_umap", data=np.arange(2 * cells).reshape(cells, 2) / 7)
        for name in ("layers", "row_graphs", "col_graphs"):
            file.create_group(name)
        attributes = file.create_group("attrs")
        for name, value in {
            "LOOM_SPEC_VERSION": "3.0.0",
            "donor_organism.genus_species": "Homo sapiens",
            "input_id": "uuid-1, uuid-2",
        }.items():
            attributes.create_dataset(name, data=value, dtype=TEXT)
    return matrix


def smart_seq2(
    path: Path, genes: int = 40, cells: int = 30
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Write TPM with estimated counts as a layer, in version 2 of the format."""
    tpm, estimated = counts(genes, cells, 1) * np.float32(1.5), counts(genes, cells, 2)
    with h5py.File(path, "w") as file:
        file.create_dataset("matrix", data=tpm, chunks=(16, 16), compression="gzip", shuffle=True)
        file.create_dataset("layers/estimated_counts", data=estimated, chunks=(16, 16))
        file.create_dataset(
            "row_attrs/Gene", data=np.array([f"G{n}".encode() for n in range(genes)])
        )
        names = np.array([f"cell&#233;{n}".encode() for n in range(cells)])
        file.create_dataset("col_attrs/CellID", data=names)
        file.create_dataset("col_attrs/cell_names", data=names)
        edges = file.create_group("col_graphs/KNN")
        edges.create_dataset("a", data=[2, 0, 0])
        edges.create_dataset("b", data=[1, 2, 1])
        edges.create_dataset("w", data=[0.5, 0.25, 0.125])
        file.attrs["LOOM_SPEC_VERSION"] = "2.0.1"
        file.attrs["title"] = np.bytes_(b"Cells &amp; genes")
    return tpm, estimated


def texts(group: h5py.Group, name: str, values: list[str]) -> None:
    """Write an attribute of text."""
    group.create_dataset(name, data=np.array(values, dtype=object), dtype=TEXT)
