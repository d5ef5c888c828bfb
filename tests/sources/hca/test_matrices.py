"""Trees of matrices, of whatever depth."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlab_datahub.model import Access
from jupyterlab_datahub.sources.hca.files import asset_of
from jupyterlab_datahub.sources.hca.matrices import CONTRIBUTED, GENERATED, matrices_of
from tests.sources.hca.bodies import FILE, SHA256, VERSION, leaf, tree

OTHER = "0c5ac7c0-817e-40d4-b1b1-34c3d5cfecdb"


def test_a_matrix_says_what_it_is_of() -> None:
    strata = {
        "genusSpecies": "Homo sapiens",
        "developmentStage": "Unspecified",
        "organ": "eye",
        "libraryConstructionApproach": "10X v2 sequencing",
    }
    (asset,) = matrices_of({"matrices": tree(leaf(), **strata)}, "dcp60")
    assert asset.ref == f"hca:dcp60/{FILE}@{VERSION}"
    assert asset.note == "Homo sapiens · eye · 10X v2 sequencing"
    assert (asset.section, asset.name, asset.size) == (GENERATED, "eye.loom", 255471211)
    assert asset.checksums == {"sha256": SHA256}
    assert asset.loads_as_anndata


@pytest.mark.parametrize("empty", [{}, {"matrices": {}}, {"matrices": None}, {"matrices": []}])
def test_a_project_may_have_none(empty: dict[str, Any]) -> None:
    assert matrices_of(empty, "dcp60") == ()


def test_depth_and_order_do_not_matter() -> None:
    deep: dict[str, Any] = {"organ": {"brain, eye": {"a": {"1": {"b": {"2": [leaf()]}}}}}}
    (asset,) = matrices_of({"contributedAnalyses": deep}, "dcp60")
    assert (asset.note, asset.section) == ("brain, eye · 1 · 2", CONTRIBUTED)


def test_a_tree_without_end_ends() -> None:
    endless: dict[str, Any] = {}
    below = endless
    for _ in range(500):
        below["a"] = {"b": {}}
        below = below["a"]["b"]
    assert matrices_of({"matrices": endless}, "dcp60") == ()


def test_one_file_under_several_branches_is_one_matrix() -> None:
    merged = {
        "genusSpecies": {
            "Homo sapiens": {"organ": {"eye": [leaf()]}},
            "Mus musculus": {"organ": {"eye, brain": [leaf()]}},
        }
    }
    (asset,) = matrices_of({"matrices": merged}, "dcp60")
    assert asset.note == "Homo sapiens, Mus musculus · eye, brain"


def test_what_loads_as_anndata_comes_first() -> None:
    names = ("raw.tar", "a.csv.zip", "a.mtx.gz", "a.rds", "a.csv.gz", "a.loom", "a.h5ad")
    leaves = [leaf(name, f"{number}{OTHER[1:]}") for number, name in enumerate(names)]
    assets = matrices_of({"contributedAnalyses": tree(*leaves)}, "dcp60")
    assert [asset.name for asset in assets] == [
        "a.h5ad",
        "a.loom",
        "a.csv.gz",
        "a.mtx.gz",
        "a.csv.zip",
        "raw.tar",
        "a.rds",
    ]
    assert [asset.loads_as_anndata for asset in assets] == [True] * 3 + [False] * 4


@pytest.mark.parametrize(
    ("change", "access"),
    [
        ({"azul_url": "https://host/x", "url": None}, Access.OPEN),
        ({"azul_url": None, "url": "https://host/x"}, Access.OPEN),
        ({"azul_url": None, "url": None}, Access.VIEW_ONLY),
        ({"url": None}, Access.VIEW_ONLY),
        ({"accessible": False}, Access.CONTROLLED),
    ],
)
def test_a_file_that_cannot_be_had_says_why(change: dict[str, Any], access: Access) -> None:
    asset = asset_of(leaf(**change), "dcp60")
    assert asset is not None
    assert asset.access is access
    assert bool(asset.access_note) is (access is not Access.OPEN)


def test_a_record_without_an_address_field_is_taken_to_be_at_hand() -> None:
    record = {name: value for name, value in leaf().items() if name != "url"}
    asset = asset_of(record, "dcp60")
    assert asset is not None
    assert asset.access is Access.OPEN


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ('a<b>:"c|?*.loom', "a b c.loom"),
        ("con.csv", "_con.csv"),
        ("GSE1_RAW.tar", "GSE1_RAW.tar"),
        ("a.homo_sapiens.mtx.zip", "a.homo_sapiens.mtx.zip"),
    ],
)
def test_names_are_safe(name: str, safe: str) -> None:
    asset = asset_of(leaf(name), "dcp60")
    assert asset is not None
    assert asset.name == safe
