"""What goes over the wire: requests, replies, and the log of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.incoming import Incoming


@dataclass(frozen=True)
class Request:
    """What a client asked.

    ``call`` is the procedure where all calls of a service share one path, ``incoming`` the body
    where a host reads it as it comes in; ``body`` is empty then. ``target`` is path and query as
    they were sent.
    """

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = b""
    call: str = ""
    incoming: Incoming | None = None
    target: str = ""

    @property
    def place(self) -> str:
        """What faults and the request log know the request by: ``path``, or ``path#call``."""
        return f"{self.path}#{self.call}" if self.call else self.path

    def header(self, name: str) -> str:
        """Return a header by its lower-case name, "" where it is missing."""
        return self.headers.get(name, "")


@dataclass(frozen=True)
class FileBody:
    """Bytes of a file: ``length`` from ``offset`` on, ``flipped`` where the file "changed"."""

    path: Path
    offset: int
    length: int
    flipped: bool = False


@dataclass(frozen=True)
class MadeBody:
    """Bytes that are made while they are sent: ``pieces()`` yields all ``length`` of them.

    Those that are in a file need not be read for it: a piece may say where they are.
    """

    length: int
    pieces: Callable[[], Iterator[bytes | FileBody]]


Body = bytes | FileBody | MadeBody


@dataclass(frozen=True)
class Reply:
    """What is answered; Content-Length is added where the headers do not say it."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Body = b""

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.length


@dataclass
class Seen:
    """One line of the request log; ``sent`` counts body bytes and grows while they go out.

    ``left`` is whether the client went away while a stall kept the rest of the body back.

    ``path`` is the request's :attr:`Request.place`, so it may end in ``#call``.
    """

    host: str
    method: str
    path: str
    query: str
    range: str
    headers: dict[str, str]
    status: int = 0
    sent: int = 0
    left: bool = False


def json_reply(document: object, status: int = 200) -> Reply:
    """Return a reply with a JSON body."""
    return Reply(status, {"Content-Type": "application/json"}, msgspec.json.encode(document))


def problem(status: int, detail: str = "", **more: object) -> Reply:
    """Return an error as RFC 7807 has it, the form of the CELLxGENE curation API."""
    body = {
        "detail": detail,
        "status": status,
        "title": HTTPStatus(status).phrase,
        "type": "about:blank",
        **more,
    }
    return Reply(status, {"Content-Type": "application/problem+json"}, msgspec.json.encode(body))


def xml_error(status: int, code: str, message: str) -> Reply:
    """Return an error as an object store words it."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    )
    return Reply(status, {"Content-Type": "application/xml"}, text.encode())


def html_page(status: int) -> Reply:
    """Return the page a gateway shows when the service behind it does not answer."""
    title = f"{status} {HTTPStatus(status).phrase}"
    text = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Reply(status, {"Content-Type": "text/html"}, text.encode())
