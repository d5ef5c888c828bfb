"""Reading a request's body while it comes in, so that no upload has to fit in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase

PIECE = 1 << 20
"""Bytes taken from the connection at once."""

LONGEST_LINE = 1 << 10


class DroppedError(ConnectionAbortedError):
    """A fault asks to break the connection in the middle of the body."""


class Incoming:
    """The body of one request.

    Parameters
    ----------
    file
        The connection, at the first byte of the body.
    length
        Bytes of the body, None where it comes in chunks (RFC 9112 7.1), as an empty file does
        from clients that take its length for unknown.
    limit
        Bytes after which the connection breaks, None for never.
    """

    def __init__(self, file: BufferedIOBase, length: int | None, limit: int | None = None) -> None:
        self.length = length
        self.received = 0
        self._file = file
        self._limit = limit
        self._left = length or 0
        self._done = length == 0

    def read(self, size: int = PIECE) -> bytes:
        """Return up to `size` bytes, none at the end.

        Raises
        ------
        ConnectionError
            If the client went away, or a fault wants the connection broken.
        """
        if self._done:
            return b""
        if self.length is None and not self._left:
            self._left = self._chunk_size()
            if not self._left:
                self._line()
                self._done = True
                return b""
        size = min(size, self._left)
        if self._limit is not None:
            size = min(size, self._limit - self.received)
            if size <= 0:
                raise DroppedError
        piece = self._file.read(size)
        if len(piece) < size:
            raise ConnectionResetError
        self.received += size
        self._left -= size
        if not self._left:
            if self.length is None:
                self._line()
            else:
                self._done = True
        return piece

    def pieces(self) -> Iterator[bytes]:
        """Yield all that is left."""
        while piece := self.read():
            yield piece

    def drain(self) -> None:
        """Read what nobody wanted, for the next request comes after it."""
        while self.read():
            pass

    def exactly(self, size: int) -> bytes:
        """Return `size` bytes, fewer only where the body ends before.

        Meant for the few bytes of a header.
        """
        found = b""
        while len(found) < size and (piece := self.read(size - len(found))):
            found += piece
        return found

    def _chunk_size(self) -> int:
        try:
            return int(self._line().split(b";")[0], 16)
        except ValueError as error:
            raise ConnectionResetError from error

    def _line(self) -> bytes:
        return self._file.readline(LONGEST_LINE).strip()
