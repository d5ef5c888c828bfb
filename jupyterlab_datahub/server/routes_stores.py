"""The routes of stores: trees, searches of their own, archives."""

from __future__ import annotations

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.engine.queries import SOURCE_PARAMETERS
from jupyterlab_datahub.engine.stores import GRAPH_PARAMETERS, TREE_PARAMETERS
from jupyterlab_datahub.server import handlers_stores
from jupyterlab_datahub.server.route import CATALOG_ERRORS, Operation, Route

STORE_ROUTES: tuple[Route, ...] = (
    Route(
        "tree/{name}",
        handlers_stores.TreeHandler,
        (
            Operation(
                "GET",
                "listTree",
                "Some children of a node of a source's tree",
                model.NodePage,
                query=TREE_PARAMETERS,
                raises=(errors.NotFoundError, *CATALOG_ERRORS),
            ),
        ),
    ),
    Route(
        "sources/{name}/search",
        handlers_stores.SourceSearchHandler,
        (
            Operation(
                "GET",
                "searchSource",
                "Find datasets in one source, which is asked itself where no catalog is kept here",
                model.SearchResult,
                query=SOURCE_PARAMETERS,
                raises=(errors.NotFoundError, *CATALOG_ERRORS),
            ),
        ),
    ),
    Route(
        "graphql/{name}",
        handlers_stores.GraphHandler,
        (
            Operation(
                "GET",
                "getGraphSchema",
                "What a source can be asked in GraphQL, as introspection says",
                model.GraphSchema,
                query=GRAPH_PARAMETERS,
                raises=(errors.NotFoundError, *CATALOG_ERRORS),
            ),
            Operation(
                "POST",
                "askGraph",
                "Answer a question in GraphQL, with its lists as tables",
                model.GraphAnswer,
                body=model.GraphQuestion,
                raises=(errors.NotFoundError, *CATALOG_ERRORS),
            ),
        ),
    ),
    # A ref holds slashes, so this has to be tried before the route of datasets.
    Route(
        "datasets/{ref}/unarchive",
        handlers_stores.UnarchiveHandler,
        (
            Operation(
                "POST",
                "unarchiveDataset",
                "Ask a source for the files of a dataset to be brought back from its archive",
                model.DatasetPage,
                status=202,
                raises=(errors.NotFoundError, errors.ConflictError, *CATALOG_ERRORS),
            ),
        ),
    ),
)
