"""What a look says of Loom and 10x files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest
import scipy.sparse as sp

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import NameKind
from tests.anndata_io import looms
from tests.previews.looking import ask, look, unpack
from tests.sources import h5_files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_loom_file(tmp_path: Path) -> None:
    path = tmp_path / "cells.loom"
    looms.optimus(path)
    found = look(path)
    facts = found.facts
    assert (facts.format, facts.shape, facts.raw_counts) == ("loom", (150, 90), "X")
    assert facts.x is not None
    assert (facts.x.shape, facts.x.encoding, facts.x.compression) == ((150, 90), "dense", "gzip")
    assert facts.obs_index == "cell_names"
    assert {top.value: top.count for top in found.column("input_id").top} == {"a": 100, "b": 50}
    assert facts.var.names is NameKind.ENSEMBL
    assert (facts.var.duplicates, facts.var.symbols_in) == (0, "Gene")
    assert facts.picture.embedding == "X_umap"
    header, axes = unpack(found.kept["points-"])
    assert (header["points"], axes["x"][0], axes["x"][-1]) == (150, 0, 65534)


def test_an_older_loom_file_with_layers_and_coordinates_apart(tmp_path: Path) -> None:
    path = tmp_path / "cells.loom"
    looms.smart_seq2(path)
    with h5py.File(path, "r+") as file:
        file["col_attrs/_X"], file["col_attrs/_Y"] = np.arange(30), np.arange(30) * 2
    facts = look(path).facts
    assert [(layer.name, layer.integers) for layer in facts.layers] == [
        ("layers/estimated_counts", True)
    ]
    assert (facts.raw_counts, facts.picture.embedding) == ("layers/estimated_counts", "_X, _Y")
    assert unpack(ask(path, points="_X, _Y"))[0]["y"] == [0, 58]


def tenx(path: Path, version: int) -> sp.csc_matrix:
    """Write counts of 20 genes by 30 cells as a version of Cell Ranger does."""
    counts = sp.random(20, 30, 0.2, "csc", random_state=0)
    counts.data = np.ceil(counts.data * 9).astype("i4")
    ids = np.array([f"ENSG{n:011}".encode() for n in range(20)])
    names = np.array([f"G{n}".encode() for n in range(20)])
    with h5py.File(path, "w") as file:
        group = file.create_group("matrix" if version == 3 else "GRCh38")
        for part in ("data", "indices", "indptr"):
            group.create_dataset(part, data=getattr(counts, part), compression="gzip")
        group["shape"] = np.array(counts.shape, "i4")
        group["barcodes"] = np.array([f"ACGT{n}-1".encode() for n in range(30)])
        if version == 3:
            group["features/id"], group["features/name"] = ids, names
            group["features/feature_type"] = np.full(20, b"Gene Expression")
            group["features/_all_tag_keys"] = np.array([b"genome"])
        else:
            group["genes"], group["gene_names"] = ids, names
    return counts


@pytest.mark.parametrize(("version", "symbols"), [(3, "name"), (2, "gene_names")])
def test_a_10x_file(tmp_path: Path, version: int, symbols: str) -> None:
    path = tmp_path / "filtered.h5"
    counts = tenx(path, version)
    facts = look(path).facts
    assert (facts.format, facts.shape, facts.raw_counts) == ("10x h5", (30, 20), "X")
    assert facts.x is not None
    assert (facts.x.encoding, facts.x.stored, facts.x.integers) == ("csr", counts.nnz, True)
    assert facts.obs == ()
    assert (facts.var.names, facts.var.symbols_in) == (NameKind.ENSEMBL, symbols)
    assert facts.picture.note == "The file has no embedding."


def test_matrices_that_are_not_of_their_shape(tmp_path: Path) -> None:
    path = tmp_path / "filtered.h5"
    tenx(path, 3)
    with h5py.File(path, "r+") as file:
        file["matrix/shape"][:] = (20, 1 << 30)
    with pytest.raises(UnreadableError, match="not of the shape it says"):
        look(path)
    loom = tmp_path / "cells.loom"
    looms.optimus(loom)
    with h5py.File(loom, "r+") as file:
        del file["matrix"]
        file["matrix"] = h5py.ExternalLink(str(path), "/matrix/data")
    with pytest.raises(UnreadableError, match="leads elsewhere"):
        look(loom)


def test_of_several_modalities_the_first_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "both.h5mu"
    for name in ("rna", "prot"):
        h5_files.counts_in(tmp_path / name, "X")
    with h5py.File(path, "w") as file:
        file.attrs["encoding-type"] = "MuData"
        for group in ("obs", "var"):
            file.create_group(group)
        mod = file.create_group("mod")
        mod.attrs["mod-order"] = ["rna", "prot"]
        for name in ("prot", "rna"):
            with h5py.File(tmp_path / name) as one:
                made = mod.create_group(name)
                for part in one:
                    one.copy(part, made)
    found = look(path).facts
    assert (found.format, found.shape, found.raw_counts) == ("h5mu", (4, 3), "X")
    assert "modalities are rna, prot; this is rna" in found.notes[0]
