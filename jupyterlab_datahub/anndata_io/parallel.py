"""Strips of a matrix read by several processes: ``python -m …anndata_io.parallel`` is one.

Threads would wait for each other: inflating a chunk takes hardly longer than asking for the
interpreter again. A process reads on standard input how the matrix is stored, then numbers of
strips, and writes what they hold. It ends with its input.
"""

from __future__ import annotations

import os
import queue
import struct
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.anndata_io import allocator
from jupyterlab_datahub.anndata_io.strips import Layout, Slab, Strips, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Arrived = tuple["Other", int, Slab | str]

MODULE = "jupyterlab_datahub.anndata_io.parallel"

MOST = 3
"""Processes beside this one."""

IN_HAND = 2
"""Strips that a process is asked for, so that it never waits for the next."""

FIRST, FIRST_BYTES = 24, 6 << 20
"""Strips that a process is asked for at the beginning, and the bytes of the file that these may
have: whoever asks is busy with something else at first."""

AHEAD = 4
"""Strips that may be finished and not yet taken."""

_LENGTH = struct.Struct("<q")
_HEAD = struct.Struct("<qqq")


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


def slabs(layout: Layout, table: Table, others: Sequence[Other]) -> Iterator[Slab]:
    """Return the strips of a matrix in order; others begin to read them at once.

    Parameters
    ----------
    layout, table
        Where the matrix lies in its file.
    others
        Processes that read strips beside this one, which does what they have not begun.

    Raises
    ------
    OSError
        If a chunk is damaged, or a process ended.
    """
    left = iter(range(layout.strips))
    strip = int(table.sizes.sum()) // layout.strips
    first = min(max(FIRST_BYTES // max(strip, 1), IN_HAND), FIRST)
    for one in others:
        one.begin(layout, table)
    each = min(first, layout.strips // (len(others) + 1))
    for one, number in zip([*others] * each, left, strict=False):
        one.ask(number)
    return _taken(layout, table, others, left)


def _taken(
    layout: Layout, table: Table, others: Sequence[Other], left: Iterator[int]
) -> Iterator[Slab]:
    """Yield the strips of a matrix, some of which others were asked for; the others are left."""
    ready: dict[int, Slab] = {}
    with Strips(layout, table) as own:
        for wanted in range(layout.strips):
            while wanted not in ready:
                idle = not others or (others[0].arrived.empty() and len(ready) < AHEAD)
                number = next(left, None) if idle else None
                if number is None:
                    other, number, slab = others[0].arrived.get()
                    if isinstance(slab, str):
                        raise OSError(slab)
                    other.asked -= 1
                    while other.asked < IN_HAND and (following := next(left, None)) is not None:
                        other.ask(following)
                else:
                    slab = own.slab(number)
                ready[number] = slab
            yield ready.pop(wanted)


class Other:
    """A process that reads strips.

    Attributes
    ----------
    arrived
        What all of them have read.
    asked : int
        Strips that it was asked for and that nobody took from there.
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

    def begin(self, layout: Layout, table: Table) -> None:
        """Say where the matrix lies."""
        self._tell(msgspec.json.encode(layout) + b"\n" + _LENGTH.pack(len(table.keys)))
        for column in table:
            self._tell(column.tobytes())

    def ask(self, number: int) -> None:
        """Ask for a strip."""
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
            dtype = stream.readline().strip().decode()
            while head := stream.read(_HEAD.size):
                number, cells, values = _HEAD.unpack(head)
                if cells < 0:
                    self.arrived.put((self, number, _exactly(stream, values).decode()))
                    return
                slab = Slab(
                    counts=_array(stream, "<i8", cells),
                    genes=_array(stream, "<i4", values),
                    values=_array(stream, dtype, values),
                )
                self.arrived.put((self, number, slab))
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


def _array(stream: IO[bytes], dtype: str, length: int) -> NDArray[Any]:
    import numpy as np

    kind = np.dtype(dtype)
    return np.frombuffer(_exactly(stream, length * kind.itemsize), kind)


def main() -> None:
    """Read the strips that standard input asks for."""
    # Loaded before it is asked for anything: it is started while nobody knows yet what to ask.
    import numpy as np

    del np
    allocator.keep_memory()
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    asked_for = asked.readline()
    if not asked_for:
        return
    layout = msgspec.json.decode(asked_for, type=Layout)
    (chunks,) = _LENGTH.unpack(_exactly(asked, _LENGTH.size))
    table = Table(*(_array(asked, "<i8", chunks) for _ in Table._fields))
    answers.write(layout.wanted.encode() + b"\n")
    with Strips(layout, table) as strips:
        while content := asked.read(_LENGTH.size):
            (number,) = _LENGTH.unpack(content)
            try:
                slab = strips.slab(number)
            except OSError as error:
                why = str(error).encode()
                answers.write(_HEAD.pack(number, -1, len(why)) + why)
            else:
                answers.write(_HEAD.pack(number, len(slab.counts), len(slab.genes)))
                for column in slab:
                    answers.write(column.data)
            answers.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError, EOFError):
        main()
