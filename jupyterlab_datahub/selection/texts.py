"""Texts of any length, of which an array holds only where they are.

HDF5 keeps them in heaps of 4 KB or more, each wherever there was room ("HDF5 File Format
Specification", version 3.0, section III.E). Only the heaps of texts that are wanted are fetched.
"""

from __future__ import annotations

import statistics
import struct
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.ranged import damage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.bytefile import ByteFile

HEAP = 4096
"""Bytes of a heap, unless a text needs a larger one."""

HEADER = 16
"""Bytes of a heap before what it holds."""

GAP = 32 << 10
LARGEST = 256 << 20

LONGEST = 256 << 10
"""Bytes of a heap that are fetched before it says how long it is."""

FIRST, TOGETHER = 8, 256
"""Heaps that are in memory at once, at first and later."""


def texts_of(references: NDArray[Any], source: ByteFile) -> NDArray[Any]:
    """Return the texts that references name, as an array of `str`.

    Raises
    ------
    UnreadableError
    """
    import numpy as np

    found = np.full(len(references), "", object)
    heaps = references["heap"]
    order = np.argsort(heaps, kind="stable")
    # Nothing is at 0: an empty text.
    order = order[(heaps[order] != 0) & (references["length"][order] != 0)]
    places, firsts = np.unique(heaps[order], return_index=True)
    bounds = [*firsts.tolist(), len(order)]
    if len(places) and int(places[-1]) + HEADER > source.size:
        raise damage.damaged()
    for number, heap in enumerate(_heaps(places.tolist(), source)):
        held = _objects(heap)
        for row in order[bounds[number] : bounds[number + 1]]:
            text = held.get(int(references["index"][row]), b"")
            found[row] = text[: int(references["length"][row])].decode(errors="replace")
    return found


def _heaps(places: list[int], source: ByteFile) -> Iterator[bytes]:
    """Yield heaps by their ascending places, of which only their beginning says how long each is.

    The first ones show how long those of this file are.
    """
    usual, done = HEAP, 0
    gap = min(GAP, source.gap)
    while done < len(places):
        some = places[done : done + (FIRST if not done else TOGETHER)]
        done += len(some)
        spans = [(at, min(at + usual, source.size)) for at in some]
        bodies = {at: body for (at, _), body in source.pull(spans, gap)}
        sizes = {at: _size(body, at, source) for at, body in bodies.items()}
        missing = {at + len(bodies[at]): at for at in some if sizes[at] > len(bodies[at])}
        rests = [(start, at + sizes[at]) for start, at in missing.items()]
        for (start, _), rest in source.pull(rests, gap):
            bodies[missing[start]] += rest
        usual = min(max(int(statistics.median(sizes.values())), HEAP), LONGEST)
        for at in some:
            yield bodies[at][: sizes[at]]


def _size(body: bytes, at: int, source: ByteFile) -> int:
    if body[:4] != b"GCOL" or len(body) < HEADER:
        raise damage.damaged()
    size = int.from_bytes(body[8:16], "little")
    if size > LARGEST or at + size > source.size:
        raise damage.damaged()
    return size


def _objects(heap: bytes) -> dict[int, bytes]:
    """Return what a heap holds, by its number there."""
    found: dict[int, bytes] = {}
    at = 16
    while at + 16 <= len(heap):
        index, _, size = struct.unpack_from("<HH4xQ", heap, at)
        if index == 0:
            break
        found[index] = heap[at + 16 : at + 16 + size]
        at += 16 + -(-size // 8) * 8
    return found
