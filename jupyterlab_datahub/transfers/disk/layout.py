"""Many files as one row of bytes, so that one journal and one progress bar serve them all."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from bisect import bisect_right
from itertools import accumulate
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.sources.pieces import Wanted
from jupyterlab_datahub.transfers.disk.names import numbered, safe_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyterlab_datahub.sources.pieces import PieceFile

ROOM = 4096
"""Bytes that a file takes of the disk beyond its length, on average at most."""


class Layout:
    """Where each file of a listing lies in the row, and what it is called on this disk.

    Parameters
    ----------
    files
        The listing, in the order of the row.
    folder
        Whether it becomes a folder rather than its only file.

    Attributes
    ----------
    size
        Bytes of all files.
    names
        The path of each file below the folder, made safe; a name that would mean two files
        gets a number.
    """

    def __init__(self, files: Sequence[PieceFile], *, folder: bool) -> None:
        self.files = tuple(files)
        self.folder = folder
        self._starts = [0, *accumulate(file.size for file in files)]
        self.size = self._starts[-1]
        self.names = _names(file.path for file in files)

    @property
    def identity(self) -> str:
        """A digest of the listing: what was fetched of another one is of no use."""
        return f"listing-{hashlib.sha256(msgspec.json.encode(self.files)).hexdigest()}"

    @property
    def overhead(self) -> int:
        """Bytes that the files take of the disk beyond their length."""
        return ROOM * len(self.files)

    def span(self, file: int) -> tuple[int, int]:
        """Return where a file lies in the row."""
        return self._starts[file], self._starts[file + 1]

    def find(self, offset: int) -> tuple[int, int]:
        """Return which file a byte of the row belongs to, and where it is in that."""
        file = bisect_right(self._starts, offset) - 1
        return file, offset - self._starts[file]

    def wanted(self, spans: Iterable[tuple[int, int]]) -> list[Wanted]:
        """Return spans of the row as parts of files."""
        found: list[Wanted] = []
        for start, end in spans:
            at = start
            while at < end:
                file, offset = self.find(at)
                stop = min(end, self._starts[file + 1])
                found.append(Wanted(file, offset, offset + stop - at))
                at = stop
        return found

    def digest(self, checksums: Sequence[str]) -> str:
        """Return what the folder is named by: the SHA-256 of what ``sha256sum`` prints of it.

        Parameters
        ----------
        checksums
            The SHA-256 of each file, in the order of the listing.
        """
        lines = sorted((str(name), of) for name, of in zip(self.names, checksums, strict=True))
        text = "".join(f"{of}  {name}\n" for name, of in lines)
        return hashlib.sha256(text.encode()).hexdigest()


def _names(paths: Iterable[str]) -> tuple[PurePosixPath, ...]:
    """Return the paths made safe, each of them different, and no file where a folder is."""
    wanted = [[safe_part(part) for part in path.split("/") if part] or ["file"] for path in paths]
    folders = {_key(parts[:end]) for parts in wanted for end in range(1, len(parts))}
    taken: set[str] = set()
    names: list[PurePosixPath] = []
    for *above, last in wanted:
        name, number = last, 1
        while (key := _key([*above, name])) in taken or key in folders:
            number += 1
            name = numbered(last, number)
        taken.add(key)
        names.append(PurePosixPath(*above, name))
    return tuple(names)


def _key(parts: list[str]) -> str:
    """Return what a disk takes for the same path."""
    path = "/".join(parts)
    if sys.platform in ("darwin", "win32"):
        return unicodedata.normalize("NFC", path).casefold()
    return path
