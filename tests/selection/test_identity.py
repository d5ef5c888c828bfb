"""A selection is what anndata makes of the same choice in memory, however the file is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from jupyterlab_datahub.model import Selection
from jupyterlab_datahub.previews.hdf5 import in_words, opened
from jupyterlab_datahub.ranged.bytefile import LocalFile
from jupyterlab_datahub.selection.make import Maker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CELLS, GENES = 500, 60
WHERE = "cell_type in ['B', 'T'] and n_genes >= 20"


def made(kind: str = "csr", dtype: str = "float32") -> anndata.AnnData:
    """Return an AnnData with something in every corner."""
    dice = np.random.default_rng(7)
    counts = dice.poisson(0.4, (CELLS, GENES))
    matrices: dict[str, Callable[[Any], Any]] = {
        "csr": scipy.sparse.csr_matrix,
        "csc": scipy.sparse.csc_matrix,
        "dense": np.asarray,
    }
    x = matrices[kind](counts.astype(dtype))
    obs = pd.DataFrame(
        {
            "cell_type": pd.Categorical(
                dice.choice(["B", "T", "NK", "rare"], CELLS), ["rare", "T", "NK", "B", "unused"]
            ),
            "stage": pd.Categorical(
                dice.choice(["old", "young"], CELLS), ["young", "old"], ordered=True
            ),
            "n_genes": (counts > 0).sum(axis=1),
            "score": np.where(dice.random(CELLS) < 0.1, np.nan, dice.random(CELLS)),
            "is_primary_data": dice.random(CELLS) < 0.5,
            "whole": pd.array(dice.integers(0, 9, CELLS), dtype="Int64"),
            "note": [f"cell {number} äöü" for number in range(CELLS)],
        },
        index=[f"{'ACGT' * 4}-{number}" for number in range(CELLS)],
    )
    obs.loc[obs.index[3], "whole"] = pd.NA
    var = pd.DataFrame(
        {
            "feature_name": pd.Categorical([f"GENE{number % 50}" for number in range(GENES)]),
            "length": np.arange(GENES),
        },
        index=[f"ENSG{number:011}" for number in range(GENES)],
    )
    found = anndata.AnnData(x, obs, var)
    found.obsm["X_umap"] = dice.random((CELLS, 2)).astype("float32")
    found.obsm["table"] = pd.DataFrame({"a": dice.random(CELLS)}, index=obs.index)
    found.varm["loadings"] = dice.random((GENES, 3))
    found.layers["scaled"] = matrices[kind](counts.astype("float64") / 3)
    found.raw = found.copy()
    found.uns["title"] = "a study"
    found.uns["cell_type_colors"] = [f"#00000{number}" for number in range(5)]
    found.uns["stage_colors"] = ["#000001", "#000002", "#000003"]
    found.uns["deep"] = {"in": {"it": np.arange(4)}, "flag": True}
    return found


def selected(path: Path, selection: Selection, target: Path) -> tuple[anndata.AnnData, list[str]]:
    """Return what was made of a selection, with what was noted."""
    with LocalFile(path) as source, in_words(source), opened(source) as file:
        maker = Maker(file, source, selection)
        with h5py.File(target, "w") as written:
            maker.write(written, {"ref": "x"})
    return anndata.read_h5ad(target), maker.notes


def dense(x: Any) -> Any:
    return x.toarray() if scipy.sparse.issparse(x) else np.asarray(x)


def same(one: anndata.AnnData, other: anndata.AnnData) -> None:
    assert type(one.X) is type(other.X)
    assert one.X.dtype == other.X.dtype
    np.testing.assert_array_equal(dense(one.X), dense(other.X))
    pd.testing.assert_frame_equal(one.obs, other.obs, check_names=False)
    pd.testing.assert_frame_equal(one.var, other.var, check_names=False)
    for name in ("obsm", "varm"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert set(mine) == set(theirs)
        for label in mine:
            if isinstance(mine[label], pd.DataFrame):
                pd.testing.assert_frame_equal(mine[label], theirs[label])
            else:
                np.testing.assert_array_equal(mine[label], theirs[label])


def test_numbers_are_compared_in_their_own_precision(tmp_path: Path) -> None:
    whole = made()
    whole.obs["mito"] = np.repeat([0.01, 0.02], CELLS // 2).astype("float32")
    whole.write_h5ad(tmp_path / "whole.h5ad")
    assert float(whole.obs["mito"].max()) < 0.02
    found, _ = selected(
        tmp_path / "whole.h5ad", Selection(where="mito < 0.02"), tmp_path / "part.h5ad"
    )
    same(found, whole[whole.obs.query("mito < 0.02").index].copy())
    assert found.n_obs == CELLS // 2


def test_names_keep_their_type(tmp_path: Path) -> None:
    whole = made()
    # A frame in obsm has to have the very names, of the very type.
    del whole.obsm["table"]
    with anndata.settings.override(allow_write_nullable_strings=True):
        whole.obs.index = whole.obs.index.astype("string")
        whole.write_h5ad(tmp_path / "whole.h5ad")
    read = anndata.read_h5ad(tmp_path / "whole.h5ad")
    found, _ = selected(tmp_path / "whole.h5ad", Selection(where=WHERE), tmp_path / "part.h5ad")
    assert found.obs.index.dtype == read.obs.index.dtype
    same(found, read[found.obs_names].copy())


@pytest.mark.parametrize("packing", [None, "gzip", "lzf"])
@pytest.mark.parametrize("kind", ["csr", "csc", "dense"])
def test_a_selection_is_the_subset_of_anndata(tmp_path: Path, kind: str, packing: Any) -> None:
    whole = made(kind)
    whole.write_h5ad(tmp_path / "whole.h5ad", compression=packing)
    genes = tuple(whole.var_names[[3, 17, 40]])
    mask = whole.obs["cell_type"].isin(["B", "T"]) & (whole.obs["n_genes"] >= 20)
    assert 0 < mask.sum() < CELLS
    for wished, columns in ((genes, list(genes)), ((), slice(None))):
        found, _ = selected(
            tmp_path / "whole.h5ad", Selection(where=WHERE, genes=wished), tmp_path / "part.h5ad"
        )
        wanted = whole[mask, columns].copy()
        same(found, wanted)
        assert list(found.obs["cell_type"].cat.categories) == ["T", "B"]
        assert list(found.uns["cell_type_colors"]) == list(wanted.uns["cell_type_colors"])
        assert "stage_colors" not in found.uns
        assert found.uns["title"] == "a study"
        np.testing.assert_array_equal(found.uns["deep"]["in"]["it"], np.arange(4))
        assert found.uns["datahub"]["ref"] == "x"


@pytest.mark.parametrize("layer", ["raw", "scaled"])
def test_another_matrix_becomes_x(tmp_path: Path, layer: str) -> None:
    whole = made()
    whole.write_h5ad(tmp_path / "whole.h5ad", compression="gzip")
    found, notes = selected(
        tmp_path / "whole.h5ad", Selection(where=WHERE, layer=layer), tmp_path / "part.h5ad"
    )
    mask = whole.obs["cell_type"].isin(["B", "T"]) & (whole.obs["n_genes"] >= 20)
    wanted = whole.raw[mask].X if layer == "raw" else whole[mask].layers["scaled"]
    np.testing.assert_array_equal(dense(found.X), dense(wanted))
    assert any("left out" in note for note in notes)


def test_genes_are_found_and_named_by_their_symbols(tmp_path: Path) -> None:
    whole = made()
    whole.write_h5ad(tmp_path / "whole.h5ad")
    # Of a symbol that two genes have, both come.
    wish = Selection(genes=("GENE3", "nowhere", "GENE3"), symbols=True)
    found, notes = selected(tmp_path / "whole.h5ad", wish, tmp_path / "part.h5ad")
    assert list(found.var_names) == ["GENE3", "GENE3-1"]
    assert list(found.var["gene_ids"]) == [whole.var_names[3], whole.var_names[53]]
    np.testing.assert_array_equal(dense(found.X), dense(whole[:, [3, 53]].X))
    assert notes[0] == "1 genes are not in the file: nowhere"


PACKINGS: tuple[dict[str, Any], ...] = (
    {"chunks": (7,), "compression": "gzip", "shuffle": True, "fletcher32": True},
    {"chunks": (64,), "compression": "lzf", "shuffle": True},
    {"chunks": (64,), "scaleoffset": 0},
    {},
)


@pytest.mark.parametrize("version", ["earliest", "latest"])
def test_any_way_to_write_a_matrix_is_read(tmp_path: Path, version: str) -> None:
    whole = made()
    x = whole.X.tocsr()
    path = tmp_path / "whole.h5ad"
    whole.write_h5ad(path)
    wanted = dense(whole[whole.obs["n_genes"] < 20].X)
    for options in PACKINGS:
        with h5py.File(path, "a", libver=version) as file:
            del file["X"]
            group = file.create_group("X")
            group.attrs.update(
                {"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": x.shape}
            )
            for name in ("data", "indices", "indptr"):
                values = getattr(x, name).astype("int32" if name == "data" else "int64")
                group.create_dataset(name, data=values, **options)
        found, _ = selected(path, Selection(where="n_genes < 20"), tmp_path / "part.h5ad")
        np.testing.assert_array_equal(dense(found.X), wanted)
