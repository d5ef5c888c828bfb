"""File names from titles, and writes that readers never see half of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.sources.files import LONGEST_NAME, file_name, write_atomically

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("PBMC 68k, reduced", "PBMC 68k, reduced.h5ad"),
        ("../../etc/passwd", "etc passwd.h5ad"),
        ('a\\b:c*d?"e<f>g|h', "a b c d e f g h.h5ad"),
        ("tab\tand\nline", "tab and line.h5ad"),
        ("\u202egnp.exe", "gnp.exe.h5ad"),
        ("-rf --help", "rf --help.h5ad"),
        (".hidden", "hidden.h5ad"),
        ("ends in dots...", "ends in dots.h5ad"),
        ("e\u0301tude", "étude.h5ad"),
        ("   ", "dataset.h5ad"),
        ("con", "_con.h5ad"),
        ("LPT1.txt", "_LPT1.txt.h5ad"),
        ("细胞图谱", "细胞图谱.h5ad"),
    ],
)
def test_a_title_becomes_a_safe_name(title: str, name: str) -> None:
    assert file_name(title, ".h5ad") == name


def test_the_version_and_the_ending_survive_a_long_title() -> None:
    name = file_name("細胞" * 100, ".h5ad", "aaeb9a19")
    assert name.endswith(("細 (aaeb9a19).h5ad", "胞 (aaeb9a19).h5ad"))
    assert len(name.encode()) <= LONGEST_NAME
    assert file_name("t", "/../.h5ad", "v/1") == "t (v 1)...h5ad"
    assert len(file_name("t", "." + "x" * 500).encode()) <= LONGEST_NAME


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    (tmp_path / "directory").mkdir()
    (tmp_path / "directory" / "kept").touch()
    with pytest.raises(OSError, match="directory"):
        write_atomically(tmp_path / "directory", b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "directory"]
    assert [p.name for p in path.parent.iterdir()] == ["a.json"]
