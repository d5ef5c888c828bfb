"""A host of files with everything RFC 9110 says about ranges and validators.

It behaves as an object store behind a CDN does: strong ETags, ``If-Range`` and ``If-Match``,
one range a request (several are answered with the whole file, as the RFC allows).
"""

from __future__ import annotations

import re
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.demo.messages import FileBody, Reply, Request, Seen, xml_error
from jupyterlab_datahub.demo.wire import Host

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
CODES = {
    403: "AccessDenied",
    404: "NoSuchKey",
    412: "PreconditionFailed",
    416: "InvalidRange",
    503: "SlowDown",
}
"""Error codes of S3, by status."""


class Span(NamedTuple):
    """The bytes from ``start`` up to, not including, ``stop``."""

    start: int
    stop: int


class UnsatisfiableError(ValueError):
    """A well-formed range that has no byte in common with the file."""


def parse_range(header: str, size: int) -> Span | None:
    """Return the span a Range header asks for, None where it is to be ignored.

    Ignored are other units, malformed ranges and several ranges at once (RFC 9110 14.2).

    Raises
    ------
    UnsatisfiableError
        If no byte of the file is in the range.
    """
    match = ONE_RANGE.fullmatch(header.strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
        if int(last) == 0:
            raise UnsatisfiableError(header)
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size:
        raise UnsatisfiableError(header)
    return Span(start, stop)


class File(NamedTuple):
    """A file as a client sees it: its validators and size, which faults may change."""

    path: Path
    size: int
    etag: str
    modified: float
    flipped: bool = False


class FileHost(Host):
    """Serves the files of one directory (not of its folders) by their names.

    Parameters
    ----------
    directory
        Where the files are.
    etags
        ETags (with their quotes) by file name. A file without one gets a tag of its size and
        time of change, as nginx does.
    headers
        Headers of every answer.
    name, port, faults, log, rate_per_connection
        See :class:`~jupyterlab_datahub.demo.wire.Host`.

    Examples
    --------
    >>> with FileHost(directory, rate_per_connection=10e6) as host:  # doctest: +SKIP
    ...     print(f"{host.url}/reads.h5ad")
    """

    def __init__(
        self,
        directory: Path,
        rate_per_connection: float = 0,
        *,
        etags: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        name: str = "assets",
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        super().__init__(
            name, port=port, faults=faults, log=log, rate_per_connection=rate_per_connection
        )
        self.directory = directory
        self.etags = dict(etags or {})
        self.headers = dict(headers or {})

    def answer(self, request: Request) -> Reply:
        """Return the file, a part of it, or why not."""
        file = self._find(request)
        if file is None:
            return self.refusal(404)
        where = (self.name, request.method, request.path)
        ignoring = self.faults.find("ignore_range", *where)
        headers = {
            **self.headers,
            "Content-Type": "application/octet-stream",
            **({} if ignoring else {"Accept-Ranges": "bytes"}),
            "ETag": file.etag,
            "Last-Modified": formatdate(file.modified, usegmt=True),
        }
        refusal = precondition(request, file)
        if refusal == 304:
            return Reply(304, headers)
        if refusal:
            return self._refuse(refusal, headers)
        wanted = request.header("range") if request.method == "GET" else ""
        if wanted and (not may_range(request, file) or (ignoring and self.faults.use(ignoring))):
            wanted = ""
        try:
            span = parse_range(wanted, file.size) if wanted else None
        except UnsatisfiableError:
            return self._refuse(416, {**headers, "Content-Range": f"bytes */{file.size}"})
        if span is None:
            return Reply(200, headers, FileBody(file.path, 0, file.size, file.flipped))
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size}"
        body = FileBody(file.path, span.start, span.stop - span.start, file.flipped)
        return Reply(206, headers, body)

    def locate(self, name: str) -> Path:
        """Return where a file of a name is, or would be."""
        return self.directory / name

    def _find(self, request: Request) -> File | None:
        name = request.path.removeprefix("/")
        path = self.locate(name)
        if not NAME.fullmatch(name) or not path.is_file():
            return None
        stat = path.stat()
        etag = self.etags.get(name) or f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        return self._as_seen(request, File(path, stat.st_size, etag, float(int(stat.st_mtime))))

    def _as_seen(self, request: Request, file: File) -> File:
        """Return a file as the faults in force let it look."""
        where = (self.name, request.method, request.path)
        if fault := self.faults.take("truncated", *where):
            file = file._replace(size=min(file.size, fault.size))
        if self.faults.take("changed", *where):
            etag = f'"changed-{file.etag.strip(chr(34))}"'
            return file._replace(etag=etag, modified=file.modified + 3600, flipped=True)
        return file

    def refusal(self, status: int) -> Reply:
        """Return an error in the words of an object store."""
        return xml_error(status, CODES.get(status, "Error"), HTTPStatus(status).phrase)

    def _refuse(self, status: int, headers: dict[str, str]) -> Reply:
        reply = self.refusal(status)
        return Reply(status, {**headers, **reply.headers}, reply.body)


def precondition(request: Request, file: File) -> int:
    """Return 412 or 304 where a precondition says so, else 0 (RFC 9110 13.2.2)."""
    if match := request.header("if-match"):
        if not _has_tag(match, file.etag):
            return 412
    elif since := request.header("if-unmodified-since"):
        moment = _moment(since)
        if moment is not None and file.modified > moment:
            return 412
    if none := request.header("if-none-match"):
        return 304 if _has_tag(none, file.etag) else 0
    moment = _moment(request.header("if-modified-since"))
    return 304 if moment is not None and file.modified <= moment else 0


def may_range(request: Request, file: File) -> bool:
    """Return whether ``If-Range`` lets a range be answered with that range."""
    condition = request.header("if-range").strip()
    if not condition:
        return True
    if condition.startswith(('"', "W/")):
        return condition == file.etag
    return _moment(condition) == file.modified


def _has_tag(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in (tag.strip() for tag in header.split(","))


def _moment(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return None
