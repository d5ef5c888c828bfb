"""The file table as a file of SQLite beside it, so that no process ever holds all of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from secrets import token_hex
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model.decoding import msgpack_decoder
from jupyterlab_datahub.sources.tissue_atlas.htan_records import Record, records
from jupyterlab_datahub.sources.tissue_atlas.htan_rows import HINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILE = "files.sqlite"
FORM = 1
"""Changes whenever what is kept of a row does."""

BATCH = 1000
TOLD_EVERY = 20_000
"""Rows between two words on how far it is."""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE stamp (value TEXT NOT NULL);
CREATE TABLE file (id TEXT PRIMARY KEY, place INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
"""
_ADD = (
    "INSERT INTO file (id, place, record) VALUES (?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET record = excluded.record"
)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgpack_decoder(Record)


class Table:
    """The files of a metadata file, looked up by id or read in the order they have there.

    Parameters
    ----------
    path
        The metadata file.
    folder
        Where what is made of it is kept.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        self._folder = folder
        self._file = folder / FILE

    def find(self, id_: str) -> Record | None:
        """Return the file of an id.

        Raises
        ------
        SettingsError
            If the metadata file is no file table.
        """
        with self._opened(lambda _: None) as connection:
            row = connection.execute("SELECT record FROM file WHERE id = ?", (id_,)).fetchone()
        return _decode(row[0]) if row else None

    def all(self, progress: Callable[[str], None]) -> Iterator[Record]:
        """Yield all files, each id once; see :meth:`find` for what is raised."""
        with self._opened(progress) as connection:
            for (record,) in connection.execute("SELECT record FROM file ORDER BY place"):
                yield _decode(record)

    @contextmanager
    def _opened(self, progress: Callable[[str], None]) -> Iterator[sqlite3.Connection]:
        stamp = self._stamp()
        with closing(self._current(stamp) or self._made(stamp, progress)) as connection:
            yield connection

    def _stamp(self) -> str:
        """Return what changes when the metadata file does."""
        stat = self._path.stat()
        return f"{FORM} {self._path} {stat.st_mtime_ns} {stat.st_size} {stat.st_ino}"

    def _current(self, stamp: str) -> sqlite3.Connection | None:
        """Open what was made of the file as it is now, None where there is no such thing."""
        if not self._file.exists():
            return None
        connection = self._connected(self._file)
        try:
            if connection.execute("SELECT value FROM stamp").fetchone() == (stamp,):
                return connection
        except sqlite3.DatabaseError:
            # It is made anew, whatever became of it.
            pass
        connection.close()
        return None

    def _made(self, stamp: str, progress: Callable[[str], None]) -> sqlite3.Connection:
        """Make it of the metadata file; others see the former one, or the new one as a whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{FILE}.{token_hex(4)}.part"
        try:
            with closing(self._connected(part)) as connection:
                connection.executescript(_SCHEMA)
                self._fill(connection, progress)
                connection.execute("INSERT INTO stamp VALUES (?)", (stamp,))
                connection.commit()
            part.replace(self._file)
        except sqlite3.Error as error:
            raise SettingsError(
                f"what {self._path} lists cannot be kept: {error}",
                hint=f"Check that there is room on the disk of {self._folder}.",
            ) from error
        finally:
            part.unlink(missing_ok=True)
        return self._connected(self._file)

    def _fill(self, connection: sqlite3.Connection, progress: Callable[[str], None]) -> None:
        batch: list[tuple[str, int, bytes]] = []
        count = 0
        for count, record in enumerate(records(self._path), 1):
            batch.append((record.id, count, _encode(record)))
            if len(batch) == BATCH:
                connection.executemany(_ADD, batch)
                batch.clear()
            if count % TOLD_EVERY == 0:
                progress(f"Reading the file table: {count:,} files")
        connection.executemany(_ADD, batch)
        if not count:
            raise SettingsError(f"{self._path} has no files with a DataFileID", hint=HINT)
        connection.execute("CREATE UNIQUE INDEX by_place ON file (place)")

    def _connected(self, file: Path) -> sqlite3.Connection:
        return sqlite3.connect(file, check_same_thread=False)
