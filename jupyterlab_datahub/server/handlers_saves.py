"""Handlers for saving notebooks to stores."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import saves
from jupyterlab_datahub.model import SaveRequest
from jupyterlab_datahub.server.base import DataHubHandler
from jupyterlab_datahub.server.bodies import OwnerList


class SaveFormHandler(DataHubHandler):
    """``saves/{name}/form``."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Say what a store wants to know."""
        self.reply(await self.services.remote(saves.form, name))


class OwnersHandler(DataHubHandler):
    """``saves/{name}/owners``."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Complete the name of an owner."""
        text, kind, type_ = (self.get_query_argument(key, "") for key in ("text", "kind", "type"))
        found = await self.services.remote(saves.owners, name, text, kind, type_)
        self.reply(OwnerList(owners=found))


class SavesHandler(DataHubHandler):
    """``saves``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Save a notebook."""
        transfer = await self.services.remote(saves.save, self.body(SaveRequest))
        self.services.feed.transfers.wake()
        self.reply(transfer, 202)
