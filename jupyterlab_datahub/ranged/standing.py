"""Processes that answer several questions, one after the other.

For what somebody asks again and again while they type: a start takes longer than an answer, and
what an answer is worked out from stays loaded. Each question has a time and a processor time of
its own, all of them one bound of memory; a process that goes beyond is ended, and the next question
goes to a new one.
"""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, TypeVar

import msgspec

from jupyterlab_datahub.errors import BadAnswerError, ConflictError
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged.child import (
    AT_ONCE,
    ENVIRONMENT,
    Outcome,
    broke_down,
    held,
    raised,
    stopping,
    too_slow,
)
from jupyterlab_datahub.ranged.spare import IDLE, Child

if TYPE_CHECKING:
    from jupyterlab_datahub.ranged.child import Task

HEAD = struct.Struct("<II")
"""Before each answer: the bytes of what is said, in JSON, and of what comes with it."""

LENGTH = struct.Struct("<I")
"""Before each question: its bytes, in JSON."""

GRACE = 5.0
"""Seconds in which a process that says no more has ended by itself."""

Said = TypeVar("Said", bound=Outcome)


class Standing:
    """Keeps processes that are asked; usable from any thread.

    Parameters
    ----------
    module
        What they run; it calls :func:`jupyterlab_datahub.ranged.process.stand`.
    idle
        Seconds after which one that nobody asks is ended.
    """

    def __init__(self, module: str, idle: float = IDLE) -> None:
        # -P: a file of the user's that is named like a package must not be imported in its place.
        self._command = (sys.executable, "-P", "-m", module)
        self._idle = idle
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._changed = threading.Condition()
        self._free: list[tuple[float, Child]] = []
        self._busy: set[Child] = set()
        self._keeper: threading.Thread | None = None
        self._closed = False

    def answer(self, task: Task, kind: type[Said], source: str) -> tuple[Said, bytes]:
        """Return what a process says of a task, and the bytes that come with that.

        Raises
        ------
        UnreadableError, SlowError, BusyError, ConflictError, DataHubError
            As :meth:`jupyterlab_datahub.ranged.child.Children.answer` does.
        """
        with held(self._turns):
            said, body = self._asked(task, source)
        try:
            outcome = from_json(said, kind)
        except msgspec.DecodeError as error:
            raise BadAnswerError("the process that looked at it said nothing") from error
        if outcome.error is not None:
            raise raised(outcome.error)
        return outcome, body

    def expect(self) -> None:
        """Have a process that gets ready, as somebody will ask soon."""
        with self._changed:
            if self._closed or self._free or self._busy:
                return
        # Where no process can be started, whoever asks hears of it.
        with contextlib.suppress(OSError, ConflictError):
            self._given_back(self._started(), good=True)

    def close(self) -> None:
        """End all processes, and start no more."""
        with self._changed:
            self._closed = True
            for child in self._busy:
                child.process.kill()
            free, self._free = self._free, []
            keeper = self._keeper
            self._changed.notify_all()
        for _, child in free:
            _end(child)
        if keeper is not None:
            keeper.join()

    def _asked(self, task: Task, source: str) -> tuple[bytes, bytes]:
        child, new = self._taken()
        while True:
            answer = None
            begun = time.monotonic()
            try:
                answer = _answered(child, task)
                if answer is None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        child.process.wait(GRACE)
                words = "" if answer else child.words()
            finally:
                self._given_back(child, good=answer is not None)
            if answer is not None:
                return answer
            if self._closed:
                raise stopping()
            if time.monotonic() - begun >= task.seconds:
                raise too_slow(task, source)
            if new or child.process.returncode:
                raise broke_down(task, source, child.process.returncode, words)
            # It ended in peace, for want of memory that earlier questions had taken.
            child, new = self._started(), True

    def _taken(self) -> tuple[Child, bool]:
        """Return a process, and whether nobody has asked it before."""
        while True:
            with self._changed:
                if not self._free:
                    break
                child = self._free.pop()[1]
                self._busy.add(child)
            if child.process.poll() is None:
                return child, False
            self._given_back(child, good=False)
        return self._started(), True

    def _started(self) -> Child:
        child = Child(self._begun)
        with self._changed:
            if not self._closed:
                self._busy.add(child)
                return child
        _end(child)
        raise stopping()

    def _begun(self, complaints: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=os.environ | ENVIRONMENT,
        )

    def _given_back(self, child: Child, *, good: bool) -> None:
        """Let the next one ask a process, or end it."""
        with self._changed:
            self._busy.discard(child)
            if good and not self._closed:
                self._free.append((time.monotonic(), child))
                if self._keeper is None:
                    self._keeper = threading.Thread(
                        target=self._keep, name="datahub-standing", daemon=True
                    )
                    self._keeper.start()
                return
        _end(child)

    def _keep(self) -> None:
        """End those that nobody asks for long, as long as there are any."""
        while True:
            with self._changed:
                # Those that were given back last are asked first.
                first = self._free[0][0] if self._free else time.monotonic()
                if self._changed.wait_for(
                    lambda: self._closed, max(0.0, first + self._idle - time.monotonic())
                ):
                    return
                until = time.monotonic() - self._idle
                late = [child for since, child in self._free if since <= until]
                self._free = [one for one in self._free if one[0] > until]
                none = not self._free and not self._busy
                if none:
                    self._keeper = None
            for child in late:
                _end(child)
            if none:
                return


def _answered(child: Child, task: Task) -> tuple[bytes, bytes] | None:
    """Return what a process says of a task, None where it ends before it has said all."""
    asked = msgspec.json.encode(task)
    # Pipes know no time-out on every system.
    timer = threading.Timer(task.seconds, child.process.kill)
    timer.daemon = True
    timer.start()
    try:
        told, says = _pipe(child.process.stdin), _pipe(child.process.stdout)
        told.write(LENGTH.pack(len(asked)) + asked)
        told.flush()
        head = says.read(HEAD.size)
        if len(head) < HEAD.size:
            return None
        lengths = HEAD.unpack(head)
        said, body = (says.read(length) for length in lengths)
        return (said, body) if (len(said), len(body)) == lengths else None
    except BrokenPipeError:
        return None
    finally:
        timer.cancel()


def _end(child: Child) -> None:
    with contextlib.suppress(BrokenPipeError):
        # What it did not read is of no use to anybody now.
        _pipe(child.process.stdin).close()
    child.end()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        message = "the process was started without pipes"
        raise ValueError(message)
    return stream
