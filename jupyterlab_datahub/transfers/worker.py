"""The worker process: ``python -m jupyterlab_datahub.transfers.worker``.

It reads its settings as one line of JSON from its standard input, and lives as long as that
stays open: whoever started it holds the other end, so even a server that is killed takes its
worker along. With ``--until-idle`` it ends when the queue is empty instead.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import DataHubError, LimitError, redact
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.settings import Settings
from jupyterlab_datahub.settings.priority import be_modest
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.transfers.conversion.run import Conversion
from jupyterlab_datahub.transfers.disk import partfile
from jupyterlab_datahub.transfers.disk.owner import Watch, this_process
from jupyterlab_datahub.transfers.group.run import Group
from jupyterlab_datahub.transfers.library.library import Library
from jupyterlab_datahub.transfers.network.hosts import Hosts
from jupyterlab_datahub.transfers.queue.claims import Claims, Progress
from jupyterlab_datahub.transfers.run import Run
from jupyterlab_datahub.transfers.selecting.run import Selecting
from jupyterlab_datahub.transfers.tools import Tools
from jupyterlab_datahub.transfers.upload import journal as upload_journal
from jupyterlab_datahub.transfers.upload.abandoned import Leaving
from jupyterlab_datahub.transfers.upload.run import Upload

if TYPE_CHECKING:
    from jupyterlab_datahub.transfers.schema import Job
    from jupyterlab_datahub.transfers.underway import Underway

TICK = 0.1
"""Seconds between two looks at the queue and the runs."""

REPORT_EVERY = 0.4
"""Seconds between two reports of a transfer's progress."""

BEAT_EVERY = 5.0
IDLE = 30.0
"""Seconds without work after which the process ends."""

PAUSE = 2.0
"""Seconds before the next look at a queue that could not be used."""

GRACE = 8.0
"""Seconds that transfers get to write their journals when the process ends."""

ALONE = "--alone"
"""Says that a command waits for the worker, and that it serves no server."""

log = logging.getLogger("jupyterlab_datahub.transfers")


class Worker:
    """Takes transfers from the queue and runs several at once.

    Parameters
    ----------
    settings
        Limits, Sources and where the data lives.
    idle
        Seconds without work after which :meth:`serve` returns.
    """

    def __init__(self, settings: Settings, idle: float = IDLE) -> None:
        home = Path(settings.home)
        shared = Path(settings.shared_library) if settings.shared_library else None
        owner = this_process()
        self._settings = settings
        self._idle = idle
        self._watch = Watch()
        self._claims = Claims(home, owner)
        self._library = Library(home, shared, settings.reserve)
        self._beaten = time.monotonic()
        self._ended = threading.Event()
        self._runs: dict[str, Underway] = {}
        self._reported: dict[str, tuple[float, Progress]] = {}
        registry = Registry(settings)
        self._leaving = Leaving(home, registry)
        self._tools = Tools(
            settings=settings,
            registry=registry,
            claims=self._claims,
            library=self._library,
            hosts=Hosts(settings.connections_per_host, settings.rate_per_host),
            owner=owner,
            watch=self._watch,
            promised=self._promised,
        )

    def serve(self, stop: threading.Event) -> None:
        """Work until told to stop, or until there was nothing to do for a while."""
        busy = time.monotonic()
        try:
            self._tidy()
            while not stop.is_set():
                at = time.monotonic()
                try:
                    self._turn(at)
                except DataHubError as error:
                    # Another process held the queue for too long; transfers go on meanwhile.
                    log.warning("%s", error)
                    stop.wait(PAUSE)
                if self._runs:
                    busy = at
                elif at - busy >= self._idle:
                    return
                self._ended.wait(TICK)
                self._ended.clear()
        finally:
            self._end()

    def _turn(self, at: float) -> None:
        if at - self._beaten > BEAT_EVERY:
            self._beaten = at
            self._beat()
        self._collect()
        self._start_more()
        self._report(at)

    def _tidy(self) -> None:
        """Take over what dead workers left: their transfers, and parts nobody wants."""
        self._claims.requeue_dead(self._watch)
        parts = self._library.parts
        for key in partfile.orphans(parts, self._claims.unfinished_keys()):
            partfile.clean(parts, key, self._tools.owner, self._watch)
        upload_journal.remove_strays(self._library.home, self._claims.saves())
        self._leaving.go_on()

    def _beat(self) -> None:
        self._claims.beat()
        for run in self._runs.values():
            run.beat()
        self._claims.requeue_dead(self._watch)
        self._leaving.go_on()

    def _collect(self) -> None:
        """Write down what became of runs that ended; until that succeeds they are not let go."""
        for run in [run for run in self._runs.values() if run.ended()]:
            if isinstance(run.failure, LimitError):
                self._claims.pause(run.job, run.failure, run.kept)
            elif run.failure is not None:
                self._claims.fail(run.job, run.failure.body(), run.kept)
            self._claims.release(run.job)
            del self._runs[run.job.id]
            self._reported.pop(run.job.id, None)

    def _start_more(self) -> None:
        while len(self._runs) < self._settings.transfers_at_once:
            job = self._claims.take()
            if job is None:
                return
            self._runs[job.id] = run = _kind(job)(job, self._tools, self._ended.set)
            run.start()

    def _report(self, at: float) -> None:
        """Write down what changed, and stop what a user has stopped."""
        for run in self._runs.values():
            last, before = self._reported.get(run.job.id, (0.0, None))
            if at - last < REPORT_EVERY:
                continue
            progress = run.progress()
            if progress == before:
                if not self._claims.holds(run.job):
                    run.stop()
            elif not self._claims.report(run.job, progress):
                run.stop()
            self._reported[run.job.id] = (at, progress)

    def _promised(self, job: Job) -> int:
        return sum(run.left for run in list(self._runs.values()) if run.job.id != job.id)

    def _end(self) -> None:
        """Let transfers write their journals, then give everything back to the queue."""
        for run in self._runs.values():
            run.stop()
        until = time.monotonic() + GRACE
        for run in self._runs.values():
            run.ended(max(0.0, until - time.monotonic()))
        self._leaving.wait(max(0.0, until - time.monotonic()))
        self._collect()
        self._claims.release_all()


def _kind(job: Job) -> type[Underway]:
    if job.save:
        return Upload
    if job.grouping:
        return Group
    if job.selection:
        return Selecting
    return Conversion if job.convert else Run


def main() -> int:
    """Run a worker with the settings that come in on standard input."""
    be_modest(leave_one=ALONE not in sys.argv[1:])
    _log_to_stderr()
    line = sys.stdin.buffer.readline()
    try:
        settings = from_json(line, Settings)
    except msgspec.DecodeError as error:
        log.error("the settings on standard input cannot be read: %s", error)
        return 2
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if "--until-idle" in sys.argv[1:]:
        Worker(settings, idle=0.0).serve(stop)
        return 0
    threading.Thread(target=_wait_for_end, args=(stop,), name="lifeline", daemon=True).start()
    Worker(settings).serve(stop)
    return 0


def _wait_for_end(stop: threading.Event) -> None:
    """Stop when the server closes our standard input, or dies and thereby does."""
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()


class _Redacted(logging.Formatter):
    """Writes no secret, whatever an exception's text contains."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without credentials."""
        return redact(super().format(record))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_Redacted("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # The reader of our standard error may be gone; that must not stop a transfer.
    logging.raiseExceptions = False


if __name__ == "__main__":
    sys.exit(main())
