"""Folders of the library: kept whole, linked by name, removed with what we made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.sources.pieces import PieceFile
from jupyterlab_datahub.transfers.disk.layout import Layout
from jupyterlab_datahub.transfers.disk.owner import Watch, this_process
from jupyterlab_datahub.transfers.disk.partfile import PartFile, Version, clean
from jupyterlab_datahub.transfers.library.library import Library
from tests.transfers.test_library import job_of, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import LibraryItem

FILES = {"a.txt": b"cells", "deep/b.txt": b"genes", "empty.txt": b""}
DIGEST = "ab" * 32


def claimed(directory: Path, key: str = "k") -> PartFile:
    """Return the part of a folder with all of its bytes."""
    files = [PieceFile(path=path, size=len(content)) for path, content in FILES.items()]
    layout = Layout(files, folder=True)
    part = PartFile.claim(directory, key, this_process(), Watch(), layout)
    assert part is not None
    part.restart(Version(size=layout.size, etag=layout.identity))
    for number, content in enumerate(FILES.values()):
        if content:
            part.write(content, layout.span(number)[0])
    return part


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "home", None, 0)


@pytest.fixture
def item(library: Library, tmp_path: Path) -> LibraryItem:
    job = job_of(tmp_path, "plate")
    part = claimed(library.parts)
    library.record(job, DIGEST, part.done)
    part.finish(library.place(DIGEST))
    part.abandon()
    found = library.find_asset(job.asset.ref)
    assert found is not None
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    made.mkdir()
    return made.resolve()


def read(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_is_linked_as_a_whole(library: Library, item: LibraryItem, folder: Path) -> None:
    assert item.folder
    path = library.link(item, folder, "plate")
    assert path.is_symlink()
    assert read(path) == FILES
    assert library.link(item, folder, "plate") == path


def test_where_no_links_are_possible_it_is_copied(
    library: Library, item: LibraryItem, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.symlink_to", refuse)
        path = library.link(item, folder, "plate")
        assert library.link(item, folder, "plate") == path
        assert read(path) == FILES
        other = library.link(item, folder, "plate of mine")
    (other / "more.txt").write_text("the user's own")
    assert library.remove(item.sha256).items == ()
    assert [entry.name for entry in folder.iterdir()] == ["plate of mine"]
    assert (other / "more.txt").read_text() == "the user's own"


def test_the_same_folder_is_kept_once(library: Library, item: LibraryItem) -> None:
    part = claimed(library.parts, "other")
    part.finish(library.place(DIGEST))
    assert read(library.place(DIGEST)) == FILES
    assert list(library.parts.iterdir()) == []


def test_an_unfinished_folder_counts_and_can_be_cleaned(library: Library) -> None:
    part = claimed(library.parts)
    part.keep()
    assert library.listing().partial > 0
    assert clean(library.parts, "k", this_process(), Watch())
    assert list(library.parts.iterdir()) == []


def test_what_was_a_file_may_become_a_folder_and_back(library: Library) -> None:
    one = PartFile.claim(library.parts, "k", this_process(), Watch())
    assert one is not None
    one.write(b"bytes", 0)
    one.keep()
    many = claimed(library.parts)
    assert many.path.is_dir()
    many.keep()
    again = PartFile.claim(library.parts, "k", this_process(), Watch())
    assert again is not None
    assert again.path.is_file()
    again.discard()


def test_after_a_power_cut_only_what_is_there_counts(library: Library) -> None:
    part = claimed(library.parts)
    part.keep()
    (part.path / "a.txt").unlink()
    (part.path / "deep" / "b.txt").write_bytes(b"ge")
    files = [PieceFile(path=path, size=len(content)) for path, content in FILES.items()]
    layout = Layout(files, folder=True)
    again = PartFile.claim(library.parts, "k", this_process(), Watch(), layout)
    assert again is not None
    assert list(again.spans) == [(5, 7)]
    again.discard()
