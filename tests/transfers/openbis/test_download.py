"""Files and folders come home whole, verified, and under their names, with each API version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.engine import transfers
from tests.transfers.desk import MIB, until
from tests.transfers.openbis.counter import contents, listing_sum, noise, sha256

if TYPE_CHECKING:
    from tests.transfers.openbis.counter import Counter

VERSIONS = ("3.5", "3.6", "3.7")
ODD = (
    "original/it's here.txt",
    'original/a "quoted" word.txt',
    "original/one, two.csv",
    "original/#1 of 2.txt",
    "original/100% sure.txt",
    "original/Größe in µm/细胞.txt",
    "original/deep/er/and deeper/cells.txt",
    "original/.zattrs",
)


def odd_files() -> dict[str, bytes]:
    """Return files whose names have been trouble, one of them empty and one of two chunks."""
    files = {path: f"This is {path}\n".encode() for path in ODD}
    return files | {"original/empty.txt": b"", "original/big, and empty.bin": noise(MIB + 5)}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_comes_in_chunks_on_several_streams(counter: Counter, version: str) -> None:
    counter.openbis.store.api_version = version
    content = noise(5 * MIB + 321)
    permid = counter.put({"original/cells.h5ad": content})
    last = counter.fetch(counter.ref(permid))
    assert last.sha256 == sha256(content)
    assert (counter.folder / "cells.h5ad").read_bytes() == content
    assert not counter.item(counter.ref(permid, "original/cells.h5ad")).folder
    assert bool(counter.calls("download")) == (version != "3.5")
    assert len(counter.openbis.data_store.downloads) == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_a_folder_keeps_all_names(counter: Counter, version: str) -> None:
    counter.openbis.store.api_version = version
    files = odd_files()
    permid = counter.put(files)
    last = counter.fetch(counter.ref(permid))
    item = counter.item(counter.ref(permid))
    assert contents(counter.rooms.library.place(item.sha256)) == files
    assert item.folder
    assert item.size == last.size == sum(map(len, files.values()))
    assert item.sha256 == last.sha256 == listing_sum(files)
    assert contents(counter.folder / item.name) == files


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", [*ODD[:6], "original/empty.txt"])
def test_each_odd_name_can_be_had_alone(counter: Counter, version: str, path: str) -> None:
    counter.openbis.store.api_version = version
    files = odd_files()
    permid = counter.put(files)
    last = counter.fetch(counter.ref(permid, path))
    assert last.sha256 == sha256(files[path])


def test_a_folder_of_many_small_files_is_one_transfer(counter: Counter) -> None:
    files = {f"original/plate/well {number:04}.txt": noise(500, number) for number in range(2000)}
    permid = counter.put(files)
    counter.fetch(counter.ref(permid))
    item = counter.item(counter.ref(permid))
    assert contents(counter.rooms.library.place(item.sha256)) == files
    assert len(transfers.listed(counter.rooms)) == 1
    assert len(transfers.library(counter.rooms).items) == 1
    # Many chunks an answer: not a request for each file.
    assert len(counter.calls("download")) < 100


def test_a_folder_in_the_library_is_read_only_and_there_at_once(counter: Counter) -> None:
    permid = counter.put({"original/a.txt": b"a", "original/b/c.txt": b"c"})
    counter.fetch(counter.ref(permid))
    place = counter.rooms.library.place(counter.item(counter.ref(permid)).sha256)
    modes = {path.stat().st_mode & 0o777 for path in (place, *place.rglob("*"))}
    assert modes == {0o444, 0o555}
    counter.openbis.requests.clear()
    again, new = transfers.start(counter.rooms, counter.ref(permid), counter.folder / "more")
    assert not new
    assert again.state.final
    assert contents(counter.folder / "more" / again.name)
    assert counter.calls("download") == []


def test_the_folder_and_a_file_of_it_are_two_things(counter: Counter) -> None:
    permid = counter.put({"original/a.h5ad": b"cells", "original/b.txt": b"b"})
    counter.fetch(counter.ref(permid, "original/a.h5ad"))
    assert counter.rooms.library.find_asset(counter.ref(permid)) is None
    counter.fetch(counter.ref(permid))
    assert counter.item(counter.ref(permid)).folder
    assert not counter.item(counter.ref(permid, "original/a.h5ad")).folder


def test_removing_a_folder_removes_its_link_and_all_of_it(counter: Counter) -> None:
    permid = counter.put({"original/a.txt": b"a", "original/b/c.txt": b"c"})
    last = counter.fetch(counter.ref(permid))
    place = counter.rooms.library.place(last.sha256)
    left = transfers.remove_file(counter.rooms, last.sha256)
    assert left.items == ()
    assert not place.exists()
    assert list(counter.folder.iterdir()) == []
    assert counter.leftovers() == []
    assert counter.fetch(counter.ref(permid)).sha256 == last.sha256


def test_a_shorter_file_takes_nothing_over_from_a_longer_one(counter: Counter) -> None:
    long = counter.put({"original/cells.h5ad": noise(3 * MIB, 1)})
    counter.fetch(counter.ref(long))
    short = counter.put({"original/cells.h5ad": noise(MIB + 9, 2)})
    last = counter.fetch(counter.ref(short))
    assert (counter.folder / "cells (2).h5ad").read_bytes() == noise(MIB + 9, 2)
    assert last.sha256 == sha256(noise(MIB + 9, 2))


def test_what_is_unfinished_never_has_the_final_name(counter: Counter) -> None:
    permid = counter.put({"original/a.bin": noise(3 * MIB), "original/b.bin": noise(3 * MIB)})
    counter.openbis.faults.add("stall", after=3 * MIB // 2, times=1000, path="*#download")
    transfer = counter.ask(counter.ref(permid))
    counter.running(transfer, 1)
    assert not counter.folder.exists()
    assert transfers.library(counter.rooms).items == ()
    counter.openbis.faults.clear()
    counter.done(transfer)
    until(lambda: counter.leftovers() == [])
