"""Folders that a page may name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterlab_datahub.engine.places import as_seen_from, inside
from jupyterlab_datahub.errors import BadRequestError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    made = tmp_path / "root"
    (made / "data" / "deeper").mkdir(parents=True)
    (made / "file.txt").touch()
    (made / "out").symlink_to(tmp_path / "outside")
    (made / "in").symlink_to(made / "data")
    (made / "loop").symlink_to(made / "loop")
    return made


@pytest.mark.parametrize(
    ("directory", "where"),
    [
        ("", ""),
        ("data", "data"),
        ("/data/", "data"),
        ("data/./deeper", "data/deeper"),
        ("data/../data", "data"),
        ("not/yet/there", "not/yet/there"),
        ("in/deeper", "data/deeper"),
        ("a b ü 🫁", "a b ü 🫁"),
    ],
)
def test_folders_below_the_root_may_be_used(root: Path, directory: str, where: str) -> None:
    assert inside(root, directory) == root / where


@pytest.mark.parametrize(
    "directory",
    ["..", "data/../..", "/..", "out", "out/deeper", "file.txt", "file.txt/x", "loop", "a\0b"],
)
def test_everything_else_is_refused(root: Path, directory: str) -> None:
    with pytest.raises(BadRequestError):
        inside(root, directory)


def test_a_root_that_is_a_link_is_where_it_leads(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    assert inside(tmp_path / "alias", "data") == root / "data"


@given(st.text(st.sampled_from("./a~\\\0 é\ud800-"), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_leads_out(root: Path, directory: str) -> None:
    try:
        found = inside(root, directory)
    except BadRequestError:
        return
    assert found.is_relative_to(root)
    assert found.resolve() == found


def test_paths_are_relative_where_both_are_below_the_root(root: Path) -> None:
    file = root / "data" / "x.h5ad"
    assert as_seen_from(file, root, root) == "data/x.h5ad"
    assert as_seen_from(file, root / "work" / "2026", root) == "../../data/x.h5ad"
    assert as_seen_from(Path("/shared/x.h5ad"), root, root) == "/shared/x.h5ad"
