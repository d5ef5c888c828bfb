"""Which cells a picture shows: all of them, or a sample in which every group has its share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS = 200_000
SEED = 0
FEW = 50
"""Cells that a group keeps at least, if it has them: rare ones are what one looks for."""


MOST_LOOKED_AT = 3_000_000
"""Cells beyond which only runs of them are read."""

RUN = 10_000
"""Cells in a run."""


def chosen(cells: int, codes: NDArray[Any] | None, most: int = MOST_POINTS) -> NDArray[Any] | None:
    """Return which cells are shown, ascending; None for all.

    Parameters
    ----------
    cells
        How many there are.
    codes
        The group of each, -1 for none; None where there are no groups.
    most
        How many are shown at most.
    """
    import numpy as np

    if cells <= most:
        return None
    dice = np.random.default_rng(SEED)
    if codes is None:
        codes = np.zeros(cells, np.int8)
    order = np.argsort(dice.random(cells))
    ranked = codes[order] + 1
    counts = np.bincount(ranked)
    few = min(FEW, most // (20 * len(counts)))
    wanted = np.maximum(counts * (most - few * len(counts)) // cells, np.minimum(counts, few))
    # The place of each cell within its group, in an order that chance has made.
    grouped = np.argsort(ranked, kind="stable")
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    within = np.arange(cells) - starts
    taken = grouped[within < wanted[ranked[grouped]]]
    return np.sort(order[taken]).astype(np.uint32)


def runs_of(cells: int, most: int = MOST_POINTS) -> list[slice]:
    """Return runs of neighbouring cells, evenly spread, where even looking at all is too much."""
    count = -(-most // RUN)
    step = cells // count
    return [slice(number * step, number * step + RUN) for number in range(count)]
