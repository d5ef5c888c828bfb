"""Waiting for catalogs that are fetched again, with words for who waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyterlab_datahub.engine import datasets
from jupyterlab_datahub.model import CatalogState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import SourceStatus

LOOK_EVERY = 0.2
"""Seconds."""


def refreshed(
    rooms: Rooms, terminal: Terminal, names: Sequence[str] = ()
) -> tuple[SourceStatus, ...]:
    """Fetch catalogs again, wait until that is done, and return how all Sources stand.

    Parameters
    ----------
    names
        The Sources to fetch, whatever their age; empty: those that are stale.

    Raises
    ------
    NotFoundError
        If no Source has such a name.
    """
    for name in names:
        datasets.refresh(rooms, name)
    if not names:
        datasets.refresh_stale(rooms)
    told: dict[str, str] = {}
    while True:
        statuses = datasets.statuses(rooms)
        busy = [status for status in statuses if status.state is CatalogState.REFRESHING]
        if not busy:
            return statuses
        for status in busy:
            if told.get(status.name) != (words := status.progress or "begun"):
                told[status.name] = words
                terminal.tell(f"Fetching the catalog of {status.title or status.name}: {words}")
        time.sleep(LOOK_EVERY)
