"""Parts of a file read by several processes: ``python -m …anndata_io.parallel`` is one.

Threads would wait for each other: inflating a chunk takes hardly longer than asking for the
interpreter again, and what parses numbers does not give it away. A process reads on standard input
what the file is, then numbers of parts, and writes what they hold. It ends with its input.
"""

from __future__ import annotations

import os
import queue
import struct
import subprocess
import sys
import threading
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from jupyterlab_datahub.anndata_io.plain_rows import PlainRows, PlainTable
from jupyterlab_datahub.anndata_io.strips import Layout, Strips, Table
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.settings import memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Part = tuple[NDArray[Any], ...]
    Arrived = tuple["Other", int, Part | str]

MODULE = "jupyterlab_datahub.anndata_io.parallel"

MOST = 3
"""Processes beside this one."""

IN_HAND = 2
"""Parts that a process is asked for, so that it never waits for the next."""

FIRST, FIRST_BYTES = 24, 6 << 20
"""Parts that a process is asked for at the beginning, and the bytes of the file that these may
have: whoever asks is busy with something else at first."""

AHEAD = 4
"""Parts that may be finished and not yet taken."""

_LENGTH = struct.Struct("<q")
_HEAD = struct.Struct("<qq")
_ARRAY = struct.Struct("<8sq")


class Reader(Protocol):
    """What reads a file in parts, each of which is some arrays of one axis."""

    def part(self, number: int) -> Part:
        """Return a part.

        Raises
        ------
        OSError
            If it is damaged.
        """


class Work(NamedTuple):
    """What is read: how it is stored, and in how many parts of about how many bytes of the file.

    ``arrays`` say more of how it is stored than is said in words.
    """

    stored: Layout | PlainTable
    arrays: Sequence[NDArray[Any]]
    parts: int
    size: int


def available() -> int:
    """Return how many processes could compute beside this one."""
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return min((processors or 1) - 1, MOST)


@contextmanager
def started(number: int) -> Iterator[list[Other]]:
    """Start processes, and end them at the end, whatever they are doing."""
    with ExitStack() as stack:
        arrived: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        yield [stack.enter_context(_started(arrived)) for _ in range(number)]


def parts(work: Work, others: Sequence[Other]) -> Iterator[Part]:
    """Return the parts of a file in order; others begin to read them at once.

    Parameters
    ----------
    work
        What is read.
    others
        Processes that read parts beside this one, which does what they have not begun.

    Raises
    ------
    OSError
        If a part is damaged, or a process ended.
    """
    left = iter(range(work.parts))
    first = min(max(FIRST_BYTES // max(work.size, 1), IN_HAND), FIRST)
    for one in others:
        one.begin(work)
    each = min(first, work.parts // (len(others) + 1))
    for one, number in zip([*others] * each, left, strict=False):
        one.ask(number)
    return _taken(work, others, left)


def _reader(
    stored: Layout | PlainTable, arrays: Sequence[NDArray[Any]]
) -> AbstractContextManager[Reader]:
    """Return what reads parts."""
    if isinstance(stored, PlainTable):
        return PlainRows(stored)
    return Strips(stored, Table(*arrays))


def _taken(work: Work, others: Sequence[Other], left: Iterator[int]) -> Iterator[Part]:
    """Yield the parts of a file, some of which others were asked for; the others are left."""
    ready: dict[int, Part] = {}
    with _reader(work.stored, work.arrays) as own:
        for wanted in range(work.parts):
            while wanted not in ready:
                idle = not others or (others[0].arrived.empty() and len(ready) < AHEAD)
                number = next(left, None) if idle else None
                if number is None:
                    other, number, part = others[0].arrived.get()
                    if isinstance(part, str):
                        raise OSError(part)
                    other.asked -= 1
                    while other.asked < IN_HAND and (following := next(left, None)) is not None:
                        other.ask(following)
                else:
                    part = own.part(number)
                ready[number] = part
            yield ready.pop(wanted)


class Other:
    """A process that reads parts.

    Attributes
    ----------
    arrived
        What all of them have read.
    asked : int
        Parts that it was asked for and that nobody took from there.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        arrived: queue.SimpleQueue[Arrived],
    ) -> None:
        self._process = process
        self.arrived = arrived
        self.asked = 0
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def begin(self, work: Work) -> None:
        """Say what the file is."""
        self._tell(msgspec.json.encode(work.stored) + b"\n" + _LENGTH.pack(len(work.arrays)))
        for array in work.arrays:
            self._tell(_described(array))
            self._tell(array.tobytes())

    def ask(self, number: int) -> None:
        """Ask for a part."""
        self.asked += 1
        self._tell(_LENGTH.pack(number))

    def _tell(self, content: bytes) -> None:
        """Send bytes; if it has ended, its listener says so."""
        with suppress(BrokenPipeError):
            _pipe(self._process.stdin).write(content)
            _pipe(self._process.stdin).flush()

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._listener.join()
        with suppress(BrokenPipeError):
            _pipe(self._process.stdin).close()
        _pipe(self._process.stdout).close()
        self._process.wait()

    def _listen(self) -> None:
        """Take what it reads."""
        stream = _pipe(self._process.stdout)
        try:
            while head := stream.read(_HEAD.size):
                number, arrays = _HEAD.unpack(head)
                if number < 0:
                    self.arrived.put((self, number, _exactly(stream, arrays).decode()))
                    return
                self.arrived.put((self, number, _arrays(stream, arrays)))
        except (EOFError, struct.error):
            pass
        self.arrived.put((self, -1, "a process that read it ended too early"))


@contextmanager
def _started(arrived: queue.SimpleQueue[Arrived]) -> Iterator[Other]:
    process = subprocess.Popen(
        # -P: a user's own module in some folder must not shadow a library.
        [sys.executable, "-P", "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    other = Other(process, arrived)
    try:
        yield other
    finally:
        other.end()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise EOFError
    return stream


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) != size:
        raise EOFError
    return content


def _described(array: NDArray[Any]) -> bytes:
    """Return what stands before the values of an array."""
    return _ARRAY.pack(array.dtype.str.encode(), len(array))


def _arrays(stream: IO[bytes], number: int) -> Part:
    """Read arrays, each behind what describes it."""
    import numpy as np

    found = []
    for _ in range(number):
        name, length = _ARRAY.unpack(_exactly(stream, _ARRAY.size))
        kind = np.dtype(name.rstrip(b"\0").decode())
        found.append(np.frombuffer(_exactly(stream, length * kind.itemsize), kind))
    return tuple(found)


def main() -> None:
    """Read the parts that standard input asks for."""
    # Loaded before it is asked for anything: it is started while nobody knows yet what to ask.
    import numpy as np

    del np
    memory.keep()
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    told = asked.readline()
    if not told:
        return
    stored = from_json(told, Layout | PlainTable)
    arrays = _arrays(asked, *_LENGTH.unpack(_exactly(asked, _LENGTH.size)))
    with _reader(stored, arrays) as reader:
        while content := asked.read(_LENGTH.size):
            (number,) = _LENGTH.unpack(content)
            try:
                part = reader.part(number)
            except OSError as error:
                why = str(error).encode()
                answers.write(_HEAD.pack(-1, len(why)) + why)
            else:
                answers.write(_HEAD.pack(number, len(part)))
                for array in part:
                    answers.write(_described(array))
                    answers.write(array.data)
            answers.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError, EOFError):
        main()
