"""Files below a folder, of this machine or of a Source, fetched whole or in part."""

from __future__ import annotations

import threading
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from jupyterlab_datahub.errors import (
    AccessError,
    NotFoundError,
    NotSupportedError,
    UnreadableError,
)
from jupyterlab_datahub.ranged.host import client_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.ranged.budget import Budget
    from jupyterlab_datahub.settings import SourceConfig

HINT = "Download it and compare its checksum, or ask whoever published it."


class LocalFolder:
    """A folder of this machine; links are followed as long as they stay in it.

    Parameters
    ----------
    root
        Where it is.
    """

    listing = True

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def get(self, path: str, start: int = 0, stop: int | None = None) -> bytes | None:
        """Return a file or a part of it, None where there is none.

        Parameters
        ----------
        path
            From the folder.
        start
            The first byte; from the end where negative.
        stop
            The byte after the last one; None for the end.

        Raises
        ------
        UnreadableError
            If the path leads out of the folder.
        """
        real = self._real(path)
        try:
            with real.open("rb") as file:
                file.seek(start, 2 if start < 0 else 0)
                return file.read() if stop is None else file.read(max(0, stop - start))
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            if start < 0:
                return real.read_bytes()
            raise UnreadableError(
                f"{path} cannot be read: {error.strerror}", hint="Check your rights to it."
            ) from error

    def names(self, path: str) -> list[str]:
        """Return the names in a folder below; none where there is none."""
        real = self._real(path)
        return sorted(one.name for one in real.iterdir()) if real.is_dir() else []

    def _real(self, path: str) -> Path:
        real = (self._root / path).resolve()
        if not real.is_relative_to(self._root):
            raise UnreadableError(
                f"{path[:80]} leads out of the folder, which is not followed", hint=HINT
            )
        return real


class RemoteFolder:
    """A folder of a Source, of which nobody says what is in it.

    Parameters
    ----------
    below
        Says where a file below it is.
    config
        The Source, for certificates, patience and the words of errors.
    budget
        What may be fetched.
    """

    listing = False

    def __init__(
        self, below: Callable[[str], Download], config: SourceConfig, budget: Budget
    ) -> None:
        self._below = below
        self._client = client_of(config)
        self._budget = budget
        self._lock = threading.Lock()

    def get(self, path: str, start: int = 0, stop: int | None = None) -> bytes | None:
        """Return a file or a part of it, None where there is none; see :class:`LocalFolder`.

        Raises
        ------
        NotSupportedError
            If somebody pays for it, or it would be more than a look may fetch.
        RequestError, CatalogError
        """
        if ".." in PurePosixPath(path).parts or path.startswith("/"):
            raise UnreadableError(f"{path[:80]} leads out of the folder", hint=HINT)
        asked = {}
        if start or stop is not None:
            last = "" if stop is None else stop - 1
            asked = {"Range": f"bytes={start}" if start < 0 else f"bytes={start}-{last}"}
        whole: list[bytes] = []
        try:
            with self._lock:
                download = self._below(path)
            if download.paying:
                raise NotSupportedError(
                    "whoever fetches any of this folder pays, and it is many files",
                    hint="Download it with a limit in USD, then preview it.",
                )
            self._budget.spend(0)
            answer = self._client.part(
                download.url,
                lambda _, pieces: whole.extend(self._counted(pieces)),
                headers={**download.headers, **asked},
            )
        except (NotFoundError, AccessError):
            # S3 tells those who may not list a bucket that they may not see what is not there.
            return None
        # How long it is nobody knew before: those behind it wait for it.
        self._budget.wait(answer.host, sum(map(len, whole)) or len(answer.body))
        if whole or not answer.body:
            return b"".join(whole)[start:stop] if asked else b"".join(whole)
        self._budget.spend(len(answer.body), 0)
        return answer.body

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._budget.spend(len(piece), 0)
            yield piece

    def names(self, path: str) -> list[str]:  # noqa: ARG002 - nobody knows
        """Return nothing."""
        return []


class Folder(Protocol):
    """A folder, wherever it is."""

    @property
    def listing(self) -> bool:
        """Whether anybody says what is in it."""

    def get(self, path: str, start: int = 0, stop: int | None = None) -> bytes | None:
        """Return a file or a part of it, None where there is none; see :class:`LocalFolder`."""

    def names(self, path: str) -> list[str]:
        """Return the names in a folder below."""
