"""What grows: bytes of a file or folder at their final offsets, and a journal of them.

A part file is written by one process at a time, the one that holds its lease. Bytes go to
their offsets as they come, from several threads; the journal says which of them had reached
the disk when it was written, so that a power cut costs seconds of a download, not all of it.
The journal knows the file by its size and validators, never by an address.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.transfers.disk import space
from jupyterlab_datahub.transfers.disk.manyfiles import ManyFiles, remove_folder
from jupyterlab_datahub.transfers.disk.onefile import OneFile
from jupyterlab_datahub.transfers.disk.owner import Lease
from jupyterlab_datahub.transfers.disk.private import make_private
from jupyterlab_datahub.transfers.disk.spans import Spans

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.transfers.disk.layout import Layout
    from jupyterlab_datahub.transfers.disk.owner import Owner, Watch


NEW = ".journal.new"
"""Ending of a journal that is being written, before it takes the place of the last one."""


class Version(Struct):
    """What tells one state of a file on its host from another.

    ``etag`` is as the host wrote it; ``modified`` is the Last-Modified header.
    """

    size: int | None = None
    etag: str = ""
    modified: str = ""

    @property
    def strong(self) -> bool:
        """Whether the ETag promises that the bytes are the same."""
        return bool(self.etag) and not self.etag.startswith("W/")

    @property
    def known(self) -> bool:
        """Whether a later answer can be told to be of the same file."""
        return self.strong or bool(self.modified)


class Journal(Struct):
    """What is written beside a part file."""

    version: Version
    spans: tuple[tuple[int, int], ...] = ()


class PartFile:
    """One file or folder on its way.

    Parameters
    ----------
    directory
        The library's directory for unfinished files.
    key
        The asset's name on disk.
    lease
        The right to write it.
    layout
        The files of a folder; None for one file.
    """

    def __init__(
        self, directory: Path, key: str, lease: Lease, layout: Layout | None = None
    ) -> None:
        self.path = directory / f"{key}.part"
        self._journal = directory / f"{key}.journal"
        self._lease = lease
        self._changed = threading.Condition()
        self._saving = threading.Lock()
        self._saved: Journal | None = None
        self.version = Version()
        self.spans = Spans()
        self._open = True
        folder = layout is not None and layout.folder
        self._bytes = ManyFiles(self.path, layout) if layout and folder else OneFile(self.path)
        self._adopt()

    @classmethod
    def claim(
        cls, directory: Path, key: str, owner: Owner, watch: Watch, layout: Layout | None = None
    ) -> PartFile | None:
        """Open the part of an asset, None while a living process writes it."""
        make_private(directory)
        lease = Lease.take(directory / f"{key}.owner", owner, watch)
        if lease is None:
            return None
        try:
            return cls(directory, key, lease, layout)
        except BaseException:
            lease.release()
            raise

    @property
    def done(self) -> int:
        """Bytes that are there."""
        with self._changed:
            return self.spans.total

    @property
    def frontier(self) -> int:
        """Bytes that are there without a hole from the start."""
        with self._changed:
            return self.spans.frontier

    def missing(self, size: int) -> list[tuple[int, int]]:
        """Return the holes below `size`."""
        with self._changed:
            return list(self.spans.missing(size))

    def wait_beyond(self, offset: int, seconds: float) -> int:
        """Return the frontier once it is beyond `offset`, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.spans.frontier > offset, seconds)
            return self.spans.frontier

    def write(self, data: bytes | memoryview, offset: int) -> int:
        """Put bytes at their place and return how many of them are new.

        Raises
        ------
        NoSpaceError
            If the disk, the quota or the allowed file size is used up.
        OSError
        """
        try:
            self._bytes.write(data, offset)
        except OSError as error:
            if space.is_full(error):
                raise space.full(self.path.parent, error) from error
            raise
        with self._changed:
            before, frontier = self.spans.total, self.spans.frontier
            self.spans.add(offset, offset + len(data))
            if self.spans.frontier > frontier:
                self._changed.notify_all()
            return self.spans.total - before

    def read(self, buffer: memoryview, offset: int) -> int:
        """Read bytes that are there into `buffer` and return how many."""
        return self._bytes.read(buffer, offset)

    def forget(self, start: int, end: int) -> None:
        """Count bytes that came damaged as missing."""
        with self._changed:
            self.spans.remove(start, end)

    def restart(self, version: Version) -> None:
        """Forget all bytes and expect those of `version`."""
        with self._changed:
            self.version = version
            self.spans = Spans()
            self._bytes.clear()
        self.save()

    def expect(self, version: Version) -> None:
        """Write down what the bytes so far belong to."""
        with self._changed:
            self.version = version

    def save(self) -> None:
        """Bring the bytes to the disk, then the journal that names them.

        Raises
        ------
        NoSpaceError, OSError
        """
        with self._saving:
            with self._changed:
                journal = Journal(version=self.version, spans=tuple(self.spans))
            if journal == self._saved:
                return
            try:
                self._bytes.sync()
                temporary = self._journal.with_suffix(NEW)
                with temporary.open("wb") as file:
                    file.write(msgspec.json.encode(journal))
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(self._journal)
            except OSError as error:
                if space.is_full(error):
                    raise space.full(self.path.parent, error) from error
                raise
            self._saved = journal

    def held(self) -> bool:
        """Return whether this process still may write the file."""
        return self._lease.held()

    def beat(self) -> bool:
        """Show that the writer lives; False if the file went to another process."""
        return self._lease.beat()

    def finish(self, target: Path) -> None:
        """Make the whole file or folder appear under its final name, read-only and on the disk.

        Raises
        ------
        OSError
        """
        moved = self._bytes.finish(target)
        self._close()
        if not moved:
            # The same bytes came home before under another identifier.
            self.discard()
            return
        _remove_journal(self._journal)

    def keep(self) -> None:
        """Let go of the file so that it can be gone on with later."""
        if self._open:
            self.save()
            self._close()
        self._lease.release()

    def discard(self) -> None:
        """Let go of the file and remove it."""
        self._close()
        if self._lease.held():
            self._bytes.remove()
            _remove_journal(self._journal)
        self._lease.release()

    def abandon(self) -> None:
        """Let go of the file as it is, when it belongs to another process or cannot be saved."""
        self._close()
        self._lease.release()

    def _close(self) -> None:
        if self._open:
            self._bytes.close()
            self._open = False

    def _adopt(self) -> None:
        """Take over what an earlier process had brought to the disk."""
        try:
            journal = from_json(self._journal.read_bytes(), Journal)
        except (FileNotFoundError, msgspec.DecodeError):
            self._bytes.clear()
            return
        self.version = journal.version
        self.spans = Spans(self._bytes.there(journal.spans))


def orphans(directory: Path, keys: frozenset[str]) -> list[str]:
    """Return the keys of unfinished files that no transfer of the list will go on with."""
    found = {path.name.partition(".")[0] for path in directory.glob("*.*")}
    return sorted(found - keys)


def exists(directory: Path, key: str) -> bool:
    """Return whether anything of an unfinished file is there, but for its owner's record."""
    return any((directory / f"{key}{ending}").exists() for ending in (".part", ".journal", NEW))


def clean(directory: Path, key: str, owner: Owner, watch: Watch) -> bool:
    """Remove an unfinished file; False while a living process writes it."""
    make_private(directory)
    lease = Lease.take(directory / f"{key}.owner", owner, watch)
    if lease is None:
        return False
    remove_folder(directory / f"{key}.part")
    _remove_journal(directory / f"{key}.journal")
    lease.release()
    return True


def _remove_journal(journal: Path) -> None:
    """Remove a journal, and the next one that a process was killed while it wrote."""
    journal.unlink(missing_ok=True)
    journal.with_suffix(NEW).unlink(missing_ok=True)
