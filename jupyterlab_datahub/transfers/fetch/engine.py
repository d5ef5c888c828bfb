"""Bringing all bytes of one file home, whatever its host does in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import ChangedError, ChecksumError
from jupyterlab_datahub.transfers.disk.partfile import Version
from jupyterlab_datahub.transfers.fetch import verify
from jupyterlab_datahub.transfers.fetch.round import Round
from jupyterlab_datahub.transfers.network.answers import NoRanges, OtherVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.transfers.fetch.task import Task

DAMAGED = "the bytes did not have the published checksum and were fetched again"
CHANGED = "the file changed on its host and was fetched from the start"


class Engine:
    """Fetches one file in rounds.

    A round ends when the file is whole, or when its host turns out to have another file or no
    ranges: then another round begins, once for each.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._round: Round | None = None
        self._ranges = True
        self._changed = False

    def run(self) -> Version:
        """Fetch until the part file is whole, and return what it is.

        Raises
        ------
        DataHubError
            If it cannot be fetched.
        OSError
            If the disk fails.
        Stopped
        """
        self._forget_unless_known()
        while True:
            self.close()
            self._task.halt.check()
            self._round = Round(self._task, ranges=self._ranges)
            try:
                return self._round.run()
            except NoRanges:
                self._ranges = False
            except OtherVersion as error:
                if self._changed:
                    raise ChangedError(
                        f"{self._task.name} changes on its host while it is fetched",
                        hint="Try again later.",
                    ) from error
                self._changed = True
                self.start_again(CHANGED)

    def checksums(self) -> dict[str, str]:
        """Wait until the checksums have caught up with the bytes, and return them.

        Raises
        ------
        Stopped, OSError
        """
        if self._round is None:
            return {}
        return self._round.checksums()

    def start_again(self, remark: str) -> None:
        """Throw away what was fetched, because it is not what it should be."""
        self.close()
        self._ranges = True
        self._task.remarks.append(remark)
        self._task.part.restart(Version())

    def close(self) -> None:
        """End all threads."""
        if self._round is not None:
            self._round.end()
            self._round = None

    def _forget_unless_known(self) -> None:
        """Start over where nothing would tell that what is there belongs to another file."""
        part = self._task.part
        verifiable = bool(verify.ALGORITHMS & self._task.checksums.keys())
        if part.done and not part.version.known and not verifiable:
            part.restart(Version())


def fetch(task: Task, on_whole: Callable[[], None]) -> tuple[str, int]:
    """Bring a file home and verify it; one that came damaged is fetched once more.

    Parameters
    ----------
    task
        The file.
    on_whole
        Called when all bytes are there and only the checksum is waited for.

    Returns
    -------
    The SHA-256 of the file and its length.

    Raises
    ------
    DataHubError, OSError, Stopped
    """
    engine = Engine(task)
    try:
        found, length = _verified(engine, task, on_whole)
    finally:
        engine.close()
    if remark := verify.remark_on_etag(found, task.part.version.etag):
        task.remarks.append(remark)
    return found["sha256"], length


def _verified(
    engine: Engine, task: Task, on_whole: Callable[[], None]
) -> tuple[dict[str, str], int]:
    again = False
    while True:
        length = engine.run().size or 0
        on_whole()
        found = engine.checksums()
        verify.check_length(length, task.size, task.name, "")
        try:
            verify.compare(found, task.checksums, task.name)
        except ChecksumError:
            if again:
                raise
        else:
            return found, length
        again = True
        engine.start_again(DAMAGED)
