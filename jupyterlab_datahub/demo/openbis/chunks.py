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
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.messages import FileBody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE = 1 << 20
"""Bytes of payload in every chunk but a file's last."""

WORTH_NAMING = 1 << 17
"""Bytes from which on a payload is named, not read: the kernel sends it from the file."""

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
        return b"".join((self._head(), payload, checksum(payload)))

    def pieces(self) -> Iterator[bytes | FileBody]:
        """Yield the chunk with what its file has."""
        if self.length < WORTH_NAMING:
            yield self.encoded(self.payload())
            return
        yield self._head()
        yield FileBody(self.file, self.offset, self.length)
        yield _of_file(self.file, self.file.stat().st_mtime_ns, self.offset, self.length)

    def payload(self) -> bytes:
        """Read the bytes from the file."""
        return _read(self.file, self.offset, self.length)

    def _head(self) -> bytes:
        item, path = self.item.encode(), self.path.encode()
        fixed = _FIXED.pack(self.number, len(item), 0, len(path), self.offset, self.length)
        header = b"".join((fixed, item, path))
        return header + checksum(header)


def checksum(content: bytes) -> bytes:
    """Return a CRC32 as a chunk has it."""
    return _CHECKSUM.pack(zlib.crc32(content))


@lru_cache(1 << 16)
def _of_file(file: Path, _changed: int, offset: int, length: int) -> bytes:
    """Return the checksum of a part of a file, read once as long as the file does not change."""
    return checksum(_read(file, offset, length))


def _read(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)
