"""What was last learnt about connections, so that a list of them asks no server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model import ConnectionState
from jupyterlab_datahub.sources.connections import is_over

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Connection, Secret
    from jupyterlab_datahub.settings import SourceConfig

    Mark = tuple[SourceConfig, Secret | None]


class Standings:
    """The last answers of servers; usable from any thread.

    An answer holds for one entry of the configuration and one secret. When either is another,
    say because another process connected anew, it is forgotten.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._learnt: dict[str, tuple[Mark, Connection]] = {}

    def learn(self, mark: Mark, connection: Connection) -> bool:
        """Note what a server said; return whether that is new."""
        with self._lock:
            before = self._learnt.get(connection.name)
            self._learnt[connection.name] = (mark, connection)
            return before != (mark, connection)

    def of(self, mark: Mark, known: Connection) -> Connection:
        """Return what was learnt about a connection, or else what is `known` here."""
        with self._lock:
            found = self._learnt.get(known.name)
        if found is None or found[0] != mark:
            return known
        learnt = found[1]
        if learnt.state is ConnectionState.CONNECTED and is_over(learnt.expires):
            return msgspec.structs.replace(learnt, state=ConnectionState.EXPIRED)
        return learnt
