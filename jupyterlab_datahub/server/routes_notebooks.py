"""The routes of new notebooks and of provenance."""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.server import handlers_notebooks
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route

NOTEBOOK_ROUTES: tuple[Route, ...] = (
    Route(
        "notebooks",
        handlers_notebooks.NotebooksHandler,
        (
            Operation(
                "POST",
                "createNotebook",
                "A new notebook about datasets, or a copy of one that was saved",
                model.NotebookReply,
                status=201,
                body=model.NotebookRequest,
                raises=(
                    errors.NotFoundError,
                    errors.ConflictError,
                    errors.WithdrawnError,
                    *CATALOG_ERRORS,
                ),
            ),
        ),
    ),
    Route(
        "provenance",
        handlers_notebooks.ProvenanceHandler,
        (
            Operation(
                "POST",
                "checkProvenance",
                "How the datasets stand that a notebook says it used",
                model.ProvenanceReport,
                body=model.ProvenanceRequest,
            ),
        ),
    ),
)
