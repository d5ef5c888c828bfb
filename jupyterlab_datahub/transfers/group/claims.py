"""What a run asks of the queue, answered for one file of a group."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import TransferState
    from jupyterlab_datahub.spending.purse import Wallet
    from jupyterlab_datahub.transfers.network.stopping import Halt
    from jupyterlab_datahub.transfers.queue.claims import Claims, Outcome, Progress
    from jupyterlab_datahub.transfers.queue.members import Roll
    from jupyterlab_datahub.transfers.schema import Job


class MemberClaims:
    """Stands between the run of one file and the row of its group.

    Parameters
    ----------
    claims
        The rows that the worker holds.
    group
        The transfer of the group.
    roll
        The files of the group.
    position
        Which of them this is.
    halt
        Thrown when the group ends.
    wallet
        Pays for all files of the group; None where nobody agreed to pay.

    Attributes
    ----------
    size : int
        Bytes of the file, once it is there.
    """

    def __init__(
        self,
        claims: Claims,
        group: Job,
        roll: Roll,
        position: int,
        halt: Halt,
        wallet: Wallet | None = None,
    ) -> None:
        self._claims = claims
        self._group = group
        self._roll = roll
        self._position = position
        self._halt = halt
        self._wallet = wallet
        self.size = 0

    def enter(self, job: Job, progress: Progress) -> bool:  # noqa: ARG002 - as every row is asked
        """Return whether the file is still wanted; how far it is, its group tells."""
        return not self._halt.is_set()

    def land(self, job: Job, move: Callable[[], None]) -> tuple[str, ...] | None:
        """Put the file into the library while its group is still wanted; see Claims.land."""
        folders = self._claims.land_member(self._group, move)
        if folders is None:
            return None
        below = PurePosixPath(self._group.name, job.asset.path).parent
        return tuple(str(Path(folder, below)) for folder in folders)

    def finish(self, job: Job, outcome: Outcome) -> None:  # noqa: ARG002 - as every row is asked
        """Tick the file off."""
        self.size = outcome.size
        self._roll.done(self._position, path=outcome.path, size=outcome.size, sha256=outcome.sha256)

    def state(self, job: Job) -> TransferState | None:  # noqa: ARG002 - as every row is asked
        """Return the state that users gave the group."""
        return self._claims.state(self._group)

    def wallet(self, job: Job) -> Wallet | None:  # noqa: ARG002 - as every row is asked
        """Return what pays for the file: all files of a group have one limit."""
        return self._wallet
