"""Texts in an HDF5 file that HDF5 (2.0) would work on for ever.

Texts of any length are kept in collections. HDF5 goes through one from object to object by their
sizes, of which a damaged file may say that they are nothing. The format is that of the "HDF5 File
Format Specification", version 3.0, section III.E (global heaps).
"""

from __future__ import annotations

import io
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import h5py
    from _typeshed import WriteableBuffer

SIGNATURE = b"GCOL\x01"
"""How a collection begins, with its version: no text of anybody's begins so."""

OBJECT = struct.Struct("<H6xQ")
"""The number of an object, 0 for room that is free, and its size."""

HEAD = 16
"""Bytes before the objects of a collection, and before the text of each."""

LENGTHS = 8
"""Bytes of a size in a file, as everybody writes them."""

_ALL = (1 << 64) - 1


class Texts:
    """Looks at what HDF5 is given of one file, read by read, for texts that have no end.

    HDF5 reads the first 4 KiB of a collection, and then at once what there is more of it.
    """

    def __init__(self) -> None:
        self._place, self._left = -1, 0
        self._tail, self._at = b"", 0

    def refuse(self, place: int, told: memoryview) -> None:
        """Go on if HDF5 would come to the end of what it was given.

        Parameters
        ----------
        place
            Where that is in the file.
        told
            What HDF5 gets, zeros behind the end of the file included.

        Raises
        ------
        OSError
            If it would work on it for ever.
        """
        if place == self._place:
            at = self._at
            if self._tail:
                # An object whose number is in what came before, and whose size is in this.
                before = len(self._tail)
                at = _gone(self._tail + bytes(told[:HEAD]), 0, before + self._left) - before
            _gone(told, at, self._left)
        # Whatever it was taken for, HDF5 may begin with it.
        if told[: len(SIGNATURE)] == SIGNATURE and len(told) >= HEAD:
            (whole,) = struct.unpack_from("<Q", told, 8)
            at, size = _gone(told, HEAD, whole), len(told)
            self._place = place + size if whole > size else -1
            self._left, self._at, self._tail = whole - size, max(0, at - size), bytes(told[at:])


def _gone(told: memoryview | bytes, at: int, left: int) -> int:
    """Go from object to object as far as something was told of them; return where the next is.

    Raises
    ------
    OSError
        If there is no next one.
    """
    unpack, last = OBJECT.unpack_from, min(len(told), left) - OBJECT.size
    while at <= last:
        number, size = unpack(told, at)
        # The size of room that is free is that of all of it; others end at multiples of 8.
        step = (size + HEAD + 7 & -8) if number else size
        # HDF5 counts with 64 bits.
        if not step & _ALL:
            raise OSError("its texts have no end")
        at += step
    return at


class CheckedFile(io.FileIO):
    """A file that fails where HDF5 would read texts that have no end.

    Zeros follow its own end: HDF5 does not look how much it was given.

    Raises
    ------
    OSError
        From reading such texts.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._texts = Texts()

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill all there is room for."""
        view = memoryview(buffer).cast("B")
        place, count = self.tell(), 0
        # The operating system gives no more than 2 GiB at once.
        while count < len(view) and (more := super().readinto(view[count:])):
            count += more
        view[count:] = bytes(len(view) - count)
        self._texts.refuse(place, view)
        return len(view)


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Open a file of whoever's, whoever else has it open, for a block.

    HDF5 takes other files that it leads to for this one: its virtual datasets have no values.

    Parameters
    ----------
    path
        The file; nothing is locked, as locks fail on many network file systems.

    Raises
    ------
    OSError
        If it is no HDF5 file or not a whole one, and from reading texts that have no end.
    """
    import h5py

    with h5py.File(path, "r", locking=False):
        # Whether somebody is still writing it, HDF5 asks of a path only.
        pass
    with CheckedFile(path) as source, h5py.File(source, "r") as file:
        check_lengths(file)
        yield file


def check_lengths(file: h5py.File) -> None:
    """Go on if the sizes in a file are written as :class:`Texts` reads them.

    Raises
    ------
    OSError
    """
    _, length = file.id.get_create_plist().get_sizes()
    if length != LENGTHS:
        raise OSError(f"its sizes are written in {length} bytes, not in {LENGTHS}")
