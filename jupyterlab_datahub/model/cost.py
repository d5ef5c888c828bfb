"""What fetching costs whoever fetches."""

from __future__ import annotations

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
