"""The application server: JSON-RPC over everything that a store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.messages import Reply, Request, problem
from jupyterlab_datahub.demo.openbis import rpc
from jupyterlab_datahub.demo.openbis.creating import Creating
from jupyterlab_datahub.demo.openbis.deleting import Deleting
from jupyterlab_datahub.demo.openbis.reading import Reading
from jupyterlab_datahub.demo.openbis.tokens import Tokens
from jupyterlab_datahub.demo.openbis.type_calls import TypeCalls
from jupyterlab_datahub.demo.openbis.updating import Updating
from jupyterlab_datahub.demo.openbis.vocabulary_calls import VocabularyCalls

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
        self._queries = {"createReportFromAggregationService": report} if report else {}
        self._methods: dict[str, Method] = {}
        for calls in (Tokens, Reading, Creating, TypeCalls, VocabularyCalls, Updating, Deleting):
            self._methods.update(calls(store).methods())

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request below ``/openbis``."""
        if request.path.endswith(RPC):
            return rpc.answer(request, self._methods, references=self.references)
        if request.path.endswith(QUERY_RPC):
            return rpc.answer(request, self._queries, references=self.references)
        return problem(404)
