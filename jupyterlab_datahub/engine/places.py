"""Places in the user's working folder: nothing is named, read or written outside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import CellRequest, LibraryItem

ANOTHER = "Choose a folder that the file browser shows."


def inside(root: Path, directory: str) -> Path:
    """Return a directory below the server's root, all links followed.

    Parameters
    ----------
    root
        The server's root.
    directory
        A path relative to it with ``/`` between its parts; a leading one is ignored, as
        Jupyter writes its paths both ways.

    Raises
    ------
    BadRequestError
        If the path leads out of the root, by ``..`` or by a link, or is a file.
    """
    if "\0" in directory:
        raise BadRequestError(f"{directory[:80]!r} is not the name of a folder", hint=ANOTHER)
    base = root.resolve()
    try:
        target = (base / directory.lstrip("/")).resolve()
        nearest = next(path for path in (target, *target.parents) if path.exists())
        # What is still a link after all links were followed leads round in a circle.
        is_other = target.is_symlink() or not nearest.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise BadRequestError(
            f"{directory[:80]!r} cannot be used as a folder", hint=ANOTHER
        ) from error
    if not target.is_relative_to(base):
        raise BadRequestError(
            f"The folder {directory[:80]!r} leads out of the server's folder",
            hint=ANOTHER,
        )
    if is_other:
        raise BadRequestError(
            f"{directory[:80]!r} is a file, or below one, and not a folder", hint=ANOTHER
        )
    return target


def as_seen_from(path: Path, notebook: Path, root: Path) -> str:
    """Return `path` as a notebook's kernel finds it, relative where both are below `root`.

    A kernel starts in its notebook's directory, so a relative path keeps working when the
    folder is moved or shared. It must not be used for a kernel that went elsewhere.
    """
    if path.is_relative_to(root) and notebook.is_relative_to(root):
        return Path(os.path.relpath(path, notebook)).as_posix()
    return str(path)


def found_by(rooms: Rooms, request: CellRequest, file: Path) -> str:
    """Return a file as the kernel that a cell is for finds it.

    Raises
    ------
    BadRequestError
        If the notebook is outside the server's root.
    """
    notebook = inside(rooms.root, request.directory)
    moved = request.working_directory and Path(request.working_directory) != notebook
    return str(file) if moved else as_seen_from(file, notebook, rooms.root)


def named(rooms: Rooms, item: LibraryItem) -> Path:
    """Return a file of the library under a name that people recognise, below the server's root."""
    return _link_in_use(item, rooms.root) or rooms.library.link(
        item, inside(rooms.root, rooms.settings.link_directory), item.name
    )


def _link_in_use(item: LibraryItem, root: Path) -> Path | None:
    """Return a link that still leads to the file, if the user has one."""
    blob = Path(item.path)
    for link in map(Path, item.links):
        if link.is_relative_to(root) and link.exists() and link.samefile(blob):
            return link
    return None
