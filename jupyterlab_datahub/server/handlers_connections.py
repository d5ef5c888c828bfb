"""The handlers of connections: who we are at the stores that let nobody in unknown."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import connections
from jupyterlab_datahub.model import ConnectionRequest
from jupyterlab_datahub.server.base import DataHubHandler
from jupyterlab_datahub.server.bodies import ConnectionAction, ConnectionList


class ConnectionsHandler(DataHubHandler):
    """``connections``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the connections as they were last seen, and have them looked at."""
        listed = await self.services.local(connections.listed)
        kinds = await self.services.local(connections.kinds)
        stores = await self.services.local(connections.open_stores)
        self.services.connections.look()
        self.reply(ConnectionList(connections=listed, kinds=kinds, open=stores))


class ConnectionHandler(DataHubHandler):
    """``connections/{name}``."""

    @web.authenticated
    @authorized
    async def put(self, name: str) -> None:
        """Be let in, at a new store or anew."""
        wish = self.body(ConnectionRequest)
        connection, new = await self.services.remote(connections.connect, name, wish)
        self.services.connections.tell(connection)
        self.services.feed.transfers.wake()
        self.reply(connection, 201 if new else 200)

    @web.authenticated
    @authorized
    async def patch(self, name: str) -> None:
        """Look at a connection, or disconnect."""
        wish = self.body(ConnectionAction)
        work = connections.check if wish.action == "check" else connections.disconnect
        connection = await self.services.remote(work, name)
        self.services.connections.tell(connection)
        self.reply(connection)

    @web.authenticated
    @authorized
    async def delete(self, name: str) -> None:
        """Take a connection of the user's out."""
        self.services.connections.tell(await self.services.remote(connections.remove, name))
        listed = await self.services.local(connections.listed)
        kinds = await self.services.local(connections.kinds)
        stores = await self.services.local(connections.open_stores)
        self.reply(ConnectionList(connections=listed, kinds=kinds, open=stores))
