"""Rows of the queue: one by its identifier, and what users put it into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NotFoundError
from jupyterlab_datahub.model import TransferState
from jupyterlab_datahub.transfers.schema import next_sequence, now

if TYPE_CHECKING:
    import sqlite3


def row_of(connection: sqlite3.Connection, transfer: str) -> sqlite3.Row:
    """Return the row of a transfer.

    Raises
    ------
    NotFoundError
    """
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM transfers WHERE id = ?", (transfer,)
    ).fetchone()
    if row is None:
        raise NotFoundError("there is no such transfer", hint="Reload the list.")
    return row


def put_into(connection: sqlite3.Connection, transfer: str, state: TransferState) -> sqlite3.Row:
    """Put a transfer into another state; its worker, if it has one, obeys when it reports."""
    connection.execute(
        "UPDATE transfers SET state = ?, rate = 0, remaining = NULL, note = '', error = NULL,"
        " done = CASE WHEN ? THEN 0 ELSE done END, updated = ?, sequence = ? WHERE id = ?",
        (state, state == TransferState.CANCELLED, now(), next_sequence(connection), transfer),
    )
    return row_of(connection, transfer)
