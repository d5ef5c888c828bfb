"""A process that has imported what it needs before anybody asks for it.

A third of a second of processor time goes into the start of a process that looks into files, as
long as all the rest of a look. So one that is ready waits for the next task: never before there was
a first, one at a time, and not for long. Each is given one task, as those that start with it are,
so that what one file makes of its process is never seen by another.
"""

from __future__ import annotations

import threading
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from jupyterlab_datahub.settings.priority import make_modest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

IDLE = 300.0
"""Seconds that one waits for a task before it is ended."""

PAUSE = 0.3
"""Seconds after a look before the next process is started, as its answer is worked on just now."""


NICENESS = 5
"""How much others go before a process that looks at a file; somebody waits for it."""


class Child:
    """A process and its complaints; it leaves a processor to the server.

    Parameters
    ----------
    start
        Starts it, with its complaints going to a file.
    """

    def __init__(self, start: Callable[[int], subprocess.Popen[bytes]]) -> None:
        # A file and no pipe: nobody waits for what a process that hangs does not take.
        self.complaints: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed by `end`
        try:
            self.process = start(self.complaints.fileno())
            make_modest(self.process.pid, NICENESS)
        except BaseException:
            self.complaints.close()
            raise

    def words(self) -> str:
        """Return its complaints."""
        self.complaints.seek(0)
        return self.complaints.read().decode(errors="replace")

    def end(self) -> None:
        """End it, whatever it does."""
        with self.complaints, self.process:
            self.process.kill()


class Spare:
    """Keeps one process ready; usable from any thread.

    Parameters
    ----------
    start
        Starts one.
    idle
        See `IDLE`.
    pause
        See `PAUSE`.
    """

    def __init__(
        self, start: Callable[[], Child], idle: float | None = None, pause: float | None = None
    ) -> None:
        self._start = start
        self._idle = IDLE if idle is None else idle
        self._pause = PAUSE if pause is None else pause
        self._changed = threading.Condition()
        self._ready: Child | None = None
        self._keeper: threading.Thread | None = None
        self._closed = False

    def take(self) -> Child | None:
        """Return the process that is ready, None where there is none; the caller ends it."""
        with self._changed:
            child, self._ready = self._ready, None
            if child is not None:
                self._keeper = None
                self._changed.notify_all()
        if child is not None and child.process.poll() is not None:
            child.end()
            return None
        return child

    def have_one(self) -> None:
        """See to it that there is one soon."""
        with self._changed:
            if self._keeper is None and not self._closed:
                self._keeper = threading.Thread(
                    target=self._keep, name="datahub-spare", daemon=True
                )
                self._keeper.start()

    def close(self) -> None:
        """End it, and start no more."""
        with self._changed:
            self._closed = True
            keeper = self._keeper
            self._changed.notify_all()
        if keeper is not None:
            keeper.join()

    def _keep(self) -> None:
        """Start a process, and end it where nobody takes it for long."""
        with self._changed:
            if self._changed.wait_for(lambda: self._closed, self._pause):
                return
            try:
                self._ready = child = self._start()
            except OSError:
                # Where no process can be started, the next look says so.
                self._keeper = None
                return
            self._changed.wait_for(lambda: self._ready is not child or self._closed, self._idle)
            if self._ready is not child:
                return
            self._ready = self._keeper = None
        child.end()
