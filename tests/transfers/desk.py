"""What the tests of transfers work with: a host, a Source, a queue and a real worker."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.demo.faults import FOREVER
from jupyterlab_datahub.model import Asset, Collection, Dataset, Transfer, TransferState
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.transfers.disk.partfile import Journal
from jupyterlab_datahub.transfers.disk.spans import Spans
from jupyterlab_datahub.transfers.library.library import Library
from jupyterlab_datahub.transfers.queue.queue import TransferQueue
from jupyterlab_datahub.transfers.schema import database, key_of
from jupyterlab_datahub.transfers.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.demo.ranges import FileHost
    from jupyterlab_datahub.settings import Settings

S = TransferState
SOURCE = "shop"
MIB = 1024**2
PATIENCE = 60.0


@dataclass
class Desk:
    """One home directory, what is asked for there, and the host it comes from."""

    settings: Settings
    home: Path
    folder: Path
    files: Path
    script: Path
    host: FileHost
    answers: dict[str, list[dict[str, Any] | None]] = field(default_factory=dict)
    supervisors: list[Supervisor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.library = Library(self.home, None, self.settings.reserve)
        self.queue = TransferQueue(self.home, self.library)

    def supervise(self, settings: Settings | None = None, *, alone: bool = False) -> Supervisor:
        """Return a supervisor as a server or a command has one, with its worker started."""
        supervisor = Supervisor(settings or self.settings, alone=alone)
        self.supervisors.append(supervisor)
        supervisor.ensure()
        return supervisor

    def close(self) -> None:
        """End all workers."""
        for supervisor in self.supervisors:
            supervisor.stop()

    def sell(self, name: str, **download: Any) -> tuple[Dataset, Asset]:
        """Return a dataset with one file of the host, and let the Source sell it.

        Keywords are fields of the Download; `checksums` are the catalog's.
        """
        asset = asset_of(self.files / name, checksums=download.pop("checksums", {}))
        self.answers[asset.ref] = [{"url": f"{self.host.url}/{name}", **download}]
        self.write_script()
        return dataset_of(asset), asset

    def write_script(self) -> None:
        """Hand the answers to the Source."""
        self.script.write_bytes(msgspec.json.encode(self.answers))

    def hold(self) -> None:
        """Let each connection have its first bytes, and the rest when the faults are cleared.

        What a test does meanwhile it does to a transfer under way, however long it takes.
        """
        self.host.faults.add("slow", rate=300_000)
        self.host.faults.add("stall", after=600_000, times=FOREVER)

    def ask(self, name: str, **download: Any) -> Transfer:
        """Queue a file of the host."""
        dataset, asset = self.sell(name, **download)
        return self.queue.add(dataset, asset, self.folder, SOURCE)[0]

    def fetch(self, name: str, **download: Any) -> Transfer:
        """Queue a file and return its transfer when it is over."""
        transfer = self.ask(name, **download)
        self.supervise()
        return self.finished(transfer)

    def finished(self, transfer: Transfer) -> Transfer:
        """Return the transfer when it is over."""
        return self.until(transfer, lambda now: now.state.final)

    def done(self, transfer: Transfer) -> Transfer:
        """Return the transfer when it is over, which must be well."""
        last = self.finished(transfer)
        assert last.state is S.DONE, last
        return last

    def until(self, transfer: Transfer, wanted: Callable[[Transfer], bool]) -> Transfer:
        """Return the transfer as soon as it is as wanted."""
        last = transfer

        def look() -> bool:
            nonlocal last
            for supervisor in self.supervisors:
                # As a server does, which may find that its worker died.
                supervisor.ensure()
            last = self.queue.get(transfer.id)
            return wanted(last)

        until(look, lambda: f"still {last}")
        return last

    def running(self, transfer: Transfer, least: int = 1) -> Transfer:
        """Return the transfer when at least some bytes of it are there."""
        return self.until(transfer, lambda now: now.done >= least)

    def resolved(self) -> int:
        """How often the Source was asked for an address."""
        log = self.script.with_suffix(".log")
        return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0

    def leftovers(self) -> list[str]:
        """Names in the directory of unfinished files."""
        parts = self.library.parts
        return sorted(path.name for path in parts.iterdir()) if parts.exists() else []

    def gone(self) -> bool:
        """Whether no unfinished file is left."""
        return not self.leftovers()

    def journal(self, transfer: Transfer) -> Spans:
        """Return what a transfer's journal says is on the disk."""
        path = self.library.parts / f"{key_of(SOURCE, transfer.ref)}.journal"
        if not path.exists():
            return Spans()
        return Spans(from_json(path.read_bytes(), Journal).spans)

    def saved(self, transfer: Transfer, least: int) -> Spans:
        """Return the journal when it names some bytes, but not yet the whole file."""
        until(lambda: self.journal(transfer).total >= least, lambda: str(self.leftovers()))
        return self.journal(transfer)

    def owners(self) -> set[str]:
        """Return the workers that hold transfers."""
        with database(self.home).read() as connection:
            rows = connection.execute("SELECT owner FROM transfers WHERE owner != ''").fetchall()
        return {row["owner"] for row in rows}

    def sent(self) -> int:
        """Bytes of bodies the host has sent."""
        return sum(seen.sent for seen in list(self.host.requests))

    def covered(self) -> int:
        """Bytes that the host was asked for, each counted once.

        It may come late to what was asked for by somebody who gave up, and who asks again then.
        """
        total = reached = 0
        for start, end in sorted(self.asked()):
            total += max(0, end - max(start, reached))
            reached = max(reached, end)
        return total

    def asked(self) -> list[tuple[int, int]]:
        """The ranges the host was asked for, half-open."""
        return [span_of(seen) for seen in list(self.host.requests) if seen.range]


def asset_of(path: Path, checksums: dict[str, str] | None = None) -> Asset:
    """Return an asset for a file."""
    return Asset(
        ref=f"shop:{path.name}",
        name=path.name,
        format="h5ad",
        size=path.stat().st_size,
        checksums=checksums or {},
        loads_as_anndata=True,
    )


def dataset_of(asset: Asset, *others: Asset) -> Dataset:
    """Return a dataset with an asset, and maybe more."""
    return Dataset(
        ref=f"shop:dataset/{asset.name}",
        source=SOURCE,
        kind="shop",
        id=asset.name,
        version="v1",
        title=f"Cells of {asset.name}",
        collection=Collection(id="c", title="Cells"),
        assets=(asset, *others),
        licence="CC BY 4.0",
        citation="A citation",
        doi="10.5555/cells",
    )


def until(look: Callable[[], bool], words: Callable[[], str] = lambda: "") -> None:
    """Wait until something is so; fail after a time that nothing here needs."""
    limit = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < limit, words()
        time.sleep(0.02)


def span_of(seen: Seen) -> tuple[int, int]:
    """Return the range of a request, half-open."""
    first, last = seen.range.removeprefix("bytes=").split("-")
    return int(first), int(last) + 1


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
