"""The threads that fetch one state of a file.

The first request asks for a part and thereby learns everything: the length, the validators,
and whether ranges are honoured. If they are, several threads fetch parts; if not, one stream
is read from the start. What breaks is asked for again, with a number of tries that is full
again whenever new bytes arrive.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import (
    BadAnswerError,
    BusyError,
    InterruptedTransferError,
    LengthError,
)
from jupyterlab_datahub.transfers.fetch import verify
from jupyterlab_datahub.transfers.fetch.crew import Crew
from jupyterlab_datahub.transfers.fetch.pace import Pace
from jupyterlab_datahub.transfers.fetch.parts import LARGEST, MIB, Part, Plan, part_length
from jupyterlab_datahub.transfers.network.answers import KEPT, Expired, NoRanges
from jupyterlab_datahub.transfers.network.patience import Patience, of_a_host
from jupyterlab_datahub.transfers.network.stopping import Halt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.spending.purse import Bill
    from jupyterlab_datahub.transfers.disk.partfile import Version
    from jupyterlab_datahub.transfers.fetch.task import Task
    from jupyterlab_datahub.transfers.network.answers import Answer

READ = 256 * 1024
"""Most bytes that a thread takes at once of what is there."""

FAST_READ = 1 * MIB
"""Bytes for which a thread waits where they come fast: each time threads wait for each other."""

PAID = 8 * MIB
"""Most bytes that are asked for at once where somebody pays: what is cut off is paid for too."""

SENDS_ALL = "the host sends all of a file where a part of it was paid for"
ASK_OWNER = "Nothing more is paid for; ask whoever runs the host, or fetch it elsewhere."
AGAIN = "Try again later; if it stays so, refresh the source, whose list may be older."
CUT = "the connection was cut"
NO_LENGTH = "neither catalog nor host said how long the file is"


class Round:
    """One attempt at a file, as long as its host has the same one.

    Parameters
    ----------
    task
        The file.
    ranges
        Whether parts are asked for; False once the host was seen to ignore that.
    """

    def __init__(self, task: Task, *, ranges: bool) -> None:
        self._task = task
        self._part = task.part
        # Of an empty file no part can be asked for: S3 refuses it without saying that it is empty.
        self._ranges = ranges and task.size != 0
        self._halt = Halt()
        self._crew = Crew(self._halt)
        self._plan: Plan | None = None
        self._follower: verify.Follower | None = None
        self._farthest = 0
        task.halt.on_halt(self, self._halt.set)

    def run(self) -> Version:
        """Fetch what is missing.

        Raises
        ------
        NoRanges, OtherVersion
            If it needs another round.
        DataHubError, OSError, Stopped
        """
        first = self._first_part()
        if first is None:
            self._task.on_start(self._part.version)
            self._follow()
            return self._part.version
        self._crew.spawn(partial(self._lead, first))
        self._crew.attend(self._part, self._task.settings.reserve)
        self._part.save()
        return self._part.version

    def checksums(self) -> dict[str, str]:
        """Wait for the checksums of the whole file.

        Raises
        ------
        Stopped, OSError
        """
        self._follow()
        if self._follower is None or self._part.version.size is None:
            return {}
        return self._follower.result(self._part.version.size)

    def end(self) -> None:
        """End all threads and wait for them."""
        self._halt.set()
        self._task.halt.forget(self)
        self._crew.join()
        if self._follower is not None:
            self._follower.join()

    def _first_part(self) -> Part | None:
        """Return what the first request asks for, None if nothing is missing."""
        size = self._part.version.size if self._part.done else self._task.size
        if size is None or not self._ranges:
            return Part(0, LARGEST)
        length = part_length(size, self._task.settings.connections_per_transfer)
        for start, end in self._part.spans.missing(size):
            return Part(start, min(end, start + length))
        return None

    def _lead(self, first: Part) -> None:
        """Fetch the first part, and then more like the other threads."""
        self._fetch(first)
        if self._plan is not None:
            self._plan.drop(first)
            self._work(self._plan)

    def _work(self, plan: Plan) -> None:
        """Fetch parts until none are left."""
        while (part := plan.take()) is not None:
            try:
                self._fetch(part)
            finally:
                plan.drop(part)

    def _fetch(self, part: Part) -> None:
        task = self._task
        patience = Patience(task.settings.attempts, self._halt, task.signs.say)
        while part.left > 0:
            patience.persist(lambda: self._ask(part, patience), of_a_host)

    def _ask(self, part: Part, patience: Patience) -> None:
        """Send one request for what is left of a part, and use what comes."""
        with self._task.purse.buying(self._portion(part), self._halt.check) as bill:
            self._ask_for(bill, part, patience)

    def _portion(self, part: Part) -> int:
        """Return how much of a part may be paid for with one request."""
        if not self._task.purse.pays:
            return part.left
        if not self._ranges:
            if self._task.size != 0:
                raise BadAnswerError(SENDS_ALL, hint=ASK_OWNER)
            return 0
        return min(part.left, PAID)

    def _ask_for(self, bill: Bill, part: Part, patience: Patience) -> None:
        task = self._task
        version = self._part.version if self._plan or self._part.done else None
        pays = task.purse.pays
        end = (part.at + bill.count if pays else part.end) if self._ranges else None
        paid = bill if pays else None
        try:
            with task.client.open(task.address, self._halt, part.at, end, version, paid) as answer:
                task.signs.at(answer.target.host)
                if pays and not answer.partial and (answer.version.size or 0) > bill.count:
                    raise BadAnswerError(SENDS_ALL, host=answer.target.host, hint=ASK_OWNER)
                if self._plan is None:
                    self._begin(answer, part)
                elif not answer.partial:
                    raise NoRanges
                if self._plan is None:
                    self._read_whole(answer, part, patience)
                else:
                    self._read_part(answer, part, patience, self._plan)
        except Expired as refusal:
            task.address.refused(refusal.target, refusal.status, self._halt)
        except BusyError as error:
            task.signs.at(error.host)
            raise

    def _begin(self, answer: Answer, part: Part) -> None:
        """Use what the first answer says of the file, and set the other threads to work."""
        task = self._task
        verify.check_length(answer.version.size, task.size, task.name, answer.target.host)
        if not self._part.done:
            size = task.size if answer.version.size is None else answer.version.size
            self._part.expect(msgspec.structs.replace(answer.version, size=size))
        size = self._part.version.size
        task.on_start(self._part.version)
        if not answer.partial:
            self._ranges = False
            return
        if size is None:
            raise BadAnswerError(
                "the host does not say how long the file is", host=answer.target.host, hint=AGAIN
            )
        part.end = min(part.end, size)
        threads = task.settings.connections_per_transfer
        splits = not task.purse.pays
        self._plan = Plan(size, self._part.spans, threads, part, splits=splits)
        self._follow()
        for _ in range(min(threads, self._plan.waiting + 1) - 1):
            self._crew.spawn(partial(self._work, self._plan))

    def _read_part(self, answer: Answer, part: Part, patience: Patience, plan: Plan) -> None:
        start = part.at
        host = self._task.hosts[answer.target.host]
        for data in self._pieces(answer, lambda: part.left):
            if self._part.write(data, part.at):
                patience.progress()
            plan.arrived(part, len(data))
            if host.crowded(self._task.client) and not self._task.purse.pays:
                return
        if part.at == start and part.left:
            raise InterruptedTransferError(CUT, host=answer.target.host, hint=KEPT)
        host.served()

    def _read_whole(self, answer: Answer, part: Part, patience: Patience) -> None:
        if self._part.version.known:
            self._follow()
        else:
            # Bytes of an earlier try may be of another file, and nothing would tell.
            self._part.restart(self._part.version)
        at = 0
        size = self._part.version.size
        for data in self._pieces(answer, lambda: FAST_READ):
            if size is not None and at + len(data) > size:
                raise LengthError(
                    f"the host sent more than {size:,} bytes", host=answer.target.host, hint=AGAIN
                )
            self._part.write(data, at)
            at += len(data)
            if at > self._farthest:
                self._farthest = at
                patience.progress()
        if size is not None and at < size:
            raise InterruptedTransferError(CUT, host=answer.target.host, hint=KEPT)
        if size is None and "Transfer-Encoding" not in answer.response.headers:
            self._task.remarks.append(NO_LENGTH)
        self._part.expect(msgspec.structs.replace(self._part.version, size=at))
        part.at = part.end

    def _pieces(self, answer: Answer, wanted: Callable[[], int]) -> Iterator[bytes]:
        """Yield the body as it comes, as slowly as the host's rate allows."""
        task = self._task
        host = task.hosts[answer.target.host]
        pace = Pace()
        while (left := wanted()) > 0:
            if pace.fast and not task.purse.pays:
                data = answer.response.read(min(FAST_READ, left), decode_content=False)
            else:
                data = answer.response.read1(min(READ, left), decode_content=False)
            self._halt.check()
            if not data:
                return
            task.signs.say("")
            task.address.served(answer.target)
            host.pay(len(data), self._halt)
            yield data
            pace.came(len(data))

    def _follow(self) -> None:
        if self._follower is None:
            algorithms = frozenset(self._task.checksums)
            etag = self._part.version.etag
            self._follower = verify.Follower(self._part, algorithms, etag, self._halt)
