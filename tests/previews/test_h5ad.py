"""What a look says of AnnData files of every age is what anndata itself reads."""

from __future__ import annotations

import tracemalloc
import warnings
from typing import TYPE_CHECKING, Any

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from jupyterlab_datahub.errors import NotFoundError, UnreadableError
from jupyterlab_datahub.model import ColumnKind, NameKind
from jupyterlab_datahub.previews import cells
from jupyterlab_datahub.previews import look as looking
from tests.previews.looking import KEY, ask, look, unpack
from tests.sources import h5_files

if TYPE_CHECKING:
    from pathlib import Path

CELLS, GENES = 300, 40


@pytest.fixture(scope="module")
def data() -> ad.AnnData:
    """Return an AnnData with a column of every kind."""
    dice = np.random.default_rng(0)
    counts = sp.random(CELLS, GENES, 0.2, "csr", np.float32, random_state=0)
    counts.data = np.ceil(counts.data * 9)
    kinds = np.array(["B cell", "T cell", "NK cell"])[dice.integers(0, 3, CELLS)]
    kinds[0] = "NK cell"
    obs = pd.DataFrame(
        {
            "cell_type": pd.Categorical(kinds, ["NK cell", "T cell", "B cell"], ordered=True),
            "gone": pd.Categorical([None] * 30 + ["here"] * (CELLS - 30)),
            "age": dice.normal(50, 10, CELLS),
            "depth": np.arange(CELLS),
            "is_primary_data": np.arange(CELLS) % 4 != 0,
            "note": [f"barcode {number}" for number in range(CELLS)],
            "maybe": pd.array([None, True] * (CELLS // 2), "boolean"),
            "rank": pd.array([None, 1, 2] * (CELLS // 3), "Int64"),
        },
        index=[f"cell{number}" for number in range(CELLS)],
    )
    obs.loc[obs.index[:3], "age"] = np.nan
    names = [f"ENSG{number:011}" for number in range(GENES)]
    var = pd.DataFrame({"feature_name": [f"G{n}" for n in range(GENES)]}, index=names)
    made = ad.AnnData(counts.copy(), obs, var)
    made.raw = made.copy()
    made.X = counts.log1p().tocsr()
    made.layers["scaled"] = made.X.toarray()
    made.layers["by_gene"] = counts.tocsc()
    made.obsm["X_umap"] = dice.normal(size=(CELLS, 2)).astype(np.float32)
    made.obsm["X_pca"] = dice.normal(size=(CELLS, 10))
    made.obsm["scores"] = pd.DataFrame({"a": obs["age"], "b": obs["depth"]}, index=obs.index)
    made.obsp["near"] = sp.eye(CELLS, format="csr")
    made.uns["title"] = "A title"
    made.uns["schema_version"] = "5.2.0"
    made.uns["cell_type_colors"] = np.array(["#ff0000", "#00ff00", "#0000ff"])
    return made


@pytest.fixture(scope="module")
def path(data: ad.AnnData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("h5ad") / "cells.h5ad"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data.write_h5ad(file, compression="gzip")
    return file


def test_matrices(path: Path, data: ad.AnnData) -> None:
    facts = look(path).facts
    assert facts.shape == data.shape
    assert facts.x is not None
    assert facts.raw is not None
    assert (facts.x.encoding, facts.x.dtype, facts.x.compression) == ("csr", "float32", "gzip")
    assert facts.x.stored == data.X.nnz
    assert facts.x.density == pytest.approx(data.X.nnz / data.X.shape[0] / data.X.shape[1])
    assert (facts.x.integers, facts.raw.integers) == (False, True)
    layers = {layer.name: (layer.encoding, layer.integers) for layer in facts.layers}
    assert layers == {"layers/by_gene": ("csc", True), "layers/scaled": ("dense", False)}
    assert facts.raw_counts == "raw.X"


def test_columns(path: Path, data: ad.AnnData) -> None:
    found = look(path)
    assert [column.name for column in found.facts.obs] == list(data.obs.columns)
    assert all(column.looked_at and column.colourable for column in found.facts.obs)
    kinds = found.column("cell_type")
    assert (kinds.kind, kinds.ordered, kinds.categories) == (ColumnKind.CATEGORIES, True, 3)
    assert {top.value: top.count for top in kinds.top} == dict(data.obs["cell_type"].value_counts())
    assert [top.count for top in kinds.top] == sorted((t.count for t in kinds.top), reverse=True)
    assert found.column("gone").missing == pytest.approx(0.1)
    age = found.column("age")
    assert age.missing == pytest.approx(0.01)
    assert (age.low, age.high) == (data.obs["age"].min(), data.obs["age"].max())
    assert age.mean == pytest.approx(data.obs["age"].mean())
    assert sum(age.histogram) == CELLS - 3
    assert (found.column("note").kind, found.column("note").categories) == (ColumnKind.TEXTS, CELLS)
    assert found.column("maybe").kind is ColumnKind.BOOLEANS
    assert found.column("maybe").missing == 0.5
    assert (found.column("rank").low, found.column("rank").high) == (1, 2)
    assert found.facts.primary == 0.75


def test_what_is_beside(path: Path) -> None:
    facts = look(path).facts
    assert facts.var.names is NameKind.ENSEMBL
    assert (facts.var.duplicates, facts.var.symbols_in) == (0, "feature_name")
    assert {array.name: array.shape for array in facts.obsm} == {
        "X_pca": (CELLS, 10),
        "X_umap": (CELLS, 2),
        "scores": (CELLS, 2),
    }
    assert (facts.obsp, facts.title, facts.schema_version) == (("near",), "A title", "5.2.0")
    assert set(facts.uns) == {"cell_type_colors", "schema_version", "title"}
    assert (facts.picture.embedding, facts.picture.by) == ("X_umap", "cell_type")
    assert (facts.encodings, facts.requests, facts.bytes_fetched) == ((), 0, 0)


def test_the_picture_is_where_the_cells_are(path: Path, data: ad.AnnData) -> None:
    header, axes = unpack(look(path).kept["points-"])
    assert (header["key"], header["points"], header["cells"]) == (KEY, CELLS, CELLS)
    for axis, column in (("x", 0), ("y", 1)):
        low, high = header[axis]
        got = low + axes[axis] / 65534 * (high - low)
        wanted = data.obsm["X_umap"][:, column]
        assert np.abs(got - wanted).max() <= (high - low) / 65534
    header, _ = unpack(ask(path, points="scores"))
    assert header["embedding"] == "scores"


def test_colours_by_categories(path: Path, data: ad.AnnData) -> None:
    header, arrays = unpack(look(path).kept["colours-cell_type"])
    assert header["categories"] == list(data.obs["cell_type"].cat.categories)
    assert header["counts"] == [
        int((data.obs["cell_type"] == name).sum()) for name in header["categories"]
    ]
    assert header["colours"] == ["#ff0000", "#00ff00", "#0000ff"]
    assert arrays["codes"].tolist() == data.obs["cell_type"].cat.codes.tolist()
    header, arrays = unpack(ask(path, colours="gone"))
    assert (header["missing"], arrays["codes"][0]) == (30, 255)


def test_colours_by_numbers(path: Path, data: ad.AnnData) -> None:
    header, arrays = unpack(ask(path, colours="age"))
    assert header["missing"] == 3
    np.testing.assert_array_equal(arrays["values"], data.obs["age"].astype("f4"))


def test_what_is_not_there_is_said(path: Path) -> None:
    with pytest.raises(NotFoundError, match="no column 'nowhere'"):
        ask(path, colours="nowhere")
    with pytest.raises(NotFoundError, match="no embedding 'X_tsne'"):
        ask(path, points="X_tsne")


def test_memory_is_that_of_the_arrays(path: Path, data: ad.AnnData) -> None:
    memory = look(path).facts.memory
    sparse = [data.X, data.raw.X, data.layers["by_gene"]]
    held = sum(m.data.nbytes + m.indices.nbytes + m.indptr.nbytes for m in sparse)
    assert memory.matrices == held + data.layers["scaled"].nbytes
    assert memory.total > memory.matrices
    assert memory.peak > memory.total


def test_many_cells_are_sampled_by_group(
    path: Path, data: ad.AnnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyterlab_datahub.previews.picture.cells.MOST_POINTS", 100)
    monkeypatch.setattr("jupyterlab_datahub.previews.picture.choose.__defaults__", (100,))
    found = look(path)
    shown = found.facts.picture.points
    assert 90 <= shown <= 100
    assert f"{shown:,} of {CELLS:,} cells are shown" in found.facts.picture.note
    header, arrays = unpack(found.kept["colours-cell_type"])
    share = np.bincount(arrays["codes"]) / shown
    wanted = np.array(header["counts"]) / CELLS
    assert np.abs(share - wanted).max() < 0.05
    # Asked for later, it is of the same cells.
    assert ask(path, colours="cell_type") == found.kept["colours-cell_type"]
    assert ask(path, points="") == found.kept["points-"]


def test_of_very_many_cells_runs_are_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_LOOKED_AT", 200)
    monkeypatch.setattr(cells, "RUN", 10)
    monkeypatch.setattr("jupyterlab_datahub.previews.picture.choose.__defaults__", (100,))
    found = look(path)
    assert found.facts.picture.points == 100
    assert "in 10 runs of neighbours" in found.facts.picture.note
    _, points = unpack(found.kept["points-"])
    _, colours = unpack(ask(path, colours="depth"))
    assert len(points["x"]) == len(colours["values"]) == 100
    assert colours["values"][:11].tolist() == [*range(10), 30]


def test_what_is_too_large_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "AFFORDABLE_HERE", 1500)
    found = look(path)
    unread = [column for column in found.facts.obs if not column.looked_at]
    assert found.column("cell_type").looked_at
    assert unread
    assert all("too large" in column.note and column.colourable for column in unread)
    assert f"The values of {len(unread)} columns of obs were not read" in found.facts.notes
    assert unpack(ask(path, colours=unread[0].name))[0]["by"] == unread[0].name


def test_categories_kept_apart_as_anndata_07_did(tmp_path: Path) -> None:
    path = tmp_path / "old.h5ad"
    h5_files.anndata_07(path)
    found = look(path)
    assert found.facts.shape == (4, 3)
    assert [top.value for top in found.column("celltype").top] == ["B cell", "T cell"]
    assert found.facts.picture.note == "The file has no embedding."
    assert found.facts.raw_counts == "X"


def test_compound_frames_as_anndata_06_wrote(tmp_path: Path) -> None:
    path = tmp_path / "older.h5ad"
    h5_files.anndata_06(path)
    found = look(path)
    assert found.facts.shape == (2, 3)
    assert [top.value for top in found.column("cell_type").top] == ["B cell", "nan"]
    assert found.facts.var.examples == ("g1", "g2", "g3")


def test_masked_texts_as_anndata_013_writes(tmp_path: Path) -> None:
    path = tmp_path / "new.h5ad"
    h5_files.anndata_013(path)
    with h5py.File(path, "r+") as file:
        file["obs/tissue/codes"] = np.array([0, 1, 1, -1], "i1")
    found = look(path)
    assert found.facts.shape == (4, 3)
    assert {top.value: top.count for top in found.column("tissue").top} == {"lung": 1, "blood": 2}
    assert found.column("tissue").missing == 0.25


@pytest.mark.parametrize("place", ["raw.X", "X", "layers/counts"])
def test_where_the_counts_are(tmp_path: Path, place: str) -> None:
    path = tmp_path / "counts.h5ad"
    h5_files.counts_in(path, place)
    assert look(path).facts.raw_counts == place


def test_an_encoding_of_the_future_is_named(path: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.h5ad"
    newer.write_bytes(path.read_bytes())
    with h5py.File(newer, "r+") as file:
        file["obs/age"].attrs["encoding-type"] = "array"
        file["layers/by_gene"].attrs["encoding-type"] = "bsr_matrix"
        del file["obs/cell_type"]
        file.create_group("obs/cell_type").attrs["encoding-type"] = "phylogeny"
    found = look(newer)
    assert found.facts.encodings == ("bsr_matrix", "phylogeny")
    assert "'phylogeny' is not known" in found.column("cell_type").note
    assert any("anndata may be too old" in note for note in found.facts.notes)
    with pytest.raises(UnreadableError, match="no column to colour by"):
        ask(newer, colours="cell_type")


def numbers_of(values: Any, tmp_path: Path) -> Any:
    """Return what is said of a column of numbers."""
    path = tmp_path / "numbers.h5ad"
    h5_files.counts_in(path, "X")
    with h5py.File(path, "r+") as file:
        file["obs/n"] = values
        file["obs"].attrs["column-order"] = ["n"]
    return look(path).column("n")


def test_columns_are_read_one_by_one(tmp_path: Path) -> None:
    rows, width = 100_000, 16
    obs = pd.DataFrame({f"n{n}": np.arange(rows, dtype="f8") for n in range(width)})
    obs.index = obs.index.astype(str)
    ad.AnnData(obs=obs).write_h5ad(path := tmp_path / "cells.h5ad", compression="gzip")
    look(path)
    tracemalloc.start()
    found = look(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert all(column.looked_at for column in found.facts.obs)
    # A column, and what is made of it on the way.
    assert peak - sum(map(len, found.kept.values())) < width // 2 * obs["n0"].nbytes


def test_odd_numbers(tmp_path: Path) -> None:
    assert numbers_of(np.full(4, np.nan), tmp_path).missing == 1
    ends = numbers_of(np.array([-1.7e308, 1.7e308, np.inf, 0]), tmp_path)
    assert (ends.low, ends.high, ends.missing) == (-1.7e308, 1.7e308, 0.25)
    same = numbers_of(np.full(4, 7), tmp_path)
    assert (same.low, same.high, same.histogram) == (7, 7, (4,))


def test_obsm_as_anndata_06_wrote_it_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "old.h5ad"
    h5_files.counts_in(path, "X")
    with h5py.File(path, "r+") as file:
        kind = np.dtype([("X_pca", "f4", (3,)), ("X_umap", "f4", (2,))])
        obsm = np.zeros(4, kind)
        obsm["X_umap"] = np.arange(8).reshape(4, 2)
        if "obsm" in file:
            del file["obsm"]
        file["obsm"] = obsm
    facts = look(path).facts
    assert [(one.name, one.shape) for one in facts.obsm] == [("X_pca", (4, 3)), ("X_umap", (4, 2))]
    assert facts.picture.embedding == "X_umap"
    _, axes = unpack(ask(path, points="X_umap"))
    assert axes["x"].tolist() == [0, 21845, 43689, 65534]
