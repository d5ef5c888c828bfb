"""What was made of images, in a folder that does not grow for ever."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyterlab_datahub.sources.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 256 << 20
"""Bytes of all that is kept; what was not used for longest goes first."""

log = logging.getLogger(__name__)


class Shelf:
    """A folder of small files by their keys.

    Parameters
    ----------
    folder
        Made when something is put into it.
    most
        Bytes.
    """

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most

    def path(self, key: str) -> str:
        """Return where something is, or will be."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return str(self._folder / key)

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None if nothing is."""
        path = self._folder / key
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep something, and let go of what is too much; a full disk is no reason to fail."""
        try:
            write_atomically(self._folder / key, content)
        except OSError as error:
            log.warning("what was made of an image cannot be kept: %s", error.strerror)
            return
        self._tidy()

    def _tidy(self) -> None:
        files = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                stat = path.stat()
                files.append((stat.st_mtime_ns, stat.st_size, path))
        left = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if left <= self._most:
                return
            with suppress(OSError):
                path.unlink()
                left -= size
