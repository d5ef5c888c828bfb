"""The process that fetches a selection, watched from the transfer that wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged import child
from jupyterlab_datahub.transfers.fetching import fetched
from jupyterlab_datahub.transfers.selecting.made import Made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyterlab_datahub.transfers.network.hosts import Hosts
    from jupyterlab_datahub.transfers.network.stopping import Halt

# Started by its name: this room does not know that of selections, and the memory that one takes
# goes back with its process.
MODULE = "jupyterlab_datahub.selection.make"

FAILED = "the selection ended before it was done"

ENVIRONMENT = {
    **child.ENVIRONMENT,
    # Bodies of some megabytes come one after the other. By default glibc gives the memory of each
    # back, and asks for it again, a page after the other, which takes a tenth of the work.
    "MALLOC_MMAP_THRESHOLD_": str(8 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""What is set for the process."""


def make(
    job: Mapping[str, object],
    target: Path,
    halt: Halt,
    tell: Callable[[int, int], None],
    hosts: Hosts,
) -> Made:
    """Fetch a selection, and leave nothing if that is stopped or fails.

    Parameters
    ----------
    job
        What the process is told.
    target
        The file it writes.
    halt
        Ends the process.
    tell
        Is given the bytes of chunks that have come, and those of all.
    hosts
        The limits of the hosts that it asks.

    Raises
    ------
    DataHubError
        What the process says.
    Stopped
    """
    whole = False
    try:
        said = fetched(MODULE, job, ENVIRONMENT, halt, tell, FAILED, hosts)
        whole = True
    finally:
        if not whole:
            for left in (target, target.with_name(f"{target.name}.part")):
                left.unlink(missing_ok=True)
    return from_json(said, Made)
