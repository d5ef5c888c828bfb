"""What a look at an image may fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.bytefile import LocalFile
from jupyterlab_datahub.ranged.file import Manner

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 48 << 20
"""Bytes that a look may fetch; a user who needs more downloads the file."""

MOST_LOCAL_BYTES = 512 << 20
"""The same for a file on this machine."""

MOST_REQUESTS = 400

BLOCK = 1 << 14

MANNER = Manner(
    block=BLOCK,
    first=4 * BLOCK,
    small=0,
    longest=128,
    gap=4,
    # What belongs to a directory of a TIFF lies on both sides of it.
    around=(1, 3),
    most_runs=48,
    held=MOST_BYTES // BLOCK,
)
"""What suits TIFF: directories are small, and all over the file."""


def budget() -> Budget:
    """Return what one look may fetch."""
    return Budget(MOST_BYTES, MOST_REQUESTS, too_much)


def here(path: Path) -> LocalFile:
    """Return a file of this machine.

    Raises
    ------
    NotFoundError
    """
    return LocalFile(path, MOST_LOCAL_BYTES)


def too_much(size: int) -> NotSupportedError:
    """Return the error for a look that is no cheaper than the file itself."""
    return NotSupportedError(
        f"A picture of this image would fetch {size / 1e6:,.0f} MB or more: it holds no smaller "
        "copies of itself (a pyramid), or they are still large",
        hint="Download it and open it in a program for images.",
    )
