"""Parts of a file read by several processes, of which this one is one.

Threads would wait for each other: inflating a chunk takes hardly longer than asking for the
interpreter again, and what parses numbers does not give it away. What the others run is
:mod:`~jupyterlab_datahub.anndata_io.part_reader`.
"""

from __future__ import annotations

import os
import queue
import struct
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.anndata_io.part_reader import (
    HEAD,
    LENGTH,
    arrays_from,
    described,
    exactly,
    reader_of,
    told,
)
from jupyterlab_datahub.settings import memory
from jupyterlab_datahub.settings.priority import take_turns_often

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from jupyterlab_datahub.anndata_io.part_reader import Part
    from jupyterlab_datahub.anndata_io.plain_rows import PlainTable
    from jupyterlab_datahub.anndata_io.strips import Layout

    Arrived = tuple["Other", int, Part | str]

MODULE = "jupyterlab_datahub.anndata_io.part_reader"

MOST = 3
"""Processes beside this one."""

IN_HAND = 2
"""Parts that a process is asked for, so that it never waits for the next."""

FIRST, FIRST_BYTES = 24, 6 << 20
"""Parts that a process is asked for at the beginning, and the bytes of the file that these may
have: whoever asks is busy with something else at first."""

AHEAD = 4
"""Parts that may be finished and not yet taken."""

LARGE = 16 << 20
"""Bytes of a file from which on it is likely to be worth it to start other processes."""

PIPE = 1 << 20
"""Bytes of what was read that wait to be taken, the most that Linux gives to anybody."""

_expected: list[Other] = []
"""Processes that were started before anybody asked for some."""


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
def expected(source: Path) -> Iterator[None]:
    """Start processes for the next one who asks for some, if a file is large enough for that.

    They take a while to be ready, in which this one imports what it needs itself.
    """
    large = source.is_file() and source.stat().st_size >= LARGE
    with _begun(available() if large else 0) as others:
        _expected[:] = others
        try:
            yield
        finally:
            _expected.clear()


@contextmanager
def started(number: int) -> Iterator[list[Other]]:
    """Start processes, and end them at the end, whatever they are doing."""
    if number and _expected:
        ready = _expected[:number]
        _expected.clear()
        try:
            yield ready
        finally:
            for one in ready:
                one.end()
        return
    with _begun(number) as others:
        yield others


@contextmanager
def _begun(number: int) -> Iterator[list[Other]]:
    if number:
        take_turns_often()
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


def _taken(work: Work, others: Sequence[Other], left: Iterator[int]) -> Iterator[Part]:
    """Yield the parts of a file, some of which others were asked for; the others are left."""
    ready: dict[int, Part] = {}
    with reader_of(work.stored, work.arrays) as own:
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
        self._tell(told(work.stored) + LENGTH.pack(len(work.arrays)))
        for array in work.arrays:
            self._tell(described(array))
            self._tell(array.tobytes())

    def ask(self, number: int) -> None:
        """Ask for a part."""
        self.asked += 1
        self._tell(LENGTH.pack(number))

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
            while head := stream.read(HEAD.size):
                number, arrays = HEAD.unpack(head)
                if number < 0:
                    self.arrived.put((self, number, exactly(stream, arrays).decode()))
                    return
                self.arrived.put((self, number, arrays_from(stream, arrays)))
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
        env=os.environ | memory.ENVIRONMENT,
    )
    _widen(process.stdout)
    other = Other(process, arrived)
    try:
        yield other
    finally:
        other.end()


def _widen(stream: IO[bytes] | None) -> None:
    """Let a pipe hold a part as a whole, where the system can.

    Else whoever writes it waits for whoever reads it, a few pages at a time, and that one each time
    for the interpreter, which what parses numbers does not give away.
    """
    if sys.platform == "linux" and stream is not None:
        import fcntl

        # Whoever has many of them is given no more.
        with suppress(OSError):
            fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, PIPE)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise EOFError
    return stream
