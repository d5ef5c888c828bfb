"""A small HTTP/1.1 server that can be made to misbehave at the socket.

Faults happen below what a web framework lets one touch (a promised byte that never comes, a
reset in the middle of a body), so this is a plain socket server: one thread per connection,
keep-alive, file bytes sent with ``sendfile``. It listens on 127.0.0.1 and nowhere else.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import sys
import threading
from abc import ABC, abstractmethod
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from jupyterlab_datahub.demo.controls import control_faults, control_requests
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.incoming import DroppedError, Incoming
from jupyterlab_datahub.demo.messages import (
    Reply,
    Request,
    Seen,
    html_page,
    problem,
    xml_error,
)
from jupyterlab_datahub.demo.sending import Plan, Sender, plan_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self


class Host(ABC):
    """A service on a port of 127.0.0.1; a subclass says what it answers.

    Parameters
    ----------
    name
        How faults and the request log call this host.
    port
        The port, 0 for any that is free.
    faults
        Switches shared with other hosts.
    log
        A request log shared with other hosts.
    rate_per_connection
        Bytes a second on each connection, 0 for as fast as it goes.
    tls
        How to speak https; None for http.

    Attributes
    ----------
    methods : tuple of str
        What the service answers.
    longest_body : int
        Bytes of the longest body that is read into memory.
    controls : dict
        Paths of the demo's own switches, for tests in a browser; see :mod:`.controls`.
    """

    methods: tuple[str, ...] = ("GET", "HEAD")
    longest_body = 1 << 20

    def __init__(
        self,
        name: str,
        *,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
        rate_per_connection: float = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.name = name
        self.faults = faults if faults is not None else Faults()
        self.requests: list[Seen] = log if log is not None else []
        self.rate_per_connection = rate_per_connection
        self.controls: dict[str, Callable[[Request], Reply]] = {
            "/_faults": partial(control_faults, self.faults),
            "/_requests": partial(control_requests, self.requests),
        }
        self.stopping = threading.Event()
        self.tls = tls
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """Return the reply to one of :attr:`methods`; the body of a HEAD is not sent."""

    def streams(self, method: str, path: str) -> bool:  # noqa: ARG002 - a subclass may want both
        """Return whether the body of a request is read as it comes in."""
        return False

    def call_of(self, request: Request) -> str:  # noqa: ARG002 - a subclass looks at it
        """Return the procedure a request calls, "" where paths say what is wanted."""
        return ""

    def expired(self, request: Request) -> Reply:  # noqa: ARG002 - a subclass looks at it
        """Return what a request gets whose right has run out."""
        return xml_error(403, "AccessDenied", "Request has expired")

    def refusal(self, status: int) -> Reply:
        """Return an error in the words of this service."""
        return problem(status)

    def refusal_to(self, request: Request, status: int) -> Reply:  # noqa: ARG002 - a subclass looks at it
        """Return an error in the words of what was asked, where a host is several services."""
        return self.refusal(status)

    @property
    def port(self) -> int:
        """The port, known once the host was started."""
        return self._port

    @property
    def url(self) -> str:
        """The address without a trailing slash."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._port}"

    def start(self) -> str:
        """Listen, serve in threads, and return :attr:`url`.

        Raises
        ------
        OSError
            If the port is taken.
        """
        self._server = _Server(self)
        self._port = self._server.server_address[1]
        self.stopping.clear()
        self._thread = threading.Thread(
            target=self._server.serve, name=f"demo-{self.name}", daemon=True
        )
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """Stop listening and close every connection; stopping twice is fine."""
        if self._server is None or self._thread is None:
            return
        self.stopping.set()
        self._server.end()
        self._thread.join(5)
        self._server.server_close()
        self._server.hang_up()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        """Start the host."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the host."""
        self.stop()

    def before(self, request: Request) -> Reply | None:
        """Return the reply that a fault gives instead of the service, if one does."""
        where = (self.name, request.method, request.place)
        if fault := self.faults.take("status", *where):
            reply = self.refusal_to(request, fault.status)
            headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            return Reply(reply.status, {**reply.headers, **headers}, reply.body)
        if fault := self.faults.take("html", *where):
            return html_page(fault.status)
        if self.faults.take("expired", *where):
            return self.expired(request)
        if request.method == "HEAD" and self.faults.take("no_head", *where):
            return Reply(405, {"Allow": "GET"})
        return None

    def after(self, request: Request, reply: Reply) -> Reply:
        """Return what faults make of the service's own reply."""
        where = (self.name, request.method, request.place)
        if isinstance(reply.body, bytes) and reply.body:
            if self.faults.take("empty", *where):
                return Reply(200, reply.headers)
            if self.faults.take("truncated_json", *where):
                return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2])
        return reply


class _Server(ThreadingHTTPServer):
    """The listening socket and the connections it accepted."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: Host) -> None:
        self.host = host
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._ending, self._end = socket.socketpair()
        super().__init__(("127.0.0.1", host.port), _Handler)
        if host.tls:
            # The handshake is left to the connection's own thread: one that is slow, or does
            # not trust us, must not keep the others waiting.
            self.socket = host.tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def serve(self) -> None:
        """Accept connections until the end.

        The library's own loop looks every so often whether it is to end: who starts and stops
        many hosts waits for that, and idle hosts are not idle.
        """
        self.timeout = 0
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            selector.register(self._ending, selectors.EVENT_READ)
            while all(key.fileobj is self for key, _ in selector.select()):
                self.handle_request()

    def end(self) -> None:
        """Let :meth:`serve` return."""
        self._end.send(b"x")

    def server_close(self) -> None:
        super().server_close()
        self._ending.close()
        self._end.close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def hang_up(self, patience: float = 5.0) -> None:
        """Close all connections and wait until their threads have let go of them."""
        with self._changed:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was faster
            self._changed.wait_for(lambda: not self._open, patience)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up; show everything else."""
        if not isinstance(sys.exception(), ConnectionError | ssl.SSLError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def version_string(self) -> str:
        return "DataHubDemo"

    def log_message(self, *_: object) -> None:
        """Print nothing: requests are kept in the log of the host."""

    def setup(self) -> None:
        super().setup()
        self.sender = Sender(self.connection, self.server.host.stopping)

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the library calls them so

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            return
        host = self.server.host
        if control := host.controls.get(request.path):
            # The demo's own switches: no fault ever touches them, and they are not logged.
            self._send(request, control(request), self._seen(request), Plan())
            return
        seen = self._seen(request)
        host.requests.append(seen)
        where = (host.name, request.method, request.place)
        if fault := host.faults.take("latency", *where):
            host.stopping.wait(fault.seconds)
        if host.faults.take("down", *where):
            self._break()
            return
        try:
            reply = self._reply(request)
            if request.incoming:
                request.incoming.drain()
        except DroppedError:
            self._break()
            return
        plan = plan_for(host.name, host.faults, request, reply, host.rate_per_connection)
        self._send(request, reply, seen, plan)

    def _seen(self, request: Request) -> Seen:
        return Seen(
            host=self.server.host.name,
            method=request.method,
            path=request.place,
            query=urlsplit(self.path).query,
            range=request.header("range"),
            headers=request.headers,
        )

    def _break(self) -> None:
        self.sender.reset()
        self.close_connection = True

    def _reply(self, request: Request) -> Reply:
        host = self.server.host
        instead = host.before(request)
        if instead is not None:
            return instead
        if request.method not in host.methods:
            return problem(405)
        return host.after(request, host.answer(request))

    def _read(self) -> Request | None:
        host = self.server.host
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(parts.query, keep_blank_values=True)
        said = self.headers.get("Content-Length") or "0"
        length = int(said) if said.isdecimal() else host.longest_body + 1
        chunked = bool(self.headers.get("Transfer-Encoding"))
        if host.streams(self.command, path):
            request = Request(self.command, path, query, headers, target=self.path)
            request = replace(request, call=host.call_of(request))
            limit = self._limit(request, length)
            incoming = Incoming(self.rfile, None if chunked else length, limit)
            return replace(request, incoming=incoming)
        if length > host.longest_body or chunked:
            self.close_connection = True
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        body = self.rfile.read(length)
        request = Request(self.command, path, query, headers, body, target=self.path)
        return replace(request, call=host.call_of(request))

    def _limit(self, request: Request, length: int) -> int | None:
        """Return after how much of the body the connection breaks, if a fault wants that."""
        faults = self.server.host.faults
        fault = faults.find("drop", self.server.host.name, request.method, request.place)
        return fault.after if fault and length > fault.after and faults.use(fault) else None

    def _send(self, request: Request, reply: Reply, seen: Seen, plan: Plan) -> None:
        seen.status = reply.status
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(max(reply.length + plan.by, 0)))
        self.end_headers()
        if request.method != "HEAD" and not self.sender.send(reply.body, plan, seen):
            self.close_connection = True
        if plan.by:
            # What the client takes for the next response would be the rest of this one.
            self.close_connection = True
