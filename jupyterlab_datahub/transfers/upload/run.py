"""One upload, from the moment a worker takes it until it lets it go.

The bytes are sent, the store is asked to make a dataset of them, and what it then has is
compared with what was sent; only then is it done. Before the store is asked a second time it is
asked whether the first time succeeded, so that nothing is ever registered twice.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from jupyterlab_datahub.errors import (
    ChangedError,
    DataHubError,
    ExpiredError,
    InterruptedTransferError,
    NotFoundError,
    RequestError,
    TransferError,
)
from jupyterlab_datahub.model import TransferState
from jupyterlab_datahub.sources.saving import pieces
from jupyterlab_datahub.transfers.fetch.speed import Speed
from jupyterlab_datahub.transfers.network.patience import Patience, of_a_catalog
from jupyterlab_datahub.transfers.network.stopping import Stopped
from jupyterlab_datahub.transfers.queue.claims import Outcome
from jupyterlab_datahub.transfers.underway import Underway
from jupyterlab_datahub.transfers.upload import abandoned, readback
from jupyterlab_datahub.transfers.upload import journal as upload_journal
from jupyterlab_datahub.transfers.upload.making import make
from jupyterlab_datahub.transfers.upload.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterlab_datahub.sources.saving import BackEnd, Bundle, BundleFile
    from jupyterlab_datahub.transfers.schema import Job
    from jupyterlab_datahub.transfers.tools import Tools

T = TypeVar("T")

ASK_ATTEMPTS = 3

JOURNAL_EVERY = 1.0
"""Seconds between two notes of what has arrived."""

log = logging.getLogger(__name__)


class Upload(Underway):
    """One upload under way, in a thread of its own.

    Parameters
    ----------
    job
        The transfer; its ``save`` is what is sent.
    tools
        What it shares with others.
    on_end
        Called when it is over.
    """

    refused = "cannot be saved"
    failed = "could not be saved"
    left = 0

    def __init__(self, job: Job, tools: Tools, on_end: Callable[[], object]) -> None:
        if job.save is None:
            raise TransferError("an upload has nothing to send", hint="Save the notebook again.")
        super().__init__(job, tools, on_end)
        self._bundle: Bundle = job.save
        self._folder = Path(job.save.folder)
        self._outgoing: Outgoing | None = None
        self._back_end: BackEnd | None = None
        self._journal = upload_journal.Journal()
        self._keeping = threading.Lock()
        self._noted = 0.0
        self._landed = False

    def beat(self) -> None:
        """Remember what has arrived, for the case that this process is killed."""
        try:
            self._note()
        except OSError as error:
            log.warning("%s could not be remembered: %s", self.job.id, error)

    def _done(self) -> int:
        return self._outgoing.done if self._outgoing else self.job.done

    def _words(self) -> str:
        remark = self._back_end.remark if self._back_end else ""
        return "; ".join(filter(None, (*self._remarks, remark)))

    def _let_go(self) -> None:
        """Remember what has arrived, or forget all of it where it is off the list."""
        try:
            if self._tools.claims.state(self.job) is None:
                if self._back_end is not None:
                    self._discard(self._back_end)
                # What could not be deleted now is deleted later.
                abandoned.leave(self._folder, self.job.source, self._bundle)
            elif self._folder.is_dir():
                self._note(now=True)
                self.kept = self._outgoing.done if self._outgoing else 0
        except (OSError, DataHubError) as error:
            log.warning("%s could not be remembered: %s", self.job.id, error)

    def _work(self) -> None:
        if not self._folder.is_dir():
            raise NotFoundError(
                f"the copy of {self.job.name} that was to be saved is gone",
                hint="Save the notebook again.",
            )
        self._journal = upload_journal.read(self._folder)
        self._bundle = self._completed()
        source = self._tools.registry[self.job.source]
        back_end = self._asked(lambda: source.back_end(self._bundle), ASK_ATTEMPTS)
        self._back_end = back_end
        try:
            self._signs.at(back_end.host)
            ref, checksums = self._known(back_end)
            if not ref:
                checksums = self._sent(back_end)
                ref = self._registered(back_end, checksums)
            self._verify(back_end, ref, checksums)
        except ExpiredError:
            # Whoever signs in again goes on with what has arrived.
            raise
        except (RequestError, ChangedError):
            # Another try would be refused as well, so nothing of this one is of use.
            self._discard(back_end)
            raise
        finally:
            back_end.close()

    def _discard(self, back_end: BackEnd) -> None:
        if self._journal.ref or (self._landed and not back_end.revocable):
            return
        try:
            back_end.discard()
        except DataHubError as error:
            log.warning("%s: what was sent stays at the store: %s", self.job.id, error)
            return
        self._outgoing = None
        self._keep(sent={}, room="", registering=False)
        self._landed = False

    def _asked(self, question: Callable[[], T], attempts: int = 0) -> T:
        """Return the answer of a store, after some tries."""
        tries = attempts or self._tools.settings.attempts
        return Patience(tries, self._halt, self._signs.say).persist(question, _may_pass)

    def _known(self, back_end: BackEnd) -> tuple[str, Mapping[str, str]]:
        """Return what an earlier try registered, with the checksums of what it sent."""
        if not self._journal.registering:
            return "", {}
        self._outgoing = outgoing = self._send_with(back_end)
        if not outgoing.complete:
            return "", {}
        checksums = outgoing.checksums()
        ref = self._journal.ref or self._asked(lambda: back_end.find(checksums))
        if ref:
            self._land()
            self._enter(TransferState.VERIFYING)
        return ref, checksums

    def _completed(self) -> Bundle:
        """Return the bundle with everything in its folder, the marker first."""
        bundle = self._bundle
        name = Path(bundle.notebook).name
        remark = make(self._folder, name, bundle, self._halt, self._signs)
        if remark:
            self._remarks.append(remark)
        files = {file.name: file for file in bundle.files}
        for path in sorted(self._folder.iterdir()):
            if not path.name.startswith("."):
                files.setdefault(path.name, readback.as_it_is(path.name, path))
        ordered = sorted(files.values(), key=lambda file: (file.name != bundle.marker, file.name))
        self._unchanged(ordered)
        return msgspec.structs.replace(bundle, files=tuple(ordered))

    def _unchanged(self, files: list[BundleFile]) -> None:
        """Make sure that files are what they were when they were chosen."""
        for file in files:
            try:
                now = readback.as_it_is(file.name, Path(file.path))
            except OSError as error:
                raise NotFoundError(
                    f"{file.name} is not there any more",
                    hint="Choose the files again, then save.",
                ) from error
            if now != file:
                raise ChangedError(
                    f"{file.name} changed after it was chosen", hint="Save the notebook again."
                )

    def _sent(self, back_end: BackEnd) -> Mapping[str, str]:
        """Send what has not arrived, and return the checksums of what was sent."""
        if self._journal.sent and not self._still_there(back_end):
            self._keep(sent={})
        self._keep(room=back_end.room)
        self._outgoing = outgoing = self._send_with(back_end)
        self._speed = Speed()
        self._enter(TransferState.RUNNING)
        outgoing.run()
        self._unchanged(list(self._bundle.files))
        self._note(now=True)
        self._enter(TransferState.VERIFYING)
        return outgoing.checksums()

    def _send_with(self, back_end: BackEnd) -> Outgoing:
        settings = self._tools.settings
        self._size = sum(file.size for file in self._bundle.files)
        return Outgoing(
            back_end,
            self._bundle.files,
            self._journal.sent,
            self._tools.hosts,
            settings.connections_per_transfer,
            settings.attempts,
            self._halt,
            self._signs,
        )

    def _still_there(self, back_end: BackEnd) -> bool:
        """Return whether the store still has what was sent, judged by the file sent first."""
        if self._journal.room != back_end.room:
            return False
        first = pieces(self._bundle.files[0])[0]
        checksum = self._journal.sent.get(first.file.name, {}).get(first.number)
        if checksum is None:
            return False
        return self._asked(lambda: back_end.arrived(first, f"{checksum:08x}"))

    def _registered(self, back_end: BackEnd, checksums: Mapping[str, str]) -> str:
        """Return the ref of the dataset, which is made unless it is there already."""

        def once() -> str:
            asked = self._journal.registering
            if asked and (found := back_end.find(checksums)):
                return found
            self._land()
            try:
                return back_end.register()
            except RequestError:
                # What a first try registered is no longer there to be registered by a second.
                if asked and (found := back_end.find(checksums)):
                    return found
                raise

        ref = self._asked(once)
        self._keep(ref=ref)
        return ref

    def _land(self) -> None:
        """Write down that the store is asked now, in one step with the last check."""
        if self._landed:
            return
        revocable = self._back_end is not None and self._back_end.revocable
        marked = partial(self._keep, registering=True, revocable=revocable)
        if self._tools.claims.land(self.job, marked) is None:
            self._halt.set()
            raise Stopped
        self._landed = True

    def _verify(self, back_end: BackEnd, ref: str, checksums: Mapping[str, str]) -> None:
        """Read back what the store has, compare it, and finish."""
        found = readback.compared(
            lambda: self._asked(lambda: back_end.stored(ref)),
            self._bundle.files,
            checksums,
            self._halt,
        )
        if found.remark:
            self._remarks.append(found.remark)
        outcome = Outcome(
            path=self._bundle.notebook,
            size=sum(file.size for file in self._bundle.files),
            note=self._words(),
            ref=ref,
            save=msgspec.structs.replace(self._bundle, files=(), saved=found.files),
        )
        self._tools.claims.finish(self.job, outcome)
        upload_journal.remove(self._folder)

    def _note(self, *, now: bool = False) -> None:
        """Keep what has arrived, now and then."""
        outgoing = self._outgoing
        if outgoing is None or not (now or time.monotonic() - self._noted > JOURNAL_EVERY):
            return
        self._noted = time.monotonic()
        self._keep(sent=outgoing.sent())

    def _keep(self, **changes: Any) -> None:
        # The worker notes progress from its own thread.
        with self._keeping:
            self._journal = msgspec.structs.replace(self._journal, **changes)
            upload_journal.write(self._folder, self._journal)


def _may_pass(error: DataHubError) -> bool:
    """Return whether a store may answer a little later."""
    return of_a_catalog(error) or isinstance(error, InterruptedTransferError)
