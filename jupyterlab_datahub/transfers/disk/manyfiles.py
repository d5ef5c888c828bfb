"""The bytes of an unfinished folder."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyterlab_datahub.transfers.disk.positioned import FLAGS, read_at, sync_directory, write_at
from jupyterlab_datahub.transfers.disk.private import make_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.transfers.disk.layout import Layout

ONE_BY_ONE = 64
"""Most files that are brought to the disk one by one where there is a way for all at once."""


class ManyFiles:
    """A folder whose files lie one after the other in a row of bytes.

    Nothing is brought to the disk before the end: a thousand small files would wait for it a
    thousand times. What a power cut takes away is found by the checksum that each file has.

    Parameters
    ----------
    path
        The folder; it is made if it is missing.
    layout
        Its files.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        self._layout = layout
        self._made: set[Path] = set()
        if path.exists() and not path.is_dir():
            # What the identifier means has become a folder.
            path.unlink()
        make_private(path)

    def there(self, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return what is left of spans that a journal names after a power cut."""
        found: list[tuple[int, int]] = []
        for file, start, end in self._layout.wanted(
            (start, min(end, self._layout.size)) for start, end in spans
        ):
            try:
                length = self._path(file).stat().st_size
            except FileNotFoundError:
                continue
            first, _ = self._layout.span(file)
            found.append((first + start, first + min(end, length)))
        return found

    def write(self, data: bytes | memoryview, offset: int) -> None:
        """Put bytes of one file at their place."""
        file, at = self._layout.find(offset)
        with self._open(self._path(file)) as descriptor:
            write_at(descriptor, data, at)

    def read(self, buffer: memoryview, offset: int) -> int:
        """Read bytes of one file into `buffer` and return how many."""
        file, at = self._layout.find(offset)
        left = self._layout.files[file].size - at
        with self._open(self._path(file)) as descriptor:
            return read_at(descriptor, buffer[:left], at)

    def clear(self) -> None:
        """Forget all bytes."""
        shutil.rmtree(self.path)
        self._made.clear()
        make_private(self.path)

    def sync(self) -> None:
        """Do nothing: see above."""

    def finish(self, target: Path) -> bool:
        """Move the whole folder to its final name, read-only and on the disk.

        Returns
        -------
        False if the same folder is there already.
        """
        if target.is_dir():
            return False
        paths = [self._path(file) for file in range(len(self._layout.files))]
        for path in paths:
            with self._open(path):
                # Empty files come into being here: no bytes were written to them.
                pass
            path.chmod(0o444)
        folders = [path for path in self.path.rglob("*") if path.is_dir()]
        _sync(self.path, paths, folders)
        for folder in folders:
            folder.chmod(0o555)
        make_private(target.parent)
        self.path.replace(target)
        target.chmod(0o555)
        sync_directory(target.parent)
        return True

    def remove(self) -> None:
        """Delete the folder."""
        remove_folder(self.path)

    def close(self) -> None:
        """Do nothing: no file is open between two calls."""

    def _path(self, file: int) -> Path:
        return self.path / self._layout.names[file]

    @contextmanager
    def _open(self, path: Path) -> Iterator[int]:
        if path.parent not in self._made:
            make_private(path.parent)
            self._made.add(path.parent)
        descriptor = os.open(path, FLAGS, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def remove_folder(path: Path) -> None:
    """Delete a folder of ours, which may have been made read-only; one that is gone is fine."""
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    path.chmod(0o700)
    for folder, inner, _ in os.walk(path):
        for name in inner:
            os.chmod(os.path.join(folder, name), 0o700)  # noqa: PTH101, PTH118 - as os.walk has it
    shutil.rmtree(path)


def _sync(top: Path, files: list[Path], folders: list[Path]) -> None:
    """Bring files and folders to the disk, with one call where that saves many."""
    if len(files) > ONE_BY_ONE and _sync_disk(top):
        return
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    for folder in (top, *folders):
        sync_directory(folder)


def _sync_disk(path: Path) -> bool:
    """Bring all that waits for the disk of `path` there; False if the system cannot."""
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except (AttributeError, OSError):
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if syncfs(descriptor):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(descriptor)
    return True
