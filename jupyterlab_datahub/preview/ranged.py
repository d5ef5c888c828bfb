"""A file on a host, read in blocks by ranged requests.

HDF5 reads a little here and a little there: with large blocks most of what comes is not needed,
with small ones there are too many requests, each of which is waited for. Blocks of 256 KiB that are
asked for together, and with them what lies between two that are less than 2 MiB apart, take 17
requests and 14 MB for a preview of 1 GB; blocks of 1 MiB one by one take 19 and 21 MB. What was
fetched stays in memory up to a bound, and on the disk where the host names the state of its file.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from jupyterlab_datahub.errors import (
    BadAnswerError,
    ChangedError,
    LengthError,
    NotSupportedError,
)
from jupyterlab_datahub.preview.bytefile import ByteFile, Span
from jupyterlab_datahub.sources.http import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyterlab_datahub.errors import DataHubError
    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.answers import Answer

BLOCK = 256 << 10
FIRST = 1 << 20
"""Bytes of the first request, as the beginning of a file describes much of it."""

LONGEST_RUN = 24
"""Blocks in one request; a longer run goes in several, at the same time."""

GAP = 8
"""Blocks that are fetched for nothing rather than asking for those around them one by one."""

AT_ONCE = 8
KEPT_BLOCKS = 384
"""Blocks in memory."""

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
SMALL = 4 << 20
"""Bytes up to which a file is fetched at once."""

AGAIN = "Preview it again."
DOWNLOAD_IT = "Download the file instead."


class State(NamedTuple):
    """What a host says of the state of a file; a weak tag or none at all proves nothing."""

    etag: str
    modified: str

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that keep a host from sending a part of another state."""
        if self.etag and not self.etag.startswith("W/"):
            return {"If-Range": self.etag}
        return {"If-Unmodified-Since": self.modified} if self.modified else {}

    @property
    def name(self) -> str:
        """What tells one state from another; empty where the host says nothing of it.

        The edges of one network may have had a file at different times, with the same tag.
        """
        return self.etag.removeprefix("W/") or self.modified


class Shelf(Protocol):
    """Where blocks are kept beyond this process."""

    def get(self, number: int) -> bytes | None:
        """Return a block, None where it is not there."""

    def put(self, number: int, block: bytes) -> None:
        """Keep a block."""


class Part(NamedTuple):
    """Bytes of a file, and what the host says of the file they are of."""

    body: bytes
    size: int
    state: State


class Host:
    """Sends the requests for one file.

    Parameters
    ----------
    download
        Where the file is.
    config
        Its Source, for certificates, patience and the words of errors.
    """

    def __init__(self, download: Download, config: SourceConfig) -> None:
        self._download = download
        self._source = config.name
        self._client = Client(config, refusal=self._refusal)
        self._host = urlsplit(download.url).netloc.rpartition("@")[2]
        self._lock = threading.Lock()
        self.requests = 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def part(self, start: int, stop: int, state: State | None = None) -> Part:
        """Return a span, or what there is of it, of a file in a state.

        Raises
        ------
        NotSupportedError
            If the host sends no parts.
        ChangedError
            If the file is in another state.
        LengthError, AccessError, CatalogError
        """
        with self._lock:
            self.requests += 1
        conditions = state.conditions if state else {}
        asked = {"Range": f"bytes={start}-{stop - 1}", **self._download.headers, **conditions}
        whole: list[bytes] = []

        def take(headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
            length = headers.get("Content-Length", "")
            if state is not None and _state(headers).name != state.name:
                raise self.changed()
            if start or not length.isdecimal() or int(length) > stop:
                raise self.error(
                    NotSupportedError,
                    "the host sends files only as a whole, so none is looked into",
                )
            whole[:] = pieces

        answer = self._client.part(self._download.url, take, headers=asked)
        if whole:
            body = b"".join(whole)
            return Part(body, len(body), _state(answer.headers))
        return self._checked(answer, start, stop, state)

    def error(self, kind: type[DataHubError], words: str, hint: str = DOWNLOAD_IT) -> DataHubError:
        """Return an error of this host."""
        return kind(words, source=self._source, host=self._host, hint=hint)

    def changed(self) -> DataHubError:
        """Return the error for a file that is not the one it was."""
        return self.error(ChangedError, "the file changed on its host while it was read", AGAIN)

    def _checked(self, answer: Answer, start: int, stop: int, state: State | None) -> Part:
        match = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
        if match is None or int(match[1]) != start:
            raise self.error(BadAnswerError, "the host sent other bytes than it was asked for")
        last, size = int(match[2]), int(match[3])
        if len(answer.body) != last + 1 - start or last + 1 != min(stop, size):
            raise self.error(LengthError, "the host sent another number of bytes than it was to")
        found = _state(answer.headers)
        if state is not None and found.name != state.name:
            raise self.changed()
        return Part(answer.body, size, found)

    def _refusal(self, status: int, _: Answer) -> DataHubError | None:
        if status == 412:
            return self.changed()
        if status == 416:
            return self.error(LengthError, "the file is shorter than its host said, or empty")
        return None


class RangedFile(ByteFile):
    """A file on a host.

    Parameters
    ----------
    host
        Sends the requests.
    most
        Bytes that are fetched before it is refused to fetch more.
    shelf
        Returns where the blocks of a file are kept, by what its state is called and its size; None
        for nowhere.
    expected
        The size that the catalog says, None where it does not.

    Raises
    ------
    NotSupportedError, ChangedError, LengthError, AccessError, CatalogError
        Here and from every reading.
    """

    def __init__(
        self,
        host: Host,
        most: int,
        shelf: Callable[[str, int], Shelf | None] = lambda _name, _size: None,
        expected: int | None = None,
    ) -> None:
        super().__init__(0)
        self._host = host
        self._pool = ThreadPoolExecutor(AT_ONCE, "datahub-ranges")
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        first = host.part(0, FIRST if expected is None or expected > SMALL else SMALL)
        self.size = first.size
        if expected is not None and expected != first.size:
            raise host.error(
                LengthError,
                f"the file has {first.size:,} bytes, and {expected:,} in the catalog",
            )
        self.state = first.state
        self._most = most
        self._shelf = shelf(self.state.name, self.size)
        self._take(0, first.body)

    def close(self) -> None:
        """Close the connections."""
        self._pool.shutdown(cancel_futures=True)
        self._host.close()
        super().close()

    def bytes_at(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span."""
        if stop - start > BLOCK:
            self.ensure([(start, stop)])
        parts = []
        while start < stop:
            number, offset = divmod(start, BLOCK)
            part = self._block(number)[offset : offset + stop - start]
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def ensure(self, spans: Iterable[Span]) -> None:
        """Fetch the blocks of spans that are not here yet, several requests at a time."""
        wanted = {
            number
            for start, stop in spans
            if 0 <= start < stop <= self.size
            for number in range(start // BLOCK, (stop - 1) // BLOCK + 1)
        }
        # More than there is room for would push itself out.
        missing = [number for number in sorted(wanted)[:KEPT_BLOCKS] if not self._is_here(number)]
        for run, part in [
            (run, self._pool.submit(self._fetch, *run))
            for run in runs_of(missing, LONGEST_RUN, GAP)
        ]:
            self._take(run[0], part.result())

    def _block(self, number: int) -> bytes:
        if not self._is_here(number):
            self._take(number, self._fetch(number, number + 1))
        self._blocks.move_to_end(number)
        return self._blocks[number]

    def _is_here(self, number: int) -> bool:
        if number in self._blocks:
            return True
        kept = self._shelf.get(number) if self._shelf else None
        if kept is None or len(kept) != min(BLOCK, self.size - number * BLOCK):
            return False
        self._keep(number, kept)
        return True

    def _fetch(self, first: int, last: int) -> bytes:
        start, stop = first * BLOCK, min(last * BLOCK, self.size)
        if self.fetched + stop - start > self._most:
            raise TooMuch(
                f"the preview would take more than {self._most >> 20:,} MiB of the file",
                hint=DOWNLOAD_IT,
            )
        part = self._host.part(start, stop, self.state)
        if part.size != self.size:
            raise self._host.changed()
        return part.body

    def _take(self, number: int, body: bytes) -> None:
        self.fetched += len(body)
        self.requests = self._host.requests
        for at in range(0, len(body), BLOCK):
            block = body[at : at + BLOCK]
            self._keep(number, block)
            if self._shelf:
                self._shelf.put(number, block)
            number += 1

    def _keep(self, number: int, block: bytes) -> None:
        self._blocks[number] = block
        if len(self._blocks) > KEPT_BLOCKS:
            self._blocks.popitem(last=False)


class TooMuch(NotSupportedError):  # noqa: N818 - what it is about can be done without
    """What is asked for takes more bytes than a preview may."""


def runs_of(numbers: Iterable[int], longest: int, gap: int = 0) -> list[tuple[int, int]]:
    """Return ascending numbers as runs, each from a first up to a last not in it.

    Parameters
    ----------
    numbers
        What is to be in a run.
    longest
        How many are in a run at most.
    gap
        How many others there may be between two in a run.
    """
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number - runs[-1][1] <= gap and number - runs[-1][0] < longest:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs


def _state(headers: Mapping[str, str]) -> State:
    return State(headers.get("ETag", ""), headers.get("Last-Modified", ""))
