"""A process that looks at a file, as seen from whoever wants to know."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub import errors
from jupyterlab_datahub.errors import DataHubError, SlowError, UnreadableError, redact
from jupyterlab_datahub.preview.job import Job, Outcome

if TYPE_CHECKING:
    from jupyterlab_datahub.model import ErrorBody

log = logging.getLogger(__name__)

LOGGED = 4000

# -P: a file of the user's that is named like a package must not be imported in its place.
_COMMAND = (sys.executable, "-P", "-m", "jupyterlab_datahub.preview.run")

_ENVIRONMENT = {
    # Threads for linear algebra would each take address space, of which there is a bound.
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    # Code that a file asks for is not looked for on this machine.
    "HDF5_PLUGIN_PATH": "",
}


class Child:
    """A process that looks at a file.

    Parameters
    ----------
    job
        What it is to look for.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        # Files and no pipes: nobody waits for what a process that hangs does not take.
        with tempfile.TemporaryFile() as told:
            told.write(msgspec.json.encode(job))
            told.seek(0)
            self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by outcome()
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=told,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=os.environ | _ENVIRONMENT,
            )

    def outcome(self) -> str:
        """Wait for the end and return the key of the state that was seen.

        Raises
        ------
        UnreadableError
            If the file made the process break down.
        SlowError
            If it took too long.
        DataHubError
            What the process says.
        """
        with self._process, self._complaints:
            try:
                said, _ = self._process.communicate(timeout=self._job.seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                raise SlowError(
                    f"{self._job.name} could not be looked into within {self._job.seconds:.0f} s",
                    source=self._job.config.name,
                    hint="Try again, or download it.",
                ) from None
            if self._process.returncode:
                raise self._broken_down()
        outcome = msgspec.json.decode(said, type=Outcome)
        if outcome.error is not None:
            raise raised(outcome.error)
        return outcome.key

    def kill(self) -> None:
        """End the process."""
        self._process.kill()

    def _broken_down(self) -> DataHubError:
        self._complaints.seek(0)
        said = redact(self._complaints.read().decode(errors="replace"))[-LOGGED:]
        code = self._process.returncode
        log.warning("The preview of %s broke down (%s):\n%s", self._job.ref, code, said)
        return UnreadableError(
            f"{self._job.name} cannot be looked into: reading it broke down",
            source=self._job.config.name,
            hint="The file may be damaged. The log of the server says more.",
        )


def raised(body: ErrorBody) -> DataHubError:
    """Return the error that another process told of."""
    kinds = (kind for kind in _all(DataHubError) if kind is not errors.FieldsError)
    kind = next((kind for kind in kinds if kind.code == body.code), DataHubError)
    return kind(body.message, source=body.source, hint=body.hint, retry_after=body.retry_after)


def _all(kind: type[DataHubError]) -> list[type[DataHubError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _all(child))]
