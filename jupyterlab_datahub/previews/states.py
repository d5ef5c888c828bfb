"""What the state of a file of this machine is called."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from jupyterlab_datahub.errors import NotFoundError
from jupyterlab_datahub.ranged.kept import digest

MOST_FOLDERS = 2000
"""Folders below one that are looked at for when they were changed."""


def key_of(path: Path) -> str:
    """Return what the state of a file or folder of this machine is called.

    A folder of Zarr is changed by new files in the place of old ones, which its folders tell.

    Raises
    ------
    NotFoundError
    """
    try:
        stat = path.stat()
        times: tuple[int, ...] = ()
        if path.is_dir():
            folders = islice(os.walk(path), MOST_FOLDERS)
            times = tuple(Path(folder).stat().st_mtime_ns for folder, _, _ in folders)
    except OSError as error:
        raise NotFoundError(
            f"{path.name} cannot be read: {error.strerror}",
            hint="Refresh its source; it may be gone, or not yours to read.",
        ) from error
    return digest("local", path, stat.st_size, stat.st_mtime_ns, stat.st_ino, *times)
