"""What a cell and its provenance say, without running it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import CellRequest, LibraryItem
from jupyterlab_datahub.notebooks.handoff import hand_off
from jupyterlab_datahub.notebooks.names import name_from_title
from jupyterlab_datahub.notebooks.python import RESERVED
from jupyterlab_datahub.notebooks.quoting import literal
from jupyterlab_datahub.notebooks.words import one_line
from tests.notebooks.conftest import dataset_of

if TYPE_CHECKING:
    from pathlib import Path


def test_the_cell_reads_as_a_person_would_write_it(h5ad: Path) -> None:
    dataset, asset = dataset_of("Tabula Sapiens - Lung", h5ad)
    cell = hand_off(CellRequest(ref=asset.ref), dataset, asset, None, "datahub/lung.h5ad")
    assert cell.code == (
        "# Tabula Sapiens - Lung · cellxgene:v1 · CC BY 4.0\n"
        "import anndata as ad\n"
        "\n"
        'tabula_sapiens_lung = ad.read_h5ad("datahub/lung.h5ad")\n'
        "tabula_sapiens_lung"
    )
    assert (cell.language, cell.path, cell.note) == ("python", "datahub/lung.h5ad", "")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("notes.txt", 'lung = Path("x/notes.txt")'),
        ("signal.h5", 'lung = Path("x/signal.h5")'),
        ("counts.csv", 'lung = pd.read_csv("x/counts.csv", index_col=0).rename(index=str).pipe('),
        (
            "Counts.TSV.gz",
            'lung = pd.read_csv("x/Counts.TSV.gz", sep="\\t", index_col=0).rename(index=str).pipe(',
        ),
        (
            "filtered_feature_bc_matrix.h5",
            'lung = sc.read_10x_h5("x/filtered_feature_bc_matrix.h5", gex_only=False)',
        ),
        ("matrix.mtx.gz", 'lung = Path("x/matrix.mtx.gz")'),
        ("noformat", 'lung = ad.read_h5ad("x/noformat")'),
        ("cells.loom", 'lung = ad.io.read_loom("x/cells.loom")'),
        ("CELLS.H5AD", 'lung = ad.read_h5ad("x/CELLS.H5AD")'),
    ],
)
def test_the_suffix_decides_how_a_file_is_read(h5ad: Path, name: str, line: str) -> None:
    dataset, asset = dataset_of("Lung", h5ad)
    asset = msgspec.structs.replace(asset, name=name)
    cell = hand_off(CellRequest(ref=asset.ref), dataset, asset, None, f"x/{name}")
    assert line in cell.code.splitlines()
    assert cell.code.splitlines()[-1] == "lung"


def test_provenance_says_what_was_loaded(h5ad: Path) -> None:
    dataset, asset = dataset_of("Lung", h5ad)
    item = LibraryItem(
        sha256="ab" * 32, size=7, name="x", path="y", retrieved="2026-01-02T03:04:05Z"
    )
    cell = hand_off(CellRequest(ref=asset.ref, variable="mine"), dataset, asset, item, "p.h5ad")
    assert cell.input is not None
    assert msgspec.to_builtins(cell.input) == {
        "ref": "cellxgene:v1",
        "variable": "mine",
        "title": "Lung",
        "version": "v1",
        "size": 7,
        "sha256": "ab" * 32,
        "retrieved": "2026-01-02T03:04:05Z",
        "licence": "CC BY 4.0",
        "citation": "Someone, 2026",
        "doi": "10.1/xyz",
        "selection": "",
        "chosen": None,
        "in_place": False,
    }


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "s3://bucket/key"])
def test_a_file_without_a_permanent_address_cannot_be_fetched_by_a_kernel(
    h5ad: Path, url: str
) -> None:
    dataset, asset = dataset_of("Lung", h5ad, url)
    request = CellRequest(ref=asset.ref, path_visible=False)
    with pytest.raises(ConflictError, match=r"cannot see small\.h5ad") as caught:
        hand_off(request, dataset, asset, None, "p.h5ad")
    assert "same machine" in caught.value.hint


def test_a_fetching_cell_tells_what_it_compares(h5ad: Path) -> None:
    dataset, asset = dataset_of("Lung", h5ad, "https://host.example/small.h5ad")
    asset = msgspec.structs.replace(asset, checksums={})
    request = CellRequest(ref=asset.ref, path_visible=False)
    assert hand_off(request, dataset, asset, None, "p").note.endswith("compares its size.")
    asset = msgspec.structs.replace(asset, size=None)
    assert hand_off(request, dataset, asset, None, "p").note.endswith("cannot check it.")


@pytest.mark.parametrize("language", ["scala", "", "brainfuck" * 20])
def test_a_language_without_a_template_is_refused_in_words(h5ad: Path, language: str) -> None:
    dataset, asset = dataset_of("Lung", h5ad)
    with pytest.raises(BadRequestError, match="There is no cell for the language") as caught:
        hand_off(CellRequest(ref=asset.ref, language=language), dataset, asset, None, "p")
    assert caught.value.hint == (
        "Choose a kernel of one of these languages: Python, R, Julia, Octave, MATLAB, Bash, SoS."
    )


@pytest.mark.parametrize(
    "name",
    ["1st", "a b", "a-b", "class", "match", "print", "ad", "x; y", "a\nb", "é" * 200],
)
def test_a_name_that_cannot_be_is_refused(h5ad: Path, name: str) -> None:
    dataset, asset = dataset_of("Lung", h5ad)
    with pytest.raises(BadRequestError):
        hand_off(CellRequest(ref=asset.ref, variable=name), dataset, asset, None, "p")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Tabula Sapiens - Lung", "tabula_sapiens_lung"),
        ("10x PBMC", "data_10x_pbmc"),
        ("Map", "map_data"),
        ("match", "match_data"),
        ("肺", "adata"),
        ("Ünïcödé Gewebe", "unicode_gewebe"),
        ("A very long title of a study that goes on and on", "very_long_title_of_a_study"),
        ("A tonsil in six colours, from its image", "tonsil_in_six_colours"),
        ("T cells", "t_cells"),
        ("A", "a"),
        ("supercalifragilisticexpialidocious", "supercalifragilisticexpialidoc"),
    ],
)
def test_names_made_from_titles(title: str, name: str) -> None:
    assert name_from_title(title, RESERVED) == name


@given(st.text())
def test_every_title_gives_a_name(title: str) -> None:
    name = name_from_title(title, RESERVED)
    assert name.isidentifier()
    assert name.isascii()
    assert name not in RESERVED
    assert len(name) <= 35


@given(st.text(st.characters(categories=None)))
def test_every_text_is_its_own_literal(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    assert len(literal(text).splitlines()) == 1


@given(st.text(st.characters(categories=None)))
def test_every_text_fits_a_comment(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == "" or line.isprintable()
    assert len(line) <= 120
