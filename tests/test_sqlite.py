"""Opening a database file at the same time as others."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.sqlite import set_journal

if TYPE_CHECKING:
    from pathlib import Path

TOGETHER = 6


def test_all_who_open_a_new_file_together_get_it(tmp_path: Path) -> None:
    for number in range(30):
        path = tmp_path / f"{number}.sqlite"
        barrier = Barrier(TOGETHER, timeout=60)
        with ThreadPoolExecutor(TOGETHER) as pool:
            modes = [pool.submit(mode_once_open, path, barrier) for _ in range(TOGETHER)]
            assert {mode.result() for mode in modes} == {"wal"}


def mode_once_open(path: Path, barrier: Barrier) -> str:
    """Open a file when all others do, write to it, and return its journal mode."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        barrier.wait()
        set_journal(connection, "wal", 30)
        connection.execute("CREATE TABLE IF NOT EXISTS seen (at)")
        mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
        return mode


def test_what_stays_in_use_is_an_error_in_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection,
    ):
        other.execute("CREATE TABLE seen (at)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            set_journal(connection, "wal", 0.1)
