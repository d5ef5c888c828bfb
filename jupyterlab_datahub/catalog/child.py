"""A refreshing process seen from its server, and what the two say to each other."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import redact
from jupyterlab_datahub.model import ErrorBody, Struct
from jupyterlab_datahub.model.decoding import json_decoder
from jupyterlab_datahub.settings import Settings
from jupyterlab_datahub.settings.priority import NICENESS, make_modest

if TYPE_CHECKING:
    from collections.abc import Iterator

_STOP_SECONDS = 5.0
_LOG_BYTES = 4000

# -P: a file of the user's that is named like a package must not be imported in its place.
_COMMAND = (sys.executable, "-P", "-m", "jupyterlab_datahub.catalog.refresh")


class Job(Struct):
    """What a refreshing process is told; ``parent`` is the process it works for."""

    settings: Settings
    source: str
    owner: str = ""
    parent: int | None = None


class Report(Struct):
    """One line of what a refreshing process says; ``final`` with its last."""

    progress: str = ""
    error: ErrorBody | None = None
    final: bool = False


class Child:
    """A refreshing process.

    Parameters
    ----------
    job
        What it is to do; this process is written in as its parent.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(self, job: Job) -> None:
        self.owner = job.owner
        self.finished = False
        self.complaints = ""
        told = msgspec.json.encode(msgspec.structs.replace(job, parent=os.getpid()))
        with contextlib.ExitStack() as undo:
            self._errors = undo.enter_context(tempfile.TemporaryFile())
            # A file and no pipe: a process that dies at once cannot break it.
            with tempfile.TemporaryFile() as input_:
                input_.write(told)
                input_.seek(0)
                self._process = subprocess.Popen(
                    _COMMAND, stdin=input_, stdout=subprocess.PIPE, stderr=self._errors
                )
            make_modest(self._process.pid, NICENESS)
            undo.pop_all()

    def reports(self) -> Iterator[Report]:
        """Yield what the process says until it says no more."""
        report_of = json_decoder(Report)
        if self._process.stdout is None:
            return
        with self._process.stdout as lines:
            for line in lines:
                report = report_of(line)
                self.finished = self.finished or report.final
                yield report

    def wait(self) -> int:
        """Return the exit code of a process that has said its last, which is ended if need be."""
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        with self._errors:
            size = self._errors.seek(0, os.SEEK_END)
            self._errors.seek(max(0, size - _LOG_BYTES))
            self.complaints = redact(self._errors.read().decode(errors="replace"))
        return code

    def terminate(self) -> None:
        """Ask the process to end."""
        self._process.terminate()


def say(report: Report) -> None:
    """Write a line for the server."""
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()
