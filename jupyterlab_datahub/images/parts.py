"""Parts of a file, of which most is never fetched: on this machine, or on a host with ranges."""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import (
    BadAnswerError,
    BadRequestError,
    ChangedError,
    LimitError,
    NotFoundError,
    NotSupportedError,
    RequestError,
)
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.spending.purse import Purse

AT_ONCE = 8
"""Requests under way to the host at one time."""

MOST_BYTES = 48 << 20
"""Bytes that a look may fetch; a user who needs more downloads the file."""

MOST_LOCAL_BYTES = 512 << 20
"""The same for a file on this machine."""

MOST_REQUESTS = 400

READ_SECONDS = 20.0

Span = tuple[int, int]
"""From a byte up to, not including, another."""

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class Tally:
    """What a look has cost so far, over all the files that it reads.

    Attributes
    ----------
    fetched : int
        Bytes.
    requests : int
        How often a host was asked for some.
    """

    def __init__(self) -> None:
        self.fetched = 0
        self.requests = 0

    def spend(self, size: int, requests: int = 1) -> None:
        """Count what is about to be fetched.

        Raises
        ------
        NotSupportedError
            If that would be more than a look may cost.
        """
        if self.fetched + size > MOST_BYTES or self.requests + requests > MOST_REQUESTS:
            raise too_much(self.fetched + size)
        self.fetched += size
        self.requests += requests


def too_much(size: int) -> NotSupportedError:
    """Return the error for a look that is no cheaper than the file itself."""
    return NotSupportedError(
        f"A picture of this image would fetch {size / 1e6:,.0f} MB or more: it holds no smaller "
        "copies of itself (a pyramid), or they are still large",
        hint="Download it and open it in a program for images.",
    )


class Parts(ABC):
    """A file that can be read in parts.

    Attributes
    ----------
    size : int
        Bytes.
    most : int
        Bytes that are read of it at most.
    """

    size: int
    most: int

    @abstractmethod
    def get(self, spans: Sequence[Span]) -> list[bytes]:
        """Return some parts, all of which lie in the file.

        Raises
        ------
        ChangedError
            If the file is another one than before.
        RequestError, CatalogError
        """


class LocalParts(Parts):
    """A file on this machine."""

    most = MOST_LOCAL_BYTES

    def __init__(self, path: Path) -> None:
        try:
            self._stat = path.stat()
        except OSError as error:
            raise NotFoundError(f"{path.name} is not there any more") from error
        self._path = path
        self.size = self._stat.st_size

    def get(self, spans: Sequence[Span]) -> list[bytes]:
        """Read some parts."""
        if (size := sum(end - start for start, end in spans)) > self.most:
            raise too_much(size)
        with self._path.open("rb") as file:
            seen = os.fstat(file.fileno())
            if (seen.st_size, seen.st_mtime_ns) != (self._stat.st_size, self._stat.st_mtime_ns):
                raise _changed(self._path.name)
            parts = []
            for start, end in spans:
                file.seek(start)
                parts.append(file.read(end - start))
            return parts


class RemoteParts(Parts):
    """A file on a host.

    Parameters
    ----------
    client
        Asks the host.
    download
        Where the file is, fresh from its Source.
    purse
        Pays for it.
    tally
        Counts what is fetched.
    first
        Bytes to begin with, which say how large it is; 0 where that is known.

    Attributes
    ----------
    head : bytes
        They.

    Raises
    ------
    NotSupportedError
        If the host knows no ranges.
    BadRequestError
        If the file is empty.
    RequestError, CatalogError
    """

    most = MOST_BYTES

    def __init__(
        self, client: Client, download: Download, purse: Purse, tally: Tally, first: int
    ) -> None:
        self._client = client
        self._purse = purse
        self._url = download.url
        self._tally = tally
        self._etag = download.etag
        self.size = 0 if first else download.size or 0
        if download.size == 0:
            raise _empty()
        self.head = self._first(first) if first else b""

    def get(self, spans: Sequence[Span]) -> list[bytes]:
        """Fetch some parts, several at a time."""
        if len(spans) == 1:
            return [self._part(spans[0])]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(self._part, spans))

    def _first(self, first: int) -> bytes:
        """Return the beginning of the file, of which not even one byte need be there."""
        try:
            return self._part((0, first))
        except BadRequestError as error:
            if "416" in error.message:
                raise _empty() from error
            raise

    def _part(self, span: Span) -> bytes:
        start, end = span
        self._tally.spend(end - start)
        answer = self._bought(start, end)
        said = {name.lower(): text for name, text in answer.headers.items()}
        self._compare(said.get("etag", ""), answer)
        match = _CONTENT_RANGE.fullmatch(said.get("content-range", ""))
        if match is None or int(match[1]) != start:
            raise BadAnswerError("The host sent another part than was asked for", host=answer.host)
        first, last, size = map(int, match.groups())
        if self.size not in (0, size):
            raise _changed(answer.host)
        self.size = size
        if len(answer.body) != last + 1 - first or last + 1 != min(end, size):
            raise BadAnswerError("The host sent less than was asked for", host=answer.host)
        return answer.body

    def _bought(self, start: int, end: int) -> Answer:
        """Ask for a part, which is paid for first where somebody pays."""
        with self._purse.buying(end - start) as bill:
            if bill.count < end - start:
                bill.unsent()
                raise LimitError(
                    "A look at this image costs more than the limit",
                    hint="Look at it with a higher one.",
                )
            try:
                answer = self._client.part(
                    self._url,
                    self._refuse_whole,
                    headers={**self._purse.headers, "Range": f"bytes={start}-{end - 1}"},
                    attempts=1 if self._purse.pays else None,
                )
            except RequestError:
                bill.answered(400, None)
                raise
            bill.answered(206, len(answer.body))
            return answer

    def _refuse_whole(self, _headers: Mapping[str, str], _pieces: Iterator[bytes]) -> None:
        host = urlsplit(self._url).netloc.rpartition("@")[2]
        raise NotSupportedError(
            f"{host} sends files as a whole only, not in parts",
            hint="Download the file, and open it from the library.",
        )

    def _compare(self, etag: str, answer: Answer) -> None:
        if self._etag and etag and etag != self._etag:
            raise _changed(answer.host)
        self._etag = self._etag or etag


def parts_of(
    download: Download, config: SourceConfig, purse: Purse, tally: Tally, first: int
) -> LocalParts | RemoteParts:
    """Return a file that can be read in parts, wherever it is.

    Parameters
    ----------
    download
        What its Source says of it.
    config
        The entry of its Source, for certificates.
    purse
        Pays for it.
    tally
        Counts what is fetched.
    first
        Bytes that a host is asked for at once, 0 where its Source says how large the file is.
    """
    if download.path:
        return LocalParts(Path(download.path))
    return RemoteParts(client_of(config), download, purse, tally, first)


def client_of(config: SourceConfig) -> Client:
    """Return what asks the hosts of a Source for parts of files."""
    patience = msgspec.structs.replace(
        Patience.of(config),
        connections=AT_ONCE,
        attempts=3,
        largest=MOST_BYTES,
        read_timeout=READ_SECONDS,
    )
    return Client(config, patience)


def _empty() -> BadRequestError:
    return BadRequestError("The file is empty", hint="Ask whoever has it for a whole copy.")


def _changed(host: str) -> ChangedError:
    return ChangedError(
        "The file was replaced by another one while it was looked at",
        host=host,
        hint="Look at it again.",
    )
