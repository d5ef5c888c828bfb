"""Headers already read, so that a second look at a folder opens only what changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.files import write_atomically
from jupyterlab_datahub.sources.hdf5_header import Header, read_header

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.sources.folder_walk import Found

log = logging.getLogger(__name__)

HDF5 = frozenset({"h5ad", "h5mu", "loom", "h5"})
FILE = "headers.json"
FORM = 1
"""Raised when what is read from a file changes, so that older memories are read anew."""


class _Entry(msgspec.Struct):
    size: int
    modified: int
    header: Header


class _Memory(msgspec.Struct):
    form: int
    entries: dict[str, _Entry]


class HeaderMemory:
    """Headers by path, each valid for one size and time of change.

    Parameters
    ----------
    directory
        Where the memory is kept; losing it costs a second reading.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self._entries: dict[str, _Entry] | None = None
        self._changed = False

    def header(self, file: Found) -> Header:
        """Return the header of a file, read now if the file is new or changed."""
        if file.format not in HDF5 or file.size is None:
            return Header()
        entries = self._load()
        known = entries.get(file.relative)
        if known and (known.size, known.modified) == (file.size, file.modified):
            return known.header
        header = read_header(file.path, file.format)
        if not header.problem:
            # A file that is still being copied or was unreadable for a moment is tried again.
            entries[file.relative] = _Entry(file.size, file.modified, header)
            self._changed = True
        return header

    def paths(self) -> set[str]:
        """Return the paths that are remembered."""
        return set(self._load())

    def save(self, forget: set[str]) -> None:
        """Write the memory without some paths; a full disk costs only the memory."""
        entries = self._load()
        for path in forget:
            del entries[path]
        if not self._changed and not forget:
            return
        self._changed = False
        try:
            write_atomically(self._path, msgspec.json.encode(_Memory(FORM, entries)))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error.strerror)

    def _load(self) -> dict[str, _Entry]:
        if self._entries is None:
            self._entries = {}
            try:
                memory = from_json(self._path.read_bytes(), _Memory)
            except (OSError, msgspec.DecodeError):
                return self._entries
            if memory.form == FORM:
                self._entries = memory.entries
        return self._entries
