"""What is under way in a thread of its own, from when a worker takes it until it lets it go."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from jupyterlab_datahub.errors import DataHubError, TransferError
from jupyterlab_datahub.model import TransferState
from jupyterlab_datahub.transfers.disk import space
from jupyterlab_datahub.transfers.fetch.speed import Speed
from jupyterlab_datahub.transfers.fetch.task import Signs
from jupyterlab_datahub.transfers.network.stopping import Halt, Stopped
from jupyterlab_datahub.transfers.queue.claims import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.transfers.queue.claims import Row
    from jupyterlab_datahub.transfers.schema import Job
    from jupyterlab_datahub.transfers.tools import Tools

log = logging.getLogger(__name__)


class Underway(ABC):
    """A transfer that a worker has taken.

    Parameters
    ----------
    job
        The transfer.
    tools
        What it shares with others.
    on_end
        Called when it is over.
    row
        What is asked whether it is still wanted, and told what became of it; the queue itself
        where nothing else is given.

    Attributes
    ----------
    failure : DataHubError or None
        Why it failed, once it has ended.
    kept : int
        Bytes that need not be moved again in another try.
    """

    refused: ClassVar[str] = "could not be written"
    """What is said of it when the disk refuses."""

    failed: ClassVar[str] = "failed"
    """What is said of it when nobody knows why."""

    def __init__(
        self, job: Job, tools: Tools, on_end: Callable[[], object], row: Row | None = None
    ) -> None:
        self.job = job
        self._tools = tools
        self._row: Row = row or tools.claims
        self._on_end = on_end
        self._halt = Halt()
        self._signs = Signs(tools.hosts)
        self._remarks: list[str] = []
        self._state = TransferState.RESOLVING
        self._size: int | None = None
        self._speed = Speed()
        self.failure: DataHubError | None = None
        self.kept = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"run-{job.id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask for the end, which comes soon; what was moved is kept."""
        self._halt.set()

    def ended(self, seconds: float = 0.0) -> bool:
        """Return whether it is over, after waiting for it."""
        # Not the thread's own end: that comes after whoever waits has been told.
        return self._over.wait(seconds)

    @property
    @abstractmethod
    def left(self) -> int:
        """Bytes still to be written to this machine's disk, as far as is known."""

    @abstractmethod
    def beat(self) -> None:
        """Show that it lives; called now and then."""

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
            note=self._signs.words or self._words(),
        )

    @abstractmethod
    def _done(self) -> int:
        """Return how many bytes were moved."""

    @abstractmethod
    def _work(self) -> None:
        """Do all of it."""

    @abstractmethod
    def _let_go(self) -> None:
        """Keep or remove what there is, as what became of it demands."""

    def _words(self) -> str:
        """Return what a user may know while nothing is waited for."""
        return "; ".join(self._remarks)

    def _run(self) -> None:
        try:
            self._work()
        except Stopped:
            log.info("%s stopped", self.job.id)
        except DataHubError as error:
            log.info("%s failed: %s", self.job.id, error)
            self.failure = error
        except Exception as error:
            log.exception("%s failed", self.job.id)
            self.failure = self._unforeseen(error)
        try:
            self._let_go()
        finally:
            self._over.set()
            self._on_end()

    def _unforeseen(self, error: Exception) -> DataHubError:
        home = self._tools.library.home
        if isinstance(error, OSError):
            if space.is_full(error):
                return space.full(home, error)
            return TransferError(
                f"{self.job.name} {self.refused}: {error.strerror or error}",
                hint=f"Check the disk of {home} and your rights there, then retry.",
            )
        return TransferError(
            f"{self.job.name} {self.failed} for a reason nobody thought of",
            hint=f"The reason is in {home / 'logs' / 'transfers.log'}; please report it.",
        )

    def _enter(self, state: TransferState) -> None:
        self._state = state
        if not self._row.enter(self.job, self.progress()):
            self._halt.set()
            raise Stopped
