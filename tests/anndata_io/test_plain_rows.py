"""Tables of nothing but numbers, read in parts, and what is none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anndata as ad
import numpy as np
import pytest

from jupyterlab_datahub.anndata_io import feature_rows, parallel, plain_rows
from jupyterlab_datahub.anndata_io.convert import convert
from jupyterlab_datahub.anndata_io.features import FeatureError
from jupyterlab_datahub.anndata_io.plain_rows import PlainRows, PlainTable

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HEADER = "CellID,CD3,DNA,X_centroid,Y_centroid,Area\n"
COLUMNS = 6


def written(path: Path, rows: int, *, end: str = "\n", last: str = "\n") -> NDArray[np.float64]:
    """Write a table of as many rows and return its values."""
    dice = np.random.default_rng(rows)
    values: NDArray[np.float64] = dice.lognormal(3, 4, (rows, COLUMNS)) * dice.choice(
        [-1, 1], (rows, COLUMNS)
    )
    values[:, 0] = np.arange(1, rows + 1)
    lines = [",".join([str(n), *map(repr, row[1:])]) for n, row in enumerate(values.tolist(), 1)]
    path.write_bytes((HEADER + end.join(lines) + last).encode())
    return values


def table_of(path: Path, part: int) -> PlainTable:
    size = path.stat().st_size
    return PlainTable(
        path=str(path), start=len(HEADER), stop=size, columns=COLUMNS, exact=(0, 3), part=part
    )


@pytest.mark.parametrize("part", [1, 7, 90, 91, 4000, plain_rows.PART])
@pytest.mark.parametrize(("end", "last"), [("\n", "\n"), ("\n", ""), ("\r\n", "\r\n")])
def test_each_row_is_in_one_part(
    tmp_path: Path, part: int, end: str, last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_rows, "TAIL", 16)
    monkeypatch.setattr(plain_rows, "PIECE", 1000)
    path = tmp_path / "cells.csv"
    values = written(path, 100, end=end, last=last)
    table = table_of(path, part)
    with PlainRows(table) as reader:
        parts = [reader.part(number) for number in range(table.parts)]
    found = np.concatenate([one[0] for one in parts]).reshape(-1, COLUMNS)
    np.testing.assert_array_equal(found, values.astype("f4"))
    for column, number in enumerate(table.exact, 1):
        np.testing.assert_array_equal(
            np.concatenate([one[column] for one in parts]), values[:, number]
        )


@pytest.mark.parametrize("part", [7, 90, 4000])
def test_a_part_begins_where_its_first_line_does(tmp_path: Path, part: int) -> None:
    path = tmp_path / "cells.csv"
    written(path, 50)
    table = table_of(path, part)
    content = path.read_bytes()
    with PlainRows(table) as reader:
        rows = 0
        for number in range(table.parts):
            begin = plain_rows.begin(table, number)
            assert content[len(HEADER) : begin].count(b"\n") == rows
            assert content[begin - 1 : begin] == b"\n"
            rows += len(reader.part(number)[1])


@pytest.mark.parametrize(
    "line",
    [
        "3,1,2,3,4",
        "3,1,2,3,4,5,6",
        "3,,2,3,4,5",
        "3,nan,2,3,4,5",
        "3,inf,2,3,4,5",
        "3,[1],2,3,4,5",
        "3,[1,2,3,4,5",
        "3,{},2,3,4,5",
        "3,true,2,3,4,5",
        '3,"1",2,3,4,5',
        "3,+1,2,3,4,5",
        "3,.5,2,3,4,5",
        "3,1e999,2,3,4,5",
        "3,1],2,[3,4,5",
        "3,9e307,2,3,4,5,6",
        "",
        "text",
        "\0",
    ],
)
def test_what_is_not_only_numbers_is_left_to_others(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cells.csv"
    path.write_text(f"{HEADER}1,1,2,3,4,5\n{line}\n3,1,2,3,4,5\n4,1,2,3,4,5\n")
    with PlainRows(table_of(path, plain_rows.PART)) as reader:
        assert reader.part(0) == ()


def test_a_file_that_was_cut_meanwhile_is_left_to_others(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    written(path, 100)
    table = table_of(path, 1000)
    path.write_bytes(path.read_bytes()[: len(HEADER) + 1500])
    with PlainRows(table) as reader:
        assert reader.part(0)
        assert reader.part(1) == reader.part(2) == ()


def test_a_line_without_end_is_left_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_rows, "TAIL", 16)
    monkeypatch.setattr(plain_rows, "LONGEST", 64)
    path = tmp_path / "cells.csv"
    path.write_text(HEADER + "1" * 2000)
    with PlainRows(table_of(path, 100)) as reader:
        assert reader.part(0) == ()


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two other processes parse parts, however little there is."""
    monkeypatch.setattr(parallel, "LARGE", 0)
    monkeypatch.setattr(feature_rows, "PART", 1000)
    monkeypatch.setattr(parallel, "available", lambda: 2)


@pytest.mark.parametrize("others", [0, 2])
def test_several_processes_make_the_same(
    tmp_path: Path, in_parts: None, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    monkeypatch.setattr(parallel, "available", lambda: others)
    path, target = tmp_path / "unmicst-1_cell.csv", tmp_path / "cells.h5ad"
    values = written(path, 300)
    convert(path, target)
    data = ad.read_h5ad(target)
    np.testing.assert_array_equal(data.X, values[:, 1:3].astype("f4"))
    np.testing.assert_array_equal(data.obsm["spatial"], values[:, 3:5])
    np.testing.assert_array_equal(data.obs["Area"], values[:, 5].astype("f4"))
    np.testing.assert_array_equal(data.obs["CellID"], np.arange(1, 301))


@pytest.mark.parametrize(
    "special", [",,", ",nan,", ',"7.5",'], ids=["missing", "no number", "in quotes"]
)
def test_where_it_is_no_longer_plain_others_go_on(
    tmp_path: Path, in_parts: None, special: str
) -> None:
    path, target = tmp_path / "unmicst-1_cell.csv", tmp_path / "cells.h5ad"
    values = written(path, 300)
    lines = path.read_text().splitlines()
    cells = lines[150].split(",")
    lines[150] = cells[0] + special + ",".join(cells[2:])
    path.write_text("\n".join(lines) + "\n")
    convert(path, target)
    wanted = values[:, 1:3].astype("f4")
    wanted[149, 0] = 7.5 if "7.5" in special else np.nan
    np.testing.assert_array_equal(ad.read_h5ad(target).X, wanted)


def test_what_is_wrong_far_behind_is_told_and_leaves_nothing(
    tmp_path: Path, in_parts: None
) -> None:
    path, target = tmp_path / "unmicst-1_cell.csv", tmp_path / "cells.h5ad"
    written(path, 300)
    with path.open("a") as file:
        file.write("301,many,2,3,4,5\n")
    with pytest.raises(FeatureError, match="in the column CD3, 'many' is no number"):
        convert(path, target)
    assert list(tmp_path.iterdir()) == [path]


def test_without_simdjson_it_is_read_all_the_same(
    tmp_path: Path, in_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "simdjson", None)
    path, target = tmp_path / "unmicst-1_cell.csv", tmp_path / "cells.h5ad"
    values = written(path, 100)
    convert(path, target)
    np.testing.assert_array_equal(ad.read_h5ad(target).X, values[:, 1:3].astype("f4"))
