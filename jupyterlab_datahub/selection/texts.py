"""Texts of any length, of which an array holds only where they are.

HDF5 keeps them in heaps of 4 KB or more, each wherever there was room ("HDF5 File Format
Specification", version 3.0, section III.E). Only the heaps of texts that are wanted are fetched.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.previews import hdf5

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.bytefile import ByteFile

HEAP = 4096
"""Bytes of a heap, unless a text needs a larger one."""

GAP = 32 << 10
LARGEST = 256 << 20


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
    spans = [(int(at), min(int(at) + HEAP, source.size)) for at in places]
    if spans and spans[-1][0] >= source.size:
        raise hdf5.damaged()
    for number, ((at, _), body) in enumerate(source.pull(spans, min(GAP, source.gap))):
        held = _objects(_whole(body, at, source))
        for row in order[bounds[number] : bounds[number + 1]]:
            text = held.get(int(references["index"][row]), b"")
            found[row] = text[: int(references["length"][row])].decode(errors="replace")
    return found


def _whole(body: bytes, at: int, source: ByteFile) -> bytes:
    if body[:4] != b"GCOL":
        raise hdf5.damaged()
    size = int.from_bytes(body[8:16], "little")
    if size > LARGEST or at + size > source.size:
        raise hdf5.damaged()
    return body if size <= len(body) else source.exactly(at, at + size)


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
