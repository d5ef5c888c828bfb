"""HDF5 files of every age and make, written by hand so that no package has to be that old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

CELLS = ("c1", "c2", "c3", "c4")
GENES = ("g1", "g2", "g3")
COUNTS = np.array([[0, 1, 2], [3, 0, 0], [0, 0, 4], [1, 1, 1]], dtype="f4")
TEXT = h5py.string_dtype()


def anndata_07(path: Path) -> None:
    """Write a file as anndata 0.7 did: codes beside ``obs/__categories``."""
    with h5py.File(path, "w") as file:
        _csr(file.create_group("X"), COUNTS, {"encoding-type": "csr_matrix"})
        obs = file.create_group("obs")
        obs.attrs["_index"] = "index"
        obs.attrs["column-order"] = np.array(["celltype", "n"], dtype=TEXT)
        obs["index"] = np.array(CELLS, dtype=TEXT)
        obs["celltype"] = np.array([0, 1, 0, 1], dtype="i1")
        obs["n"] = np.arange(4)
        obs["__categories/celltype"] = np.array(["B cell", "T cell"], dtype=TEXT)
        obs["celltype"].attrs["categories"] = obs["__categories/celltype"].ref
        var = file.create_group("var")
        var.attrs["_index"] = "gene_ids"
        var["gene_ids"] = np.array(GENES, dtype=TEXT)


def anndata_06(path: Path) -> None:
    """Write a file as anndata 0.6 did: compound arrays, categories in uns."""
    obs = np.array([(b"c1", 0), (b"c2", 1)], dtype=[("index", "S2"), ("cell_type", "i1")])
    with h5py.File(path, "w") as file:
        file["X"] = np.log1p(COUNTS[:2])
        file["obs"] = obs
        file["var"] = np.array([(b"g1",), (b"g2",), (b"g3",)], dtype=[("index", "S2")])
        file["uns/cell_type_categories"] = np.array([b"B cell", b"nan"])


def anndata_013(path: Path) -> None:
    """Write a file as anndata 0.13 does: texts as values beside a mask."""
    with h5py.File(path, "w") as file:
        for name, names in (("obs", CELLS), ("var", GENES)):
            frame = file.create_group(name)
            frame.attrs["_index"] = "_index"
            _masked(frame.create_group("_index"), names)
        tissue = file.create_group("obs/tissue")
        tissue.attrs["encoding-type"] = "categorical"
        _masked(tissue.create_group("categories"), ("lung", "blood"))


def counts_in(path: Path, place: str) -> None:
    """Write a file whose X is normalised and whose counts are in `place`."""
    with h5py.File(path, "w") as file:
        for name, names in (("obs", CELLS), ("var", GENES)):
            frame = file.create_group(name)
            frame.attrs["_index"] = "_index"
            frame["_index"] = np.array(names, dtype=TEXT)
        _csr(file.create_group("X"), np.log1p(COUNTS), {"h5sparse_format": "csr"})
        if place == "X":
            del file["X"]
            file["X"] = COUNTS
        elif place:
            _csr(file.create_group(place.replace("raw.X", "raw/X")), COUNTS, {})


def organism_in_uns(path: Path) -> None:
    """Write a file of CELLxGENE schema 6 and later, where the organism is in uns."""
    counts_in(path, "X")
    with h5py.File(path, "r+") as file:
        file["uns/organism"] = "Homo sapiens"
        file["uns/organism_ontology_term_id"] = "NCBITaxon:9606"
        file["uns/title"] = np.array(["A title"], dtype=TEXT)
        file["uns/citation"] = (
            "Publication: https://doi.org/10.1038/ncomms14049 Dataset Version: here."
        )


def loom(path: Path) -> None:
    """Write a loom file: genes in rows."""
    with h5py.File(path, "w") as file:
        file["matrix"] = COUNTS.T
        file["layers/spliced"] = COUNTS.T
        file["attrs/title"] = "A loom"


def tenx(path: Path) -> None:
    """Write the part of a Cell Ranger 3 file that says how large it is."""
    with h5py.File(path, "w") as file:
        file["matrix/shape"] = np.array([3, 4], dtype="i4")


def mudata(path: Path) -> None:
    """Write the outline of a MuData file."""
    counts_in(path, "X")
    with h5py.File(path, "r+") as file:
        file.create_group("mod/rna")
        file.create_group("mod/prot")


def linked_out(path: Path, target: Path) -> None:
    """Write a file whose categories are a link into another file."""
    counts_in(path, "X")
    with h5py.File(target, "w") as file:
        file["secret"] = np.array(["not yours"], dtype=TEXT)
    with h5py.File(path, "r+") as file:
        column = file["obs"].create_group("tissue")
        column["categories"] = h5py.ExternalLink(str(target), "/secret")


def _masked(group: h5py.Group, values: tuple[str, ...]) -> None:
    group.attrs["encoding-type"] = "nullable-string-array"
    group["values"] = np.array(values, dtype=TEXT)
    group["mask"] = np.zeros(len(values), dtype=bool)


def _csr(group: h5py.Group, dense: np.ndarray, attrs: dict[str, str]) -> None:
    rows, columns = np.nonzero(dense)
    group["data"] = dense[rows, columns]
    group["indices"] = columns
    group["indptr"] = np.searchsorted(rows, np.arange(len(dense) + 1))
    group.attrs["shape"] = dense.shape
    for name, value in attrs.items():
        group.attrs[name] = value
