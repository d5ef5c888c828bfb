"""The picture of an image beside the places of cells that were found in it."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.engine import images
from jupyterlab_datahub.engine.places import as_seen_from, inside
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.sources import hdf5_texts
from jupyterlab_datahub.sources.contents import Picture
from jupyterlab_datahub.sources.files import write_atomically
from jupyterlab_datahub.transfers.disk.names import safe_name

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import CellRequest

DIAMETER = 10.0
"""Pixels that a cell is wide where nothing is known of its area."""


def picture_for(rooms: Rooms, request: CellRequest, file: Path, notebook: Path) -> Picture:
    """Return a small picture of an image, written down where the kernel finds it.

    Parameters
    ----------
    rooms
        What a server has.
    request
        Which image, which of its channels, and what a look at it may cost.
    file
        The h5ad that it goes with.
    notebook
        The directory from which the picture's path is written.

    Raises
    ------
    BadRequestError
        If the file has no places of cells, or the image is none.
    ConsentError
        If somebody pays for a look at the image and nobody agreed to.
    NotSupportedError, ChangedError, NotFoundError, AccessError, CatalogError
    """
    diameter = _diameter(file)
    # Each of the two may spend what it is given.
    each = None if request.max_usd is None else request.max_usd / 2
    facts = images.facts(rooms, request.image, each)
    seen = images.thumbnail(rooms, request.image, request.channel, max_usd=each)
    state = hashlib.sha256(seen.png).hexdigest()[:8]
    folder = inside(rooms.root, rooms.settings.link_directory)
    path = folder / safe_name(f"{facts.name}-{request.channel + 1}-{state}.png")
    if not path.exists():
        write_atomically(path, seen.png)
    moved = request.working_directory and Path(request.working_directory) != notebook
    return Picture(
        path=str(path) if moved else as_seen_from(path, notebook, rooms.root),
        library=_library(facts.name),
        scale=seen.width / facts.width,
        diameter=diameter,
        grey=seen.low is not None,
    )


def _library(name: str) -> str:
    return name.removesuffix(".tiff").removesuffix(".tif").removesuffix(".ome") or "image"


def _diameter(file: Path) -> float:
    """Return how wide a typical cell is in pixels, by the areas that were measured.

    Raises
    ------
    BadRequestError
        If the file has no places of cells.
    """
    import h5py
    import numpy as np

    try:
        with hdf5_texts.opened(file) as opened:
            places = opened.get("obsm/spatial")
            area = opened.get("obs/Area")
            if isinstance(places, h5py.Dataset):
                middle = (
                    float(np.nanmedian(area[()]))
                    if isinstance(area, h5py.Dataset) and area.size
                    else math.nan
                )
                return round(2 * math.sqrt(middle / math.pi), 1) if middle > 0 else DIAMETER
    except (OSError, TypeError) as error:
        raise BadRequestError(
            f"{file.name} cannot be opened to join a picture: {error}",
            hint="Load it without the image.",
        ) from error
    raise BadRequestError(
        f"{file.name} does not say where its cells are, so no picture goes with it",
        hint="Load it without the image.",
    )
