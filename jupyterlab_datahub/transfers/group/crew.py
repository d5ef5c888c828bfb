"""Fetching the files of a group, several at a time."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    CatalogError,
    ConsentError,
    DataHubError,
    ExpiredError,
    LimitError,
    NoSpaceError,
)
from jupyterlab_datahub.model import Access
from jupyterlab_datahub.transfers.group.claims import MemberClaims
from jupyterlab_datahub.transfers.group.lying import checksum, is_right
from jupyterlab_datahub.transfers.run import Run
from jupyterlab_datahub.transfers.schema import Job
from jupyterlab_datahub.transfers.tools import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.model import Asset, Cost
    from jupyterlab_datahub.transfers.network.ranges import Client
    from jupyterlab_datahub.transfers.network.stopping import Halt
    from jupyterlab_datahub.transfers.queue.members import Member, Roll
    from jupyterlab_datahub.transfers.tools import Tools

AT_ONCE = 8
READ_AHEAD = 200
"""Files whose rows are read at once."""

HOPELESS = 10
"""Files in a row that a catalog or host does not give before the rest is not asked for."""

log = logging.getLogger(__name__)


class Crew:
    """The runs of the files of a group.

    Parameters
    ----------
    group
        The transfer of the group.
    tools
        What all transfers share.
    roll
        The files.
    halt
        Thrown when the group is to end.
    there
        Bytes of the files that are done already.

    Attributes
    ----------
    unpaid : list of Cost
        What the files cost that nobody agreed to pay for.
    """

    def __init__(self, group: Job, tools: Tools, roll: Roll, halt: Halt, there: int) -> None:
        self._group = group
        self._tools = tools
        self._roll = roll
        self._halt = halt
        self._there = there
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._runs: dict[int, tuple[Run, MemberClaims]] = {}
        self._unreachable = 0
        self._shared = replace(tools, promised=self._promised)
        self._clients: dict[tuple[str, bool], Client] = {}
        self._wallet = tools.claims.wallet(group)
        self.unpaid: list[Cost] = []

    @property
    def done(self) -> int:
        """Bytes that are there."""
        with self._lock:
            running = [run.progress().done for run, _ in self._runs.values()]
        return self._there + sum(running)

    @property
    def words(self) -> str:
        """What some file waits for."""
        with self._lock:
            notes = [run.progress().note for run, _ in self._runs.values()]
        return next(filter(None, notes), "")

    def beat(self) -> None:
        """Show that the parts have a living writer."""
        with self._lock:
            runs = list(self._runs.values())
        for run, _ in runs:
            run.beat()

    def work(self) -> None:
        """Fetch all files that are still wanted.

        Raises
        ------
        DataHubError
            What would keep all other files back too.
        Stopped
        """
        self._halt.on_halt(self, self._ended.set)
        try:
            after = -1
            while members := self._roll.pending(after, READ_AHEAD):
                self._announce(members)
                for member in members:
                    self._halt.check()
                    self._make_room()
                    self._begin(member)
                after = members[-1].position
            while self._runs:
                self._make_room(all_of_them=True)
        finally:
            self._halt.forget(self)
            self._stop()
        self._halt.check()

    def _announce(self, members: Iterable[Member]) -> None:
        """Tell the Sources what they are asked for next, as some can be asked for many at once."""
        named = sorted((member for member in members if member.source), key=_source_of)
        for source, some in groupby(named, _source_of):
            with suppress(DataHubError):
                # What is wrong with a Source is said of each file.
                self._tools.registry[source].ahead([member.asset for member in some])

    def _make_room(self, *, all_of_them: bool = False) -> None:
        """Wait until fewer files are under way than may be."""
        most = 0 if all_of_them else AT_ONCE - 1
        while len(self._runs) > most:
            self._ended.wait()
            self._ended.clear()
            self._halt.check()
            for position in [at for at, (run, _) in self._runs.items() if run.ended()]:
                with self._lock:
                    run, claims = self._runs.pop(position)
                self._take(position, run, claims)

    def _begin(self, member: Member) -> None:
        if not _can_come(member.asset):
            self._failed(member.position, _refused(member))
            return
        job = self._job(member)
        if self._lies_there(member.position, job):
            return
        claims = MemberClaims(
            self._tools.claims,
            self._group,
            self._roll,
            member.position,
            self._halt,
            self._wallet,
        )
        run = Run(job, self._shared, self._ended.set, claims, self._client_of(job))
        with self._lock:
            self._runs[member.position] = (run, claims)
        run.start()

    def _job(self, member: Member) -> Job:
        return Job(
            id=f"{self._group.id}-{member.position}",
            key=member.key,
            name=PurePosixPath(member.asset.path).name,
            source=member.source,
            asset=member.asset,
            origin=member.origin,
            directories=self._group.directories,
        )

    def _client_of(self, job: Job) -> Client:
        """Return what all files of a kind share, so that connections are used again."""
        kind = (job.source, job.name.endswith(PAGES))
        if kind not in self._clients:
            self._clients[kind] = self._tools.client(job)
        return self._clients[kind]

    def _promised(self, job: Job) -> int:
        """Return the bytes that others will write: other transfers, and other files of this."""
        with self._lock:
            ours = [run.left for run, _ in self._runs.values() if run.job.id != job.id]
        return self._tools.promised(self._group) + sum(ours)

    def _lies_there(self, position: int, job: Job) -> bool:
        """Tick a file off that the user has already, where that is wanted."""
        grouping = self._group.grouping
        if grouping is None or not grouping.skip_completed:
            return False
        path = Path(self._group.directories[0], self._group.name, job.asset.path)
        if path.is_symlink() or not path.is_file() or not is_right(path, self._told(job)):
            return False
        size = path.stat().st_size
        self._roll.done(position, path=str(path), size=size, sha256=checksum(path, "sha256"))
        self._there += size
        return True

    def _told(self, job: Job) -> Asset:
        """Return a file with its checksums, which many manifests leave out but Sources know."""
        asset = job.asset
        if asset.checksums:
            return asset
        try:
            source = self._tools.registry.for_ref(asset.ref, job.source)
            found = source.resolve(asset)
        except DataHubError:
            # What is wrong with it is said when it is fetched.
            return asset
        size = found.size if asset.size is None else asset.size
        return msgspec.structs.replace(asset, size=size, checksums=found.checksums)

    def _take(self, position: int, run: Run, claims: MemberClaims) -> None:
        """Note what became of a file."""
        if run.failure is not None:
            self._failed(position, run.failure)
            return
        self._unreachable = 0
        self._there += claims.size

    def _failed(self, position: int, error: DataHubError) -> None:
        if isinstance(error, ExpiredError | NoSpaceError | LimitError):
            raise error
        if isinstance(error, ConsentError) and error.cost:
            self.unpaid.append(error.cost)
        self._unreachable = self._unreachable + 1 if isinstance(error, CatalogError) else 0
        self._roll.failed(position, error.body())
        if self._unreachable >= HOPELESS:
            raise error

    def _stop(self) -> None:
        with self._lock:
            runs, self._runs = self._runs, {}
        for run, _ in runs.values():
            run.stop()
        for run, _ in runs.values():
            while not run.ended(0.5):
                log.info("%s is still ending", run.job.id)
        for client in self._clients.values():
            client.close()


def _can_come(asset: Asset) -> bool:
    """Return whether somebody may fetch a file; whether it is paid for is seen when it is."""
    priced = asset.access is Access.REQUESTER_PAYS and asset.usd_per_gb is not None
    return asset.access is Access.OPEN or priced


def _refused(member: Member) -> AccessError:
    return AccessError(
        f"{member.asset.name} cannot be downloaded",
        source=member.source,
        hint=member.asset.access_note,
    )


def _source_of(member: Member) -> str:
    return member.source
