"""Named links in the working folder to files and folders of the library."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jupyterlab_datahub.errors import TransferError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.transfers.disk.manyfiles import remove_folder
from jupyterlab_datahub.transfers.disk.names import numbered, safe_name

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 1000


class Placed(Struct):
    """A link that was made: where, and by which means."""

    path: str
    kind: Literal["symlink", "hardlink", "copy"]
    modified: int = 0


def place(
    blob: Path, directory: Path, name: str, is_ours: Callable[[Path], bool], library: Path
) -> Placed:
    """Make a file of the library appear under its name in a directory.

    Parameters
    ----------
    blob
        The file in the library.
    directory
        Where the name goes; it is made if it is missing.
    name
        The wanted name, made safe here. If another file has it, the name gets a number.
    is_ours
        Whether a path is known as an unchanged copy of this very file.
    library
        The library's directory: dead links into it are replaced.

    Raises
    ------
    TransferError
        If the directory cannot be written, or leads to somewhere else than its path says.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if directory.resolve() != directory:
            raise TransferError(
                f"{directory} leads to another place than when it was chosen",
                hint="Choose a folder that is not a link.",
            )
        name = safe_name(name)
        for number in range(1, TRIES):
            path = directory / (name if number == 1 else numbered(name, number))
            _unlink_dead(path, library)
            if _same(path, blob) or (path.exists() and is_ours(path)):
                return _known(path)
            if not os.path.lexists(path) and (placed := _make(blob, path)):
                return placed
    except OSError as error:
        raise TransferError(
            f"no link could be made in {directory}: {error.strerror or error}",
            hint="The file is in the library; choose another folder for its link.",
        ) from error
    raise TransferError(
        f"{directory} has {TRIES} files named like {name!r}",
        hint="The file is in the library; choose another folder for its link.",
    )


def _same(path: Path, blob: Path) -> bool:
    return path.exists() and path.samefile(blob)


def _known(path: Path) -> Placed:
    if path.is_symlink():
        return Placed(path=str(path), kind="symlink")
    linked = path.is_file() and path.stat().st_nlink > 1
    kind: Literal["hardlink", "copy"] = "hardlink" if linked else "copy"
    return Placed(path=str(path), kind=kind, modified=modified(path))


def modified(path: Path) -> int:
    """Return when a file, or anything in a folder, was changed last, in nanoseconds."""
    inner = path.rglob("*") if path.is_dir() else ()
    times: list[int] = [one.lstat().st_mtime_ns for one in (path, *inner)]
    return max(times)


def _unlink_dead(path: Path, library: Path) -> None:
    """Take away a link to a file that is no longer in the library."""
    if path.is_symlink() and not path.exists():
        target = Path(os.path.normpath(path.parent / path.readlink()))
        if target.is_relative_to(library):
            path.unlink()


def _make(blob: Path, path: Path) -> Placed | None:
    """Make the link by the best means the two disks have; None if the name was taken."""
    try:
        path.symlink_to(blob, blob.is_dir())
    except FileExistsError:
        return None
    except (OSError, NotImplementedError):
        return _hardlink(blob, path)
    return Placed(path=str(path), kind="symlink")


def _hardlink(blob: Path, path: Path) -> Placed | None:
    if blob.is_dir():
        return _copy_folder(blob, path)
    try:
        path.hardlink_to(blob)
    except FileExistsError:
        return None
    except (OSError, NotImplementedError):
        return _copy(blob, path)
    return Placed(path=str(path), kind="hardlink")


def _copy(blob: Path, path: Path) -> Placed | None:
    temporary = path.with_name(f".datahub-{secrets.token_hex(6)}")
    try:
        shutil.copyfile(blob, temporary)
        try:
            # Within one directory a hard link often works, and never takes a name from a file.
            path.hardlink_to(temporary)
        except FileExistsError:
            return None
        except (OSError, NotImplementedError):
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return Placed(path=str(path), kind="copy", modified=modified(path))


def _copy_folder(blob: Path, path: Path) -> Placed | None:
    temporary = path.with_name(f".datahub-{secrets.token_hex(6)}")
    try:
        shutil.copytree(blob, temporary)
        temporary.chmod(0o700)
        temporary.rename(path)
    except FileExistsError:
        return None
    finally:
        remove_folder(temporary)
    return Placed(path=str(path), kind="copy", modified=modified(path))


def remove(path: Path, kind: str, blob: Path, made: int) -> bool:
    """Take a link away if it still is what was made; a changed copy is the user's own."""
    try:
        if kind == "symlink":
            ours = path.is_symlink() and path.readlink() == blob
        elif kind == "hardlink":
            ours = path.samefile(blob)
        else:
            ours = not path.is_symlink() and modified(path) == made
        if ours and kind == "copy":
            remove_folder(path)
        elif ours:
            path.unlink()
    except OSError:
        return False
    return ours
