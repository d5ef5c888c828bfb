"""A piece of tonsil that nobody took out: where its cells are, what they are and how they look.

Follicles of B cells lie in a zone of T cells under a wavy epithelium, macrophages are strewn
about, and crypts are empty. Everything follows from one seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPACING = 7
"""Pixels from one cell to the next; 5.7 µm at :data:`PIXEL_UM`."""

PIXEL_UM = 0.82
"""Size of a pixel in µm."""

REACH = 4
"""Pixels from the centre of a cell in which all of it lies."""

TYPES = ("T cell", "B cell", "epithelial", "macrophage")
T_CELL, B_CELL, EPITHELIAL, MACROPHAGE = range(4)

NUCLEUS_PART = 0.62
"""Radius of a nucleus in that of its cell."""

BACKGROUND = 220.0
"""What the camera counts where there is nothing."""


class Marker(NamedTuple):
    """A channel: what is stained, in which cycle, and how bright each type of cell is in it."""

    name: str
    cycle: int
    nuclear: bool
    brightness: tuple[float, float, float, float]
    filter: str


MARKERS = (
    Marker("DNA_1", 1, True, (9000, 10500, 7000, 6500), "Hoechst"),
    Marker("CD20", 1, False, (250, 12000, 150, 400), "FITC"),
    Marker("CD3D", 1, False, (9500, 300, 150, 350), "Sytox"),
    Marker("DNA_2", 2, True, (8200, 9700, 6400, 6000), "Hoechst"),
    Marker("KERATIN", 2, False, (180, 160, 15000, 250), "FITC"),
    Marker("CD68", 2, False, (220, 200, 180, 11000), "Sytox"),
)


class Tissue(NamedTuple):
    """Cells and the picture of them, before any stain.

    ``types`` and ``bright`` (cells by markers) have a row for each cell, numbered from 0.
    ``owner`` is the number of a pixel's cell, from 1, and 0 between cells; ``depth`` is 0 outside
    of nuclei and 255 in the middle of them.
    """

    types: NDArray[np.int8]
    bright: NDArray[np.float32]
    owner: NDArray[np.int32]
    depth: NDArray[np.uint8]


def grow(side: int, seed: int = 0) -> Tissue:
    """Make a square of tissue.

    Parameters
    ----------
    side
        Cells that would lie along an edge without gaps.
    seed
        Another one is another patient.
    """
    import numpy as np

    dice = np.random.default_rng(seed)
    rows, columns = np.divmod(np.arange(side * side), side)
    y = (rows + 0.5 + dice.uniform(-0.22, 0.22, side * side)) * SPACING
    x = (columns + 0.5 + dice.uniform(-0.22, 0.22, side * side)) * SPACING
    types, there = _kinds(y / (side * SPACING), x / (side * SPACING), dice)
    y, x, types = y[there], x[there], types[there]
    radius = np.array([3.2, 3.3, 3.7, 3.6])[types] * dice.uniform(0.85, 1.08, len(types))
    mean = np.array([marker.brightness for marker in MARKERS]).T[types]
    bright = mean * dice.lognormal(0, 0.25, mean.shape)
    owner, depth = _draw(y, x, radius, side * SPACING)
    return Tissue(types, bright.astype(np.float32), owner, depth)


def _kinds(
    y: NDArray[Any], x: NDArray[Any], dice: np.random.Generator
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return the type of each cell by its place, from 0 to 1, and whether there is one at all."""
    import numpy as np

    types = np.full(len(y), T_CELL, dtype=np.int8)
    for cy, cx, size in ((0.32, 0.3, 0.13), (0.4, 0.7, 0.15), (0.74, 0.45, 0.17), (0.8, 0.85, 0.1)):
        away = np.hypot(y - cy, (x - cx) * 1.15) / size
        types[away < 1 + 0.08 * np.sin(9 * np.arctan2(y - cy, x - cx))] = B_CELL
    edge = 0.09 + 0.03 * np.sin(x * 17) + 0.012 * np.sin(x * 61)
    types[y < edge] = EPITHELIAL
    types[(types == T_CELL) & (dice.random(len(y)) < 0.06)] = MACROPHAGE
    types[(types == B_CELL) & (dice.random(len(y)) < 0.05)] = T_CELL
    crypt = np.abs(x - 0.5 - 0.05 * np.sin(y * 14)) < 0.022 * (1 - y) * (y < 0.6)
    vessel = np.hypot(y - 0.6, x - 0.14) < 0.035
    there = ~crypt & ~vessel & (dice.random(len(y)) < 0.93)
    return types, there


def _draw(
    y: NDArray[Any], x: NDArray[Any], radius: NDArray[Any], size: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Draw the cells; where two would overlap, a pixel belongs to the one it is nearer to.

    Offsets from the middle are gone through from the nearest to the farthest, all cells at once:
    no two cells have the same middle, so no two want one pixel at the same offset.
    """
    import numpy as np

    owner = np.zeros((size, size), dtype=np.int32)
    depth = np.zeros((size, size), dtype=np.uint8)
    middle_y, middle_x = y.astype(np.int64), x.astype(np.int64)
    part_y, part_x = y - middle_y - 0.5, x - middle_x - 0.5
    numbers = np.arange(1, len(y) + 1, dtype=np.int32)
    span = range(-REACH, REACH + 1)
    offsets = sorted((dy * dy + dx * dx, dy, dx) for dy in span for dx in span)
    for square, dy, dx in offsets:
        if square > REACH**2:
            break
        away = ((dy - part_y) ** 2 + (dx - part_x) ** 2) / radius**2
        to_y, to_x = middle_y + dy, middle_x + dx
        wanted = (away < 1) & (to_y >= 0) & (to_y < size) & (to_x >= 0) & (to_x < size)
        pixels = to_y[wanted] * size + to_x[wanted]
        free = owner.ravel()[pixels] == 0
        owner.ravel()[pixels[free]] = numbers[wanted][free]
        inner = 255 * (1 - away[wanted][free] / NUCLEUS_PART**2)
        # Few steps, as an image of this kind compresses well.
        steps = np.clip(inner, 0, 255).astype(np.uint8) & 0xE0
        depth.ravel()[pixels[free]] = steps
    return owner, depth


def stained(tissue: Tissue, number: int, first: int, last: int) -> NDArray[np.uint16]:
    """Return rows of pixels of one marker.

    Nuclear stains are brightest in the middle of nuclei, the others in a ring around them.
    """
    import numpy as np

    depth = tissue.depth[first:last].astype(np.float32) / 255
    if MARKERS[number].nuclear:
        weight = np.where(depth > 0, 0.45 + 0.55 * depth, np.float32(0.06))
    else:
        weight = 1 - np.float32(0.85) * depth
    bright = np.concatenate([np.zeros(1, np.float32), tissue.bright[:, number]])
    pixels = BACKGROUND + bright[tissue.owner[first:last]] * weight
    return np.minimum(pixels, 65535).astype(np.uint16)
