"""The routes of images that are looked at where they are."""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.engine.consent import LOOK_PARAMETERS
from jupyterlab_datahub.engine.images import THUMBNAIL_PARAMETERS
from jupyterlab_datahub.server import handlers_images
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route

_RAISES = (
    errors.NotFoundError,
    errors.WithdrawnError,
    errors.ConflictError,
    errors.ChangedError,
    errors.ConsentError,
    *CATALOG_ERRORS,
)

IMAGE_ROUTES: tuple[Route, ...] = (
    # A ref holds slashes, so these have to be tried before the route of facts.
    Route(
        "images/{ref}/tables",
        handlers_images.ImageTablesHandler,
        (
            Operation(
                "GET",
                "getImageTables",
                "Tables of cells around an image, of which one may have been measured in it",
                model.ImageTables,
                raises=(errors.NotFoundError, errors.WithdrawnError, *CATALOG_ERRORS),
            ),
        ),
    ),
    Route(
        "images/{ref}/thumbnail",
        handlers_images.ThumbnailHandler,
        (
            Operation(
                "GET",
                "getThumbnail",
                "A small picture of a channel of an image, of which only small parts are fetched",
                model.Thumbnail,
                query=THUMBNAIL_PARAMETERS,
                raises=_RAISES,
            ),
        ),
    ),
    Route(
        "images/{ref}",
        handlers_images.ImageHandler,
        (
            Operation(
                "GET",
                "getImage",
                "What an image says of itself: channels, pixels, levels of its pyramid",
                model.ImageFacts,
                query=LOOK_PARAMETERS,
                raises=_RAISES,
            ),
        ),
    ),
)
