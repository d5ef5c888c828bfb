"""The demo's MCMICRO project: an image, its markers and the table of its cells.

The folders are those of MCMICRO ("Inputs and outputs" of its documentation). The table is
measured in the image as MCMICRO measures it: means of a marker over the pixels of a cell,
centres, and the shape of the ellipse that has a cell's moments.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.demo.spatial import pyramid, tissue
from jupyterlab_datahub.demo.spatial.tissue import MARKERS, PIXEL_UM, Tissue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

FULL, SMALL = "spatial", "spatial-small"
"""Where in the demo's data directory the project is, and a small one of the same shape."""

SAMPLE = "tonsil-1"
IMAGE = f"registration/{SAMPLE}.ome.tif"
TABLE = f"quantification/unmicst-{SAMPLE}_cell.csv"
MARKER_LIST = "markers.csv"

SIDES = {FULL: 480, SMALL: 64}
"""Cells along an edge; the project has more than 200,000 of them."""

STRIP = 512
"""Rows of pixels that are measured at once."""

SHAPE = (
    "X_centroid",
    "Y_centroid",
    "Area",
    "MajorAxisLength",
    "MinorAxisLength",
    "Eccentricity",
    "Solidity",
    "Extent",
    "Orientation",
)


class _Measured(NamedTuple):
    """What is summed over the pixels of each cell."""

    area: NDArray[np.float64]
    moments: NDArray[np.float64]
    totals: NDArray[np.float64]


def folder(data_directory: Path, *, big: bool) -> Path:
    """Return where in the demo's data directory the project is that is to be shown."""
    return data_directory / (FULL if big else SMALL)


def make(directory: Path) -> None:
    """Make a project in a new directory, of the size that goes with the directory's name."""
    import numpy as np

    side = SIDES.get(directory.name, SIDES[SMALL])
    for name in (IMAGE, TABLE):
        (directory / name).parent.mkdir(parents=True)
    grown = tissue.grow(side)
    names = [marker.name for marker in MARKERS]
    cells = len(grown.types)
    measured = _Measured(np.zeros(cells), np.zeros((5, cells)), np.zeros((len(MARKERS), cells)))
    channels = _channels(grown, measured)
    pyramid.write(directory / IMAGE, names, channels, pixel_um=PIXEL_UM)
    _write_markers(directory / MARKER_LIST)
    _write_table(directory / TABLE, measured)


def _channels(grown: Tissue, measured: _Measured) -> Iterator[NDArray[np.uint16]]:
    """Yield the pixels of each marker, and measure them on the way."""
    import numpy as np

    size = len(grown.owner)
    for number in range(len(MARKERS)):
        pixels = np.empty((size, size), dtype=np.uint16)
        for first in range(0, size, STRIP):
            last = min(first + STRIP, size)
            pixels[first:last] = tissue.stained(grown, number, first, last)
            owner = grown.owner[first:last].ravel()
            measured.totals[number] += _sums(owner, pixels[first:last].ravel(), measured)
            if number == 0:
                _add_moments(owner, first, size, measured)
        yield pixels


def _add_moments(owner: NDArray[np.int32], first: int, size: int, measured: _Measured) -> None:
    import numpy as np

    y, x = np.divmod(np.arange(len(owner)), size)
    y += first
    measured.area[:] += np.bincount(owner, minlength=len(measured.area) + 1)[1:]
    for number, weights in enumerate((x, y, x * x, y * y, x * y)):
        measured.moments[number] += _sums(owner, weights, measured)


def _sums(
    owner: NDArray[np.int32], weights: NDArray[np.int64] | NDArray[np.uint16], measured: _Measured
) -> NDArray[np.float64]:
    import numpy as np

    cells = len(measured.area)
    sums = np.bincount(owner, weights=weights.astype(np.float64), minlength=cells + 1)
    return np.asarray(sums[1:], dtype=np.float64)


def _write_markers(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("channel_number", "cycle_number", "marker_name", "Filter"))
        for number, marker in enumerate(MARKERS, 1):
            rows.writerow((number, marker.cycle, marker.name, marker.filter))


def _write_table(path: Path, measured: _Measured) -> None:
    import numpy as np

    seen = np.flatnonzero(measured.area)
    columns = [seen + 1, *(measured.totals[:, seen] / measured.area[seen])]
    columns += _shape(measured.area[seen], measured.moments[:, seen])
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("CellID", *(marker.name for marker in MARKERS), *SHAPE))
        rows.writerows(zip(*(np.round(one, 4).tolist() for one in columns), strict=True))


def _shape(area: NDArray[np.float64], moments: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the columns of :data:`SHAPE`.

    A pixel is a square, whose own moment is a twelfth. How full a cell is is told of its ellipse
    rather than of its hull.
    """
    import numpy as np

    x, y = moments[0] / area, moments[1] / area
    xx = moments[2] / area - x * x + 1 / 12
    yy = moments[3] / area - y * y + 1 / 12
    xy = moments[4] / area - x * y
    apart = np.sqrt(4 * xy * xy + (xx - yy) ** 2)
    major = 4 * np.sqrt((xx + yy + apart) / 2)
    minor = 4 * np.sqrt(np.maximum(xx + yy - apart, 1e-9) / 2)
    eccentricity = np.sqrt(np.maximum(1 - (minor / major) ** 2, 0))
    solidity = np.minimum(area / (np.pi / 4 * major * minor), 1)
    extent = np.minimum(area / (16 * np.sqrt(xx * yy)), 1)
    orientation = 0.5 * np.arctan2(2 * xy, yy - xx)
    return [x, y, area, major, minor, eccentricity, solidity, extent, orientation]
