"""The routes of selections: what a choice of cells and genes is, and what can be chosen."""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.engine.previews import POINTS_PARAMETERS
from jupyterlab_datahub.engine.selections import GENES_PARAMETERS, VALUES_PARAMETERS
from jupyterlab_datahub.previews.packing import MEDIA
from jupyterlab_datahub.server import handlers_selections
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route

FAILS = (
    errors.WhereError,
    errors.SelectionError,
    errors.NotFoundError,
    errors.WithdrawnError,
    errors.ConflictError,
    errors.UnreadableError,
    errors.TransferError,
    *CATALOG_ERRORS,
)

# A ref holds slashes, so the longer addresses have to be tried first.
SELECTION_ROUTES: tuple[Route, ...] = (
    Route(
        "previews/{ref}/selection/points",
        handlers_selections.SelectionPointsHandler,
        (
            Operation(
                "POST",
                "selectPoints",
                "Which points of a picture a selection chooses, as a packed array",
                bytes,
                body=model.Selection,
                query=POINTS_PARAMETERS,
                raises=FAILS,
                media=(MEDIA,),
            ),
        ),
    ),
    Route(
        "previews/{ref}/selection",
        handlers_selections.SelectionHandler,
        (
            Operation(
                "POST",
                "estimateSelection",
                "How many cells and genes a selection has, and what it costs",
                model.SelectionEstimate,
                body=model.Selection,
                raises=FAILS,
            ),
        ),
    ),
    Route(
        "previews/{ref}/values",
        handlers_selections.ValuesHandler,
        (
            Operation(
                "GET",
                "listColumnValues",
                "Values of a column of obs with their counts",
                model.ColumnValues,
                query=VALUES_PARAMETERS,
                raises=FAILS,
            ),
        ),
    ),
    Route(
        "previews/{ref}/genes",
        handlers_selections.GenesHandler,
        (
            Operation(
                "GET",
                "findGenes",
                "Genes of a file by a part of their name or symbol",
                model.GeneNames,
                query=GENES_PARAMETERS,
                raises=FAILS,
            ),
        ),
    ),
)
