"""A service of the demo on a port of this machine, which can be made to misbehave at the socket."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.controls import control_faults, control_requests
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.listening import Listener
from jupyterlab_datahub.demo.messages import (
    Reply,
    Request,
    Seen,
    html_page,
    problem,
    xml_error,
)

if TYPE_CHECKING:
    import ssl
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
        self._server: Listener | None = None
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
        self._server = Listener(self)
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
