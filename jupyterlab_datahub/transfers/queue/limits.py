"""What transfers may cost: their limits in the rows of the queue, and what happens at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import ConsentError, LimitError
from jupyterlab_datahub.model import Cost, ErrorBody, TransferState, in_usd
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.spending.ledger import GIGABYTE
from jupyterlab_datahub.spending.purse import affordable
from jupyterlab_datahub.transfers.network.stopping import Stopped
from jupyterlab_datahub.transfers.schema import next_sequence, now

if TYPE_CHECKING:
    import sqlite3

    from jupyterlab_datahub.transfers.disk.database import Database

_RAISE = "Raise the limit to go on from there."


class RowLimit:
    """What a transfer that a worker holds may still cost, as its row says.

    Parameters
    ----------
    database
        The queue's.
    transfer
        Identifier of the transfer.
    owner
        The worker.
    """

    def __init__(self, database: Database, transfer: str, owner: str) -> None:
        self._database = database
        self._transfer = transfer
        self._owner = owner

    def take(self, count: int, usd_per_gb: float) -> int:
        """Take the price of as many of `count` bytes as there is money for; return how many.

        Raises
        ------
        Stopped
            If the transfer is not this worker's to go on with.
        """
        with self._database.write() as connection:
            row = connection.execute(
                "SELECT max_usd, paid_usd FROM transfers WHERE id = ? AND owner = ? AND active",
                (self._transfer, self._owner),
            ).fetchone()
            if row is None or row["max_usd"] is None:
                raise Stopped
            taken = affordable(row["max_usd"] - row["paid_usd"], count, usd_per_gb)
            self._pay(connection, taken * usd_per_gb / GIGABYTE)
            return taken

    def give_back(self, count: int, usd_per_gb: float) -> None:
        """Give the price of bytes back that were not sent."""
        with self._database.write() as connection:
            self._pay(connection, -count * usd_per_gb / GIGABYTE)

    def _pay(self, connection: sqlite3.Connection, usd: float) -> None:
        connection.execute(
            "UPDATE transfers SET paid_usd = max(0, paid_usd + ?) WHERE id = ?",
            (usd, self._transfer),
        )


def pause(
    connection: sqlite3.Connection, transfer: str, owner: str, error: LimitError, kept: int
) -> None:
    """Pause a transfer whose limit is reached, and say what was paid and what is missing."""
    row = connection.execute(
        "SELECT max_usd, paid_usd FROM transfers WHERE id = ? AND owner = ? AND active",
        (transfer, owner),
    ).fetchone()
    if row is None:
        return
    cost = msgspec.structs.replace(error.cost or Cost(), paid_usd=row["paid_usd"])
    left = "" if cost.usd is None else f"; at most {in_usd(cost.usd)} are missing"
    said = f"{in_usd(row['paid_usd'])} of {in_usd(row['max_usd'] or 0)} are spent{left}"
    body = LimitError(said, hint=_RAISE, cost=cost).body()
    connection.execute(
        "UPDATE transfers SET state = ?, rate = 0, remaining = NULL, note = ?, error = ?, done = ?,"
        " updated = ?, sequence = ?, owner = '', landed = 0 WHERE id = ?",
        (
            *(TransferState.PAUSED, f"{said}. {_RAISE}", msgspec.json.encode(body), kept),
            *(now(), next_sequence(connection), transfer),
        ),
    )


def renew(connection: sqlite3.Connection, transfer: str, max_usd: float | None) -> None:
    """Set another limit, if one is given."""
    if max_usd is not None:
        connection.execute("UPDATE transfers SET max_usd = ? WHERE id = ?", (max_usd, transfer))


def check(row: sqlite3.Row) -> None:
    """Refuse to go on with what somebody would have to pay for and nobody agreed to.

    Raises
    ------
    ConsentError
        With what is missing.
    """
    error = _error(row)
    if error is None or error.code not in (ConsentError.code, LimitError.code):
        return
    cost = msgspec.structs.replace(error.cost or Cost(), paid_usd=row["paid_usd"])
    if row["max_usd"] is None:
        raise ConsentError.of(row["name"], cost, row["source"])
    if affordable(row["max_usd"] - row["paid_usd"], 1, cost.usd_per_gb or 1.0) < 1:
        raise ConsentError(
            f"{in_usd(row['paid_usd'])} are paid for {row['name']} already",
            source=row["source"],
            hint=f"Set a limit above {in_usd(row['paid_usd'])} to go on from there.",
            cost=cost,
        )


def is_at_limit(row: sqlite3.Row) -> bool:
    """Return whether a transfer is paused because its limit is reached."""
    error = _error(row)
    return (
        row["state"] == TransferState.PAUSED and error is not None and error.code == LimitError.code
    )


def is_agreed(connection: sqlite3.Connection, key: str) -> bool:
    """Return whether an unfinished transfer has a limit that is not reached."""
    row = connection.execute(
        "SELECT * FROM transfers WHERE key = ? AND unfinished AND max_usd IS NOT NULL", (key,)
    ).fetchone()
    return row is not None and not is_at_limit(row)


def _error(row: sqlite3.Row) -> ErrorBody | None:
    return from_json(row["error"], ErrorBody) if row["error"] else None
