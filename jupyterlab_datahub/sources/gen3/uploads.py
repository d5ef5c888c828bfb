"""Saving to a commons: each file of a bundle becomes an object with a GUID of its own.

fence makes a blank record and signs an address to send the bytes to: one for a file of up to ten
mebibytes, one for each part of a larger one. The record is filled when the commons looks at the
upload, minutes to hours later. What is known of an upload is kept beside it, so that another
worker goes on with it.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections import defaultdict
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import msgspec

from jupyterlab_datahub.errors import BadAnswerError, ChecksumError, DataHubError, NotFoundError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.files import write_atomically
from jupyterlab_datahub.sources.gen3 import records, refs, rights, saves
from jupyterlab_datahub.sources.gen3.storage import Bucket
from jupyterlab_datahub.sources.saving import BackEnd, StoredFile, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyterlab_datahub.sources.gen3.session import Session
    from jupyterlab_datahub.sources.saving import Bundle, BundleFile, Piece

UPLOAD = "/user/data/upload"
INIT = "/user/data/multipart/init"
PART = "/user/data/multipart/upload"
COMPLETE = "/user/data/multipart/complete"
DATA = "/user/data"

STATE = ".gen3.json"
CHUNK = 1 << 20
GONE = "NoSuchUpload"
"""What S3 says of an upload in parts that was put together before."""


class Sent(Struct):
    """What is known of one file.

    ``parts`` has the tags that storage gave, ``crc32`` the checksums of what was sent, by
    number; ``verified`` says that the tags are the checksums of the bytes.
    """

    guid: str
    upload: str = ""
    parts: dict[int, str] = {}
    crc32: dict[int, str] = {}
    complete: bool = False
    verified: bool = True


class State(Struct):
    """What is known of an upload; ``registered`` is set once all of it is in its place."""

    files: dict[str, Sent] = {}
    registered: bool = False


class _Begun(Struct):
    guid: str
    url: str = ""
    upload: str = msgspec.field(name="uploadId", default="")


class _Address(Struct):
    url: str = ""
    presigned_url: str = ""


class Objects(BackEnd):
    """A bundle on its way to become objects of a commons.

    Parameters
    ----------
    session
        Who saves.
    bundle
        What is saved; its owner is a resource, or a project.
    """

    def __init__(self, session: Session, bundle: Bundle) -> None:
        self._session = session
        self._bundle = bundle
        self._resource = saves.resource_of(session, bundle.owner)
        self._path = Path(bundle.folder) / STATE
        self._state = _read(self._path)
        self._lock = RLock()
        self._of_file: defaultdict[str, Lock] = defaultdict(Lock)
        self._addresses: dict[str, str] = {}
        self._bucket = Bucket(session)
        self.host = session.host
        secret = session.keys.secret()
        who = f"{session.url}\n{secret.user if secret else ''}"
        self.room = hashlib.sha256(who.encode()).hexdigest()[:16]

    @property
    def remark(self) -> str:
        """Which GUIDs the files have; they are known before their bytes are sent."""
        with self._lock:
            known = {name: sent.guid for name, sent in self._state.files.items()}
        name = Path(self._bundle.notebook).name
        if name not in known:
            return ""
        others = len(known) - 1
        more = f" and {others} more {'file' if others == 1 else 'files'}" if others else ""
        return f"{name} is {known[name]}{more}"

    def arrived(self, piece: Piece, crc32: str) -> bool:
        """Return whether storage has taken a piece with this checksum."""
        with self._lock:
            sent = self._state.files.get(piece.file.name)
        return sent is not None and sent.crc32.get(piece.number) == crc32

    def send(self, piece: Piece, body: Callable[[], Iterable[bytes]]) -> None:
        """Send a piece to an address that is signed for this attempt."""
        file = piece.file
        whole = len(pieces(file)) == 1
        sent = self._begun(file, whole=whole)
        url = self._address(file, sent) if whole else self._part_address(file, sent, piece.number)
        self.host = urlsplit(url).netloc.rpartition("@")[2] or self.host
        md5, crc32 = _digests(piece)
        tag = self._bucket.put(url, body(), piece.size, base64.b64encode(md5).decode())
        with self._lock:
            sent = self._state.files[file.name]
            self._keep(
                file.name,
                msgspec.structs.replace(
                    sent,
                    parts={**sent.parts, piece.number: tag},
                    crc32={**sent.crc32, piece.number: crc32},
                    complete=whole,
                    verified=sent.verified and tag.lower() == md5.hex(),
                ),
            )

    def find(self, crc32: Mapping[str, str]) -> str:
        """Return the notebook's ref if all files are in their places."""
        del crc32
        with self._lock:
            return self._ref() if self._state.registered else ""

    def register(self) -> str:
        """Have the parts of large files put together, and return the notebook's ref."""
        for file in self._bundle.files:
            sent = self._state.files.get(file.name)
            if sent is None:
                raise NotFoundError(
                    f"{file.name} was not sent", source=self._session.who.source, hint="Try again."
                )
            if not sent.complete:
                self._complete(file, sent)
        with self._lock:
            self._state = msgspec.structs.replace(self._state, registered=True)
            self._write()
            return self._ref()

    def stored(self, ref: str) -> Mapping[str, StoredFile]:
        """Return the files as the commons has them, or as storage took them until it looks."""
        del ref
        return {file.name: self._stored(file) for file in self._bundle.files}

    def discard(self) -> None:
        """Delete what was sent of an upload that will not be gone on with."""
        with self._lock:
            files, self._state = self._state.files, State()
        for sent in files.values():
            try:
                self._session.ask("DELETE", f"{DATA}/{quote(sent.guid, safe='/:')}")
            except NotFoundError:
                continue
        with self._lock:
            self._write()

    def close(self) -> None:
        """Close the connections."""
        self._bucket.close()

    def _begun(self, file: BundleFile, *, whole: bool) -> Sent:
        """Return what is known of a file, with a record made for it if there is none."""
        with self._lock:
            mine = self._of_file[file.name]
        with mine:
            with self._lock:
                sent = self._state.files.get(file.name)
            if sent is None:
                authz = [] if self._resource == rights.DATA_FILE else [self._resource]
                body = {"file_name": _name(file), **({"authz": authz} if authz else {})}
                begun = self._session.post(UPLOAD, body, _Begun, once=True)
                self._addresses[file.name] = begun.url
                sent = Sent(guid=begun.guid)
                self._keep(file.name, sent)
            if not whole and not sent.upload:
                sent = self._in_parts(file, sent)
            return sent

    def _in_parts(self, file: BundleFile, sent: Sent) -> Sent:
        body = {"file_name": _name(file), "guid": sent.guid}
        begun = self._session.post(INIT, body, _Begun, once=True)
        if begun.guid != sent.guid:
            # Older ones make a record of their own, whatever they are told.
            self._session.ask("DELETE", f"{DATA}/{quote(sent.guid, safe='/:')}")
        fresh = Sent(guid=begun.guid, upload=begun.upload)
        self._keep(file.name, fresh)
        return fresh

    def _address(self, file: BundleFile, sent: Sent) -> str:
        """Return an address to send a whole file to; each is used once."""
        if url := self._addresses.pop(file.name, ""):
            return url
        path = f"{UPLOAD}/{quote(sent.guid, safe='/:')}"
        return self._given(self._session.get(path, _Address, {"file_name": _name(file)}).url)

    def _part_address(self, file: BundleFile, sent: Sent, number: int) -> str:
        body = {"key": _key(file, sent), "uploadId": sent.upload, "partNumber": number}
        return self._given(self._session.post(PART, body, _Address).presigned_url)

    def _given(self, url: str) -> str:
        if urlsplit(url).scheme not in ("http", "https"):
            raise BadAnswerError(
                f"{self._session.who.title} gave no address to send the file to",
                source=self._session.who.source,
                host=self._session.host,
                hint="Ask the commons whether files can be uploaded.",
            )
        return url

    def _complete(self, file: BundleFile, sent: Sent) -> None:
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in sorted(sent.parts.items())]
        body = {"key": _key(file, sent), "uploadId": sent.upload, "parts": parts}
        try:
            self._session.post(COMPLETE, body, dict[str, str], once=True)
        except DataHubError as error:
            # All parts were taken, so they were put together when an answer got lost.
            if GONE not in error.message:
                raise
        self._keep(file.name, msgspec.structs.replace(sent, complete=True))

    def _stored(self, file: BundleFile) -> StoredFile:
        sent = self._state.files[file.name]
        found = records.record(self._session, sent.guid)
        if found.size is None:
            return StoredFile(name=file.name, size=file.size, verified=sent.verified)
        expected = found.checksums.get("md5")
        if expected and expected != _md5(Path(file.path)):
            raise ChecksumError(
                f"{file.name} has another checksum in the commons",
                source=self._session.who.source,
                host=self._session.host,
                hint=f"Have {sent.guid} deleted, then save again.",
            )
        return StoredFile(name=file.name, size=found.size, verified=bool(expected))

    def _ref(self) -> str:
        name = Path(self._bundle.notebook).name
        sent = self._state.files.get(name) or next(iter(self._state.files.values()))
        return refs.file_ref(self._session, sent.guid)

    def _keep(self, name: str, sent: Sent) -> None:
        with self._lock:
            files = {**self._state.files, name: sent}
            self._state = msgspec.structs.replace(self._state, files=files)
            self._write()

    def _write(self) -> None:
        if self._path.parent.is_dir():
            write_atomically(self._path, msgspec.json.encode(self._state))


def _read(path: Path) -> State:
    try:
        return from_json(path.read_bytes(), State)
    except (OSError, msgspec.DecodeError):
        return State()


def _name(file: BundleFile) -> str:
    """Return what storage calls a file: folders are no part of it."""
    return file.name.replace("/", "_")


def _key(file: BundleFile, sent: Sent) -> str:
    return f"{sent.guid}/{_name(file)}"


def _digests(piece: Piece) -> tuple[bytes, str]:
    """Return the MD5 and the CRC-32 of a piece."""
    md5, crc32, left = hashlib.md5(usedforsecurity=False), 0, piece.size
    with Path(piece.file.path).open("rb") as file:
        file.seek(piece.start)
        while left and (chunk := file.read(min(CHUNK, left))):
            md5.update(chunk)
            crc32 = zlib.crc32(chunk, crc32)
            left -= len(chunk)
    return md5.digest(), f"{crc32:08x}"


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
