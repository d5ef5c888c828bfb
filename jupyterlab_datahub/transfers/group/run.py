"""One group of files, from the moment a worker takes it until it lets it go.

Each file is fetched as if it had been asked for alone, several at a time. What fails does not
keep the others back, unless it would fail for all of them.
"""

from __future__ import annotations

import logging
import threading
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import DataHubError, TransferError
from jupyterlab_datahub.model import Grouping, TransferState
from jupyterlab_datahub.transfers.disk import space
from jupyterlab_datahub.transfers.fetch.speed import Speed
from jupyterlab_datahub.transfers.fetch.task import Signs
from jupyterlab_datahub.transfers.group.crew import Crew
from jupyterlab_datahub.transfers.group.naming import Naming
from jupyterlab_datahub.transfers.network.patience import Patience, of_a_catalog
from jupyterlab_datahub.transfers.network.stopping import Halt, Stopped
from jupyterlab_datahub.transfers.queue.claims import Outcome, Progress
from jupyterlab_datahub.transfers.queue.members import Roll, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import Asset
    from jupyterlab_datahub.transfers.run import Tools
    from jupyterlab_datahub.transfers.schema import Job

LISTED_AT_ONCE = 500
LIST_ATTEMPTS = 3

log = logging.getLogger(__name__)


class Group:
    """A group under way, in a thread of its own.

    Parameters
    ----------
    job
        The transfer.
    tools
        What it shares with others.
    on_end
        Called when it is over.

    Attributes
    ----------
    failure : DataHubError or None
        Why it failed, once it has ended.
    kept : int
        Bytes of the files that are there.
    """

    def __init__(self, job: Job, tools: Tools, on_end: Callable[[], object]) -> None:
        self.job = job
        self._tools = tools
        self._on_end = on_end
        self._halt = Halt()
        self._signs = Signs(tools.hosts)
        self._roll = Roll(tools.claims.database, job.id)
        self._state = TransferState.RESOLVING
        self._size: int | None = None
        self._speed = Speed()
        self._crew: Crew | None = None
        self.failure: DataHubError | None = None
        self.kept = 0
        self._thread = threading.Thread(target=self._work, name=f"group-{job.id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask for the end, which comes soon; what was fetched is kept."""
        self._halt.set()

    def ended(self, seconds: float = 0.0) -> bool:
        """Return whether the group is over, after waiting for it."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def left(self) -> int:
        """Bytes still to be written to the disk, as far as sizes are known."""
        return max((self._size or 0) - self._done(), 0) if self._crew else 0

    def beat(self) -> None:
        """Show that the parts of its files have a living writer."""
        if self._crew:
            self._crew.beat()

    def progress(self) -> Progress:
        """Return how far it is."""
        done = self._done()
        self._speed.at(done)
        running = self._state is TransferState.RUNNING
        return Progress(
            state=self._state,
            done=done,
            size=self._size,
            rate=self._speed.rate if running else 0.0,
            remaining=self._speed.remaining(self._size) if running else None,
            note=self._signs.words or (self._crew.words if self._crew else ""),
        )

    def _done(self) -> int:
        return self._crew.done if self._crew else self.kept

    def _work(self) -> None:
        try:
            self._bring_home()
        except Stopped:
            log.info("group %s stopped", self.job.id)
        except DataHubError as error:
            log.info("group %s failed: %s", self.job.id, error)
            self.failure = error
        except Exception as error:
            log.exception("group %s failed", self.job.id)
            self.failure = self._unforeseen(error)
        self.kept = self._done()
        self._on_end()

    def _unforeseen(self, error: Exception) -> DataHubError:
        home = self._tools.library.home
        if isinstance(error, OSError) and space.is_full(error):
            return space.full(home, error)
        return TransferError(
            f"{self.job.name} failed for a reason nobody thought of",
            hint=f"The reason is in {home / 'logs' / 'transfers.log'}; please report it.",
        )

    def _bring_home(self) -> None:
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
        self._crew.work()
        self._conclude()

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

    def _conclude(self) -> None:
        done, failed, size = self._roll.counts()
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

    def _enter(self, state: TransferState) -> None:
        self._state = state
        if not self._tools.claims.enter(self.job, self.progress()):
            self._halt.set()
            raise Stopped


def placed(asset: Asset, naming: Naming) -> Asset:
    """Return a file of a group with the place it gets in the folder of the group as its path."""
    path: PurePosixPath = naming.path(asset)
    return msgspec.structs.replace(asset, path=str(path))
