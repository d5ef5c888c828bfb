"""The image, read with tifffile, and the table say the same of the same cells."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from jupyterlab_datahub.demo.spatial import project, tissue

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = [marker.name for marker in tissue.MARKERS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data") / project.SMALL
    project.make(made)
    return made


@pytest.fixture(scope="module")
def cells(folder: Path) -> dict[str, NDArray[np.float64]]:
    with (folder / project.TABLE).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, np.array(rows, dtype=float).T, strict=True))


def test_tifffile_reads_a_pyramid_with_names_and_sizes(folder: Path) -> None:
    with tifffile.TiffFile(folder / project.IMAGE) as image:
        assert image.is_bigtiff
        assert image.is_ome
        series = image.series[0]
        side = project.SIDES[project.SMALL] * tissue.SPACING
        assert series.shape == (len(NAMES), side, side)
        assert [level.shape[-1] for level in series.levels] == [side >> n for n in range(5)]
        assert all(f'Name="{name}"' in (image.ome_metadata or "") for name in NAMES)
        assert 'PhysicalSizeX="0.82"' in (image.ome_metadata or "")
        full, small = (np.asarray(series.levels[n].asarray(), dtype=float) for n in (0, 2))
    averaged = full.reshape(len(NAMES), side // 4, 4, side // 4, 4).mean(axis=(2, 4))
    np.testing.assert_allclose(small, averaged, atol=2)


def test_the_table_is_measured_in_the_image(
    folder: Path, cells: dict[str, NDArray[np.float64]]
) -> None:
    assert list(cells) == ["CellID", *NAMES, *project.SHAPE]
    image = tifffile.imread(folder / project.IMAGE)
    at = tuple(np.rint(cells[name]).astype(int) for name in ("Y_centroid", "X_centroid"))
    nuclei = image[NAMES.index("DNA_1")]
    assert np.median(nuclei[at]) > 2 * np.median(nuclei)
    # A cell that is bright in the table is bright where the table says it is.
    here = image[NAMES.index("KERATIN")][at]
    assert np.corrcoef(here, cells["KERATIN"])[0, 1] > 0.9
    assert cells["Area"].min() > 3
    assert (cells["MajorAxisLength"] >= cells["MinorAxisLength"]).all()


def test_there_are_tissues_of_several_types(cells: dict[str, NDArray[np.float64]]) -> None:
    markers = ("CD20", "CD3D", "KERATIN", "CD68")
    brightest = np.argmax([cells[name] for name in markers], axis=0)
    shares = np.bincount(brightest, minlength=4) / len(brightest)
    assert shares.min() > 0.01
    # The epithelium is on top: structure, not noise.
    keratin = brightest == markers.index("KERATIN")
    assert np.median(cells["Y_centroid"][keratin]) < 0.1 * cells["Y_centroid"].max()


def test_it_is_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / project.SMALL
    project.make(again)
    for name in (project.IMAGE, project.TABLE, project.MARKER_LIST):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_the_markers_are_listed_with_their_cycles(folder: Path) -> None:
    with (folder / project.MARKER_LIST).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["marker_name"] for row in rows] == NAMES
    assert [row["channel_number"] for row in rows] == [str(n) for n in range(1, 7)]
    assert {row["cycle_number"] for row in rows} == {"1", "2"}


def test_the_great_one_has_more_than_200000_cells() -> None:
    grown = tissue.grow(project.SIDES[project.FULL])
    assert len(grown.types) >= 200_000
    assert len(np.unique(grown.owner)) - 1 == len(grown.types)
