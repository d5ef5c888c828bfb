"""A full disk is met with words and leaves no mess."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.errors import NoSpaceError
from jupyterlab_datahub.transfers.disk import space
from tests.transfers.conftest import SIZES
from tests.transfers.desk import MIB, S, sha256, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.transfers.desk import Desk

NAME = "cells.h5ad"
SIZE = SIZES[NAME]


def test_what_fits_is_accepted_and_what_does_not_is_refused(tmp_path: Path) -> None:
    free = space.free(tmp_path / "not" / "there")
    space.check(tmp_path, needed=0, promised=0, reserve=0)
    space.check(tmp_path, needed=1000, promised=1000, reserve=free // 2)
    for numbers in ((2 * free, 0, 0), (0, 2 * free, 0), (0, 0, 2 * free)):
        needed, promised, reserve = numbers
        with pytest.raises(NoSpaceError) as caught:
            space.check(tmp_path, needed=needed, promised=promised, reserve=reserve)
        for size in (needed, reserve):
            assert space.size_text(size) in caught.value.message
        assert str(tmp_path) in caught.value.message
        assert caught.value.hint


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (2_147_000_000, "2.1 GB")],
)
def test_sizes_are_said_with_units(size: int, text: str) -> None:
    assert space.size_text(size) == text


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_recognised(tmp_path: Path, code: int) -> None:
    error = OSError(code, os.strerror(code))
    assert space.is_full(error)
    assert space.full(tmp_path, error).code == "no_space"
    assert not space.is_full(OSError(errno.EACCES, "no"))


def test_a_file_that_does_not_leave_the_reserve_is_not_begun(desk: Desk) -> None:
    transfer = desk.ask(NAME)
    desk.supervise(msgspec.structs.replace(desk.settings, reserve=2**60))
    last = desk.finished(transfer)
    assert last.error is not None
    assert last.error.code == "no_space"
    assert "reserve" in last.error.message
    assert last.done == 0
    assert len(desk.host.requests) == 1


def check_failed(desk: Desk, transfer_id: str) -> None:
    """Check that a transfer ended for want of space, without anything half-written in sight."""
    last = desk.queue.get(transfer_id)
    assert last.state is S.FAILED
    assert last.error is not None
    assert last.error.code == "no_space"
    assert last.error.hint
    assert not desk.folder.exists()
    assert desk.library.items() == ()


def test_a_disk_that_takes_no_more_bytes_frees_what_was_fetched(desk: Desk) -> None:
    slow = desk.host.faults.add("slow", rate=100_000)
    transfer = desk.ask(NAME)
    supervisor = desk.supervise()
    desk.running(transfer)
    assert supervisor.pid is not None
    # No file of this process may grow any more: as with a quota that is used up.
    resource.prlimit(supervisor.pid, resource.RLIMIT_FSIZE, (200_000, 200_000))
    desk.finished(transfer)
    check_failed(desk, transfer.id)
    until(desk.gone)
    supervisor.stop()
    desk.host.faults.remove(slow)
    desk.queue.retry(transfer.id)
    assert desk.done(transfer).sha256 == sha256(desk.files / NAME)


@contextmanager
def small_disk(home: Path) -> Iterator[Callable[[int], None]]:
    """Make `home` a disk of 20 MiB, and yield what fills it up for a worker.

    Where this user may not mount one, the worker's files are kept from growing instead.
    """
    home.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(home)]
    mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0

    def fill(pid: int) -> None:
        if not mounted:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (200_000, 200_000))
            return
        with pytest.raises(OSError, match="No space left"):
            (home / "ballast").write_bytes(bytes(20 * MIB))

    try:
        yield fill
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(home)], check=True)


def test_a_disk_that_others_fill_up_ends_the_transfer_and_retry_goes_on(desk: Desk) -> None:
    with small_disk(desk.home) as fill:
        slow = desk.host.faults.add("slow", rate=100_000)
        transfer = desk.ask(NAME)
        supervisor = desk.supervise()
        desk.running(transfer)
        assert supervisor.pid is not None
        fill(supervisor.pid)
        desk.finished(transfer)
        check_failed(desk, transfer.id)
        until(lambda: not desk.owners())
        supervisor.stop()
        (desk.home / "ballast").unlink(missing_ok=True)
        desk.host.faults.remove(slow)
        desk.queue.retry(transfer.id)
        assert desk.done(transfer).sha256 == sha256(desk.files / NAME)
        supervisor.stop()
