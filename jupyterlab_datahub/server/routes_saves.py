"""The routes of saving notebooks to stores."""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.server import bodies, handlers_saves
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route

SAVE_ROUTES: tuple[Route, ...] = (
    Route(
        "saves",
        handlers_saves.SavesHandler,
        (
            Operation(
                "POST",
                "saveNotebook",
                "Put a notebook, as it is on the disk, with its results into a store",
                model.Transfer,
                status=202,
                body=model.SaveRequest,
                raises=(errors.NotFoundError, *CATALOG_ERRORS),
            ),
        ),
    ),
    Route(
        "saves/{name}/form",
        handlers_saves.SaveFormHandler,
        (
            Operation(
                "GET",
                "getSaveForm",
                "What a store wants to know of a notebook that is saved to it",
                model.SaveForm,
                raises=(errors.NotFoundError, *CATALOG_ERRORS),
            ),
        ),
    ),
    Route(
        "saves/{name}/owners",
        handlers_saves.OwnersHandler,
        (
            Operation(
                "GET",
                "listOwners",
                "What a saved notebook can belong to, for a text typed so far",
                bodies.OwnerList,
                query=(
                    {
                        "name": "text",
                        "description": "A part of an identifier, code or name.",
                        "schema": {"type": "string", "maxLength": 200},
                        "example": "/LAB/SC",
                    },
                    {
                        "name": "kind",
                        "description": "The only kind that will do, as in a property.",
                        "schema": {"type": "string", "enum": ["", "collection", "object"]},
                    },
                    {
                        "name": "type",
                        "description": "The code of the only type that will do.",
                        "schema": {"type": "string", "maxLength": 200},
                        "example": "DONOR",
                    },
                ),
                raises=(errors.NotFoundError, *CATALOG_ERRORS),
            ),
        ),
    ),
)
