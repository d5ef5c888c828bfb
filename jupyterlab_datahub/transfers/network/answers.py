"""What a host's answer means, judged before its first byte is used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from urllib3 import exceptions as refusals

from jupyterlab_datahub.errors import (
    BadAnswerError,
    BusyError,
    DataHubError,
    InterruptedTransferError,
    NotFoundError,
    SlowError,
    UnreachableError,
    WithdrawnError,
)
from jupyterlab_datahub.transfers.disk.partfile import Version
from jupyterlab_datahub.transfers.network.hosts import retry_after
from jupyterlab_datahub.transfers.network.patience import UntrustedError

if TYPE_CHECKING:
    import urllib3

    from jupyterlab_datahub.transfers.network.address import Target
    from jupyterlab_datahub.transfers.network.hosts import Hosts

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")

_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"

KEPT = "Try again; what was fetched is kept."


class Expired(Exception):  # noqa: N818 - an answer that has its own next step
    """The host refused an address that may have expired."""

    def __init__(self, target: Target, status: int) -> None:
        super().__init__(status)
        self.target = target
        self.status = status


class OtherVersion(Exception):  # noqa: N818 - an answer that has its own next step
    """The host has another state of the file than the one we have a part of."""


class NoRanges(Exception):  # noqa: N818 - an answer that has its own next step
    """The host sent the whole file although a part was asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body can be read: from which byte, of what."""

    response: urllib3.BaseHTTPResponse
    target: Target
    version: Version
    start: int
    partial: bool


class Judge:
    """Turns answers into what can be read, or into errors with words.

    Parameters
    ----------
    source
        The Source's name, for errors.
    hosts
        Told when a host asks for time.
    read_timeout
        Seconds without a byte after which a read fails, for the message.
    page
        Whether the file is a web page, so that one is not taken for a mistake.
    """

    def __init__(self, source: str, hosts: Hosts, read_timeout: float, *, page: bool) -> None:
        self._source = source
        self._hosts = hosts
        self._read_timeout = read_timeout
        self._page = page

    def answer(
        self,
        response: urllib3.BaseHTTPResponse,
        target: Target,
        start: int,
        version: Version | None,
    ) -> Answer:
        """Return what the body of an answer is, or raise what an answer without one means."""
        status = response.status
        if status not in (200, 206, 416):
            raise self._refusal(response, target)
        if status == 416:
            return self._beyond(response, target, version)
        if status == 206:
            answer = self._part(response, target, start)
        else:
            self._refuse_page(response, target)
            answer = Answer(response, target, _version(response, length_of(response)), 0, False)
        if version is not None and not _same(answer.version, version):
            raise OtherVersion
        if version is not None and answer.start != start:
            raise NoRanges
        return answer

    def _part(self, response: urllib3.BaseHTTPResponse, target: Target, start: int) -> Answer:
        match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
        if not match or int(match[1]) != start:
            raise self._bad("sent other bytes than it was asked for", target)
        total = None if match[3] == "*" else int(match[3])
        return Answer(response, target, _version(response, total), start, True)

    def _beyond(
        self, response: urllib3.BaseHTTPResponse, target: Target, version: Version | None
    ) -> Answer:
        """Judge a 416: an empty file where nothing is known of it yet, else a shorter one."""
        if version is not None:
            raise OtherVersion
        if response.headers.get("Content-Range", "").strip() != "bytes */0":
            raise self._bad("refuses to send a part of the file", target)
        return Answer(response, target, _version(response, 0), 0, True)

    def _refuse_page(self, response: urllib3.BaseHTTPResponse, target: Target) -> None:
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") and not self._page:
            hint = "A proxy or a network's log-in page may have answered; open a web page once."
            what = "a web page came instead of the file"
            raise self._error(InterruptedTransferError, what, target, hint)

    def _refusal(self, response: urllib3.BaseHTTPResponse, target: Target) -> Exception:
        status = response.status
        if status in (401, 403):
            return Expired(target, status)
        if status == 412:
            return OtherVersion()
        if status in (429, 503):
            return self._busy(response, target)
        kind: type[DataHubError] = BadAnswerError
        what, hint = f"the host answered with status {status}", ""
        if status == 404:
            kind, what = NotFoundError, "the host has no file at this address"
            hint = "Refresh the catalog; the dataset may have a new version."
        elif status == 410:
            kind, what = WithdrawnError, "the file was taken back by its catalog"
        elif status >= 500 or status in (408, 425):
            kind, hint = InterruptedTransferError, KEPT
        return self._error(kind, what, target, hint)

    def _busy(self, response: urllib3.BaseHTTPResponse, target: Target) -> BusyError:
        seconds = retry_after(response.headers.get("Retry-After", ""))
        self._hosts[target.host].asked_to_wait(seconds)
        return BusyError(
            f"the host is busy (status {response.status})",
            source=self._source,
            host=target.host,
            hint="Try again later; what was fetched is kept.",
            retry_after=seconds,
        )

    def broken(self, error: refusals.HTTPError, target: Target) -> DataHubError:
        """Return the error for a connection that could not be made or broke."""
        if isinstance(error, refusals.SSLError) and _UNTRUSTED in str(error):
            hint = "Name your organisation's certificates in REQUESTS_CA_BUNDLE."
            what = "the host's certificate is not trusted"
            return self._error(UntrustedError, what, target, hint)
        if isinstance(error, refusals.ProxyError):
            hint = "Check the variables HTTPS_PROXY and NO_PROXY."
            return self._error(UnreachableError, "the proxy gives no connection", target, hint)
        if isinstance(
            error,
            refusals.ConnectTimeoutError | refusals.NewConnectionError | refusals.SSLError,
        ):
            hint = f"Check the network. {KEPT}"
            return self._error(UnreachableError, "the host cannot be reached", target, hint)
        if isinstance(error, refusals.ReadTimeoutError):
            what = f"the host sent nothing for {self._read_timeout:.0f} s"
            return self._error(SlowError, what, target, KEPT)
        return self._error(InterruptedTransferError, "the connection was cut", target, KEPT)

    def _bad(self, what: str, target: Target) -> DataHubError:
        return self._error(BadAnswerError, f"{target.host} {what}", target)

    def _error(
        self, kind: type[DataHubError], message: str, target: Target, hint: str = ""
    ) -> DataHubError:
        return kind(message, source=self._source, host=target.host, hint=hint)


def _version(response: urllib3.BaseHTTPResponse, size: int | None) -> Version:
    return Version(
        size=size,
        etag=response.headers.get("ETag", ""),
        modified=response.headers.get("Last-Modified", ""),
    )


def length_of(response: urllib3.BaseHTTPResponse) -> int | None:
    """Return how many bytes an answer says its body has, None where it does not say."""
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _same(one: Version, other: Version) -> bool:
    """Compare what both of two answers said."""
    if None not in (one.size, other.size) and one.size != other.size:
        return False
    if one.etag and other.etag:
        return one.etag.removeprefix("W/") == other.etag.removeprefix("W/")
    return one.modified == other.modified or not (one.modified and other.modified)
