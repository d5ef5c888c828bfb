"""Who refreshes which Source, and what came of it; shared by all processes of one home."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.catalog.schema import state_database
from jupyterlab_datahub.model import CatalogState, ErrorBody, Struct
from jupyterlab_datahub.model.decoding import msgpack_decoder

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

HEARTBEAT_SECONDS = 5.0
"""How often the owner of a refresh says that it lives."""

STALE_SECONDS = 45.0
"""After this time without a heartbeat a refresh counts as dead and may be taken over."""

_encode_error = msgspec.msgpack.Encoder().encode
_decode_error = msgpack_decoder(ErrorBody)


class RefreshState(Struct):
    """How the last refresh of a Source stands or ended; ``updated`` is a Unix time."""

    state: CatalogState
    error: ErrorBody | None = None
    progress: str = ""
    updated: float = 0.0
    running: bool = False


class RefreshStates:
    """The states of all refreshes in ``<home>/refresh.sqlite``, by the keys of the parts."""

    def __init__(self, home: Path) -> None:
        self._database = state_database(home)

    def close(self) -> None:
        """Close idle connections."""
        self._database.close()

    def all(self) -> dict[str, RefreshState]:
        """Return the state of each part that was ever refreshed or is being."""

        def read(connection: sqlite3.Connection) -> dict[str, RefreshState]:
            alive = {
                part
                for part, heartbeat in connection.execute("SELECT part, heartbeat FROM running")
                if is_alive(heartbeat)
            }
            rows = connection.execute(
                "SELECT part, state, error, progress, updated FROM state"
            ).fetchall()
            return {
                part: RefreshState(
                    state=CatalogState(state),
                    error=_decode_error(error) if error else None,
                    progress=progress,
                    updated=updated,
                    running=part in alive
                    or (state == CatalogState.REFRESHING and is_alive(updated)),
                )
                for part, state, error, progress, updated in rows
            }

        return self._database.read(read)

    def set(
        self, part: str, state: CatalogState, error: ErrorBody | None = None, progress: str = ""
    ) -> None:
        """Write how a refresh stands or ended."""
        packed = _encode_error(error) if error else None
        self._database.write(
            lambda connection: connection.execute(
                "INSERT INTO state (part, state, error, progress, updated)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (part) DO UPDATE SET"
                " state = excluded.state, error = excluded.error, progress = excluded.progress,"
                " updated = excluded.updated",
                (part, state.value, packed, progress, time.time()),
            )
        )

    def claim(self, part: str, owner: str) -> bool:
        """Return whether `owner` now has the refresh of `part` to itself, or had it already."""
        now = time.time()

        def claim(connection: sqlite3.Connection) -> bool:
            return bool(
                connection.execute(
                    "INSERT INTO running (part, owner, heartbeat) VALUES (?, ?, ?)"
                    " ON CONFLICT (part) DO UPDATE SET owner = excluded.owner,"
                    " heartbeat = excluded.heartbeat"
                    " WHERE owner = excluded.owner OR abs(heartbeat - ?) > ?",
                    (part, owner, now, now, STALE_SECONDS),
                ).rowcount
            )

        return self._database.write(claim)

    def beat(self, part: str, owner: str) -> bool:
        """Say that `owner` lives; return whether the refresh is still its own."""
        return bool(
            self._database.write(
                lambda connection: (
                    connection.execute(
                        "UPDATE running SET heartbeat = ? WHERE part = ? AND owner = ?",
                        (time.time(), part, owner),
                    ).rowcount
                )
            )
        )

    def release(self, part: str, owner: str) -> bool:
        """Give the refresh up; return whether it still was `owner`'s."""
        return bool(
            self._database.write(
                lambda connection: (
                    connection.execute(
                        "DELETE FROM running WHERE part = ? AND owner = ?", (part, owner)
                    ).rowcount
                )
            )
        )


def is_alive(heartbeat: float) -> bool:
    """Return whether a heartbeat is recent; one from the future is a clock that was set."""
    return abs(time.time() - heartbeat) <= STALE_SECONDS
