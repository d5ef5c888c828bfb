"""Saving as files of a collection or object, on the file server (AFS) of openBIS 7.

There are no types, properties and parents: what would be among them is in the bundle's lock
file. The files go to a hidden folder first, and get their place in one step when all of them
have arrived. Requests are those of pyBIS 7.0.0rc6.
"""

from __future__ import annotations

import hashlib
import re
import struct
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import (
    ChecksumError,
    InterruptedTransferError,
    NotFoundError,
    RequestError,
)
from jupyterlab_datahub.sources.openbis import owners
from jupyterlab_datahub.sources.openbis.afs_calls import AfsCalls
from jupyterlab_datahub.sources.openbis.sending import KEPT
from jupyterlab_datahub.sources.saving import BackEnd, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyterlab_datahub.sources.openbis.session import Session
    from jupyterlab_datahub.sources.saving import Bundle, BundleFile, Piece

_UNFIT = re.compile(r"[\x00-\x1f/\\:*?\"<>|]+")


class FileServer(BackEnd):
    """A bundle on its way to a folder of its owner.

    Parameters
    ----------
    session
        Who saves.
    bundle
        What is saved.
    url
        Where the file server is.
    """

    def __init__(self, session: Session, bundle: Bundle, url: str) -> None:
        self._session = session
        self._bundle = bundle
        self._owner = owners.of_ref(session, bundle.owner)
        self._server = AfsCalls(session, url)
        self._sender = self._server.sender
        self._sums: dict[str, str] = {}
        self._hidden = f"/.datahub-{bundle.id}"
        when = datetime.fromisoformat(bundle.created).strftime("%Y-%m-%d %H.%M.%S")
        stem = _UNFIT.sub("_", PurePosixPath(bundle.notebook).stem)
        self._place = f"/{stem} {when} {bundle.id[:8]}"
        self.host = self._sender.host
        # What was written stays, whatever becomes of the session.
        self.room = hashlib.sha256(url.encode()).hexdigest()[:16]

    def arrived(self, piece: Piece, crc32: str) -> bool:
        """Return whether a file that was sent in one slice is there."""
        del crc32
        if not piece.whole:
            return False
        return self._same(f"{self._hidden}/{piece.file.name}", piece.file)

    def send(self, piece: Piece, body: Callable[[], Iterable[bytes]]) -> None:
        """Write the bytes of a piece to their place."""
        source = f"{self._hidden}/{piece.file.name}"
        if not piece.size:
            self._create(source)
            return
        head = _chunk(self._owner, source, piece)

        def chunks() -> Iterator[bytes]:
            yield head
            yield from body()

        query = {"method": "write", "sessionToken": self._session.token()}
        answer = self._sender.send("/api", query, chunks(), len(head) + piece.size)
        if not _is_true(answer.body):
            raise InterruptedTransferError(
                f"{piece.file.name} did not arrive at {self._session.who.title}",
                source=self._session.who.source,
                host=self.host,
                hint=KEPT,
            )

    def find(self, crc32: Mapping[str, str]) -> str:
        """Return the ref of the folder if it has its place already."""
        del crc32
        marker = next(one for one in self._bundle.files if one.name == self._bundle.marker)
        there = self._same(f"{self._place}/{marker.name}", marker)
        return self._ref if there else ""

    def register(self) -> str:
        """Give the folder its place."""
        self._server.call(
            "POST",
            "move",
            sourceOwner=self._owner,
            source=self._hidden,
            targetOwner=self._owner,
            target=self._place,
        )
        return self._ref

    def stored(self, ref: str) -> Mapping[str, StoredFile]:
        """Return the files of the folder; their MD5 is compared here, as CRC-32 is not kept."""
        del ref
        listed = {
            one.path: one
            for one in self._server.files(self._owner, self._place)
            if not one.directory
        }
        found: dict[str, StoredFile] = {}
        for file in self._bundle.files:
            path = f"{self._place}/{file.name}"
            if path not in listed:
                continue
            if not self._same(path, file):
                raise ChecksumError(
                    f"{file.name} has another checksum in the store",
                    source=self._session.who.source,
                    host=self.host,
                    hint=f"Remove the folder {self._place} in openBIS, then save again.",
                )
            found[file.name] = StoredFile(
                name=file.name, size=listed[path].size, crc32=self._sums[file.name]
            )
        return found

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    @property
    def _ref(self) -> str:
        return owners.ref_of(self._session, f"{self._owner}{self._place}")

    def _create(self, source: str) -> None:
        try:
            self._server.call("POST", "create", owner=self._owner, source=source, directory="False")
        except RequestError as error:
            if "exists" not in error.message:
                raise

    def _same(self, source: str, file: BundleFile) -> bool:
        """Return whether the server's file has the MD5 of ours."""
        try:
            answer = self._server.call("GET", "hash", owner=self._owner, source=source)
        except NotFoundError:
            return False
        md5, self._sums[file.name] = _checksums(Path(file.path))
        return answer.decode(errors="replace").strip().strip('"').lower() == md5


def _chunk(owner: str, source: str, piece: Piece) -> bytes:
    """Return a list of one chunk up to its data, in the file server's own encoding."""
    named = b"".join(
        struct.pack(">i", len(text)) + text for text in (owner.encode(), source.encode())
    )
    return struct.pack(">i", 1) + named + struct.pack(">qii", piece.start, piece.size, piece.size)


def _checksums(path: Path) -> tuple[str, str]:
    """Return the MD5 and the CRC-32 of a file."""
    import zlib

    md5 = hashlib.md5(usedforsecurity=False)
    crc32 = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            md5.update(piece)
            crc32 = zlib.crc32(piece, crc32)
    return md5.hexdigest(), f"{crc32:08x}"


def _is_true(data: bytes) -> bool:
    text = data.strip().strip(b'"').lower()
    if text == b"true":
        return True
    try:
        return bool(msgspec.json.decode(data).get("result") is True)
    except (msgspec.DecodeError, AttributeError):
        return False
