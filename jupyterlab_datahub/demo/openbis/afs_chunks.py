"""The chunks in which the file server (AFS) of openBIS 7 reads and writes.

A list of chunks is its length (4 bytes, big-endian), then of each chunk the owner, the source
(both: length in 4 bytes, UTF-8), the offset (8), the limit (4) and the data (length in 4 bytes,
bytes); -1 stands for nothing. The reference is ``ChunkEncoderDecoder`` of openBIS.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.incoming import Incoming

_INT = struct.Struct(">i")
_PLACE = struct.Struct(">qi")

LONGEST_NAME = 1 << 16


class ChunkError(ValueError):
    """Bytes that are no chunks."""


@dataclass(frozen=True)
class AfsChunk:
    """``limit`` bytes from ``offset`` on of a file; ``data`` is how many bytes follow."""

    owner: str
    source: str
    offset: int
    limit: int
    data: int


def count_of(body: Incoming) -> int:
    """Read how many chunks there are.

    Raises
    ------
    ChunkError
        If the body ends before.
    """
    return int(_INT.unpack(_exactly(body, _INT.size))[0])


def chunk_of(body: Incoming) -> AfsChunk:
    """Read one chunk up to its data, which are left in the body.

    Raises
    ------
    ChunkError
        If these bytes are no chunk.
    """
    owner, source = _text(body), _text(body)
    offset, limit = _PLACE.unpack(_exactly(body, _PLACE.size))
    (data,) = _INT.unpack(_exactly(body, _INT.size))
    return AfsChunk(owner, source, max(offset, 0), limit, max(data, 0))


def head(chunk: AfsChunk) -> bytes:
    """Return a chunk up to its data."""
    owner, source = chunk.owner.encode(), chunk.source.encode()
    return b"".join(
        (
            _INT.pack(len(owner)),
            owner,
            _INT.pack(len(source)),
            source,
            _PLACE.pack(chunk.offset, chunk.limit),
            _INT.pack(chunk.data),
        )
    )


def count(chunks: int) -> bytes:
    """Return the beginning of a list of chunks."""
    return _INT.pack(chunks)


def _text(body: Incoming) -> str:
    (length,) = _INT.unpack(_exactly(body, _INT.size))
    if length > LONGEST_NAME:
        raise ChunkError("a name is too long")
    return _exactly(body, length).decode() if length > 0 else ""


def _exactly(body: Incoming, size: int) -> bytes:
    found = body.exactly(size)
    if len(found) < size:
        raise ChunkError("the body ends in the middle of a chunk")
    return found
