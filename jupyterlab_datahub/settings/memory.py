"""How much memory a process that reads files of unknown origin or size takes at most."""

from __future__ import annotations

import contextlib
import sys
import threading

MEMORY = 1 << 30
"""Bytes that such a process takes, where nobody configured another number."""

LIBRARIES = 160 << 20
"""Bytes of pages of libraries, which are in memory as well and which no limit counts."""

LEAST = 64 << 20

STACK = 1 << 20
"""Bytes of the stack of a thread."""

HINT = "Set c.DataHub.memory_gb higher, if there is more."


def limit(memory: int) -> None:
    """Take no more than some bytes of memory from now on, where the operating system sees to it.

    What is limited is what the process writes to (``RLIMIT_DATA``, Linux since 4.7): files that are
    mapped and addresses that are only reserved take no memory.
    """
    if sys.platform == "win32":
        return
    import resource

    # The stacks of threads count as a whole, of which ours use next to nothing.
    threading.stack_size(STACK)
    most = max(memory - LIBRARIES, min(memory, LEAST))
    for wall, size in ((resource.RLIMIT_DATA, most), (resource.RLIMIT_CORE, 0)):
        # A stricter limit of whoever started this stays.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(wall, (size, size))


def was_short(error: BaseException | None) -> bool:
    """Return whether an error came of too little memory, whatever became of it on its way."""
    while error is not None:
        if isinstance(error, MemoryError) or "start new thread" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def words(what: str, memory: int) -> str:
    """Return the sentence that something takes more than it may."""
    return f"{what} takes more than the {memory / (1 << 30):,.3g} GiB of memory that it may"
