"""The numbers of a table of counts, from its text, a block of lines at a time.

Most of such a table is the text ``0``. So a block is cut into fields all at once, and only those
that are something else are read as numbers.
"""

from __future__ import annotations

import csv
import re
import warnings
from functools import lru_cache, partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.anndata_io import ahead, digits, tabletext
from jupyterlab_datahub.anndata_io.features import FeatureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    import numpy as np
    from numpy.typing import NDArray

PIECE = 1 << 21
"""Bytes of text that are cut into fields at once."""

LONGEST = 64 << 20
"""Bytes in which the line of names must end."""

MISSING = frozenset({b"", b"na", b"n/a", b"#n/a", b"null", b"none", b"nan", b"-nan", b"."})
"""What stands for a number that is missing, in lower case."""

_BESIDE_COUNTS = """
    n_counts n_genes n_umis total_counts ncount_rna nfeature_rna percent.mt percent_mito
    pct_counts_mt n_genes_by_counts start end length
"""
NOTED = frozenset(_BESIDE_COUNTS.split())
"""Columns of numbers that no gene and no cell is called, in lower case: what Seurat, scanpy and
featureCounts put beside counts."""

_ROWS = 50
_QUOTED = re.compile(rb'"([^"\n]*)"')
_HELD = b"\x1f"
"""What stands for the delimiter within a quoted value while fields are cut."""


class Heading(NamedTuple):
    """How a table is written: its columns, which of them describe rows, and its first names."""

    delimiter: bytes
    comma: bool
    corner: str
    columns: tuple[str, ...]
    described: tuple[int, ...]
    first_rows: tuple[str, ...]
    line: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """The columns that are numbers, each by its place."""
        told = {0, *self.described}
        return tuple(n for n in range(len(self.columns)) if n not in told)

    @property
    def texts(self) -> int:
        """How many columns beside names are text."""
        return sum(self.columns[n].lower() not in NOTED for n in self.described)


class Piece(NamedTuple):
    """Some rows: their names, what describes them, and their numbers that are not zero.

    ``columns`` count among the columns of numbers.
    """

    names: list[str]
    described: list[list[str]]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float32]


def beginning(stream: IO[bytes], name: str) -> tuple[bytes, int]:
    """Return the start of a table, without comments above it, and their number.

    Raises
    ------
    FeatureError
        If the line of names does not end, or the table is not text.
    """
    start = b""
    while len(start) < LONGEST:
        read = stream.read(tabletext.SAMPLE)
        start += read
        if not read or (len(start) >= 2 * tabletext.SAMPLE and start.count(b"\n") > 1):
            break
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start:
        raise FeatureError(
            f"{name} is no text in UTF-8", hint="Save it as CSV in UTF-8, then load it again."
        )
    start = start.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in start and len(start) >= LONGEST:
        raise _none(name, f"its first line does not end within {LONGEST:,} bytes")
    skipped = 0
    while start.startswith((b"#", b"\n", b"\r\n")):
        start, skipped = start.partition(b"\n")[2], skipped + 1
    return start, skipped


def heading(start: bytes, line: int, name: str) -> Heading:
    """Tell how a table is written from its start.

    Raises
    ------
    FeatureError
        If it is empty, or has no numbers.
    """
    old = b"\n" not in start
    text = (start.replace(b"\r", b"\n") if old else start).decode("utf-8", "replace")
    lines = text.splitlines()[: _ROWS + 2]
    if not lines or not lines[0].strip():
        raise FeatureError(f"{name} is empty", hint="Fetch it again, or ask whoever made it.")
    if len(lines) > 2:
        # The last of them may have been cut short.
        lines = lines[: _ROWS + 1]
    delimiter = max(",;\t", key=lines[0].count)
    if delimiter not in lines[0]:
        delimiter = max(",;\t", key=lines[-1].count)
    try:
        header, *rows = csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise _none(name, str(error)) from error
    if rows and len(header) == len(rows[0]) - 1:
        # As R writes it: nothing stands above the names of rows.
        header = ["", *header]
    rows = [row for row in rows if len(row) == len(header)]
    if not rows:
        raise _none(name, "no row has as many values as there are columns")
    described = [n for n in range(1, len(header)) if _describes(header[n], [r[n] for r in rows])]
    if len(described) + 1 >= len(header):
        raise _none(name, "beside names it has no column of numbers", delimiter)
    numbers = [value for row in rows for value in row]
    comma = delimiter != "," and any(re.fullmatch(r"[-+]?\d+,\d+", value) for value in numbers)
    columns = tuple(one.strip() for one in header)
    names = tuple(row[0].strip() for row in rows)
    return Heading(
        delimiter.encode(), comma, columns[0], columns, tuple(described), names, line + 2
    )


def pieces(blocks: Iterator[bytes], said: Heading, name: str) -> Iterator[Piece]:
    """Yield rows.

    Raises
    ------
    FeatureError
        If a value is no number, or a row has too few or too many; it tells the line.
    """
    work = (partial(_piece, content, said, line, name) for content, line in _cut(blocks, said))
    # For all threads at once, as it is said of the process. NumPy warns where fewer numbers than
    # fields came, which is seen without that.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield from (piece for piece in ahead.results(work) if piece)


def _cut(blocks: Iterator[bytes], said: Heading) -> Iterator[tuple[bytes, int]]:
    """Yield some lines at a time and the number of the first of them."""
    line = said.line
    for block in blocks:
        start = 0
        while start < len(block):
            end = block.find(b"\n", min(start + PIECE, len(block) - 1)) + 1 or len(block)
            content = block[start:end]
            yield content, line
            start, line = end, line + content.count(b"\n")


def _piece(content: bytes, said: Heading, line: int, name: str) -> Piece | None:
    import numpy as np

    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
    if content.startswith(b"\n") or b"\n\n" in content:
        content = re.sub(rb"\n{2,}", b"\n", content).lstrip(b"\n")
    if not content.endswith(b"\n"):
        content += b"\n"
    if not content.strip():
        return None
    delimiter = said.delimiter
    if b'"' in content:
        content = _QUOTED.sub(lambda one: one[1].replace(delimiter, _HELD), content)
    if b" " in content:
        content = content.replace(delimiter + b" ", delimiter)
    text = np.frombuffer(content, np.uint8)
    cuts = (text == delimiter[0]) | (text == ord("\n"))
    ends = np.flatnonzero(cuts)
    width = len(said.columns)
    lines = content.count(b"\n")
    if len(ends) != lines * width or (text[ends[width - 1 :: width]] != ord("\n")).any():
        raise _uneven(content, said, line, name)
    row_starts = np.append(0, ends[width - 1 : -1 : width] + 1)
    starts = (row_starts if n == 0 else ends[n - 1 :: width] + 1 for n in (0, *said.described))
    labels = [
        _texts(content, start, ends[n::width], said)
        for n, start in zip((0, *said.described), starts, strict=True)
    ]
    zeros = np.zeros(len(text), bool)
    zeros[2:] = cuts[:-2] & (text[1:-1] == ord("0"))
    some = np.flatnonzero(~zeros[ends])
    # Where each column stands among those of numbers, -1 for others.
    places = np.full(width, -1)
    places[list(said.numbers)] = np.arange(len(said.numbers))
    rows, columns = some // width, places[some % width]
    kept = columns >= 0
    some, rows, columns = some[kept], rows[kept], columns[kept]
    last = ends[some]
    # The very first field is the name of a row, so each has one before it.
    first = ends[some - 1] + 1
    found: NDArray[Any] | None = digits.whole(text, last, last - first)
    if found is None:
        found = _numbers(content, first, last, said)
    if found is None:
        found = _one_by_one(content, first, last, rows, columns, said, line, name)
    values = found.astype(np.float32)
    true = values != 0
    return Piece(labels[0], labels[1:], rows[true], columns[true], values[true])


def _texts(content: bytes, starts: NDArray[Any], ends: NDArray[Any], said: Heading) -> list[str]:
    texts = (
        content[start:end].replace(_HELD, said.delimiter).decode("utf-8", "replace").strip()
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    )
    return list(texts)


def _numbers(
    content: bytes, starts: NDArray[Any], ends: NDArray[Any], said: Heading
) -> NDArray[np.float64] | None:
    """Return fields as numbers, None if one of them is none."""
    import numpy as np

    if not len(starts):
        return np.empty(0)
    if (starts == ends).any():
        return None
    text = np.frombuffer(content, np.uint8)
    # Fields with their delimiters: what lies between them is left out.
    change = np.zeros(len(text) + 1, np.int8)
    change[starts] = 1
    change[ends + 1] -= 1
    kept = text[np.cumsum(change[:-1], dtype=np.int8).view(bool)]
    if (kept == ord(" ")).any():
        # Two numbers in one field would make up for one that is missing.
        return None
    table = bytes.maketrans(said.delimiter + b"\n", b"  ")
    fields = kept.tobytes().translate(table)
    if said.comma:
        fields = fields.replace(b",", b".")
    try:
        numbers = np.fromstring(fields, np.float64, sep=" ")
    except ValueError:
        return None
    return numbers if len(numbers) == len(starts) else None


def _one_by_one(
    content: bytes,
    first: NDArray[Any],
    last: NDArray[Any],
    rows: NDArray[Any],
    columns: NDArray[Any],
    said: Heading,
    line: int,
    name: str,
) -> NDArray[np.float64]:
    """Return fields as numbers, NaN for those that are missing.

    Raises
    ------
    FeatureError
        If one is neither.
    """
    import numpy as np

    found = np.empty(len(first))
    for place in range(len(first)):
        field = content[first[place] : last[place]].strip()
        try:
            # Python takes 1_000 for a number.
            if b"_" in field:
                raise ValueError
            found[place] = float(field.replace(b",", b".") if said.comma else field)
        except ValueError:
            if field.lower() not in MISSING:
                column = said.numbers[columns[place]]
                shown = field.decode("utf-8", "replace").replace(_HELD.decode(), ",")[:60]
                raise FeatureError(
                    f"{name} cannot be read: in line {line + rows[place]:,}, column"
                    f" {said.columns[column] or column + 1},"
                    f" '{shown}' is no number",
                    hint="All values beside names must be numbers; mend it and load it again.",
                ) from None
            found[place] = np.nan
    return found


def _uneven(content: bytes, said: Heading, line: int, name: str) -> FeatureError:
    for number, one in enumerate(content.splitlines(), line):
        values = one.count(said.delimiter) + 1
        if values != len(said.columns):
            return FeatureError(
                f"{name} cannot be read: line {number:,} has {values:,} values where there are"
                f" {len(said.columns):,} columns",
                hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
            )
    return _none(name, f"rows end in odd ways from line {line:,} on")


def _describes(title: str, values: list[str]) -> bool:
    """Return whether a column is no part of the matrix: a single word in it is a mistake."""
    return title.strip().lower() in NOTED or 2 * sum(map(_is_text, values)) > len(values)


@lru_cache(1 << 16)
def _is_text(value: str) -> bool:
    try:
        float(value.strip().replace(",", "."))
    except ValueError:
        return value.strip().lower().encode() not in MISSING
    return False


def no_counts(name: str, said: Heading) -> FeatureError:
    """Return an error for a table that describes cells rather than counts anything."""
    return _none(
        name,
        f"it has more columns of text ({said.texts:,}) than of numbers ({len(said.numbers):,}),"
        " and none is called like a gene",
        said.delimiter.decode(),
    )


def _none(name: str, why: str, delimiter: str = ",") -> FeatureError:
    separated = "" if delimiter == "," else f", sep={delimiter!r}"
    reading = f"pd.read_csv({PurePosixPath(name).name!r}, index_col=0{separated})"
    return FeatureError(
        f"{name} is no table of counts: {why}",
        hint=f"Download it and read it as a table: import pandas as pd; {reading}",
    )
