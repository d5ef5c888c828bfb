"""Outputs of Space Ranger and Xenium as h5ad, beside what scanpy reads of the same folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import anndata as ad
import numpy as np
import pandas as pd
import polars as pl
import pytest

from jupyterlab_datahub.anndata_io import bundled, spatial
from jupyterlab_datahub.anndata_io.convert import convert
from jupyterlab_datahub.anndata_io.mtx import CountsError
from jupyterlab_datahub.sources.contents import Form, form_of
from tests.anndata_io import spatial_files, tenx_files

if TYPE_CHECKING:
    from pathlib import Path

SCANPY = """
import sys, warnings
warnings.simplefilter("ignore")
import scanpy as sc
for path, made in zip(*[iter(sys.argv[1:])] * 2):
    data = sc.read_visium(path)
    data.var_names_make_unique()
    data.obs_names_make_unique()
    data.write_h5ad(made)
"""
MATRIX = "filtered_feature_bc_matrix.h5"


@pytest.fixture(scope="module")
def visium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the outputs of both versions, and what scanpy makes of each."""
    top = tmp_path_factory.mktemp("visium")
    spatial_files.write_visium(top / "new")
    spatial_files.write_visium(top / "old", old=True)
    words = [str(top / one) for kind in ("new", "old") for one in (kind, f"{kind}.h5ad")]
    subprocess.run([sys.executable, "-P", "-c", SCANPY, *words], check=True)
    return top


def made_of(source: Path, tmp_path: Path, name: str = "") -> ad.AnnData:
    convert(source, tmp_path / "made.h5ad", name=name)
    return ad.read_h5ad(tmp_path / "made.h5ad")


def archived(folder: Path, path: Path) -> Path:
    """Pack a folder, with one more around it."""
    if path.suffix == ".zip":
        return spatial_files.zipped(folder, path)
    with tarfile.open(path, "w:gz") as tar:
        tar.add(folder, "outs")
    return path


@pytest.mark.parametrize(
    ("kind", "form"),
    [("new", ""), ("old", ""), ("new", "h5"), ("new", "a_outs.zip"), ("old", "outs.tar.gz")],
)
def test_visium_is_what_scanpy_reads(
    visium: Path, kind: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spatial, "ROWS", 16)
    source = visium / kind
    if form == "h5":
        source = source / MATRIX
    elif form:
        source = archived(source, tmp_path / form)
        assert form_of(form) is Form.TENX_ARCHIVE
    ours, theirs = made_of(source, tmp_path), ad.read_h5ad(visium / f"{kind}.h5ad")
    np.testing.assert_array_equal(ours.X.toarray(), theirs.X.toarray())
    np.testing.assert_array_equal(ours.obsm["spatial"], theirs.obsm["spatial"])
    pd.testing.assert_frame_equal(ours.obs, theirs.obs)
    (library,) = theirs.uns["spatial"]
    said, known = ours.uns["spatial"][library], theirs.uns["spatial"][library]
    assert said["scalefactors"] == known["scalefactors"]
    assert said["metadata"] == known["metadata"]
    for size in ("hires", "lowres"):
        # scanpy has pictures as parts of one, we as the bytes that the file has.
        assert said["images"][size].dtype == np.uint8
        np.testing.assert_allclose(said["images"][size] / 255, known["images"][size], atol=1e-6)


@pytest.mark.parametrize(("bins", "taken"), [((2, 8, 16), 8), ((2, 16), 16)])
def test_bins_of_visium_hd_are_the_usual_ones_where_nobody_chose(
    tmp_path: Path, bins: tuple[int, ...], taken: int
) -> None:
    source = tmp_path / "binned_outputs"
    for size in bins:
        folder = source / f"square_{size:03}um"
        spatial_files.write_visium(folder)
        frame = pl.read_csv(folder / "spatial" / "tissue_positions.csv")
        places = pl.col("pxl_col_in_fullres") + 1000 * size
        frame.with_columns(places).write_parquet(folder / "spatial" / "tissue_positions.parquet")
        (folder / "spatial" / "tissue_positions.csv").unlink()
        (folder / "raw_feature_bc_matrix.h5").write_bytes(b"")
    archive = archived(source, tmp_path / "mouse_binned_outputs.tar.gz")
    data = made_of(archive, tmp_path)
    assert form_of("mouse_binned_outputs.tar.gz") is Form.TENX_ARCHIVE
    assert data.obsm["spatial"].shape == (tenx_files.CELLS, 2)
    assert (data.obsm["spatial"][:, 0] // 1000).max() == taken
    others = ", ".join(f"square_{size:03}um" for size in bins if size != taken)
    note = data.uns["datahub"]["note"]
    assert f"the bins of {taken} µm of Visium HD; there are also {others}" in note
    # The others are picked by their matrices, and have their places, too.
    member = f"outs/square_002um/{MATRIX}"
    bundled.write_member(archive, archive.name, member, tmp_path / "2.h5ad", lambda _: None)
    finer = ad.read_h5ad(tmp_path / "2.h5ad")
    assert (finer.obsm["spatial"][:, 0] // 1000).max() == 2
    (library,) = finer.uns["spatial"].values()
    assert set(library["images"]) == {"hires", "lowres"}


def test_flat_files_with_the_name_of_a_sample_belong_together(visium: Path, tmp_path: Path) -> None:
    for file in (visium / "old").rglob("*.*"):
        shutil.copy(file, tmp_path / f"GSM1_{file.name}")
    data = made_of(tmp_path / f"GSM1_{MATRIX}", tmp_path)
    assert data.obsm["spatial"].shape == (tenx_files.CELLS, 2)
    assert list(data.uns["spatial"]) == ["V1_Kidney"]


@pytest.mark.parametrize("parquet", [False, True])
def test_xenium_has_places_in_micrometres(tmp_path: Path, *, parquet: bool) -> None:
    spatial_files.write_xenium(tmp_path / "outs", parquet=parquet)
    archive = archived(tmp_path / "outs", tmp_path / "Xenium_V1_outs.zip")
    for source in (tmp_path / "outs" / "cell_feature_matrix.h5", archive):
        data = made_of(source, tmp_path)
        assert form_of(source.name) in (Form.TENX_H5, Form.TENX_ARCHIVE)
        np.testing.assert_allclose(data.obsm["spatial"][7], (10.5, 198.25))
        assert data.obs["cell_area"].iloc[4] == 51
        assert "region" not in data.obs
        (library,) = data.uns["spatial"].values()
        assert library["scalefactors"]["spot_diameter_fullres"] == pytest.approx(8.06, abs=0.01)
        assert library["images"] == {}


def test_cells_without_a_place_are_kept_and_said(tmp_path: Path) -> None:
    table = spatial_files.positions(first=3)
    spatial_files.write_visium(tmp_path / "outs", table=table)
    data = made_of(tmp_path / "outs", tmp_path)
    assert np.isnan(data.obsm["spatial"][:3]).all()
    assert np.isfinite(data.obsm["spatial"][3:]).all()
    assert data.uns["datahub"]["note"].startswith("3 of 70 cells have no place")


@pytest.mark.parametrize("kind", ["missing", "other"])
def test_a_matrix_is_read_without_places_that_are_of_no_use(tmp_path: Path, kind: str) -> None:
    table = spatial_files.positions().replace("ACGT", "TTTT") if kind != "missing" else None
    spatial_files.write_visium(tmp_path / "outs", table=table)
    if kind == "missing":
        (tmp_path / "outs/spatial/tissue_positions.csv").unlink()
    data = made_of(tmp_path / "outs" / MATRIX, tmp_path)
    assert data.n_obs == tenx_files.CELLS
    assert "spatial" not in data.uns
    assert "spatial" not in data.obsm
    words = "no tissue_positions.csv" if kind == "missing" else "none of the 70 barcodes"
    assert words in data.uns["datahub"]["note"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "no rows"),
        ("ACGT0001-1,1,0,0,5\n", "has not 6 columns"),
        ("ACGT0001-1,1,0,0,5,left\n", "pxl_col_in_fullres .* is not always a number"),
        ("ACGT0001-1,1,0,0,5,nan\n", "is not always a number"),
    ],
)
def test_damaged_places_are_refused_in_words(tmp_path: Path, table: str, words: str) -> None:
    spatial_files.write_visium(tmp_path / "outs", table=table)
    with pytest.raises(CountsError, match=words):
        made_of(tmp_path / "outs", tmp_path)
    assert not list(tmp_path.glob("made*"))


@pytest.mark.parametrize("name", ["scalefactors_json.json", "tissue_hires_image.png"])
def test_other_damaged_files_are_refused_in_words(tmp_path: Path, name: str) -> None:
    spatial_files.write_visium(tmp_path / "outs")
    (tmp_path / "outs/spatial" / name).write_text("{")
    with pytest.raises(CountsError, match=name):
        made_of(tmp_path / "outs", tmp_path)


def test_pictures_may_be_missing(tmp_path: Path) -> None:
    spatial_files.write_visium(tmp_path / "outs")
    for picture in (tmp_path / "outs/spatial").glob("*.png"):
        picture.unlink()
    data = made_of(tmp_path / "outs", tmp_path)
    assert data.uns["spatial"]["V1_Kidney"]["images"] == {}
    assert data.obsm["spatial"].shape == (tenx_files.CELLS, 2)
