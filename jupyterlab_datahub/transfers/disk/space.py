"""Room on the disk: what a download needs, what is free, and what has to stay free."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NoSpaceError

if TYPE_CHECKING:
    from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What writing says when the disk, the user's quota or the allowed file size is used up."""


FLOOR = 32 * 1024**2
"""Bytes without which even the queue may not be written; then unfinished files go."""


class DiskFullError(NoSpaceError):
    """The disk took no more bytes; what was fetched goes, as a full home is worse."""


def free(directory: Path) -> int:
    """Return the bytes that this user can still write where `directory` is or will be."""
    while not directory.exists() and directory != directory.parent:
        directory = directory.parent
    return shutil.disk_usage(directory).free


def check(directory: Path, *, needed: int, promised: int, reserve: int) -> None:
    """Refuse a download that would not leave the reserve.

    Parameters
    ----------
    directory
        Where the bytes go.
    needed
        Bytes still to be written.
    promised
        Bytes that other running transfers will still write there.
    reserve
        Bytes that stay free: with a full home directory a server does not start again.

    Raises
    ------
    NoSpaceError
    """
    there = free(directory)
    if there - promised - needed >= reserve:
        return
    others = f" and {size_text(promised)} are promised to other transfers" if promised else ""
    raise NoSpaceError(
        f"{size_text(needed)} are needed in {directory}, but {size_text(there)} are free"
        f"{others}; {size_text(reserve)} are kept in reserve",
        hint="Remove files from the library or elsewhere, then try again.",
    )


def is_full(error: OSError) -> bool:
    """Return whether an error means that there is no room."""
    return error.errno in FULL


def full(directory: Path, error: OSError) -> DiskFullError:
    """Return the error for a disk that filled up while it was written to."""
    what = {errno.EDQUOT: "your quota is used up", errno.EFBIG: "the file would be too large"}
    reason = what.get(error.errno or 0, "the disk is full")
    return DiskFullError(
        f"{directory} cannot take more bytes: {reason}; what had been fetched was removed",
        hint="Free some space, then try again.",
    )


def size_text(size: int) -> str:
    """Return a size for people, in decimal units as file managers show them."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(value) < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
