"""What the tests of downloads from an openBIS and of saving to it share: a desk with rooms."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import Credentials, TransferState
from tests.transfers.desk import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.openbis.service import OpenbisService
    from jupyterlab_datahub.model import Transfer
    from jupyterlab_datahub.settings import Settings

PATIENCE = {"attempts": 2, "backoff": 0.05}
"""Options of a Source that tries again soon."""

IMPATIENT = {"attempts": 40, "backoff": 0.05, "read_timeout": 1.0}
"""The same for a test in which the host is silent.

What answers is held to the time as well, and may be late where a machine is busy: it is asked
again as often as that takes.
"""


@dataclass
class OpenbisDesk:
    """A home directory, an openBIS, and what is open on them."""

    settings: Settings
    openbis: OpenbisService
    opened: list[Rooms] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.rooms = self.open()

    def open(self, **changes: Any) -> Rooms:
        """Return rooms as a server has them; keywords change the settings."""
        rooms = Rooms(msgspec.structs.replace(self.settings, **changes))
        self.opened.append(rooms)
        return rooms

    def close(self) -> None:
        """End all workers."""
        for rooms in self.opened:
            rooms.close()

    def connect(self, user: str, password: str) -> None:
        """Log in."""
        self.rooms.registry["openbis"].connect(Credentials(user=user, password=password))

    def ref(self, name: str, path: str = "") -> str:
        """Return the ref of an object, a dataset, or a file of one."""
        return f"openbis:{self.openbis.host}/{name}" + (f"/{path}" if path else "")

    def finished(self, transfer: Transfer) -> Transfer:
        """Return a transfer when it is over."""
        return self.until(transfer, lambda now: now.state.final)

    def done(self, transfer: Transfer) -> Transfer:
        """Return a transfer when it is over, which must be well."""
        last = self.finished(transfer)
        assert last.state is TransferState.DONE, last
        return last

    def over_badly(self, transfer: Transfer) -> Transfer:
        """Return a transfer when it is over, which must be with an error."""
        last = self.finished(transfer)
        assert last.state is TransferState.FAILED, last
        assert last.error is not None
        return last

    def until(self, transfer: Transfer, wanted: Callable[[Transfer], bool]) -> Transfer:
        """Return a transfer as soon as it is as wanted."""
        last = transfer

        def look() -> bool:
            nonlocal last
            self.rooms.supervisor.ensure()
            last = transfers.one(self.rooms, transfer.id)
            return wanted(last)

        until(look, lambda: str(last))
        return last

    def kill_worker(self) -> None:
        """End the worker as a machine that fails does."""
        pid = self.rooms.supervisor.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
