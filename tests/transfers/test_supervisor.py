"""A worker lives while there is work, modestly, and its crashes are bounded and told."""

from __future__ import annotations

import io
import os
import shutil
from typing import TYPE_CHECKING

import msgspec
import psutil

from jupyterlab_datahub.transfers import supervisor as supervisors
from tests.transfers.desk import S, until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.transfers.desk import Desk

NAME = "cells.h5ad"


def test_without_work_there_is_no_worker_and_no_file(desk: Desk) -> None:
    assert desk.supervise().pid is None
    assert not desk.home.exists()


def test_one_worker_is_started_however_often_one_asks(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    supervisor = desk.supervise()
    pid = supervisor.pid
    for _ in range(20):
        supervisor.ensure()
    assert supervisor.pid == pid
    desk.running(transfer)
    workers = [child.pid for child in psutil.Process().children() if child.pid == pid]
    assert workers == [pid]


def test_a_worker_is_modest_and_of_its_own_group(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    supervisor = desk.supervise()
    desk.running(transfer)
    assert supervisor.pid is not None
    worker = psutil.Process(supervisor.pid)
    assert worker.nice() == min(os.nice(0) + 10, 19)
    everywhere = psutil.Process().cpu_affinity() or []
    assert len(worker.cpu_affinity() or []) == max(len(everywhere) - 1, 1)
    assert os.getpgid(supervisor.pid) == supervisor.pid
    assert worker.cwd() == str(desk.home)


def test_the_worker_of_a_command_leaves_no_processor_to_a_server(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    supervisor = desk.supervise(alone=True)
    desk.running(transfer)
    worker = psutil.Process(supervisor.pid)
    assert worker.nice() == min(os.nice(0) + 10, 19)
    assert worker.cpu_affinity() == psutil.Process().cpu_affinity()


def test_of_a_worker_only_checksums_are_computed_on_every_processor(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    supervisor = desk.supervise()
    desk.running(transfer)
    assert supervisor.pid is not None
    worker = psutil.Process(supervisor.pid)
    everywhere = os.sched_getaffinity(0)

    def anywhere() -> int:
        return sum(os.sched_getaffinity(one.id) == everywhere for one in worker.threads())

    expected = 1 if len(everywhere) > 1 else worker.num_threads()
    until(lambda: anywhere() == expected, lambda: f"{anywhere()} of {worker.num_threads()} threads")


def test_a_finished_worker_takes_what_is_asked_for_next(desk: Desk) -> None:
    first = desk.done(desk.fetch(NAME))
    second = desk.done(desk.ask("small.h5ad"))
    assert first.id != second.id
    supervisor = desk.supervisors[0]
    supervisor.stop()
    assert supervisor.pid is None
    desk.ask("empty.h5ad")
    supervisor.ensure()
    assert supervisor.pid is not None


def test_no_more_run_at_once_than_allowed(desk: Desk, files: Path, tmp_path: Path) -> None:
    desk.host.directory = desk.files = tmp_path / "copies"
    shutil.copytree(files, desk.files)
    shutil.copyfile(files / NAME, desk.files / "more.h5ad")
    shutil.copyfile(files / NAME, desk.files / "last.h5ad")
    desk.host.faults.add("slow", rate=20_000)
    first, second, third = map(desk.ask, (NAME, "more.h5ad", "last.h5ad"))
    desk.supervise(msgspec.structs.replace(desk.settings, transfers_at_once=2))
    desk.running(first)
    desk.running(second)
    assert desk.queue.get(third.id).state is S.QUEUED
    desk.queue.pause(first.id)
    desk.running(third)
    assert [desk.queue.get(one.id).state for one in (second, third)] == [S.RUNNING, S.RUNNING]


def test_crashes_in_a_row_are_bounded_and_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisors, "MODULE", "no_such_module_at_all")
    monkeypatch.setattr(supervisors, "BACKOFF", 0.01)
    transfer = desk.ask(NAME)
    supervisor = desk.supervise()
    last = desk.finished(transfer)
    assert last.state is S.FAILED
    assert last.error is not None
    assert f"{supervisors.CRASHES} times" in last.error.message
    log = desk.home / supervisors.LOG
    assert str(log) in last.error.hint
    until(
        lambda: (
            log.exists() and log.read_text().count("no_such_module_at_all") == supervisors.CRASHES
        )
    )
    supervisor.ensure()
    assert supervisor.pid is None


def test_a_log_is_bounded_and_tells_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisors, "LOG_LIMIT", 1000)
    line = b"INFO https://files.example/x?X-Amz-Signature=s3cr3t Authorization: Bearer t0k3nt0k3n\n"
    path = tmp_path / "transfers.log"
    supervisors._keep_log(io.BytesIO(line * 500), path)
    logs = list(tmp_path.iterdir())
    assert {log.name for log in logs} == {"transfers.log", "transfers.log.1"}
    assert sum(log.stat().st_size for log in logs) < 3000
    text = "".join(log.read_text() for log in logs)
    assert "files.example" in text
    assert "s3cr3t" not in text
    assert "t0k3n" not in text
