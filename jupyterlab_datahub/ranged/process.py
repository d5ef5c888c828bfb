"""A process that looks at one file: told what on its standard input, it answers once and ends.

It takes no more memory and time than it was told, because what it reads comes from anywhere.
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

from jupyterlab_datahub.ranged.child import READY, Task
from jupyterlab_datahub.ranged.spare import IDLE
from jupyterlab_datahub.settings import memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.ranged.child import Outcome

NICENESS = 5

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
        _wait_modestly()
        if prepare is not None:
            prepare()
    told = sys.stdin.buffer.read()
    if not told:
        # Whoever wanted it to be ready has no use for it any more, or is gone.
        return
    task = msgspec.json.decode(told, type=kind)
    _limit(task)
    # An object of h5py that is collected by a thread that fetches would wait for HDF5, which waits
    # for what that thread fetches.
    gc.disable()
    sys.stdout.buffer.write(msgspec.json.encode(answered(task)))
    sys.stdout.buffer.flush()
    # Taking down all that was imported takes longer than some looks.
    os._exit(0)


def _wait_modestly() -> None:
    """Leave the processor to those who have something to do, and end if nobody comes for long."""
    if sys.platform != "win32":
        os.nice(NICENESS)
        signal.alarm(ceil(2 * IDLE))


def _limit(task: Task) -> None:
    """Take no more than the task allows, where the operating system can see to it."""
    if sys.platform == "win32":
        return
    import resource

    if READY not in sys.argv[1:]:
        os.nice(NICENESS)
    # Whoever started it may be gone, and nobody else would end it.
    signal.alarm(ceil(task.seconds) + 5)
    # HDF5 does not end on some damaged files; good ones take a second or two.
    computing = ceil(task.seconds / 2)
    memory.limit(task.memory)
    limits = {
        # Addresses beside memory are those of libraries and of threads.
        resource.RLIMIT_AS: 2 * task.memory,
        resource.RLIMIT_CPU: computing,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
