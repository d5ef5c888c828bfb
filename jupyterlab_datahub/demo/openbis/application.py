"""The application server: JSON-RPC over everything that a store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.messages import Reply, Request, problem
from jupyterlab_datahub.demo.openbis import rpc
from jupyterlab_datahub.demo.openbis.reading import Reading
from jupyterlab_datahub.demo.openbis.tokens import Tokens

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.rpc import Method
    from jupyterlab_datahub.demo.openbis.store import Store

RPC = "/openbis/openbis/rmi-application-server-v3.json"
QUERY_RPC = "/openbis/openbis/rmi-query-v1.json"
"""The older interface, which hands reports on to the data store server."""


class ApplicationServer:
    """The application server of one openBIS.

    Parameters
    ----------
    store
        What openBIS knows.
    report
        ``createReportFromAggregationService`` of the data store server.

    Attributes
    ----------
    references : bool
        Whether answers are written with references, as real servers write them.
    """

    def __init__(self, store: Store, report: Method | None = None) -> None:
        self.store = store
        self.references = True
        self._methods = {**Tokens(store).methods(), **Reading(store).methods()}
        self._queries = {"createReportFromAggregationService": report} if report else {}

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request below ``/openbis``."""
        if request.path.endswith(RPC):
            methods: dict[str, Method] = self._methods
        elif request.path.endswith(QUERY_RPC):
            methods = self._queries
        else:
            return problem(404)
        return rpc.answer(request, methods, references=self.references)
