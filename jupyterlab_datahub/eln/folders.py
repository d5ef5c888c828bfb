"""Files in users' folders: nothing is written anywhere else, and nothing is overwritten.

Every step below a user's folder is taken from the directory before it and follows no link, so a
user who exchanges a directory for a link meanwhile gains nothing, though the service may be root.
"""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import (
    BadRequestError,
    ConflictError,
    NoSpaceError,
    NotFoundError,
    NotSupportedError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = ".ipynb"
LONGEST = 200
"""Bytes of a name, which leaves room for a number behind it."""

DEEPEST = 10
MOST_OF_ONE_NAME = 1000
FIRST_USER = 1000
"""Lower numbers are the system's own accounts, whose folders are no place for notebooks."""

_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Placed(NamedTuple):
    """A notebook that is written, or could be."""

    name: str
    path: str


class Folders:
    """The folders of users.

    Parameters
    ----------
    homes
        Their path, with ``{user}`` in it; empty for the home directories of the system's users.
    """

    def __init__(self, homes: str = "") -> None:
        self._homes = homes

    def place(self, user: str, folder: str, filename: str, content: bytes | None) -> Placed:
        """Write a notebook into a user's folder, under a name that is free.

        Parameters
        ----------
        user
            Whose folder; a name from :meth:`.identity.Identity.user`.
        folder
            A path below it with ``/`` between its parts; made where it is missing.
        filename
            The wished name; a number goes behind it where it is taken.
        content
            The file, None to be told the name and leave everything as it is.

        Raises
        ------
        BadRequestError
            If folder or name lead out of the user's folder, or are hidden.
        NotFoundError
            If the user has no folder.
        NotSupportedError
            If the folder belongs to the system.
        ConflictError, NoSpaceError
        """
        parts, stem = parts_of(folder), stem_of(filename)
        home = self._home(user)
        with _words_for_errors(), _opened(home, _DIRECTORY) as top:
            owner = os.fstat(top)
            _refuse_system(owner)
            with _below(top, parts, owner, make=content is not None) as directory:
                name = _put(directory, stem, content, owner)
        return Placed(name, str(home.joinpath(*parts, name)))

    def _home(self, user: str) -> Path:
        if self._homes:
            return Path(self._homes.replace("{user}", user))
        import pwd

        try:
            return Path(pwd.getpwnam(user).pw_dir)
        except KeyError:
            raise _homeless() from None


def parts_of(folder: str) -> tuple[str, ...]:
    """Return the parts of a folder's path.

    Raises
    ------
    BadRequestError
        If it is absolute, climbs, is hidden, or cannot be a path.
    """
    if folder.startswith(("/", "~")):
        raise BadRequestError("The folder must be a path below the user's own folder")
    parts = tuple(part for part in folder.split("/") if part not in ("", "."))
    if len(parts) > DEEPEST:
        raise BadRequestError(f"The folder is more than {DEEPEST} folders deep")
    for part in parts:
        _require_plain(part, "folder")
    return parts


def stem_of(filename: str) -> str:
    """Return the name of a notebook without its suffix.

    Raises
    ------
    BadRequestError
        If it is no name of a notebook.
    """
    name = filename.strip()
    if not name.endswith(SUFFIX) or not name.removesuffix(SUFFIX).strip():
        raise BadRequestError(f"The name of a notebook must end in {SUFFIX}")
    _require_plain(name, "file")
    return name.removesuffix(SUFFIX)


def _require_plain(name: str, what: str) -> None:
    unfit = _FORBIDDEN.search(name) or any(unicodedata.category(c)[0] == "C" for c in name)
    if unfit or name.startswith((".", "~")) or name != name.strip():
        raise BadRequestError(f"{name[:80]!r} cannot be the name of a {what}")
    if len(name.encode()) > LONGEST:
        raise BadRequestError(f"The name of the {what} is longer than {LONGEST} bytes")


def _homeless() -> NotFoundError:
    return NotFoundError("This user has no folder here yet: open the Jupyter workspace once, first")


def _refuse_system(owner: os.stat_result) -> None:
    if os.geteuid() == 0 and owner.st_uid < FIRST_USER:
        raise NotSupportedError("The folder of this user belongs to the system")


@contextmanager
def _words_for_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise _homeless() from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpaceError("There is no room left in the user's folder") from error
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise BadRequestError("The folder is a link or a file, not a folder") from error
        raise ConflictError(f"The notebook cannot be written: {error.strerror}") from error


@contextmanager
def _opened(path: str | Path, flags: int, directory: int | None = None) -> Iterator[int]:
    descriptor = os.open(path, flags, dir_fd=directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _below(
    top: int, parts: tuple[str, ...], owner: os.stat_result, *, make: bool
) -> Iterator[int | None]:
    """Open the folder at the end of `parts`; None where it is missing and is not to be made."""
    directory = os.dup(top)
    try:
        for part in parts:
            try:
                deeper = os.open(part, _DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)
            except FileNotFoundError:
                if not make:
                    yield None
                    return
                deeper = _made(directory, part, owner)
            os.close(directory)
            directory = deeper
        yield directory
    finally:
        os.close(directory)


def _made(parent: int, name: str, owner: os.stat_result) -> int:
    # Somebody else may have made it just now.
    with suppress(FileExistsError):
        os.mkdir(name, 0o755, dir_fd=parent)
    made = os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    # What is not new and empty is not ours to give away.
    with os.scandir(made) as entries:
        is_new = os.fstat(made).st_uid == os.geteuid() and next(entries, None) is None
    if is_new:
        _give(made, owner)
    return made


def _give(descriptor: int, owner: os.stat_result) -> None:
    if os.geteuid() == 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _put(directory: int | None, stem: str, content: bytes | None, owner: os.stat_result) -> str:
    for number in range(1, MOST_OF_ONE_NAME):
        name = f"{stem}{f' {number}' if number > 1 else ''}{SUFFIX}"
        if directory is None or (content is None and not _taken(directory, name)):
            return name
        if content is not None and _written(directory, name, content, owner):
            return name
    raise ConflictError(f"There are too many notebooks called {stem!r}")


def _taken(directory: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _written(directory: int, name: str, content: bytes, owner: os.stat_result) -> bool:
    try:
        descriptor = os.open(name, _NEW_FILE, 0o644, dir_fd=directory)
    except FileExistsError:
        return False
    try:
        with os.fdopen(descriptor, "wb") as file:
            _give(file.fileno(), owner)
            os.fchmod(file.fileno(), 0o644)
            file.write(content)
    except OSError:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=directory)
        raise
    return True
