"""Matrices by 10x Genomics as h5ad, beside what scanpy reads of the same files."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest

from jupyterlab_datahub.anndata_io import members, mtx, tenx
from jupyterlab_datahub.anndata_io.convert import convert
from jupyterlab_datahub.anndata_io.mtx import CountsError
from tests.anndata_io import tenx_files

if TYPE_CHECKING:
    from pathlib import Path

SCANPY = """
import sys, warnings
warnings.simplefilter("ignore")
import scanpy as sc
for kind, path, made in zip(*[iter(sys.argv[1:])] * 3):
    if kind == "mtx":
        data = sc.read_10x_mtx(path, gex_only=False)
    else:
        data = sc.read_10x_h5(path, gex_only=False)
        data.var_names_make_unique()
    data.write_h5ad(made)
"""
ARCHIVE = "filtered_feature_bc_matrix.tar.gz"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Return files of each kind, and what scanpy makes of them."""
    top = tmp_path_factory.mktemp("tenx")
    matrix = tenx_files.counts()
    tenx_files.write_folder(top / "new", tenx_files.texts(matrix))
    tenx_files.write_folder(top / "old", tenx_files.texts(matrix, "backwards"), old=True)
    tenx_files.write_folder(top / "turned", tenx_files.texts(matrix, "features"))
    tenx_files.write_h5(top / "new.h5", matrix)
    tenx_files.write_h5(top / "old.h5", matrix, old=True)
    kinds = dict.fromkeys(("new", "old", "turned"), "mtx") | {"new.h5": "h5", "old.h5": "h5"}
    made = {one: (top / one, top / f"{one}.scanpy.h5ad") for one in kinds}
    words = [word for one, kind in kinds.items() for word in (kind, *map(str, made[one]))]
    subprocess.run([sys.executable, "-P", "-c", SCANPY, *words], check=True)
    return made


def same(ours: ad.AnnData, theirs: ad.AnnData) -> None:
    assert ours.X.dtype == np.float32
    np.testing.assert_array_equal(ours.X.toarray(), theirs.X.toarray())
    assert ours.X.has_sorted_indices
    assert list(ours.obs_names) == list(theirs.obs_names)
    assert list(ours.var_names) == list(theirs.var_names)
    pd.testing.assert_frame_equal(ours.var.astype(str), theirs.var.astype(str))


@pytest.mark.parametrize("kind", ["new", "old", "turned", "new.h5", "old.h5"])
def test_it_is_what_scanpy_reads(
    read: dict[str, tuple[Path, Path]], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mtx, "BLOCK", 500)
    monkeypatch.setattr(mtx, "PART", 100)
    monkeypatch.setattr(tenx, "STEP", 40)
    source, theirs = read[kind]
    told: list[float] = []
    made = convert(source, tmp_path / "made.h5ad", told.append)
    data = ad.read_h5ad(tmp_path / "made.h5ad")
    same(data, ad.read_h5ad(theirs))
    assert (made.cells, made.genes, made.values) == (*data.shape, data.X.nnz)
    assert told[-1] == 1.0
    assert [path.name for path in tmp_path.iterdir()] == ["made.h5ad"]


def packed(folder: Path, archive: Path, below: str = "sample/") -> Path:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w") as file:
            for path in sorted(folder.iterdir()):
                file.write(path, below + path.name)
    else:
        with tarfile.open(archive, "w:gz" if archive.name.endswith("gz") else "w") as tar:
            tar.add(folder, below)
    return archive


@pytest.mark.parametrize("name", [ARCHIVE, "raw_feature_bc_matrix.tar", "x_gene_bc_matrices.zip"])
def test_archives_are_read_as_they_are(
    read: dict[str, tuple[Path, Path]], name: str, tmp_path: Path
) -> None:
    source, theirs = read["old" if "gene" in name else "new"]
    archive = packed(source, tmp_path / name)
    convert(archive, tmp_path / "made.h5ad")
    same(ad.read_h5ad(tmp_path / "made.h5ad"), ad.read_h5ad(theirs))
    assert {path.name for path in tmp_path.iterdir()} == {name, "made.h5ad"}


def test_values_that_are_no_whole_numbers_or_repeat(tmp_path: Path) -> None:
    files = tenx_files.texts(tenx_files.counts())
    head = "%%MatrixMarket matrix coordinate real general\n50 70 4\n"
    for lines in ("3 1 1.5\n3 1 2\n1\t2 -1e3\r\n2  70 7\n", "2 70 7\n3 1 3.5\n1 2 -1000\n9 9 0\n"):
        folder = tmp_path / f"{len(lines)}"
        tenx_files.write_folder(folder, files | {"matrix.mtx": head + lines})
        convert(folder, tmp_path / "made.h5ad")
        X = ad.read_h5ad(tmp_path / "made.h5ad").X  # noqa: N806 - anndata's own name
        assert (X[0, 2], X[1, 0], X[69, 1], X.sum()) == (3.5, -1000, 7, 3.5 - 1000 + 7)


def spoilt(files: dict[str, str], change: str) -> dict[str, str]:
    matrix = files["matrix.mtx"]
    return (
        files
        | {
            "short": {"matrix.mtx": matrix[: len(matrix) // 2].rpartition("\n")[0] + "\n"},
            "long": {"matrix.mtx": matrix + "1 70 5\n"},
            "beyond": {
                "matrix.mtx": matrix.rpartition("\n")[0].rpartition("\n")[0] + "\n51 70 5\n"
            },
            "word": {"matrix.mtx": matrix.replace(" 2 ", " two ", 1)},
            "no head": {"matrix.mtx": "gene cell count\n1 1 1\n"},
            "array": {"matrix.mtx": matrix.replace("coordinate", "array")},
            "symmetric": {"matrix.mtx": matrix.replace("general", "symmetric")},
            "no size": {"matrix.mtx": matrix.replace("50 70", "50")},
            "barcodes": {"barcodes.tsv": "A\nB\n"},
            "one column": {"features.tsv": "ENSG1\n" * 50},
        }[change]
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("short", r"it ends after [\d,]+ of [\d,]+ values"),
        ("long", "it has more than the"),
        ("beyond", "a value lies beyond 50 by 70"),
        ("word", "cannot be read: "),
        ("no head", "does not begin as a matrix"),
        ("array", "does not begin as a matrix"),
        ("symmetric", "integer and symmetric"),
        ("no size", "not given as three numbers"),
        ("barcodes", "the matrix is 50 by 70, and there are 50 features and 2 barcodes"),
        ("one column", "a feature has no name"),
    ],
)
def test_what_is_wrong_is_told_and_leaves_nothing(tmp_path: Path, change: str, words: str) -> None:
    tenx_files.write_folder(tmp_path / "d", spoilt(tenx_files.texts(tenx_files.counts()), change))
    with pytest.raises(CountsError, match=words) as told:
        convert(tmp_path / "d", tmp_path / "made.h5ad")
    assert told.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


@pytest.mark.parametrize("change", ["cut", "flipped", "empty", "text"])
def test_damaged_archives_are_told(
    read: dict[str, tuple[Path, Path]], tmp_path: Path, change: str
) -> None:
    content = bytearray(packed(read["new"][0], tmp_path / ARCHIVE).read_bytes())
    if change == "flipped":
        content[200:260] = b"\xff" * 60
    changed = {"cut": bytes(content[:-900]), "flipped": bytes(content), "text": b"no archive"}
    (tmp_path / ARCHIVE).write_bytes(changed.get(change, b""))
    with pytest.raises(CountsError, match=r"cannot be read|does not hold one matrix"):
        convert(tmp_path / ARCHIVE, tmp_path / "made.h5ad")


def test_archives_that_mean_harm_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ARCHIVE

    def refused(*files: tarfile.TarInfo) -> str:
        with tarfile.open(path, "w:gz") as tar:
            for file in files:
                tar.addfile(file, io.BytesIO(b"\0" * file.size))
        with pytest.raises(CountsError) as told:
            convert(path, tmp_path / "made.h5ad")
        assert [one.name for one in tmp_path.iterdir()] == [ARCHIVE]
        return told.value.message

    for name in ("../matrix.mtx", "/etc/matrix.mtx", "a\\..\\matrix.mtx"):
        assert "leads out of it" in refused(tarfile.TarInfo(name))
    link = tarfile.TarInfo("matrix.mtx")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    assert "matrix.mtx is a link" in refused(link)
    monkeypatch.setattr(members, "MOST", 3)
    assert "more than 3 files" in refused(*(tarfile.TarInfo(f"{n}") for n in range(4)))
    monkeypatch.setattr(members, "FREE", 1 << 16)
    bomb = tarfile.TarInfo("bomb")
    bomb.size = 1 << 22
    assert "more than 200 times its own bytes" in refused(bomb)


def test_several_matrices_in_an_archive_are_not_guessed_at(tmp_path: Path) -> None:
    files = tenx_files.texts(tenx_files.counts())
    for one in ("raw", "filtered"):
        tenx_files.write_folder(tmp_path / "d" / one, files)
    with pytest.raises(CountsError, match="does not hold one matrix by 10x Genomics"):
        convert(packed(tmp_path / "d", tmp_path / ARCHIVE), tmp_path / "made.h5ad")


@pytest.mark.parametrize("change", ["indices", "indptr", "barcodes", "group"])
def test_hdf5_that_is_wrong_is_told(tmp_path: Path, change: str) -> None:
    path = tmp_path / "raw_feature_bc_matrix.h5"
    tenx_files.write_h5(path, tenx_files.counts())
    with h5py.File(path, "r+") as file:
        if change == "indices":
            file["matrix/indices"][3] = 50
        elif change == "indptr":
            file["matrix/indptr"][3] = 1 << 40
        elif change == "barcodes":
            del file["matrix/barcodes"]
            file["matrix/barcodes"] = [b"A"]
        else:
            del file["matrix/data"]
    with pytest.raises(CountsError, match=r"a value lies beyond|not of one size|holds no matrix"):
        convert(path, tmp_path / "made.h5ad")
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_list_of_names_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "LIST_BYTES", 100)
    tenx_files.write_folder(tmp_path / "d", tenx_files.texts(tenx_files.counts()))
    with pytest.raises(CountsError, match="has more than 100 bytes"):
        convert(tmp_path / "d", tmp_path / "made.h5ad")


def test_packed_again_it_is_still_read(read: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    plain = packed(read["new"][0], tmp_path / "plain.tar", below="")
    archive = tmp_path / "m_feature_bc_matrix.tgz"
    archive.write_bytes(gzip.compress(plain.read_bytes()))
    convert(archive, tmp_path / "made.h5ad")
    same(ad.read_h5ad(tmp_path / "made.h5ad"), ad.read_h5ad(read["new"][1]))
