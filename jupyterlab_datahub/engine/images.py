"""Looking at an image where it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.engine.consent import LOOK_PARAMETERS
from jupyterlab_datahub.engine.datasets import asset_of, dataset, elsewhere
from jupyterlab_datahub.engine.previews import folder_of
from jupyterlab_datahub.engine.queries import last
from jupyterlab_datahub.engine.transfers import refuse_what_cannot_come
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.images.images import SIZE, SIZES, Image, stamp_of
from jupyterlab_datahub.model import Access, Download

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Asset, Dataset, ImageFacts, LibraryItem, Thumbnail

THUMBNAIL_PARAMETERS: tuple[dict[str, Any], ...] = (
    *LOOK_PARAMETERS,
    {
        "name": "channel",
        "in": "query",
        "description": "Number of the channel, from 0.",
        "schema": {"type": "integer", "minimum": 0, "default": 0},
    },
    {
        "name": "size",
        "in": "query",
        "description": "Pixels of its longer side at most.",
        "schema": {
            "type": "integer",
            "minimum": SIZES[0],
            "maximum": SIZES[1],
            "default": SIZE,
        },
    },
)


def facts(rooms: Rooms, ref: str, max_usd: float | None = None) -> ImageFacts:
    """Return what an image says of itself.

    Parameters
    ----------
    rooms, ref
        The image.
    max_usd
        What a look may cost where somebody pays for it; None where nobody was asked.

    Raises
    ------
    ConsentError
        If somebody pays for it and nobody agreed to.
    BadRequestError
        If it is no image that we can read, or a damaged one.
    NotSupportedError
        If its host sends files as a whole only, or a look would fetch too much.
    ChangedError
        If it was replaced while it was looked at.
    NotFoundError, WithdrawnError, ConflictError, AccessError, CatalogError
    """
    return rooms.images.facts(image_of(rooms, ref), max_usd)


def thumbnail(
    rooms: Rooms, ref: str, channel: int = 0, size: int = SIZE, max_usd: float | None = None
) -> Thumbnail:
    """Return a picture of a channel; see :func:`facts` for what is raised."""
    return rooms.images.thumbnail(image_of(rooms, ref), channel, size, max_usd)


def thumbnail_query(arguments: Callable[[str], list[str]]) -> tuple[int, int]:
    """Return channel and size as a query asks for them.

    Raises
    ------
    BadRequestError
    """
    channel = _number(arguments, "channel", 0, (0, 1_000_000))
    return channel, _number(arguments, "size", SIZE, SIZES)


def _number(
    arguments: Callable[[str], list[str]], name: str, default: int, bounds: tuple[int, int]
) -> int:
    text = last(arguments(name), str(default))
    least, most = bounds
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        raise BadRequestError(
            f"{name} is {text[:20]!r}, which is no number from {least} to {most:,}"
        )
    return int(text)


class Found(NamedTuple):
    """An image, and what it is a file of; neither dataset nor asset of a folder in a bucket."""

    image: Image
    dataset: Dataset | None = None
    asset: Asset | None = None
    item: LibraryItem | None = None


def image_of(rooms: Rooms, ref: str) -> Image:
    """Return where an image is, with an address that is fresh."""
    return found_of(rooms, ref).image


def found_of(rooms: Rooms, ref: str) -> Found:
    """Return where an image is, with an address that is fresh, and what it is a file of."""
    if (folder := folder_of(ref)) and not (source := rooms.registry.for_ref(ref)).local:
        name = folder.rpartition("/")[2]
        return Found(Image(source=source.name, ref=folder, name=name))
    found = dataset(rooms, ref)
    asset = asset_of(found, ref)
    if elsewhere(rooms, asset):
        return found_of(rooms, asset.elsewhere)
    if asset.access is not Access.REQUESTER_PAYS:
        refuse_what_cannot_come(found, asset)
    item = rooms.library.find_asset(asset.ref)
    if item is not None and Path(item.path).exists():
        download = Download(path=item.path, size=item.size)
    else:
        item = None
        download = rooms.registry.for_ref(asset.ref, found.source).resolve(asset)
    image = Image(
        source=found.source,
        ref=asset.ref,
        name=asset.name,
        download=download,
        stamp=stamp_of(download),
    )
    return Found(image, found, asset, item)
