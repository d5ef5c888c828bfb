"""Members of archives and modalities of MuData as h5ad, and what is refused."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

import anndata as ad
import h5py
import numpy as np
import pytest

from jupyterlab_datahub.anndata_io.bundled import write_member
from jupyterlab_datahub.anndata_io.members import Members
from jupyterlab_datahub.anndata_io.mtx import CountsError
from jupyterlab_datahub.demo.s3 import bundles as demo
from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.model import MemberKind
from jupyterlab_datahub.sources.bundles import member_ref, picked, split_ref

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def made(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the demo's archive and MuData."""
    folder = tmp_path_factory.mktemp("bundles")
    paths = {}
    for key, content in demo.contents(demo_data).items():
        paths[key] = folder / key.rpartition("/")[2]
        paths[key].write_bytes(content)
    return paths


def test_a_ref_names_a_member_whatever_it_is_called() -> None:
    for path in ("a/b c.h5ad", "größe#1.csv", "100%.csv", "x#member=y"):
        ref = member_ref("s3://bucket/some.zip", path)
        assert split_ref(ref)[1].endswith(path.rpartition("#member=")[2])
        assert split_ref("s3://bucket/some.zip") == ("s3://bucket/some.zip", "")
    assert split_ref(member_ref("s3://b/a#1.zip", "x#member=y")) == ("s3://b/a#1.zip", "x#member=y")
    assert split_ref("#member=x") == ("#member=x", "")


def test_what_members_are() -> None:
    kinds = {
        "cells.h5ad": MemberKind.ANNDATA,
        "both.h5mu": MemberKind.MODALITIES,
        "a/matrix.mtx": MemberKind.MATRIX,
        "a/barcodes.tsv": MemberKind.PART,
        "a/genes.tsv": MemberKind.PART,
        "b/GSM1_matrix.mtx.gz": MemberKind.PART,
        "b/GSM1_barcodes.tsv.gz": MemberKind.PART,
        "b/GSM2_features.tsv.gz": MemberKind.PART,
        "counts.csv.gz": MemberKind.TABLE,
        "raw.h5": MemberKind.MATRIX,
        "filtered_feature_bc_matrix.tar.gz": MemberKind.MATRIX,
        "all.zip": MemberKind.ARCHIVE,
        "s.zarr/obs/_index/0": MemberKind.STORE,
        "notes.txt": MemberKind.OTHER,
    }
    found = {one.path: one for one in picked(kinds)}
    assert {path: one.kind for path, one in found.items()} == kinds
    assert found["a/matrix.mtx"].beside == ("a/barcodes.tsv", "a/genes.tsv")
    assert found["a/genes.tsv"].beside == ("a/matrix.mtx",)
    assert found["b/GSM1_matrix.mtx.gz"].beside == ()


@pytest.mark.parametrize(
    ("key", "member", "genes"),
    [
        (demo.ARCHIVE, demo.CELLS, None),
        (demo.ARCHIVE, demo.MATRIX, None),
        (demo.MUDATA, "rna", None),
        (demo.MUDATA, "prot", list(demo.PROTEINS)),
    ],
)
def test_one_of_them_becomes_an_anndata(
    made: dict[str, Path], tmp_path: Path, key: str, member: str, genes: list[str] | None
) -> None:
    target = tmp_path / "one.h5ad"
    said = write_member(made[key], made[key].name, member, target)
    read = ad.read_h5ad(target)
    assert read.shape == (said.cells, said.genes)
    assert said.size == target.stat().st_size
    assert read.X.sum() > 0
    if genes is not None:
        assert list(read.var_names) == genes
    assert [path.name for path in tmp_path.iterdir()] == ["one.h5ad"]


@pytest.mark.parametrize(
    ("key", "member", "words"),
    [
        (demo.ARCHIVE, "sample-3/cells.h5ad", "is not in"),
        (demo.ARCHIVE, "../cells.h5ad", "is not in"),
        (demo.ARCHIVE, "README.txt", "does not become an AnnData"),
        (demo.ARCHIVE, "sample-2/barcodes.tsv.gz", "does not become an AnnData"),
        (demo.MUDATA, "atac", "has no modality 'atac'"),
    ],
)
def test_what_is_no_choice_says_why_and_leaves_nothing(
    made: dict[str, Path], tmp_path: Path, key: str, member: str, words: str
) -> None:
    with pytest.raises(CountsError, match=words) as raised:
        write_member(made[key], made[key].name, member, tmp_path / "one.h5ad")
    assert raised.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_table_and_a_damaged_member(tmp_path: Path) -> None:
    bundle = tmp_path / "some.zip"
    table = "gene,a,b,c\nG1,1,0,2\nG2,0,3,4\n"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("deep/counts.csv.gz", gzip.compress(table.encode()))
        archive.writestr("bad.h5ad", b"no AnnData")
        archive.writestr("bad.h5", b"no HDF5")
    target = tmp_path / "one.h5ad"
    write_member(bundle, bundle.name, "deep/counts.csv.gz", target)
    assert sorted(ad.read_h5ad(target).shape) == [2, 3]
    target.unlink()
    for member in ("bad.h5ad", "bad.h5"):
        with pytest.raises(DataHubError):
            write_member(bundle, bundle.name, member, target)
    assert [path.name for path in tmp_path.iterdir()] == ["some.zip"]


@pytest.mark.parametrize("harm", ["soft", "external", "elsewhere", "no anndata"])
def test_a_modality_that_leads_out_of_its_file_is_refused(
    made: dict[str, Path], tmp_path: Path, harm: str
) -> None:
    bundle = tmp_path / "bad.h5mu"
    bundle.write_bytes(made[demo.MUDATA].read_bytes())
    with h5py.File(bundle, "r+") as file:
        prot = file["mod/prot"]
        if harm == "soft":
            prot["layers"] = h5py.SoftLink("/mod/rna/X")
        elif harm == "external":
            prot.create_group("uns")["key"] = h5py.ExternalLink("/etc/hostname.h5", "/")
        elif harm == "elsewhere":
            shape = prot["X"].shape
            del prot["X"]
            elsewhere = [(str(tmp_path / "values"), 0, int(np.prod(shape)) * 4)]
            prot.create_dataset("X", shape, "f4", external=elsewhere)
        else:
            del prot["obs"]
    with pytest.raises(CountsError, match=r"is not opened|is no AnnData"):
        write_member(bundle, bundle.name, "prot", tmp_path / "one.h5ad")
    assert not (tmp_path / "one.h5ad").exists()
    write_member(bundle, bundle.name, "rna", tmp_path / "one.h5ad")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/".join("d" * 60), "50 parts"),
        ("n" * 1200, "1,000 characters"),
        ("a/../../b", "leads out"),
    ],
)
def test_paths_have_bounds(tmp_path: Path, path: str, words: str) -> None:
    bundle = tmp_path / "deep.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr(path, b"")
    with pytest.raises(CountsError, match=words):
        Members(bundle, bundle.name).entries()
