"""What the worker process takes of the machine's processors, and what it leaves to others."""

from __future__ import annotations

import os
import sys

NICENESS = 10

_all: set[int] = set()
"""The processors this process could use before it became modest; empty if it did not."""


def be_modest(*, leave_one: bool = True) -> None:
    """Leave the processor to kernels and the server, and one of several to them alone.

    Priority alone does not: much of the work is done by the operating system, which does not
    let itself be interrupted, and the server's answers would wait for it.

    Parameters
    ----------
    leave_one
        Whether there is a server of ours to leave a processor to.
    """
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        return
    os.nice(NICENESS)
    if leave_one and sys.platform == "linux":
        _all.update(os.sched_getaffinity(0))
        os.sched_setaffinity(0, sorted(_all)[1:] or _all)


def compute_anywhere() -> None:
    """Let the calling thread of a modest process use every processor that nobody else wants.

    For threads that compute and hardly ever ask the operating system for anything: they give
    way at once when the server has something to do, unlike those that write and receive.
    """
    # Only Linux lets a thread choose; elsewhere nothing was given up.
    if sys.platform == "linux" and _all:
        os.sched_setaffinity(0, _all)
