"""One writer at a time, whoever died or sleeps."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.transfers.disk.owner import Lease, Owner, Record, Watch, this_process
from jupyterlab_datahub.transfers.disk.partfile import PartFile, Version, clean, orphans

if TYPE_CHECKING:
    from pathlib import Path

TAKE = """
import sys
from pathlib import Path
from jupyterlab_datahub.transfers.disk.owner import Lease, Watch, this_process
print(Lease.take(Path(sys.argv[1]), this_process(), Watch()) is not None, flush=True)
sys.stdin.read()
"""


def elsewhere() -> Owner:
    """Return an owner on a host whose processes nobody here can see."""
    return Owner(host="another/host", pid=os.getpid(), started=1.0, token="there")


def taken_by_another_process(path: Path) -> subprocess.Popen[str]:
    """Start a process that takes a lease, and return it when it has."""
    process = subprocess.Popen(
        [sys.executable, "-c", TAKE, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process as a power cut does."""
    process.kill()
    process.communicate()


def test_a_lease_is_had_once(tmp_path: Path) -> None:
    path, watch = tmp_path / "a.owner", Watch()
    lease = Lease.take(path, this_process(), watch)
    assert lease is not None
    assert lease.held()
    assert Lease.take(path, this_process(), watch) is None
    assert lease.beat()
    lease.release()
    assert Lease.take(path, this_process(), watch) is not None


def test_a_living_process_keeps_its_lease_and_a_dead_one_loses_it(tmp_path: Path) -> None:
    path = tmp_path / "a.owner"
    process = taken_by_another_process(path)
    try:
        assert Lease.take(path, this_process(), Watch()) is None
    finally:
        end(process)
    lease = Lease.take(path, this_process(), Watch())
    assert lease is not None
    assert lease.held()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.owner"]


def test_of_many_successors_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "a.owner"
    end(taken_by_another_process(path))
    record = path.read_bytes()
    for _ in range(20):
        path.write_bytes(record)
        won: list[Lease] = []
        threads = [threading.Thread(target=try_to_take, args=(path, won)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sum(lease.held() for lease in won) == 1
        assert [entry.name for entry in tmp_path.iterdir()] == ["a.owner"]


def try_to_take(path: Path, won: list[Lease]) -> None:
    """Take a lease and remember it."""
    if lease := Lease.take(path, this_process(), Watch()):
        won.append(lease)


def test_an_owner_elsewhere_is_dead_when_its_heart_stops(tmp_path: Path) -> None:
    watch = Watch(stale=0.2)
    text = elsewhere().text()
    assert not watch.dead(text, 1)
    time.sleep(0.25)
    assert not watch.dead(text, 2)
    time.sleep(0.25)
    assert watch.dead(text, 2)


def test_an_owner_whose_process_id_went_to_another_process_is_dead() -> None:
    here = this_process()
    other = msgspec.structs.replace(here, started=here.started - 5)
    assert Watch().dead(other.text(), 0)
    assert not Watch().dead(here.text(), 0)


def test_what_went_to_another_owner_is_not_written_any_more(tmp_path: Path) -> None:
    part = PartFile.claim(tmp_path, "k", this_process(), Watch())
    assert part is not None
    part.write(b"abc", 0)
    (tmp_path / "k.owner").write_bytes(msgspec.json.encode(Record(owner=elsewhere())))
    assert not part.held()
    assert not part.beat()
    part.discard()
    assert (tmp_path / "k.part").exists()
    assert (tmp_path / "k.owner").exists()


def test_a_record_that_was_never_written_is_taken_over_later(tmp_path: Path) -> None:
    path = tmp_path / "a.owner"
    path.touch()
    assert Lease.take(path, this_process(), Watch()) is None
    os.utime(path, (1.0, 1.0))
    assert Lease.take(path, this_process(), Watch()) is not None


def test_a_part_goes_on_where_its_journal_ends(tmp_path: Path) -> None:
    version = Version(size=10, etag='"a"')
    part = PartFile.claim(tmp_path, "k", this_process(), Watch())
    assert part is not None
    part.expect(version)
    part.write(b"abc", 0)
    part.write(b"xyz", 6)
    part.keep()
    again = PartFile.claim(tmp_path, "k", this_process(), Watch())
    assert again is not None
    assert again.version == version
    assert list(again.spans) == [(0, 3), (6, 9)]
    assert (again.done, again.frontier) == (6, 3)
    buffer = memoryview(bytearray(3))
    assert again.read(buffer, 6) == 3
    assert bytes(buffer) == b"xyz"
    again.abandon()


def test_bytes_that_no_journal_names_do_not_count(tmp_path: Path) -> None:
    part = PartFile.claim(tmp_path, "k", this_process(), Watch())
    assert part is not None
    part.expect(Version(size=10, etag='"a"'))
    part.write(b"abc", 0)
    part.save()
    part.write(b"def", 3)
    part.abandon()
    again = PartFile.claim(tmp_path, "k", this_process(), Watch())
    assert again is not None
    assert again.done == 3
    again.abandon()
    (tmp_path / "k.journal").write_bytes(b'{"version": {"si')
    damaged = PartFile.claim(tmp_path, "k", this_process(), Watch())
    assert damaged is not None
    assert damaged.done == 0
    damaged.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_part_file_shorter_than_its_journal_says_is_believed(tmp_path: Path) -> None:
    part = PartFile.claim(tmp_path, "k", this_process(), Watch())
    assert part is not None
    part.write(b"abcdef", 0)
    part.keep()
    os.truncate(tmp_path / "k.part", 2)
    again = PartFile.claim(tmp_path, "k", this_process(), Watch())
    assert again is not None
    assert again.done == 2
    again.abandon()


def test_orphans_are_found_and_cleaned_unless_somebody_writes_them(tmp_path: Path) -> None:
    for key in ("wanted", "orphan", "busy"):
        part = PartFile.claim(tmp_path, key, this_process(), Watch())
        assert part is not None
        part.write(b"abc", 0)
        if key != "busy":
            part.keep()
    found = orphans(tmp_path, frozenset({"wanted"}))
    assert found == ["busy", "orphan"]
    cleaned = [key for key in found if clean(tmp_path, key, this_process(), Watch())]
    assert cleaned == ["orphan"]
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"wanted.part", "wanted.journal", "busy.part", "busy.owner"}
