"""The table of routes: what this server answers, where, and with what.

The handlers are made from it, and so is the OpenAPI document (:mod:`.openapi`). Rooms with
many routes have tables of their own (``routes_<room>.py``), which are put together here.
"""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.engine import groups
from jupyterlab_datahub.engine.queries import SEARCH_PARAMETERS
from jupyterlab_datahub.server import bodies, handlers
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route
from jupyterlab_datahub.server.routes_connections import CONNECTION_ROUTES
from jupyterlab_datahub.server.routes_images import IMAGE_ROUTES
from jupyterlab_datahub.server.routes_loading import LOADING_ROUTES
from jupyterlab_datahub.server.routes_members import MEMBER_ROUTES
from jupyterlab_datahub.server.routes_notebooks import NOTEBOOK_ROUTES
from jupyterlab_datahub.server.routes_previews import PREVIEW_ROUTES
from jupyterlab_datahub.server.routes_saves import SAVE_ROUTES
from jupyterlab_datahub.server.routes_selections import SELECTION_ROUTES
from jupyterlab_datahub.server.routes_stores import STORE_ROUTES

ROUTES: tuple[Route, ...] = (
    *STORE_ROUTES,
    *SELECTION_ROUTES,
    *PREVIEW_ROUTES,
    *LOADING_ROUTES,
    *MEMBER_ROUTES,
    Route(
        "sources",
        handlers.SourcesHandler,
        (
            Operation(
                "GET",
                "listSources",
                "The configured sources and the state of their catalogs",
                bodies.SourceList,
            ),
        ),
    ),
    Route(
        "sources/{name}/refresh",
        handlers.RefreshHandler,
        (
            Operation(
                "POST",
                "refreshSource",
                "Fetch the catalog of a source again, in the background",
                model.SourceStatus,
                status=202,
                raises=(errors.NotFoundError,),
            ),
        ),
    ),
    Route(
        "search",
        handlers.SearchHandler,
        (
            Operation(
                "GET",
                "search",
                "Find datasets in all catalogs",
                model.SearchResult,
                query=SEARCH_PARAMETERS,
            ),
        ),
    ),
    Route(
        "datasets/{ref}",
        handlers.DatasetHandler,
        (
            Operation(
                "GET",
                "getDataset",
                "A dataset with its versions",
                model.DatasetPage,
                raises=(errors.NotFoundError, errors.WithdrawnError, *CATALOG_ERRORS),
            ),
        ),
    ),
    Route(
        "pictures/{ref}",
        handlers.PictureHandler,
        (
            Operation(
                "GET",
                "getPicture",
                "The thumbnail of a story, fetched from a host that its source allows",
                bytes,
                raises=(
                    errors.NotFoundError,
                    errors.NotSupportedError,
                    errors.WithdrawnError,
                    *CATALOG_ERRORS,
                ),
                media=("image/png", "image/jpeg", "image/webp", "image/gif"),
            ),
        ),
    ),
    Route(
        "transfers",
        handlers.TransfersHandler,
        (
            Operation("GET", "listTransfers", "All transfers, newest first", bodies.TransferList),
            Operation(
                "POST",
                "startTransfer",
                "Bring a file, or many as a group, into the library and link it into a folder",
                model.Transfer,
                status=201,
                also=200,
                body=model.TransferRequest,
                raises=(
                    errors.ConsentError,
                    errors.NotFoundError,
                    errors.ConflictError,
                    errors.WithdrawnError,
                    *CATALOG_ERRORS,
                ),
            ),
        ),
    ),
    Route(
        "transfers/{id}/members",
        handlers.MembersHandler,
        (
            Operation(
                "GET",
                "listMembers",
                "Some files of a transfer of a group",
                model.GroupPage,
                query=groups.MEMBERS_PARAMETERS,
                raises=(errors.NotFoundError,),
            ),
        ),
    ),
    Route(
        "transfers/{id}",
        handlers.TransferHandler,
        (
            Operation(
                "GET",
                "getTransfer",
                "One transfer",
                model.Transfer,
                raises=(errors.NotFoundError,),
            ),
            Operation(
                "PATCH",
                "changeTransfer",
                "Pause, resume, cancel or retry a transfer",
                model.Transfer,
                body=bodies.TransferAction,
                raises=(errors.ConsentError, errors.NotFoundError, errors.ConflictError),
            ),
            Operation(
                "DELETE",
                "removeTransfer",
                "Take a transfer off the list, cancelling it first",
                model.Transfer,
                raises=(errors.NotFoundError, errors.ConflictError),
            ),
        ),
    ),
    Route(
        "library",
        handlers.LibraryHandler,
        (
            Operation(
                "GET", "listLibrary", "The verified files on this machine", model.LibraryListing
            ),
        ),
    ),
    Route(
        "library/{sha256}",
        handlers.LibraryItemHandler,
        (
            Operation(
                "DELETE",
                "removeFromLibrary",
                "Delete a file of the library with its links",
                model.LibraryListing,
                raises=(errors.NotFoundError, errors.ConflictError),
            ),
        ),
    ),
    Route(
        "cells",
        handlers.CellsHandler,
        (
            Operation(
                "POST",
                "makeCell",
                "A code cell that puts a dataset in the kernel",
                model.CellReply,
                body=model.CellRequest,
                raises=(
                    errors.NotFoundError,
                    errors.ConflictError,
                    errors.WithdrawnError,
                    *CATALOG_ERRORS,
                ),
            ),
        ),
    ),
    *IMAGE_ROUTES,
    *CONNECTION_ROUTES,
    *NOTEBOOK_ROUTES,
    *SAVE_ROUTES,
)
