"""Whoever dies or is stopped, the chunks that are there are not fetched again."""

from __future__ import annotations

import resource
import zlib
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.model import TransferState
from tests.transfers.desk import MIB, until
from tests.transfers.openbis.counter import DOWNLOAD, contents, noise

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.faults import FaultFields
    from tests.transfers.openbis.counter import Counter

FILES = {
    "original/a.bin": noise(6 * MIB, 1),
    "original/b.bin": noise(6 * MIB + 3, 2),
    **{f"original/small/{number}.txt": noise(300, number) for number in range(50)},
}
SIZE = sum(map(len, FILES.values()))
HELD: FaultFields = {"path": DOWNLOAD, "after": 3 * MIB, "times": 1000}
"""An answer has four chunks of a large file, the last of which comes when faults are cleared."""


def sent(counter: Counter) -> int:
    """Return the bytes of chunks that were sent."""
    return sum(seen.sent for seen in counter.calls("download"))


def check_goes_on(counter: Counter, transfer_id: str, there: int) -> None:
    """Let a download go on, and check that little more than what was missing was sent."""
    assert 0 < there < SIZE
    counter.openbis.faults.clear()
    counter.openbis.requests.clear()
    last = counter.done(transfers.one(counter.rooms, transfer_id))
    assert contents(counter.rooms.library.place(last.sha256)) == FILES
    chunks = 12 + 2 + 50
    assert sent(counter) <= SIZE - there + chunks * 200 + 8 * MIB
    assert sent(counter) < SIZE + chunks * 200
    until(lambda: counter.leftovers() == [])


def test_a_killed_worker_costs_only_what_no_journal_names(counter: Counter) -> None:
    counter.openbis.faults.add("stall", **HELD)
    ref = counter.ref(counter.put(FILES))
    transfer = counter.ask(ref)
    there = counter.saved(ref, 2 * MIB).total
    pid = counter.rooms.supervisor.pid
    assert pid is not None
    worker = psutil.Process(pid)
    worker.kill()
    worker.wait(60)
    assert not counter.folder.exists()
    check_goes_on(counter, transfer.id, there)


def test_a_paused_download_goes_on_with_what_it_had(counter: Counter) -> None:
    counter.openbis.faults.add("stall", **HELD)
    ref = counter.ref(counter.put(FILES))
    transfer = counter.ask(ref)
    counter.running(transfer, 2 * MIB)
    transfers.change(counter.rooms, transfer.id, "pause")
    counter.free()
    # Its streams are free for others.
    assert len(counter.openbis.data_store.downloads) == 0
    there = counter.journal(ref).total
    transfers.change(counter.rooms, transfer.id, "resume")
    check_goes_on(counter, transfer.id, there)


def test_a_cancelled_download_leaves_nothing(counter: Counter) -> None:
    counter.openbis.faults.add("stall", **HELD)
    transfer = counter.ask(counter.ref(counter.put(FILES)))
    counter.running(transfer, MIB)
    transfers.change(counter.rooms, transfer.id, "cancel")
    until(lambda: counter.leftovers() == [])
    assert transfers.library(counter.rooms).items == ()
    assert not counter.folder.exists()
    assert len(counter.openbis.data_store.downloads) == 0


def test_a_folder_whose_files_changed_is_fetched_from_the_start(counter: Counter) -> None:
    counter.openbis.faults.add("stall", **HELD)
    permid = counter.put(FILES)
    ref = counter.ref(permid)
    transfer = counter.ask(ref)
    counter.running(transfer, MIB)
    transfers.change(counter.rooms, transfer.id, "pause")
    counter.free()
    counter.openbis.faults.clear()
    stored = counter.openbis.store.files(permid)[0]
    stored.file.write_bytes(noise(stored.size, 9))
    stored.crc32 = zlib.crc32(noise(stored.size, 9))
    transfers.change(counter.rooms, transfer.id, "resume")
    last = counter.done(transfer)
    assert "changed" in last.note
    wanted = FILES | {stored.path: noise(stored.size, 9)}
    assert contents(counter.rooms.library.place(last.sha256)) == wanted


def test_a_folder_that_does_not_leave_the_reserve_is_not_begun(counter: Counter) -> None:
    ref = counter.ref(counter.put(FILES))
    rooms = counter.open(reserve=2**60)
    transfer, _ = transfers.start(rooms, ref, counter.folder)
    until(lambda: transfers.one(rooms, transfer.id).state.final)
    last = transfers.one(rooms, transfer.id)
    assert last.error is not None
    assert last.error.code == "no_space"
    assert counter.calls("download") == []


def test_a_disk_that_takes_no_more_bytes_frees_what_was_fetched(counter: Counter) -> None:
    counter.openbis.faults.add("slow", rate=400_000, path=DOWNLOAD)
    ref = counter.ref(counter.put(FILES))
    transfer = counter.ask(ref)
    counter.running(transfer, 1)
    pid = counter.rooms.supervisor.pid
    assert pid is not None
    # No file of this process may grow any more: as with a quota that is used up.
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (900_000, 900_000))
    last = counter.over_badly(transfer)
    assert last.error is not None
    assert last.error.code == "no_space"
    assert transfers.library(counter.rooms).items == ()
    until(lambda: not any(name.endswith(".part") for name in counter.leftovers()))
    counter.rooms.supervisor.stop()
    counter.openbis.faults.clear()
    transfers.change(counter.rooms, transfer.id, "retry")
    assert contents(counter.rooms.library.place(counter.done(transfer).sha256)) == FILES


@pytest.mark.parametrize("action", ["pause", "cancel"])
def test_a_silent_store_does_not_keep_a_user_waiting(counter: Counter, action: str) -> None:
    ref = counter.ref(counter.put(FILES))
    counter.openbis.faults.add("stall", after=100, path=DOWNLOAD, times=100)
    transfer = counter.ask(ref)
    counter.until(transfer, lambda now: now.state is TransferState.RUNNING)
    changed = transfers.change(counter.rooms, transfer.id, action)  # type: ignore[arg-type]  # the parameters are actions
    assert changed.state.value == ("paused" if action == "pause" else "cancelled")
    counter.free()
