"""What a look costs where whoever fetches pays, which is told before anything is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import ConsentError
from jupyterlab_datahub.spending.purse import cost_of

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Cost, Download


def price_of(download: Download, most: int) -> Cost:
    """Return what a look costs at most, whatever the file holds.

    Parameters
    ----------
    download
        The file.
    most
        Bytes that a look may fetch.
    """
    size = most if download.size is None else min(most, download.size)
    return cost_of(msgspec.structs.replace(download, size=size))


def agree(download: Download, most: int, max_usd: float | None, name: str, source: str) -> None:
    """Go on if a look costs nothing, or somebody said how much it may cost.

    Parameters
    ----------
    download, most
        See :func:`price_of`.
    max_usd
        What it may cost, USD; None where nobody was asked.
    name, source
        How people know the file, and the name of its Source.

    Raises
    ------
    ConsentError
        With what it costs at most.
    """
    if download.paying and max_usd is None:
        raise ConsentError.of(f"A look at {name}", price_of(download, most), source)
