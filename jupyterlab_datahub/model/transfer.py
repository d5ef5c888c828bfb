"""Bytes on their way and bytes at home."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from jupyterlab_datahub.model.base import ErrorBody, Struct
from jupyterlab_datahub.model.selection import Selection


class TransferState(StrEnum):
    """Where a transfer stands; ``done``, ``failed`` and ``cancelled`` are final."""

    QUEUED = "queued"
    RESOLVING = "resolving"
    RUNNING = "running"
    PAUSED = "paused"
    VERIFYING = "verifying"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing more happens without the user."""
        return self in (TransferState.DONE, TransferState.FAILED, TransferState.CANCELLED)


class Direction(StrEnum):
    """Which way the bytes go: to this machine, or to a store."""

    DOWNLOAD = "download"
    UPLOAD = "upload"


FilenameFormat = Literal["original", "guid", "combined"]


class Grouping(Struct):
    """How the files of a group are named in its folder.

    ``original`` is the name that the Source gives, ``guid`` the identifier of the file,
    ``combined`` both. With ``skip_completed`` a file that lies there already, and is the right
    one by its checksum, is left as it is.
    """

    filename_format: FilenameFormat = "original"
    skip_completed: bool = False


class GroupCounts(Struct):
    """How the files of a group stand; ``total`` is None until all of them are known."""

    total: int | None = None
    done: int = 0
    failed: int = 0


class GroupMember(Struct):
    """One file of a group; ``path`` is its named link once it is done."""

    ref: str
    name: str
    state: TransferState
    size: int | None = None
    sha256: str = ""
    path: str = ""
    error: ErrorBody | None = None


class GroupPage(Struct):
    """Some files of a group (the answer of ``GET transfers/{id}/members``)."""

    members: tuple[GroupMember, ...] = ()
    total: int = 0
    offset: int = 0


class Transfer(Struct):
    """One line of the durable queue.

    ``note`` says in words what the transfer waits for; ``path`` is the named link in the
    working folder once the transfer is done. Of an upload, ``path`` is the notebook that is
    saved, relative to the server's root, and ``ref`` is where it goes; once the transfer is
    done it is the new dataset. Of a group of files, ``path`` is their folder. Where whoever
    fetches pays, ``max_usd`` is what the user agreed to pay at most and ``paid_usd`` what was paid
    for so far; a transfer that is paused at that limit says in ``error`` what is missing. With
    ``selection`` only some cells and genes of the file are fetched.
    """

    id: str
    ref: str
    title: str
    name: str
    source: str
    state: TransferState
    done: int = 0
    size: int | None = None
    rate: float = 0.0
    remaining: float | None = None
    note: str = ""
    path: str = ""
    sha256: str = ""
    error: ErrorBody | None = None
    created: str = ""
    updated: str = ""
    sequence: int = 0
    direction: Direction = Direction.DOWNLOAD
    group: GroupCounts | None = None
    selection: Selection | None = None
    max_usd: float | None = None
    paid_usd: float = 0.0


class LibraryItem(Struct):
    """A verified file of the library and what it is.

    A ``folder`` is named by the SHA-256 of what ``sha256sum`` says of its files.
    """

    sha256: str
    size: int
    name: str
    path: str
    ref: str = ""
    title: str = ""
    source: str = ""
    version: str = ""
    licence: str = ""
    citation: str = ""
    doi: str = ""
    retrieved: str = ""
    used: str = ""
    links: tuple[str, ...] = ()
    shared: bool = False
    folder: bool = False


class LibraryListing(Struct):
    """The library with its place on the disk."""

    items: tuple[LibraryItem, ...] = ()
    path: str = ""
    used: int = 0
    free: int = 0
    reserve: int = 0
    partial: int = 0


class TransferRequest(Struct, forbid_unknown_fields=True):
    """A wish for a file, or for many as one group, in the working folder.

    ``ref`` names a dataset (then its main file is meant) or one of its files, ``refs`` name
    several, ``manifest`` is a list of files of ``source``; one of the three is given. ``dataset``
    names the one that all ``refs`` are files of, which is then looked up once in place of each.
    ``directory``, relative to the server's root, is where the named link goes, by default the
    configured folder for links; those of a group go into a folder ``name`` in it. With
    ``convert`` an h5ad made of ``ref`` is wanted, where its format is one that we convert.
    With ``selection`` only some cells and genes of ``ref`` are fetched, as an h5ad of their own.
    ``max_usd`` is what all of it may cost at most, where whoever fetches pays.
    """

    ref: str = ""
    directory: str = ""
    refs: tuple[str, ...] = ()
    dataset: str = ""
    source: str = ""
    manifest: str = ""
    name: str = ""
    filename_format: FilenameFormat = "original"
    skip_completed: bool = False
    convert: bool = False
    selection: Selection | None = None
    max_usd: float | None = None
