"""The requests for parts of one file, and what its host says of the file they are of."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import (
    BadAnswerError,
    DataHubError,
    LengthError,
    LimitError,
    NotSupportedError,
    RequestError,
    TransferError,
)
from jupyterlab_datahub.ranged.parts import Part, Parts, Version
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.patience import Patience
from jupyterlab_datahub.spending.ledger import Purchase
from jupyterlab_datahub.spending.purse import Purse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.ranged.budget import Budget
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.answers import Answer

AT_ONCE = 8
"""Requests under way to one host."""

ATTEMPTS = 3
READ_SECONDS = 20.0
"""For which a host may be silent; somebody sits and waits for a look."""

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def client_of(
    config: SourceConfig, refusal: Callable[[int, Answer], DataHubError | None] | None = None
) -> Client:
    """Return what asks the hosts of a Source for parts of files, as patient as a look is."""
    told = Patience.of(config)
    patience = msgspec.structs.replace(
        told,
        connections=max(told.connections, AT_ONCE),
        attempts=min(told.attempts, ATTEMPTS),
        read_timeout=min(told.read_timeout, READ_SECONDS),
    )
    return Client(config, patience, refusal=refusal)


class Host(Parts):
    """Sends the requests for one file, and pays for them where somebody pays.

    Parameters
    ----------
    download
        Where the file is, fresh from its Source.
    config
        Its Source, for certificates, patience and the words of errors.
    budget
        What may be fetched.
    purse
        Pays; None where nobody has to.
    """

    def __init__(
        self, download: Download, config: SourceConfig, budget: Budget, purse: Purse | None = None
    ) -> None:
        known = Version(download.etag) if download.etag.startswith('"') else None
        host = urlsplit(download.url).netloc.rpartition("@")[2]
        super().__init__(budget, config.name, host, download.size, known)
        self._url = download.url
        self._sender = host
        self._purse = purse or Purse(download.headers, Purchase.of("", download))
        self._client = client_of(config, self._refusal)
        self.pays = self._purse.pays

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def part(self, start: int, stop: int, version: Version | None = None) -> Part:
        """Return a span of a file; see :meth:`Parts.part`."""
        self.budget.spend(stop - start)
        self.budget.wait(self._sender, stop - start)
        began = time.monotonic()
        part = self._bought(start, stop, version)
        self.pace.note(len(part.body), time.monotonic() - began)
        self.budget.give_back(stop - start - len(part.body))
        return part

    def _bought(self, start: int, stop: int, version: Version | None) -> Part:
        """Ask for a part, which is paid for first where somebody pays."""
        with self._purse.buying(stop - start) as bill:
            if bill.count < stop - start:
                bill.unsent()
                raise self.error(
                    LimitError,
                    "a look at this file costs more than the limit",
                    "Look at it with a higher one.",
                )
            whole = _Whole(self, stop if start == 0 else 0, version)
            try:
                answer = self._client.part(
                    self._url,
                    whole.take,
                    headers={
                        "Range": f"bytes={start}-{stop - 1}",
                        **self._purse.headers,
                        **(version.conditions if version else {}),
                    },
                    attempts=1 if self._purse.pays else None,
                )
            except (RequestError, TransferError):
                # A refusal costs nothing; what is on its way does, whoever wants it or not.
                if not whole.began:
                    bill.answered(400, None)
                raise
            body = whole.body if whole.began else answer.body
            bill.answered(206, len(body))
        # Where the address led; it leads there for the next part as well.
        self._sender = answer.host
        found = _version(answer.headers)
        if whole.began:
            return Part(body, len(body), found)
        return self._checked(answer, start, stop, version)

    def _checked(self, answer: Answer, start: int, stop: int, version: Version | None) -> Part:
        match = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
        if match is None or int(match[1]) != start:
            raise self.error(BadAnswerError, "the host sent other bytes than it was asked for")
        last, size = int(match[2]), int(match[3])
        if len(answer.body) != last + 1 - start or last + 1 != min(stop, size):
            raise self.error(LengthError, "the host sent another number of bytes than it was to")
        found = _version(answer.headers)
        if version is not None and found.name != version.name:
            raise self.changed()
        return Part(answer.body, size, found)

    def _refusal(self, status: int, answer: Answer) -> DataHubError | None:
        if status == 412:
            return self.changed()
        if status == 416:
            if answer.headers.get("Content-Range", "").strip() == "bytes */0":
                return self.empty()
            return self.error(LengthError, "the file is shorter than its host said, or empty")
        return None


class _Whole:
    """Takes a file that comes as a whole, if it is no larger than the part that was asked for.

    Parameters
    ----------
    host
        Of whom it was asked.
    most
        Its bytes at most.
    version
        The state that it is to be in.
    """

    def __init__(self, host: Host, most: int, version: Version | None) -> None:
        self.body = b""
        self.began = False
        self._host = host
        self._most = most
        self._version = version

    def take(self, headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
        """Take the body, or refuse it before it is read."""
        self.began = True
        length = headers.get("Content-Length", "")
        if self._version is not None and _version(headers).name != self._version.name:
            raise self._host.changed()
        if not length.isdecimal() or int(length) > self._most:
            raise self._host.error(
                NotSupportedError,
                "the host sends files only as a whole, so none is looked into",
            )
        self.body = b"".join(pieces)


def _version(headers: Mapping[str, str]) -> Version:
    return Version(headers.get("ETag", ""), headers.get("Last-Modified", ""))
