"""Whoever dies, and however, the bytes that were on the disk are not fetched again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import psutil
import pytest

from jupyterlab_datahub.transfers.run import ELSEWHERE
from tests.transfers.conftest import SIZES
from tests.transfers.desk import S, dataset_of, sha256, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import Transfer
    from jupyterlab_datahub.transfers.disk.spans import Spans
    from tests.transfers.desk import Desk

NAME = "cells.h5ad"
SIZE = SIZES[NAME]

SERVER = """
import sys, time
import msgspec
from jupyterlab_datahub.settings import Settings
from jupyterlab_datahub.transfers.supervisor import Supervisor
supervisor = Supervisor(msgspec.json.decode(sys.stdin.buffer.readline(), type=Settings))
while True:
    supervisor.ensure()
    print(supervisor.pid, flush=True)
    time.sleep(0.05)
"""


class Server:
    """A process that supervises a worker as a server does."""

    def __init__(self, desk: Desk) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(msgspec.json.encode(desk.settings) + b"\n")
        self.process.stdin.flush()
        self.worker = psutil.Process(int(self.process.stdout.readline()))

    def kill(self) -> None:
        """Kill it as the kernel does when memory runs out."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def server(desk: Desk) -> Iterator[list[Server]]:
    servers: list[Server] = []
    yield servers
    for one in servers:
        one.kill()
        with suppress(psutil.NoSuchProcess):
            one.worker.wait(60)


def overlap(spans: Spans, asked: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the parts of requests that were for bytes that were there."""
    return [
        (max(start, first), min(end, last))
        for start, end in spans
        for first, last in asked
        if max(start, first) < min(end, last)
    ]


def check_resumed(desk: Desk, transfer: Transfer, saved: Spans) -> None:
    """Let a transfer go on, and check that it fetched only what was missing."""
    assert 0 < saved.total < SIZE
    desk.host.faults.clear()
    desk.host.requests.clear()
    if not desk.supervisors:
        desk.supervise()
    last = desk.done(transfer)
    assert last.sha256 == sha256(desk.files / NAME)
    assert overlap(saved, desk.asked()) == []
    assert desk.covered() == SIZE - saved.total
    until(desk.gone)


def test_a_killed_worker_costs_only_what_no_journal_names(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    supervisor = desk.supervise()
    desk.saved(transfer, 500_000)
    assert supervisor.pid is not None
    worker = psutil.Process(supervisor.pid)
    worker.kill()
    worker.wait(60)
    check_resumed(desk, transfer, desk.journal(transfer))


def test_a_killed_server_takes_its_worker_along_and_the_next_one_goes_on(
    desk: Desk, server: list[Server]
) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    server.append(Server(desk))
    desk.saved(transfer, 500_000)
    server[0].kill()
    server[0].worker.wait(60)
    assert desk.queue.get(transfer.id).state is S.QUEUED
    assert desk.owners() == set()
    check_resumed(desk, transfer, desk.journal(transfer))


def test_a_server_and_a_worker_killed_together_leave_nothing_that_blocks(
    desk: Desk, server: list[Server]
) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    server.append(Server(desk))
    desk.saved(transfer, 500_000)
    server[0].worker.suspend()
    server[0].kill()
    server[0].worker.kill()
    server[0].worker.wait(60)
    assert desk.queue.get(transfer.id).state is S.RUNNING
    assert any(name.endswith(".owner") for name in desk.leftovers())
    check_resumed(desk, transfer, desk.journal(transfer))


def test_a_server_that_stops_leaves_its_transfers_to_the_next(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    supervisor = desk.supervise()
    desk.running(transfer, 500_000)
    supervisor.stop()
    supervisor.stop()
    desk.supervisors.clear()
    after = desk.queue.get(transfer.id)
    assert (after.state, after.rate, after.note) == (S.QUEUED, 0, "")
    assert not any(name.endswith(".owner") for name in desk.leftovers())
    check_resumed(desk, transfer, desk.journal(transfer))


def test_a_paused_transfer_goes_on_with_what_it_had(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    desk.supervise()
    desk.running(transfer, 500_000)
    paused = desk.queue.pause(transfer.id)
    assert paused.state is S.PAUSED
    until(lambda: not desk.owners())
    saved = desk.journal(transfer)
    assert saved.total >= paused.done
    desk.queue.resume(transfer.id)
    check_resumed(desk, transfer, saved)


def test_a_file_that_changed_meanwhile_is_fetched_from_the_start(desk: Desk) -> None:
    desk.hold()
    desk.host.faults.add("changed")
    transfer = desk.ask(NAME)
    desk.supervise()
    desk.running(transfer, 500_000)
    desk.queue.pause(transfer.id)
    until(lambda: not desk.owners())
    desk.host.faults.clear()
    desk.queue.resume(transfer.id)
    last = desk.done(transfer)
    assert last.sha256 == sha256(desk.files / NAME)
    assert "changed on its host" in last.note


def test_one_stream_that_is_paused_starts_again(desk: Desk) -> None:
    desk.host.faults.add("ignore_range")
    slow = desk.host.faults.add("slow", rate=5_000_000)
    transfer = desk.ask(NAME)
    desk.supervise()
    desk.running(transfer, 500_000)
    desk.queue.pause(transfer.id)
    until(lambda: not desk.owners())
    desk.host.faults.remove(slow)
    desk.queue.resume(transfer.id)
    assert desk.done(transfer).sha256 == sha256(desk.files / NAME)


@pytest.fixture
def more_files(desk: Desk, tmp_path: Path) -> list[str]:
    """Give the host four more files."""
    desk.host.directory = desk.files = tmp_path / "more"
    desk.files.mkdir()
    names = [f"file-{number}.h5ad" for number in range(4)]
    for name in names:
        (desk.files / name).write_bytes(os.urandom(2_000_000))
    return names


def test_two_servers_share_the_work_and_never_a_file(desk: Desk, more_files: list[str]) -> None:
    desk.hold()
    transfers = [desk.ask(name) for name in more_files]
    settings = msgspec.structs.replace(desk.settings, transfers_at_once=2)
    for _ in range(2):
        desk.supervise(settings)
    until(lambda: len(desk.owners()) == 2)
    desk.host.faults.clear()
    for transfer in transfers:
        assert desk.done(transfer).sha256 == sha256(desk.files / transfer.name)
    for name in more_files:
        spans = sorted(
            tuple(map(int, seen.range.removeprefix("bytes=").split("-")))
            for seen in desk.host.requests
            if seen.path == f"/{name}"
        )
        assert all(before[1] < after[0] for before, after in pairwise(spans))
    assert desk.sent() == 2_000_000 * len(more_files)


def test_even_if_the_queue_gives_a_file_twice_only_one_worker_writes_it(
    desk: Desk, tmp_path: Path
) -> None:
    # On some network disks locks succeed for everybody. Two queues over one library are as bad.
    other_home = tmp_path / "other"
    other_home.mkdir()
    desk.library.path.mkdir(parents=True)
    (other_home / "library").symlink_to(desk.library.path)
    desk.hold()
    first = desk.ask(NAME)
    desk.supervise()
    desk.running(first, 300_000)
    elsewhere = msgspec.structs.replace(desk.settings, home=str(other_home))
    from jupyterlab_datahub.transfers.queue.queue import TransferQueue

    queue = TransferQueue(other_home)
    asset = desk.sell(NAME)[1]
    second, new = queue.add(dataset_of(asset), asset, desk.folder, "shop")
    assert new
    desk.supervise(elsewhere)
    until(lambda: queue.get(second.id).note == ELSEWHERE)
    desk.host.faults.clear()
    assert desk.done(first).sha256 == sha256(desk.files / NAME)
    until(lambda: queue.get(second.id).state.final)
    last = queue.get(second.id)
    assert (last.state, last.path) == (S.DONE, str(desk.folder / NAME))
    assert desk.sent() == SIZE


def test_what_is_in_the_library_is_there_at_once_and_costs_no_request(desk: Desk) -> None:
    desk.done(desk.fetch(NAME))
    desk.host.requests.clear()
    asked = desk.resolved()
    dataset, asset = desk.sell(NAME)
    transfer, new = desk.queue.add(dataset, asset, desk.folder / "again", "shop")
    assert not new
    assert (transfer.state, transfer.path) == (S.DONE, str(desk.folder / "again" / NAME))
    assert (desk.host.requests, desk.resolved()) == ([], asked)


def test_the_same_bytes_under_another_identifier_cost_no_request(desk: Desk) -> None:
    digest = sha256(desk.files / NAME)
    desk.done(desk.fetch(NAME))
    desk.host.requests.clear()
    asset = msgspec.structs.replace(
        desk.sell(NAME)[1], ref="shop:newer", name="newer.h5ad", checksums={"sha256": digest}
    )
    transfer, new = desk.queue.add(dataset_of(asset), asset, desk.folder, "shop")
    assert new
    assert (transfer.state, transfer.sha256) == (S.DONE, digest)
    assert desk.host.requests == []
    item = desk.library.find("shop:newer")
    assert item is not None
    assert item.name == "newer.h5ad"


def test_a_file_that_vanished_from_the_library_is_fetched_again(desk: Desk) -> None:
    first = desk.done(desk.fetch(NAME))
    desk.library.place(first.sha256).unlink()
    second = desk.done(desk.ask(NAME))
    assert second.id == first.id
    assert (desk.folder / NAME).read_bytes() == (desk.files / NAME).read_bytes()


def test_a_file_of_this_machine_is_used_where_it_is(desk: Desk, tmp_path: Path) -> None:
    mine = tmp_path / "mine.h5ad"
    mine.write_bytes(b"cells")
    transfer = desk.ask(NAME)
    desk.answers[transfer.ref] = [{"path": str(mine)}]
    desk.write_script()
    desk.supervise()
    last = desk.done(transfer)
    assert (last.path, last.size, desk.host.requests) == (str(mine), 5, [])
    assert not desk.folder.exists()


def test_a_worker_told_to_end_when_idle_does(desk: Desk) -> None:
    transfer = desk.ask(NAME)
    ended = subprocess.run(
        [sys.executable, "-m", "jupyterlab_datahub.transfers.worker", "--until-idle"],
        input=msgspec.json.encode(desk.settings),
        check=False,
        timeout=60,
        stderr=subprocess.DEVNULL,
    )
    assert ended.returncode == 0
    assert desk.queue.get(transfer.id).state is S.DONE


def test_a_terminated_worker_says_goodbye(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    supervisor = desk.supervise()
    desk.running(transfer, 500_000)
    assert supervisor.pid is not None
    worker = psutil.Process(supervisor.pid)
    worker.send_signal(signal.SIGTERM)
    worker.wait(60)
    assert desk.queue.get(transfer.id).state is S.QUEUED
    check_resumed(desk, transfer, desk.journal(transfer))
