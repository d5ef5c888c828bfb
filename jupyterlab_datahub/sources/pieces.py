"""Assets whose bytes do not come as one HTTP resource: one file or a folder, in pieces.

A Source that answers :meth:`Source.resolve` with a :class:`Download` that has neither ``url``
nor ``path`` is asked for a :class:`PieceReader`. The transfer worker knows the listing from it,
says what is missing, and reads from several threads; the pieces may come in any order. What
came damaged or got lost is simply still missing, and asked for again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterlab_datahub.errors import DataHubError


class PieceFile(Struct):
    """One file as its store lists it.

    ``path`` is relative to the folder, with ``/``; ``size`` is bytes; ``crc32`` is eight
    lower-case hexadecimal digits, empty where the store keeps none.
    """

    path: str
    size: int
    crc32: str = ""


class Wanted(NamedTuple):
    """Bytes from `start` up to `end` of a file, `file` being its place in the listing.

    An empty file is never asked for.
    """

    file: int
    start: int
    end: int


class Piece(NamedTuple):
    """Some bytes of a file that are as they were sent; `data` is good until the next piece."""

    file: int
    offset: int
    data: memoryview


class SessionLost(Exception):  # noqa: N818 - it has its own next step: another session
    """The host no longer knows the session; carries the error to raise when that lasts."""

    def __init__(self, error: DataHubError) -> None:
        super().__init__(error.message)
        self.error = error


class PieceStreams(ABC):
    """A session in which wanted pieces are read, by as many threads as there are streams."""

    host: str
    """Host and port that the bytes come from."""

    count: int
    """How many streams may be read at once."""

    @abstractmethod
    def read(self, stream: int) -> Iterator[Piece]:
        """Yield the pieces of one answer; none if nothing is left to be sent.

        Raises
        ------
        SessionLost
            If another session may succeed.
        DataHubError
            As :meth:`PieceReader.start`.
        """

    @abstractmethod
    def again(self, wanted: Sequence[Wanted]) -> None:
        """Ask once more for what did not come; raises as :meth:`read`."""

    @abstractmethod
    def cut(self) -> None:
        """Wake all threads that wait for bytes, from another thread; nothing is read after it."""

    @abstractmethod
    def finish(self) -> None:
        """Give the session back, as well as the host lets us; raises nothing of its own."""


class PieceReader(ABC):
    """One asset that comes in pieces.

    Attributes
    ----------
    files
        What it consists of, as its store listed it when the reader was made.
    folder
        Whether it becomes a folder, even if it has only one file.
    """

    files: tuple[PieceFile, ...]
    folder: bool

    @abstractmethod
    def start(self, wanted: Sequence[Wanted], streams: int) -> PieceStreams:
        """Begin a session for what is missing; credentials are looked up now, not earlier.

        Parameters
        ----------
        wanted
            What is missing, in the order in which it is best sent. More may be sent.
        streams
            How many threads would like to read.

        Raises
        ------
        AccessError
            If this user may not read all of it, or the session with the store expired.
        NotFoundError
            If a file is gone.
        CatalogError, InterruptedTransferError
            If another try makes sense; a BadAnswerError is not worth one.
        """
