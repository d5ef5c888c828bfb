"""A cell that opens an image, or the cells of a file, where they are, without a download."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.engine.computed import on_a_cluster, written_down
from jupyterlab_datahub.engine.images import found_of
from jupyterlab_datahub.engine.places import found_by, named
from jupyterlab_datahub.errors import AccessError, BadRequestError, ConflictError, NotFoundError
from jupyterlab_datahub.model import CellReply, LoadWay
from jupyterlab_datahub.notebooks import in_place
from jupyterlab_datahub.notebooks.comments import comment
from jupyterlab_datahub.notebooks.handoff import language_named
from jupyterlab_datahub.notebooks.languages import Origin
from jupyterlab_datahub.ranged.host import client_of

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.images import Found
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.images.images import Image
    from jupyterlab_datahub.model import CellRequest, Download, ProvenanceInput


def cell(rooms: Rooms, request: CellRequest) -> CellReply:
    """Render the cell that opens an image where it is, or on a Dask cluster a file of cells.

    Raises
    ------
    BadRequestError
        If the language is not Python, or the image cannot be opened so.
    ConflictError
        If its address is of no use to a kernel: it needs credentials or is paid for.
    NotFoundError, WithdrawnError, AccessError, CatalogError
    """
    language = language_named(request.language)
    if language.name != "python":
        raise BadRequestError(
            f"There is no cell in {language.title} that opens a file where it is",
            hint="Use a Python kernel, or download the file.",
        )
    if request.way is LoadWay.DASK:
        return on_a_cluster(rooms, request, language)
    found = found_of(rooms, request.ref)
    image, way = found.image, request.layer or "dask"
    chosen = language.variable(image.name.partition(".")[0], request.variable, request.names)
    address = _address(rooms, request, found)
    licence = found.dataset.licence if found.dataset else ""
    first = comment(Origin(title=image.name, ref=image.ref, licence=licence), "#")
    place = in_place.place_of(address)
    told = written_down(chosen.name, image.ref, image.name, found.dataset, found.asset, found.item)
    return CellReply(
        code=in_place.cell(first, way, place, chosen.name, image.name, request.level),
        language=language.name,
        variable=chosen.name,
        note=chosen.note,
        path=address,
        input=_of_level(told, request.level),
    )


def _of_level(told: ProvenanceInput, level: int | None) -> ProvenanceInput:
    if level is None:
        return told
    said = f"level {level}, {told.selection}".removesuffix(", ")
    return msgspec.structs.replace(told, selection=said)


def _address(rooms: Rooms, request: CellRequest, found: Found) -> str:
    image, download = found.image, found.image.download
    if download is None:
        # A folder of its Source: where it is follows from where anything below it is.
        inner = rooms.registry[image.source].below(image.ref, "zarr.json")
        return _of(rooms, inner, image, inner.url.removesuffix("/zarr.json"))
    if found.item is not None or download.path:
        file = named(rooms, found.item) if found.item else Path(download.path)
        return found_by(rooms, request, file)
    return _of(rooms, download, image, download.url)


def _of(rooms: Rooms, download: Download, image: Image, url: str) -> str:
    if download.paying:
        raise ConflictError(
            f"Whoever reads {image.name} pays, and what a kernel reads has no limit",
            hint="Download it with a limit in USD, and open it from the library.",
        )
    if not _is_public(rooms, image, download):
        raise ConflictError(
            f"{image.name} is given to those alone who sign in, and a cell keeps no credentials",
            hint="Download it, and open it from the library.",
        )
    return url


def _is_public(rooms: Rooms, image: Image, download: Download) -> bool:
    """Whether anybody may read a file, which its host is asked where we would sign in."""
    config = rooms.registry.config(image.source)
    if not download.headers and download.expires is None:
        return True
    if config is None or "?" in download.url:
        # An address that expires is of no use to a cell that is run again.
        return False
    try:
        client_of(config).get(download.url, headers={"Accept": "*/*", "Range": "bytes=0-0"})
    except (AccessError, NotFoundError):
        return False
    return True
