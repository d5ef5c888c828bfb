"""A host that says exactly what a test tells it to, for answers no real service gives on demand."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self


class Reply(NamedTuple):
    """One answer; ``promised`` is a Content-Length that the body does not keep."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    promised: int | None = None
    drop: bool = False


class Asked(NamedTuple):
    """One request as it came; header names in lower case."""

    path: str
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""


def json_of(value: Any, status: int = 200, **headers: str) -> Reply:
    """Return a JSON answer; header names have ``_`` for ``-``."""
    kind = "application/json" if status < 400 else "application/problem+json"
    return Reply(
        json.dumps(value).encode(),
        status,
        (("Content-Type", kind), *((k.replace("_", "-"), v) for k, v in headers.items())),
    )


def problem(status: int, title: str, detail: str = "") -> Reply:
    """Return an error in the form of RFC 9457, as the curation API gives it."""
    return json_of(
        {"detail": detail, "status": status, "title": title, "type": "about:blank"}, status
    )


def html(status: int = 200) -> Reply:
    """Return the page of a gateway."""
    return Reply(
        b"<!DOCTYPE html><html><body><h1>504 Gateway Time-out</h1></body></html>",
        status,
        (("Content-Type", "text/html"),),
    )


class ScriptedHost:
    """Answers each path with its replies in turn, the last one for ever, else 404.

    ``gate`` holds every answer back while it is clear; ``most_at_once`` is the largest number
    of requests that were being answered at the same time.
    """

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.gate = threading.Event()
        self.gate.set()
        self._turns: dict[str, int] = defaultdict(int)
        self._at_once = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.set()
        self._server.shutdown()
        self._thread.join(60)
        self._server.server_close()

    @property
    def host(self) -> str:
        """Host and port, as they stand in messages."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Base address without a slash at the end."""
        return f"http://{self.host}"

    def say(self, path: str, *replies: Reply) -> None:
        """Answer `path` (with its query) with `replies` in turn, from the first again."""
        self.replies[path] = list(replies)
        self._turns[path] = 0

    def paths(self) -> list[str]:
        """Return the paths asked for, in order."""
        return [asked.path for asked in self.asked]

    def _next(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            replies = self.replies.get(asked.path) or [problem(404, "Not Found")]
            turn = self._turns[asked.path]
            self._turns[asked.path] += 1
            return replies[min(turn, len(replies) - 1)]

    def _enter(self, step: int) -> None:
        with self._lock:
            self._at_once += step
            self.most_at_once = max(self.most_at_once, self._at_once)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def do_GET(self) -> None:
                script._enter(1)
                try:
                    headers = {k.lower(): v for k, v in self.headers.items()}
                    body = self.rfile.read(int(headers.get("content-length", "0")))
                    reply = script._next(Asked(self.path, headers, self.command, body))
                    script.gate.wait(60)
                    self._send(reply)
                finally:
                    script._enter(-1)

            def do_POST(self) -> None:
                self.do_GET()

            def do_PUT(self) -> None:
                self.do_GET()

            def _send(self, reply: Reply) -> None:
                if reply.drop:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                length = len(reply.body) if reply.promised is None else reply.promised
                self.send_header("Content-Length", str(length))
                self.end_headers()
                with suppress(ConnectionError):  # whoever asked has heard enough
                    self.wfile.write(reply.body)
                if length != len(reply.body):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing: what was asked is in `asked`."""

        return Handler
