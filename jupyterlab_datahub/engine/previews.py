"""Looking into files that are not here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.engine.consent import LOOK_PARAMETERS, limit_of
from jupyterlab_datahub.engine.datasets import asset_of, dataset, elsewhere
from jupyterlab_datahub.engine.made import refuse_unconverted, seen_as, up_to_date
from jupyterlab_datahub.engine.queries import last
from jupyterlab_datahub.engine.transfers import refuse_what_cannot_come
from jupyterlab_datahub.errors import BadRequestError, NotSupportedError
from jupyterlab_datahub.model import Asset, Download
from jupyterlab_datahub.previews.job import Stored
from jupyterlab_datahub.previews.previews import Place
from jupyterlab_datahub.sources.bundles import split_ref

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import DatasetPage, Preview

ZARR = "zarr"
FORMATS = frozenset({"h5ad", "h5mu", "loom", "h5", "hdf5", ZARR})
"""Formats of files that are looked into; what is in them is seen then."""

_FOLDER = re.compile(
    r"(?P<folder>.+\.zarr)/?|(?P<parent>.+)/(zarr\.json|\.zmetadata|\.zattrs|\.zgroup)"
)
"""A folder of Zarr, or one of the files that say what is in it."""

MOST_NAME = 500

POINTS_PARAMETERS: tuple[dict[str, Any], ...] = (
    *LOOK_PARAMETERS,
    {
        "name": "embedding",
        "description": "The name of an embedding, as in obsm; by default that of the preview.",
        "schema": {"type": "string", "maxLength": MOST_NAME},
        "example": "X_umap",
    },
)

COLOURS_PARAMETERS: tuple[dict[str, Any], ...] = (
    *LOOK_PARAMETERS,
    {
        "name": "by",
        "description": "The name of a column of obs.",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": MOST_NAME},
        "example": "cell_type",
    },
)


def embedding_of(get: Callable[[str], Sequence[str]]) -> str:
    """Return the embedding that a query asks for, empty for the default one.

    Raises
    ------
    BadRequestError
    """
    return short(last(get("embedding"), ""))


def column_of(get: Callable[[str], Sequence[str]]) -> str:
    """Return the column that a query asks for.

    Raises
    ------
    BadRequestError
        If it names none.
    """
    name = short(last(get("by"), ""))
    if not name:
        raise BadRequestError("by names no column of obs", hint="One looks like by=cell_type.")
    return name


def facts(rooms: Rooms, ref: str, max_usd: float | None = None) -> Preview:
    """Return what can be known of a file without having it.

    Parameters
    ----------
    rooms, ref
        The file.
    max_usd
        What a look may cost where somebody pays for it; None where nobody was asked.

    Raises
    ------
    NotSupportedError
        If nothing is known of its format, or its host sends no parts of it.
    UnreadableError
        If it is not what its name says.
    AccessError
        If this user cannot have it.
    ConsentError
        If somebody pays for it and nobody agreed to.
    LimitError
        If it would cost more than somebody agreed to.
    BadRequestError, NotFoundError, ConflictError, CatalogError, TransferError
    """
    limit = limit_of(max_usd)
    return rooms.previews.facts(seen_as(rooms, ref), lambda: place_of(rooms, ref), limit)


def expect(rooms: Rooms, page: DatasetPage) -> None:
    """Have a process ready where a file of a dataset can be looked into that is not here."""
    if any(
        asset.format in FORMATS and asset.ref not in page.in_library
        for asset in page.dataset.assets
    ):
        rooms.previews.expect()


def points(rooms: Rooms, ref: str, embedding: str, max_usd: float | None = None) -> bytes:
    """Return where the cells are in an embedding; the rest is as with :func:`facts`."""
    seen = seen_as(rooms, ref)
    return rooms.previews.points(seen, embedding, lambda: place_of(rooms, ref), max_usd)


def colours(rooms: Rooms, ref: str, column: str, max_usd: float | None = None) -> bytes:
    """Return the colours of the cells by a column; the rest is as with :func:`facts`."""
    seen = seen_as(rooms, ref)
    return rooms.previews.colours(seen, column, lambda: place_of(rooms, ref), max_usd)


def place_of(rooms: Rooms, ref: str, *, to_choose: bool = False) -> Place:
    """Return where a file is, on this machine where the library has it; see :func:`facts`.

    Of a file in another format it is the h5ad that was made of it, where there is one; `to_choose`
    refuses it where there is none.
    """
    if (folder := folder_of(ref)) and not (source := rooms.registry.for_ref(ref)).local:
        name = folder.rpartition("/")[2]
        asset = Asset(ref=folder, name=name, format=ZARR)
        return Place(name, Download(), source.config, Stored(settings=rooms.settings, asset=asset))
    found = dataset(rooms, ref)
    asset = asset_of(found, ref)
    if made := up_to_date(rooms, found, asset):
        config = rooms.registry.for_ref(asset.ref, found.source).config
        return Place(made.name, Download(path=made.path), config)
    if to_choose:
        refuse_unconverted(found, asset)
    file, member = split_ref(ref)
    if member and rooms.library.find_asset(asset.ref) is None:
        raise NotSupportedError(
            f"there is no preview of {member} while it is in {file.rpartition('/')[2]}",
            source=found.source,
            hint="Load it first.",
        )
    if asset.format not in FORMATS:
        raise NotSupportedError(
            f"there is no preview of {asset.format or 'such'} files",
            source=found.source,
            hint=f"There is one of {', '.join(sorted(FORMATS))}.",
        )
    if elsewhere(rooms, asset):
        return place_of(rooms, asset.elsewhere, to_choose=to_choose)
    source = rooms.registry.for_ref(asset.ref, found.source)
    item = rooms.library.find_asset(asset.ref)
    if item is not None:
        return Place(asset.name, Download(path=item.path), source.config)
    refuse_what_cannot_come(found, asset)
    download = source.resolve(asset)
    stored = None
    if not download.url and not download.path:
        stored = Stored(settings=rooms.settings, asset=asset)
    return Place(asset.name, download, source.config, stored)


def folder_of(ref: str) -> str:
    """Return the folder of Zarr that a ref names, empty where it names none."""
    match = _FOLDER.fullmatch(ref)
    return (match["folder"] or match["parent"]) if match else ""


def as_folder(rooms: Rooms, ref: str) -> str:
    """Return the ref of a store as the folder that its Source knows, any other as it is."""
    folder = folder_of(ref)
    return f"{folder}/" if folder and not rooms.registry.for_ref(ref).local else ref


def short(name: str) -> str:
    """Return a name that is not too long.

    Raises
    ------
    BadRequestError
    """
    if len(name) > MOST_NAME:
        raise BadRequestError(f"a name has at most {MOST_NAME} characters")
    return name
