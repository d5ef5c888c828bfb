"""Remember what was set up from which files, so that it is not done twice."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def digest(*parts: Path | str) -> str:
    """Return a SHA-256 over files, folders (all files below) and words."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(part.encode())
            continue
        for file in _files(part):
            total.update(str(file.relative_to(part.parent)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def _files(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    return [path] if path.exists() else []


class Stamp:
    """A note that something was made from files of a given digest.

    Parameters
    ----------
    file
        Where the note is kept.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def matches(self, wanted: str, *results: Path) -> bool:
        """Whether it was made from these very files, and all its `results` are still there."""
        made = self.file.exists() and self.file.read_text("utf-8") == wanted
        return made and all(result.exists() for result in results)

    def set(self, made: str) -> None:
        """Note what it was made from."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(made, "utf-8")

    def clear(self) -> None:
        """Forget it, before making it anew."""
        self.file.unlink(missing_ok=True)
