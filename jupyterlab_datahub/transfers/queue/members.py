"""The files of groups in the queue's database.

The counts of a group are in its own row too, so that a list of transfers needs no counting; both
are written in one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model import (
    Asset,
    ErrorBody,
    GroupMember,
    GroupPage,
    Struct,
    TransferState,
)
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.transfers import schema
from jupyterlab_datahub.transfers.schema import Origin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from jupyterlab_datahub.transfers.disk.database import Database

DONE = TransferState.DONE
FAILED = TransferState.FAILED
QUEUED = TransferState.QUEUED


class Wanted(Struct):
    """A file that is to be in a group; ``asset.path`` is where it will lie in the folder."""

    source: str
    asset: Asset
    origin: Origin

    @classmethod
    def alone(cls, source: str, asset: Asset) -> Wanted:
        """Return a file of which nothing is known but itself."""
        return cls(
            source=source,
            asset=asset,
            origin=Origin(dataset=asset.ref, title=asset.name, main=True),
        )


class Member(Wanted):
    """A file of a group as a worker sees it."""

    position: int
    key: str


def write(
    connection: sqlite3.Connection, transfer: str, files: Iterable[Wanted], first: int
) -> int:
    """Write down some files of a group, within a transaction; return how many it has then."""
    rows = [
        (
            *(transfer, position, schema.key_of(file.source, file.asset.ref), file.source),
            msgspec.json.encode(schema.storable(file.asset)),
            *(msgspec.json.encode(file.origin), file.asset.size),
        )
        for position, file in enumerate(files, first)
    ]
    connection.executemany(
        "INSERT INTO members (transfer, position, key, source, asset, origin, size)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return first + len(rows)


def forget(connection: sqlite3.Connection, transfer: str) -> None:
    """Strike the files of a group off, within a transaction."""
    connection.execute("DELETE FROM members WHERE transfer = ?", (transfer,))


def close(connection: sqlite3.Connection, transfer: str, total: int) -> None:
    """Write down that all files of a group are known, within a transaction."""
    connection.execute(
        "UPDATE transfers SET members = ?, size = (SELECT CASE WHEN count(*) = count(size)"
        " THEN sum(size) END FROM members WHERE transfer = ?), sequence = ? WHERE id = ?",
        (total, transfer, schema.next_sequence(connection), transfer),
    )


def keys(connection: sqlite3.Connection, transfer: sqlite3.Row) -> list[str]:
    """Return the names on disk of what a transfer has not finished, a single file or a group."""
    if transfer["convert"]:
        return [transfer["key"], *schema.fetched_keys(transfer)]
    if not transfer["grouping"]:
        return [transfer["key"]]
    query = "SELECT key FROM members WHERE transfer = ? AND state != 'done'"
    return [row["key"] for row in connection.execute(query, (transfer["id"],))]


def page(
    connection: sqlite3.Connection,
    transfer: str,
    state: TransferState | None,
    offset: int,
    limit: int,
) -> GroupPage:
    """Return some files of a group as users see them."""
    where = "FROM members WHERE transfer = ? AND state = coalesce(?, state)"
    (total,) = connection.execute(f"SELECT count(*) {where}", (transfer, state)).fetchone()
    rows = connection.execute(
        f"SELECT * {where} ORDER BY position LIMIT ? OFFSET ?",
        (transfer, state, limit, offset),
    )
    return GroupPage(members=tuple(map(_member, rows)), total=total, offset=offset)


def unfinished_keys(connection: sqlite3.Connection) -> Iterable[str]:
    """Return the names on disk of the files whose parts are still of use."""
    rows = connection.execute(
        "SELECT members.key FROM members JOIN transfers ON transfers.id = members.transfer"
        " WHERE members.state != 'done' AND transfers.state NOT IN ('done', 'cancelled')"
    )
    return (row["key"] for row in rows)


class Roll:
    """The files of one group, as the worker that fetches them reads and ticks them off.

    Parameters
    ----------
    database
        The queue's database.
    transfer
        The group's transfer.
    """

    def __init__(self, database: Database, transfer: str) -> None:
        self._database = database
        self._transfer = transfer

    def begin(self) -> None:
        """Strike off what an earlier listing left that did not come to its end."""
        with self._database.write() as connection:
            forget(connection, self._transfer)

    def add(self, files: Sequence[Wanted], first: int) -> int:
        """Write down some files; return how many there are then."""
        with self._database.write() as connection:
            return write(connection, self._transfer, files, first)

    def close(self, total: int) -> None:
        """Write down that all files are known."""
        with self._database.write() as connection:
            close(connection, self._transfer, total)

    def reopen(self) -> None:
        """Let the files that failed be tried again."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE members SET state = 'queued', error = NULL"
                " WHERE transfer = ? AND state = 'failed'",
                (self._transfer,),
            )
            self._count(connection)

    def pending(self, after: int, limit: int) -> list[Member]:
        """Return files that are still wanted, in order, from the one after a position."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT position, key, source, asset, origin FROM members"
                " WHERE transfer = ? AND position > ? AND state = 'queued'"
                " ORDER BY position LIMIT ?",
                (self._transfer, after, limit),
            ).fetchall()
        return [
            Member(
                position=row["position"],
                key=row["key"],
                source=row["source"],
                asset=from_json(row["asset"], Asset),
                origin=from_json(row["origin"], Origin),
            )
            for row in rows
        ]

    def done(self, position: int, *, path: str, size: int, sha256: str) -> None:
        """Tick a file off."""
        self._tick(position, DONE, path=path, size=size, sha256=sha256)

    def failed(self, position: int, error: ErrorBody) -> None:
        """Write down why a file cannot be had."""
        self._tick(position, FAILED, error=error)

    def size(self) -> int | None:
        """Return the bytes of all files, None where not every size is known."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT size FROM transfers WHERE id = ?", (self._transfer,)
            ).fetchone()
        return row["size"] if row else None

    def counts(self) -> tuple[int, int, int]:
        """Return how many files are done and how many failed, and the bytes of the first."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT coalesce(sum(state = 'done'), 0) AS done,"
                " coalesce(sum(state = 'failed'), 0) AS failed,"
                " coalesce(sum(CASE WHEN state = 'done' THEN size END), 0) AS bytes"
                " FROM members WHERE transfer = ?",
                (self._transfer,),
            ).fetchone()
        return row["done"], row["failed"], row["bytes"]

    def _tick(
        self,
        position: int,
        state: TransferState,
        *,
        path: str = "",
        size: int | None = None,
        sha256: str = "",
        error: ErrorBody | None = None,
    ) -> None:
        with self._database.write() as connection:
            connection.execute(
                "UPDATE members SET state = ?, path = ?, size = coalesce(?, size), sha256 = ?,"
                " error = ? WHERE transfer = ? AND position = ?",
                (
                    *(state, path, size, sha256, msgspec.json.encode(error) if error else None),
                    *(self._transfer, position),
                ),
            )
            column = "members_done" if state is DONE else "members_failed"
            connection.execute(
                f"UPDATE transfers SET {column} = {column} + 1 WHERE id = ?",  # noqa: S608 - a name of our own
                (self._transfer,),
            )

    def _count(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE transfers SET members_failed = 0, members_done ="
            " (SELECT count(*) FROM members WHERE transfer = :id AND state = 'done')"
            " WHERE id = :id",
            {"id": self._transfer},
        )


def _member(row: sqlite3.Row) -> GroupMember:
    asset = from_json(row["asset"], Asset)
    return GroupMember(
        ref=asset.ref,
        name=asset.path or asset.name,
        state=TransferState(row["state"]),
        size=row["size"],
        sha256=row["sha256"],
        path=row["path"],
        error=from_json(row["error"], ErrorBody) if row["error"] else None,
    )
