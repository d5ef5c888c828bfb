"""One file or folder, from the moment a worker takes it until it lets it go."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import (
    ChecksumError,
    ConsentError,
    DataHubError,
    LengthError,
    LimitError,
    NoSpaceError,
    NotFoundError,
    TransferError,
)
from jupyterlab_datahub.model import TransferState
from jupyterlab_datahub.spending.ledger import Purchase
from jupyterlab_datahub.spending.purse import FREE, Purse, cost_of
from jupyterlab_datahub.transfers.disk import partfile, space
from jupyterlab_datahub.transfers.disk.layout import Layout
from jupyterlab_datahub.transfers.disk.partfile import PartFile
from jupyterlab_datahub.transfers.fetch import engine, verify
from jupyterlab_datahub.transfers.fetch.piece_engine import PieceEngine, PieceTask
from jupyterlab_datahub.transfers.fetch.speed import Speed
from jupyterlab_datahub.transfers.fetch.task import Task
from jupyterlab_datahub.transfers.network.address import Address
from jupyterlab_datahub.transfers.network.patience import Patience, of_a_catalog
from jupyterlab_datahub.transfers.network.stopping import Stopped
from jupyterlab_datahub.transfers.queue.claims import Outcome
from jupyterlab_datahub.transfers.underway import Underway

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import Download, LibraryItem
    from jupyterlab_datahub.sources.pieces import PieceReader
    from jupyterlab_datahub.sources.source import Source
    from jupyterlab_datahub.transfers.disk.partfile import Version
    from jupyterlab_datahub.transfers.network.ranges import Client
    from jupyterlab_datahub.transfers.queue.claims import Row
    from jupyterlab_datahub.transfers.schema import Job
    from jupyterlab_datahub.transfers.tools import Tools

RESOLVE_ATTEMPTS = 3

RECHECK = 0.5
"""Seconds between two looks at a part file that another process writes."""

ELSEWHERE = "another transfer is fetching this file"

log = logging.getLogger(__name__)


class Run(Underway):
    """One file under way, or one folder that comes in pieces.

    Parameters
    ----------
    job
        The transfer.
    tools
        What it shares with others.
    on_end
        Called when it is over.
    row
        What is asked whether it is still wanted, and told what became of it; the queue itself
        where nothing else is given.
    client
        What sends its requests, where several runs share one.
    """

    def __init__(
        self,
        job: Job,
        tools: Tools,
        on_end: Callable[[], object],
        row: Row | None = None,
        client: Client | None = None,
    ) -> None:
        super().__init__(job, tools, on_end, row)
        self._client = client
        self._part: PartFile | None = None
        self._size = job.asset.size
        self._seen = job.done

    @property
    def left(self) -> int:
        """Bytes still to be written to the disk."""
        return max((self._size or 0) - self._done(), 0) if self._part else 0

    def beat(self) -> None:
        """Show that the part file has a living writer; stop if it went to another one."""
        part = self._part
        if part is not None and not part.beat():
            self.stop()

    def _done(self) -> int:
        part = self._part
        if part is not None:
            self._seen = part.done
        return self._seen

    def _let_go(self) -> None:
        """Keep or remove the part, as what became of the transfer demands."""
        part, self._part = self._part, None
        if part is None:
            return
        try:
            if not part.held():
                part.abandon()
            elif self._is_useless():
                part.discard()
            else:
                part.keep()
                self.kept = part.done
        except (OSError, DataHubError) as error:
            # What an earlier journal names is still good.
            log.warning("%s could not be saved: %s", self.job.id, error)
            part.abandon()

    def _is_useless(self) -> bool:
        """Return whether what was fetched will not be gone on with, or must make room."""
        if isinstance(self.failure, ChecksumError | LengthError | space.DiskFullError):
            return True
        if isinstance(self.failure, NoSpaceError):
            return space.free(self._tools.library.parts) < space.FLOOR
        return self._row.state(self.job) in (None, TransferState.CANCELLED)

    def _work(self) -> None:
        if self._from_library():
            return
        address = Address(self._resolve, self.job.source)
        patience = Patience(RESOLVE_ATTEMPTS, self._halt, self._signs.say)
        download = patience.persist(lambda: address.resolve(self._halt), of_a_catalog)
        if download.path:
            self._on_this_machine(Path(download.path))
            return
        reader = None
        if not download.url:
            reader = patience.persist(lambda: self._source().pieces(self.job.asset), of_a_catalog)
        layout = Layout(reader.files, folder=reader.folder) if reader else None
        self._part = part = self._claim_part(layout)
        if part is None:
            return
        if reader and layout:
            sha256, size = self._by_pieces(part, reader, layout)
        else:
            sha256, size = self._by_ranges(part, address, download)
        self._store(part, sha256, size)

    def _resolve(self) -> Download:
        return self._source().resolve(self.job.asset)

    def _source(self) -> Source:
        return self._tools.registry.for_ref(self.job.asset.ref, self.job.source)

    def _claim_part(self, layout: Layout | None) -> PartFile | None:
        """Return the part file, None if another process brought the file home meanwhile."""
        tools = self._tools
        while True:
            parts = tools.library.parts
            part = PartFile.claim(parts, self.job.key, tools.owner, tools.watch, layout)
            if self._from_library():
                if part is not None:
                    part.discard()
                return None
            if part is not None:
                return part
            self._signs.say(ELSEWHERE)
            self._halt.sleep(RECHECK)

    def _by_ranges(self, part: PartFile, address: Address, download: Download) -> tuple[str, int]:
        """Fetch and verify a file that has an address; return its SHA-256 and length."""
        asset, tools = self.job.asset, self._tools
        purse = self._purse(download)
        if purse.pays:
            address.pay()
        client = self._client or tools.client(self.job)
        task = Task(
            name=self.job.name,
            size=asset.size if download.size is None else download.size,
            checksums={**asset.checksums, **download.checksums},
            part=part,
            client=client,
            address=address,
            hosts=tools.hosts,
            settings=tools.settings,
            halt=self._halt,
            signs=self._signs,
            on_start=self._begin,
            remarks=self._remarks,
            purse=purse,
        )
        try:
            return engine.fetch(task, lambda: self._enter(TransferState.VERIFYING))
        except LimitError as error:
            left = msgspec.structs.replace(download, size=self.left)
            raise LimitError(error.message, cost=cost_of(left)) from error
        finally:
            if self._client is None:
                client.close()

    def _purse(self, download: Download) -> Purse:
        """Return what pays for the bytes, if somebody agreed to where somebody has to."""
        if not download.paying:
            return FREE
        wallet = self._row.wallet(self.job)
        if wallet is None:
            raise ConsentError.of(self.job.name, cost_of(download), self.job.source)
        return Purse(download.paying, Purchase.of(self.job.asset.ref, download), wallet)

    def _by_pieces(self, part: PartFile, reader: PieceReader, layout: Layout) -> tuple[str, int]:
        """Fetch and verify a file or folder; return what names its content, and its length."""
        verify.check_length(layout.size, self.job.asset.size, self.job.name, "")
        tools = self._tools
        task = PieceTask(
            name=self.job.name,
            reader=reader,
            layout=layout,
            part=part,
            hosts=tools.hosts,
            settings=tools.settings,
            halt=self._halt,
            signs=self._signs,
            on_start=lambda version: self._begin(version, layout.overhead),
            on_whole=lambda: self._enter(TransferState.VERIFYING),
            remarks=self._remarks,
        )
        return PieceEngine(task).run(), layout.size

    def _begin(self, version: Version, overhead: int = 0) -> None:
        """Refuse what does not fit the disk, before its bytes are fetched."""
        tools = self._tools
        self._size = version.size
        done = self._done()
        space.check(
            tools.library.parts,
            needed=max((version.size or 0) - done, 0) + overhead,
            promised=tools.promised(self.job),
            reserve=tools.settings.reserve,
        )
        self._speed = Speed()
        self._enter(TransferState.RUNNING)

    def _from_library(self) -> bool:
        """Finish with a file that is there already, if there is one."""
        library, asset = self._tools.library, self.job.asset
        if asset.volatile:
            return False
        content = asset.checksums.get("sha256", "")
        item = library.find_asset(asset.ref) or library.find_content(content)
        if item is None:
            return False
        if item.ref != asset.ref and not item.shared:
            library.record(self.job, item.sha256, item.size)
        if partfile.exists(library.parts, self.job.key):
            # A process was killed between moving the file here and removing its journal.
            partfile.clean(library.parts, self.job.key, self._tools.owner, self._tools.watch)
        self._link(item, self._land(lambda: None))
        return True

    def _on_this_machine(self, path: Path) -> None:
        """Finish with a file that needs no transfer: it is used where it is."""
        if not path.exists():
            raise NotFoundError(
                f"{path} does not exist",
                source=self.job.source,
                hint="Refresh the source, or mount the disk that it is on.",
            )
        self._land(lambda: None)
        size = path.stat().st_size if path.is_file() else self.job.asset.size or 0
        self._row.finish(self.job, Outcome(path=str(path), size=size))

    def _store(self, part: PartFile, sha256: str, size: int) -> None:
        """Move the verified file into the library and make its links."""
        library = self._tools.library
        part.save()

        def move() -> None:
            # The library knows the file first: after a crash in between it is there or not.
            library.record(self.job, sha256, size)
            part.finish(library.place(sha256))

        if not part.held():
            raise Stopped
        directories = self._land(move)
        item = library.find_asset(self.job.asset.ref)
        if item is None:
            raise TransferError(
                f"{self.job.name} vanished from the library", hint="Fetch it again."
            )
        self._link(item, directories)

    def _land(self, move: Callable[[], None]) -> tuple[str, ...]:
        directories = self._row.land(self.job, move)
        if directories is None:
            raise Stopped
        return directories

    def _link(self, item: LibraryItem, directories: tuple[str, ...]) -> None:
        paths: list[str] = []
        for directory in directories:
            try:
                paths.append(str(self._tools.library.link(item, Path(directory), self.job.name)))
            except TransferError as error:
                self._remarks.append(error.message)
        self._row.finish(
            self.job,
            Outcome(
                path=paths[0] if paths else item.path,
                size=item.size,
                sha256=item.sha256,
                note="; ".join(self._remarks),
            ),
        )
