"""Loom files as h5ad, read back with anndata itself."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import anndata as ad
import h5py
import numpy as np
import pytest

from jupyterlab_datahub.anndata_io import convert as conversion
from jupyterlab_datahub.anndata_io import loom, parallel, tiles
from jupyterlab_datahub.anndata_io.convert import UNREADABLE, convert
from jupyterlab_datahub.anndata_io.loom import LoomError
from tests.anndata_io import looms

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "cells.loom"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cells.h5ad"


def test_an_optimus_file_with_all_that_is_in_it(source: Path, target: Path) -> None:
    matrix = looms.optimus(source)
    told: list[float] = []
    made = convert(source, target, told.append)
    assert (made.cells, made.genes, made.values) == (150, 90, int(np.count_nonzero(matrix)))
    assert made.size == target.stat().st_size
    assert told[-1] == 1.0
    data = ad.read_h5ad(target)
    assert data.X.dtype == np.float32
    assert data.X.has_sorted_indices
    np.testing.assert_array_equal(data.X.toarray(), matrix.T)
    assert data.obs_names[101] == "ACGT0001-1"
    assert data.var_names[89] == "ENSG00000000089"
    assert data.obs_names.is_unique
    assert data.var_names.is_unique
    assert data.obs["CellID"].iloc[101] == "ACGT0001"
    assert list(data.obs["input_id"].cat.categories) == ["a", "b"]
    assert data.obs["emptydrops_IsCell"].dtype == bool
    assert data.obs["n_genes"].tolist() == np.count_nonzero(matrix, axis=0).tolist()
    assert data.var["Gene"].iloc[80] == "GENE0"
    np.testing.assert_array_equal(data.obsm["X_umap"][3], np.array([6, 7]) / 7)
    assert data.uns["donor_organism.genus_species"] == "Homo sapiens"
    assert data.uns["input_id"] == "uuid-1, uuid-2"
    # It can be written again by anndata itself.
    data.write_h5ad(target.with_name("again.h5ad"))


def test_columns_that_are_coordinates_are_an_embedding(source: Path, target: Path) -> None:
    looms.optimus(source)
    x, y = np.arange(150.0), np.arange(150.0)[::-1]
    with h5py.File(source, "r+") as file:
        cells = file["col_attrs"]
        cells["_X"], cells["_Y"] = x, y
        cells["tSNE_1"] = x
        cells["UMAP_1"], cells["UMAP_2"] = y, y
    convert(source, target)
    data = ad.read_h5ad(target)
    np.testing.assert_array_equal(data.obsm["X_embedding"], np.column_stack([x, y]))
    assert data.obs["_X"].tolist() == x.tolist()
    # One that the file has by that name stays, and half of a pair is none.
    assert data.obsm["X_umap"][3].tolist() == [6 / 7, 1]
    assert "X_tsne" not in data.obsm


def test_a_smart_seq2_file_of_the_older_format(source: Path, target: Path) -> None:
    tpm, estimated = looms.smart_seq2(source)
    assert convert(source, target).layers == ("estimated_counts",)
    data = ad.read_h5ad(target)
    np.testing.assert_array_equal(data.X.toarray(), tpm.T)
    np.testing.assert_array_equal(data.layers["estimated_counts"].toarray(), estimated.T)
    assert data.obs_names[4] == "cellé4"
    assert data.uns["title"] == "Cells & genes"
    assert data.obsp["KNN"][0, 2] == 0.25
    assert data.obsp["KNN"].nnz == 3


@pytest.mark.parametrize(
    "storage",
    [
        {"chunks": None, "compression": None, "compression_opts": None},
        {"chunks": (7, 13), "compression": "lzf", "compression_opts": None},
        {"chunks": (200, 9), "shuffle": True, "maxshape": (None, None)},
        {"chunks": (10, 300), "fletcher32": True, "maxshape": (None, None)},
        {"dtype": "<u4"},
        {"dtype": ">i2"},
    ],
)
def test_however_the_matrix_is_stored(
    source: Path, target: Path, storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = looms.optimus(source, **storage)
    monkeypatch.setattr(tiles, "SLAB_BYTES", 4 * 90 * 30)
    convert(source, target)
    np.testing.assert_array_equal(ad.read_h5ad(target).X.toarray(), matrix.T)


def test_chunks_that_were_never_written_are_zero(source: Path, target: Path) -> None:
    looms.optimus(source)
    with h5py.File(source, "r+") as file:
        del file["matrix"]
        storing: dict[str, Any] = {"chunks": (32, 32), "compression": "gzip"}
        file.create_dataset("matrix", shape=(90, 150), dtype="f4", **storing)[40, 70] = 5
    convert(source, target)
    data = ad.read_h5ad(target)
    assert data.X.nnz == 1
    assert data.X[70, 40] == 5


def test_no_cells_are_an_empty_anndata(source: Path, target: Path) -> None:
    with h5py.File(source, "w") as file:
        file.create_dataset("matrix", shape=(3, 0), dtype="f4")
        looms.texts(file.create_group("row_attrs"), "Gene", ["a", "b", "b"])
    convert(source, target)
    data = ad.read_h5ad(target)
    assert data.shape == (0, 3)
    assert list(data.var_names) == ["a", "b", "b-1"]


def test_memory_does_not_grow_with_the_number_of_cells(source: Path) -> None:
    looms.optimus(source, genes=1000, cells=300)
    with h5py.File(source) as file:
        widths = [len(slab.counts) for slab in tiles.slabs(file["matrix"], source, np.dtype("f4"))]
        assert sum(widths) == 300
        assert max(widths) * 1000 * 4 <= tiles.SLAB_BYTES


def damage(path: Path, change: str) -> None:
    with h5py.File(path, "r+") as file:
        if change == "no matrix":
            del file["matrix"]
        elif change == "short attribute":
            del file["col_attrs/n_genes"]
            file.create_dataset("col_attrs/n_genes", data=[1, 2])
        elif change == "odd layer":
            file.create_dataset("layers/spliced", data=np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("no matrix", "has no matrix"),
        ("short attribute", "n_genes of cells.loom has the shape"),
        ("odd layer", "the layer spliced of cells.loom is 2 by 2 and the matrix 90 by 150"),
    ],
)
def test_a_damaged_file_is_told_and_leaves_nothing(
    source: Path, target: Path, change: str, words: str
) -> None:
    looms.optimus(source)
    damage(source, change)
    with pytest.raises(LoomError, match=words):
        convert(source, target)
    assert [path.name for path in target.parent.iterdir()] == [source.name]


@pytest.mark.parametrize("content", [b"", b"no HDF5", b"\x89HDF\r\n\x1a\n" + b"\0" * 100])
def test_what_is_no_hdf5_is_told(source: Path, target: Path, content: bytes) -> None:
    source.write_bytes(content)
    with pytest.raises(LoomError, match=r"cells\.loom cannot be read"):
        convert(source, target)


def test_a_chunk_whose_bytes_changed_is_told(source: Path, target: Path) -> None:
    looms.optimus(source)
    with h5py.File(source) as file:
        chunk = file["matrix"].id.get_chunk_info(2)
    content = bytearray(source.read_bytes())
    content[chunk.byte_offset + 10 : chunk.byte_offset + 40] = b"\xff" * 30
    source.write_bytes(content)
    with pytest.raises(LoomError, match=r"cells\.loom cannot be read"):
        convert(source, target)


@pytest.mark.parametrize("missing", [(), ("deflate",), ("deflate", "isal")])
def test_chunks_are_inflated_by_what_is_there(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    for one in missing:
        monkeypatch.setitem(sys.modules, one, None)
    matrix = looms.optimus(source)
    convert(source, target)
    np.testing.assert_array_equal(ad.read_h5ad(target).X.toarray(), matrix.T)
    content = bytearray(source.read_bytes())
    with h5py.File(source) as file:
        chunk = file["matrix"].id.get_chunk_info_by_coord((0, 0))
    content[chunk.byte_offset + 10 : chunk.byte_offset + 40] = b"\xff" * 30
    source.write_bytes(content)
    with pytest.raises(LoomError, match=f"the chunk at byte {chunk.byte_offset:,} is damaged"):
        convert(source, target)


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two other processes read as well, however little there is."""
    monkeypatch.setattr(tiles, "SHARED_BYTES", 0)
    monkeypatch.setattr(parallel, "available", lambda: 2)


@pytest.mark.parametrize("likely", [0, parallel.LARGE], ids=["started early", "when needed"])
def test_several_processes_read_the_same(
    source: Path, target: Path, shared: None, monkeypatch: pytest.MonkeyPatch, likely: int
) -> None:
    monkeypatch.setattr(parallel, "LARGE", likely)
    matrix = looms.optimus(source, cells=1400, shuffle=True)
    convert(source, target)
    np.testing.assert_array_equal(ad.read_h5ad(target).X.toarray(), matrix.T)


def test_another_process_tells_what_is_damaged(source: Path, target: Path, shared: None) -> None:
    looms.optimus(source, cells=1400)
    with h5py.File(source) as file:
        chunk = file["matrix"].id.get_chunk_info_by_coord((0, 1344))
    content = bytearray(source.read_bytes())
    content[chunk.byte_offset + 10 : chunk.byte_offset + 40] = b"\xff" * 30
    source.write_bytes(content)
    with pytest.raises(LoomError, match=f"the chunk at byte {chunk.byte_offset:,} is damaged"):
        convert(source, target)


def test_a_process_that_ends_too_early_is_told(
    source: Path, target: Path, shared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "MODULE", "jupyterlab_datahub.errors")
    looms.optimus(source, cells=1400)
    with pytest.raises(LoomError, match="ended too early"):
        convert(source, target)
    assert [path.name for path in target.parent.iterdir()] == [source.name]


def test_chunks_without_the_filters_of_others(source: Path, target: Path) -> None:
    matrix = looms.optimus(source)
    with h5py.File(source, "r+") as file:
        chunk = np.ascontiguousarray(matrix[:64, :64])
        file["matrix"].id.write_direct_chunk((0, 0), chunk.tobytes(), filter_mask=1)
    convert(source, target)
    np.testing.assert_array_equal(ad.read_h5ad(target).X.toarray(), matrix.T)


def test_chunks_as_wide_as_the_matrix_are_not_held_whole(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "SLAB_BYTES", 4 * 90 * 10)
    monkeypatch.setattr(tiles, "LARGEST_BYTES", 4 * 90 * 20)
    matrix = looms.optimus(source, chunks=(1, 150))
    with h5py.File(source) as file:
        widths = [len(slab.counts) for slab in tiles.slabs(file["matrix"], source, np.dtype("f4"))]
    assert max(widths) == 20
    convert(source, target)
    np.testing.assert_array_equal(ad.read_h5ad(target).X.toarray(), matrix.T)


def test_a_large_file_is_packed_and_a_small_one_is_quick(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = looms.optimus(source)
    for limit, packing in ((source.stat().st_size, None), (0, "gzip")):
        monkeypatch.setattr(conversion, "PLAIN_BYTES", limit)
        convert(source, target)
        with h5py.File(target) as file:
            assert file["X/data"].compression == packing
        np.testing.assert_array_equal(ad.read_h5ad(target).X.toarray(), matrix.T)


def test_names_that_repeat_get_numbers() -> None:
    values = np.array(["a", "b", "a", "a-1", "a"], dtype=object)
    assert loom.unique(values).tolist() == ["a", "b", "a-2", "a-1", "a-3"]


def run(source: Path, target: Path) -> tuple[int, list[str]]:
    command = [sys.executable, "-P", "-m", "jupyterlab_datahub.anndata_io.convert"]
    done = subprocess.run(
        [*command, str(source), str(target)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_the_process_tells_how_far_it_is_and_what_it_made(source: Path, target: Path) -> None:
    looms.optimus(source)
    code, lines = run(source, target)
    assert code == 0
    assert float(lines[0]) <= 1.0
    assert json.loads(lines[-1])["cells"] == 150
    source.write_bytes(b"nothing")
    code, lines = run(source, target)
    assert code == UNREADABLE
    assert json.loads(lines[-1])["code"] == "unreadable"
