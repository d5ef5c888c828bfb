"""Matrices in the layouts of Cell Ranger 2 and 3, as text and in HDF5."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CELLS, FEATURES = 70, 50


def counts(seed: int = 0) -> NDArray[np.int64]:
    """Return cells by features; the first and the last cell have nothing."""
    dice = np.random.default_rng(seed)
    full = dice.poisson(0.4, (CELLS, FEATURES)) * dice.integers(1, 2000, (CELLS, FEATURES))
    full[[0, 7, CELLS - 1]] = 0
    return full


def texts(matrix: NDArray[Any], order: str = "cells") -> dict[str, str]:
    """Return the files of version 3 without their endings; values of `order` follow each other."""
    cells, features = np.nonzero(matrix)
    if order == "features":
        keys = np.lexsort((cells, features))
    elif order == "backwards":
        # As Cell Ranger 2 wrote them: barcodes ascend, genes descend.
        keys = np.lexsort((-features, cells))
    else:
        keys = np.arange(len(cells))
    lines = [f"{features[n] + 1} {cells[n] + 1} {matrix[cells[n], features[n]]}\n" for n in keys]
    head = "%%MatrixMarket matrix coordinate integer general\n%a comment\n"
    sizes = f"{matrix.shape[1]} {matrix.shape[0]} {len(cells)}\n"
    kinds = ["Gene Expression"] * (FEATURES - 2) + ["Antibody Capture"] * 2
    return {
        "matrix.mtx": head + sizes + "".join(lines),
        "barcodes.tsv": "".join(f"ACGT{n:04}-1\n" for n in range(CELLS)),
        "features.tsv": "".join(
            f"ENSG{n:011}\tG{n % 45}\t{kind}\n" for n, kind in enumerate(kinds)
        ),
    }


def write_folder(folder: Path, files: dict[str, str], *, old: bool = False) -> None:
    """Write the files as Cell Ranger 3 does, or as it did before."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        if not old:
            (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        elif name == "features.tsv":
            lines = (line.rpartition("\t")[0] for line in text.splitlines())
            (folder / "genes.tsv").write_text("".join(f"{line}\n" for line in lines))
        else:
            (folder / name).write_text(text)


def write_h5(path: Path, matrix: NDArray[Any], *, old: bool = False) -> None:
    """Write HDF5 as Cell Ranger 3 does, or as it did before."""
    cells, features = np.nonzero(matrix)
    names = [f"G{n % 45}".encode() for n in range(FEATURES)]
    ids = [f"ENSG{n:011}".encode() for n in range(FEATURES)]
    with h5py.File(path, "w") as file:
        group = file.create_group("GRCh38" if old else "matrix")
        group["barcodes"] = [f"ACGT{n:04}-1".encode() for n in range(CELLS)]
        group["data"] = matrix[cells, features].astype("i4")
        group["indices"] = features.astype("i8")
        group["indptr"] = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=CELLS))])
        group["shape"] = np.array([FEATURES, CELLS], "i4")
        if old:
            group["genes"], group["gene_names"] = ids, names
            return
        said = group.create_group("features")
        said["id"], said["name"] = ids, names
        said["feature_type"] = [b"Gene Expression"] * FEATURES
        said["genome"] = [b"GRCh38"] * FEATURES
        said["_all_tag_keys"] = [b"genome"]
