"""Tables of cells as h5ad, read back with anndata itself."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import anndata as ad
import h5py
import numpy as np
import pytest

from jupyterlab_datahub.anndata_io import feature_table, features, tablerows, tabletext
from jupyterlab_datahub.anndata_io.convert import UNREADABLE, convert
from jupyterlab_datahub.anndata_io.features import FeatureError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "unmicst-tonsil-1_cell.csv"
SHAPE = "X_centroid,Y_centroid,Area,Eccentricity"


def table(header: str = f"CellID,DNA_1,CD3,Hoechst2,{SHAPE}", rows: int = 5) -> str:
    columns = header.count(",") + 1
    lines = (",".join(f"{r + 1}" if c == 0 else f"{r}.{c}5" for c in range(columns))
             for r in range(rows))  # fmt: skip
    return "\n".join([header, *lines, ""])


def made(path: Path, content: str | bytes) -> ad.AnnData:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    target = path.with_name("made.h5ad")
    convert(path, target)
    return ad.read_h5ad(target)


def test_markers_shapes_and_places_go_where_they_belong(tmp_path: Path) -> None:
    data = made(tmp_path / NAME, table())
    assert data.X.dtype == np.float32
    np.testing.assert_array_equal(data.X[2], np.array([2.15, 2.25, 2.35], dtype="f4"))
    assert list(data.var_names) == ["DNA_1", "CD3", "Hoechst2"]
    assert data.var["is_dna"].tolist() == [True, False, True]
    assert data.var["channel"].tolist() == [1, 2, 3]
    assert list(data.obs) == ["CellID", *SHAPE.split(","), "imageid"]
    assert data.obs_names[4] == "unmicst-tonsil-1_cell_5"
    assert data.obs["CellID"].tolist() == [1, 2, 3, 4, 5]
    assert data.obs["imageid"].unique().tolist() == ["unmicst-tonsil-1_cell"]
    assert data.obs["Area"].dtype == np.float32
    np.testing.assert_array_equal(data.obsm["spatial"][1], [1.45, 1.55])
    said = data.uns["datahub"]
    assert (said["source"], said["sample"], said["segmentation"]) == (NAME, "tonsil-1", "unmicst")
    assert (said["X"], said["coordinates"]) == ("intensity_mean", "pixels")
    data.write_h5ad(tmp_path / "again.h5ad")


@pytest.mark.parametrize(
    ("name", "sample", "method", "mask"),
    [
        ("unmicst-exemplar-001_cell.csv", "exemplar-001", "unmicst", "cell"),
        ("exemplar-001--unmicst_cell.csv", "exemplar-001", "unmicst", "cell"),
        ("cellpose-a_b_nucleiRing.csv.gz", "a_b", "cellpose", "nucleiRing"),
        ("mesmer-X.1_cell.CSV.ZIP", "X.1", "mesmer", "cell"),
        ("MEL01.zip", "MEL01", "", ""),
    ],
)
def test_what_a_name_says(name: str, sample: str, method: str, mask: str) -> None:
    found = features.named(name)
    assert (found.sample, found.method, found.mask) == (sample, method, mask)


def test_several_statistics_are_layers(tmp_path: Path) -> None:
    header = (
        "CellID,DNA_1,CD3_intensity_median,DNA_1_intensity_mean_top_p-3,CD3,"
        f"DNA_1_intensity_median,{SHAPE}"
    )
    data = made(tmp_path / NAME, table(header))
    assert list(data.var_names) == ["DNA_1", "CD3"]
    np.testing.assert_array_equal(data.X[1], np.array([1.15, 1.45], dtype="f4"))
    # anndata 0.13 counts X among them.
    assert {"intensity_median", "intensity_mean_top_p-3"} <= set(data.layers)
    np.testing.assert_array_equal(
        data.layers["intensity_median"][1], np.array([1.55, 1.25], dtype="f4")
    )
    assert np.isnan(data.layers["intensity_mean_top_p-3"][:, 1]).all()


def test_a_list_of_markers_beside_it_gives_channels_and_names(tmp_path: Path) -> None:
    folder = tmp_path / "quantification"
    folder.mkdir()
    listed = "\ufeffchannel_number,cycle_number,marker_name\n1,1,DNA_1\n3,1,CD3\n9,2,Hoechst2\n"
    (tmp_path / "markers.csv").write_text(listed, encoding="utf-8")
    assert made(folder / NAME, table()).var["channel"].tolist() == [1, 3, 9]
    # A marker that the list lacks: the list is of something else.
    (tmp_path / "markers.csv").write_text("marker_name\nCD3\n", encoding="utf-8")
    assert made(folder / NAME, table()).var["channel"].tolist() == [1, 2, 3]


def test_packed_tables(tmp_path: Path) -> None:
    plain = made(tmp_path / NAME, table())
    packed = made(tmp_path / f"{NAME}.gz", gzip.compress(table().encode()))
    with zipfile.ZipFile(tmp_path / "S1.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"S1/{NAME}", table())
        archive.writestr(f"__MACOSX/S1/._{NAME}", b"\0")
        archive.writestr("S1/markers.csv", "marker_name\nHoechst2\nDNA_1\nCD3\n")
    zipped = made(tmp_path / "S1.zip", (tmp_path / "S1.zip").read_bytes())
    for one in (packed, zipped):
        np.testing.assert_array_equal(one.X, plain.X)
        assert list(one.obs_names) == list(plain.obs_names)
    assert zipped.var["channel"].tolist() == [2, 3, 1]


def test_other_dialects_are_read_the_same(tmp_path: Path) -> None:
    plain = made(tmp_path / NAME, table())
    for content in (
        "\ufeff" + table(),
        table().replace(",", ";"),
        "\ufeff" + table().replace(",", ";").replace(".", ","),
        table().replace(",", "\t"),
        table().replace("\n", "\r\n"),
    ):
        data = made(tmp_path / NAME, content)
        np.testing.assert_array_equal(data.X, plain.X)
        np.testing.assert_array_equal(data.obsm["spatial"], plain.obsm["spatial"])
        assert list(data.var_names) == list(plain.var_names)


def test_what_is_not_finite_stays_and_is_counted(tmp_path: Path) -> None:
    content = table().replace("0.15", "inf").replace("1.25", "").replace("2.35", "NaN")
    data = made(tmp_path / NAME, content.replace("4.45", "nan"))
    assert np.isinf(data.X[0, 0])
    assert np.isnan([data.X[1, 1], data.X[2, 2]]).all()
    assert data.uns["datahub"]["values_not_finite"] == 3
    assert data.uns["datahub"]["cells_without_position"] == 1


def test_text_describes_cells_and_ids_may_repeat_or_be_missing(tmp_path: Path) -> None:
    rows = (
        "CellID,CD3,X_centroid,Y_centroid,phenotype\n7,1,2,3,T\n7,1,2,3,B\n8,1,2,3,T\n9,1,2,3,B\n"
    )
    data = made(tmp_path / NAME, rows)
    assert data.obs["phenotype"].tolist() == ["T", "B", "T", "B"]
    assert data.obs_names.is_unique
    data = made(tmp_path / NAME, "CD3,X_centroid,Y_centroid\n1,2,3\n4,5,6\n")
    assert list(data.obs_names) == ["unmicst-tonsil-1_cell_1", "unmicst-tonsil-1_cell_2"]


def test_what_stands_for_a_missing_number(tmp_path: Path) -> None:
    rows = (
        "CellID,CD3,X_centroid,Y_centroid,phenotype\n"
        '1,NA,2,3,NA\n\n2,1.5,null,3,"T, or\nB"\n3,n/a,2,3,\n4,-inf,2,3,"a ""b"""\n'
    )
    data = made(tmp_path / NAME, rows)
    np.testing.assert_array_equal(data.X[:, 0], np.array([np.nan, 1.5, np.nan, -np.inf], "f4"))
    assert np.isnan(data.obsm["spatial"][1, 0])
    assert data.obs["phenotype"].tolist() == ["NA", "T, or\nB", "", 'a "b"']


def test_lines_that_are_empty_or_end_as_they_once_did(tmp_path: Path) -> None:
    plain = made(tmp_path / NAME, table())
    for content in (table().replace("\n", "\n\n"), table() + "\n\n", table().replace("\n", "\r")):
        data = made(tmp_path / NAME, content)
        np.testing.assert_array_equal(data.X, plain.X)
        assert list(data.obs_names) == list(plain.obs_names)


def test_values_in_quotes_are_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tablerows, "BLOCK", 50)
    monkeypatch.setattr(tabletext, "SAMPLE", 200)
    rows = "".join(f'{n},1.5,2,3,"T\n{n}"\n' for n in range(100))
    data = made(tmp_path / NAME, "CellID,CD3,X_centroid,Y_centroid,phenotype\n" + rows)
    assert data.obs["phenotype"].tolist() == [f"T\n{n}" for n in range(100)]


def test_a_few_bytes_that_hold_far_too_much_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tablerows, "FREE", 1 << 20)
    monkeypatch.setattr(tablerows, "BLOCK", 1 << 18)
    bomb = gzip.compress(table().encode() + b"1,2,3,4,5,6,7,8\n" * (1 << 17))
    with pytest.raises(FeatureError, match="holds more than 100 times its own"):
        made(tmp_path / NAME, bomb)
    monkeypatch.setattr(tablerows, "FREE", 1 << 30)
    monkeypatch.setattr(tablerows, "LONGEST", 1 << 19)
    with pytest.raises(FeatureError, match="has a line of more than"):
        made(tmp_path / NAME, gzip.compress(table(rows=99).encode() + b"1" * (1 << 21)))
    with pytest.raises(FeatureError, match="is no table: field larger than"):
        made(tmp_path / NAME, gzip.compress(table().encode() + b"1" * (1 << 21)))
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("tail", [300, 10, 5000])
def test_blocks_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tail: int) -> None:
    monkeypatch.setattr(tablerows, "BLOCK", 2000)
    monkeypatch.setattr(tablerows, "TAIL", tail)
    monkeypatch.setattr(tabletext, "SAMPLE", 3000)
    monkeypatch.setattr(feature_table, "SMALL_CHUNK", 1200)
    data = made(tmp_path / NAME, table(rows=3000).removesuffix("\n"))
    assert data.shape == (3000, 3)
    for n in range(3):
        wanted = np.array([f"{row}.{n + 1}5" for row in range(3000)], dtype=np.float32)
        np.testing.assert_array_equal(data.X[:, n], wanted)
    assert data.obs["CellID"].tolist() == list(range(1, 3001))
    with h5py.File(tmp_path / "made.h5ad") as file:
        assert file["X"].chunks == (100, 3)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (table("CellID,CD3,Area"), "has no column X_centroid.*its columns are CellID, CD3, Area"),
        (table("CellID,CD3,X_centroid,Area"), "has no column Y_centroid"),
        (table("CellID,X_centroid,Y_centroid"), "has no marker"),
        (table(rows=0), "has no cells"),
        (table().replace("3.25", "high"), "in the column CD3, .*'high'"),
        (table() + "6,1,2\n", "cannot be read to its end"),
        (table().encode("utf-16"), "is no text in UTF-8"),
        (gzip.compress(table(rows=4000).encode())[:-300], "cannot be read to its end"),
        (b"PK\x03\x04 nothing", "cannot be read to its end"),
    ],
)
def test_what_is_wrong_is_told_and_leaves_nothing(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    with pytest.raises(FeatureError, match=words) as told:
        made(tmp_path / NAME, content)
    assert told.value.hint
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_an_archive_of_several_tables_says_which(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "S1.zip", "w") as archive:
        archive.writestr("a-1_cell.csv", table())
        archive.writestr("a-2_cell.csv", table())
    with pytest.raises(FeatureError, match=r"holds 2 tables: a-1_cell\.csv, a-2_cell\.csv"):
        convert(tmp_path / "S1.zip", tmp_path / "made.h5ad")


def test_without_polars_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(FeatureError, match="need the package polars") as told:
        made(tmp_path / NAME, table())
    assert "jupyterlab-datahub[spatial]" in told.value.hint


def test_the_process_is_told_what_the_file_is_called(tmp_path: Path) -> None:
    source, target = tmp_path / "0123abcd", tmp_path / "made.h5ad"
    source.write_text(table(), encoding="utf-8")
    command = [sys.executable, "-P", "-m", "jupyterlab_datahub.anndata_io.convert"]
    command += [str(source), str(target), NAME]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["cells"] == 5
    assert ad.read_h5ad(target).uns["datahub"]["sample"] == "tonsil-1"
    source.write_text("a,b\n1,2\n", encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == UNREADABLE
    assert NAME in json.loads(done.stdout.splitlines()[-1])["message"]
