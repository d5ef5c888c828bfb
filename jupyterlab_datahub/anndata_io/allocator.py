"""Memory that blocks leave is kept for the next ones."""

from __future__ import annotations

import ctypes
from contextlib import suppress

KEPT = ((-1, 256 << 20), (-3, 32 << 20))
"""What glibc is told (``M_TRIM_THRESHOLD`` and ``M_MMAP_THRESHOLD`` of its ``malloc.h``). Asking
the system for memory again costs a tenth of a conversion."""


def keep_memory() -> None:
    """Have this process keep what it frees, as far as its allocator can be told."""
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        for option, value in KEPT:
            library.mallopt(option, value)
