"""The routes of connections."""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.server import bodies, handlers_connections
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route

CONNECTION_ROUTES: tuple[Route, ...] = (
    Route(
        "connections",
        handlers_connections.ConnectionsHandler,
        (
            Operation(
                "GET",
                "listConnections",
                "The stores that want to know who we are, and who we are there",
                bodies.ConnectionList,
            ),
        ),
    ),
    Route(
        "connections/{name}",
        handlers_connections.ConnectionHandler,
        (
            Operation(
                "PUT",
                "connect",
                "Connect to a store with a password or a token, and keep a token",
                model.Connection,
                also=201,
                body=model.ConnectionRequest,
                raises=(errors.NotFoundError, errors.ConflictError, *CATALOG_ERRORS),
            ),
            Operation(
                "PATCH",
                "changeConnection",
                "Ask a store whether it still lets us in, or disconnect from it",
                model.Connection,
                body=bodies.ConnectionAction,
                raises=(errors.NotFoundError, errors.ConflictError, *CATALOG_ERRORS),
            ),
            Operation(
                "DELETE",
                "removeConnection",
                "Disconnect from a store and take it off the list",
                bodies.ConnectionList,
                raises=(errors.NotFoundError, errors.ConflictError, *CATALOG_ERRORS),
            ),
        ),
    ),
)
