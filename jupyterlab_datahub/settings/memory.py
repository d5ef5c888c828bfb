"""How a process that reads files uses memory: how much at most, and what of it it gives back."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading

MEMORY = 1 << 30
"""Bytes that such a process takes, where nobody configured another number."""

LIBRARIES = 160 << 20
"""Bytes of pages of libraries, which are in memory as well and which no limit counts."""

LEAST = 64 << 20

STACK = 1 << 20
"""Bytes of the stack of a thread."""

KEPT = ((-1, 256 << 20), (-3, 32 << 20))
"""What glibc is told (``M_TRIM_THRESHOLD`` and ``M_MMAP_THRESHOLD`` of its ``malloc.h``). Asking
the system for memory again costs a tenth of a conversion, and of a look."""

ENVIRONMENT = {
    "MALLOC_TRIM_THRESHOLD_": str(KEPT[0][1]),
    "MALLOC_MMAP_THRESHOLD_": str(KEPT[1][1]),
}
"""What is set for a process that is to know it from its first moment on."""

AT_HAND = 20 << 20
"""Bytes that most looks need and that a process which waits for one has already."""

PIECE = 4 << 20
"""Bytes that are taken at once, few enough to be kept."""

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


def keep() -> None:
    """Keep what is freed for what comes next, as far as the allocator can be told."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        for option, value in KEPT:
            library.mallopt(option, value)


def have_at_hand() -> None:
    """Take memory that will be needed, and :func:`keep` it: the system gives it page by page.

    That would take a tenth of a look.
    """
    # What is written to only is memory.
    pieces = [b"\xff" * PIECE for _ in range(AT_HAND // PIECE)]
    pieces.clear()


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
