"""An SQLite file that several threads and processes share, and that may be lost at any time.

What is kept here can always be fetched again. So a file of another version is emptied, a broken
one is replaced, and a deleted one is made anew, each without an error to the user.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import weakref
from typing import TYPE_CHECKING, TypeVar

from jupyterlab_datahub.errors import DataHubError, NoSpaceError, SettingsError
from jupyterlab_datahub.sqlite import set_journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

_BUSY_SECONDS = 60.0
_READ_CACHE_KIB = 32 * 1024
_LOG_BYTES = 64 * 1024**2
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNUSABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)


class Database:
    """One SQLite file in WAL mode: many readers, each with its snapshot, and one writer.

    Parameters
    ----------
    path
        The file; its directory is made when first needed.
    schema
        The statements that make an empty file, separated by semicolons.
    version
        Kept in ``user_version``; a file with another one is emptied.
    """

    def __init__(self, path: Path, schema: str, version: int) -> None:
        self.path = path
        self._schema = schema
        self._version = version
        self._idle: list[tuple[tuple[int, int], sqlite3.Connection]] = []
        self._lock = threading.Lock()
        # Python 3.13 warns of connections that are collected while open.
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Close the connections that are not in use; the next reading opens new ones."""
        with self._lock:
            _close_all(self._idle)

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return ``work(connection)``, all of whose queries see one state of the file.

        Raises
        ------
        SettingsError, NoSpaceError, DataHubError
            If the file can be neither used nor made anew.
        """
        return self._guarded(lambda: self._read(work))

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return ``work(connection)``, run in one transaction that is kept if it returns.

        Raises
        ------
        SettingsError, NoSpaceError, DataHubError
            As :meth:`read`; also if another writer does not finish within a minute.
        """

        def once() -> T:
            with self.connection() as connection, transaction(connection):
                return work(connection)

        return self._guarded(once)

    @contextlib.contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Give a connection of one's own, for work of several transactions."""
        connection = self._open()
        try:
            yield connection
        finally:
            connection.close()

    def heal(self) -> None:
        """Replace the file if a full check finds it broken; for writers with time to spare."""

        def check(connection: sqlite3.Connection) -> None:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                error = sqlite3.DatabaseError(verdict)
                error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise error

        self.read(check)

    def _guarded(self, work: Callable[[], T]) -> T:
        with in_words(self.path):
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if not _is(error, _BROKEN):
                    raise
                self._replace_broken()
                return work()

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        identity, connection = self._checkout()
        try:
            connection.execute("BEGIN")
            result = work(connection)
            connection.execute("ROLLBACK")
        except BaseException:
            # Whatever went wrong, a connection in an unknown state is not used again.
            connection.close()
            raise
        with self._lock:
            self._idle.append((identity, connection))
        return result

    def _checkout(self) -> tuple[tuple[int, int], sqlite3.Connection]:
        """Return an idle connection to the file that is there now, else a new one."""
        identity = self._identity()
        with self._lock:
            while self._idle:
                known, connection = self._idle.pop()
                if known == identity:
                    return known, connection
                connection.close()
        connection = self._open()
        return self._identity(), connection

    def _identity(self) -> tuple[int, int]:
        try:
            stat = self.path.stat()
        except OSError:
            return (0, 0)
        return (stat.st_dev, stat.st_ino)

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"{self.path.parent} cannot be made: {error.strerror}",
                hint="Set DATAHUB_HOME to a directory you may write to.",
            ) from error
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            set_journal(connection, "wal", _BUSY_SECONDS)
            connection.execute("PRAGMA synchronous=NORMAL")
            # A large refresh must not leave its log behind at full size.
            connection.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}")
            connection.execute(f"PRAGMA cache_size=-{_READ_CACHE_KIB}")
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._version_in(connection) == self._version:
            return
        with transaction(connection):
            if self._version_in(connection) == self._version:
                return  # another process was faster
            _drop_everything(connection)
            for statement in _statements(self._schema):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={self._version}")

    @staticmethod
    def _version_in(connection: sqlite3.Connection) -> int:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return version

    def _replace_broken(self) -> None:
        """Delete the file and what belongs to it, unless another process just did."""
        with contextlib.closing(
            sqlite3.connect(
                self.path.with_suffix(".lock"), timeout=_BUSY_SECONDS, isolation_level=None
            )
        ) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            if self._is_broken():
                for suffix in ("", "-wal", "-shm"):
                    self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def _is_broken(self) -> bool:
        try:
            with self.connection() as connection:
                verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            return _is(error, _BROKEN)
        return bool(verdict != "ok")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock; keep what was written unless an exception passes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn errors of SQLite into errors that say what to do."""
    try:
        yield
    except sqlite3.Error as error:
        if _is(error, (sqlite3.SQLITE_FULL,)):
            raise NoSpaceError(
                f"the disk of {path} is full", hint="Free some space, then try again."
            ) from error
        if _is(error, _UNUSABLE):
            raise SettingsError(
                f"{path} cannot be used: {error}",
                hint="Set DATAHUB_HOME to a directory you may write to.",
            ) from error
        if _is(error, (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)):
            raise DataHubError(
                f"{path} is in use by another process", hint="Try again in a minute."
            ) from error
        raise DataHubError(
            f"{path} cannot be read: {error}",
            hint="Delete this file; it is made anew from the catalogs.",
        ) from error


def _is(error: sqlite3.Error, codes: tuple[int, ...]) -> bool:
    """Return whether the primary code of `error` is one of `codes`."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in codes


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; a semicolon in a comment ends none."""
    gathered = ""
    for piece in script.split(";"):
        gathered += piece + ";"
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""


def _drop_everything(connection: sqlite3.Connection) -> None:
    """Drop all tables; virtual ones first, as they own others."""
    for pattern in ("CREATE VIRTUAL%", "CREATE TABLE%"):
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND sql LIKE ?"
            " AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
            (pattern,),
        ).fetchall()
        for (name,) in tables:
            quoted = name.replace('"', '""')
            connection.execute(f'DROP TABLE "{quoted}"')


def _close_all(idle: list[tuple[tuple[int, int], sqlite3.Connection]]) -> None:
    while idle:
        idle.pop()[1].close()
