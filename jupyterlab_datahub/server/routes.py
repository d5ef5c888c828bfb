"""The table of routes: what this server answers, where, and with what.

The handlers are made from it, and so is the OpenAPI document (:mod:`.openapi`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.engine.queries import SEARCH_PARAMETERS
from jupyterlab_datahub.server import bodies, handlers

if TYPE_CHECKING:
    from jupyterlab_datahub.server.base import DataHubHandler

NAMESPACE = "datahub"

CATALOG_ERRORS = (errors.CatalogError, errors.BusyError, errors.SlowError)


class Operation(NamedTuple):
    """One HTTP method of a route.

    ``raises`` lists what it fails with beside what each may (400, 403, 500); ``also`` is a
    second status of success.
    """

    method: str
    id: str
    summary: str
    returns: type
    status: int = 200
    also: int | None = None
    body: type | None = None
    query: tuple[dict[str, Any], ...] = ()
    raises: tuple[type[errors.DataHubError], ...] = ()


class Route(NamedTuple):
    """An address below ``<base_url>/datahub/`` with its handler."""

    path: str
    handler: type[DataHubHandler]
    operations: tuple[Operation, ...]


class PathParameter(NamedTuple):
    """A variable part of an address: what it matches and what it means."""

    pattern: str
    description: str
    example: str


PATH_PARAMETERS = {
    # Refs hold slashes; they come percent-encoded or as they are.
    "ref": PathParameter(
        r".+",
        "Identifier of a dataset or of one of its files, percent-encoded.",
        "cellxgene:5f0e8a5e-0000-4000-8000-000000000000",
    ),
    "name": PathParameter(r"[^/]+", "Name of a configured source.", "cellxgene"),
    "id": PathParameter(r"[^/]+", "Identifier of a transfer.", "0b8e1f6c"),
    "sha256": PathParameter(r"[^/]+", "SHA-256 of a file of the library, in hex.", "9f86d081"),
}


def pattern_of(path: str) -> str:
    """Return the regular expression of a route's address."""
    return re.sub(r"{(\w+)}", lambda match: f"({PATH_PARAMETERS[match[1]].pattern})", path)


ROUTES: tuple[Route, ...] = (
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
        "transfers",
        handlers.TransfersHandler,
        (
            Operation("GET", "listTransfers", "All transfers, newest first", bodies.TransferList),
            Operation(
                "POST",
                "startTransfer",
                "Bring a file into the library and link it into a folder",
                model.Transfer,
                status=201,
                also=200,
                body=bodies.TransferRequest,
                raises=(errors.NotFoundError, errors.WithdrawnError, *CATALOG_ERRORS),
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
                raises=(errors.NotFoundError, errors.ConflictError),
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
)
