"""What the processes of ours take of the machine's processors, and what they leave to others."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

NICENESS = 10
"""Of processes that work in the background; nobody waits for them just now."""

SWITCH = 5e-4
"""Seconds for which one thread may keep the others waiting; Python's own are ten times as many."""

ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""What says so to the libraries that NumPy comes with."""

_all: set[int] = set()
"""The processors this process could use before it became modest; empty if it did not."""


def be_modest(*, leave_one: bool = True) -> None:
    """Leave the processor to kernels and the server, and one of several to them alone.

    Priority alone does not. Much of the work is done by the operating system, which does not let
    itself be interrupted, and newer Linux lets what computes go on up to its next tick: the
    server's answers would wait for both.

    Parameters
    ----------
    leave_one
        Whether there is a server of ours to leave a processor to.
    """
    if leave_one and sys.platform == "linux":
        _all.update(os.sched_getaffinity(0))
    make_modest(os.getpid(), NICENESS, leave_one=leave_one)


def make_modest(pid: int, niceness: int, *, leave_one: bool = True) -> None:
    """Have another process do the same, from its first moment on: it is busy before it could.

    Parameters
    ----------
    pid
        A process that was just started; nothing happens if it has ended.
    niceness
        How much others go first.
    leave_one
        See :func:`be_modest`.
    """
    # Where a container forbids it, the work goes on as it is.
    with suppress(OSError):
        if sys.platform == "win32":
            import psutil

            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
            return
        os.setpriority(os.PRIO_PROCESS, pid, min(os.getpriority(os.PRIO_PROCESS, 0) + niceness, 19))
        if leave_one and sys.platform == "linux":
            mine = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(pid, mine[1:] or mine)


def compute_anywhere() -> None:
    """Let the calling thread of a modest process use every processor that nobody else wants.

    For threads that compute a little at a time and wait in between.
    """
    # Only Linux lets a thread choose; elsewhere nothing was given up.
    if sys.platform == "linux" and _all:
        os.sched_setaffinity(0, _all)


def take_turns_often() -> None:
    """Have threads wait for each other shortly only: what fetches needs little, but at once."""
    sys.setswitchinterval(SWITCH)


def compute_alone() -> None:
    """Have libraries for linear algebra start no threads, in this process and those it starts.

    To be called before NumPy is there. Files are read without linear algebra, and threads that wait
    for some keep a processor busy for a while.
    """
    os.environ.update(ALONE)
