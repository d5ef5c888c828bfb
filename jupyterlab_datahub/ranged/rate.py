"""How fast a host may send, which a process that fetches asks of the one that started it.

A limit is for all that comes from a host, whichever process it comes to. So one process keeps
count, and others ask it before they ask the host: in a line on standard output, and are told how
long to wait by a line on standard input, behind their task.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import IO, TYPE_CHECKING

from jupyterlab_datahub.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable

    Wait = Callable[[str, int], object]
    """Waits until a host, of a name, may send so many bytes more."""

LIMITED = "--limited"
"""Tells a process that there is a limit, so that it asks."""

MARK = b"?"
"""How a line begins that asks."""


def at_once(host: str, size: int) -> None:
    """Wait not at all, as there is no limit."""
    del host, size


def told() -> tuple[bytes, Wait]:
    """Return the task on standard input, and what waits for each host."""
    if LIMITED not in sys.argv[1:]:
        return sys.stdin.buffer.read(), at_once
    return sys.stdin.buffer.readline(), Asking(sys.stdout.buffer, sys.stdin.buffer)


class Asking:
    """Asks how long to wait; usable from any thread.

    Parameters
    ----------
    questions, answers
        What goes to whoever keeps count, and what comes back.
    sleep
        Waits for so many seconds.
    """

    def __init__(
        self,
        questions: IO[bytes],
        answers: IO[bytes],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._questions = questions
        self._answers = answers
        self._sleep = sleep
        self._lock = threading.Lock()

    def __call__(self, host: str, size: int) -> None:
        """Wait until a host may send `size` bytes more.

        Raises
        ------
        TransferError
            If nobody answers any more.
        """
        with self._lock:
            # In one piece, as other threads write lines as well.
            self._questions.write(b"%s %d %s\n" % (MARK, size, host.encode()))
            self._questions.flush()
            said = self._answers.readline()
        if not said:
            raise TransferError(
                "whoever wanted what is fetched is gone", hint="Start the transfer again."
            )
        self._sleep(float(said))


def answered(question: bytes, owed: Callable[[str, int], float]) -> bytes:
    """Return what is said to a line that asks.

    Parameters
    ----------
    question
        The line.
    owed
        Counts bytes of a host, and returns for how many seconds they have to wait.
    """
    _, size, host = question.decode().rstrip("\n").split(" ", 2)
    return b"%.6f\n" % owed(host, int(size))
