"""Patience with wrong tokens: so many from one address, then none for a while."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from math import ceil
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import DataHubError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ADDRESSES = 10_000


class TooManyError(DataHubError):
    """Too many wrong tokens came from one address."""


class BadTokens:
    """Counts the wrong tokens of each address.

    Parameters
    ----------
    limit
        How many an address may send within `seconds`.
    seconds
        How long each of them counts.
    clock
        Gives the time in seconds.
    """

    def __init__(
        self, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Return the whole seconds for which an address is not listened to, 0 if it is."""
        times = self._times.get(address)
        if not times:
            return 0
        now = self._clock()
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) < self._limit:
            return 0
        return max(1, ceil(times[0] + self._seconds - now))

    def add(self, address: str) -> None:
        """Note a wrong token."""
        times = self._times.setdefault(address, deque(maxlen=self._limit))
        times.append(self._clock())
        self._times.move_to_end(address)
        # Whoever has many addresses must not fill the memory.
        while len(self._times) > MAX_ADDRESSES:
            self._times.popitem(last=False)
