"""How the columns of a table of cells are laid out, as MCMICRO's quantification writes it.

``CellID`` comes first, then one column for each marker, then from ``X_centroid`` on where a cell
is and what shape it has. A marker has several columns where more than its mean was measured, such
as ``CD3_intensity_median``, or where there was more than one mask (``CD3_nucleiMask``).
"""

from __future__ import annotations

import csv
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import DataHubError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CELL_ID = "CellID"
CENTRE = ("X_centroid", "Y_centroid")
MEAN = "intensity_mean"

_STATISTIC = re.compile(r"(?P<marker>.+?)_(?P<statistic>intensity_\S+|gini_index|[a-zA-Z]+Mask)")
_DNA = re.compile(r"(dna|dapi|hoechst)", re.IGNORECASE)
_MASK = r"_(?P<mask>[A-Za-z]+)"
_NAMES = (
    re.compile(rf"(?P<sample>.+)--(?P<method>[^-_]+){_MASK}"),
    re.compile(rf"(?P<method>[^-]+)-(?P<sample>.+){_MASK}"),
)
_SHOWN = 6


class FeatureError(DataHubError):
    """A file that is no table of cells, or not a whole one."""

    code = "unreadable"


class Named(NamedTuple):
    """What a table's name says: ``image`` is all of it without its endings."""

    image: str
    sample: str
    method: str
    mask: str


class Layout(NamedTuple):
    """What the columns of a table are, each by its number.

    ``measured`` has for each statistic, X first, the column of each marker (-1 for none);
    ``described`` are the columns of obs by their names.
    """

    markers: tuple[str, ...]
    measured: Mapping[str, tuple[int, ...]]
    described: Mapping[str, int]
    cell_id: int
    centre: tuple[int, int]


def named(name: str) -> Named:
    """Return what a table's name says."""
    image = PurePosixPath(name).name
    image = re.sub(r"(?i)(\.csv)?(\.gz|\.zip)?$", "", image)
    for pattern in _NAMES:
        if match := pattern.fullmatch(image):
            return Named(image, match["sample"], match["method"], match["mask"])
    return Named(image, image, "", "")


def is_dna(marker: str) -> bool:
    """Return whether a marker stains DNA, judged by its name as scimap does."""
    return _DNA.match(marker) is not None


def channels(lines: Iterable[str]) -> dict[str, int]:
    """Return the channel of each marker that a ``markers.csv`` lists, from 1."""
    found: dict[str, int] = {}
    for number, row in enumerate(csv.DictReader(lines), 1):
        name, channel = row.get("marker_name") or "", row.get("channel_number") or ""
        if name.strip():
            found[name.strip()] = int(channel) if channel.isdecimal() else number
    return found


def layout(header: Sequence[str], listed: Iterable[str], name: str) -> Layout:
    """Return what the columns are.

    Parameters
    ----------
    header
        The names of all columns.
    listed
        Markers whose names are known.
    name
        What the table is called in errors.

    Raises
    ------
    FeatureError
        If cells have no place, or no markers.
    """
    for column in CENTRE:
        if column not in header:
            shown = ", ".join(header[:_SHOWN]) + (", …" if len(header) > _SHOWN else "")
            raise FeatureError(
                f"{name} has no column {column}, so it is no table of cells by MCMICRO; its"
                f" columns are {shown}",
                hint="Read it with pandas, or ask its authors for MCMICRO's quantification.",
            )
    first = header.index(CENTRE[0])
    known = sorted(listed, key=len, reverse=True)
    columns: dict[str, dict[str, int]] = {}
    markers: dict[str, None] = {}
    for number, column in enumerate(header[:first]):
        if column != CELL_ID:
            marker, statistic = _parts(column, known)
            markers.setdefault(marker)
            columns.setdefault(statistic, {}).setdefault(marker, number)
    if not markers:
        raise FeatureError(
            f"{name} has no marker: there is nothing between {CELL_ID} and {CENTRE[0]}",
            hint="Its columns must be in the order in which MCMICRO writes them.",
        )
    order = sorted(columns, key=lambda one: (one != "", one != MEAN))
    return Layout(
        markers=tuple(markers),
        measured={one: tuple(columns[one].get(m, -1) for m in markers) for one in order},
        described=_described(header, first),
        cell_id=header.index(CELL_ID) if CELL_ID in header else -1,
        centre=(first, header.index(CENTRE[1])),
    )


def _described(header: Sequence[str], first: int) -> dict[str, int]:
    """Return the columns from one on; of two of a name the first counts."""
    found: dict[str, int] = {}
    for number in range(first, len(header)):
        found.setdefault(header[number], number)
    return found


def _parts(column: str, known: Sequence[str]) -> tuple[str, str]:
    """Return the marker and the statistic of a column; the mean has none."""
    for marker in known:
        if column == marker:
            return marker, ""
        if column.startswith(f"{marker}_"):
            return marker, column[len(marker) + 1 :]
    match = _STATISTIC.fullmatch(column)
    return (match["marker"], match["statistic"]) if match else (column, "")
