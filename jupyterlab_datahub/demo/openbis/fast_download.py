"""The file-transfer servlet: download sessions with numbered chunks and a queue of them.

What it refuses, and how, is that of openBIS's ``FileTransferServerServlet`` and its
``DownloadServer``: errors are JSON with status 200, streams are few and are refused when they
run out, and files that the asker may not see are left out without a word.
"""

from __future__ import annotations

import threading
import uuid
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.openbis.chunks import SIZE, Chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

MOST_STREAMS = 10
"""Streams of all sessions together, unless an administrator allows more."""


class TransferError(Exception):
    """A refusal; ``retriable`` is None where the server does not say whether to try again."""

    def __init__(self, text: str, java_class: str, retriable: bool | None = None) -> None:
        super().__init__(text)
        self.java_class = java_class
        self.retriable = retriable

    def document(self) -> dict[str, Any]:
        """Return what the client is told."""
        known = {} if self.retriable is None else {"retriable": self.retriable}
        return {"error": str(self), "exception-class": self.java_class, **known}


def illegal(text: str) -> TransferError:
    """Return the refusal of an argument."""
    return TransferError(text, "java.lang.IllegalArgumentException")


@dataclass(frozen=True)
class Item:
    """A file to be sent: the id it was asked by, and what it is."""

    id: str
    path: str
    size: int
    file: Path

    @property
    def chunks(self) -> int:
        """The number of its chunks; an empty file has one."""
        return max(-(-self.size // SIZE), 1)


@dataclass
class _Download:
    token: str
    items: list[Item]
    starts: list[int]
    total: int
    streams: dict[str, bool]
    queue: deque[int] = field(default_factory=deque)
    queued: set[int] = field(default_factory=set)


class DownloadSessions:
    """The download sessions of one data store.

    Parameters
    ----------
    alive
        Whether a session token is still valid; a download ends with the session it is for.
    """

    def __init__(self, alive: Callable[[str], bool]) -> None:
        self.most_streams = MOST_STREAMS
        self._alive = alive
        self._lock = threading.Lock()
        self._downloads: dict[str, _Download] = {}

    def __len__(self) -> int:
        """Return how many sessions were started and not finished."""
        return len(self._downloads)

    def start(
        self, token: str, asked: Sequence[tuple[str, Sequence[Item]]], wished: int | None
    ) -> dict[str, Any]:
        """Start a session for items (a file, or a folder with its files) and describe it.

        Raises
        ------
        TransferError
            If nothing is left to be sent, or no stream is free.
        """
        if not asked:
            raise illegal("Item ids cannot be null or empty")
        if wished is not None and wished <= 0:
            raise illegal("Wished number of streams cannot be <= 0")
        items: list[Item] = []
        starts: list[int] = []
        ranges: dict[str, str] = {}
        total = 0
        for item_id, files in asked:
            if not files:
                raise illegal(f"Chunks for item id: {item_id} were null or empty.")
            first = total
            for file in files:
                items.append(file)
                starts.append(total)
                total += file.chunks
            ranges[item_id] = f"{first}:{total - 1}"
        with self._lock:
            streams = [str(uuid.uuid4()) for _ in range(self._allowed(wished))]
            id_ = str(uuid.uuid4())
            self._downloads[id_] = _Download(
                token, items, starts, total, dict.fromkeys(streams, False)
            )
        return {"downloadSessionId": id_, "ranges": ranges, "streamIds": streams}

    def queue(self, id_: str, ranges: Sequence[str]) -> None:
        """Queue chunks given as ``first:last`` or ``number``; what is queued is not added twice.

        Raises
        ------
        TransferError
            If there is no such session or no such chunk.
        """
        spans = [_span(text) for text in ranges]
        with self._lock:
            download = self._find(id_)
            for first, last in spans:
                for number in range(first, last + 1):
                    if not 0 <= number < download.total:
                        raise illegal(f"Unknown chunk with sequence number: {number}")
                    if number not in download.queued:
                        download.queued.add(number)
                        download.queue.append(number)

    def take(self, id_: str, stream: str, count: int | None) -> list[Chunk]:
        """Take chunks from the queue, all of them where `count` is None.

        Raises
        ------
        TransferError
            If there is no such session or it has no such stream.
        """
        with self._lock:
            download = self._find(id_)
            if stream not in download.streams:
                raise TransferError(
                    f"Invalid download stream id: {stream}",
                    "ch.ethz.sis.filetransfer.InvalidDownloadStreamException",
                    retriable=False,
                )
            download.streams[stream] = True
            wanted = len(download.queue) if count is None else min(count, len(download.queue))
            numbers = [download.queue.popleft() for _ in range(wanted)]
            download.queued.difference_update(numbers)
        return [_chunk(download, number) for number in numbers]

    def finish(self, id_: str) -> None:
        """End a session; ending one that is not there is fine."""
        with self._lock:
            self._downloads.pop(id_, None)

    def _allowed(self, wished: int | None) -> int:
        """Return how many streams a new session gets: half of those that nobody uses."""
        for id_ in [key for key, d in self._downloads.items() if not self._alive(d.token)]:
            del self._downloads[id_]
        used = sum(sum(download.streams.values()) for download in self._downloads.values())
        free = (self.most_streams - used) // 2
        allowed = free if wished is None else min(wished, free)
        if allowed <= 0:
            raise busy()
        return allowed

    def _find(self, id_: str) -> _Download:
        download = self._downloads.get(id_)
        if download is None or not self._alive(download.token):
            self._downloads.pop(id_, None)
            raise TransferError(
                f"Invalid download session id: {id_}",
                "ch.ethz.sis.filetransfer.InvalidDownloadSessionException",
                retriable=False,
            )
        return download


def busy() -> TransferError:
    """Return what is said while no stream is free."""
    return TransferError(
        "Download server cannot provide any download streams at the moment. "
        "Please try again later.",
        "ch.ethz.sis.filetransfer.DownloadException",
        retriable=True,
    )


def _span(text: str) -> tuple[int, int]:
    first, colon, last = text.strip().partition(":")
    try:
        return int(first), int(last) if colon else int(first)
    except ValueError as error:
        raise TransferError(
            f"Invalid range in parameter 'ranges': {text}", "javax.servlet.ServletException"
        ) from error


def _chunk(download: _Download, number: int) -> Chunk:
    index = bisect_right(download.starts, number) - 1
    item = download.items[index]
    offset = (number - download.starts[index]) * SIZE
    length = min(SIZE, item.size - offset)
    return Chunk(number, item.id, item.path, offset, length, item.file)
