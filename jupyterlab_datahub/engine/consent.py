"""Whether somebody agreed to pay for what is asked for."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.engine.queries import last
from jupyterlab_datahub.errors import BadRequestError, ConsentError
from jupyterlab_datahub.model import Access, Spending
from jupyterlab_datahub.spending.ledger import Ledger
from jupyterlab_datahub.spending.purse import cost_of, sum_of
from jupyterlab_datahub.transfers.queue.jobs import h5ad_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Asset, Cost


LOOK_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "max_usd",
        "in": "query",
        "description": "What a look may cost at most where somebody pays for it, USD.",
        "schema": {"type": "number", "minimum": 0},
    },
)


def most_of(arguments: Callable[[str], Sequence[str]]) -> float | None:
    """Return what a query says that a look may cost, None where it says nothing.

    Raises
    ------
    BadRequestError
    """
    text = last(arguments("max_usd"), "")
    if text and not re.fullmatch(r"\d{1,6}(\.\d{1,9})?", text, re.ASCII):
        raise BadRequestError(
            f"max_usd is {text[:20]!r}, which is no amount in USD", hint="One is max_usd=0.05."
        )
    return float(text) if text else None


def limit_of(max_usd: float | None) -> float | None:
    """Return a limit that can be kept.

    Raises
    ------
    BadRequestError
    """
    if max_usd is not None and not (isfinite(max_usd) and max_usd >= 0):
        raise BadRequestError("a limit (max_usd) is a number of USD, 0 or more")
    return max_usd


def agree(
    rooms: Rooms, assets: Sequence[Asset], max_usd: float | None, name: str, source: str
) -> None:
    """Refuse to fetch what costs something and is not here, unless there is a limit for it.

    Raises
    ------
    ConsentError
        With what it costs at most.
    """
    missing = [asset for asset in assets if is_paid(asset) and not _is_here(rooms, asset)]
    if not missing:
        return
    cost = sum_of([cost_of(asset) for asset in missing])
    if max_usd is None or (max_usd == 0 and not _is_free(cost)):
        raise ConsentError.of(name, cost, source)


def is_paid(asset: Asset) -> bool:
    """Return whether an asset has a price, so that it comes for whoever agrees to pay it."""
    return asset.access is Access.REQUESTER_PAYS and asset.usd_per_gb is not None


def spending(rooms: Rooms) -> Spending:
    """Return what was paid on this machine, by month and bucket."""
    return Ledger(rooms.home).spending()


def _is_free(cost: Cost) -> bool:
    return cost.usd == 0


def _is_here(rooms: Rooms, asset: Asset) -> bool:
    """Whether nothing has to be fetched: the file is here, or what is made of it."""
    library = rooms.library
    return any(library.find_asset(ref) for ref in (asset.ref, h5ad_of(asset).ref))
