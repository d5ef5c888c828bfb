"""What a look reads is fetched ahead, in few round trips, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from msgspec import structs

from jupyterlab_datahub.previews import ahead, frames, guesses
from jupyterlab_datahub.previews.hdf5 import opened
from tests.previews.far import FarFile
from tests.previews.looking import look
from tests.sources import h5_files

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import Preview

CELLS, GENES = 2000, 600


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file as anndata writes it, with more columns than fit into one node of a group."""
    dice = np.random.default_rng(0)
    obs = pd.DataFrame(
        {f"column {n}": pd.Categorical(dice.choice(list("abcde"), CELLS)) for n in range(24)}
        | {"depth": np.arange(CELLS), "share": dice.random(CELLS)},
        index=[f"cell {n}" for n in range(CELLS)],
    )
    var = pd.DataFrame(
        {"symbol": [f"G{n}" for n in range(GENES)]},
        index=pd.Index([f"ENSG{n:011}" for n in range(GENES)], name="feature_id"),
    )
    counts = sp.random(CELLS, GENES, 0.05, "csr", np.float32, random_state=0)
    counts.data = np.ceil(counts.data * 9)
    made = ad.AnnData(counts, obs, var)
    made.raw = made.copy()
    made.layers["counts"] = counts.copy()
    made.obsm["X_pca"] = dice.normal(size=(CELLS, 20))
    made.obsm["X_umap"] = dice.normal(size=(CELLS, 2))
    made.uns["title"] = "A title"
    there = tmp_path_factory.mktemp("ahead") / "cells.h5ad"
    made.write_h5ad(there, compression="gzip")
    return there


def told(facts: Preview) -> Preview:
    """Return facts without what they cost."""
    return structs.replace(facts, requests=0, bytes_fetched=0)


def test_a_look_takes_few_round_trips(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FarFile(path) as source:
        fast = look(source)
        trips = source.trips
    monkeypatch.setattr(ahead, "root_of", lambda source: None)
    with FarFile(path) as source:
        slow = look(source)
        assert source.trips > 4 * trips
    assert trips <= 5
    assert told(fast.facts) == told(slow.facts)
    assert fast.kept == slow.kept == look(path).kept


def test_nothing_of_the_description_is_left_to_be_fetched(path: Path) -> None:
    with FarFile(path) as source, opened(source) as file:
        assert ahead.bring(file, source)
        trips = source.trips
        for frame in ("obs", "var"):
            for name in [*file[frame].attrs["column-order"], file[frame].attrs["_index"]]:
                node = file[frame][name]
                assert node.attrs["encoding-type"]
        file["raw/X/data"][:10], file["X/data"].shape, file["layers/counts/indptr"].shape
        file["obsm/X_umap"].id.get_storage_size()
        assert source.trips <= trips + 1


def test_columns_come_with_what_says_where_they_are(path: Path) -> None:
    with FarFile(path) as source:
        assert ahead.Ahead(source, values=False).finish()
        followed = source.trips
    with FarFile(path) as source:
        begun = ahead.Ahead(source)
        assert begun.has_frames
        trips = source.trips
        assert begun.finish()
        assert source.trips <= followed
        with opened(source) as file:
            trips = source.trips
            obs, var = (frames.Frame(file[name]) for name in ("obs", "var"))
            for name in obs.names():
                frames.read(obs.column(name))
            index = var.index()
            assert index is not None
            assert index[0] == b"ENSG00000000000"
            file["obsm/X_umap"][()], file["raw/X/data"][:10]
            assert source.trips == trips


def test_what_is_fetched_for_nothing_has_a_bound() -> None:
    far = 1 << 40
    places = {"X": 100, "layers": far - 5, "obs": 9_000, "var": far}
    for names in ({"obs"}, {"var", "layers"}, set(places)):
        spans = guesses.of_members(places, names, 2 * far)
        assert sum(stop - start for start, stop in spans) < 10 << 20
    assert sum(b - a for a, b in guesses.of_unnamed(list(range(0, 80 << 20, 10 << 20)), far)) < 20e6
    [(start, stop)] = guesses.of_points(7, far)
    assert start == 7 < stop < 6 << 20


def test_a_file_of_another_make_is_left_to_hdf5(tmp_path: Path) -> None:
    there = tmp_path / "cells.h5ad"
    with h5py.File(there, "w", libver="latest") as file:
        for name in ("obs", "var"):
            file.create_group(name)["_index"] = np.arange(3)
    with FarFile(there) as source, opened(source) as file:
        assert not ahead.bring(file, source)
    with FarFile(there) as source:
        assert look(source).facts.shape == (3, 3)


def test_a_group_within_itself_comes_to_an_end(tmp_path: Path) -> None:
    there = tmp_path / "cells.h5ad"
    h5_files.counts_in(there, "raw.X")
    with h5py.File(there, "r+") as file:
        file["obs/again"] = file["obs"]
        file["raw/again"] = file["/"]
    with FarFile(there) as source, opened(source) as file:
        assert ahead.bring(file, source)
    with FarFile(there) as source:
        assert look(source).facts.shape == (4, 3)


def test_many_names_of_genes_come_together(tmp_path: Path) -> None:
    there = tmp_path / "cells.h5ad"
    h5_files.counts_in(there, "")
    with h5py.File(there, "r+") as file:
        del file["var"]
        names = np.array([f"ENSG{n:011}" for n in range(60_000)], h5py.string_dtype())
        file.create_group("var").attrs["_index"] = "gene"
        file["var"].create_dataset("gene", data=names, chunks=(20_000,), compression="gzip")
    with FarFile(there) as source, opened(source) as file:
        assert ahead.bring(file, source)
        trips = source.trips
        assert file["var/gene"][()][-1] == b"ENSG00000059999"
        # Their chunks, which a look fetches with all else, come one by one here.
        assert source.trips <= trips + 3
