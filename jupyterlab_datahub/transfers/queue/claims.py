"""The durable queue, as a worker uses it: taking, reporting, finishing.

Every statement names the owner and the states it may change, so a worker whose transfer was
paused, cancelled or taken over learns it from a row count, and can do no harm before it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from jupyterlab_datahub.model import ErrorBody, Struct, TransferState
from jupyterlab_datahub.sources.saving import Bundle
from jupyterlab_datahub.spending.ledger import Ledger
from jupyterlab_datahub.spending.purse import Wallet
from jupyterlab_datahub.transfers import schema
from jupyterlab_datahub.transfers.queue import limits, members
from jupyterlab_datahub.transfers.schema import job_of, next_sequence, now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.errors import LimitError
    from jupyterlab_datahub.transfers.disk.owner import Owner, Watch
    from jupyterlab_datahub.transfers.schema import Job


class Progress(Struct):
    """How far a transfer is, as its row says it."""

    state: TransferState
    done: int = 0
    size: int | None = None
    rate: float = 0.0
    remaining: float | None = None
    note: str = ""


class Outcome(Struct):
    """How a transfer ended well; of an upload, ``save`` is what the store has now as ``ref``."""

    path: str
    size: int
    sha256: str = ""
    note: str = ""
    ref: str = ""
    save: Bundle | None = None


class Row(Protocol):
    """What one run asks and tells of its row; see :class:`Claims`."""

    def enter(self, job: Job, progress: Progress) -> bool:
        """Put the transfer into the next state; False if it is not to go on."""

    def land(self, job: Job, move: Callable[[], None]) -> tuple[str, ...] | None:
        """Put the file into the library; return where it gets links."""

    def finish(self, job: Job, outcome: Outcome) -> None:
        """Write down how the transfer ended well."""

    def state(self, job: Job) -> TransferState | None:
        """Return the state that users gave the transfer."""

    def wallet(self, job: Job) -> Wallet | None:
        """Return what pays for the transfer, None where nobody agreed to pay."""


class Claims:
    """The rows one worker holds.

    Parameters
    ----------
    home
        The home directory.
    owner
        The worker process.

    Attributes
    ----------
    database : Database
        The queue's.
    """

    def __init__(self, home: Path, owner: Owner) -> None:
        self.database = schema.database(home)
        self._owner = owner.text()
        self._ledger = Ledger(home)

    def take(self) -> Job | None:
        """Take the oldest queued transfer, None if there is none."""
        with self.database.write() as connection:
            row = connection.execute(
                "SELECT * FROM transfers WHERE state = 'queued' AND owner = ''"
                " ORDER BY created, sequence LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE transfers SET state = 'resolving', owner = ?, beat = 0, updated = ?,"
                " sequence = ? WHERE id = ?",
                (self._owner, now(), next_sequence(connection), row["id"]),
            )
            return job_of(row)

    def beat(self) -> None:
        """Show that the worker lives."""
        with self.database.write() as connection:
            connection.execute(
                "UPDATE transfers SET beat = beat + 1 WHERE owner = ?", (self._owner,)
            )

    def enter(self, job: Job, progress: Progress) -> bool:
        """Put a transfer into the next state; False if it is not this worker's to go on with."""
        return self._write(job, progress, progress.state)

    def report(self, job: Job, progress: Progress) -> bool:
        """Write down how far a transfer is; False if it is not this worker's to go on with.

        The state is not touched: the run itself may just have entered the next one.
        """
        return self._write(job, progress, None)

    def holds(self, job: Job) -> bool:
        """Return whether a transfer still is this worker's to go on with."""
        with self.database.read() as connection:
            row = connection.execute(
                "SELECT 1 FROM transfers WHERE id = ? AND owner = ? AND active",
                (job.id, self._owner),
            ).fetchone()
        return row is not None

    def _write(self, job: Job, progress: Progress, state: TransferState | None) -> bool:
        with self.database.write() as connection:
            cursor = connection.execute(
                "UPDATE transfers SET done = :done, size = coalesce(:size, size), rate = :rate,"
                " remaining = :remaining, note = :note, updated = :updated,"
                " state = coalesce(:state, state), sequence = :sequence"
                " WHERE id = :id AND owner = :owner AND active",
                {
                    **msgspec.structs.asdict(progress),
                    "state": state,
                    "updated": now(),
                    "sequence": next_sequence(connection),
                    "id": job.id,
                    "owner": self._owner,
                },
            )
            return cursor.rowcount == 1

    def land(self, job: Job, move: Callable[[], None]) -> tuple[str, ...] | None:
        """Put the file into the library, in one step with the last check that it is wanted.

        Parameters
        ----------
        job
            The transfer.
        move
            Does it. Nobody can pause or cancel meanwhile, or afterwards.

        Returns
        -------
        tuple of str or None
            The directories that get a link; None, with nothing done, if the transfer was
            paused, cancelled or taken over.
        """
        with self.database.write() as connection:
            row = connection.execute(
                "SELECT * FROM transfers WHERE id = ? AND owner = ? AND active",
                (job.id, self._owner),
            ).fetchone()
            if row is None:
                return None
            move()
            connection.execute("UPDATE transfers SET landed = 1 WHERE id = ?", (job.id,))
            return job_of(row).directories

    def land_member(self, group: Job, move: Callable[[], None]) -> tuple[str, ...] | None:
        """Put a file of a group into the library; as :meth:`land`, but the group goes on."""
        with self.database.write() as connection:
            row = connection.execute(
                "SELECT * FROM transfers WHERE id = ? AND owner = ? AND active",
                (group.id, self._owner),
            ).fetchone()
            if row is None:
                return None
            move()
            return job_of(row).directories

    def finish(self, job: Job, outcome: Outcome) -> None:
        """Write down how a transfer ended well."""
        with self.database.write() as connection:
            connection.execute(
                "UPDATE transfers SET state = 'done', done = ?, size = ?, rate = 0,"
                " remaining = NULL, note = ?, path = ?, sha256 = ?, error = NULL, updated = ?,"
                " sequence = ?, owner = '', landed = 0, ref = coalesce(?, ref),"
                " save = coalesce(?, save) WHERE id = ? AND owner = ?",
                (
                    *(outcome.size, outcome.size, outcome.note, outcome.path, outcome.sha256),
                    *(now(), next_sequence(connection), outcome.ref or None),
                    msgspec.json.encode(outcome.save) if outcome.save else None,
                    *(job.id, self._owner),
                ),
            )

    def fail(self, job: Job, error: ErrorBody, kept: int = 0) -> None:
        """Write down why a transfer failed and what is kept of it, unless it was stopped before."""
        with self.database.write() as connection:
            connection.execute(
                "UPDATE transfers SET state = 'failed', rate = 0, remaining = NULL, note = '',"
                " error = ?, done = ?, updated = ?, sequence = ?, owner = '', landed = 0"
                " WHERE id = ? AND owner = ? AND active",
                (
                    *(msgspec.json.encode(error), kept, now(), next_sequence(connection)),
                    *(job.id, self._owner),
                ),
            )

    def pause(self, job: Job, error: LimitError, kept: int = 0) -> None:
        """Write down that the limit of a transfer is reached, unless it was stopped before."""
        with self.database.write() as connection:
            limits.pause(connection, job.id, self._owner, error, kept)

    def wallet(self, job: Job) -> Wallet | None:
        """Return what pays for a transfer, None where nobody agreed to pay."""
        if job.max_usd is None:
            return None
        return Wallet(limits.RowLimit(self.database, job.id, self._owner), self._ledger)

    def state(self, job: Job) -> TransferState | None:
        """Return the state that users gave a transfer, None if it is off the list."""
        with self.database.read() as connection:
            row = connection.execute(
                "SELECT state FROM transfers WHERE id = ?", (job.id,)
            ).fetchone()
        return TransferState(row["state"]) if row else None

    def release(self, job: Job) -> None:
        """Let go of a transfer; one that was to go on is queued again."""
        self._release(self._owner, job.id)

    def release_all(self) -> None:
        """Let go of everything, at the end of the process."""
        self._release(self._owner)

    def requeue_dead(self, watch: Watch) -> int:
        """Queue what dead workers were busy with, and return how many rows they held."""
        with self.database.read() as connection:
            held = connection.execute(
                "SELECT owner, max(beat) AS beat FROM transfers WHERE owner != '' GROUP BY owner"
            ).fetchall()
        dead = [row["owner"] for row in held if watch.dead(row["owner"], row["beat"])]
        return sum(self._release(owner) for owner in dead)

    def unfinished_keys(self) -> frozenset[str]:
        """Return the names on disk of all assets whose parts are still of use."""
        query = (
            "SELECT key, source, asset, convert FROM transfers"
            " WHERE state NOT IN ('done', 'cancelled')"
        )
        with self.database.read() as connection:
            rows = connection.execute(query).fetchall()
            alone = frozenset(row["key"] for row in rows)
            return alone.union(members.unfinished_keys(connection), *map(schema.fetched_keys, rows))

    def saves(self) -> frozenset[str]:
        """Return the identifiers of all saves that are on the list."""
        with self.database.read() as connection:
            rows = connection.execute("SELECT key FROM transfers WHERE direction = 'upload'")
            return frozenset(row["key"] for row in rows)

    def has_work(self, watch: Watch) -> bool:
        """Return whether a worker is needed."""
        if self.requeue_dead(watch):
            return True
        query = "SELECT 1 FROM transfers WHERE state = 'queued' LIMIT 1"
        with self.database.read() as connection:
            return connection.execute(query).fetchone() is not None

    def fail_queued(self, error: ErrorBody) -> None:
        """Fail everything that waits, when no worker can be kept alive."""
        with self.database.write() as connection:
            query = "SELECT id FROM transfers WHERE state = 'queued'"
            for row in connection.execute(query).fetchall():
                connection.execute(
                    "UPDATE transfers SET state = 'failed', error = ?, updated = ?, sequence = ?"
                    " WHERE id = ?",
                    (msgspec.json.encode(error), now(), next_sequence(connection), row["id"]),
                )

    def _release(self, owner: str, transfer: str | None = None) -> int:
        with self.database.write() as connection:
            rows: list[sqlite3.Row] = connection.execute(
                "SELECT id, state, active FROM transfers WHERE owner = ? AND id = coalesce(?, id)",
                (owner, transfer),
            ).fetchall()
            for row in rows:
                connection.execute(
                    "UPDATE transfers SET state = ?, owner = '', landed = 0, rate = 0,"
                    " remaining = NULL, note = '', sequence = ? WHERE id = ?",
                    (
                        TransferState.QUEUED if row["active"] else row["state"],
                        next_sequence(connection),
                        row["id"],
                    ),
                )
            return len(rows)
