"""The process that fetches one member of a zip, watched from the transfer that wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged.child import ENVIRONMENT
from jupyterlab_datahub.transfers.fetching import fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterlab_datahub.transfers.network.hosts import Hosts
    from jupyterlab_datahub.transfers.network.stopping import Halt

# Started by its name, as this room does not know that of AnnData.
MODULE = "jupyterlab_datahub.anndata_io.taking"

FAILED = "what is in the archive did not come to its end"


class Taken(Struct):
    """What came of a zip of how many bytes."""

    fetched: int
    size: int


def take(
    task: Mapping[str, object], halt: Halt, tell: Callable[[int, int], None], hosts: Hosts
) -> Taken:
    """Fetch a member of a zip into a file.

    Parameters
    ----------
    task
        What the process is told.
    halt
        Ends the process.
    tell
        Is given the bytes that have come, and those of all.
    hosts
        The limits of the hosts that it asks.

    Raises
    ------
    DataHubError
        What the process says.
    Stopped
    """
    said = fetched(MODULE, task, ENVIRONMENT, halt, tell, FAILED, hosts)
    return from_json(said, Taken)
