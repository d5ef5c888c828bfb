"""What one host gets from us: connections, bytes a second, and silence when it asks for it.

All transfers of a worker share these limits, so that three downloads from one host are as
polite as one, and each gets its share: one that holds many connections gives some up when
another has none. A host that answers 429 or 503 is left alone for as long as it says, and gets
half as many connections afterwards; they come back one by one as bytes arrive.
"""

from __future__ import annotations

import email.utils
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyterlab_datahub.transfers.network.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.transfers.network.stopping import Halt

LONGEST_WAIT = 600.0
"""Seconds; a host that asks for more gets a visit anyway after this time."""


SAME_WAVE = 0.5
"""Seconds within which refusals count as one: parallel requests are refused together."""


class Turn:
    """A place in the queue; `who` waits there."""

    def __init__(self, who: object) -> None:
        self.who = who


class Host:
    """The limits of one host.

    Parameters
    ----------
    name
        Host and port, for messages.
    connections
        How many may be open at once.
    rate
        Bytes a second over all connections, 0 for no limit.
    """

    def __init__(self, name: str, connections: int, rate: int) -> None:
        self.name = name
        self._most = self._limit = max(1, connections)
        self._rate = rate
        self._open: Counter[object] = Counter()
        self._waiting: list[Turn] = []
        self._changed = threading.Condition()
        self._not_before = 0.0
        self._asked = 0.0
        self._refused = float("-inf")
        self._paid_until = 0.0

    @contextmanager
    def connection(self, halt: Halt, who: object) -> Iterator[None]:
        """Wait for a turn and hold it for a block.

        Parameters
        ----------
        halt
            Ends waiting.
        who
            The transfer; of those that wait the one with the fewest connections is next.

        Raises
        ------
        Stopped
            If the transfer is halted while it waits.
        """
        turn = Turn(who)
        with self._changed:
            self._waiting.append(turn)
            try:
                while not self._may_go(turn):
                    if halt.is_set():
                        raise Stopped
                    self._changed.wait(min(max(self.closed_for(), 0.05), 0.2))
            finally:
                self._waiting.remove(turn)
            self._open[who] += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._open[who] -= 1
                self._open += Counter()  # Forgets those that have none.
                self._changed.notify_all()

    def _may_go(self, turn: Turn) -> bool:
        if self._open.total() >= self._limit or self.closed_for() > 0:
            return False
        return turn is min(self._waiting, key=lambda other: self._open[other.who])

    def crowded(self, who: object) -> bool:
        """Return whether a transfer should give up a connection for one that has fewer."""
        if not self._waiting:
            return False
        with self._changed:
            least = min((self._open[turn.who] for turn in self._waiting), default=None)
            return least is not None and self._open[who] > least + 1

    def closed_for(self) -> float:
        """Return the seconds for which the host does not want to be asked."""
        return self._not_before - time.monotonic()

    def asked_to_wait(self, seconds: float | None) -> None:
        """Stay away for a time, if the host said for how long, and be more careful then."""
        with self._changed:
            at = time.monotonic()
            if at - self._refused > SAME_WAVE and self.closed_for() <= 0:
                self._limit = max(1, self._limit // 2)
            self._refused = at
            if seconds is not None:
                self._not_before = max(self._not_before, at + seconds)
                self._asked = seconds

    def words(self) -> str:
        """Return what a user may know about a wait, nothing while there is none."""
        return f"{self.name} asked to wait {self._asked:.0f} s" if self.closed_for() > 0 else ""

    def served(self) -> None:
        """Count a part that came through: one more connection after a time of care."""
        with self._changed:
            self._limit = min(self._most, self._limit + 1)
            self._changed.notify_all()

    def pay(self, count: int, halt: Halt) -> None:
        """Wait until `count` more bytes fit the rate.

        Raises
        ------
        Stopped
        """
        if self._rate:
            halt.sleep(self.owed(count))

    def owed(self, count: int) -> float:
        """Count bytes, and return for how many seconds they have to wait for those before them."""
        if not self._rate:
            return 0.0
        with self._changed:
            at = time.monotonic()
            start = max(self._paid_until, at)
            self._paid_until = start + count / self._rate
            return start - at


class Hosts:
    """The limits of all hosts a worker talks to.

    Attributes
    ----------
    limited : bool
        Whether they may not send as fast as they can.
    """

    def __init__(self, connections: int, rate: int) -> None:
        self.limited = rate > 0
        self._connections = connections
        self._rate = rate
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}

    def __getitem__(self, name: str) -> Host:
        with self._lock:
            if name not in self._hosts:
                self._hosts[name] = Host(name, self._connections, self._rate)
            return self._hosts[name]


def retry_after(text: str) -> float | None:
    """Return the seconds a Retry-After header asks for, None if it says nothing usable.

    Both forms of RFC 9110 §10.2.3 are read: seconds, and a date.
    """
    text = text.strip()
    if text.isdecimal():
        return min(float(text), LONGEST_WAIT)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    seconds = (when - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT)
