"""A process that looks at one file: told what on its standard input, it answers once and ends.

It takes no more memory and time than it was told, because what it reads comes from anywhere. One
that stands answers several times, each within a time of its own; it opens no file but our own.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from math import ceil
from typing import TYPE_CHECKING, TypeVar

import msgspec

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged.child import READY, Outcome, Task
from jupyterlab_datahub.ranged.kept import tidied
from jupyterlab_datahub.ranged.spare import IDLE
from jupyterlab_datahub.ranged.standing import HEAD, LENGTH
from jupyterlab_datahub.settings import memory

if TYPE_CHECKING:
    from collections.abc import Callable


Told = TypeVar("Told", bound=Task)


def serve(
    kind: type[Told], answered: Callable[[Told], Outcome], prepare: Callable[[], None] | None = None
) -> None:
    """Do the one task that standard input describes, and end the process.

    Parameters
    ----------
    kind
        What it describes.
    answered
        Does it, and returns what there is to say.
    prepare
        Imports what is needed for it, for a process that is to be ready before it is told.
    """
    if READY in sys.argv[1:]:
        _wait_for_long()
        if prepare is not None:
            prepare()
        tidied(sys.argv[1:])
    told = sys.stdin.buffer.read()
    if not told:
        # Whoever wanted it to be ready has no use for it any more, or is gone.
        return
    task = from_json(told, kind)
    _limit(task)
    # An object of h5py that is collected by a thread that fetches would wait for HDF5, which waits
    # for what that thread fetches.
    gc.disable()
    sys.stdout.buffer.write(msgspec.json.encode(answered(task)))
    sys.stdout.buffer.flush()
    # Taking down all that was imported takes longer than some looks.
    os._exit(0)


def stand(
    kind: type[Told],
    answered: Callable[[Told], tuple[Outcome, bytes]],
    prepare: Callable[[], None],
) -> None:
    """Do the tasks that standard input describes, one after the other, until it ends.

    Parameters
    ----------
    kind
        What it describes.
    answered
        Does one, and returns what there is to say, and what comes with that.
    prepare
        Imports what is needed for it.
    """
    _wait_for_long()
    prepare()
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    first = True
    while len(head := asked.read(LENGTH.size)) == LENGTH.size:
        task = from_json(asked.read(*LENGTH.unpack(head)), kind)
        if first:
            _limit_memory(task)
        _limit_time(task)
        try:
            outcome, body = answered(task)
        except MemoryError:
            if not first:
                # With nothing of others in its memory, another process may have enough.
                break
            words = memory.words(f"what is asked of {task.name}", task.memory)
            error = NotSupportedError(words, hint=memory.HINT)
            outcome, body = Outcome(error=error.body()), b""
        said = msgspec.json.encode(outcome)
        answers.write(HEAD.pack(len(said), len(body)) + said + body)
        answers.flush()
        first = False
        _wait_for_long()
    os._exit(0)


def _wait_for_long() -> None:
    """End if nobody comes for long."""
    if sys.platform != "win32":
        signal.alarm(ceil(2 * IDLE))


def _limit(task: Task) -> None:
    """Take no more than the task allows, where the operating system can see to it."""
    _limit_memory(task)
    _limit_time(task)


def _limit_memory(task: Task) -> None:
    if sys.platform == "win32":
        return
    import resource

    memory.limit(task.memory)
    # Addresses beside memory are those of libraries and of threads.
    for limit, most in ((resource.RLIMIT_AS, 2 * task.memory), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def _limit_time(task: Task) -> None:
    """Take no more time from now on than the task allows."""
    if sys.platform == "win32":
        return
    import resource

    # Whoever started it may be gone, and nobody else would end it.
    signal.alarm(ceil(task.seconds) + 5)
    used = resource.getrusage(resource.RUSAGE_SELF)
    # HDF5 does not end on some damaged files; good ones take a second or two.
    most = ceil(used.ru_utime + used.ru_stime + task.seconds / 2)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
