"""The library holds verified files, knows what they are, and makes links that stay inside."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.errors import ConflictError, NotFoundError, TransferError
from jupyterlab_datahub.transfers.disk.owner import Watch, this_process
from jupyterlab_datahub.transfers.disk.partfile import PartFile, Version
from jupyterlab_datahub.transfers.library import links
from jupyterlab_datahub.transfers.library.library import Library
from jupyterlab_datahub.transfers.queue.queue import TransferQueue
from jupyterlab_datahub.transfers.schema import Job, key_of, origin_of
from tests.transfers.desk import SOURCE, asset_of, dataset_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import LibraryItem

CONTENT = b"cells and genes"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "home", None, 5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "root" / "datahub"
    made.mkdir(parents=True)
    return made.resolve()


def job_of(tmp_path: Path, name: str, content: bytes = CONTENT) -> Job:
    """Return the job that would bring a file home."""
    source = tmp_path / "source" / name
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(content)
    asset = asset_of(source)
    return Job(
        id="j",
        key=key_of(SOURCE, asset.ref),
        name=name,
        source=SOURCE,
        asset=asset,
        origin=origin_of(dataset_of(asset), asset),
        directories=(),
    )


def put(
    library: Library, tmp_path: Path, name: str = "lung.h5ad", content: bytes = CONTENT
) -> LibraryItem:
    """Bring a file into the library as a worker does."""
    job = job_of(tmp_path, name, content)
    part = PartFile.claim(library.parts, job.key, this_process(), Watch())
    assert part is not None
    part.restart(Version(size=len(content)))
    part.write(content, 0)
    digest = hashlib.sha256(content).hexdigest()
    library.record(job, digest, len(content))
    part.finish(library.place(digest))
    part.abandon()
    item = library.find(job.asset.ref)
    assert item is not None
    return item


def test_a_file_is_found_by_its_identifier_its_dataset_and_its_content(
    library: Library, tmp_path: Path
) -> None:
    item = put(library, tmp_path)
    assert item.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert library.find("shop:lung.h5ad") == item
    assert library.find("shop:dataset/lung.h5ad") == item
    assert library.find_content(item.sha256) == item
    assert library.find("shop:other") is None
    assert library.find_content("") is None
    assert (item.title, item.licence, item.version) == ("Cells of lung.h5ad", "CC BY 4.0", "v1")


def test_files_are_read_only_and_only_for_their_user(library: Library, tmp_path: Path) -> None:
    item = put(library, tmp_path)
    path = library.place(item.sha256)
    assert str(path) == item.path
    assert path.stat().st_mode & 0o777 == 0o444
    assert library.home.stat().st_mode & 0o077 == 0


def test_the_same_bytes_are_kept_once(library: Library, tmp_path: Path) -> None:
    first = put(library, tmp_path, "lung.h5ad")
    second = put(library, tmp_path, "also-lung.h5ad")
    assert first.path == second.path
    assert (first.name, second.name) == ("lung.h5ad", "also-lung.h5ad")
    assert len(library.items()) == 1
    assert library.listing().used == len(CONTENT)


@pytest.mark.parametrize("damage", ["vanished", "truncated"])
def test_a_damaged_file_is_not_offered(library: Library, tmp_path: Path, damage: str) -> None:
    item = put(library, tmp_path)
    path = library.place(item.sha256)
    path.chmod(0o644)
    if damage == "vanished":
        path.unlink()
    else:
        os.truncate(path, 3)
    assert library.find(item.ref) is None
    assert library.items() == ()
    assert library.remove(item.sha256).items == ()
    assert put(library, tmp_path).sha256 == item.sha256


def test_the_listing_says_what_the_disk_holds(library: Library, tmp_path: Path) -> None:
    put(library, tmp_path)
    put(library, tmp_path, "other.h5ad", b"others")
    part = PartFile.claim(library.parts, "k", this_process(), Watch())
    assert part is not None
    part.write(bytes(100_000), 10**9)
    listing = library.listing()
    assert [item.name for item in listing.items] == ["other.h5ad", "lung.h5ad"]
    assert listing.used == len(CONTENT) + len(b"others")
    assert listing.reserve == 5
    assert listing.free > 0
    assert 100_000 <= listing.partial < 200_000
    part.discard()
    assert library.listing().partial == 0


def test_a_journal_cut_short_by_a_kill_goes_with_the_file(library: Library, tmp_path: Path) -> None:
    library.parts.mkdir(parents=True, exist_ok=True)
    (library.parts / "k.journal.new").write_bytes(b"{")
    part = PartFile.claim(library.parts, "k", this_process(), Watch())
    assert part is not None
    part.write(CONTENT, 0)
    part.finish(tmp_path / "whole" / "lung.h5ad")
    part.keep()
    assert list(library.parts.iterdir()) == []


def test_an_empty_library_has_words_too(library: Library) -> None:
    assert library.find("shop:lung.h5ad") is None
    assert library.listing().items == ()
    with pytest.raises(NotFoundError):
        library.remove("0" * 64)


def test_a_link_has_the_name_and_reads_as_the_file(
    library: Library, tmp_path: Path, folder: Path
) -> None:
    item = put(library, tmp_path)
    path = library.link(item, folder / "deeper", "lung.h5ad")
    assert path == folder / "deeper" / "lung.h5ad"
    assert path.is_symlink()
    assert path.read_bytes() == CONTENT
    found = library.find(item.ref)
    assert found is not None
    assert found.links == (str(path),)


def test_the_same_link_is_reused_and_another_file_of_that_name_is_left_alone(
    library: Library, tmp_path: Path, folder: Path
) -> None:
    item = put(library, tmp_path)
    (folder / "lung.h5ad").write_text("mine")
    first = library.link(item, folder, "lung.h5ad")
    assert first.name == "lung (2).h5ad"
    assert library.link(item, folder, "lung.h5ad") == first
    other = put(library, tmp_path, "other.h5ad", b"others")
    assert library.link(other, folder, "lung.h5ad").name == "lung (3).h5ad"
    assert (folder / "lung.h5ad").read_text() == "mine"


def test_a_dead_link_of_ours_gives_its_name_back(
    library: Library, tmp_path: Path, folder: Path
) -> None:
    old = put(library, tmp_path)
    path = library.link(old, folder, "lung.h5ad")
    library.place(old.sha256).unlink()
    new = put(library, tmp_path, "new.h5ad", b"new cells")
    assert library.link(new, folder, "lung.h5ad") == path
    assert path.read_bytes() == b"new cells"


@pytest.mark.parametrize("name", ["../../evil.h5ad", "/tmp/evil.h5ad", "..", "a/b.h5ad"])  # noqa: S108 - it is refused
def test_no_name_leads_out_of_the_folder(
    library: Library, tmp_path: Path, folder: Path, name: str
) -> None:
    path = library.link(put(library, tmp_path), folder, name)
    assert path.parent == folder
    assert sorted(entry.name for entry in folder.iterdir()) == [path.name]


def test_a_folder_that_became_a_link_is_refused(
    library: Library, tmp_path: Path, folder: Path
) -> None:
    item = put(library, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.rmdir()
    folder.symlink_to(elsewhere)
    for place in (folder, folder / "deeper"):
        with pytest.raises(TransferError, match="another place"):
            library.link(item, place, "lung.h5ad")
    assert not list(elsewhere.glob("*.h5ad"))


def test_a_folder_that_cannot_be_written_is_named(
    library: Library, tmp_path: Path, folder: Path
) -> None:
    item = put(library, tmp_path)
    (folder / "file").write_text("no folder")
    with pytest.raises(TransferError, match="file") as caught:
        library.link(item, folder / "file", "lung.h5ad")
    assert caught.value.hint


def refuse(*_: object) -> None:
    """Do as a file system without this kind of link does."""
    raise OSError(95, "Operation not supported")


@pytest.mark.parametrize("kind", ["hardlink", "copy"])
def test_where_symbolic_links_are_impossible_there_is_another_way(
    library: Library, tmp_path: Path, folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = put(library, tmp_path)
    monkeypatch.setattr("pathlib.Path.symlink_to", refuse)
    if kind == "copy":
        monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    path = library.link(item, folder, "lung.h5ad")
    assert not path.is_symlink()
    assert path.read_bytes() == CONTENT
    assert (path.stat().st_ino == library.place(item.sha256).stat().st_ino) == (kind == "hardlink")
    assert library.link(item, folder, "lung.h5ad") == path
    assert [entry.name for entry in folder.iterdir()] == ["lung.h5ad"]
    library.remove(item.sha256)
    assert not list(folder.iterdir())


def test_removing_a_file_removes_our_links_and_nothing_else(
    library: Library, tmp_path: Path, folder: Path
) -> None:
    item = put(library, tmp_path)
    kept = put(library, tmp_path, "other.h5ad", b"others")
    first = library.link(item, folder, "lung.h5ad")
    second = library.link(item, folder / "deeper", "lung.h5ad")
    second.unlink()
    second.write_text("the user's own now")
    other = library.link(kept, folder, "other.h5ad")
    listing = library.remove(item.sha256)
    assert [left.name for left in listing.items] == ["other.h5ad"]
    assert not first.is_symlink()
    assert second.read_text() == "the user's own now"
    assert other.read_bytes() == b"others"
    assert not library.place(item.sha256).exists()


def test_a_copy_that_was_changed_is_the_users_own(
    library: Library, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = put(library, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.symlink_to", refuse)
        patched.setattr("pathlib.Path.hardlink_to", refuse)
        path = library.link(item, folder, "lung.h5ad")
    path.write_text("changed")
    os.utime(path, (1.0, 1.0))
    library.remove(item.sha256)
    assert path.read_text() == "changed"
    assert links.remove(tmp_path / "no such", "symlink", path, 0) is False


def test_a_file_that_a_transfer_waits_for_is_not_removed(
    library: Library, tmp_path: Path, folder: Path
) -> None:
    item = put(library, tmp_path)
    path = library.place(item.sha256)
    hidden = path.with_name("hidden")
    path.rename(hidden)
    asset = asset_of(tmp_path / "source" / "lung.h5ad", {"sha256": item.sha256})
    queue = TransferQueue(library.home, library)
    transfer, _ = queue.add(dataset_of(asset), asset, folder, SOURCE)
    hidden.rename(path)
    with pytest.raises(ConflictError, match=r"lung\.h5ad"):
        library.remove(item.sha256)
    queue.cancel(transfer.id)
    assert library.remove(item.sha256).items == ()


class TestShared:
    """A library of somebody else, looked into first and never written."""

    @pytest.fixture
    def shared(self, tmp_path: Path) -> Path:
        owner = Library(tmp_path / "shared", None, 0)
        put(owner, tmp_path)
        return owner.home

    @pytest.mark.parametrize("inner", ["", "library"])
    def test_its_files_are_found_first(self, shared: Path, tmp_path: Path, inner: str) -> None:
        library = Library(tmp_path / "home", shared / inner, 0)
        item = library.find("shop:lung.h5ad")
        assert item is not None
        assert item.shared
        assert item.path.startswith(str(shared))
        put(library, tmp_path, "own.h5ad", b"own")
        listing = library.listing()
        assert [(one.name, one.shared) for one in listing.items] == [
            ("own.h5ad", False),
            ("lung.h5ad", True),
        ]
        assert listing.used == len(b"own")

    def test_its_files_are_linked_but_never_removed(
        self, shared: Path, tmp_path: Path, folder: Path
    ) -> None:
        library = Library(tmp_path / "home", shared, 0)
        item = library.find("shop:lung.h5ad")
        assert item is not None
        before = sorted((path, path.stat().st_mtime_ns) for path in shared.rglob("*"))
        path = library.link(item, folder, item.name)
        assert path.read_bytes() == CONTENT
        with pytest.raises(ConflictError, match="read-only"):
            library.remove(item.sha256)
        assert sorted((path, path.stat().st_mtime_ns) for path in shared.rglob("*")) == before

    def test_a_copy_of_a_library_is_one(self, shared: Path, tmp_path: Path) -> None:
        shutil.copytree(shared / "library", tmp_path / "copy")
        library = Library(tmp_path / "home", tmp_path / "copy", 0)
        assert library.find("shop:lung.h5ad") is not None

    def test_one_that_cannot_be_read_holds_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "library.sqlite").write_text("no database at all, but long enough")
        for path in (tmp_path / "broken", tmp_path / "missing"):
            library = Library(tmp_path / "home", path, 0)
            assert library.find("shop:lung.h5ad") is None
            assert library.items() == ()
