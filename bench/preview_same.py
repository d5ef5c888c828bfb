"""Whether two looks at a file found the same, whatever else either of them says."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyterlab_datahub.previews.packing import NOWHERE, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLOSE = 1e-6
"""Share by which two figures may differ that were added up in another order."""


def differences(ours: Path, theirs: Path) -> list[str]:
    """Return in what our look and another differ, each by the directory it wrote to.

    All that the other says is compared, and where each cell is drawn.
    """
    [facts] = ours.rglob("facts.json")
    mine, other = (json.loads(path.read_bytes()) for path in (facts, theirs / "facts.json"))
    return [*_of("", mine, other), *_of_points(facts.parent, np.load(theirs / "points.npy"))]


def _of(place: str, mine: Any, other: Any) -> Iterator[str]:
    if isinstance(other, dict) and isinstance(mine, dict):
        for name, value in other.items():
            yield from _of(f"{place}/{name}", mine.get(name), value)
    elif isinstance(other, list) and isinstance(mine, list) and len(mine) == len(other):
        for number, pair in enumerate(zip(mine, other, strict=True)):
            yield from _of(f"{place}/{number}", *pair)
    elif isinstance(other, float) and isinstance(mine, int | float):
        if not math.isclose(mine, other, rel_tol=CLOSE, abs_tol=CLOSE):
            yield f"{place}: {mine} and {other}"
    elif mine != other:
        yield f"{place}: {mine} and {other}"


def _of_points(state: Path, coordinates: Any) -> Iterator[str]:
    """Compare points, which ours are within a step of the grid that they are sent on."""
    for path in state.glob("*.bin"):
        header, arrays = unpack(path.read_bytes())
        if header["kind"] != "points":
            continue
        for axis, name in enumerate("xy"):
            low, high = header[name]
            step = (high - low) / (NOWHERE - 1)
            off = np.abs(low + arrays[name] * step - coordinates[:, axis]).max()
            if len(arrays[name]) != len(coordinates) or off > step:
                yield f"points differ by {off}"
        return
    yield "no points"
