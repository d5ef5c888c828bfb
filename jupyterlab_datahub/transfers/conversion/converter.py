"""The process that converts a file, watched from the transfer that wants it."""

from __future__ import annotations

import subprocess
import sys
from typing import IO, TYPE_CHECKING

from jupyterlab_datahub.errors import TransferError
from jupyterlab_datahub.model import ErrorBody, Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.settings.memory import HINT, MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.transfers.network.stopping import Halt

# Started by its name: this room does not know that of AnnData, and the memory that a conversion
# takes goes back with its process.
MODULE = "jupyterlab_datahub.anndata_io.convert"

UNREADABLE = 3


class Made(Struct):
    """What the process says of the file it wrote."""

    size: int
    sha256: str
    cells: int
    genes: int


def convert(
    source: Path,
    name: str,
    target: Path,
    halt: Halt,
    tell: Callable[[float], None],
    member: str = "",
    memory: int = MEMORY,
) -> Made:
    """Convert a file, and leave nothing if that is stopped or fails.

    Parameters
    ----------
    source, target
        The file and what it becomes.
    name
        What the file is called, which tells what it is.
    halt
        Ends the process.
    tell
        Is given the part that is done, from 0 to 1.
    member
        What of it is converted; empty for all of it.
    memory
        Bytes that the conversion takes at most.

    Raises
    ------
    TransferError
        If the file cannot be converted.
    Stopped
    """
    whole = False
    try:
        said = converted(MODULE, source, target, name, halt, tell, member, memory)
        whole = isinstance(said, bytes)
    finally:
        if not whole:
            for left in (target, target.with_name(f"{target.name}.part")):
                left.unlink(missing_ok=True)
    if isinstance(said, ErrorBody):
        raise TransferError(said.message, hint=said.hint)
    return from_json(said, Made)


def converted(
    module: str,
    source: Path,
    target: Path,
    name: str,
    halt: Halt,
    tell: Callable[[float], None],
    member: str,
    memory: int,
) -> bytes | ErrorBody:
    """Start the process of a module that converts, and return what it says in the end.

    Parameters
    ----------
    module
        What is run; it takes the arguments of, and speaks as, :data:`MODULE`.
    source, target, name, halt, tell, member, memory
        As of :func:`convert`.

    Raises
    ------
    TransferError
        If it ends without a word.
    Stopped
    """
    process = subprocess.Popen(
        # -P: a user's own module in some folder must not shadow a library.
        [sys.executable, "-P", "-m", module, str(source), str(target), name, member, str(memory)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    halt.on_halt(process, process.kill)
    try:
        last = _listen(process.stdout, tell)
        code = process.wait()
        halt.check()
        if code == 0:
            return last
        if code == UNREADABLE:
            return from_json(last, ErrorBody)
        raise TransferError(
            f"the conversion of {source.name} ended before it was done",
            hint=f"There may be too little memory or room on the disk. {HINT}",
        )
    finally:
        halt.forget(process)
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _listen(stream: IO[bytes] | None, tell: Callable[[float], None]) -> bytes:
    last = b""
    for line in stream or ():
        last = line
        if not line.startswith(b"{"):
            tell(float(line))
    return last
