"""What fetching costs whoever fetches."""

from __future__ import annotations

from math import ceil

from jupyterlab_datahub.model.base import Struct


class Spent(Struct):
    """What was paid in a month to whom.

    ``month`` is ``2026-06``, in UTC; ``usd`` is ``bytes`` at the price that was known then.
    """

    month: str
    host: str
    bucket: str
    bytes: int
    usd: float


class Spending(Struct):
    """All that was paid on this machine, newest month first."""

    months: tuple[Spent, ...] = ()
    bytes: int = 0
    usd: float = 0.0


def in_usd(amount: float) -> str:
    """Return an amount as people read it, rounded up, with more digits where it is small."""
    digits = 2 if amount >= 0.1 else 4 if amount >= 0.001 else 6
    scale = 10**digits
    # Less than a part in a million is what sums of prices are wrong by.
    text = f"{ceil(amount * scale - 1e-6) / scale:,.{digits}f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0'):0<2} USD"
