"""The chunks in which a data store sends files, as the V3 API's fast download has them.

A chunk is, big-endian: its number (4 bytes), the length of the item's id (2), whether it is a
directory (1), the length of the path (2), the offset in the file (8), the length of the payload
(4), the item's id, the path in the dataset, the CRC32 of all that (8); then the payload and its
CRC32 (8). The reference is ``ChunkInputStream`` of openBIS's file transfer library.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 1 << 20
"""Bytes of payload in every chunk but a file's last."""

_FIXED = struct.Struct(">ihbhqi")
_CHECKSUM = struct.Struct(">q")


@dataclass(frozen=True)
class Chunk:
    """A part of a file: ``length`` bytes from ``offset`` on.

    ``item`` is the id the file was asked by, ``path`` its path in the dataset.
    """

    number: int
    item: str
    path: str
    offset: int
    length: int
    file: Path

    @property
    def size(self) -> int:
        """Bytes of the encoded chunk."""
        names = len(self.item.encode()) + len(self.path.encode())
        return _FIXED.size + names + self.length + 2 * _CHECKSUM.size

    def encoded(self, payload: bytes) -> bytes:
        """Return the chunk with this payload."""
        item, path = self.item.encode(), self.path.encode()
        fixed = _FIXED.pack(self.number, len(item), 0, len(path), self.offset, len(payload))
        header = b"".join((fixed, item, path))
        return b"".join((header, checksum(header), payload, checksum(payload)))

    def payload(self) -> bytes:
        """Read the bytes from the file."""
        with self.file.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.length)


def checksum(content: bytes) -> bytes:
    """Return a CRC32 as a chunk has it."""
    return _CHECKSUM.pack(zlib.crc32(content))
