"""Directories that only their user can look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_private(directory: Path) -> None:
    """Make a directory and what is missing above it, for this user alone.

    ``Path.mkdir(parents=True)`` would make the missing ones above for everybody.
    """
    if not directory.is_dir():
        make_private(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)
