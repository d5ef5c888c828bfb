"""The chunks of openBIS's fast download, as they come off the wire.

A chunk is big-endian: number (4 bytes), length of the item's id (2), whether it is a directory
(1), length of the path (2), offset in the file (8), length of the payload (4), the item's id and
the path in UTF-8, the CRC-32 of all that (8), the payload, its CRC-32 (8). The reference is
``ChunkInputStream`` of openBIS's file transfer library.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 1 << 20
"""Bytes of payload that the server puts in every chunk but a file's last (``ONE_MB``)."""

LONGEST = 16 * SIZE
"""Bytes of payload that we hold in memory at most."""

_FIXED = struct.Struct(">iHBHqi")
_CHECKSUM = struct.Struct(">q")


class Damaged(Exception):  # noqa: N818 - a signal to whoever reads, who says where it was
    """What follows cannot be understood, or is cut short."""


class Chunk(NamedTuple):
    """A part of a file; ``payload`` is None where it came damaged."""

    number: int
    item: str
    path: str
    directory: bool
    offset: int
    payload: bytes | None


def chunks(read: Callable[[int], bytes]) -> Iterator[Chunk]:
    """Yield the chunks of one answer.

    Parameters
    ----------
    read
        Returns so many bytes, fewer only at the end.

    Raises
    ------
    Damaged
        If a header is wrong, so that nothing after it can be found, or the answer is cut.
    """
    while first := read(_FIXED.size):
        if len(first) < _FIXED.size:
            raise Damaged
        number, item, directory, path, offset, length = _FIXED.unpack(first)
        names = _exactly(read, item + path)
        if _checksum(read) != zlib.crc32(names, zlib.crc32(first)):
            raise Damaged
        if offset < 0 or not 0 <= length <= LONGEST:
            raise Damaged
        payload = _exactly(read, length)
        sound = _checksum(read) == zlib.crc32(payload)
        yield Chunk(
            number=number,
            item=names[:item].decode("utf-8", "replace"),
            path=names[item:].decode("utf-8", "replace"),
            directory=bool(directory),
            offset=offset,
            payload=payload if sound else None,
        )


def _exactly(read: Callable[[int], bytes], count: int) -> bytes:
    data = read(count) if count else b""
    if len(data) < count:
        raise Damaged
    return data


def _checksum(read: Callable[[int], bytes]) -> int:
    value: int = _CHECKSUM.unpack(_exactly(read, _CHECKSUM.size))[0]
    return value
