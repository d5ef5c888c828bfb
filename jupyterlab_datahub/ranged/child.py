"""Processes that look at files, as seen from whoever wants to know.

Libraries for what is in files, and what a damaged file makes of them, stay out of the server: each
look is a process with a time and a memory of its own.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, TypeVar

import msgspec

from jupyterlab_datahub.errors import (
    BadAnswerError,
    BusyError,
    ConflictError,
    DataHubError,
    SlowError,
    UnreadableError,
    redact,
)
from jupyterlab_datahub.model import ErrorBody, Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged.spare import Child, Spare
from jupyterlab_datahub.settings.memory import MEMORY
from jupyterlab_datahub.settings.priority import ALONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.ranged.kept import Kept

AT_ONCE = 2
"""Processes of one kind beside each other; others wait."""

PATIENCE = 90.0
"""Seconds for which somebody waits for others who look."""

SECONDS = 60.0
"""After which a look is ended."""

LOGGED = 4000

READY = "--ready"
"""Tells a process to import what it needs before it is told a task."""

ENVIRONMENT = {
    # Threads for linear algebra would each take address space, of which there is a bound.
    **ALONE,
    "MALLOC_ARENA_MAX": "2",
    # Code that a file asks for is not looked for on this machine.
    "HDF5_PLUGIN_PATH": "",
}
"""What is set for a process that reads files."""

log = logging.getLogger(__name__)


class Task(Struct):
    """What a process is told: whose file it looks at, within which bounds.

    ``name`` is that of the file, ``seconds`` and ``memory`` (bytes) what it may take.
    """

    ref: str
    name: str
    seconds: float = SECONDS
    memory: int = MEMORY


class Outcome(Struct):
    """What a process says in the end, if something went wrong."""

    error: ErrorBody | None = None


Said = TypeVar("Said", bound=Outcome)


class Children:
    """Starts processes, a few at a time, and ends those that take too long.

    Parameters
    ----------
    module
        What they run; it calls :func:`jupyterlab_datahub.ranged.process.serve`.
    spare
        Whether one is kept ready for a while after each task, as the next is likely; see
        :class:`jupyterlab_datahub.ranged.spare.Spare`.
    kept
        What one that is ready has an eye on while nobody needs it, so that nobody waits for that.
    """

    def __init__(self, module: str, *, spare: bool = False, kept: Kept | None = None) -> None:
        # -P: a file of the user's that is named like a package must not be imported in its place.
        self._command = (sys.executable, "-P", "-m", module)
        self._kept = kept
        self._answered = False
        ready = (READY, *(kept.arguments if kept else ()))
        self._again = spare
        self._spare = Spare(lambda: Child(lambda complaints: self._begun(complaints, *ready)))
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def answer(self, task: Task, kind: type[Said], source: str) -> Said:
        """Return what a process found out.

        Parameters
        ----------
        task
            What it is to look for.
        kind
            What it says.
        source
            The Source of the file, for errors.

        Raises
        ------
        UnreadableError
            If the file made the process break down.
        SlowError
            If it took too long.
        BusyError
            If others took too long.
        ConflictError
            If the server is stopping.
        DataHubError
            What the process says is wrong.
        """
        with held(self._turns):
            said = self._said(task, source)
            self._answered = True
            if self._again:
                self._spare.have_one()
        try:
            outcome = from_json(said, kind)
        except msgspec.DecodeError as error:
            raise BadAnswerError(
                f"the process that looked at {task.name} said nothing",
                source=source,
                hint="Try again; the log of the server says more.",
            ) from error
        if outcome.error is not None:
            raise raised(outcome.error)
        return outcome

    def close(self) -> None:
        """End all processes, and start no more."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
        self._spare.close()
        if self._kept is not None and self._answered:
            # A command ends before any process had the time to.
            self._kept.tidy()

    def expect(self) -> None:
        """Have a process ready soon, as somebody will likely look."""
        self._spare.have_one()

    def _said(self, task: Task, source: str) -> bytes:
        """Return what a process says of a task."""
        child = self._started()
        try:
            said, _ = child.process.communicate(msgspec.json.encode(task), task.seconds)
            if child.process.returncode and not self._closed:
                raise broke_down(task, source, child.process.returncode, child.words())
        except subprocess.TimeoutExpired:
            raise too_slow(task, source) from None
        finally:
            child.end()
            with self._lock:
                self._running.discard(child.process)
        if self._closed:
            raise stopping()
        return said

    def _started(self) -> Child:
        """Return a process that waits for its task: the one that is ready, else a new one."""
        child = self._spare.take() or Child(self._begun)
        with self._lock:
            if not self._closed:
                self._running.add(child.process)
                return child
        child.end()
        raise stopping()

    def _begun(self, complaints: int, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self._command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=os.environ | ENVIRONMENT,
        )


@contextlib.contextmanager
def held(turn: threading.Lock | threading.BoundedSemaphore) -> Iterator[None]:
    """Hold a turn for a block, if it comes soon enough.

    Raises
    ------
    BusyError
    """
    if not turn.acquire(timeout=PATIENCE):
        raise BusyError("too many files are being looked into", hint="Try again in a minute.")
    try:
        yield
    finally:
        turn.release()


def raised(body: ErrorBody) -> DataHubError:
    """Return the error that another process told of, of the kind that its code names."""
    kind = next((kind for kind in _all(DataHubError) if kind.code == body.code), DataHubError)
    error = kind.__new__(kind)
    # What kinds have beside a message, they take each in their own way.
    DataHubError.__init__(
        error, body.message, source=body.source, hint=body.hint, retry_after=body.retry_after
    )
    for name in ErrorBody.__struct_fields__:
        if not hasattr(error, name):
            setattr(error, name, getattr(body, name))
    return error


def _all(kind: type[DataHubError]) -> list[type[DataHubError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _all(child))]


def broke_down(task: Task, source: str, code: int, words: str) -> UnreadableError:
    """Return the error for a process that ended with a code, and log its complaints."""
    log.warning("%s broke down (%d):\n%s", task.ref, code, redact(words)[-LOGGED:])
    return UnreadableError(
        f"{task.name} cannot be looked into: reading it broke down",
        source=source,
        hint="The file may be damaged. The log of the server says more.",
    )


def too_slow(task: Task, source: str) -> SlowError:
    """Return the error for a process that took longer than it may."""
    return SlowError(
        f"{task.name} could not be looked into within {task.seconds:.0f} s",
        source=source,
        hint="Try again, or download it.",
    )


def stopping() -> ConflictError:
    """Return the error for whoever asks while the server stops."""
    return ConflictError("the server is stopping", hint="Start it again.")
