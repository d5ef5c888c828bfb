"""Reading and writing at a position of a file, from several threads at once."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
"""How an unfinished file is opened: bytes are bytes on every system."""


def write_at(descriptor: int, data: bytes | memoryview, offset: int) -> None:
    """Write all of `data` from a position on.

    Raises
    ------
    OSError
    """
    view = memoryview(data)
    while view:
        written = _pwrite(descriptor, view, offset)
        view = view[written:]
        offset += written


if sys.platform == "win32":
    # There a file has one position; a lock makes moving it and using it one step.
    _position = threading.Lock()

    def _pwrite(descriptor: int, data: memoryview, offset: int) -> int:
        with _position:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.write(descriptor, data)

    def read_at(descriptor: int, buffer: memoryview, offset: int) -> int:
        """Read into `buffer` from a position on and return how many bytes there were."""
        with _position:
            os.lseek(descriptor, offset, os.SEEK_SET)
            data = os.read(descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    sync_data = os.fsync

    def sync_directory(path: Path) -> None:
        """Do nothing: the system has no such call."""

else:
    _pwrite = os.pwrite

    def read_at(descriptor: int, buffer: memoryview, offset: int) -> int:
        """Read into `buffer` from a position on and return how many bytes there were."""
        return os.preadv(descriptor, [buffer], offset)

    sync_data = getattr(os, "fdatasync", os.fsync)

    def sync_directory(path: Path) -> None:
        """Bring the names in a directory to the disk."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
