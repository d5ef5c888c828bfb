"""A cell that opens an image where it is, without a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.engine.images import image_of
from jupyterlab_datahub.errors import AccessError, BadRequestError, ConflictError, NotFoundError
from jupyterlab_datahub.model import CellReply, ProvenanceInput
from jupyterlab_datahub.notebooks import in_place
from jupyterlab_datahub.notebooks.comments import comment
from jupyterlab_datahub.notebooks.handoff import language_named
from jupyterlab_datahub.notebooks.languages import Origin
from jupyterlab_datahub.ranged.host import client_of

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.images.images import Image
    from jupyterlab_datahub.model import CellRequest, Download


def cell(rooms: Rooms, request: CellRequest) -> CellReply:
    """Render the cell that opens an image where it is.

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
            f"There is no cell in {language.title} that opens an image where it is",
            hint="Use a Python kernel, or download the image.",
        )
    image = image_of(rooms, request.ref)
    chosen = language.variable(image.name.partition(".")[0], request.variable, request.names)
    place = _place(rooms, image)
    lines = in_place.cell(request.layer or "dask", place, chosen.name, image.name)
    origin = Origin(title=image.name, ref=image.ref, licence="")
    return CellReply(
        code=f"{comment(origin, '#')}\n{lines}",
        language=language.name,
        variable=chosen.name,
        note=chosen.note,
        path=place.address,
        input=ProvenanceInput(ref=image.ref, variable=chosen.name, title=image.name),
    )


def _place(rooms: Rooms, image: Image) -> in_place.Place:
    download = image.download
    if download is None:
        # A folder of its Source: where it is follows from where anything below it is.
        file = rooms.registry[image.source].below(image.ref, "zarr.json")
        return _of(rooms, file, image, file.url.removesuffix("/zarr.json"))
    return _of(rooms, download, image, download.url)


def _of(rooms: Rooms, download: Download, image: Image, url: str) -> in_place.Place:
    if download.path:
        return in_place.Place(address=download.path)
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
    return in_place.Place(address=url)


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
