"""The process that fetches a selection, watched from the transfer that wants it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO, TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import TransferError
from jupyterlab_datahub.model import ErrorBody
from jupyterlab_datahub.ranged import child
from jupyterlab_datahub.ranged.child import raised
from jupyterlab_datahub.settings.memory import HINT
from jupyterlab_datahub.transfers.selecting.made import Made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyterlab_datahub.transfers.network.stopping import Halt

# Started by its name: this room does not know that of selections, and the memory that one takes
# goes back with its process.
MODULE = "jupyterlab_datahub.selection.make"

UNREADABLE = 3

ENVIRONMENT = {
    **child.ENVIRONMENT,
    # Bodies of some megabytes come one after the other. By default glibc gives the memory of each
    # back, and asks for it again, a page after the other, which takes a tenth of the work.
    "MALLOC_MMAP_THRESHOLD_": str(8 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""What is set for the process."""


def make(
    job: Mapping[str, object], target: Path, halt: Halt, tell: Callable[[int, int], None]
) -> Made:
    """Fetch a selection, and leave nothing if that is stopped or fails.

    Parameters
    ----------
    job
        What the process is told.
    target
        The file it writes.
    halt
        Ends the process.
    tell
        Is given the bytes of chunks that have come, and those of all.

    Raises
    ------
    DataHubError
        What the process says.
    Stopped
    """
    process = subprocess.Popen(
        # -P: a user's own module in some folder must not shadow a library.
        [sys.executable, "-P", "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | ENVIRONMENT,
    )
    halt.on_halt(process, process.kill)
    try:
        last = _spoken(process, msgspec.json.encode(job), tell)
        code = process.wait()
        halt.check()
        if code == 0:
            return msgspec.json.decode(last, type=Made)
        if code == UNREADABLE:
            raise raised(msgspec.json.decode(last, type=ErrorBody))
        raise TransferError(
            "the selection ended before it was done",
            hint=f"There may be too little memory or room on the disk. {HINT}",
        )
    finally:
        halt.forget(process)
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
        if process.returncode:
            for left in (target, target.with_name(f"{target.name}.part")):
                left.unlink(missing_ok=True)


def _spoken(
    process: subprocess.Popen[bytes], told: bytes, tell: Callable[[int, int], None]
) -> bytes:
    try:
        _write(process.stdin, told)
    except BrokenPipeError:
        # It was ended before it read.
        return b""
    last = b""
    for line in process.stdout or ():
        last = line
        if not line.startswith(b"{"):
            done, total = line.split()
            tell(int(done), int(total))
    return last


def _write(stream: IO[bytes] | None, told: bytes) -> None:
    if stream:
        stream.write(told)
        stream.close()
