"""Waiting for transfers, and letting go of them in good order."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyterlab_datahub.cli.progress import progress_on
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.errors import ConflictError
from jupyterlab_datahub.model import TransferState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Transfer

LOOK_EVERY = 0.2
"""Seconds."""

INTERRUPTED = 130
"""What a shell expects of a program that ended by Ctrl-C."""


def wait(rooms: Rooms, begun: Sequence[Transfer], terminal: Terminal) -> int:
    """Wait until every transfer has ended or was paused; Ctrl-C pauses all.

    Returns
    -------
    int
        The exit code that the waiting asks for, 0 unless it was interrupted.
    """
    try:
        _wait(rooms, begun, terminal)
    except KeyboardInterrupt:
        _pause(rooms, begun, terminal)
        return INTERRUPTED
    return 0


def _wait(rooms: Rooms, begun: Sequence[Transfer], terminal: Terminal) -> None:
    with progress_on(terminal) as progress:
        while True:
            now = [transfers.one(rooms, transfer.id) for transfer in begun]
            progress.show(now)
            if all(one.state.final or one.state is TransferState.PAUSED for one in now):
                return
            rooms.supervisor.ensure()
            time.sleep(LOOK_EVERY)


def _pause(rooms: Rooms, begun: Sequence[Transfer], terminal: Terminal) -> None:
    for transfer in begun:
        try:
            transfers.change(rooms, transfer.id, "pause")
        except ConflictError:
            continue  # it ended in the meantime
    terminal.tell("Paused. Run the same command again to go on where it was.")
