"""What every SQLite file of ours needs when it is opened."""

from __future__ import annotations

import sqlite3
import time

PAUSE = 0.02
"""Seconds between two tries."""


def set_journal(connection: sqlite3.Connection, mode: str, seconds: float) -> None:
    """Put a database into a journal mode, waiting for others that open it at the same time.

    SQLite fails at once, whatever time-out the connection has, where two connections change
    the mode of a new file together (https://www.sqlite.org/wal.html, "Sometimes queries
    return SQLITE_BUSY in WAL mode").

    Parameters
    ----------
    connection
        A connection without a transaction.
    mode
        ``wal`` or ``delete``.
    seconds
        How long to try.

    Raises
    ------
    sqlite3.OperationalError
    """
    until = time.monotonic() + seconds
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode={mode}")
        except sqlite3.OperationalError as error:
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > until:
                raise
        else:
            return
        time.sleep(PAUSE)
