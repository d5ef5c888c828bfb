"""Sending bytes to an openBIS and asking for some back, without reading them into memory."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from jupyterlab_datahub.errors import (
    AccessError,
    BusyError,
    DataHubError,
    InterruptedTransferError,
)
from jupyterlab_datahub.sources import answers
from jupyterlab_datahub.sources.openbis import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import urllib3

    from jupyterlab_datahub.sources.openbis.session import Session

CONNECTIONS = 16
LONGEST_ANSWER = 1 << 20
PIECE = 1 << 18

KEPT = "Try again; what has arrived is kept."


class Read(NamedTuple):
    """What came of a body: how many bytes, and their CRC-32."""

    size: int
    crc32: str


class Sender:
    """Connections to one server of an openBIS, for bytes.

    Parameters
    ----------
    session
        Who asks.
    url
        Scheme, host and port, and what all paths begin with.
    refused
        Raises what an answer with another status than 200 means, if its words say it.
    """

    def __init__(
        self,
        session: Session,
        url: str,
        refused: Callable[[int, bytes], None] | None = None,
    ) -> None:
        from jupyterlab_datahub.sources.pool import pool_for

        self._session = session
        self._url = url
        self._refused = refused or self._servlet_refused
        self.host = answers.host_of(url, session.who)
        config = session.config
        self._pool = pool_for(
            url, connections=CONNECTIONS, bundle=config.ca_bundle, verify=config.verify_tls
        )

    @property
    def room(self) -> str:
        """A digest of the session and the server: what is sent hangs on both."""
        return hashlib.sha256(f"{self._url}\n{self._session.token()}".encode()).hexdigest()[:16]

    def send(
        self, path: str, query: Mapping[str, object], body: Iterable[bytes], size: int
    ) -> answers.Answer:
        """Send a body of `size` bytes, and return the answer.

        Raises
        ------
        AccessError, CatalogError, InterruptedTransferError
        """
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        return self._asked("POST", path, query, headers, body if size else b"")

    def ask(
        self, method: str, path: str, query: Mapping[str, object], body: bytes = b""
    ) -> answers.Answer:
        """Return the answer to a small request.

        Raises
        ------
        AccessError, CatalogError, InterruptedTransferError
        """
        return self._asked(method, path, query, {}, body or None)

    def read(self, path: str, query: Mapping[str, object], most: int) -> Read | None:
        """Return what a file is, None if the server does not give it.

        Parameters
        ----------
        path, query
            The file.
        most
            Bytes after which nothing more is read.

        Raises
        ------
        CatalogError
        """
        who, patience = self._session.who, self._session.client.patience
        try:
            with answers.as_errors(who, self.host, patience):
                response = self._request("GET", path, query, {}, None)
                size = checksum = 0
                try:
                    if response.status != 200:
                        return None
                    for piece in response.stream(PIECE, decode_content=True):
                        size += len(piece)
                        checksum = zlib.crc32(piece, checksum)
                        if size > most:
                            break
                finally:
                    # What was not read is of no use to the next request.
                    response.close()
        except answers.TryAgain as again:
            raise again.error from again.__cause__
        return Read(size, f"{checksum:08x}")

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def _asked(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        headers: dict[str, str],
        body: Iterable[bytes] | bytes | None,
    ) -> answers.Answer:
        who, patience = self._session.who, self._session.client.patience
        try:
            with answers.as_errors(who, self.host, patience):
                response = self._request(method, path, query, headers, body)
                try:
                    # A byte more than fits shows that there is more.
                    data = response.read(LONGEST_ANSWER + 1, decode_content=True)
                except BaseException:
                    response.close()
                    raise
                response.release_conn()
            if response.status != 200:
                self._refused(response.status, data)
            return answers.checked(response.status, response.headers, data, who, self.host)
        except answers.TryAgain as again:
            raise self._worth(again.error) from again.__cause__

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        headers: dict[str, str],
        body: Iterable[bytes] | bytes | None,
    ) -> urllib3.BaseHTTPResponse:
        import urllib3

        patience = self._session.client.patience
        timeout = urllib3.Timeout(connect=patience.connect_timeout, read=patience.read_timeout)
        return self._pool.request(
            method,
            f"{self._url}{path}?{urlencode(query, quote_via=quote, safe='/')}",
            headers={**self._pool.headers, **headers},
            body=body,
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=False,
        )

    def _servlet_refused(self, status: int, data: bytes) -> None:
        """Raise what the words of a servlet mean, which come as an error of the server."""
        if status != 500:
            return
        said = wire.error_of(data.decode(errors="replace")[:4000], self._session.who, self.host)
        if isinstance(said, AccessError):
            raise said
        raise InterruptedTransferError(
            f"{self._session.who.title} could not take the bytes",
            source=self._session.who.source,
            host=self.host,
            hint=KEPT,
        )

    def _worth(self, error: DataHubError) -> DataHubError:
        """Return an error that may pass as one that tells a sender to try again."""
        if isinstance(error, BusyError):
            return error
        return InterruptedTransferError(
            error.message, source=error.source, host=error.host, hint=KEPT
        )
