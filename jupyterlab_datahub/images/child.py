"""A process that looks at an image, seen from its server, and what the two say to each other.

Libraries for images, and what a damaged file makes of them, stay out of the server: the process
has a time and a memory of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import msgspec

from jupyterlab_datahub import errors
from jupyterlab_datahub.errors import BadAnswerError, ConflictError, DataHubError, SlowError
from jupyterlab_datahub.model import Download, ErrorBody, ImageFacts, Struct, Thumbnail
from jupyterlab_datahub.settings import Settings

SECONDS = 60.0
"""How long one look may take."""

AT_ONCE = 2
"""Looks beside each other; others wait."""

# -P: a file of the user's that is named like a package must not be imported in its place.
_COMMAND = (sys.executable, "-P", "-m", "jupyterlab_datahub.images.look")


class Job(Struct):
    """What a process is told to look at.

    ``download`` is fresh from the Source, None for an image that is a folder below ``root``; then
    the process asks the Source itself. ``channel`` is None where only facts are wanted. ``kept``
    is the file with the parts that were fetched before, empty where none are kept. ``max_usd`` is
    what the look may cost where somebody pays for it, None where nobody agreed to that.
    """

    settings: Settings
    source: str
    ref: str
    name: str
    download: Download | None = None
    channel: int | None = None
    size: int = 512
    kept: str = ""
    max_usd: float | None = None


class Report(Struct):
    """What a process says of its image; one of the three."""

    facts: ImageFacts | None = None
    thumbnail: Thumbnail | None = None
    error: ErrorBody | None = None


class Looks:
    """Starts processes, a few at a time, and ends those that take too long."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def report(self, job: Job) -> Report:
        """Return what a process found out.

        Raises
        ------
        SlowError
            If it took too long.
        ConflictError
            If the server is stopping.
        DataHubError
            What the process says is wrong.
        """
        with self._places:
            said = self._said(job)
        try:
            report = msgspec.json.decode(said, type=Report)
        except msgspec.DecodeError as error:
            raise BadAnswerError(
                "The process that looked at the image ended before it was done",
                source=job.source,
                hint="The image may take more memory than it is worth; download it instead.",
            ) from error
        if report.error is not None:
            raise rebuilt(report.error)
        return report

    def close(self) -> None:
        """End all processes, and start no more."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()

    def _said(self, job: Job) -> bytes:
        process = self._started()
        try:
            said, _ = process.communicate(msgspec.json.encode(job), self._seconds)
        except subprocess.TimeoutExpired as error:
            raise SlowError(
                f"Looking at {job.name} took longer than {self._seconds:.0f} s",
                source=job.source,
                hint="Try again when its host is less busy, or download it.",
            ) from error
        finally:
            process.kill()
            process.communicate()
            with self._lock:
                self._running.discard(process)
        if self._closed:
            raise ConflictError("the server is stopping", hint="Start it again.")
        return said

    def _started(self) -> subprocess.Popen[bytes]:
        # Libraries for linear algebra take memory for each processor; nothing is computed here.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with self._lock:
            if self._closed:
                raise ConflictError("the server is stopping", hint="Start it again.")
            process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            self._running.add(process)
            return process


def rebuilt(body: ErrorBody) -> DataHubError:
    """Return an error that came from another process, of the kind that its code names."""
    kinds = {
        one.code: one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, DataHubError)
    }
    kind = kinds.get(body.code, DataHubError)
    return kind(body.message, source=body.source, hint=body.hint)
