"""Selections of stores of Zarr, which are those that anndata makes of the same data."""

from __future__ import annotations

import json
import shutil
import warnings
from typing import TYPE_CHECKING, Any

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import zarr

from jupyterlab_datahub.errors import AccessError, DataHubError
from jupyterlab_datahub.model import Download, Selection
from jupyterlab_datahub.previews.zarr_file import StoreFile
from jupyterlab_datahub.previews.zarr_seen import Seen
from jupyterlab_datahub.ranged.folder import LocalFolder
from jupyterlab_datahub.selection import make as making
from jupyterlab_datahub.selection.job import Job
from jupyterlab_datahub.selection.make import Maker
from jupyterlab_datahub.settings import SourceConfig
from tests.selection.test_identity import CELLS, WHERE, dense, made, same

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = (ad.AnnData, ad.Raw, pd.DataFrame, pd.Categorical, pd.api.extensions.ExtensionArray)
"""What is written as groups."""


def write(data: ad.AnnData, path: Path, form: str) -> None:
    """Write a store of a form, in chunks that are small."""
    version = 2 if form == "v2" else 3
    group = zarr.open_group(str(path), mode="w", zarr_format=version)  # type: ignore[arg-type]  # 2 or 3

    def chunked(write_one: Any, store: Any, k: str, elem: Any, **more: Any) -> None:
        options = dict(more["dataset_kwargs"])
        shape = tuple(getattr(elem, "shape", ()))
        if len(shape) in (1, 2) and shape[0] >= 50 and not isinstance(elem, PLAIN):
            flat = len(shape) == 1 or scipy.sparse.issparse(elem)
            chunks = (50,) if flat else (40, min(25, shape[-1]))
            options["chunks"] = chunks
            # Newer versions of anndata make shards where nobody says that there are none.
            options["shards"] = None
            if form == "sharded":
                options["shards"] = tuple(4 * side for side in chunks)
        write_one(store, k, elem, dataset_kwargs=options)

    with warnings.catch_warnings(), ad.settings.override(allow_write_nullable_strings=True):
        # Which shards anndata makes by default is no matter here; the file may come from pandas 3.
        warnings.simplefilter("ignore")
        ad.experimental.write_dispatched(group, "/", data, chunked)
        if form != "bare":
            zarr.consolidate_metadata(str(path))


def job(tmp_path: Path, path: Path, **wish: Any) -> Job:
    return Job(
        ref="there:a",
        name=path.name,
        title="A study",
        download=Download(path=str(path)),
        config=SourceConfig(name="there", kind="folder"),
        selection=Selection(**wish),
        directory=str(tmp_path / "previews"),
        target=str(tmp_path / "part.h5ad"),
    )


@pytest.mark.parametrize(
    ("kind", "form"), [("csr", "v2"), ("csc", "sharded"), ("dense", "sharded")]
)
def test_a_selection_is_the_subset_of_anndata(tmp_path: Path, kind: str, form: str) -> None:
    whole = made(kind)
    write(whole, tmp_path / "whole.zarr", form)
    genes = tuple(whole.var_names[[3, 17, 40]])
    mask = whole.obs["cell_type"].isin(["B", "T"]) & (whole.obs["n_genes"] >= 20)
    assert 0 < mask.sum() < CELLS
    for wished, columns in ((genes, list(genes)), ((), slice(None))):
        told = job(tmp_path, tmp_path / "whole.zarr", where=WHERE, genes=wished)
        making.make(told, lambda *_: None)
        found = ad.read_h5ad(tmp_path / "part.h5ad")
        wanted = whole[mask, columns].copy()
        same(found, wanted)
        assert list(found.uns["cell_type_colors"]) == list(wanted.uns["cell_type_colors"])
        assert found.uns["title"] == "a study"
        np.testing.assert_array_equal(found.uns["deep"]["in"]["it"], np.arange(4))
        assert found.uns["deep"]["flag"]
        assert found.uns["datahub"]["ref"] == "there:a"
    told = job(tmp_path, tmp_path / "whole.zarr", where=WHERE, layer="raw")
    making.make(told, lambda *_: None)
    found = ad.read_h5ad(tmp_path / "part.h5ad")
    np.testing.assert_array_equal(dense(found.X), dense(whole.raw[mask].X))


class Watched(LocalFolder):
    """A folder that notes what is read of it, and may be closed to whoever asks."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.read: list[str] = []
        self.spans: list[tuple[str, int, int | None]] = []
        self.closed = False

    def get(self, path: str, start: int = 0, stop: int | None = None) -> bytes | None:
        self.read.append(path)
        self.spans.append((path, start, stop))
        return None if self.closed else super().get(path, start, stop)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store whose chunks have 50 values; treat it as read-only."""
    path = tmp_path_factory.mktemp("store") / "whole.zarr"
    write(made(), path, "v3")
    return path


def test_only_the_chunks_that_are_needed_are_read(store: Path, tmp_path: Path) -> None:
    folder = Watched(store)
    with h5py.File("x", "w", driver="core", backing_store=False) as file:
        source = StoreFile(folder, file, lambda: (0, 0))
        maker = Maker(file, source, Selection(where="n_genes >= 30"))
        with h5py.File(tmp_path / "part.h5ad", "w") as target:
            cells, _ = maker.write(target, {})
    assert 0 < cells < 20
    chunks = [path for path in folder.read if path.startswith("X/data/c/")]
    assert len(chunks) == len(set(chunks))
    assert len(chunks) < len(list((store / "X" / "data" / "c").iterdir())) / 2
    assert not [
        path for path in folder.read if path.startswith(("layers/scaled/data/c", "raw/X/data/c"))
    ]


def test_neighbours_in_a_shard_come_by_one_request(tmp_path: Path) -> None:
    whole = made()
    write(whole, tmp_path / "whole.zarr", "sharded")
    folder = Watched(tmp_path / "whole.zarr")
    with h5py.File("x", "w", driver="core", backing_store=False) as file:
        source = StoreFile(folder, file, lambda: (0, 0))
        maker = Maker(file, source, Selection(where="n_genes >= 24"))
        folder.spans.clear()
        with h5py.File(tmp_path / "part.h5ad", "w") as target:
            maker.write(target, {})
    same(ad.read_h5ad(tmp_path / "part.h5ad"), whole[whole.obs["n_genes"] >= 24].copy())
    parts = [span for span in folder.spans if span[0].startswith("X/data/c/")]
    shards = {path for path, _, _ in parts}
    assert len(shards) > 2
    indexes = [path for path, start, _ in parts if start < 0]
    assert len(indexes) == len(set(indexes)) > 20
    # One chunk is measured beforehand.
    others = {(path, start) for path, start, _ in parts if start >= 0}
    assert len(others) <= len(shards) + 1


def test_zeros_that_nobody_wrote_are_no_access_that_was_lost(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zarr"
    shutil.copytree(store, copy)
    (copy / "X" / "data" / "c" / "0").unlink()
    told = job(tmp_path, copy)
    making.make(told, lambda *_: None)
    found = ad.read_h5ad(tmp_path / "part.h5ad")
    assert not found.X.data[:50].any()
    assert found.X.data[50:].all()
    folder = Watched(copy)
    seen = Seen(folder)
    assert seen.get("X/data/c/0") is None
    folder.closed = True
    with pytest.raises(AccessError, match="any more"):
        seen.get("X/data/c/1")


def test_stores_that_are_not_what_they_say(store: Path, tmp_path: Path) -> None:
    for number, harm in enumerate(("X/data/c/3", "obs/n_genes/c/0", "X/indptr/zarr.json")):
        copy = tmp_path / f"{number}.zarr"
        shutil.copytree(store, copy)
        (copy / harm).write_bytes(b"\x00\x01")
        (copy / "zarr.json").write_text(
            json.dumps(
                {
                    name: told
                    for name, told in json.loads((copy / "zarr.json").read_text()).items()
                    if name != "consolidated_metadata"
                }
            )
        )
        with pytest.raises(DataHubError):
            making.make(job(tmp_path, copy, where="n_genes >= 1"), lambda *_: None)
        assert not (tmp_path / "part.h5ad").exists()
