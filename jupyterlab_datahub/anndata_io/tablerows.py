"""The rows of a table, a block at a time: the text is cut at the ends of lines, polars parses it.

Blocks are parsed while what was in the one before is taken. Columns are named by their numbers.
"""

from __future__ import annotations

import csv
import io
import re
from functools import partial
from typing import IO, TYPE_CHECKING

from jupyterlab_datahub.anndata_io import ahead
from jupyterlab_datahub.anndata_io.features import FeatureError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from jupyterlab_datahub.anndata_io.tabletext import Dialect

BLOCK = 8 << 20
"""Bytes of text that are parsed at once: so few that memory is used again, not asked for again."""

AHEAD = 8
"""Blocks that are parsed before they are taken: whoever takes the first loads libraries then."""

TAIL = 1 << 16
"""Bytes in which the end of a line is looked for, so that a block need not be copied."""

LONGEST = 64 << 20
"""Bytes in which the end of a line must come."""

GROWTH, FREE = 100, 1 << 30
"""How much larger than its file a table may be, and the bytes that any may have: a few kilobytes
can hold terabytes of the same digit."""

MISSING = ["NA", "N/A", "n/a", "#N/A", "NULL", "null", "NaN", "nan", "-nan", "-NaN"]
"""What stands for a number that is missing."""

_VALUE = re.compile(r"could not parse `(.*?)` as dtype .*? at column '(\d+)'", re.DOTALL)


def blocks(
    start: bytes, stream: IO[bytes], written: Dialect, size: int, name: str
) -> Iterator[bytes]:
    """Yield whole lines of a table without its header.

    Parameters
    ----------
    start
        What was read of it already.
    stream
        What follows.
    written
        How it is written.
    size
        Bytes of its file.
    name
        What it is called in errors.

    Raises
    ------
    FeatureError
        If a line does not end, or if there is far more than its file could sensibly hold.
    """
    old = b"\n" not in start
    held = (start.replace(b"\r", b"\n") if old else start).partition(b"\n")[2]
    total = len(start)
    while read := _read(stream):
        total += len(read)
        if total > max(GROWTH * size, FREE):
            raise FeatureError(
                f"{name} holds more than {GROWTH} times its own {size:,} bytes",
                hint="Nobody writes such a table; ask where it comes from.",
            )
        read = read.replace(b"\r", b"\n") if old else read
        if b'"' in read or b'"' in held:
            read, held = held + read, b""
        end = _end(read)
        if end == len(read) and not held:
            yield read
            continue
        if end:
            yield b"".join((held, memoryview(read)[:end]))
            held = read[end:]
            continue
        held += read
        if len(held) > LONGEST:
            raise FeatureError(
                f"{name} has a line of more than {len(held):,} bytes, so it is no table of "
                f"{len(written.header)} columns",
                hint="Look at what is in it, or ask where it comes from.",
            )
    if held.strip():
        yield held


def _read(stream: IO[bytes]) -> bytes:
    """Return the next bytes, up to the end of a line where any place of a file can be read."""
    if not isinstance(stream, io.BufferedReader) or BLOCK <= TAIL:
        return stream.read(BLOCK)
    start = stream.tell()
    stream.seek(start + BLOCK - TAIL)
    end = stream.read(TAIL).rfind(b"\n") + 1
    stream.seek(start)
    return stream.read(BLOCK - TAIL + end if end else BLOCK)


def _end(content: bytes) -> int:
    """Return where the last line ends that is no part of a quoted value."""
    end = content.rfind(b"\n") + 1
    if b'"' in content:
        while end and content.count(b'"', 0, end) % 2:
            end = content.rfind(b"\n", 0, end - 1) + 1
    return end


def frames(
    content: Iterator[bytes], written: Dialect, kinds: Mapping[str, pl.DataType], name: str
) -> Iterator[pl.DataFrame]:
    """Yield the columns of blocks of rows; a value that is missing is null.

    Parameters
    ----------
    content
        Whole lines.
    written
        How they are written.
    kinds
        The types of all columns, by their numbers.
    name
        What the table is called in errors.

    Raises
    ------
    FeatureError
        If a value is no number where one must be, or a row has too few or too many values.
    """
    work = (partial(_frame, lines, written, kinds, name) for lines in content)
    yield from ahead.results(work, AHEAD)


def _frame(
    lines: bytes, written: Dialect, kinds: Mapping[str, pl.DataType], name: str
) -> pl.DataFrame:
    import polars as pl

    texts = [one for one, kind in kinds.items() if kind == pl.String()]
    try:
        frame = _parsed(lines, written, kinds)
        if frame[frame.columns[-1]].null_count():
            # A row that is too short ends like this, and so does an empty line.
            frame = _parsed(_even(lines, written, name), written, kinds)
    except pl.exceptions.PolarsError:
        lines = _even(lines, written, name)
        try:
            frame = _parsed(lines, written, kinds, MISSING)
        except pl.exceptions.PolarsError as error:
            raise _unreadable(name, written, str(error)) from error
        as_text = _parsed(lines, written, dict.fromkeys(kinds, pl.String()))
        frame = frame.with_columns(as_text.select(texts))
    return frame.with_columns(pl.col(texts).fill_null("")) if texts else frame


def _parsed(
    lines: bytes,
    written: Dialect,
    kinds: Mapping[str, pl.DataType],
    missing: list[str] | None = None,
) -> pl.DataFrame:
    import polars as pl

    if not lines:
        return pl.DataFrame(schema=dict(kinds))
    return pl.read_csv(
        lines,
        has_header=False,
        schema=dict(kinds),
        separator=written.delimiter,
        decimal_comma=written.decimal == ",",
        quote_char='"' if b'"' in lines else None,
        null_values=missing,
        encoding="utf8-lossy",
    )


def _even(lines: bytes, written: Dialect, name: str) -> bytes:
    """Return lines without those that are empty, if all others have a value for each column."""
    kept = [line for line in lines.splitlines(keepends=True) if line.strip()]
    if b'"' in lines:
        texts = (line.decode("utf-8", "replace") for line in kept)
        found = {len(row) for row in csv.reader(texts, delimiter=written.delimiter)}
    else:
        found = {line.count(written.delimiter.encode()) + 1 for line in kept}
    wrong = found - {len(written.header)}
    if wrong:
        raise FeatureError(
            f"{name} cannot be read to its end: a row has {min(wrong):,} values where there are "
            f"{len(written.header):,} columns",
            hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
        )
    return b"".join(kept)


def _unreadable(name: str, written: Dialect, why: str) -> FeatureError:
    """Say what is wrong with the text of a table."""
    if match := _VALUE.search(why):
        column = written.header[int(match[2])]
        return FeatureError(
            f"{name} cannot be read: in the column {column}, '{match[1][:60]}' is no number",
            hint="Each marker must be a number in every row; mend the table and load it again.",
        )
    return FeatureError(
        f"{name} cannot be read: {why.splitlines()[0][:200]}",
        hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
    )
