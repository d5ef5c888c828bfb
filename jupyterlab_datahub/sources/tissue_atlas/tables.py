"""Tables of files in Markdown: which column is what, and sizes in words.

Three forms are known: names with their sizes in pairs of columns, one table for each type of file
with a patient in each row, and a list of folders without sizes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

UNITS = {"bytes": 1, "byte": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
MOST_ROWS = 20_000
_SIZE = re.compile(r"~?\s*([\d.]+)\s*(bytes?|b|kb|mb|gb|tb)", re.IGNORECASE)
_CELLS = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(?:#{1,6}\s+(.+?)\s*#*|\*\*(.+?)\*\*)\s*$")
_LEVEL = re.compile(r"\blevel\s*([1-5])\b", re.IGNORECASE)
_NAME = re.compile(r"\b(?:file|folder) name\b", re.IGNORECASE)
_SYNAPSE = re.compile(r"\bsyn\d{5,}\b")
_ASIDE = frozenset({"patient", "sample", "field1", "specimen", "case"})
_NO_NAMES = ("location", "synapse", "number of", "description", "size", "level")


class Row(Struct):
    """A file or folder as a table lists it; ``size`` is bytes, about, ``said`` as it stands there.

    ``of`` is the patient or sample, ``location`` what stands under that heading, ``url`` where
    the name is a link.
    """

    name: str
    of: str = ""
    section: str = ""
    level: int = 0
    size: int | None = None
    said: str = ""
    location: str = ""
    synapse: str = ""
    url: str = ""
    folder: bool = False


class _Columns(NamedTuple):
    """Numbers of columns: names with sizes, whom a row is of, location, Synapse id, level."""

    names: tuple[tuple[int, int], ...]
    of: int
    location: int
    synapse: int
    level: int


def size_of(text: str) -> int | None:
    """Return the bytes of a size in words, decimal units; None if it is none.

    >>> size_of("1.107 GB")
    1107000000
    """
    matched = _SIZE.fullmatch(text.strip().replace(",", ""))
    try:
        return round(float(matched[1]) * UNITS[matched[2].lower()]) if matched else None
    except (ValueError, OverflowError):
        return None


def rows(text: str) -> tuple[Row, ...]:
    """Return the files of all tables of a page."""
    found: list[Row] = []
    for heading, lines in _tables(text):
        header, *rest = [_cells(line) for line in lines]
        columns = _columns(header)
        for cells in rest:
            if not _RULE.fullmatch("|".join(cells) or "-"):
                found += _row(header, columns, cells, heading)
            if len(found) > MOST_ROWS:
                return tuple(found[:MOST_ROWS])
    return tuple(found)


def without_tables(text: str) -> str:
    """Return what a page says beside its tables."""
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("|"))


def _tables(text: str) -> Iterator[tuple[str, list[str]]]:
    heading, lines = "", list[str]()
    for line in (*text.split("\n"), ""):
        if line.lstrip().startswith("|"):
            lines.append(line.strip())
            continue
        if len(lines) > 2 and _RULE.fullmatch(lines[1]):
            yield heading, lines
        lines = []
        if matched := _HEADING.match(line.strip()):
            heading = _plain(matched[1] or matched[2])


def _cells(line: str) -> list[str]:
    inner = line.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.strip() for cell in _CELLS.split(inner)]


def _columns(header: list[str]) -> _Columns:
    lower = [name.lower() for name in header]

    def numbered(*words: str) -> int:
        return next((n for n, name in enumerate(lower) if name.startswith(words)), -1)

    pairs: list[tuple[int, int]] = []
    for number, name in enumerate(lower):
        if "size" not in name:
            continue
        named = [
            n
            for n in range(number)
            if lower[n] not in _ASIDE
            and not lower[n].startswith(_NO_NAMES)
            and "size" not in lower[n]
        ]
        named = [
            n for n in range(number) if lower[n].startswith("level ") and _LEVEL.search(lower[n])
        ] + named
        free = [n for n in named if n not in dict(pairs)]
        pairs.append((max(free, default=-1), number))
    if not pairs:
        pairs = [(n, -1) for n, name in enumerate(lower) if _NAME.search(name)][:1]
    of = next((n for n, name in enumerate(lower) if name in _ASIDE), -1)
    level = next((n for n, name in enumerate(lower) if name == "level"), -1)
    return _Columns(tuple(pairs), of, numbered("location"), numbered("synapse"), level)


def _row(header: list[str], columns: _Columns, cells: list[str], heading: str) -> Iterator[Row]:
    def cell(number: int) -> str:
        return cells[number] if 0 <= number < len(cells) else ""

    for name, size in columns.names:
        said = cell(size)
        written = cell(name) if name >= 0 else heading
        linked = _LINK.search(written)
        plain = _plain(linked[1] if linked else written).strip("/")
        title = header[name] if name >= 0 and header[name].lower() != "file name" else heading
        if not plain or (name < 0 and not cell(columns.of)):
            continue
        folder = name < 0 or size < 0 or written.endswith("/")
        given = _LEVEL.search(title) or re.fullmatch(r"([1-5])", cell(columns.level))
        synapse = _SYNAPSE.search(cell(columns.synapse))
        yield Row(
            name=plain,
            of=_plain(cell(columns.of)),
            section=_plain(title),
            level=int(given[1]) if given else level_of(plain),
            size=size_of(said),
            said=said,
            location=_plain(cell(columns.location)),
            synapse=synapse[0] if synapse else "",
            url=linked[2] if linked and linked[2].startswith(("http://", "https://")) else "",
            folder=folder,
        )


def level_of(name: str) -> int:
    """Return the level of processing that a name tells, in the words of HTAN; 0 if it does not."""
    lower = name.lower()
    known = (
        (4, (".csv", ".h5ad", "-features.zip", ".tsv")),
        (3, ("segmentation", "mask")),
        (2, (".ome.tif", ".ome.tiff", ".svs", ".vsi")),
        (1, ("raw", ".rcpnl")),
    )
    return next((level for level, parts in known if any(part in lower for part in parts)), 0)


def _plain(text: str) -> str:
    """Return Markdown text without its escapes and marks."""
    return re.sub(r"\\([\\_*|])", r"\1", _LINK.sub(r"\1", text)).strip().strip("*").strip()
