"""The text of a table, however it is packed, and in which of its dialects it is written."""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from jupyterlab_datahub.anndata_io.features import FeatureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SAMPLE = 1 << 20
"""Bytes from which the dialect is told; a header is shorter."""

_ROWS = 50
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+([eE][-+]?\d+)?")


class Text(NamedTuple):
    """A table that is open: its bytes, its name inside an archive and how far it is read."""

    stream: IO[bytes]
    name: str
    part: Callable[[], float]
    markers: tuple[str, ...]


class Dialect(NamedTuple):
    """How a table is written, its header, and the columns that hold text."""

    header: tuple[str, ...]
    delimiter: str
    decimal: str
    texts: frozenset[int]


@contextmanager
def opened(path: Path, name: str) -> Iterator[Text]:
    """Open a table that may be packed with gzip or in a zip archive.

    Raises
    ------
    FeatureError
        If an archive does not hold one table.
    """
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        magic = raw.read(4)
        raw.seek(0)

        def part() -> float:
            return raw.tell() / size

        if magic == b"PK\x03\x04":
            with zipfile.ZipFile(raw) as archive:
                member = _member(archive.namelist(), name)
                lists = [one for one in archive.namelist() if _last(one) == "markers.csv"]
                lines = _start(archive, lists[0]) if lists else ""
                with archive.open(member) as stream:
                    yield Text(stream, member, part, tuple(lines.splitlines()))
        elif magic[:2] == b"\x1f\x8b":
            with _gunzip(raw) as stream:
                yield Text(stream, name, part, ())
        else:
            yield Text(raw, name, part, ())


def dialect(start: bytes, name: str) -> Dialect:
    """Tell how a table is written from its first bytes.

    Raises
    ------
    FeatureError
        If it is empty or no text in UTF-8.
    """
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start:
        raise FeatureError(
            f"{name} is no text in UTF-8", hint="Save it as CSV in UTF-8, then load it again."
        )
    lines = start.decode("utf-8-sig", "replace").splitlines()
    if not lines or not lines[0].strip():
        raise FeatureError(f"{name} is empty", hint="Fetch it again, or ask whoever made it.")
    delimiter = max(",;\t", key=lines[0].count)
    try:
        header, *rows = csv.reader(lines[: _ROWS + 1], delimiter=delimiter)
    except csv.Error as error:
        raise FeatureError(
            f"{name} is no table: {error}", hint="Look at what is in it, or ask who made it."
        ) from error
    # The last of them may have been cut short.
    rows = [row for row in rows if len(row) == len(header)]
    values = [value for row in rows for value in row]
    comma = delimiter != "," and any(map(_DECIMAL_COMMA.fullmatch, values))
    texts = (n for n in range(len(header)) if any(_is_text(row[n]) for row in rows))
    return Dialect(
        tuple(one.strip() for one in header), delimiter, "," if comma else ".", frozenset(texts)
    )


def _is_text(value: str) -> bool:
    if not value.strip():
        return False
    try:
        float(value.replace(",", "."))
    except ValueError:
        return value.strip().upper() not in {"NA", "N/A", "NULL"}
    return False


def _member(names: list[str], name: str) -> str:
    """Return the one table in an archive."""
    tables = [
        one
        for one in names
        if one.lower().endswith(".csv")
        and not one.startswith("__MACOSX/")
        and _last(one) != "markers.csv"
    ]
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise FeatureError(
            f"{name} holds no CSV file", hint="Download it and look at what is in it."
        )
    raise FeatureError(
        f"{name} holds {len(tables)} tables: {', '.join(tables[:3])}…",
        hint="Download it, take out the one you want and load that.",
    )


def _start(archive: zipfile.ZipFile, member: str) -> str:
    """Return the text of a member that is short."""
    with archive.open(member) as stream:
        return stream.read(SAMPLE).decode("utf-8-sig", "replace")


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _gunzip(raw: IO[bytes]) -> Any:
    """Return the fastest way to read gzip that is here."""
    try:
        from isal import igzip
    except ImportError:
        return gzip.GzipFile(fileobj=cast("Any", raw))
    reader: Any = igzip.IGzipFile
    return reader(fileobj=raw)
