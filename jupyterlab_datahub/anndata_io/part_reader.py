"""A process that reads parts of a file: ``python -m jupyterlab_datahub.anndata_io.part_reader``.

It reads on standard input what the file is, then numbers of parts, and writes what they hold. It
ends with its input. It imports next to nothing, as others wait for it.
"""

from __future__ import annotations

import json
import struct
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Protocol

from jupyterlab_datahub.anndata_io.plain_rows import PlainRows, PlainTable
from jupyterlab_datahub.anndata_io.strips import Layout, Strips, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    Part = tuple[NDArray[Any], ...]

LENGTH = struct.Struct("<q")
"""A number of a part that is asked for, or of arrays."""

HEAD = struct.Struct("<qq")
"""Before a part: its number, and how many arrays it has; -1 and the bytes of what is wrong."""

_ARRAY = struct.Struct("<8sq")

_STRIPS, _TABLE = "strips", "table"


class Reader(Protocol):
    """What reads a file in parts, each of which is some arrays of one axis."""

    def part(self, number: int) -> Part:
        """Return a part.

        Raises
        ------
        OSError
            If it is damaged.
        """


def reader_of(
    stored: Layout | PlainTable, arrays: Sequence[NDArray[Any]]
) -> AbstractContextManager[Reader]:
    """Return what reads parts of what is stored so; arrays say more of it."""
    if isinstance(stored, PlainTable):
        return PlainRows(stored)
    return Strips(stored, Table(*arrays))


def told(stored: Layout | PlainTable) -> bytes:
    """Return the line that says how a file is stored."""
    kind = _TABLE if isinstance(stored, PlainTable) else _STRIPS
    return json.dumps([kind, *stored]).encode() + b"\n"


def stored_of(line: bytes) -> Layout | PlainTable:
    """Return what a line says of how a file is stored."""
    kind, *fields = json.loads(line)
    return PlainTable(*fields) if kind == _TABLE else Layout(*fields)


def exactly(stream: IO[bytes], size: int) -> bytes:
    """Read some bytes.

    Raises
    ------
    EOFError
        If there are fewer.
    """
    content = stream.read(size)
    if len(content) != size:
        raise EOFError
    return content


def described(array: NDArray[Any]) -> bytes:
    """Return what stands before the values of an array."""
    return _ARRAY.pack(array.dtype.str.encode(), len(array))


def arrays_from(stream: IO[bytes], number: int) -> Part:
    """Read arrays, each behind what describes it."""
    import numpy as np

    found = []
    for _ in range(number):
        name, length = _ARRAY.unpack(exactly(stream, _ARRAY.size))
        kind = np.dtype(name.rstrip(b"\0").decode())
        found.append(np.frombuffer(exactly(stream, length * kind.itemsize), kind))
    return tuple(found)


def main() -> None:
    """Read the parts that standard input asks for."""
    # Loaded before it is asked for anything: it is started while nobody knows yet what to ask.
    import numpy as np

    with suppress(ImportError):
        import simdjson  # noqa: F401 - the same

    del np
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    line = asked.readline()
    if not line:
        return
    arrays = arrays_from(asked, *LENGTH.unpack(exactly(asked, LENGTH.size)))
    with reader_of(stored_of(line), arrays) as reader:
        while content := asked.read(LENGTH.size):
            (number,) = LENGTH.unpack(content)
            try:
                part = reader.part(number)
            except OSError as error:
                why = str(error).encode()
                answers.write(HEAD.pack(-1, len(why)) + why)
            else:
                answers.write(HEAD.pack(number, len(part)))
                for array in part:
                    answers.write(described(array))
                    answers.write(array.data)
            answers.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError, EOFError):
        main()
