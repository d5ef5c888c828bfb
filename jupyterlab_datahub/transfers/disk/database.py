"""A small SQLite database that several processes share."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from jupyterlab_datahub.errors import DataHubError, NoSpaceError, TransferError
from jupyterlab_datahub.sqlite import set_journal
from jupyterlab_datahub.transfers.disk.private import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""


class Database:
    """One connection, opened when first used and shared by the threads of a process.

    Parameters
    ----------
    path
        The database file; its directory is made for this user alone.
    schema
        Statements that make the tables where they are missing.
    added
        Columns that tables got after their first version, with their definitions by table:
        an older file gets them when it is opened.
    journal
        ``wal`` where writers and readers must not wait for each other, ``delete`` where a
        copy of the file must be readable on a read-only disk.
    """

    def __init__(
        self,
        path: Path,
        schema: str,
        journal: Literal["wal", "delete"] = "wal",
        added: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> None:
        self.path = path
        self._schema = schema
        self._added = added
        self._journal = journal
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run a block in a transaction that no other process can interleave with.

        Raises
        ------
        NoSpaceError, TransferError
            If the database cannot be written.
        """
        with self._lock, self._told():
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Run a block of queries.

        Raises
        ------
        TransferError
            If the database cannot be read.
        """
        with self._lock, self._told():
            yield self._open()

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        make_private(self.path.parent)
        connection = sqlite3.connect(
            self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        # The connection ends with this object: nobody has to remember to close it.
        weakref.finalize(self, connection.close)
        connection.row_factory = sqlite3.Row
        set_journal(connection, self._journal, PATIENCE)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(self._schema)
        self._upgrade(connection)
        self._connection = connection
        return connection

    def _upgrade(self, connection: sqlite3.Connection) -> None:
        """Add the columns that an older file lacks."""
        if not list(self._lacking(connection)):
            return
        connection.execute("BEGIN IMMEDIATE")
        # Looked at again: another process may have been first.
        for table, name, kind in list(self._lacking(connection)):
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
        connection.execute("COMMIT")

    def _lacking(self, connection: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
        for table, columns in self._added.items():
            there = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
            for name, kind in columns.items():
                if name not in there:
                    yield table, name, kind

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite says into what a user can act on."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError) as error:
            raise _explained(error, self.path) from error


def _explained(error: sqlite3.Error | OSError, path: Path) -> DataHubError:
    if "disk is full" in str(error):
        return NoSpaceError(
            f"the disk of {path.parent} is full", hint="Free some space, then try again."
        )
    if "locked" in str(error):
        return TransferError(
            f"{path} was in use by another process for {PATIENCE:.0f} s",
            hint="Try again; if it lasts, restart the server.",
        )
    return TransferError(
        f"{path} cannot be used: {error}",
        hint="Check that its directory is writable; a damaged file may be moved away.",
    )
