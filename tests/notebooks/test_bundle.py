"""What belongs to a notebook that is saved, and what can never be a part of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.model import SaveRequest
from jupyterlab_datahub.notebooks import bundle, making
from jupyterlab_datahub.notebooks.chosen import OutsideError, file_inside

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT: dict[str, Any] = {
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": "# A *title*"}],
    "metadata": {"kernelspec": {"name": "no-such-kernel", "language": "R", "display_name": "R"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a server's root with a notebook in a folder, and a file outside."""
    (tmp_path / "outside.txt").write_text("secret")
    place = tmp_path / "root"
    (place / "study").mkdir(parents=True)
    (place / "study" / "a.ipynb").write_text(json.dumps(DOCUMENT))
    return place


def chosen(root: Path, *files: str) -> bundle.Contents:
    request = SaveRequest(source="s", notebook="study/a.ipynb", owner="o", files=files)
    return bundle.contents(root, request)


def names(found: bundle.Contents) -> list[str]:
    assert found.errors == ()
    return [file.name for file in found.choice.files]


def test_files_keep_their_place_beside_the_notebook(root: Path) -> None:
    for name in ("study/deep/er/x.csv", "study/y.png", "other/y.png"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert names(chosen(root, "study/deep/er/x.csv", "/study/y.png", "other/y.png")) == [
        "deep/er/x.csv",
        "other/y.png",
        "y.png",
    ]


def test_a_folder_means_its_files_but_no_hidden_ones(root: Path) -> None:
    for name in ("r/a", "r/b/c", "r/.git/config", "r/.hidden"):
        path = root / "study" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert names(chosen(root, "study/r", "study/r/a")) == ["r/a", "r/b/c"]


def test_the_notebook_itself_is_no_further_file(root: Path) -> None:
    assert names(chosen(root, "study/a.ipynb", "study")) == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../outside.txt", "leads out"),
        ("study/../../outside.txt", "leads out"),
        ("way-out", "leads out"),
        ("folder-out", "leads out"),
        ("folder-out/outside.txt", "leads out"),
        ("round", "cannot be used|not there"),
        ("gone.csv", "not there any more"),
        ("", "not the name"),
        ("/", "not the name"),
        ("a\0b", "not the name"),
        ("pipe", "neither a file nor a folder"),
        ("study/datahub.lock.json", "written by the save itself"),
        ("within", "leads out"),
    ],
)
def test_what_can_be_no_part_of_it(root: Path, path: str, words: str) -> None:
    (root / "way-out").symlink_to(root.parent / "outside.txt")
    (root / "folder-out").symlink_to(root.parent)
    (root / "round").symlink_to(root / "round")
    (root / "study" / "datahub.lock.json").touch()
    (root / "within").mkdir()
    (root / "within" / "link").symlink_to(root.parent / "outside.txt")
    os.mkfifo(root / "pipe")

    found = chosen(root, path)

    assert [error.field for error in found.errors] == ["files"]
    assert re.search(words, found.errors[0].message)


def test_two_files_cannot_have_one_name(root: Path) -> None:
    (root / "study" / "other").mkdir()
    (root / "other").mkdir()
    (root / "study" / "other" / "x").touch()
    (root / "other" / "x").touch()
    found = chosen(root, "study/other/x", "other/x")
    assert [error.message for error in found.errors] == [
        "two of the files would both be called other/x"
    ]


def test_a_link_that_stays_inside_is_followed(root: Path) -> None:
    (root / "data.csv").write_text("1")
    (root / "study" / "link.csv").symlink_to(root / "data.csv")
    assert file_inside(root, "study/link.csv") == root / "data.csv"


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("study/b.ipynb", None, "was never saved"),
        ("study/b.ipynb", "", "empty or damaged"),
        ("study/b.ipynb", "{", "empty or damaged"),
        ("study/b.ipynb", "[]", "is not a notebook"),
        ("study/b.ipynb", "{}", "is not a notebook"),
        ("study/b.txt", "{}", "is not a notebook"),
        ("study", None, "is not a notebook"),
        ("../b.ipynb", None, "leads out"),
    ],
)
def test_what_is_no_notebook(root: Path, path: str, content: str | None, words: str) -> None:
    if content is not None:
        (root / path).write_text(content)
    with pytest.raises(OutsideError, match=words):
        bundle.read(root, path)


def test_the_history_of_a_notebook_is_kept_where_it_belongs(root: Path) -> None:
    notebook = bundle.read(root, "study/a.ipynb")
    assert notebook.history == ""
    (root / "study" / "a.ipynb").write_bytes(bundle.with_history(notebook, "h-1"))
    again = bundle.read(root, "study/a.ipynb")
    assert again.history == "h-1"
    assert again.document["cells"] == DOCUMENT["cells"]
    assert again.metadata["kernelspec"] == DOCUMENT["metadata"]["kernelspec"]


@pytest.mark.parametrize("metadata", [None, [], {"datahub": []}, {"datahub": {"history_id": 5}}])
def test_odd_metadata_is_no_reason_to_fail(root: Path, metadata: Any) -> None:
    (root / "study" / "a.ipynb").write_text(json.dumps({**DOCUMENT, "metadata": metadata}))
    notebook = bundle.read(root, "study/a.ipynb")
    assert notebook.history == ""
    request = SaveRequest(source="s", notebook="study/a.ipynb", owner="o")
    lock = json.loads(bundle.lock_of(chosen(root), request, "id", "now"))
    assert (lock["save"], lock["inputs"]) == ("id", [])


def test_the_page_and_what_is_known_of_the_environment(root: Path) -> None:
    notebook = root / "study" / "a.ipynb"
    document = {**DOCUMENT["metadata"], "language_info": {"name": "R", "version": "4.4.1"}}
    notebook.write_text(json.dumps({**DOCUMENT, "metadata": document}))
    done = subprocess.run(
        [
            *(sys.executable, "-m", making.__name__),
            *(str(notebook.parent), notebook.name, "--html", "--environment"),
        ],
        check=False,
    )
    assert done.returncode == 0
    assert "<em>title</em>" in notebook.with_name("a.ipynb.html").read_text("utf-8")
    assert notebook.with_name("runtime.txt").read_text("utf-8") == "R-4.4.1\n"
    assert not notebook.with_name("requirements.txt").exists()


def test_what_was_made_before_is_left_as_it_is(root: Path) -> None:
    notebook = root / "study" / "a.ipynb"
    page = notebook.with_name("a.ipynb.html")
    page.write_text("made before")
    assert making.main([str(notebook.parent), notebook.name, "--html"]) == 0
    assert page.read_text() == "made before"
