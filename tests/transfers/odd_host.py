"""A host that answers in ways the demo's hosts do not: other framing, other headers, TLS."""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

CERTIFICATE = Path(__file__).with_suffix(".pem")
"""A certificate for 127.0.0.1 that signed itself, and its key; good for nothing else."""


class Exchange(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: OddServer

    def do_GET(self) -> None:
        """Let the script answer."""
        self.server.ranges.append(self.headers.get("Range", ""))
        try:
            self.server.script(self)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def head(self, status: int, **headers: str) -> None:
        """Send a status and headers; underscores stand for hyphens."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        """Send one chunk of a chunked body; an empty one is the last."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def span(self, size: int) -> tuple[int, int]:
        """Return the range that is asked for, half-open."""
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        return int(first), min(int(last) + 1, size)

    def part(self, content: bytes, **headers: str) -> None:
        """Answer as an ordinary host does."""
        start, end = self.span(len(content))
        self.head(
            206,
            Content_Range=f"bytes {start}-{end - 1}/{len(content)}",
            Content_Length=str(end - start),
            **headers,
        )
        self.wfile.write(content[start:end])


class OddServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and runs a script for each request.

    Parameters
    ----------
    script
        Answers a request.
    tls
        Whether it speaks HTTPS, with a certificate that signed itself.
    """

    daemon_threads = True

    def __init__(self, script: Callable[[Exchange], None], *, tls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.script = script
        self.ranges: list[str] = []
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_address[1]}"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    def handle_error(self, *_: object) -> None:
        """Keep quiet about clients that do not trust us or hang up."""

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.shutdown()
        self.server_close()
        self._thread.join()
