"""Tables of counts as h5ad, beside what pandas reads of the same text."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING, Any

import anndata as ad
import numpy as np
import pytest

from jupyterlab_datahub.anndata_io import counts_text, tablerows
from jupyterlab_datahub.anndata_io.convert import convert
from jupyterlab_datahub.anndata_io.features import FeatureError
from jupyterlab_datahub.anndata_io.orientation import Rows, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CELLS, GENES = 40, 30
BARCODES = [f"{'ACGT' * 3}{'ACGT'[n // 10]}{'ACGT'[n % 4]}-{n}" for n in range(CELLS)]
IDS = [f"ENSG{n:011}" for n in range(GENES)]


def counts(seed: int = 0) -> NDArray[np.float32]:
    dice = np.random.default_rng(seed)
    found = dice.poisson(0.3, (CELLS, GENES)) * dice.integers(1, 3000, (CELLS, GENES))
    found[0] = 0
    return found.astype(np.float32)


def text(
    matrix: NDArray[np.floating[Any]],
    rows: Sequence[str],
    columns: Sequence[str],
    corner: str = "",
    by: str = ",",
) -> str:
    lines = [by.join([corner, *columns])]
    lines += [
        by.join([name, *(f"{value:g}" for value in row)])
        for name, row in zip(rows, matrix, strict=True)
    ]
    return "\n".join(lines) + "\n"


def made(tmp_path: Path, content: str | bytes, name: str = "counts.csv") -> ad.AnnData:
    source = tmp_path / name
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    convert(source, tmp_path / "made.h5ad")
    return ad.read_h5ad(tmp_path / "made.h5ad")


def dense(data: ad.AnnData) -> NDArray[np.float32]:
    return data.X if isinstance(data.X, np.ndarray) else data.X.toarray()


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts_text, "PIECE", 500)
    monkeypatch.setattr(tablerows, "BLOCK", 700)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("turned", [False, True], ids=["cells by genes", "genes by cells"])
@pytest.mark.parametrize("name", ["counts.csv", "counts.tsv.gz", "counts.csv.zip"])
def test_it_is_an_anndata_whichever_way_it_lies(tmp_path: Path, name: str, turned: bool) -> None:
    matrix = counts()
    by = "\t" if ".tsv" in name else ","
    names = (IDS, BARCODES) if turned else (BARCODES, IDS)
    content = text(matrix.T if turned else matrix, *names, by=by).encode()
    if name.endswith(".gz"):
        content = gzip.compress(content)
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / "z", "w") as archive:
            archive.writestr("counts.csv", content)
        content = (tmp_path / "z").read_bytes()
    data = made(tmp_path, content, name)
    np.testing.assert_array_equal(dense(data), matrix)
    assert data.X.has_sorted_indices
    assert (list(data.obs_names), list(data.var_names)) == (BARCODES, IDS)
    assert data.uns["datahub"]["rows"] == ("genes" if turned else "cells")
    assert {path.name for path in tmp_path.iterdir()} - {"z"} == {name, "made.h5ad"}


def test_columns_that_describe_rows_are_no_part_of_the_matrix(tmp_path: Path) -> None:
    lines = text(counts(), BARCODES, IDS).splitlines()
    lines[0] = lines[0].replace(",", ',cluster,"n_counts",', 1)
    lines[1:] = [
        line.replace(",", f',"T, cell {n % 2}",{n},', 1) for n, line in enumerate(lines[1:])
    ]
    data = made(tmp_path, "\n".join(lines))
    np.testing.assert_array_equal(dense(data), counts())
    assert list(data.obs.columns) == ["cluster", "n_counts"]
    assert list(data.obs["cluster"][:2]) == ["T, cell 0", "T, cell 1"]
    assert list(data.obs["n_counts"]) == list(range(CELLS))


def test_tables_as_featurecounts_and_r_write_them(tmp_path: Path) -> None:
    lines = text(counts().T, IDS, BARCODES, "Geneid", "\t").splitlines()
    lines[0] = lines[0].replace("\t", "\tChr\tLength\t", 1)
    lines[1:] = [
        line.replace("\t", f"\tchr1;chr1\t{900 + n}\t", 1) for n, line in enumerate(lines[1:])
    ]
    data = made(tmp_path, "\n".join(["# Program:featureCounts v2", *lines]), "counts.tsv")
    assert list(data.var.columns) == ["Chr", "Length"]
    assert data.shape == (CELLS, GENES)
    ours = text(counts(), BARCODES, IDS).removeprefix(",")
    np.testing.assert_array_equal(dense(made(tmp_path, ours)), counts())


@pytest.mark.parametrize("change", ["bom", "semicolons", "crlf", "quotes", "spaces", "blank lines"])
def test_it_is_read_however_it_was_saved(tmp_path: Path, change: str) -> None:
    matrix = counts() / 4
    content = text(matrix, BARCODES, IDS)
    changed = {
        "bom": "\ufeff" + content,
        "semicolons": content.replace(",", ";").replace(".", ","),
        "crlf": content.replace("\n", "\r\n"),
        "quotes": "\n".join(
            ",".join(f'"{value}"' for value in line.split(",")) for line in content.splitlines()
        ),
        "spaces": content.replace(",", ", "),
        "blank lines": content.replace("\n", "\n\n"),
    }[change]
    data = made(tmp_path, changed)
    np.testing.assert_allclose(dense(data), matrix)
    assert (list(data.obs_names), list(data.var_names)) == (BARCODES, IDS)


def test_names_that_repeat_are_numbered_and_missing_values_counted(tmp_path: Path) -> None:
    content = text(counts(), ["same"] * CELLS, IDS[:-1] + IDS[:1])
    lines = content.splitlines()
    lines[2] = ",".join(["same", "NA", "", *lines[2].split(",")[3:]])
    data = made(tmp_path, "\n".join(lines))
    assert list(data.obs_names[:3]) == ["same", "same-1", "same-2"]
    assert data.var_names.is_unique
    assert np.isnan(dense(data)[1, :2]).all()
    assert data.uns["datahub"]["values_not_finite"] == 2


def test_what_is_not_sparse_is_kept_dense(tmp_path: Path) -> None:
    matrix = np.linspace(-3, 3, CELLS * GENES, dtype=np.float32).reshape(CELLS, GENES)
    matrix = np.round(matrix, 3)
    for turned in (False, True):
        names = (IDS, BARCODES) if turned else (BARCODES, IDS)
        data = made(tmp_path, text(matrix.T if turned else matrix, *names))
        assert isinstance(data.X, np.ndarray)
        np.testing.assert_allclose(data.X, matrix, atol=1e-6)


def test_where_names_tell_nothing_it_is_said(tmp_path: Path) -> None:
    rows, columns = [f"r{n}" for n in range(CELLS)], [f"c{n}" for n in range(GENES)]
    data = made(tmp_path, text(counts(), rows, columns))
    assert data.shape == (CELLS, GENES)
    assert "they were taken for cells" in data.uns["datahub"]["note"]


@pytest.mark.parametrize(
    ("corner", "rows", "columns", "expected"),
    [
        ("", IDS, ["s1", "s2"], Rows.GENES),
        ("", ["x1"], IDS, Rows.CELLS),
        ("", ["Actb", "Gapdh", "Cd3e", "Xyz"], ["s1"], Rows.GENES),
        ("", ["s1"], ["ACTB", "GAPDH", "MT-CO1", "ZZZ"], Rows.CELLS),
        ("", ["x"], BARCODES, Rows.GENES),
        ("", ["lung_ACGTACGTACGT-1"], ["a"], Rows.CELLS),
        ("gene_name", ["a"], ["b"], Rows.GENES),
        ("barcode", ["a"], ["b"], Rows.CELLS),
        ("", ["AT1G01010", "AT1G01020"], ["b"], Rows.GENES),
        ("", IDS, IDS, Rows.UNKNOWN),
        ("", ["a"], ["b"], Rows.UNKNOWN),
    ],
)
def test_names_tell_what_rows_are(
    corner: str, rows: list[str], columns: list[str], expected: Rows
) -> None:
    assert rows_of(corner, rows, columns) is expected


GOOD = text(counts(), BARCODES, IDS)
LINES = GOOD.splitlines()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (GOOD.encode("utf-16"), "no text in UTF-8"),
        ("\n".join([*LINES[:30], "x,1", *LINES[30:]]), "line 31 has 2 values where there are 31"),
        (
            "\n".join([*LINES[:60], LINES[5].rpartition(",")[0] + ",1_000"]),
            "in line 42, column ENSG00000000029, '1_000' is no number",
        ),
        (GOOD + GOOD.splitlines()[1].replace("-0,0,0", "-0,1 2,", 1), "'1 2' is no number"),
        (LINES[0], "no row has as many values"),
        ("a,b\nx,y\n", "has no column of numbers"),
        ("cell,cluster,donor,age\nx,T,d1,30\ny,B,d2,31\n", "more columns of text (2) than of"),
        (gzip.compress(GOOD.encode())[:-40], "cannot be read to its end"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    with pytest.raises(FeatureError) as told:
        made(tmp_path, content)
    assert words in told.value.message
    assert told.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["counts.csv"]


def test_a_table_of_something_else_says_how_pandas_reads_it(tmp_path: Path) -> None:
    with pytest.raises(FeatureError) as told:
        made(tmp_path, "cell\tcluster\nx\tT\ny\tB\n", "cells.tsv")
    assert told.value.hint.endswith("pd.read_csv('cells.tsv', index_col=0, sep='\\t')")
    kept = made(tmp_path, "Geneid,Chr,Strand,Name,S1,S2\nx,chr1,+,X,3,4\ny,chr2,-,Y,0,5\n")
    assert (kept.shape, list(kept.var)) == ((2, 2), ["Chr", "Strand", "Name"])


def test_what_is_packed_to_do_harm_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tablerows, "FREE", 1 << 16)
    monkeypatch.setattr(tablerows, "BLOCK", 1 << 16)
    rows = "".join(f"{name},{'0,' * 29}0\n" for name in BARCODES * 2000)
    bomb = gzip.compress((LINES[0] + "\n" + rows).encode() + b"0" * (8 << 20), 9)
    with pytest.raises(FeatureError, match="more than 100 times its own"):
        made(tmp_path, bomb, "counts.csv.gz")
