"""From a ref to the cell that loads it: find the file, link it, write the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.engine import in_place
from jupyterlab_datahub.engine.datasets import asset_of, dataset
from jupyterlab_datahub.engine.joined import picture_for
from jupyterlab_datahub.engine.loading import Kernel, too_large
from jupyterlab_datahub.engine.made import made_of
from jupyterlab_datahub.engine.places import found_by, inside, named
from jupyterlab_datahub.errors import ConflictError
from jupyterlab_datahub.model import FOLDER, LoadWay
from jupyterlab_datahub.notebooks.content import is_converted
from jupyterlab_datahub.notebooks.handoff import hand_off, language_named
from jupyterlab_datahub.selection.command import command_of
from jupyterlab_datahub.sources.bundles import split_ref
from jupyterlab_datahub.sources.contents import TABLES, form_of
from jupyterlab_datahub.transfers.disk.names import safe_name
from jupyterlab_datahub.transfers.queue.jobs import selected_of

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import (
        Asset,
        CellReply,
        CellRequest,
        Dataset,
        LibraryItem,
        Selection,
    )
    from jupyterlab_datahub.sources.addresses import TokenAddress


def cell(rooms: Rooms, request: CellRequest) -> CellReply:
    """Render the cell that puts a dataset in a notebook's kernel.

    Raises
    ------
    BadRequestError, NotFoundError, WithdrawnError, CatalogError
    ConflictError
        If the file is not on this machine yet.
    ConsentError
        If somebody pays for the image whose picture goes with it, and nobody agreed to.
    """
    reply = _cell(rooms, request)
    _, member = split_ref(request.ref)
    if not member or reply.input is None:
        return reply
    said = f"member {member}, {reply.input.selection}".removesuffix(", ")
    return msgspec.structs.replace(
        reply, input=msgspec.structs.replace(reply.input, selection=said)
    )


def _cell(rooms: Rooms, request: CellRequest) -> CellReply:
    language_named(request.language)
    if request.in_place:
        return in_place.cell(rooms, request)
    notebook = inside(rooms.root, request.directory)
    found = dataset(rooms, request.ref)
    asset = asset_of(found, request.ref)
    if request.selection is not None:
        asset = _selected(rooms, asset, request.selection)
    item = rooms.library.find_asset(asset.ref)
    token = None
    if request.path_visible is False:
        token = _with_token(rooms, found, asset)
        path = f"{rooms.settings.link_directory}/{safe_name(asset.name)}"
        file = Path(item.path) if item else None
    else:
        file = _converted(rooms, asset) or _local_file(rooms, found, asset, item)
        path = found_by(rooms, request, file)
    picture = None
    if request.image:
        if request.path_visible is False or file is None:
            raise ConflictError(
                "This kernel cannot see the server's files, so no picture goes with the cells",
                hint="Load it without the image, or use a kernel on the server's machine.",
            )
        picture = picture_for(rooms, request, file, notebook)
    if request.selection is not None:
        # The comment of the cell says what makes it again.
        command = command_of(request.ref, request.selection)
        named = msgspec.structs.replace(asset, ref=command)
        reply = hand_off(request, found, named, item, path, file)
        if reply.input is None:
            return reply
        told = msgspec.structs.replace(
            reply.input, ref=request.ref, selection=command, chosen=request.selection
        )
        return msgspec.structs.replace(reply, input=told)
    reply = hand_off(request, found, asset, item, path, file, token, picture)
    if picture is not None and reply.input is not None:
        words = f"with a picture of {request.image}"
        told = msgspec.structs.replace(reply.input, selection=words)
        reply = msgspec.structs.replace(reply, input=told)
    if request.free is None or request.way is not LoadWay.WHOLE:
        return reply
    kernel = Kernel(request.language, request.free)
    note = " ".join(filter(None, (reply.note, too_large(rooms, request.ref, kernel))))
    return msgspec.structs.replace(reply, note=note)


def _selected(rooms: Rooms, asset: Asset, selection: Selection) -> Asset:
    """Return what a selection of a file became."""
    wanted = selected_of(asset, selection)
    if rooms.library.find_asset(wanted.ref) is None:
        raise ConflictError(
            f"the selection of {asset.name} is not on this machine yet",
            hint="Fetch it, then load it.",
        )
    return wanted


def _with_token(rooms: Rooms, found: Dataset, asset: Asset) -> TokenAddress | None:
    """Return where the user gets a file that has no address for everybody."""
    if asset.url or asset.format == FOLDER:
        return None
    return rooms.registry.for_ref(asset.ref, found.source).with_token(asset)


def _converted(rooms: Rooms, asset: Asset) -> Path | None:
    """Return the h5ad that was made of a file, None for what is read as it is."""
    if not is_converted(asset):
        return None
    made = made_of(rooms, asset)
    if made is None:
        if form_of(asset.name, asset.format) in TABLES:
            # Slower and with more memory, but it can be read.
            return None
        raise ConflictError(
            f"{asset.name} is not on this machine as h5ad yet",
            hint="Load it, which downloads and converts it once.",
        )
    return named(rooms, made)


def _local_file(rooms: Rooms, found: Dataset, asset: Asset, item: LibraryItem | None) -> Path:
    """Return the file under a name that people recognise, inside the root where possible."""
    if item is not None:
        return named(rooms, item)
    _, member = split_ref(asset.ref)
    if member:
        raise ConflictError(
            f"{member} is not on this machine as h5ad yet",
            hint="Load it, which downloads its file and converts the member once.",
        )
    if not asset.url:
        download = rooms.registry.for_ref(asset.ref, found.source).resolve(asset)
        if download.path:
            return Path(download.path)
    raise ConflictError(
        f"{asset.name} is not on this machine yet", hint="Download it, then load it."
    )
