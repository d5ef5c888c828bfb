"""The routes of previews: facts of a file, and the arrays that its picture is drawn from."""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.engine.consent import LOOK_PARAMETERS
from jupyterlab_datahub.engine.previews import COLOURS_PARAMETERS, POINTS_PARAMETERS
from jupyterlab_datahub.previews.packing import MEDIA
from jupyterlab_datahub.server import handlers_previews
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route

FAILS = (
    errors.NotFoundError,
    errors.WithdrawnError,
    errors.ConflictError,
    errors.ConsentError,
    errors.UnreadableError,
    errors.TransferError,
    *CATALOG_ERRORS,
)

# A ref holds slashes, so the longer addresses have to be tried first.
PREVIEW_ROUTES: tuple[Route, ...] = (
    Route(
        "previews/{ref}/points",
        handlers_previews.PointsHandler,
        (
            Operation(
                "GET",
                "getPreviewPoints",
                "Where the cells of a file are in an embedding, as packed arrays",
                bytes,
                query=POINTS_PARAMETERS,
                raises=FAILS,
                media=(MEDIA,),
            ),
        ),
    ),
    Route(
        "previews/{ref}/colours",
        handlers_previews.ColoursHandler,
        (
            Operation(
                "GET",
                "getPreviewColours",
                "The cells of a file by a column of obs, as packed arrays",
                bytes,
                query=COLOURS_PARAMETERS,
                raises=FAILS,
                media=(MEDIA,),
            ),
        ),
    ),
    Route(
        "previews/{ref}",
        handlers_previews.PreviewHandler,
        (
            Operation(
                "GET",
                "getPreview",
                "What can be known of a file without downloading it",
                model.Preview,
                query=LOOK_PARAMETERS,
                raises=FAILS,
            ),
        ),
    ),
)
