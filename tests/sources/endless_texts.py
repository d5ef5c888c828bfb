"""Files of which HDF5 would read the texts for ever, made of good ones."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import h5py

if TYPE_CHECKING:
    from pathlib import Path

COLLECTION, HEAD = 4096, 16
OBJECT = struct.Struct("<H6xQ")
NOWHERE = (1 << 64) - 16
"""A size after which HDF5, which counts with 64 bits, is where it was."""


def spoil(path: Path, number: int = 0, size: int = 0) -> None:
    """Let the first object of each collection of texts lead to itself."""
    content = bytearray(path.read_bytes())
    for at, places in _collections(content):
        OBJECT.pack_into(content, at + places[0], number, size)
    path.write_bytes(content)


def spoil_late(path: Path, place: str, *, between: bool) -> None:
    """Do so with an object that HDF5 does not read with the beginning of its collection.

    Parameters
    ----------
    place
        Where texts are written for it.
    between
        Whether its number comes with the beginning, and its size with the rest.
    """
    with h5py.File(path, "r+") as file:
        if place in file:
            del file[place]
        # HDF5 puts the last one first: the next has eight bytes of the first 4 KiB.
        file[place] = ["x" * 100, "y" * 100, "z" * (COLLECTION - 2 * HEAD - 8)]
    content = bytearray(path.read_bytes())
    at, places = next(found for found in _collections(content) if COLLECTION - 8 in found[1])
    after = places.index(COLLECTION - 8) + (0 if between else 1)
    OBJECT.pack_into(content, at + places[after], 0, 0)
    path.write_bytes(content)


def _collections(content: bytearray) -> list[tuple[int, list[int]]]:
    """Return where collections are, and where in each its objects."""
    found = []
    at = content.find(b"GCOL\x01")
    while at >= 0:
        (whole,) = struct.unpack_from("<Q", content, at + 8)
        place, places = HEAD, []
        while place + HEAD <= whole:
            places.append(place)
            number, size = OBJECT.unpack_from(content, at + place)
            place += HEAD + -(-size // 8) * 8 if number else size
        found.append((at, places))
        at = content.find(b"GCOL\x01", at + whole)
    assert found
    return found
