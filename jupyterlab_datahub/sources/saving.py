"""What saving to a store means, whatever the store: a bundle of files, and a back end for it.

A back end is asked by the transfer worker. Every call may come again after the answer to the
last one was lost, the worker was killed or the connection broke, so each says what is so or
makes it so, and none does a thing twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import FieldError, SaveRequest, Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SLICE = 10 * 1024**2
"""Bytes sent with one request: what pyBIS sends, and so what servers and proxies are used to."""


MOST_PIECES = 10_000
"""Slices of one file: the parts that S3 takes for an object, and so a commons on S3."""

MIB = 1024**2


class BundleFile(Struct):
    """A file of a bundle.

    ``name`` is its path within the dataset, with ``/`` between its parts; ``path`` is where it
    is on this machine; ``size`` and ``modified`` (nanoseconds since 1970) are what it was when
    it was chosen.
    """

    name: str
    path: str
    size: int
    modified: int


class Presets(Struct):
    """What a store may fill in where a request leaves it open.

    ``history`` groups the versions of a notebook.
    """

    title: str = ""
    history: str = ""


class Checked(Struct):
    """A request in the words of the store, and all that is wrong with it."""

    request: SaveRequest
    errors: tuple[FieldError, ...] = ()


class StoredFile(Struct):
    """A file as the store has it: eight hexadecimal digits of CRC-32, empty if it says none.

    ``verified`` says that its bytes were compared by another checksum.
    """

    name: str
    size: int
    crc32: str = ""
    verified: bool = False


class Bundle(Struct):
    """What is saved, as it waits in the queue; it holds no secret.

    ``id`` is a UUID of this save alone. ``notebook`` is relative to the server's root; it may be
    another file or a folder, which is among ``files`` then and not in ``folder``.
    ``folder`` is an absolute path: everything in it belongs to the bundle, beside ``files``,
    which stay where they are. ``marker`` names the file whose checksum no other save has, by
    which a dataset is known to be this bundle. ``owner`` and ``parents`` are refs. ``html`` and
    ``environment`` say what is still to be made in the folder before it is sent. ``fingerprint``
    is the same for two saves of the same. ``saved`` is what the store has, once that is verified.
    """

    id: str
    source: str
    notebook: str
    folder: str
    owner: str
    type: str
    created: str
    marker: str
    html: bool = False
    environment: bool = False
    fingerprint: str = ""
    properties: dict[str, str | tuple[str, ...]] = {}
    parents: tuple[str, ...] = ()
    files: tuple[BundleFile, ...] = ()
    saved: tuple[StoredFile, ...] = ()


class Piece(Struct):
    """Some bytes of a file: ``size`` of them from ``start``, the ``number``-th of its slices."""

    file: BundleFile
    number: int
    start: int
    size: int

    @property
    def whole(self) -> bool:
        """Whether it is the whole file."""
        return self.size == self.file.size


class BackEnd(ABC):
    """One way of a store to take a bundle.

    Attributes
    ----------
    host
        Host and port that the bytes go to.
    room
        Names what the bytes that were sent hang on, such as the session, without giving it
        away. Bytes sent to another room are lost.
    revocable
        Whether :meth:`discard` may be asked for as long as :meth:`find` finds nothing, and
        leaves alone what it finds: then a failed :meth:`register` leaves nothing behind.
    """

    host: str = ""
    room: str = ""
    revocable: bool = False

    @property
    def remark(self) -> str:
        """What a user may want to know of it while it is under way, and afterwards."""
        return ""

    def discard(self) -> None:  # noqa: B027 - most keep nothing of what was not registered
        """Delete what was sent, as nobody will go on with it.

        Raises
        ------
        AccessError, CatalogError
        """

    @abstractmethod
    def arrived(self, piece: Piece, crc32: str) -> bool:
        """Return whether the bytes of a piece are there; False where nobody can tell."""

    @abstractmethod
    def send(self, piece: Piece, body: Callable[[], Iterable[bytes]]) -> None:
        """Send the bytes of a piece to their place.

        Raises
        ------
        AccessError, CatalogError, InterruptedTransferError
        """

    @abstractmethod
    def find(self, crc32: Mapping[str, str]) -> str:
        """Return the ref under which the store has this bundle already, else nothing.

        Parameters
        ----------
        crc32
            The checksums of the bundle's files by name.

        Raises
        ------
        AccessError, CatalogError
        """

    @abstractmethod
    def register(self) -> str:
        """Make what was sent a part of the store, and return its ref.

        Raises
        ------
        AccessError
            If this user may not.
        RequestError
            If the store refuses it as it is.
        CatalogError
            If nobody knows whether it did; :meth:`find` tells.
        """

    @abstractmethod
    def stored(self, ref: str) -> Mapping[str, StoredFile]:
        """Return the files that the store has, by their names in the bundle.

        Raises
        ------
        AccessError, CatalogError
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connections."""


def pieces(file: BundleFile, most: int = SLICE) -> tuple[Piece, ...]:
    """Return the slices of a file, an empty one where it has no bytes.

    Slices of a file that would have too many of them are larger than `most`, by whole MiB.
    """
    most = max(most, -(-file.size // (MOST_PIECES * MIB)) * MIB)
    starts = range(0, file.size, most) if file.size else (0,)
    return tuple(
        Piece(file=file, number=number, start=start, size=min(most, file.size - start))
        for number, start in enumerate(starts, 1)
    )
