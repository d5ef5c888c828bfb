"""The library: verified files and folders by their content, with named links to them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import ConflictError, NotFoundError
from jupyterlab_datahub.model import LibraryItem, LibraryListing
from jupyterlab_datahub.transfers import schema
from jupyterlab_datahub.transfers.disk import space
from jupyterlab_datahub.transfers.disk.manyfiles import remove_folder
from jupyterlab_datahub.transfers.disk.private import make_private
from jupyterlab_datahub.transfers.library import links, shelf
from jupyterlab_datahub.transfers.library.shelf import Shelf

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from jupyterlab_datahub.transfers.schema import Job

FOLDER = "library"
PARTS = "parts"


class Library:
    """The files of a home directory, and those of a shared library that is looked into first.

    Parameters
    ----------
    home
        The home directory; files are in ``library/`` below it.
    shared
        A home directory or library of somebody else that is only read, or None.
    reserve
        Bytes that stay free on the disk; said in the listing.
    """

    def __init__(self, home: Path, shared: Path | None, reserve: int) -> None:
        self.home = home
        self.reserve = reserve
        self.path = home / FOLDER
        self.parts = self.path / PARTS
        self._own = Shelf(self.path)
        self._shared = shelf.shared(shared) if shared else None

    def find(self, ref: str) -> LibraryItem | None:
        """Return the file that an asset (or the main asset of a dataset) became.

        A file that vanished or has another length than when it was verified is not offered.
        """
        for one in self._shelves():
            if item := one.find(ref):
                return item
        return None

    def find_asset(self, ref: str) -> LibraryItem | None:
        """Return what the asset of exactly that ref became.

        A dataset's own ref may be that of its folder: its main file is something else.
        """
        for one in self._shelves():
            if item := one.find_asset(ref):
                return item
        return None

    def find_content(self, sha256: str) -> LibraryItem | None:
        """Return the file with that content, whatever it was fetched as."""
        for one in self._shelves():
            if sha256 and (item := one.by_content(sha256)):
                return item
        return None

    def datasets(self) -> dict[tuple[str, str], frozenset[str]]:
        """Return which versions of which datasets were fetched.

        The keys are a Source's name and a dataset's id, the values the refs of its versions;
        whether a file is still there, :meth:`find` knows.
        """
        found: dict[tuple[str, str], frozenset[str]] = {}
        for one in self._shelves():
            for key, refs in one.datasets().items():
                found[key] = found.get(key, frozenset()) | refs
        return found

    def items(self) -> tuple[LibraryItem, ...]:
        """Return all files, the most recently used first; shared ones last."""
        own = self._own.items()
        known = {item.sha256 for item in own}
        others = self._shared.items() if self._shared else ()
        return (*own, *(item for item in others if item.sha256 not in known))

    def listing(self) -> LibraryListing:
        """Return all files with what they and unfinished downloads take of the disk."""
        items = self.items()
        return LibraryListing(
            items=items,
            path=str(self.path),
            used=sum(item.size for item in items if not item.shared),
            free=space.free(self.path),
            reserve=self.reserve,
            partial=sum(_allocated(part) for part in self.parts.glob("*.part")),
        )

    def place(self, sha256: str) -> Path:
        """Return where a file with that content is kept, or will be."""
        return self._own.place(sha256)

    def record(self, job: Job, sha256: str, size: int) -> None:
        """Write down what a file of the library is.

        Raises
        ------
        TransferError
            If the library cannot be written.
        """
        self._own.record(job, sha256, size)

    def link(self, item: LibraryItem, directory: Path, name: str) -> Path:
        """Make a file appear under a name in a folder, and remember that it does.

        Raises
        ------
        TransferError
            If the folder cannot be written or is not the one it claims to be.
        """
        copies = self._own.links(item.sha256)
        placed = links.place(
            Path(item.path),
            directory,
            name,
            lambda path: _unchanged(path, copies.get(str(path))),
            self.path,
        )
        self._own.remember(item.sha256, placed)
        return Path(placed.path)

    def remove(self, sha256: str) -> LibraryListing:
        """Delete a file and our links to it, and return what is left.

        Raises
        ------
        NotFoundError
            If the library has no such file.
        ConflictError
            If it is part of the shared library, or a transfer is about to use it.
        """
        # Under the queue's write lock no transfer can finish, and none can be asked for.
        with schema.database(self.home).write() as queue:
            item = self._removable(sha256)
            self._refuse_if_wanted(sha256, queue)
            for path, placed in self._own.links(sha256).items():
                links.remove(Path(path), placed.kind, Path(item.path), placed.modified)
            gone = self._aside(Path(item.path), sha256)
            self._own.forget(sha256)
        remove_folder(gone)
        return self.listing()

    def _aside(self, path: Path, sha256: str) -> Path:
        """Take a file or folder from its place in one step, so that no half of it is offered."""
        make_private(self.parts)
        gone = self.parts / f"{sha256}.part"
        remove_folder(gone)
        if path.is_dir():
            # A read-only folder cannot be moved.
            path.chmod(0o700)
        with suppress(FileNotFoundError):
            path.rename(gone)
        return gone

    def _removable(self, sha256: str) -> LibraryItem:
        item = self._own.by_content(sha256, any_length=True)
        if item is not None:
            return item
        if self._shared and self._shared.by_content(sha256):
            raise ConflictError(
                "this file belongs to the shared library, which is read-only",
                hint="Ask its administrator to remove it.",
            )
        raise NotFoundError("the library has no such file", hint="Reload the list.")

    def _shelves(self) -> Iterator[Shelf]:
        if self._shared:
            yield self._shared
        yield self._own

    def _refuse_if_wanted(self, sha256: str, queue: sqlite3.Connection) -> None:
        for row in queue.execute("SELECT * FROM transfers WHERE unfinished"):
            if sha256 in (row["sha256"], _promised(row)):
                raise ConflictError(
                    f"the transfer of {row['name']} is about to use this file",
                    hint="Wait for it or cancel it, then remove the file.",
                )


def written_since(made: LibraryItem, original: Path) -> bool:
    """Return whether a file was written to after the library got what was made of it.

    Raises
    ------
    OSError
        If it is not there.
    """
    return original.stat().st_mtime > datetime.fromisoformat(made.retrieved).timestamp()


def _promised(row: sqlite3.Row) -> str:
    return schema.job_of(row).asset.checksums.get("sha256", "")


def _unchanged(path: Path, placed: links.Placed | None) -> bool:
    return placed is not None and placed.kind == "copy" and links.modified(path) == placed.modified


def _allocated(part: Path) -> int:
    """Return what an unfinished file or folder takes of the disk."""
    if part.is_dir():
        return sum(_allocated(path) for path in part.rglob("*") if not path.is_dir())
    try:
        status = part.stat()
    except FileNotFoundError:
        return 0
    blocks: int | None = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else blocks * 512
