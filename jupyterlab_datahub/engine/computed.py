"""A cell that computes with a file of cells where it is, without a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.engine.previews import folder_of, place_of
from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import CellReply, ProvenanceInput
from jupyterlab_datahub.notebooks.handoff import now
from jupyterlab_datahub.notebooks.languages import Origin
from jupyterlab_datahub.notebooks.python import where_it_is

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import CellRequest
    from jupyterlab_datahub.notebooks.languages import Language


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
    if folder and place.stored is not None:
        file = rooms.registry[place.config.name].below(folder, "zarr.json")
    elif place.stored is not None or not place.name.lower().endswith((".h5ad", ".zarr")):
        raise BadRequestError(
            f"{place.name} cannot be opened where it is: only .h5ad files and .zarr stores can",
            hint="Download it, and open it from the library.",
        )
    if file.paying:
        raise ConflictError(
            f"Whoever reads {place.name} pays, and what workers read has no limit",
            hint="Download it with a limit in USD, and open it from the library.",
        )
    chosen = language.variable(place.name.partition(".")[0], request.variable, request.names)
    origin = Origin(title=place.name, ref=request.ref, licence="")
    return CellReply(
        code=where_it_is(origin, chosen.name, request.ref, request.cluster),
        language=language.name,
        variable=chosen.name,
        note=chosen.note,
        input=ProvenanceInput(
            ref=request.ref,
            variable=chosen.name,
            title=place.name,
            retrieved=now(),
            selection="opened where it is, on a Dask cluster",
        ),
    )
