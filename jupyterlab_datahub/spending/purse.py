"""Paying for bytes: nothing is bought without a limit, past it, or without being written down.

Whoever reads from an address that somebody pays for does it like this, be it for a whole file or
for the few ranges of a thumbnail::

    purse = open_purse(home, asset.ref, source.resolve(asset), max_usd)
    for start, count in ranges:
        with purse.buying(count) as bill:
            ...  # a request with purse.headers, for at most bill.count bytes from start
            bill.answered(response.status, length)  # as soon as the status is known

:func:`open_purse` refuses with :class:`~jupyterlab_datahub.errors.ConsentError` where somebody pays
and nobody agreed to it; where nobody pays, its purse costs nothing and counts nothing.
"""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from jupyterlab_datahub.errors import ConsentError, LimitError
from jupyterlab_datahub.model import Cost
from jupyterlab_datahub.spending.ledger import GIGABYTE, Ledger, Purchase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from jupyterlab_datahub.model import Asset, Download

LOOK_EVERY = 0.2
"""Seconds between two looks at whether somebody who waits for money was stopped."""

_ROUNDING = 1e-3
"""Part of a byte that sums of prices may be wrong by."""


class Limit(Protocol):
    """How much may still be spent; each step holds at once, for everybody who spends from it."""

    def take(self, count: int, usd_per_gb: float) -> int:
        """Take the price of as many of `count` bytes as there is money for; return how many."""

    def give_back(self, count: int, usd_per_gb: float) -> None:
        """Give the price of bytes back that were not sent."""


class Allowance:
    """A limit that is kept in memory alone.

    Parameters
    ----------
    usd
        What may be spent.
    """

    def __init__(self, usd: float) -> None:
        self._usd = usd
        self._lock = threading.Lock()

    def take(self, count: int, usd_per_gb: float) -> int:
        """Take the price of as many of `count` bytes as there is money for; return how many."""
        with self._lock:
            taken = affordable(self._usd, count, usd_per_gb)
            self._usd -= taken * usd_per_gb / GIGABYTE
            return taken

    def give_back(self, count: int, usd_per_gb: float) -> None:
        """Give the price of bytes back that were not sent."""
        with self._lock:
            self._usd += count * usd_per_gb / GIGABYTE


class Wallet:
    """A limit shared by threads that wait for each other's change before they give up.

    Parameters
    ----------
    limit
        How much may be spent.
    ledger
        Where it is written down.
    """

    def __init__(self, limit: Limit, ledger: Ledger) -> None:
        self._limit = limit
        self._ledger = ledger
        self._changed = threading.Condition()
        self._open = 0

    def buy(self, purchase: Purchase, count: int, check: Callable[[], None]) -> int:
        """Pay for as many of `count` bytes as the limit allows, and return how many.

        Waits while others may still give something back. Every call is followed by :meth:`close`.

        Raises
        ------
        LimitError
            If there is money for nothing.
        TransferError
            If it cannot be written down.
        Exception
            What `check` raises, which is called while waiting.
        """
        with self._changed:
            while True:
                check()
                taken = self._limit.take(count, purchase.usd_per_gb)
                if taken or not count:
                    break
                if not self._open:
                    raise LimitError(
                        "the limit of what it may cost is reached",
                        hint="Set a higher one to go on.",
                    )
                self._changed.wait(LOOK_EVERY)
            self._open += 1
        try:
            self._ledger.add(purchase, taken)
        except BaseException:
            self.give_back(purchase, taken, written=False)
            self.close()
            raise
        return taken

    def give_back(self, purchase: Purchase, count: int, *, written: bool = True) -> None:
        """Take back what was not sent; a negative number is what was sent beyond."""
        if count == 0:
            return
        self._limit.give_back(count, purchase.usd_per_gb)
        if written:
            self._ledger.add(purchase, -count)

    def close(self) -> None:
        """Let those go on who wait for the end of a purchase."""
        with self._changed:
            self._open -= 1
            self._changed.notify_all()


class Bill:
    """One request; until its answer is there, all it may send counts as paid.

    Attributes
    ----------
    count : int
        Bytes that may be asked for.
    """

    def __init__(self, count: int, settle: Callable[[int], None]) -> None:
        self.count = count
        self._settle = settle

    def answered(self, status: int, length: int | None) -> None:
        """Count what an answer sends: all of it, as what is on its way is charged too.

        Parameters
        ----------
        status
            Its HTTP status; a refusal costs nothing.
        length
            Bytes of its body, None where it does not say.
        """
        if status in (200, 206):
            self._settle(self.count if length is None else length)
        elif status >= 400:
            self._settle(0)

    def unsent(self) -> None:
        """Count nothing, as the request did not reach anybody."""
        self._settle(0)


class Purse:
    """What pays for the requests for one file.

    Parameters
    ----------
    headers
        With which the bytes are asked for.
    purchase
        What they cost whom.
    wallet
        Pays; None where nobody has to.
    """

    def __init__(
        self, headers: dict[str, str], purchase: Purchase, wallet: Wallet | None = None
    ) -> None:
        self.headers = headers
        self._purchase = purchase
        self._wallet = wallet

    @property
    def pays(self) -> bool:
        """Whether anything has to be paid."""
        return self._wallet is not None

    @contextmanager
    def buying(self, count: int, check: Callable[[], None] = lambda: None) -> Iterator[Bill]:
        """Pay for a request that may send up to `count` bytes, and hold its bill for a block.

        Parameters
        ----------
        count
            Bytes that are wanted; :attr:`Bill.count` says how many there is money for.
        check
            Called while waiting for others who pay from the same limit; may raise.

        Raises
        ------
        LimitError
            If there is money for nothing. Then nothing may be asked for.
        TransferError
            If the ledger cannot be written.
        """
        wallet, purchase = self._wallet, self._purchase.today()
        if wallet is None:
            yield Bill(count, lambda _: None)
            return
        paid = wallet.buy(purchase, count, check)

        def settle(sent: int) -> None:
            nonlocal paid
            wallet.give_back(purchase, paid - sent)
            paid = sent

        try:
            yield Bill(paid, settle)
        finally:
            wallet.close()


FREE = Purse({}, Purchase(host="", bucket="", ref="", usd_per_gb=0.0))
"""What pays where nobody has to."""


def affordable(usd: float, count: int, usd_per_gb: float) -> int:
    """Return how many of `count` bytes an amount pays for."""
    if usd_per_gb <= 0:
        return count
    return max(0, min(count, math.floor(usd * GIGABYTE / usd_per_gb + _ROUNDING)))


def cost_of(priced: Download | Asset) -> Cost:
    """Return what fetching all of an object costs at most."""
    size, each = priced.size, priced.usd_per_gb or 0.0
    return Cost(
        usd=None if size is None else size * each / GIGABYTE,
        bytes=size,
        usd_per_gb=each,
        price_date=priced.price_date,
    )


def sum_of(costs: Sequence[Cost]) -> Cost:
    """Return what several things cost together; nobody knows it if one of them is unknown."""
    sizes = [one.bytes for one in costs if one.bytes is not None]
    sums = [one.usd for one in costs if one.usd is not None]
    prices = {one.usd_per_gb for one in costs}
    return Cost(
        usd=sum(sums) if len(sums) == len(costs) else None,
        bytes=sum(sizes) if len(sizes) == len(costs) else None,
        usd_per_gb=prices.pop() if len(prices) == 1 else None,
        price_date=min((one.price_date for one in costs), default=""),
        files=sum(one.files for one in costs),
        paid_usd=sum(one.paid_usd for one in costs),
    )


def open_purse(
    home: Path,
    ref: str,
    download: Download,
    max_usd: float | None,
    *,
    name: str = "",
    source: str = "",
) -> Purse:
    """Return what pays for reading an object, or some ranges of it, by its address.

    Check consent and count what is read of an image with this.

    Parameters
    ----------
    home
        The home directory, which has the ledger.
    ref
        The object.
    download
        Its address, as its Source resolves it.
    max_usd
        What the user agreed to pay at most; None where nobody was asked.
    name, source
        For the error: how people know the object, and the name of its Source.

    Raises
    ------
    ConsentError
        If somebody pays for it and nobody agreed to.
    """
    purchase = Purchase.of(ref, download)
    if not download.paying:
        return Purse(download.headers, purchase)
    if max_usd is None:
        raise ConsentError.of(name or ref, cost_of(download), source)
    return Purse(download.paying, purchase, Wallet(Allowance(max_usd), Ledger(home)))
