"""What was paid for, kept as bytes with their price, so that no sum depends on its order.

Bytes are written down before they are asked for: whoever is killed in between has counted too
many, never too few.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import TransferError
from jupyterlab_datahub.model import Spending, Spent, Struct
from jupyterlab_datahub.sqlite import set_journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import Download

FILE = "ledger.sqlite"
PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""

GIGABYTE = 1e9

_SCHEMA = """
CREATE TABLE IF NOT EXISTS paid (
    day TEXT NOT NULL,
    host TEXT NOT NULL,
    bucket TEXT NOT NULL,
    ref TEXT NOT NULL,
    usd_per_gb REAL NOT NULL,
    as_of TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (day, host, bucket, ref, usd_per_gb, as_of)
) WITHOUT ROWID;
"""


class Purchase(Struct):
    """What is bought, from whom, at which price.

    ``usd_per_gb`` is USD for 10^9 bytes, as of ``as_of``; ``day`` is that of the purchase in UTC,
    set when it is made.
    """

    host: str
    bucket: str
    ref: str
    usd_per_gb: float
    as_of: str = ""
    day: str = ""

    @classmethod
    def of(cls, ref: str, download: Download) -> Purchase:
        """Return what fetching an object by an address is."""
        return cls(
            host=urlsplit(download.url).netloc.rpartition("@")[2],
            bucket=urlsplit(ref).netloc,
            ref=ref,
            usd_per_gb=download.usd_per_gb,
            as_of=download.price_date,
        )

    def today(self) -> Purchase:
        """Return the same, made today unless it has a day."""
        day = self.day or datetime.now(UTC).date().isoformat()
        return msgspec.structs.replace(self, day=day)


class Ledger:
    """The ledger of a home directory; safe to use from threads and several processes.

    Parameters
    ----------
    home
        The home directory; the ledger is ``ledger.sqlite`` in it.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def add(self, purchase: Purchase, count: int) -> None:
        """Write down that bytes are paid for; a negative number takes some back.

        Raises
        ------
        TransferError
            If the ledger cannot be written; then nothing may be bought.
        """
        values = (
            *(purchase.day, purchase.host, purchase.bucket, purchase.ref),
            *(purchase.usd_per_gb, purchase.as_of, count),
        )
        with self._open() as connection, connection:
            connection.execute(
                "INSERT INTO paid VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes",
                values,
            )

    def spending(self) -> Spending:
        """Return what was paid by month and bucket, newest first.

        Raises
        ------
        TransferError
        """
        if not self._path.exists():
            return Spending()
        with self._open() as connection:
            rows = connection.execute(
                "SELECT substr(day, 1, 7) AS month, host, bucket, sum(bytes),"
                " sum(bytes * usd_per_gb) / 1e9 FROM paid WHERE bytes > 0"
                " GROUP BY month, host, bucket ORDER BY month DESC, host, bucket"
            ).fetchall()
        months = tuple(
            Spent(month=month, host=host, bucket=bucket, bytes=count, usd=usd)
            for month, host, bucket, count, usd in rows
        )
        return Spending(
            months=months,
            bytes=sum(one.bytes for one in months),
            usd=sum(one.usd for one in months),
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as connection:
                set_journal(connection, "wal", PATIENCE)
                connection.executescript(_SCHEMA)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise TransferError(
                f"the ledger of what was paid cannot be used: {error}",
                hint=f"Check that {self._path} is writable; a damaged file may be moved away.",
            ) from error
