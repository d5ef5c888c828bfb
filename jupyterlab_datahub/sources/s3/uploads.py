"""Saving to a bucket: a folder of objects that are whole or not there.

A file of one slice is put as it is, a larger one goes in parts. Parts become objects only at the
end, and after them comes the file that no other save has: where it is, the save is whole. What is
known of an upload is kept beside it, so that another worker goes on with it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    TransferError,
)
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.files import write_atomically
from jupyterlab_datahub.sources.s3 import listing, refs, saves
from jupyterlab_datahub.sources.s3.writing import Digests, Part, Writer
from jupyterlab_datahub.sources.saving import BackEnd, StoredFile, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyterlab_datahub.sources.s3.refs import Ref
    from jupyterlab_datahub.sources.s3.store import Store
    from jupyterlab_datahub.sources.s3.writing import Written
    from jupyterlab_datahub.sources.saving import Bundle, BundleFile, Piece

STATE = ".s3.json"
CHUNK = 1 << 20


class Sent(Struct):
    """What is known of one file.

    ``parts`` are those that have arrived, by number; ``etag`` is what an object that is in its
    place should have, ``version`` which of its versions is meant; one that may have been there
    before is not ``ours`` to delete.
    """

    upload: str = ""
    parts: dict[int, Part] = {}
    crc32: str = ""
    etag: str = ""
    version: str = ""
    there: bool = False
    ours: bool = True


class Objects(BackEnd):
    """A bundle on its way to become objects of a bucket.

    Parameters
    ----------
    store
        Where to.
    bundle
        What is saved; its owner is a bucket, or a folder in one.
    """

    revocable = True

    def __init__(self, store: Store, bundle: Bundle) -> None:
        self._store = store
        self._writer = Writer(store)
        self._bundle = bundle
        self._folder = saves.folder_of(bundle, store.name)
        self._replace = saves.replaces(self._writer, bundle, self._folder)
        self._path = Path(bundle.folder) / STATE
        self._files = _read(self._path)
        self._lock = RLock()
        self._of_file: defaultdict[str, Lock] = defaultdict(Lock)
        url = store.address(self._folder.bucket, "", {})
        self.host = urlsplit(url).netloc
        self.room = hashlib.sha256(f"{url}\n{self._folder}".encode()).hexdigest()[:16]

    @property
    def remark(self) -> str:
        """Where the files are."""
        return f"in {self._folder}"

    def arrived(self, piece: Piece, crc32: str) -> bool:
        """Return whether the store has a piece; of the marker, whether it has all that it took."""
        name = piece.file.name
        if name == self._bundle.marker:
            return self._still_there()
        sent = self._sent(name)
        if piece.whole:
            return sent.there or self._adopted(piece.file, Digests.of(_chunks(piece)))
        if not sent.upload:
            return False
        part = sent.parts.get(piece.number)
        if part is not None and part.crc32 == crc32:
            return True
        found = self._parts(piece.file.name, sent).get(piece.number)
        digests = Digests.of(_chunks(piece))
        if found != (digests.size, digests.md5.hex()):
            return False
        self._note_part(name, piece.number, Part(found[1], crc32))
        return True

    def send(self, piece: Piece, body: Callable[[], Iterable[bytes]]) -> None:
        """Put a whole file, or a part of a larger one; the marker waits for the others."""
        name, digests = piece.file.name, Digests.of(_chunks(piece))
        crc32 = f"{digests.crc32:08x}"
        sent = self._sent(name)
        part = sent.parts.get(piece.number)
        if name == self._bundle.marker or sent.there or (part and part.crc32 == crc32):
            for _ in body():
                pass
        elif piece.whole:
            self._put(piece.file, lambda: iter(body()), digests)
        else:
            upload = self._begun(piece.file)
            ref = self._ref(name)
            try:
                taken = self._writer.part(ref, upload, piece.number, lambda: iter(body()), digests)
            except NotFoundError:
                self._keep(name, Sent())
                raise
            self._note_part(name, piece.number, taken)

    def find(self, crc32: Mapping[str, str]) -> str:
        """Return the notebook's ref if the file that comes last is in its place."""
        del crc32
        return self._notebook() if self._is_whole() else ""

    def register(self) -> str:
        """Put the parts together, then the marker beside them, and return the notebook's ref."""
        in_parts = False
        for file in self._bundle.files:
            sent = self._sent(file.name)
            if file.name == self._bundle.marker or sent.there:
                continue
            if len(sent.parts) != len(pieces(file)):
                raise NotFoundError(
                    f"{file.name} was not sent", source=self._store.name, hint="Try again."
                )
            self._complete(file, sent)
            in_parts = True
        marker = self._marker()
        self._put(marker, lambda: _read_file(marker), Digests.of(_read_file(marker)))
        if in_parts and self._is_own:
            self._abort_strays()
        return self._notebook()

    def stored(self, ref: str) -> Mapping[str, StoredFile]:
        """Return the files as the store has them."""
        del ref
        found: dict[str, StoredFile] = {}
        for file in self._bundle.files:
            sent = self._sent(file.name)
            there = self._writer.look(self._ref(file.name)._replace(version=sent.version))
            if there is not None:
                found[file.name] = StoredFile(
                    name=file.name,
                    size=there.size,
                    crc32=there.crc32,
                    verified=bool(sent.etag) and there.etag == sent.etag,
                )
        return found

    def discard(self) -> None:
        """Delete what was sent, unless the save is whole."""
        if self._is_whole():
            return
        with self._lock:
            files = dict(self._files)
        for name, sent in files.items():
            if sent.upload and not sent.there:
                self._writer.abort(self._ref(name), sent.upload)
            if sent.there and sent.ours:
                self._writer.delete(self._ref(name)._replace(version=sent.version))
        if self._is_own:
            self._abort_strays()
            self._delete_strays()
        with self._lock:
            self._files = {}
            self._write()

    def close(self) -> None:
        """Close the connections."""
        self._store.close()

    @property
    def _is_own(self) -> bool:
        """Whether nothing else is, or ever comes, where the files go."""
        return self._bundle.type != saves.IN_PLACE

    def _ref(self, name: str) -> Ref:
        key = self._folder.key + name
        if len(key.encode()) > refs.LONGEST_KEY:
            raise BadRequestError(
                f"{name} would have a key of more than {refs.LONGEST_KEY:,} bytes",
                source=self._store.name,
                hint="Save to a place with a shorter name, or choose a file with one.",
            )
        return self._folder._replace(key=key)

    def _notebook(self) -> str:
        name = Path(self._bundle.notebook).name
        if all(file.name != name for file in self._bundle.files):
            return f"{self._ref(name)}/"
        return str(self._ref(name)._replace(version=self._sent(name).version))

    def _marker(self) -> BundleFile:
        (marker,) = [file for file in self._bundle.files if file.name == self._bundle.marker]
        return marker

    def _is_whole(self) -> bool:
        """Return whether the marker of this very save is in its place."""
        path = Path(self._bundle.folder) / self._bundle.marker
        if not path.is_file():
            return False
        there = self._writer.look(self._ref(self._bundle.marker))
        return there is not None and there.has(Digests.of(_chunks_of(path)))

    def _still_there(self) -> bool:
        """Return whether all parts that were taken are still there; forget those that are not."""
        with self._lock:
            files = dict(self._files)
        whole = True
        for name, sent in files.items():
            if not sent.upload or sent.there:
                continue
            there = self._parts(name, sent)
            kept = {
                number: part
                for number, part in sent.parts.items()
                if there.get(number, (0, ""))[1] == part.etag
            }
            if kept != sent.parts:
                whole = False
                upload = sent.upload if there else ""
                self._keep(name, msgspec.structs.replace(sent, parts=kept, upload=upload))
        return whole

    def _parts(self, name: str, sent: Sent) -> dict[int, tuple[int, str]]:
        try:
            return self._writer.parts(self._ref(name), sent.upload)
        except NotFoundError:
            return {}

    def _begun(self, file: BundleFile) -> str:
        """Return the upload that a file's parts belong to, which is begun if there is none."""
        with self._lock:
            mine = self._of_file[file.name]
        with mine:
            sent = self._sent(file.name)
            if not sent.upload:
                upload = self._writer.begin(self._ref(file.name))
                sent = msgspec.structs.replace(sent, upload=upload, parts={})
                self._keep(file.name, sent)
            return sent.upload

    def _put(self, file: BundleFile, body: Callable[[], Iterator[bytes]], digests: Digests) -> None:
        try:
            made = self._writer.put(self._ref(file.name), body, digests, replace=self._replace)
        except ConflictError:
            # It may be ours, put there when an answer got lost.
            if not self._adopted(file, digests):
                raise
            return
        self._place(file, made, digests, ours=True)

    def _adopted(self, file: BundleFile, digests: Digests) -> bool:
        there = self._writer.look(self._ref(file.name))
        if there is None or not there.has(digests):
            return False
        self._place(file, there, digests, ours=self._is_own)
        return True

    def _complete(self, file: BundleFile, sent: Sent) -> None:
        ref = self._ref(file.name)
        try:
            made = self._writer.complete(ref, sent.upload, sent.parts, replace=self._replace)
        except (NotFoundError, ConflictError):
            # It may have been put together when an answer got lost.
            there = self._writer.look(ref)
            if there is None or there.size != file.size or there.etag != _tag_of(sent):
                raise
            made = there
        made = made._replace(etag=_tag_of(sent))
        self._keep(
            file.name,
            msgspec.structs.replace(sent, etag=made.etag, version=made.version, there=True),
        )

    def _place(self, file: BundleFile, made: Written, digests: Digests, *, ours: bool) -> None:
        sent = Sent(
            crc32=f"{digests.crc32:08x}",
            etag=digests.md5.hex(),
            version=made.version,
            there=True,
            ours=ours,
        )
        self._keep(file.name, sent)

    def _abort_strays(self) -> None:
        """Take back uploads that were begun when an answer got lost."""
        try:
            for ref, upload in self._writer.under_way(self._folder):
                self._writer.abort(ref, upload)
        except AccessError:
            # Listing them is a right of its own; a rule of the bucket removes them.
            return

    def _delete_strays(self) -> None:
        """Delete objects that were put when an answer got lost."""
        for entry in listing.below(self._store, self._folder.bucket, self._folder.key):
            ref = self._folder._replace(key=entry.key)
            there = self._writer.look(ref)
            if there is not None:
                self._writer.delete(ref._replace(version=there.version))

    def _sent(self, name: str) -> Sent:
        with self._lock:
            return self._files.get(name, Sent())

    def _note_part(self, name: str, number: int, part: Part) -> None:
        with self._lock:
            sent = self._sent(name)
            self._keep(name, msgspec.structs.replace(sent, parts={**sent.parts, number: part}))

    def _keep(self, name: str, sent: Sent) -> None:
        with self._lock:
            self._files = {**self._files, name: sent}
            self._write()

    def _write(self) -> None:
        if self._path.parent.is_dir():
            write_atomically(self._path, msgspec.json.encode(self._files))


def _read(path: Path) -> dict[str, Sent]:
    try:
        return from_json(path.read_bytes(), dict[str, Sent])
    except (OSError, msgspec.DecodeError):
        return {}


def _tag_of(sent: Sent) -> str:
    """Return the tag of an object that was put together: a checksum of those of its parts."""
    tags = [part.etag for _, part in sorted(sent.parts.items())]
    try:
        digest = hashlib.md5(b"".join(map(bytes.fromhex, tags)), usedforsecurity=False)
    except ValueError:
        return ""
    return f"{digest.hexdigest()}-{len(tags)}"


def _chunks(piece: Piece) -> Iterator[bytes]:
    return _chunks_of(Path(piece.file.path), piece.start, piece.size)


def _read_file(file: BundleFile) -> Iterator[bytes]:
    return _chunks_of(Path(file.path))


def _chunks_of(path: Path, start: int = 0, size: int | None = None) -> Iterator[bytes]:
    left = size
    try:
        with path.open("rb") as file:
            file.seek(start)
            while chunk := file.read(CHUNK if left is None else min(CHUNK, left)):
                if left is not None:
                    left -= len(chunk)
                yield chunk
    except OSError as error:
        raise TransferError(
            f"{path.name} cannot be read: {error.strerror}",
            hint="Choose the files again, then save.",
        ) from error
