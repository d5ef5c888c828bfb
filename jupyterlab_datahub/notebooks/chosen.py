"""Which files go into a store with what is saved: found inside the root, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.model import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 20_000
"""Files at most: a folder with more was not meant as a result."""

LONGEST = 80
"""Characters of a path in a message."""


class Chosen(NamedTuple):
    """A file and the name it gets in the dataset."""

    name: str
    path: Path


class Choice(NamedTuple):
    """The files, and what is wrong with those that cannot be taken."""

    files: tuple[Chosen, ...]
    errors: tuple[FieldError, ...]


class OutsideError(Exception):
    """A path cannot be used; the text says why."""


def file_inside(root: Path, text: str) -> Path:
    """Return what a path relative to the root leads to, all links followed.

    Raises
    ------
    OutsideError
        If it leads out of the root, by ``..`` or by a link, or to nothing.
    """
    shown = repr(text[:LONGEST])
    if "\0" in text or not text.strip("/"):
        raise OutsideError(f"{shown} is not the name of a file")
    base = root.resolve()
    try:
        found = (base / text.lstrip("/")).resolve()
        there = found.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise OutsideError(f"{shown} cannot be used") from error
    if not found.is_relative_to(base):
        raise OutsideError(f"{shown} leads out of the server's folder")
    if not there:
        raise OutsideError(f"{shown} is not there any more")
    return found


def chosen(
    root: Path,
    lead: Path,
    paths: Iterable[str],
    reserved: frozenset[str],
    without: Path | None = None,
) -> Choice:
    """Return the files that paths stand for, with their names in the dataset.

    Parameters
    ----------
    root
        The server's root.
    lead
        The notebook, or what is saved without one, all links followed; files below its folder
        keep their path from there, others the one from the root.
    paths
        Files and folders, relative to the root; a folder means all files in it.
    reserved
        Names that are not free.
    without
        A file that is saved anyway.
    """
    base = root.resolve()
    near = lead.parent
    found: dict[str, Path] = {}
    errors: list[FieldError] = []
    for text in dict.fromkeys(paths):
        try:
            start = file_inside(base, text)
            _seen(text, start.relative_to(base))
            for path in _files(base, start):
                if path != without:
                    _add(found, _name(base, near, path), path, reserved)
        except OutsideError as error:
            errors.append(FieldError(field="files", message=str(error)))
    files = tuple(Chosen(name, path) for name, path in sorted(found.items()))
    return Choice(files, tuple(errors))


def _seen(text: str, path: Path) -> None:
    """Refuse what the file browser hides, by any of its names."""
    names = (*PurePosixPath(text).parts, *path.parts)
    if any(name.startswith(".") and name not in (".", "..") for name in names):
        raise OutsideError(f"{text[:LONGEST]!r} is hidden; files that are hidden stay here")


def _add(found: dict[str, Path], name: str, path: Path, reserved: frozenset[str]) -> None:
    if name in reserved:
        raise OutsideError(f"{name} is written by the save itself; rename yours")
    if found.setdefault(name, path) != path:
        raise OutsideError(f"two of the files would both be called {name}")
    if len(found) > MOST:
        raise OutsideError(f"these are more than {MOST:,} files")


def _files(base: Path, start: Path) -> Iterator[Path]:
    if not start.is_dir():
        if not start.is_file():
            raise OutsideError(f"{start.name} is neither a file nor a folder")
        yield start
        return
    for directory, folders, names in os.walk(start):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield file_inside(base, str(Path(directory, name).relative_to(base)))


def _name(base: Path, near: Path, path: Path) -> str:
    return PurePosixPath(path.relative_to(near if path.is_relative_to(near) else base)).as_posix()
