"""Rows of a table that has nothing but numbers, any part of the file by itself.

Between brackets and with commas for the ends of lines such a table is a list in JSON, whose numbers
simdjson parses in less than half of the time that readers of tables take for them. A part that is
anything else (text, values that are missing, quotes) is left to such a reader.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from numpy.typing import NDArray

PART = 4 << 20
"""Bytes of a part, as far as its last line does not end behind them."""

PIECE = 1 << 20
"""Bytes of lines that are parsed at once, which is what caches of processors hold."""

TAIL, LONGEST = 1 << 16, 8 << 20
"""Bytes in which the end of a line is looked for at first, and in which it has to be."""

END, END_TEXT = 9e307, b"9e307"
"""What stands at the end of each line, so that one with too few or too many values is noticed."""


class PlainTable(Struct, tag="plain table"):
    """A table as text: where in its file the rows are, and how many columns they have.

    Values become numbers of 32 bits, those of the ``exact`` columns of 64 as well. ``part`` are the
    bytes of a part.
    """

    path: str
    start: int
    stop: int
    columns: int
    exact: tuple[int, ...]
    part: int = PART

    @property
    def parts(self) -> int:
        """Number of parts."""
        return -(-(self.stop - self.start) // self.part)


def begin(table: PlainTable, number: int) -> int:
    """Return the byte of the file at which the first line of a part, or of a later one, begins."""
    place = table.start + number * table.part
    if not number:
        return place
    with Path(table.path).open("rb") as file:
        file.seek(place - 1)
        # The rest of the line before, which is nothing but its end where a line begins here.
        return place - 1 + len(file.readline())


class PlainRows:
    """The rows of a table in parts: each has the lines that begin in it.

    Parameters
    ----------
    table
        The table.
    """

    def __init__(self, table: PlainTable) -> None:
        import simdjson

        self._table = table
        self._parser = simdjson.Parser()
        self._file = Path(table.path).open("rb", buffering=0)  # noqa: SIM115 - closed on exit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def part(self, number: int) -> tuple[NDArray[Any], ...]:
        """Return all values of a part, a row after the other, and its exact columns.

        Returns
        -------
        tuple
            Shapes (rows x columns,), ``float32``, and (rows,), ``float64``; nothing at all where
            it is not only numbers, or the file is not as it was.
        """
        import numpy as np

        content, begin = self._lines(number)
        # Text and missing values are no numbers in JSON either, but brackets would be lists.
        if content is None or b"[" in content:
            return ()
        table = self._table
        numbers = [np.empty((0, table.columns + 1))]
        for piece in _pieces(content, begin):
            numbers.append(self._numbers(piece))
            if not len(numbers[-1]):
                return ()
        with np.errstate(over="ignore"):
            values = [one[:, :-1].astype(np.float32).reshape(-1) for one in numbers]
        exact = [[one[:, column] for one in numbers] for column in table.exact]
        return tuple(np.concatenate(parts) for parts in (values, *exact))

    def _lines(self, number: int) -> tuple[bytes | None, int]:
        """Return what has the lines that begin in a part, the last with its end, and from where on.

        It is None where a line has no end, or the file is not as it was.
        """
        first = self._table.start + number * self._table.part
        stop = min(first + self._table.part, self._table.stop)
        # A line begins here where the byte before ended one, and the first does anyway.
        before = 1 if number else 0
        content = self._read(first - before, stop)
        if len(content) != stop - first + before:
            return None, 0
        begin = content.find(b"\n") + 1 if before else 0
        if before and not begin:
            return b"", 0
        step = TAIL
        while not content.endswith(b"\n") and stop < self._table.stop:
            more = self._read(stop, min(stop + step, self._table.stop))
            if not more or step > LONGEST:
                return None, 0
            end = more.find(b"\n") + 1 or len(more)
            content += more[:end]
            stop += end
            step *= 2
        ended = content.endswith(b"\n") or begin == len(content)
        return (content if ended else content + b"\n"), begin

    def _read(self, start: int, stop: int) -> bytes:
        self._file.seek(start)
        return self._file.read(stop - start)

    def _numbers(self, lines: bytes) -> NDArray[Any]:
        """Return the values of lines and :data:`END` behind each, none if they are not that."""
        import numpy as np
        import simdjson

        width = self._table.columns + 1
        none = np.empty((0, width))

        text = lines[:-1].replace(b"\n", b",%b," % END_TEXT)
        try:
            parsed = self._parser.parse(b"".join((b"[", text, b",", END_TEXT, b"]")))
            if not isinstance(parsed, simdjson.Array):
                return none
            found = np.frombuffer(parsed.as_buffer(of_type="d"), np.float64)
        except (ValueError, TypeError, RuntimeError):
            return none
        if len(found) % width:
            return none
        rows = found.reshape(-1, width)
        return rows if (rows[:, -1] == END).all() else none


def _pieces(lines: bytes, start: int) -> Iterator[bytes]:
    """Yield lines from a place on, some at a time."""
    while start < len(lines):
        end = lines.rfind(b"\n", start, start + PIECE) + 1 or lines.find(b"\n", start) + 1
        yield lines[start:end]
        start = end
