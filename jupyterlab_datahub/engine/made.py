"""The h5ad files in the library that were made of files in other formats.

Whoever looks into such a file, or chooses cells of it, is given what was made of it: that can be
read in parts, and is here already.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import ConflictError
from jupyterlab_datahub.notebooks.content import ZARR, is_converted
from jupyterlab_datahub.transfers.library.library import written_since
from jupyterlab_datahub.transfers.queue.jobs import h5ad_of, h5ad_ref

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Asset, Dataset, LibraryItem


class UnconvertedError(ConflictError):
    """A file of which cells and genes can be chosen once it is converted."""


def made_of(rooms: Rooms, asset: Asset) -> LibraryItem | None:
    """Return the h5ad that was made of a file, None where there is none or it is read as it is."""
    return rooms.library.find_asset(h5ad_of(asset).ref) if is_converted(asset) else None


def up_to_date(rooms: Rooms, found: Dataset, asset: Asset) -> LibraryItem | None:
    """Return the h5ad that was made of a file as it is now, and that is seen in its place.

    A store of Zarr is seen itself. A file on this machine may have been written to since; what a
    catalog has under an identifier stays as it is.
    """
    made = None if asset.format == ZARR else made_of(rooms, asset)
    if made is None or not (source := rooms.registry.for_ref(asset.ref, found.source)).local:
        return made
    try:
        return None if written_since(made, Path(source.resolve(asset).path)) else made
    except OSError:
        return None


def seen_as(rooms: Rooms, ref: str) -> str:
    """Return under which identifier is kept what is seen of a file: its own, or of its h5ad."""
    made = h5ad_ref(ref)
    return made if rooms.library.find_asset(made) else ref


def refuse_unconverted(found: Dataset, asset: Asset) -> None:
    """Refuse to choose cells of a file of which no h5ad was made yet, where one can be.

    Raises
    ------
    UnconvertedError
    """
    if is_converted(asset) and asset.format != ZARR:
        raise UnconvertedError(
            f"{asset.name} is not on this machine as h5ad yet, of which selections are made",
            source=found.source,
            hint="Convert it once, then choose cells and genes.",
        )
