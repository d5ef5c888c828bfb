"""How much of what is fetched is in memory at once, by the memory that a selection may take."""

from __future__ import annotations

from typing import NamedTuple

from jupyterlab_datahub.settings.memory import LIBRARIES, MEMORY

BEFORE = LIBRARIES + (64 << 20)
"""Bytes of memory that are taken before anything is fetched."""

LEAST = 1 / 16
"""Of what there is where nothing is short."""

LEAST_BLOCKS = 16 << 20
"""Bytes of what describes a file that had better not be fetched twice."""


class Room(NamedTuple):
    """What is under way at once.

    ``at_once`` are the requests of all arrays with those that came and are unpacked, ``ahead``
    those that one array is ahead of whoever takes its values. ``short`` and ``long`` are the bytes
    of a request, unless one chunk is longer, where bytes take time and where they do not; ``taken``
    those that are taken of its chunks. ``blocks`` are bytes of what describes the file, ``rows``
    those of annotations that are fetched before they are written.
    """

    at_once: int = 12
    ahead: int = 8
    short: int = 2 << 20
    long: int = 4 << 20
    taken: int = 6 << 20
    blocks: int = 96 << 20
    rows: int = 64 << 20
    slab: int = 500_000

    @classmethod
    def of(cls, memory: int) -> Room:
        """Return the room within some bytes of memory, which grows no further than it is useful."""
        whole = cls()
        if memory >= MEMORY:
            return whole
        share = max((memory - BEFORE) / (MEMORY - BEFORE), LEAST)
        made = cls(*(int(share * one) for one in whole))
        return made._replace(
            at_once=max(made.at_once, 3),
            ahead=max(made.ahead, 2),
            blocks=max(made.blocks, LEAST_BLOCKS),
        )
