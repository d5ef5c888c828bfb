"""One file that is to be an h5ad, from the moment a worker takes it until it lets it go.

The file itself is fetched as any other and stays in the library, verified; what becomes of it is
another file there, made once.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.model import TransferState
from jupyterlab_datahub.sources.bundles import is_taken_apart
from jupyterlab_datahub.transfers import schema
from jupyterlab_datahub.transfers.conversion.converter import convert
from jupyterlab_datahub.transfers.conversion.taker import take
from jupyterlab_datahub.transfers.conversion.together import together
from jupyterlab_datahub.transfers.disk import space
from jupyterlab_datahub.transfers.disk.names import safe_name
from jupyterlab_datahub.transfers.disk.private import make_private
from jupyterlab_datahub.transfers.library.library import written_since
from jupyterlab_datahub.transfers.network.stopping import Stopped
from jupyterlab_datahub.transfers.product import Product
from jupyterlab_datahub.transfers.queue.jobs import outcome
from jupyterlab_datahub.transfers.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import Asset, LibraryItem
    from jupyterlab_datahub.spending.purse import Wallet
    from jupyterlab_datahub.transfers.queue.claims import Claims, Outcome, Progress
    from jupyterlab_datahub.transfers.schema import Job
    from jupyterlab_datahub.transfers.tools import Tools

log = logging.getLogger(__name__)


class Original:
    """What the run of the file itself asks of its row, which is not done with that file.

    Attributes
    ----------
    outcome : Outcome or None
        Where the file is, once it is there.
    """

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self.outcome: Outcome | None = None

    def enter(self, job: Job, progress: Progress) -> bool:
        """Put the transfer into the next state."""
        return self._claims.enter(job, progress)

    def land(self, job: Job, move: Callable[[], None]) -> tuple[str, ...] | None:
        """Put the file into the library; it gets no link, as what becomes of it is wanted."""
        return None if self._claims.land_member(job, move) is None else ()

    def finish(self, job: Job, outcome: Outcome) -> None:  # noqa: ARG002 - as every row is told
        """Note where the file is; the conversion follows."""
        self.outcome = outcome

    def state(self, job: Job) -> TransferState | None:
        """Return the state that users gave the transfer."""
        return self._claims.state(job)

    def wallet(self, job: Job) -> Wallet | None:
        """Return what pays for the file."""
        return self._claims.wallet(job)


class Conversion(Product):
    """One file under way to h5ad, in a thread of its own.

    Parameters
    ----------
    job
        The transfer; its asset is the file that is converted.
    tools
        What it shares with others.
    on_end
        Called when it is over.
    """

    failed = "could not be converted"

    def __init__(self, job: Job, tools: Tools, on_end: Callable[[], object]) -> None:
        super().__init__(job, tools, on_end)
        self._begin_with(job.asset)
        self._doing = ""
        self._came: int | None = None
        self._part = tools.library.parts / f"{job.key}.member.zip"

    def _begin_with(self, asset: Asset) -> None:
        """Make ready to fetch a file."""
        self._fetched = threading.Event()
        alone = msgspec.structs.replace(
            self.job,
            key=schema.key_of(self.job.source, asset.ref),
            name=safe_name(asset.name),
            asset=asset,
        )
        self._original = Original(self._tools.claims)
        self._run_before = Run(alone, self._tools, self._fetched.set, self._original)

    @property
    def left(self) -> int:
        """Bytes still to be written to the disk, as far as anybody can tell."""
        if self._came is None:
            return self._run_before.left if self._size is None else self._size
        # What is unpacked of a member is about as much as what is made of it.
        return 2 * (self._size or 0) - self._came

    def beat(self) -> None:
        """Show that the part file has a living writer."""
        self._run_before.beat()

    def progress(self) -> Progress:
        """Return how far it is: first the file itself, then the conversion."""
        return self._run_before.progress() if self._size is None else super().progress()

    def _done(self) -> int:
        return (self._size or 0) if self._came is None else self._came

    def _words(self) -> str:
        return self._doing or super()._words()

    def _let_go(self) -> None:
        self.kept = self._run_before.kept
        self._part.unlink(missing_ok=True)

    def _work(self) -> None:
        library, wanted = self._tools.library, outcome(self.job)
        made = library.find_asset(wanted.asset.ref)
        if made is None or wanted.asset.volatile:
            originals = self._taken() or self._fetch()
            if made is None or any(written_since(made, one) for one in originals):
                made = self._convert(originals, wanted)
                self._link(made)
                return
        self._there()
        self._link(made)

    def _taken(self) -> list[Path]:
        """Fetch only the member that is wanted; nothing where all of its archive has to come."""
        asset, tools = self.job.asset, self._tools
        if not self.job.member or tools.library.find_asset(asset.ref) is not None:
            return []
        source = tools.registry.for_ref(asset.ref, self.job.source)
        if source.local or not is_taken_apart(asset.name, asset.size):
            return []
        download = source.resolve(asset)
        if not download.url or download.paying:
            # What is stopped begins anew, and would be paid for each time.
            return []
        make_private(tools.library.parts)
        space.check(
            tools.library.parts,
            needed=0,
            promised=tools.promised(self.job),
            reserve=tools.settings.reserve,
        )
        self._came = 0
        self._enter(TransferState.RUNNING)
        task = {
            "name": asset.name,
            "member": self.job.member,
            "download": download,
            "config": source.config,
            "target": str(self._part),
            "memory": tools.settings.memory,
        }
        try:
            taken = take(task, self._halt, self._told, tools.hosts)
        except NotSupportedError:
            self._came = self._size = None
            self._remarks.append("its host sends files only as a whole, so all of it was fetched")
            return []
        self._remarks.append(
            f"of an archive of {taken.size:,} bytes {taken.fetched:,} were fetched, "
            "and compared with their CRC-32"
        )
        return [self._part]

    def _told(self, done: int, total: int) -> None:
        self._came, self._size = done, total

    def _fetch(self) -> list[Path]:
        """Bring the file itself home, and those beside it, and return where they are."""
        asset = self.job.asset
        fetched = [self._fetch_one()]
        for one in asset.beside:
            self._begin_with(one)
            fetched.append(self._fetch_one())
        self._size = sum(outcome.size for outcome in fetched)
        return [Path(outcome.path) for outcome in fetched]

    def _fetch_one(self) -> Outcome:
        """Bring the file home that is made ready for."""
        run = self._run_before
        self._halt.on_halt(run, run.stop)
        try:
            run.start()
            self._fetched.wait()
            while not run.ended(1.0):
                log.info("%s is still ending", self.job.id)
        finally:
            self._halt.forget(run)
        if run.failure is not None:
            raise run.failure
        self._halt.check()
        outcome = self._original.outcome
        if outcome is None:
            # Paused or cancelled at the last moment.
            raise Stopped
        return outcome

    def _convert(self, originals: list[Path], wanted: Job) -> LibraryItem:
        """Make the h5ad and move it into the library."""
        library = self._tools.library
        self._tell(0)
        self._enter(TransferState.VERIFYING)
        make_private(library.parts)
        target = library.parts / f"{self.job.key}.h5ad"
        with together(self.job.asset, originals, library.parts) as original:
            report = convert(
                original,
                self.job.asset.name,
                target,
                self._halt,
                self._tell,
                self.job.member,
                self._tools.settings.memory,
            )

        return self._store(wanted, target, report.sha256, report.size)

    def _tell(self, part: float) -> None:
        self._doing = f"converting to h5ad, {part:.0%}"
