"""Parts of a file whose bytes come in pieces rather than as one HTTP resource."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import InterruptedTransferError, NotSupportedError
from jupyterlab_datahub.ranged.file import Manner
from jupyterlab_datahub.ranged.host import ATTEMPTS
from jupyterlab_datahub.ranged.parts import AGAIN, Part, Parts, Version
from jupyterlab_datahub.sources.pieces import SessionLost, Wanted

if TYPE_CHECKING:
    from jupyterlab_datahub.ranged.budget import Budget
    from jupyterlab_datahub.ranged.bytefile import Span
    from jupyterlab_datahub.sources.pieces import PieceReader, PieceStreams

MANNER = Manner(block=1 << 20, longest=8, gap=1, held=96)
"""What suits the stores that we know: their pieces have 1 MiB."""

BESIDE = 8 << 20
"""Bytes beside those that are wanted, after which a store is taken to send files as a whole."""


class PieceHost(Parts):
    """Reads parts of one file in a session with its store, which lasts as long as it is read.

    Parameters
    ----------
    reader
        Of the file.
    source
        The name of the Source.
    budget
        What may be fetched.

    Raises
    ------
    NotSupportedError
        If it is a folder.
    """

    def __init__(self, reader: PieceReader, source: str, budget: Budget) -> None:
        if reader.folder or len(reader.files) != 1:
            raise NotSupportedError(
                "a folder is not looked into", source=source, hint="Choose one of its files."
            )
        [file] = reader.files
        known = Version(f'"{file.crc32}"') if file.crc32 else None
        super().__init__(budget, source, "", file.size, known)
        self._reader = reader
        self._version = known or Version("")
        self._streams: PieceStreams | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give the session back."""
        if self._streams is not None:
            self._streams.finish()
            self._streams = None

    def part(self, start: int, stop: int, version: Version | None = None) -> Part:  # noqa: ARG002 - as every host is asked
        """Return a span of the file; its store lists files that do not change."""
        size = self._reader.files[0].size
        stop = min(stop, size)
        self.budget.spend(stop - start)
        with self._lock:
            return Part(self._read(start, stop), size, self._version)

    def _read(self, start: int, stop: int) -> bytes:
        body = bytearray(stop - start)
        missing: list[Span] = [(start, stop)]
        for attempt in range(ATTEMPTS):
            try:
                missing = self._filled(body, start, missing)
            except SessionLost as lost:
                self.close()
                if attempt + 1 == ATTEMPTS:
                    raise lost.error from lost
            if not missing:
                return bytes(body)
        raise self.error(
            InterruptedTransferError, "the store did not send all that it was asked for", AGAIN
        )

    def _filled(self, body: bytearray, begin: int, missing: list[Span]) -> list[Span]:
        """Fill in what one session sends, and return what is still missing."""
        wanted = [Wanted(0, start, stop) for start, stop in missing]
        if self._streams is None:
            self._streams = self._reader.start(wanted, 1)
            self._host = self._streams.host
        else:
            self._streams.again(wanted)
        beside = len(body) + BESIDE
        came = True
        while missing and came:
            came = False
            for piece in self._streams.read(0):
                came = True
                self.budget.wait(self._streams.host, len(piece.data))
                first, last = piece.offset, piece.offset + len(piece.data)
                beside -= len(piece.data)
                if beside < 0:
                    raise self.error(
                        NotSupportedError,
                        "the host sends files only as a whole, so none is looked into",
                    )
                for start, stop in missing:
                    low, high = max(start, first), min(stop, last)
                    if low < high:
                        body[low - begin : high - begin] = piece.data[low - first : high - first]
                missing = _without(missing, first, last)
        return missing


def _without(spans: list[Span], first: int, last: int) -> list[Span]:
    """Return spans without the bytes from the first up to the last."""
    return [
        part
        for start, stop in spans
        for part in ((start, min(stop, first)), (max(start, last), stop))
        if part[0] < part[1]
    ]
