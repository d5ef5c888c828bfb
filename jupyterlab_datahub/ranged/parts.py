"""Where parts of one file come from, whatever the protocol."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import ChangedError, UnreadableError
from jupyterlab_datahub.ranged.budget import DOWNLOAD_IT
from jupyterlab_datahub.ranged.pace import Pace

if TYPE_CHECKING:
    from jupyterlab_datahub.errors import DataHubError
    from jupyterlab_datahub.ranged.budget import Budget

AGAIN = "Look at it again."
WHOLE_COPY = "Ask whoever has it for a whole copy."


class Version(NamedTuple):
    """What a host says of the state of a file; a weak tag or none at all proves nothing."""

    etag: str
    modified: str = ""

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that keep a host from sending a part of another state."""
        if self.etag and not self.etag.startswith("W/"):
            return {"If-Range": self.etag}
        return {"If-Unmodified-Since": self.modified} if self.modified else {}

    @property
    def name(self) -> str:
        """What tells one state from another; empty where the host says nothing of it.

        The edges of one network may have had a file at different times, with the same tag.
        """
        return self.etag.removeprefix("W/") or self.modified


class Part(NamedTuple):
    """Bytes of a file, and what the host says of the file they are of."""

    body: bytes
    size: int
    version: Version


class Parts(ABC):
    """Sends parts of one file; usable from several threads.

    Parameters
    ----------
    budget
        What may be fetched.
    source, host
        The name of the Source, and its host, for the words of errors.
    size
        Bytes that the file has by its Source, None where it does not say.
    known
        The state that the Source says the file is in, None where it says nothing certain.

    Attributes
    ----------
    pace : Pace
        How fast it answers.
    """

    pays = False
    """Whether somebody pays for what is fetched."""

    def __init__(
        self, budget: Budget, source: str, host: str, size: int | None, known: Version | None
    ) -> None:
        self.budget = budget
        self.size = size
        self.known = known
        self.pace = Pace()
        self._source = source
        self._host = host

    @abstractmethod
    def part(self, start: int, stop: int, version: Version | None = None) -> Part:
        """Return a span, or what there is of it, of a file in a state.

        Raises
        ------
        NotSupportedError
            If the host sends no parts, or it would be more than a look may fetch.
        ChangedError
            If the file is in another state.
        LimitError
            If it would cost more than its user agreed to.
        UnreadableError
            If the file is empty.
        LengthError, AccessError, CatalogError
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connections."""

    def error(self, kind: type[DataHubError], words: str, hint: str = DOWNLOAD_IT) -> DataHubError:
        """Return an error of this host."""
        return kind(words, source=self._source, host=self._host, hint=hint)

    def changed(self) -> DataHubError:
        """Return the error for a file that is not the one it was."""
        return self.error(ChangedError, "the file changed on its host while it was read", AGAIN)

    def empty(self) -> DataHubError:
        """Return the error for a file without a byte."""
        return self.error(UnreadableError, "the file is empty", WHOLE_COPY)
