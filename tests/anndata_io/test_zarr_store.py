"""AnnData in Zarr and in HDF5, each made of the other, beside what anndata reads of both."""

from __future__ import annotations

import json
import shutil
import sys
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import zarr

from jupyterlab_datahub.anndata_io import members, zarr_store
from jupyterlab_datahub.anndata_io.convert import convert
from jupyterlab_datahub.anndata_io.mtx import CountsError
from jupyterlab_datahub.anndata_io.sharded import convert_member, convert_to
from jupyterlab_datahub.cli import main
from jupyterlab_datahub.errors import BadRequestError, DataHubError

if TYPE_CHECKING:
    from collections.abc import Callable


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
    tmp_path: Path, version: Literal[2, 3], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zarr_store, "BLOCK", 1000)
    data = cells()
    store = tmp_path / "cells.zarr"
    group = zarr.open_group(str(store), mode="w", zarr_format=version)
    quietly(ad.io.write_elem, group, "/", data)
    told: list[float] = []
    made = convert(store, tmp_path / "made.h5ad", told.append)
    assert (made.cells, made.genes, made.values) == (200, 30, data.X.nnz)
    assert told[-1] == 1.0
    same(ad.read_h5ad(tmp_path / "made.h5ad"), data)


def test_an_h5ad_becomes_a_store_with_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zarr_store, "CHUNK", 100)
    monkeypatch.setattr(zarr_store, "SHARD", 400)
    data = cells()
    data.write_h5ad(tmp_path / "cells.h5ad")
    target = tmp_path / "cells.zarr"
    made = convert_to(tmp_path / "cells.h5ad", target)
    assert (made.cells, made.genes, made.values) == (200, 30, data.X.nnz)
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


@pytest.mark.parametrize("ending", ["zip", "tar.gz"])
def test_one_file_of_an_archive_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    folder = tmp_path / "d"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.csv").write_text("gene,ACGTACGTACGT-1\nENSG00000000001,3\n")
    cells().write_h5ad(folder / "b.h5ad")
    shutil.make_archive(str(tmp_path / "a"), "zip" if ending == "zip" else "gztar", folder)
    archive = str(tmp_path / f"a.{ending}")
    assert main(["convert", archive, "--json"]) == 0
    listed = {
        Path(one["path"]).as_posix(): one["size"] for one in json.loads(capsys.readouterr().out)
    }
    assert listed == {"sub/a.csv": 38, "b.h5ad": (folder / "b.h5ad").stat().st_size}
    path = next(one for one in listed if one.endswith("a.csv"))
    for member, target, shape in ((path, "a.h5ad", (1, 1)), ("b.h5ad", "b.h5ad", (200, 30))):
        made = tmp_path / target
        convert_member(Path(archive), member, made)
        assert ad.read_h5ad(made).shape == shape
    with pytest.raises(CountsError, match=r"is not in a\."):
        convert_member(Path(archive), "../b.h5ad", tmp_path / "c.h5ad")
    assert not list(tmp_path.glob(".convert-*"))


def test_an_archive_that_means_harm_gives_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, made = tmp_path / "a.zip", tmp_path / "made.h5ad"

    def refused(**files: bytes) -> str:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        with pytest.raises(CountsError) as told:
            convert_member(path, "a.csv", made)
        return told.value.message

    monkeypatch.setattr(members, "FREE", 1 << 16)
    assert "is said to have 33,554,432 bytes" in refused(**{"a.csv": b"0" * (32 << 20)})
    assert "leads out of it" in refused(**{"a.csv": b"1", "../b": b"2"})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", b"2")
    with pytest.raises(CountsError, match="is twice in"):
        convert_member(path, "a.csv", made)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("b.csv", b"1")
    with pytest.raises(CountsError, match="is not in"):
        convert_member(path, "a.csv", made)
    path.write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(CountsError, match="cannot be read"):
        convert_member(path, "a.csv", made)
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]
