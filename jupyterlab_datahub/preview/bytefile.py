"""A file to read from wherever it is, as h5py takes one, that counts what it costs."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from _typeshed import WriteableBuffer

Span = tuple[int, int]
"""The bytes from the first up to, not including, the second."""


class ByteFile(io.RawIOBase):
    """A file of known size, read by position.

    Attributes
    ----------
    size
        Its bytes.
    fetched, requests
        Bytes that came over a network, and in how many requests.
    failure
        Why the last read failed, where HDF5 would only say that it did.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.fetched = 0
        self.requests = 0
        self.failure: Exception | None = None
        self._position = 0

    def bytes_at(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span, all of which are in the file."""
        raise NotImplementedError

    def ensure(self, spans: Iterable[Span]) -> None:
        """Bring spans near that will be read soon, as many at once as is good."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read as much as there is room for, or is left."""
        view = memoryview(buffer).cast("B")
        stop = min(self._position + len(view), self.size)
        count = max(0, stop - self._position)
        if count:
            try:
                view[:count] = self.bytes_at(self._position, stop)
            except Exception as error:
                self.failure = error
                raise
        # A damaged file makes HDF5 ask for more than there is: it gets zeros, and sees.
        view[count:] = bytes(len(view) - count)
        self._position += len(view)
        return len(view)


class LocalFile(ByteFile):
    """A file of this machine, which costs no request.

    Raises
    ------
    OSError
        If it cannot be opened.
    """

    _file: io.FileIO | None = None

    def __init__(self, path: Path) -> None:
        super().__init__(0)
        self._file = path.open("rb", buffering=0)
        self.size = os.fstat(self._file.fileno()).st_size

    def bytes_at(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span."""
        file = self._file
        if file is None:
            raise ValueError("the file is closed")
        file.seek(start)
        parts = []
        while start < stop and (part := file.read(stop - start)):
            parts.append(part)
            start += len(part)
        # Somebody may cut it while it is read.
        return b"".join(parts).ljust(sum(map(len, parts)) + stop - start, b"\0")

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        super().close()
