"""The queue on disk: its tables, and their rows as models.

One row per asset; a group of files is one row too, with a row of ``members`` for each file.
``state`` is the truth that users and workers obey; ``owner`` says which
worker process holds the row, and is empty when none does. A row can be taken by a worker only
when it is queued and has no owner, so a transfer that is paused and resumed quickly is not
taken twice. ``landed`` is set when the file is in the library and only its links are missing:
from then on a user can neither pause nor cancel.

====================================  =========================================================
from                                  to
====================================  =========================================================
queued                                resolving (a worker), paused, cancelled
resolving, running                    running, verifying (its worker), paused, cancelled, failed
verifying                             done (its worker), running (fetched again), failed,
                                      paused, cancelled
resolving, running, verifying         queued, when its worker ended or died
running                               paused, by its worker, where the limit in USD is reached
paused                                queued (resume), cancelled
failed, cancelled                     queued (retry, or asked for again)
done                                  queued, only when its file is gone and it is asked for again
====================================  =========================================================
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.model import (
    Asset,
    Dataset,
    Direction,
    ErrorBody,
    GroupCounts,
    Grouping,
    Selection,
    Struct,
    Transfer,
    TransferState,
)
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.saving import Bundle
from jupyterlab_datahub.transfers.disk.database import Database

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

FILE = "transfers.sqlite"

SCHEMA = """
CREATE TABLE IF NOT EXISTS transfers (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    ref TEXT NOT NULL,
    title TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    asset BLOB NOT NULL,
    origin BLOB NOT NULL,
    directories BLOB NOT NULL,
    state TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    size INTEGER,
    rate REAL NOT NULL DEFAULT 0,
    remaining REAL,
    note TEXT NOT NULL DEFAULT '',
    path TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    error BLOB,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    owner TEXT NOT NULL DEFAULT '',
    beat INTEGER NOT NULL DEFAULT 0,
    landed INTEGER NOT NULL DEFAULT 0,
    direction TEXT NOT NULL DEFAULT 'download',
    save BLOB,
    grouping BLOB,
    members INTEGER,
    members_done INTEGER NOT NULL DEFAULT 0,
    members_failed INTEGER NOT NULL DEFAULT 0,
    convert INTEGER NOT NULL DEFAULT 0,
    member TEXT NOT NULL DEFAULT '',
    selection BLOB,
    max_usd REAL,
    paid_usd REAL NOT NULL DEFAULT 0,
    active INTEGER GENERATED ALWAYS AS (state IN ('resolving', 'running', 'verifying')),
    unfinished INTEGER GENERATED ALWAYS AS (state NOT IN ('done', 'failed', 'cancelled'))
);
CREATE INDEX IF NOT EXISTS transfers_by_sequence ON transfers (sequence);
CREATE INDEX IF NOT EXISTS transfers_by_state ON transfers (state);
CREATE TABLE IF NOT EXISTS members (
    transfer TEXT NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    source TEXT NOT NULL,
    asset BLOB NOT NULL,
    origin BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    size INTEGER,
    sha256 TEXT NOT NULL DEFAULT '',
    path TEXT NOT NULL DEFAULT '',
    error BLOB,
    PRIMARY KEY (transfer, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_by_state ON members (transfer, state);
CREATE TABLE IF NOT EXISTS counter (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER);
INSERT OR IGNORE INTO counter VALUES (1, 0);
"""

ADDED = {
    "transfers": {
        "direction": "TEXT NOT NULL DEFAULT 'download'",
        "save": "BLOB",
        "grouping": "BLOB",
        "members": "INTEGER",
        "members_done": "INTEGER NOT NULL DEFAULT 0",
        "members_failed": "INTEGER NOT NULL DEFAULT 0",
        "convert": "INTEGER NOT NULL DEFAULT 0",
        "member": "TEXT NOT NULL DEFAULT ''",
        "selection": "BLOB",
        "max_usd": "REAL",
        "paid_usd": "REAL NOT NULL DEFAULT 0",
    }
}
"""What a queue of before uploads, groups, conversions, members, selections and limits lacks."""


class Origin(Struct):
    """What the library keeps about the dataset a file belongs to.

    ``dataset`` names it at its version, ``dataset_id`` whatever its version.
    """

    dataset: str
    dataset_id: str = ""
    title: str = ""
    version: str = ""
    licence: str = ""
    citation: str = ""
    doi: str = ""
    main: bool = False


class Job(Struct):
    """A transfer as its worker sees it.

    ``save`` is what an upload sends; of a group of files, ``grouping`` says how they are named
    and ``members`` how many they are, None while they are not listed. With ``convert`` it is an
    h5ad made of the file that is wanted, of its ``member`` where one is named; with ``selection``
    it is some cells and genes of it.
    ``max_usd`` is what it may cost, None where nobody agreed to pay for anything.
    """

    id: str
    key: str
    name: str
    source: str
    asset: Asset
    origin: Origin
    directories: tuple[str, ...]
    done: int = 0
    save: Bundle | None = None
    grouping: Grouping | None = None
    members: int | None = None
    convert: bool = False
    member: str = ""
    selection: Selection | None = None
    max_usd: float | None = None


def database(home: Path) -> Database:
    """Return the queue's database below a home directory."""
    return Database(home / FILE, SCHEMA, added=ADDED)


def now() -> str:
    """Return the time as the models write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def key_of(source: str, ref: str) -> str:
    """Return the name that one asset of one Source has on disk, whatever its ref contains."""
    return hashlib.sha256(f"{source}\n{ref}".encode()).hexdigest()[:32]


def origin_of(dataset: Dataset, asset: Asset) -> Origin:
    """Return the part of a dataset that is kept with its file."""
    main = dataset.main_asset
    return Origin(
        dataset=dataset.ref,
        dataset_id=dataset.id,
        title=dataset.title,
        version=dataset.version,
        licence=dataset.licence,
        citation=dataset.citation,
        doi=dataset.doi,
        main=main is not None and main.ref == asset.ref,
    )


def storable(asset: Asset) -> Asset:
    """Return `asset` without an address that looks as if it were signed for one person."""
    if asset.beside:
        beside = tuple(map(storable, asset.beside))
        asset = msgspec.structs.replace(asset, beside=beside)
    parts = urlsplit(asset.url)
    if parts.query or parts.username:
        return msgspec.structs.replace(asset, url="")
    return asset


def fetched_keys(row: sqlite3.Row) -> list[str]:
    """Return the names on disk of the files that a row fetches to be converted, if it does."""
    if not row["convert"]:
        return []
    asset = from_json(row["asset"], Asset)
    return [key_of(row["source"], one.ref) for one in (asset, *asset.beside)]


def next_sequence(connection: sqlite3.Connection) -> int:
    """Return a number greater than that of every change so far; within a transaction."""
    row = connection.execute("UPDATE counter SET value = value + 1 RETURNING value").fetchone()
    return int(row[0])


def transfer_of(row: sqlite3.Row) -> Transfer:
    """Return a row as users see it."""
    return Transfer(
        id=row["id"],
        ref=row["ref"],
        title=row["title"],
        name=row["name"],
        source=row["source"],
        state=TransferState(row["state"]),
        done=row["done"],
        size=row["size"],
        rate=row["rate"],
        remaining=row["remaining"],
        note=row["note"],
        path=row["path"],
        sha256=row["sha256"],
        error=from_json(row["error"], ErrorBody) if row["error"] else None,
        created=row["created"],
        updated=row["updated"],
        sequence=row["sequence"],
        direction=Direction(row["direction"]),
        group=GroupCounts(
            total=row["members"], done=row["members_done"], failed=row["members_failed"]
        )
        if row["grouping"]
        else None,
        selection=_selection_of(row),
        max_usd=row["max_usd"],
        paid_usd=row["paid_usd"],
    )


def _selection_of(row: sqlite3.Row) -> Selection | None:
    told = row["selection"]
    return from_json(told, Selection) if told else None


def job_of(row: sqlite3.Row) -> Job:
    """Return a row as a worker sees it."""
    return Job(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        source=row["source"],
        asset=from_json(row["asset"], Asset),
        origin=from_json(row["origin"], Origin),
        directories=from_json(row["directories"], tuple[str, ...]),
        done=row["done"],
        save=from_json(row["save"], Bundle) if row["save"] else None,
        grouping=from_json(row["grouping"], Grouping) if row["grouping"] else None,
        members=row["members"],
        convert=bool(row["convert"]),
        member=row["member"],
        selection=_selection_of(row),
        max_usd=row["max_usd"],
    )
