"""A file to read from wherever it is, as libraries take one, that counts what it costs."""

from __future__ import annotations

import io
import os
import sys
import threading
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import ChangedError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

GAP = 64 << 10
"""Bytes that a disk reads as soon as it reads what is behind them."""

Span = tuple[int, int]
"""The bytes from the first up to, not including, the second."""


class ByteFile(io.RawIOBase):
    """A file of known size, read by position.

    Attributes
    ----------
    size
        Its bytes.
    most
        Bytes that are read of it at most, by whoever reads much.
    failure
        Why the last read failed, where a library would only say that it did.
    padded
        Whether zeros follow the end, for libraries that do not look how much they were given.
    check
        Is given what a library gets to read, zeros included, behind where it is in the file, and
        raises where that would do the library harm; None for nothing.
    """

    def __init__(self, size: int, most: int = sys.maxsize) -> None:
        super().__init__()
        self.size = size
        self.most = most
        self.failure: Exception | None = None
        self.padded = False
        self.check: Callable[[int, memoryview], None] | None = None
        self._position = 0

    @property
    def fetched(self) -> int:
        """Bytes that came over a network."""
        return 0

    @property
    def requests(self) -> int:
        """In how many requests they came."""
        return 0

    def bytes_at(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span, all of which are in the file."""
        raise NotImplementedError

    def has(self, start: int, stop: int) -> bool:
        """Return whether a span can be read without waiting for a host."""
        del start, stop
        return True

    def ensure(self, spans: Iterable[Span]) -> None:
        """Bring spans near that will be read soon, as many at once as is good."""

    def pull(self, spans: Iterable[Span], gap: int) -> Iterator[tuple[Span, bytes]]:
        """Yield the bytes of ascending spans, none of which are kept.

        Parameters
        ----------
        gap
            Bytes between two spans that may be fetched for nothing.
        """
        del gap
        for start, stop in spans:
            yield (start, stop), self.bytes_at(start, min(stop, self.size))

    @property
    def gap(self) -> int:
        """Bytes between two spans that had better be fetched for nothing than asked around."""
        return GAP

    def exactly(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span, without keeping them; usable from any thread."""
        return self.bytes_at(start, stop)

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
        try:
            if count:
                view[:count] = self.bytes_at(self._position, stop)
            if self.padded:
                view[count:] = bytes(len(view) - count)
                count = len(view)
            if self.check is not None:
                self.check(self._position, view[:count])
        except Exception as error:
            # Whatever it is, it is raised; a library may make another of it, so it is kept.
            self.failure = error
            raise
        self._position += count
        return count


class LocalFile(ByteFile):
    """A file of this machine, which costs no request.

    Parameters
    ----------
    path
        Where it is.
    most
        See :class:`ByteFile`.

    Raises
    ------
    NotFoundError
        If it cannot be opened.
    ChangedError
        From every reading, if it was written to meanwhile.
    """

    _file: io.FileIO | None = None

    def __init__(self, path: Path, most: int = sys.maxsize) -> None:
        super().__init__(0, most)
        self._name = path.name
        self._turn = threading.Lock()
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise NotFoundError(
                f"{path.name} cannot be read: {error.strerror}",
                hint="Refresh its source; it may be gone, or not yours to read.",
            ) from error
        self._seen = os.fstat(self._file.fileno())
        self.size = self._seen.st_size

    def bytes_at(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span."""
        file = self._file
        if file is None:
            raise ValueError("the file is closed")
        parts = []
        while start < stop and (part := self._read(file, start, stop - start)):
            parts.append(part)
            start += len(part)
        now = os.fstat(file.fileno())
        if start < stop or (now.st_size, now.st_mtime_ns) != (self.size, self._seen.st_mtime_ns):
            raise ChangedError(f"{self._name} changed while it was read", hint="Look at it again.")
        return b"".join(parts)

    def _read(self, file: io.FileIO, start: int, size: int) -> bytes:
        if sys.platform == "win32":
            with self._turn:
                file.seek(start)
                return file.read(size)
        # Without turns: a thread that has one and collects an object of h5py waits for HDF5, which
        # may wait for its turn.
        return os.pread(file.fileno(), size, start)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        super().close()
