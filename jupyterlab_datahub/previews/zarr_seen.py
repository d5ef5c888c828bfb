"""A folder of Zarr of which many chunks are read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import AccessError

if TYPE_CHECKING:
    from jupyterlab_datahub.ranged.folder import Folder

ROOTS = ("zarr.json", ".zmetadata", ".zattrs", ".zgroup")
"""Files that say what is in a store, of which the first that is there tells its state."""

REMEMBERED = 32 << 20
"""Bytes of indexes of shards in memory."""


class Seen:
    """A folder of which what is read again and again, the indexes of shards, is asked for once.

    Parameters
    ----------
    folder
        The folder.

    Attributes
    ----------
    came
        Bytes that came from it.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self.listing = folder.listing
        self.came = 0
        self._root = next((name for name in ROOTS if folder.get(name) is not None), "")
        self._indexes: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def get(self, path: str, start: int = 0, stop: int | None = None) -> bytes | None:
        """Return a file or a part of it, None where there is none; see the folders.

        Raises
        ------
        AccessError
            If nothing can be read any more, which is another thing than a chunk of zeros that
            nobody wrote.
        """
        with self._lock:
            known = self._indexes.get((path, start)) if start < 0 else None
        if known is not None:
            return known
        found = self._folder.get(path, start, stop)
        if found is None and _is_chunk(path) and self._folder.get(self._root) is None:
            raise AccessError(
                "the store cannot be read any more",
                hint="Sign in again where it is, then try again.",
            )
        with self._lock:
            self.came += len(found or b"")
            if found is not None and start < 0:
                self._indexes[path, start] = found
                self._held += len(found)
                while self._held > REMEMBERED:
                    _, gone = self._indexes.popitem(last=False)
                    self._held -= len(gone)
        return found

    def names(self, path: str) -> list[str]:
        """Return the names in a folder below."""
        return self._folder.names(path)


def _is_chunk(path: str) -> bool:
    name = PurePosixPath(path).name
    return name != "zarr.json" and not name.startswith(".")
