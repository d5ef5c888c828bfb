"""Ranged requests within the limits of their hosts."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import urllib3
from urllib3 import exceptions as refusals

from jupyterlab_datahub.errors import BadAnswerError, DataHubError, UnreachableError
from jupyterlab_datahub.sources.calls import Call
from jupyterlab_datahub.sources.pool import pool_for
from jupyterlab_datahub.transfers.network.address import ASK_HOST
from jupyterlab_datahub.transfers.network.answers import Judge, length_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.settings import Settings, SourceConfig
    from jupyterlab_datahub.spending.purse import Bill
    from jupyterlab_datahub.transfers.disk.partfile import Version
    from jupyterlab_datahub.transfers.network.address import Address, Target
    from jupyterlab_datahub.transfers.network.answers import Answer
    from jupyterlab_datahub.transfers.network.hosts import Hosts
    from jupyterlab_datahub.transfers.network.stopping import Halt

REDIRECTS = 6


class Client:
    """Sends ranged requests for one transfer, within the limits of their hosts.

    Parameters
    ----------
    settings
        Time-outs.
    config
        The Source, for its certificates; None where it is not configured any more.
    hosts
        The limits.
    source
        The Source's name, for errors.
    page
        Whether the file is a web page, so that one is not taken for a mistake.
    """

    def __init__(
        self,
        settings: Settings,
        config: SourceConfig | None,
        hosts: Hosts,
        source: str,
        *,
        page: bool = False,
    ) -> None:
        self._timeout = urllib3.Timeout(
            connect=settings.connect_timeout, read=settings.read_timeout
        )
        self._connections = settings.connections_per_host
        self._bundle = config.ca_bundle if config else ""
        self._verify = config.verify_tls if config else True
        self._hosts = hosts
        self._source = source
        self._judge = Judge(source, hosts, settings.read_timeout, page=page)
        self._lock = threading.Lock()
        self._pools: dict[str, urllib3.PoolManager] = {}

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.clear()
            self._pools.clear()

    @contextmanager
    def open(
        self,
        address: Address,
        halt: Halt,
        start: int,
        end: int | None,
        version: Version | None,
        bill: Bill | None = None,
    ) -> Iterator[Answer]:
        """Ask for bytes from `start` up to `end` and hold the answer for a block.

        Parameters
        ----------
        address
            Where the file is.
        halt
            Ends waiting and reading.
        start, end
            The bytes; `end` is None for the whole file without a range.
        version
            The state of the file that the bytes must be of; None when it is asked for the
            first time.
        bill
            Is told what the answer costs, where somebody pays for it.

        Raises
        ------
        Expired, OtherVersion, NoRanges
            Answers that have a next step.
        BusyError
            With `retry_after` if the host gave one; the host is left alone for that time.
        InterruptedTransferError, UnreachableError, SlowError
            No usable answer; worth another try.
        NotFoundError, WithdrawnError, BadAnswerError
            Not worth one.
        Stopped
        """
        target = address.get(halt)
        for _ in range(REDIRECTS):
            with self._hosts[target.host].connection(halt, self):
                response = self._asked(target, halt, start, end, version, bill)
                halt.on_halt(response, partial(_cut, response))
                try:
                    halt.check()
                    location = response.get_redirect_location()
                    if not location:
                        with self.reading(target):
                            yield self._judge.answer(response, target, start, version)
                        return
                finally:
                    halt.forget(response)
                    _finish(response)
            target = address.moved(target, location)
        raise BadAnswerError(
            "too many redirects", source=self._source, host=target.host, hint=ASK_HOST
        )

    @contextmanager
    def reading(self, target: Target) -> Iterator[None]:
        """Turn what a broken connection raises into errors with words."""
        try:
            yield
        except refusals.HTTPError as error:
            raise self._judge.broken(error, target) from error

    def _asked(
        self,
        target: Target,
        halt: Halt,
        start: int,
        end: int | None,
        version: Version | None,
        bill: Bill | None,
    ) -> urllib3.BaseHTTPResponse:
        """Send a request and wait for the head of its answer, unless the switch is thrown."""
        call = Call()
        halt.on_halt(call, call.end)
        try:
            with call.going_on():
                return self._send(target, start, end, version, bill)
        except DataHubError:
            halt.check()
            raise
        finally:
            call.let_go()
            halt.forget(call)

    def _send(
        self,
        target: Target,
        start: int,
        end: int | None,
        version: Version | None,
        bill: Bill | None,
    ) -> urllib3.BaseHTTPResponse:
        pool = self._pool(target)
        headers = {**pool.headers, **target.headers, "Accept-Encoding": "identity"}
        if end is not None:
            conditions = _conditions(version, or_nothing=bill is not None)
            headers |= {"Range": f"bytes={start}-{end - 1}", **conditions}
        try:
            with self.reading(target):
                response = pool.request(
                    "GET",
                    target.url,
                    headers=headers,
                    preload_content=False,
                    decode_content=False,
                    redirect=False,
                    retries=False,
                    timeout=self._timeout,
                )
        except UnreachableError:
            if bill:
                bill.unsent()
            raise
        if bill:
            bill.answered(response.status, length_of(response))
        return response

    def _pool(self, target: Target) -> urllib3.PoolManager:
        with self._lock:
            if target.host not in self._pools:
                self._pools[target.host] = pool_for(
                    target.url,
                    connections=self._connections,
                    bundle=self._bundle,
                    verify=self._verify,
                )
            return self._pools[target.host]


def _conditions(version: Version | None, *, or_nothing: bool) -> dict[str, str]:
    """Return the headers that make a host say when it has another state of the file.

    With `or_nothing` it sends no byte of that, which somebody would have to pay for.
    """
    if version is None:
        return {}
    if version.strong:
        return {"If-Match" if or_nothing else "If-Range": version.etag}
    if version.modified:
        return {"If-Unmodified-Since": version.modified}
    return {}


def _cut(response: urllib3.BaseHTTPResponse) -> None:
    """Wake the thread that waits for bytes of this response."""
    with suppress(ValueError, RuntimeError, OSError):
        # Already finished, or never connected: then nobody waits.
        response.shutdown()


def _finish(response: urllib3.BaseHTTPResponse) -> None:
    """Keep the connection if nothing of the body is left to come, else close it."""
    if response.length_remaining == 0:
        # Even an empty body has to be read before another request may be sent.
        response.drain_conn()
    else:
        response.close()
    response.release_conn()
