"""The handlers of stores: Sources that have a tree, a search or an archive of their own."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import stores
from jupyterlab_datahub.engine.queries import last, search_query
from jupyterlab_datahub.model import GraphQuestion
from jupyterlab_datahub.server.base import DataHubHandler
from jupyterlab_datahub.sources.calls import Call


class TreeHandler(DataHubHandler):
    """``tree/{name}``."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        """List children of a node."""
        query = stores.tree_query(self.get_query_arguments)
        self.reply(await self.services.remote(stores.tree, name, query))


class SourceSearchHandler(DataHubHandler):
    """``sources/{name}/search``."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Let a source search itself."""
        query = search_query(self.get_query_arguments, own=True)
        self.reply(await self.services.remote(stores.search, name, query))


class UnarchiveHandler(DataHubHandler):
    """``datasets/{ref}/unarchive``."""

    @web.authenticated
    @authorized
    async def post(self, ref: str) -> None:
        """Ask for files to be brought back from an archive."""
        self.reply(await self.services.remote(stores.unarchive, ref), 202)


class GraphHandler(DataHubHandler):
    """``graphql/{name}``."""

    def initialize(self) -> None:
        """Let what is asked end when nobody waits for it any more."""
        super().initialize()
        self._call = Call()

    def on_connection_close(self) -> None:
        """End the question at the Source: the user called it off, or the page is closed."""
        self._call.end()
        super().on_connection_close()

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Say what can be asked."""
        endpoint = last(self.get_query_arguments("endpoint"), "")
        self.reply(await self.services.remote(stores.graph_schema, name, endpoint))

    @web.authenticated
    @authorized
    async def post(self, name: str) -> None:
        """Answer a question."""
        question = self.body(GraphQuestion)
        self.reply(await self.services.remote(stores.graph, name, question, self._call))
