"""A folder of Zarr of which many chunks are read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import AccessError

if TYPE_CHECKING:
    from jupyterlab_datahub.ranged.folder import Folder

ROOTS = ("zarr.json", ".zmetadata", ".zattrs", ".zgroup")
"""Files that say what is in a store, of which the first that is there tells its state."""

REMEMBERED = 32 << 20
"""Bytes of indexes of shards in memory."""


class Holding(NamedTuple):
    """A part of a file that is kept for a while: the file, the first byte, and the bytes."""

    path: str
    start: int
    body: bytes


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
        self._holding: dict[str, list[Holding]] = {}
        self._lock = threading.Lock()

    def get(self, path: str, start: int = 0, stop: int | None = None) -> bytes | None:
        """Return a file or a part of it, None where there is none; see the folders.

        Raises
        ------
        AccessError
            If nothing can be read any more, which is another thing than a chunk of zeros that
            nobody wrote.
        """
        known = self._known(path, start, stop)
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

    def hold(self, path: str, start: int, body: bytes) -> Holding:
        """Keep a part of a file for whoever asks for parts of it, until it is let go."""
        holding = Holding(path, start, body)
        with self._lock:
            self._holding.setdefault(path, []).append(holding)
        return holding

    def let_go(self, holding: Holding) -> None:
        """Keep a part of a file no longer."""
        with self._lock:
            others = [one for one in self._holding.pop(holding.path) if one is not holding]
            if others:
                self._holding[holding.path] = others

    def _known(self, path: str, start: int, stop: int | None) -> bytes | None:
        """Return what need not be asked for, else None."""
        with self._lock:
            if start < 0:
                return self._indexes.get((path, start))
            for one in self._holding.get(path, ()):
                if stop is not None and one.start <= start <= stop <= one.start + len(one.body):
                    return one.body[start - one.start : stop - one.start]
        return None

    def names(self, path: str) -> list[str]:
        """Return the names in a folder below."""
        return self._folder.names(path)


def _is_chunk(path: str) -> bool:
    name = PurePosixPath(path).name
    return name != "zarr.json" and not name.startswith(".")
