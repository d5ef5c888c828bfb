"""The process that fetches one member of a zip, watched from the transfer that wants it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import TransferError
from jupyterlab_datahub.model import ErrorBody, Struct
from jupyterlab_datahub.ranged.child import ENVIRONMENT, raised
from jupyterlab_datahub.settings.memory import HINT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterlab_datahub.transfers.network.stopping import Halt

# Started by its name, as this room does not know that of AnnData.
MODULE = "jupyterlab_datahub.anndata_io.taking"

UNREADABLE = 3


class Taken(Struct):
    """What came of a zip of how many bytes."""

    fetched: int
    size: int


def take(task: Mapping[str, object], halt: Halt, tell: Callable[[int, int], None]) -> Taken:
    """Fetch a member of a zip into a file.

    Parameters
    ----------
    task
        What the process is told.
    halt
        Ends the process.
    tell
        Is given the bytes that have come, and those of all.

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
        last = _spoken(process, msgspec.json.encode(task), tell)
        code = process.wait()
        halt.check()
        if code == 0:
            return msgspec.json.decode(last, type=Taken)
        if code == UNREADABLE:
            raise raised(msgspec.json.decode(last, type=ErrorBody))
        raise TransferError(
            "what is in the archive did not come to its end",
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


def _spoken(
    process: subprocess.Popen[bytes], told: bytes, tell: Callable[[int, int], None]
) -> bytes:
    last = b""
    try:
        if process.stdin:
            process.stdin.write(told)
            process.stdin.close()
    except BrokenPipeError:
        # It was ended before it read.
        return last
    for line in process.stdout or ():
        last = line
        if not line.startswith(b"{"):
            done, total = line.split()
            tell(int(done), int(total))
    return last
