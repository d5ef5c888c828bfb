"""Texts in an HDF5 file that HDF5 (2.0) would work on for ever.

Texts of any length are kept in collections. HDF5 goes through one from object to object by their
sizes, of which a damaged file may say that they are nothing. The format is that of the "HDF5 File
Format Specification", version 3.0, section III.E (global heaps).
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SIGNATURE = b"GCOL\x01"
"""How a collection begins, with its version: no text of anybody's begins so."""

OBJECT = struct.Struct("<H6xQ")
"""The number of an object, 0 for room that is free, and its size."""

HEAD = 16
"""Bytes before the objects of a collection, and before the text of each."""

_ALL = (1 << 64) - 1


def is_endless(told: memoryview) -> bool:
    """Return whether what HDF5 was given is a collection that it would never come to the end of."""
    if told[: len(SIGNATURE)] != SIGNATURE or len(told) < HEAD:
        return False
    (whole,) = struct.unpack_from("<Q", told, 8)
    unpack, at, last = OBJECT.unpack_from, HEAD, min(len(told), whole) - HEAD
    while at <= last:
        number, size = unpack(told, at)
        # The size of room that is free is that of all of it; others end at multiples of 8.
        step = (size + HEAD + 7 & -8) if number else size
        # HDF5 counts with 64 bits.
        if not step & _ALL:
            return True
        at += step
    return False


class CheckedFile(io.FileIO):
    """A file that fails where HDF5 would read texts that have no end.

    Zeros follow its own end: HDF5 does not look how much it was given.

    Raises
    ------
    OSError
        From reading such texts.
    """

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill all there is room for."""
        view = memoryview(buffer).cast("B")
        count = super().readinto(view) or 0
        view[count:] = bytes(len(view) - count)
        if is_endless(view):
            raise OSError("its texts have no end")
        return len(view)
