"""The tables of ``catalog.sqlite`` and of ``refresh.sqlite``.

The catalog is written in one transaction per refresh, which may take a while; who refreshes
what, and how far it is, is therefore kept in a file of its own that is never locked for long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.catalog.database import Database

if TYPE_CHECKING:
    from pathlib import Path

# Raise it whenever the tables, the folding of words or the packing of a row change.
CATALOG_VERSION = 4
STATE_VERSION = 2

_CATALOG = """
-- Counts the changes from the time of birth on, so that a new file is never taken for the
-- one it replaced.
CREATE TABLE generation (value INTEGER NOT NULL);
INSERT INTO generation
VALUES (CAST(strftime('%s', 'now') AS INTEGER) * 1000000 + abs(random() % 1000000));

-- The key says of which Source, and fetched with which configuration of it.
CREATE TABLE part (
    part TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    datasets INTEGER NOT NULL,
    harvested TEXT NOT NULL
) WITHOUT ROWID;

-- The record comes last: reading what stands before it touches no overflow page.
CREATE TABLE dataset (
    id INTEGER PRIMARY KEY,
    part TEXT NOT NULL,
    ref TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    sort_title TEXT NOT NULL,
    hit BLOB NOT NULL,
    record BLOB NOT NULL,
    UNIQUE (part, ref)
);
CREATE INDEX dataset_by_title ON dataset (sort_title);

-- What the columns in memory are made of, apart from the bulky records.
CREATE TABLE entry (id INTEGER PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE facet_value (
    code INTEGER PRIMARY KEY,
    facet TEXT NOT NULL,
    label TEXT NOT NULL,
    term TEXT NOT NULL,
    UNIQUE (facet, label)
);

CREATE TABLE identifier (hash INTEGER, id INTEGER, PRIMARY KEY (hash, id)) WITHOUT ROWID;
CREATE TABLE posting (
    word TEXT,
    block INTEGER,
    field INTEGER,
    places BLOB NOT NULL,
    PRIMARY KEY (word, block, field)
) WITHOUT ROWID
"""

_STATE = """
CREATE TABLE state (
    part TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    error BLOB,
    progress TEXT NOT NULL,
    updated REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE running (
    part TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    heartbeat REAL NOT NULL
) WITHOUT ROWID
"""


def catalog_database(home: Path) -> Database:
    """Return the file with all datasets and their index."""
    return Database(home / "catalog.sqlite", _CATALOG, CATALOG_VERSION)


def state_database(home: Path) -> Database:
    """Return the file with the state of each Source's refresh."""
    return Database(home / "refresh.sqlite", _STATE, STATE_VERSION)
