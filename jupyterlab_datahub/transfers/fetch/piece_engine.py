"""Bringing a file or folder home whose bytes come in pieces, in any order, on several streams.

What is missing is asked for in a session; each stream is read by a thread of its own. What
came damaged or was lost with a connection is still missing when all streams have run dry, and
is asked for again. A session that its host no longer knows is followed by another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import (
    BusyError,
    ChecksumError,
    InterruptedTransferError,
    LengthError,
)
from jupyterlab_datahub.sources.pieces import SessionLost
from jupyterlab_datahub.transfers.disk.partfile import Version
from jupyterlab_datahub.transfers.fetch.checker import Checker
from jupyterlab_datahub.transfers.fetch.crew import Crew
from jupyterlab_datahub.transfers.network.patience import Patience, of_a_host
from jupyterlab_datahub.transfers.network.stopping import Halt

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.settings import Settings
    from jupyterlab_datahub.sources.pieces import Piece, PieceReader, PieceStreams, Wanted
    from jupyterlab_datahub.transfers.disk.layout import Layout
    from jupyterlab_datahub.transfers.disk.partfile import PartFile
    from jupyterlab_datahub.transfers.fetch.checker import Sums
    from jupyterlab_datahub.transfers.fetch.task import Signs
    from jupyterlab_datahub.transfers.network.hosts import Hosts

CHANGED = "the files changed at their store and were fetched from the start"
AGAIN = "did not have the checksum that its store lists and was fetched again"


@dataclass(frozen=True, slots=True)
class PieceTask:
    """An asset that comes in pieces, and everything that fetching it needs."""

    name: str
    reader: PieceReader
    layout: Layout
    part: PartFile
    hosts: Hosts
    settings: Settings
    halt: Halt
    signs: Signs
    on_start: Callable[[Version], None]
    on_whole: Callable[[], None]
    remarks: list[str] = field(default_factory=list)


class PieceEngine:
    """Fetches what is missing, verifies all of it, and fetches once more what is damaged."""

    def __init__(self, task: PieceTask) -> None:
        self._task = task
        self._part = task.part
        self._layout = task.layout
        self._halt = Halt()
        self._checker: Checker | None = None

    def run(self) -> str:
        """Bring everything home and return what the library names it by.

        Returns
        -------
        The SHA-256 of a file, or of the listing of a folder's files with theirs.

        Raises
        ------
        DataHubError
            If it cannot be fetched.
        OSError
            If the disk fails.
        Stopped
        """
        task = self._task
        task.halt.on_halt(self, self._halt.set)
        try:
            self._begin()
            found = self._verified()
        finally:
            self._halt.set()
            task.halt.forget(self)
            if self._checker is not None:
                self._checker.join()
        sums = [one.sha256 for one in found]
        return self._layout.digest(sums) if self._layout.folder else sums[0]

    def _begin(self) -> None:
        """Go on with what is there if it is of the same listing, else from the start."""
        version = Version(size=self._layout.size, etag=self._layout.identity)
        if self._part.version != version:
            if self._part.done:
                self._task.remarks.append(CHANGED)
            self._part.restart(version)
        self._task.on_start(version)

    def _verified(self) -> list[Sums]:
        again = False
        while True:
            self._checker = Checker(self._part, self._layout, self._halt)
            self._fetch()
            self._part.save()
            self._task.on_whole()
            found = self._checker.result()
            damaged = self._damaged(found)
            if not damaged:
                return found
            if again:
                raise ChecksumError(
                    f"{self._name(damaged[0])} does not have the CRC32 that its store lists",
                    hint="The bytes were damaged on their way or at the store; try again later.",
                )
            again = True
            for file in damaged:
                self._part.forget(*self._layout.span(file))
                self._task.remarks.append(f"{self._name(file)} {AGAIN}")

    def _damaged(self, found: list[Sums]) -> list[int]:
        pairs = enumerate(zip(self._layout.files, found, strict=True))
        return [n for n, (file, sums) in pairs if file.crc32 and file.crc32 != sums.crc32]

    def _name(self, file: int) -> str:
        return self._layout.files[file].path if self._layout.folder else self._task.name

    def _missing(self) -> list[Wanted]:
        return self._layout.wanted(self._part.missing(self._layout.size))

    def _fetch(self) -> None:
        """Have one session after the other until nothing is missing."""
        lost_at = -1
        while self._missing():
            try:
                self._session()
            except SessionLost as lost:
                # A session that brought nothing since the last one was lost will not do better.
                if self._part.done == lost_at:
                    raise lost.error from lost
                lost_at = self._part.done

    def _session(self) -> None:
        streams = self._start()
        try:
            self._drain(streams)
            while missing := self._missing():
                before = self._part.done
                streams.again(missing)
                self._drain(streams)
                if self._part.done == before:
                    raise InterruptedTransferError(
                        f"{self._name(missing[0].file)} keeps coming damaged or not at all",
                        host=streams.host,
                        hint="Try again later; what was fetched is kept.",
                    )
        finally:
            streams.finish()

    def _start(self) -> PieceStreams:
        task = self._task
        patience = Patience(task.settings.attempts, self._halt, task.signs.say)
        wished = max(1, task.settings.connections_per_transfer)
        return patience.persist(lambda: task.reader.start(self._missing(), wished), of_a_host)

    def _drain(self, streams: PieceStreams) -> None:
        """Read all streams until they run dry."""
        halt = Halt()
        halt.on_halt(streams, streams.cut)
        self._halt.on_halt(halt, halt.set)
        crew = Crew(halt)
        try:
            for number in range(streams.count):
                crew.spawn(partial(self._read, streams, number, halt))
            crew.attend(self._part, self._task.settings.reserve)
        except BaseException:
            halt.set()
            raise
        finally:
            self._halt.forget(halt)
            crew.join()

    def _read(self, streams: PieceStreams, number: int, halt: Halt) -> None:
        task = self._task
        patience = Patience(task.settings.attempts, halt, task.signs.say)
        while patience.persist(partial(self._answer, streams, number, halt, patience), of_a_host):
            pass

    def _answer(self, streams: PieceStreams, number: int, halt: Halt, patience: Patience) -> bool:
        """Use one answer; False if there was nothing left to be sent."""
        task = self._task
        host = task.hosts[streams.host]
        some = False
        with host.connection(halt, self):
            task.signs.at(streams.host)
            try:
                for piece in streams.read(number):
                    some = True
                    halt.check()
                    if self._keep(piece):
                        patience.progress()
                    task.signs.say("")
                    host.pay(len(piece.data), halt)
            except BusyError as error:
                host.asked_to_wait(error.retry_after)
                raise
            except Exception:
                # What broke because it was cut is no failure of the host.
                halt.check()
                raise
        if some:
            host.served()
        return some

    def _keep(self, piece: Piece) -> int:
        """Write a piece and return how many of its bytes are new."""
        start, end = self._layout.span(piece.file)
        at = start + piece.offset
        if at + len(piece.data) > end:
            size = self._layout.files[piece.file].size
            raise LengthError(
                f"the store sent more of {self._name(piece.file)} than {size:,} bytes",
                hint="Refresh the dataset's page; its files may have changed.",
            )
        return self._part.write(piece.data, at) if piece.data else 0
