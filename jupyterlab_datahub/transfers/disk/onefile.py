"""The bytes of an unfinished file."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from jupyterlab_datahub.transfers.disk.positioned import (
    FLAGS,
    read_at,
    sync_data,
    sync_directory,
    write_at,
)
from jupyterlab_datahub.transfers.disk.private import make_private

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class OneFile:
    """A file whose bytes come in any order.

    Parameters
    ----------
    path
        The file; it is made if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_dir():
            # What the identifier means has become a file.
            shutil.rmtree(path)
        self._descriptor = os.open(path, FLAGS, 0o600)

    def there(self, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return what is left of spans that a journal names after a power cut."""
        length = os.fstat(self._descriptor).st_size
        return [(start, min(end, length)) for start, end in spans]

    def write(self, data: bytes | memoryview, offset: int) -> None:
        """Put bytes at their place."""
        write_at(self._descriptor, data, offset)

    def read(self, buffer: memoryview, offset: int) -> int:
        """Read bytes into `buffer` and return how many."""
        return read_at(self._descriptor, buffer, offset)

    def clear(self) -> None:
        """Forget all bytes."""
        os.ftruncate(self._descriptor, 0)

    def sync(self) -> None:
        """Bring the bytes to the disk."""
        sync_data(self._descriptor)

    def finish(self, target: Path) -> bool:
        """Move the whole file to its final name, read-only and on the disk.

        Returns
        -------
        False if the same bytes are there already.
        """
        os.fsync(self._descriptor)
        size = os.fstat(self._descriptor).st_size
        self.close()
        if target.is_file() and target.stat().st_size == size:
            return False
        make_private(target.parent)
        self.path.chmod(0o444)
        self.path.replace(target)
        sync_directory(target.parent)
        return True

    def remove(self) -> None:
        """Delete the file."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
