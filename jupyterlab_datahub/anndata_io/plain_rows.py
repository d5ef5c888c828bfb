"""Rows of a table that has nothing but numbers, any part of the file by itself.

Between brackets and with commas for the ends of lines such a table is a list in JSON, whose numbers
simdjson parses in two thirds of the time that readers of tables take for them. A part that is
anything else (text, values that are missing, quotes) is left to such a reader.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    Span = tuple[int, int]

PART = 4 << 20
"""Bytes of a part, as far as its last line does not end behind them."""

PIECE = 1 << 20
"""Bytes of lines that are parsed at once, which is what caches of processors hold."""

TAIL, LONGEST = 1 << 16, 8 << 20
"""Bytes in which the end of a line is looked for at first, and in which it has to be."""

END_OF_LINE = ord("\n")

END, END_TEXT = 9e307, b"9e307"
"""What stands at the end of each line, so that one with too few or too many values is noticed."""


class PlainTable(NamedTuple):
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
        # One piece of memory for all parts, as copies of what was read would take a while.
        self._room = bytearray(table.part + TAIL)

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

        lines = self._lines(number)
        # Text and missing values are no numbers in JSON either, but brackets would be lists.
        if lines is None or self._room.find(b"[", *lines) >= 0:
            return ()
        table = self._table
        numbers = [np.empty((0, table.columns + 1))]
        for start, end in _pieces(self._room, *lines):
            numbers.append(self._numbers(self._room[start:end]))
            if not len(numbers[-1]):
                return ()
        with np.errstate(over="ignore"):
            values = [one[:, :-1].astype(np.float32).reshape(-1) for one in numbers]
        exact = [[one[:, column] for one in numbers] for column in table.exact]
        return (np.concatenate(values), *map(_joined, exact))

    def _lines(self, number: int) -> Span | None:
        """Read the lines that begin in a part, with the ends of the line before and of the last.

        Returns
        -------
        tuple or None
            Where they are of what was read; None where a line has no end, or the file is not as it
            was.
        """
        # A line begins here where the byte before ended one.
        first = self._table.start + number * self._table.part - 1
        stop = min(first + 1 + self._table.part, self._table.stop)
        length = self._read(0, first, stop)
        begin = self._room.find(b"\n", 0, length)
        if length != stop - first:
            return None
        if begin < 0:
            return 0, 0
        step = TAIL
        while self._room[length - 1] != END_OF_LINE and stop < self._table.stop:
            more = self._read(length, stop, min(stop + step, self._table.stop))
            if not more or step > LONGEST:
                return None
            end = self._room.find(b"\n", length, length + more) + 1 or length + more
            stop += end - length
            length = end
            step *= 2
        if self._room[length - 1] != END_OF_LINE:
            self._room[length : length + 1] = b"\n"
            length += 1
        return begin, length

    def _read(self, place: int, start: int, stop: int) -> int:
        """Read a span of the file to a place of what was read, and return how long that is."""
        missing = place + stop - start - len(self._room)
        if missing > 0:
            self._room.extend(bytes(missing))
        self._file.seek(start)
        with memoryview(self._room) as room, room[place : place + stop - start] as part:
            return self._file.readinto(part) or 0

    def _numbers(self, lines: bytearray) -> NDArray[np.float64]:
        """Return the values of lines and :data:`END` behind each, none if they are not that.

        Before the lines is the end of another.
        """
        import numpy as np
        import simdjson

        width = self._table.columns + 1
        none = np.empty((0, width))
        text = lines.replace(b"\n", b",%b," % END_TEXT)
        # The first and last of its commas become brackets, which copies nothing.
        text[0], text[-1] = b"[]"
        try:
            parsed = self._parser.parse(text)
            if not isinstance(parsed, simdjson.Array):
                return none
            found = np.frombuffer(parsed.as_buffer(of_type="d"), np.float64)[1:]
        except (ValueError, TypeError, RuntimeError):
            return none
        if len(found) % width:
            return none
        rows = found.reshape(-1, width)
        return rows if (rows[:, -1] == END).all() else none


def _pieces(text: bytearray, start: int, stop: int) -> Iterator[Span]:
    """Yield where some lines and the end of the one before them are."""
    while start < stop - 1:
        end = text.rfind(b"\n", start + 1, start + PIECE) if start + PIECE < stop else stop - 1
        end = end if end > start else text.find(b"\n", start + 1)
        yield start, end + 1
        start = end


def _joined(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    import numpy as np

    return np.concatenate(parts)
