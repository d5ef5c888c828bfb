"""The file server (AFS) of openBIS 7: files of samples, experiments and datasets, by their permId.

Paths begin with "/", which is the owner's own folder. What is deleted goes to ``/.afs.trash``,
what ``snapshot`` keeps to ``.afs.snapshots`` beside the file.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from jupyterlab_datahub.demo.messages import FileBody, MadeBody, Reply, Request
from jupyterlab_datahub.demo.openbis import afs_chunks
from jupyterlab_datahub.demo.openbis.afs_chunks import AfsChunk, ChunkError
from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import DataSet, Experiment, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.incoming import Incoming
    from jupyterlab_datahub.demo.openbis.store import Store

API = "/afs-server/api"
TRASH = ".afs.trash"
SNAPSHOTS = ".afs.snapshots"
PIECE = 1 << 20
OCTETS = {"Content-Type": "application/octet-stream"}

HTTP_METHODS: dict[str, str] = {
    "isSessionValid": "GET",
    "list": "GET",
    "hash": "GET",
    "free": "GET",
    "preview": "GET",
    "read": "POST",
    "write": "POST",
    "create": "POST",
    "copy": "POST",
    "move": "POST",
    "truncate": "POST",
    "snapshot": "POST",
    "delete": "DELETE",
}
"""Which HTTP method each call comes with."""


class AfsError(Exception):
    """A refusal in the words of the file server."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class AfsServer:
    """The file server of one openBIS; each owner's files are a directory below `directory`."""

    def __init__(self, store: Store, directory: Path) -> None:
        self.store = store
        self._directory = directory

    def answer(self, request: Request) -> Reply:
        """Return the reply to a call."""
        given = {name: values[0] for name, values in request.query.items()}
        body = request.incoming
        if body and given.get("method") not in ("read", "write"):
            form = parse_qs(body.exactly(PIECE).decode())
            given = {name: values[0] for name, values in form.items()} | given
        try:
            return self._answer(request, given, body)
        except (AfsError, OpenbisError, ChunkError) as error:
            return refused(error.code if isinstance(error, AfsError) else 20000, str(error))

    def _answer(self, request: Request, given: dict[str, str], body: Incoming | None) -> Reply:
        method = given.get("method", "")
        if HTTP_METHODS.get(method) != request.method:
            raise AfsError(30001, f"Invalid HTTP method {request.method} for '{method}'")
        user = self._user(given.get("sessionToken", ""))
        if method == "isSessionValid":
            return _text("true" if user else "false")
        if not user:
            raise AfsError(20001, "Session token is invalid or has expired")
        if method in ("read", "write"):
            if body is None:
                raise ChunkError("there are no chunks")
            return self._read(user, body) if method == "read" else self._write(user, body)
        if method in ("copy", "move"):
            return self._put(user, method, given)
        owner = self._owner(user, given.get("owner", ""), write=method in _CHANGES)
        return _CALLS[method](owner, given.get("source", "/"), given)

    def _user(self, token: str) -> str:
        session = self.store.sessions.find(token)
        return session.user if session else ""

    def _owner(self, user: str, perm_id: str, *, write: bool) -> Owner:
        """Return the folder of an owner that a user may read, or write."""
        kinds: tuple[type[Sample | Experiment | DataSet], ...] = (Sample, Experiment, DataSet)
        found = next((one for kind in kinds if (one := self.store.find(kind, perm_id))), None)
        if found is None or not self.store.may_see(user, found):
            raise AfsError(20002, f"User {user} has no rights to read owner {perm_id}")
        if write:
            self.store.check_write(user, found)
        return Owner(found.perm_id, self._directory / found.perm_id)

    def _put(self, user: str, method: str, given: dict[str, str]) -> Reply:
        """Copy or move a file or folder to where nothing is yet."""
        origin = self._owner(user, given.get("sourceOwner", ""), write=method == "move")
        goal = self._owner(user, given.get("targetOwner", ""), write=True)
        source = origin.existing(given.get("source", ""))
        target = goal.path(given.get("target", ""))
        if target.exists():
            raise AfsError(10006, f"{method}: target {given.get('target')} already exists")
        target.parent.mkdir(parents=True, exist_ok=True)
        if method == "move":
            shutil.move(source, target)
        elif source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
        return _text("true")

    def _read(self, user: str, body: Incoming) -> Reply:
        """Return the chunks asked for; a file that ends before gives fewer bytes."""
        found: list[tuple[AfsChunk, Path]] = []
        for _ in range(afs_chunks.count_of(body)):
            asked = afs_chunks.chunk_of(body)
            owner = self._owner(user, asked.owner, write=False)
            file = owner.existing(asked.source)
            if not file.is_file():
                raise AfsError(10008, f"Read: {asked.source} is a directory")
            there = max(min(asked.limit, file.stat().st_size - asked.offset), 0)
            chunk = AfsChunk(asked.owner, asked.source, asked.offset, asked.limit, there)
            found.append((chunk, file))

        def pieces() -> Iterator[bytes]:
            yield afs_chunks.count(len(found))
            for chunk, file in found:
                yield afs_chunks.head(chunk)
                yield from _part(file, chunk.offset, chunk.data)

        length = 4 + sum(len(afs_chunks.head(chunk)) + chunk.data for chunk, _ in found)
        return Reply(200, dict(OCTETS), MadeBody(length, pieces))

    def _write(self, user: str, body: Incoming) -> Reply:
        """Write chunks at their places, making files and folders that are not there."""
        for _ in range(afs_chunks.count_of(body)):
            chunk = afs_chunks.chunk_of(body)
            path = self._owner(user, chunk.owner, write=True).path(chunk.source)
            if path.is_dir():
                raise AfsError(10008, f"Write: {chunk.source} is a directory")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            left = chunk.data
            with path.open("r+b") as file:
                file.seek(chunk.offset)
                while left and (piece := body.read(min(left, PIECE))):
                    file.write(piece)
                    left -= len(piece)
            if left:
                raise ChunkError("the body ends in the middle of a chunk")
        return _text("true")


class Owner:
    """The files of one owner."""

    def __init__(self, perm_id: str, root: Path) -> None:
        self.perm_id = perm_id
        self.root = root

    def path(self, source: str) -> Path:
        """Return where a path is on disk.

        Raises
        ------
        AfsError
            If it leads out of the owner's folder.
        """
        parts = [part for part in PurePosixPath(source).parts if part != "/"]
        if ".." in parts:
            raise AfsError(30002, f"{source} is no path of {self.perm_id}")
        return self.root.joinpath(*parts)

    def existing(self, source: str) -> Path:
        """Return where a file or folder is on disk.

        Raises
        ------
        AfsError
            If there is none.
        """
        path = self.path(source)
        if path == self.root:
            path.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            raise AfsError(10007, f"java.nio.file.NoSuchFileException: {source}")
        return path

    def line(self, path: Path) -> str:
        """Return a file or folder as a listing has it."""
        stat = path.stat()
        size = "" if path.is_dir() else str(stat.st_size)
        moment = datetime.fromtimestamp(stat.st_mtime, UTC).isoformat().replace("+00:00", "Z")
        place = "/" + path.relative_to(self.root).as_posix()
        folder = str(path.is_dir()).lower()
        return f"{self.perm_id}\t{place}\t{path.name}\t{folder}\t{size}\t{moment}"


def _list(owner: Owner, source: str, given: dict[str, str]) -> Reply:
    path = owner.existing(source or "/")
    if path.is_file():
        return _text(owner.line(path))
    deep = given.get("recursively", "").lower() == "true"
    return _text("\n".join(owner.line(one) for one in _below(path, deep=deep)))


def _below(folder: Path, *, deep: bool) -> Iterator[Path]:
    """Yield what is in a folder, a folder after what is in it: pyBIS's tests count on that."""
    for path in sorted(folder.iterdir()):
        if deep and path.is_dir():
            yield from _below(path, deep=True)
        yield path


def _hash(owner: Owner, source: str, _given: dict[str, str]) -> Reply:
    with owner.existing(source).open("rb") as file:
        return _text(hashlib.file_digest(file, "md5").hexdigest())


def _free(owner: Owner, source: str, _given: dict[str, str]) -> Reply:
    usage = shutil.disk_usage(owner.existing(source))
    space = {"total": usage.total, "free": usage.free}
    return _json(200, result=["ch.ethz.sis.afsapi.dto.FreeSpace", space], error=None)


def _preview(owner: Owner, source: str, _given: dict[str, str]) -> Reply:
    path = owner.existing(source)
    return Reply(200, dict(OCTETS), FileBody(path, 0, path.stat().st_size))


def _create(owner: Owner, source: str, given: dict[str, str]) -> Reply:
    path = owner.path(source)
    if path.exists():
        raise AfsError(10006, f"Create: {source} already exists")
    if given.get("directory", "").lower() == "true":
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return _text("true")


def _truncate(owner: Owner, source: str, given: dict[str, str]) -> Reply:
    with owner.existing(source).open("r+b") as file:
        file.truncate(int(given["size"]))
    return _text("true")


def _snapshot(owner: Owner, source: str, _given: dict[str, str]) -> Reply:
    path = owner.existing(source)
    name = datetime.now(UTC).strftime("%Y_%m_%d_%H_%M_%S_%f")[:-3]
    target = path.parent / SNAPSHOTS / path.name / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    return _text("true")


def _delete(owner: Owner, source: str, given: dict[str, str]) -> Reply:
    path = owner.existing(source)
    if given.get("trash", "").lower() == "true" and TRASH not in path.parts:
        target = owner.root / TRASH / path.relative_to(owner.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(target)
        shutil.move(path, target)
    else:
        _remove(path)
    return _text("true")


_CALLS = {
    "list": _list,
    "hash": _hash,
    "free": _free,
    "preview": _preview,
    "create": _create,
    "truncate": _truncate,
    "snapshot": _snapshot,
    "delete": _delete,
}
_CHANGES = frozenset({"create", "truncate", "snapshot", "delete"})


def refused(code: int, text: str) -> Reply:
    """Return an error as the file server gives it."""
    reason = {
        "@type": "ch.ethz.sis.afs.exception.ExceptionReason",
        "componentCode": 10000,
        "exceptionCode": code,
        "message": text,
    }
    return _json(400, result=None, error=["ch.ethz.sis.afs.exception.ExceptionReason", reason])


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _part(file: Path, offset: int, length: int) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(offset)
        while length and (piece := opened.read(min(length, PIECE))):
            yield piece
            length -= len(piece)


def _text(text: str) -> Reply:
    return Reply(200, {"Content-Type": "text/plain"}, text.encode())


def _json(status: int, **fields: Any) -> Reply:
    body = json.dumps({"id": "1", **fields}).encode()
    return Reply(status, {"Content-Type": "application/json"}, body)
