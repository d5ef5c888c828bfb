"""Sending bytes to the addresses that fence signs, without reading them into memory.

The bucket is another host than the commons: no token goes there, and errors name it.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jupyterlab_datahub.errors import AccessError, BusyError, InterruptedTransferError
from jupyterlab_datahub.sources import answers

if TYPE_CHECKING:
    from collections.abc import Iterable

    import urllib3

    from jupyterlab_datahub.sources.gen3.session import Session

CONNECTIONS = 16
LONGEST_ANSWER = 1 << 16
KEPT = "Try again; what has arrived is kept."


class Bucket:
    """Connections to the hosts that files are sent to; usable from any thread.

    Parameters
    ----------
    session
        Whose files they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._who = answers.Who(f"The storage of {session.who.title}", session.who.source)
        self._lock = Lock()
        self._pools: dict[str, urllib3.PoolManager] = {}

    def put(self, url: str, body: Iterable[bytes], size: int, md5: str) -> str:
        """Send a body to a signed address, and return the tag that the storage gives it.

        Parameters
        ----------
        url
            The signed address.
        body, size
            The bytes, and how many.
        md5
            Their MD5 in base64, which storage that speaks S3 compares with what arrives.

        Raises
        ------
        AccessError, BusyError, InterruptedTransferError
            Where another attempt, with another address, may succeed but for the first.
        """
        import urllib3

        host = answers.host_of(url, self._who)
        patience = self._session.client.patience
        timeout = urllib3.Timeout(connect=patience.connect_timeout, read=patience.read_timeout)
        headers = {"Content-Length": str(size), "Content-MD5": md5}
        try:
            with answers.as_errors(self._who, host, patience):
                pool = self._pool(url)
                response = pool.request(
                    "PUT",
                    url,
                    body=body if size else b"",
                    headers={**pool.headers, **headers},
                    timeout=timeout,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                try:
                    response.read(LONGEST_ANSWER, decode_content=True)
                finally:
                    response.release_conn()
        except answers.TryAgain as again:
            raise self._interrupted(again.error.message, host) from again.__cause__
        if not 200 <= response.status < 300:
            raise self._refusal(response, host)
        return response.headers.get("ETag", "").strip('"')

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.clear()

    def _refusal(self, response: urllib3.BaseHTTPResponse, host: str) -> Exception:
        status = response.status
        if status in (429, 503):
            return BusyError(
                f"{self._who.title} is busy",
                source=self._who.source,
                host=host,
                hint=KEPT,
                retry_after=answers.retry_after(response.headers.get("Retry-After")),
            )
        if status >= 500 or status in (400, 403, 404, 408):
            # An address that expired, bytes that arrived damaged: a new attempt has a new address.
            return self._interrupted(f"{self._who.title} answered {status}", host)
        return AccessError(
            f"{self._who.title} refuses the file with status {status}",
            source=self._who.source,
            host=host,
            hint=f"Ask {self._session.who.title} whether you may upload to it.",
        )

    def _interrupted(self, words: str, host: str) -> InterruptedTransferError:
        return InterruptedTransferError(words, source=self._who.source, host=host, hint=KEPT)

    def _pool(self, url: str) -> urllib3.PoolManager:
        from jupyterlab_datahub.sources.pool import pool_for

        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        config = self._session.config
        with self._lock:
            if origin not in self._pools:
                self._pools[origin] = pool_for(
                    url, connections=CONNECTIONS, bundle=config.ca_bundle, verify=config.verify_tls
                )
            return self._pools[origin]
