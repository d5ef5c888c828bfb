"""What is told of one file of the Human Cell Atlas that was asked for by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Property
from jupyterlab_datahub.sources.hca.records import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.hca.records import Record

FILE = "File"
ORIGIN = "Where it is from"

MOST = 8
"""Values of one line; a matrix may be of thousands of samples."""

LINES: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("content", "Content", FILE, (("files", "contentDescription"),)),
    ("file_source", "Source", FILE, (("files", "fileSource"),)),
    ("intermediate", "Intermediate result", FILE, (("files", "isIntermediate"),)),
    ("matrix_cells", "Cells in it", FILE, (("files", "matrixCellCount"),)),
    ("workflow", "Analysis protocol", FILE, (("protocols", "workflow"),)),
    ("organism", "Organism", ORIGIN, (("donorOrganisms", "genusSpecies"),)),
    ("organ", "Organ", ORIGIN, (("specimens", "organ"), ("samples", "organ"))),
    ("organ_part", "Organ part", ORIGIN, (("specimens", "organPart"), ("samples", "organPart"))),
    ("disease", "Disease", ORIGIN, (("specimens", "disease"), ("samples", "disease"))),
    ("stage", "Development stage", ORIGIN, (("donorOrganisms", "developmentStage"),)),
    ("sex", "Sex", ORIGIN, (("donorOrganisms", "biologicalSex"),)),
    ("library", "Library", ORIGIN, (("protocols", "libraryConstructionApproach"),)),
    ("instrument", "Instrument", ORIGIN, (("protocols", "instrumentManufacturerModel"),)),
    ("donor", "Donor", ORIGIN, (("donorOrganisms", "id"),)),
    ("sample", "Sample", ORIGIN, (("samples", "id"),)),
    ("suspension", "Cell suspension", ORIGIN, (("cellSuspensions", "id"),)),
)
"""What is told, in the order in which it is read: a label, a heading, and where it may stand."""


def facts_of(hit: Record) -> tuple[Property, ...]:
    """Return the lines on a file, of what ``/index/files`` says of it."""
    return tuple(_lines(hit))


def _lines(hit: Record) -> Iterator[Property]:
    for code, label, section, places in LINES:
        found = next(filter(None, (values(hit, *place) for place in places)), ())
        if found:
            yield Property(code=code, label=label, value=_few(found), section=section)


def _few(found: tuple[str, ...]) -> str:
    more = len(found) - MOST
    return ", ".join(found[:MOST]) + (f" and {more:,} more" if more > 0 else "")
