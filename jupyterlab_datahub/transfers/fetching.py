"""A process that fetches part of a file, watched from the transfer that wants it.

It is told a task in JSON on standard input, and says in lines how many bytes have come and of how
many; its last line is what became of it, or what is wrong. Where hosts may not send as fast as they
can, it asks here before it asks one of them, as the limit is for all transfers together.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import TransferError
from jupyterlab_datahub.model import ErrorBody
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged import rate
from jupyterlab_datahub.ranged.child import raised
from jupyterlab_datahub.settings.memory import HINT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterlab_datahub.transfers.network.hosts import Hosts
    from jupyterlab_datahub.transfers.network.stopping import Halt

UNREADABLE = 3
"""How a process ends that says what is wrong."""


def fetched(
    module: str,
    task: Mapping[str, object],
    environment: Mapping[str, str],
    halt: Halt,
    tell: Callable[[int, int], None],
    failed: str,
    hosts: Hosts,
) -> bytes:
    """Run a process, and return what it says in the end.

    Parameters
    ----------
    module
        What it runs.
    task
        What it is told.
    environment
        What is set for it beside what is set here.
    halt
        Ends it.
    tell
        Is given the bytes that have come, and those of all.
    failed
        What is said where it ends without a word.
    hosts
        The limits of the hosts that it asks.

    Raises
    ------
    DataHubError
        What the process says.
    Stopped
    """
    limits = hosts if hosts.limited else None
    process = subprocess.Popen(
        # -P: a user's own module in some folder must not shadow a library.
        [sys.executable, "-P", "-m", module, *((rate.LIMITED,) if limits else ())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | environment,
    )
    halt.on_halt(process, process.kill)
    try:
        last = _spoken(process, msgspec.json.encode(task), tell, limits)
        code = process.wait()
        halt.check()
        if code == 0:
            return last
        if code == UNREADABLE:
            raise raised(from_json(last, ErrorBody))
        raise TransferError(
            failed, hint=f"There may be too little memory or room on the disk. {HINT}"
        )
    finally:
        halt.forget(process)
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


def _spoken(
    process: subprocess.Popen[bytes],
    told: bytes,
    tell: Callable[[int, int], None],
    limits: Hosts | None,
) -> bytes:
    last = b""
    if not _said(process, told + b"\n", last=limits is None):
        return last
    for line in process.stdout or ():
        if limits is not None and line.startswith(rate.MARK):
            _said(process, rate.answered(line, lambda name, size: limits[name].owed(size)))
            continue
        last = line
        if not line.startswith(b"{"):
            done, total = line.split()
            tell(int(done), int(total))
    return last


def _said(process: subprocess.Popen[bytes], line: bytes, *, last: bool = False) -> bool:
    """Say something to a process, and nothing more if it is the last; return whether it lives."""
    if process.stdin is None:
        return False
    try:
        process.stdin.write(line)
        process.stdin.flush()
        if last:
            process.stdin.close()
    except BrokenPipeError:
        # It was ended before it read.
        with suppress(BrokenPipeError):
            process.stdin.close()
        return False
    return True
