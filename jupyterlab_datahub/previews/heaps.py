"""Names and texts in the heaps of an HDF5 file, followed as :mod:`.following` does.

The format is that of the "HDF5 File Format Specification", version 3.0, sections III.B and III.C
(nodes of a group and what they say of a member), III.D (local heaps, which have the names in a
group) and III.E (global heaps, which have texts of any length).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.sources.hdf5_texts import OBJECT

if TYPE_CHECKING:
    from collections.abc import Generator

    from jupyterlab_datahub.ranged.bytefile import Span

    Steps = Generator[Span, bytes, None]

COLLECTION = 4096
"""Bytes of a collection of texts, unless it has long ones."""

HEAP = 32
"""Bytes of the header of the names in a group."""

INDEX = "_index"
"""What the index of a frame is called where nothing says otherwise."""


_ENTRY = struct.Struct("<QQI4xQQ")
_GROUP = 1
"""The kind of an entry that says of a group where its own members are."""


class Entry(NamedTuple):
    """A member of a group: where its name is among the names, and where its header is.

    ``tree`` and ``names`` are where its own members are, if it is a group of which that is known.
    """

    place: int
    address: int
    tree: int = 0
    names: int = 0
    name: str = ""


def entries(node: bytes) -> list[Entry]:
    """Return the members that a node of a group has, without their names."""
    (count,) = struct.unpack_from("<H", node, 6)
    found = (_ENTRY.unpack_from(node, 8 + _ENTRY.size * n) for n in range(count))
    return [Entry(*one[:2], *(one[3:] if one[2] == _GROUP else ())) for one in found]


def only(span: Span) -> Steps:
    """Fetch a span, of which nothing is followed."""
    yield span


def names(header: int) -> Steps:
    """Follow the names of a group."""
    size, _, start = struct.unpack_from("<QQQ", (yield header, header + HEAP), 8)
    yield start, start + size


def collection(place: int) -> Generator[Span, bytes, bytes]:
    """Follow a collection of texts to its end."""
    told = yield place, place + COLLECTION
    (size,) = struct.unpack_from("<Q", told, 8)
    return (yield place, place + size) if size > COLLECTION else told


def whole(place: int) -> Steps:
    """Fetch a collection of texts."""
    yield from collection(place)


def text_of(collection: bytes, number: int) -> str:
    """Return a text out of a collection; `INDEX` where it is not there."""
    at = 16
    while at + 16 <= len(collection):
        found, size = OBJECT.unpack_from(collection, at)
        if found == number:
            return collection[at + 16 : at + 16 + size].decode()
        at += 16 + -(-size // 8) * 8
    return INDEX


def text_at(heap: bytes, offset: int) -> str:
    """Return a name out of the names of a group."""
    return heap[offset : heap.index(b"\0", offset)].decode()
