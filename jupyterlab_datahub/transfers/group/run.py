"""One group of files, from the moment a worker takes it until it lets it go.

Each file is fetched as if it had been asked for alone, several at a time. What fails does not
keep the others back, unless it would fail for all of them.
"""

from __future__ import annotations

import logging
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import ConsentError, LimitError, TransferError
from jupyterlab_datahub.model import Grouping, TransferState
from jupyterlab_datahub.spending.purse import cost_of, sum_of
from jupyterlab_datahub.transfers.disk import space
from jupyterlab_datahub.transfers.group.crew import Crew
from jupyterlab_datahub.transfers.group.naming import Naming
from jupyterlab_datahub.transfers.network.patience import Patience, of_a_catalog
from jupyterlab_datahub.transfers.network.stopping import Stopped
from jupyterlab_datahub.transfers.queue.claims import Outcome
from jupyterlab_datahub.transfers.queue.members import Roll, Wanted
from jupyterlab_datahub.transfers.underway import Underway

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import Asset, Cost
    from jupyterlab_datahub.transfers.schema import Job
    from jupyterlab_datahub.transfers.tools import Tools

LISTED_AT_ONCE = 500
LIST_ATTEMPTS = 3

log = logging.getLogger(__name__)


class Group(Underway):
    """A group under way, in a thread of its own.

    Parameters
    ----------
    job
        The transfer.
    tools
        What it shares with others.
    on_end
        Called when it is over.
    """

    def __init__(self, job: Job, tools: Tools, on_end: Callable[[], object]) -> None:
        super().__init__(job, tools, on_end)
        self._roll = Roll(tools.claims.database, job.id)
        self._crew: Crew | None = None

    @property
    def left(self) -> int:
        """Bytes still to be written to the disk, as far as sizes are known."""
        return max((self._size or 0) - self._done(), 0) if self._crew else 0

    def beat(self) -> None:
        """Show that the parts of its files have a living writer."""
        if self._crew:
            self._crew.beat()

    def _done(self) -> int:
        return self._crew.done if self._crew else self.kept

    def _words(self) -> str:
        return self._crew.words if self._crew else ""

    def _let_go(self) -> None:
        self.kept = self._done()

    def _work(self) -> None:
        if self.job.members is None:
            self._list()
        self._roll.reopen()
        _, _, there = self._roll.counts()
        self._size = self._roll.size()
        tools = self._tools
        space.check(
            tools.library.parts,
            needed=max((self._size or 0) - there, 0),
            promised=tools.promised(self.job),
            reserve=tools.settings.reserve,
        )
        self._crew = Crew(self.job, tools, self._roll, self._halt, there)
        self._enter(TransferState.RUNNING)
        try:
            self._crew.work()
        except LimitError as error:
            raise LimitError(error.message, cost=self._missing()) from error
        self._conclude(self._crew.unpaid)

    def _missing(self) -> Cost:
        """Return what the files cost at most that are not there, as far as that is known."""
        costs, after = [], -1
        while members := self._roll.pending(after, LISTED_AT_ONCE):
            after = members[-1].position
            costs += [cost_of(one.asset) for one in members if one.asset.usd_per_gb is not None]
        return sum_of(costs)

    def _list(self) -> None:
        """Write down what the Source says belongs to the group."""
        patience = Patience(LIST_ATTEMPTS, self._halt, self._signs.say)
        total = patience.persist(self._listed, of_a_catalog)
        self._signs.say("")
        self._roll.close(total)

    def _listed(self) -> int:
        job, total = self.job, 0
        self._roll.begin()
        naming = Naming((job.grouping or Grouping()).filename_format)
        source = self._tools.registry.for_ref(job.asset.ref, job.source)
        members = source.members(job.asset)
        files = (Wanted.alone(job.source, placed(asset, naming)) for asset in members)
        while some := list(islice(files, LISTED_AT_ONCE)):
            self._halt.check()
            total = self._roll.add(some, total)
            self._signs.say(f"{total:,} files are listed so far")
        return total

    def _conclude(self, unpaid: list[Cost]) -> None:
        done, failed, size = self._roll.counts()
        if unpaid:
            name = f"a part of {self.job.name}"
            raise ConsentError.of(name, sum_of(unpaid), self.job.source)
        if failed:
            one = failed == 1
            raise TransferError(
                f"{failed:,} of {done + failed:,} files could not be fetched",
                hint=f"The list of files says why; a retry fetches only {'it' if one else 'them'}.",
            )
        claims = self._tools.claims
        # Whoever paused it in this moment finds it done.
        folders = claims.land(self.job, lambda: None)
        if folders is None:
            raise Stopped
        folder = str(Path(folders[0], self.job.name))
        claims.finish(self.job, Outcome(path=folder, size=size))


def placed(asset: Asset, naming: Naming) -> Asset:
    """Return a file of a group with the place it gets in the folder of the group as its path."""
    path: PurePosixPath = naming.path(asset)
    return msgspec.structs.replace(asset, path=str(path))
