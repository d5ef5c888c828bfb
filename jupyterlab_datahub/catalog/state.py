"""Who refreshes which Source, and what came of it; shared by all processes of one home."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.catalog.schema import state_database
from jupyterlab_datahub.model import CatalogState, ErrorBody, Struct

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

HEARTBEAT_SECONDS = 5.0
"""How often the owner of a refresh says that it lives."""

STALE_SECONDS = 45.0
"""After this time without a heartbeat a refresh counts as dead and may be taken over."""

_encode_error = msgspec.msgpack.Encoder().encode
_decode_error = msgspec.msgpack.Decoder(ErrorBody).decode


class RefreshState(Struct):
    """How the last refresh of a Source stands or ended; ``updated`` is a Unix time."""

    state: CatalogState
    error: ErrorBody | None = None
    progress: str = ""
    updated: float = 0.0
    running: bool = False


class RefreshStates:
    """The states of all Sources' refreshes in ``<home>/refresh.sqlite``."""

    def __init__(self, home: Path) -> None:
        self._database = state_database(home)

    def close(self) -> None:
        """Close idle connections."""
        self._database.close()

    def all(self) -> dict[str, RefreshState]:
        """Return the state of each Source that was ever refreshed or is being."""

        def read(connection: sqlite3.Connection) -> dict[str, RefreshState]:
            alive = {
                source
                for source, heartbeat in connection.execute("SELECT source, heartbeat FROM running")
                if is_alive(heartbeat)
            }
            rows = connection.execute(
                "SELECT source, state, error, progress, updated FROM state"
            ).fetchall()
            return {
                source: RefreshState(
                    state=CatalogState(state),
                    error=_decode_error(error) if error else None,
                    progress=progress,
                    updated=updated,
                    running=source in alive
                    or (state == CatalogState.REFRESHING and is_alive(updated)),
                )
                for source, state, error, progress, updated in rows
            }

        return self._database.read(read)

    def set(
        self, source: str, state: CatalogState, error: ErrorBody | None = None, progress: str = ""
    ) -> None:
        """Write how a refresh stands or ended."""
        packed = _encode_error(error) if error else None
        self._database.write(
            lambda connection: connection.execute(
                "INSERT INTO state (source, state, error, progress, updated)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
                " state = excluded.state, error = excluded.error, progress = excluded.progress,"
                " updated = excluded.updated",
                (source, state.value, packed, progress, time.time()),
            )
        )

    def claim(self, source: str, owner: str) -> bool:
        """Return whether `owner` now has the refresh of `source` to itself, or had it already."""
        now = time.time()

        def claim(connection: sqlite3.Connection) -> bool:
            return bool(
                connection.execute(
                    "INSERT INTO running (source, owner, heartbeat) VALUES (?, ?, ?)"
                    " ON CONFLICT (source) DO UPDATE SET owner = excluded.owner,"
                    " heartbeat = excluded.heartbeat"
                    " WHERE owner = excluded.owner OR abs(heartbeat - ?) > ?",
                    (source, owner, now, now, STALE_SECONDS),
                ).rowcount
            )

        return self._database.write(claim)

    def beat(self, source: str, owner: str) -> bool:
        """Say that `owner` lives; return whether the refresh is still its own."""
        return bool(
            self._database.write(
                lambda connection: (
                    connection.execute(
                        "UPDATE running SET heartbeat = ? WHERE source = ? AND owner = ?",
                        (time.time(), source, owner),
                    ).rowcount
                )
            )
        )

    def release(self, source: str, owner: str) -> bool:
        """Give the refresh up; return whether it still was `owner`'s."""
        return bool(
            self._database.write(
                lambda connection: (
                    connection.execute(
                        "DELETE FROM running WHERE source = ? AND owner = ?", (source, owner)
                    ).rowcount
                )
            )
        )


def is_alive(heartbeat: float) -> bool:
    """Return whether a heartbeat is recent; one from the future is a clock that was set."""
    return abs(time.time() - heartbeat) <= STALE_SECONDS
