"""Session workspaces: where a client puts files before it makes a dataset of them.

Slices come in any order and from several connections at once, and each says where it begins.
As with openBIS, nobody checks where a slice says it ends, and a file that was longer before
keeps its end.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.failures import OpenbisError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Workspaces:
    """The workspaces of all sessions, each a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}

    def write(self, token: str, name: str, start: int, pieces: Iterator[bytes]) -> int:
        """Write a slice at its place in a file and return how many bytes came.

        Raises
        ------
        OpenbisError
            If the name leads out of the workspace.
        """
        path = self._path(token, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        count = 0
        with path.open("r+b") as file:
            file.seek(start)
            for piece in pieces:
                file.write(piece)
                count += len(piece)
        return count

    def make_folder(self, token: str, name: str) -> None:
        """Make a folder.

        Raises
        ------
        OpenbisError
            If the name leads out of the workspace.
        """
        self._path(token, name).mkdir(parents=True, exist_ok=True)

    def find(self, token: str, name: str) -> Path | None:
        """Return a file or folder of a workspace, None where there is none.

        Raises
        ------
        OpenbisError
            If the name leads out of the workspace.
        """
        path = self._path(token, name)
        return path if path.exists() else None

    def remove(self, token: str) -> None:
        """Remove a workspace, as the end of its session does."""
        shutil.rmtree(self._workspace(token), ignore_errors=True)

    def _workspace(self, token: str) -> Path:
        with self._lock:
            # A token may be longer than a file name may be, and is a secret.
            name = self._names.setdefault(token, str(len(self._names)))
        return self._directory / name

    def _path(self, token: str, name: str) -> Path:
        parts = PurePosixPath(name.strip("/")).parts
        if not parts or ".." in parts:
            raise OpenbisError("filePath must not contain '../'")
        return self._workspace(token).joinpath(*parts)
