"""A cell that computes with a file of cells where it is, without a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.engine.datasets import asset_of, dataset
from jupyterlab_datahub.engine.previews import folder_of, place_of
from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import CellReply, ProvenanceInput
from jupyterlab_datahub.notebooks.handoff import now, provenance
from jupyterlab_datahub.notebooks.languages import Origin
from jupyterlab_datahub.notebooks.python import where_it_is

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Asset, CellRequest, Dataset, LibraryItem
    from jupyterlab_datahub.notebooks.languages import Language

WHERE_IT_IS = "opened where it is"
"""What a notebook says of how much of a file it has."""


def on_a_cluster(rooms: Rooms, request: CellRequest, language: Language) -> CellReply:
    """Return the cell whose workers read a file where it is; its identifier is all they need.

    Raises
    ------
    BadRequestError
        If it is no file that can be opened so.
    ConflictError
        If whoever reads it pays for it.
    NotFoundError, WithdrawnError, AccessError, CatalogError
    """
    place = place_of(rooms, request.ref)
    folder = folder_of(request.ref)
    file = place.download
    found: Dataset | None = None
    if folder and place.stored is not None:
        file = rooms.registry[place.config.name].below(folder, "zarr.json")
    elif place.stored is not None or not place.name.lower().endswith((".h5ad", ".zarr")):
        raise BadRequestError(
            f"{place.name} cannot be opened where it is: only .h5ad files and .zarr stores can",
            hint="Download it, and open it from the library.",
        )
    else:
        found = dataset(rooms, request.ref)
    if file.paying:
        raise ConflictError(
            f"Whoever reads {place.name} pays, and what workers read has no limit",
            hint="Download it with a limit in USD, and open it from the library.",
        )
    title = found.title if found else place.name.partition(".")[0]
    chosen = language.variable(title, request.variable, request.names)
    licence = found.licence if found else ""
    origin = Origin(title=found.title if found else place.name, ref=request.ref, licence=licence)
    asset = asset_of(found, request.ref) if found else None
    return CellReply(
        code=where_it_is(origin, chosen.name, request.ref, request.cluster),
        language=language.name,
        variable=chosen.name,
        note=chosen.note,
        input=written_down(chosen.name, request.ref, place.name, found, asset),
    )


def written_down(
    variable: str,
    ref: str,
    name: str,
    found: Dataset | None,
    asset: Asset | None,
    item: LibraryItem | None = None,
) -> ProvenanceInput:
    """Return what a notebook writes down of a file that is opened where it is.

    Parameters
    ----------
    variable
        The name that is filled.
    ref, name
        What the file is called, which is all that is known of a folder.
    found, asset
        The dataset and which of its files it is, None of a folder.
    item
        The file in the library, if that is where it is opened.
    """
    if found is None or asset is None:
        told = ProvenanceInput(ref=ref, variable=variable, title=name, retrieved=now())
    else:
        told = provenance(variable, found, asset, item, "")
    if item is not None:
        return told
    return msgspec.structs.replace(told, selection=WHERE_IT_IS, in_place=True)
