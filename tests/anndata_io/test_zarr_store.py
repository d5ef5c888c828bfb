"""AnnData in Zarr and in HDF5, each made of the other, beside what anndata reads of both."""

from __future__ import annotations

import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import zarr

from jupyterlab_datahub.anndata_io import zarr_store
from jupyterlab_datahub.anndata_io.convert import convert
from jupyterlab_datahub.anndata_io.mtx import CountsError
from jupyterlab_datahub.anndata_io.sharded import convert_to
from jupyterlab_datahub.cli import main
from jupyterlab_datahub.errors import BadRequestError, DataHubError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def cells() -> ad.AnnData:
    dice = np.random.default_rng(0)
    obs = pd.DataFrame(
        {
            "kind": pd.Categorical(["T", "ü"] * 100),
            "number": np.arange(200),
            "truth": [True, False] * 100,
        },
        index=[f"cell {n} é" for n in range(200)],
    )
    data = ad.AnnData(sp.random(200, 30, 0.2, "csr", dtype="float32", random_state=0), obs=obs)
    data.obsm["X_umap"] = dice.random((200, 2))
    data.layers["dense"] = dice.random((200, 30))
    data.uns["said"] = {
        "text": "é",
        "number": 1.5,
        "texts": np.array(["a", "b"]),
        "none": np.empty(0),
    }
    data.raw = data
    return data


def same(ours: ad.AnnData, theirs: ad.AnnData) -> None:
    pd.testing.assert_frame_equal(ours.obs, theirs.obs, check_index_type=False)
    assert list(ours.var_names) == list(theirs.var_names)
    np.testing.assert_array_equal(ours.X.toarray(), theirs.X.toarray())
    np.testing.assert_array_equal(ours.raw.X.toarray(), theirs.raw.X.toarray())
    np.testing.assert_array_equal(ours.layers["dense"], theirs.layers["dense"])
    np.testing.assert_array_equal(ours.obsm["X_umap"], theirs.obsm["X_umap"])
    assert (ours.uns["said"]["text"], float(ours.uns["said"]["number"])) == ("é", 1.5)
    assert list(ours.uns["said"]["texts"]) == ["a", "b"]
    assert ours.uns["said"]["none"].shape == (0,)


def quietly(do: Callable[..., Any], *arguments: Any) -> Any:
    """Do something of anndata's that warns of what zarr will change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return do(*arguments)


@pytest.mark.parametrize("version", [2, 3])
def test_a_store_becomes_an_h5ad(
    tmp_path: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zarr_store, "BLOCK", 1000)
    data = cells()
    store = tmp_path / "cells.zarr"
    with ad.settings.override(zarr_write_format=version):
        quietly(data.write_zarr, store)
    told: list[float] = []
    made = convert(store, tmp_path / "made.h5ad", told.append)
    assert (made.cells, made.genes, made.values) == (200, 30, data.X.nnz)
    assert told[-1] == 1.0
    same(ad.read_h5ad(tmp_path / "made.h5ad"), data)


def test_an_h5ad_becomes_a_store_with_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(zarr_store, "CHUNK", 100)
    monkeypatch.setattr(zarr_store, "SHARD", 400)
    data = cells()
    data.write_h5ad(tmp_path / "cells.h5ad")
    target = tmp_path / "cells.zarr"
    assert main(["convert", str(tmp_path / "cells.h5ad"), str(target), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["cells"], said["genes"], said["values"]) == (200, 30, data.X.nnz)
    same(quietly(ad.read_zarr, target), data)
    values = zarr.open_array(str(target / "X" / "data"), mode="r")
    assert (values.chunks, values.shards, values.metadata.zarr_format) == ((100,), (400,), 3)
    assert len(list((target / "X" / "data" / "c").iterdir())) == -(-data.X.nnz // 400)
    assert {path.name for path in tmp_path.iterdir()} == {"cells.h5ad", "cells.zarr"}


def test_a_table_becomes_a_store_at_once(tmp_path: Path) -> None:
    table = tmp_path / "counts.csv"
    table.write_text("gene,ACGTACGTACGT-1,ACGTACGTACGT-2\nENSG00000000001,0,3\n")
    convert_to(table, tmp_path / "counts.zarr")
    data = quietly(ad.read_zarr, tmp_path / "counts.zarr")
    assert data.X.toarray().tolist() == [[0.0], [3.0]]
    assert {path.name for path in tmp_path.iterdir()} == {"counts.csv", "counts.zarr"}


@pytest.mark.parametrize("change", ["group", "link", "damaged", "empty"])
def test_what_is_no_anndata_is_told(tmp_path: Path, change: str) -> None:
    store = tmp_path / "cells.zarr"
    if change == "group":
        zarr.create_group(str(store))
    elif change == "empty":
        store.mkdir()
    else:
        quietly(cells().write_zarr, store)
    if change == "link":
        (store / "obs" / "passwd").symlink_to("/etc/passwd")
    if change == "damaged":
        for path in (store / "X" / "data").rglob("*"):
            if path.is_file() and path.name not in ("zarr.json", ".zarray", ".zattrs"):
                path.write_bytes(b"not packed")
    with pytest.raises(CountsError) as told:
        convert(store, tmp_path / "made.h5ad")
    assert told.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["cells.zarr"]


def test_an_h5ad_that_is_none_becomes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with h5py.File(tmp_path / "a.h5ad", "w") as file:
        file["x"] = 1
    (tmp_path / "b.h5ad").write_bytes(b"text")
    for name in ("a", "b"):
        with pytest.raises(CountsError):
            convert_to(tmp_path / f"{name}.h5ad", tmp_path / "made.zarr")
    with pytest.raises(BadRequestError, match=r"does not become made\.txt"):
        convert_to(tmp_path / "a.h5ad", tmp_path / "made.txt")
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(DataHubError, match="needs the package zarr") as told:
        convert_to(tmp_path / "a.h5ad", tmp_path / "made.zarr")
    assert "pip install" in told.value.hint
    assert {path.name for path in tmp_path.iterdir()} == {"a.h5ad", "b.h5ad"}
