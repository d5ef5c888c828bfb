"""One library on disk: files named by their content, and a table of what they are."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import LibraryItem
from jupyterlab_datahub.transfers.disk.database import Database
from jupyterlab_datahub.transfers.library.links import Placed
from jupyterlab_datahub.transfers.schema import now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyterlab_datahub.transfers.schema import Job

FILE = "library.sqlite"

SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    used TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS refs (
    ref TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    dataset TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    main INTEGER NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    version TEXT NOT NULL,
    licence TEXT NOT NULL,
    citation TEXT NOT NULL,
    doi TEXT NOT NULL,
    retrieved TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refs_by_content ON refs (sha256);
CREATE INDEX IF NOT EXISTS refs_by_dataset ON refs (dataset);
CREATE TABLE IF NOT EXISTS links (
    path TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    modified INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS links_by_content ON links (sha256);
"""

ITEM = "SELECT refs.*, files.size, files.used FROM refs JOIN files USING (sha256) "


class Shelf:
    """The files in one directory.

    Parameters
    ----------
    path
        The directory.
    shared
        Whether it belongs to somebody else and is only read.
    """

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        self.path = path
        self._shared = shared
        # No write-ahead log: a copy of the directory must be readable on a read-only disk.
        self._database = Database(path / FILE, SCHEMA, "delete")

    def place(self, sha256: str) -> Path:
        """Return the path of a content, in one of 256 directories to keep each short."""
        return self.path / sha256[:2] / sha256

    def find(self, ref: str) -> LibraryItem | None:
        """Return what an asset's ref, or a dataset's for its main asset, became."""
        query = ITEM + "WHERE ref = ? OR (dataset = ? AND main) ORDER BY ref = ? DESC"
        return next(iter(self._whole(self._rows(query, (ref, ref, ref)))), None)

    def find_asset(self, ref: str) -> LibraryItem | None:
        """Return what the asset of exactly that ref became."""
        return next(iter(self._whole(self._rows(ITEM + "WHERE ref = ?", (ref,)))), None)

    def by_content(self, sha256: str, *, any_length: bool = False) -> LibraryItem | None:
        """Return the file of a content; with `any_length` also a damaged or vanished one."""
        rows = self._rows(ITEM + "WHERE sha256 = ? ORDER BY retrieved DESC", (sha256,))
        items = map(self._item, rows) if any_length else self._whole(rows)
        return next(iter(items), None)

    def items(self) -> tuple[LibraryItem, ...]:
        """Return each file once, the most recently used first."""
        rows = self._rows(ITEM + "ORDER BY used DESC, retrieved DESC", ())
        seen: dict[str, LibraryItem] = {}
        for item in self._whole(rows):
            seen.setdefault(item.sha256, item)
        return tuple(seen.values())

    def datasets(self) -> dict[tuple[str, str], frozenset[str]]:
        """Return the refs of the versions that were recorded, by Source and dataset id."""
        found: dict[tuple[str, str], set[str]] = {}
        for row in self._rows("SELECT DISTINCT source, dataset_id, dataset FROM refs", ()):
            found.setdefault((row["source"], row["dataset_id"]), set()).add(row["dataset"])
        return {key: frozenset(refs) for key, refs in found.items()}

    def links(self, sha256: str) -> dict[str, Placed]:
        """Return the links that were made to a file, by path."""
        rows = self._rows("SELECT path, kind, modified FROM links WHERE sha256 = ?", (sha256,))
        return {
            row["path"]: Placed(path=row["path"], kind=row["kind"], modified=row["modified"])
            for row in rows
        }

    def record(self, job: Job, sha256: str, size: int) -> None:
        """Write down a file and what it is."""
        origin = job.origin
        about = (
            *(job.asset.ref, sha256, origin.dataset, origin.dataset_id, origin.main, job.name),
            *(
                origin.title,
                job.source,
                origin.version,
                origin.licence,
                origin.citation,
                origin.doi,
                now(),
            ),
        )
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO files VALUES (?, ?, ?) ON CONFLICT (sha256) DO UPDATE"
                " SET size = excluded.size, used = excluded.used",
                (sha256, size, now()),
            )
            if job.asset.volatile:
                # What the same question gave before stays what it was, under the time it was asked.
                connection.execute(
                    "UPDATE refs SET ref = ref || '@' || retrieved WHERE ref = ? AND sha256 != ?",
                    (job.asset.ref, sha256),
                )
            marks = ",".join("?" * len(about))
            connection.execute(f"INSERT OR REPLACE INTO refs VALUES ({marks})", about)  # noqa: S608 - question marks

    def remember(self, sha256: str, placed: Placed) -> None:
        """Write down a link, and that its file was used."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)",
                (placed.path, sha256, placed.kind, placed.modified),
            )
            connection.execute("UPDATE files SET used = ? WHERE sha256 = ?", (now(), sha256))

    def forget(self, sha256: str) -> None:
        """Strike a file off, with its refs and links."""
        with self._database.write() as connection:
            for table in ("refs", "links", "files"):
                connection.execute(f"DELETE FROM {table} WHERE sha256 = ?", (sha256,))  # noqa: S608 - names of our own

    def _rows(self, query: str, values: Sequence[str]) -> list[sqlite3.Row]:
        if not (self.path / FILE).is_file():
            return []
        if self._shared:
            return self._foreign_rows(query, values)
        with self._database.read() as connection:
            return connection.execute(query, values).fetchall()

    def _foreign_rows(self, query: str, values: Sequence[str]) -> list[sqlite3.Row]:
        """Query a database that must not be written; one that cannot be read holds nothing."""
        uri = (self.path / FILE).absolute().as_uri() + "?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
                connection.row_factory = sqlite3.Row
                return connection.execute(query, values).fetchall()
        except sqlite3.Error:
            return []

    def _whole(self, rows: list[sqlite3.Row]) -> list[LibraryItem]:
        return [self._item(row) for row in rows if self._is_whole(row)]

    def _is_whole(self, row: sqlite3.Row) -> bool:
        """Return whether something is there, and a file as long as when it was verified.

        A folder is read-only and leaves its place in one step, so it is whole if it is there.
        """
        try:
            status = self.place(row["sha256"]).stat()
        except OSError:
            return False
        return stat.S_ISDIR(status.st_mode) or bool(status.st_size == row["size"])

    def _item(self, row: sqlite3.Row) -> LibraryItem:
        sha256 = row["sha256"]
        return LibraryItem(
            sha256=sha256,
            size=row["size"],
            name=row["name"],
            path=str(self.place(sha256)),
            ref=row["ref"],
            title=row["title"],
            source=row["source"],
            version=row["version"],
            licence=row["licence"],
            citation=row["citation"],
            doi=row["doi"],
            retrieved=row["retrieved"],
            used=row["used"],
            links=() if self._shared else tuple(filter(os.path.lexists, self.links(sha256))),
            shared=self._shared,
            folder=self.place(sha256).is_dir(),
        )


def shared(path: Path) -> Shelf:
    """Return the shelf of a shared library, named by its own directory or its home."""
    inner = path / "library"
    return Shelf(inner if (inner / FILE).is_file() else path, shared=True)
