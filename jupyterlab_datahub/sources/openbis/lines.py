"""Connections to the data store server for the bytes of downloads."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import BadAnswerError, InterruptedTransferError
from jupyterlab_datahub.sources import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    import urllib3

    from jupyterlab_datahub.sources.openbis.session import Session

LONGEST_WORDS = 1 << 16
"""Bytes of an answer that is words and not a file."""

BUSY = 503

KEPT = "Try again; what was fetched is kept."


class Lines:
    """Asks one data store server, and can be made to stop asking.

    Parameters
    ----------
    session
        Who asks.
    url
        The server.
    streams
        Connections at most.

    Raises
    ------
    BadAnswerError
        If the token would leave an encrypted connection.
    """

    def __init__(self, session: Session, url: str, streams: int) -> None:
        from jupyterlab_datahub.sources.pool import pool_for

        self.who = session.who
        self.host = answers.host_of(url, session.who)
        if urlsplit(session.url).scheme == "https" and urlsplit(url).scheme != "https":
            raise BadAnswerError(
                f"the data store of {self.who.title} has an address without https",
                source=self.who.source,
                host=self.host,
                hint="Tell the administrator of this openBIS; your token was not sent there.",
            )
        self._patience = session.client.patience
        config = session.config
        self._pool = pool_for(
            url, connections=streams, bundle=config.ca_bundle, verify=config.verify_tls
        )
        self._lock = threading.Lock()
        self._open: set[urllib3.BaseHTTPResponse] = set()
        self._cut = False

    @contextmanager
    def ask(
        self, method: str, url: str, body: Any = None, *, read_timeout: float | None = None
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """Send a request and hold its answer for a block; what breaks in it has words.

        Raises
        ------
        RequestError, CatalogError, InterruptedTransferError
        """
        import urllib3

        patience = self._patience
        timeout = urllib3.Timeout(
            connect=patience.connect_timeout, read=read_timeout or patience.read_timeout
        )
        try:
            with answers.as_errors(self.who, self.host, patience):
                response = self._pool.request(
                    method,
                    url,
                    body=None if body is None else msgspec.json.encode(body),
                    headers={**self._pool.headers, "Accept-Encoding": "identity"},
                    timeout=timeout,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
                self._hold(response)
                try:
                    self._check(response)
                    yield response
                finally:
                    self._let_go(response)
        except answers.TryAgain as again:
            raise again.error from again.__cause__

    def words(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """Return the whole of an answer that is words."""
        return response.read(LONGEST_WORDS)

    def interrupted(self, what: str) -> InterruptedTransferError:
        """Return the error for bytes that did not come as they should."""
        return InterruptedTransferError(
            f"{self.who.title} {what}", source=self.who.source, host=self.host, hint=KEPT
        )

    def cut(self) -> None:
        """Wake all threads that wait for bytes."""
        with self._lock:
            self._cut = True
            waiting = list(self._open)
        for response in waiting:
            _shut(response)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _check(self, response: urllib3.BaseHTTPResponse) -> None:
        if response.status == 200:
            return
        if response.status >= 500 and response.status != BUSY:
            raise self.interrupted(f"answered with status {response.status}")
        body = self.words(response)
        answers.checked(response.status, response.headers, body, self.who, self.host)
        raise BadAnswerError(
            f"{self.who.title} answered with status {response.status}",
            source=self.who.source,
            host=self.host,
            hint="Try again later; if it stays so, tell the administrator of openBIS.",
        )

    def _hold(self, response: urllib3.BaseHTTPResponse) -> None:
        with self._lock:
            self._open.add(response)
            cut = self._cut
        if cut:
            _shut(response)

    def _let_go(self, response: urllib3.BaseHTTPResponse) -> None:
        with self._lock:
            self._open.discard(response)
        if response.length_remaining == 0:
            response.drain_conn()
        else:
            response.close()
        response.release_conn()


def _shut(response: urllib3.BaseHTTPResponse) -> None:
    with suppress(ValueError, RuntimeError, OSError):
        # Already finished, or never connected: then nobody waits.
        response.shutdown()
