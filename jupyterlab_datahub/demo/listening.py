"""HTTP/1.1 as a host of the demo speaks it, one thread for each connection.

Faults happen below what a web framework lets one touch (a promised byte that never comes, a
reset in the middle of a body), so this is a plain socket server with keep-alive, which sends the
bytes of files with ``sendfile``. It listens on 127.0.0.1 and nowhere else.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import sys
import threading
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from jupyterlab_datahub.demo.incoming import DroppedError, Incoming
from jupyterlab_datahub.demo.messages import Reply, Request, Seen, problem
from jupyterlab_datahub.demo.sending import Plan, Sender, plan_for

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.wire import Host


class Listener(ThreadingHTTPServer):
    """The listening socket and the connections it accepted.

    Parameters
    ----------
    host
        Whose port it is, and who answers.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: Host) -> None:
        self.host = host
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._ending, self._end = socket.socketpair()
        super().__init__(("127.0.0.1", host.port), _Connection)
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
        """Listen no more."""
        super().server_close()
        self._ending.close()
        self._end.close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Let go of a connection."""
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


class _Connection(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

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
        cleared = host.faults.cleared
        if fault := host.faults.take("latency", *where):
            self.sender.hesitate(fault.seconds, cleared)
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
