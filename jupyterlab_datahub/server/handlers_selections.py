"""The handlers of selections of a file that is not here."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import selections
from jupyterlab_datahub.model import Selection
from jupyterlab_datahub.previews.packing import MEDIA
from jupyterlab_datahub.server.base import DataHubHandler


class SelectionHandler(DataHubHandler):
    """``previews/{ref}/selection``."""

    @web.authenticated
    @authorized
    async def post(self, ref: str) -> None:
        """Say what a selection has in it and what it costs."""
        selection = self.body(Selection)
        self.reply(await self.services.remote(selections.estimate, ref, selection))


class SelectionPointsHandler(DataHubHandler):
    """``previews/{ref}/selection/points``."""

    @web.authenticated
    @authorized
    async def post(self, ref: str) -> None:
        """Say which points of a picture are chosen."""
        packed = await self.services.remote(selections.mask, ref, self.body(Selection))
        self.finish(packed, set_content_type=MEDIA)


class ValuesHandler(DataHubHandler):
    """``previews/{ref}/values``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """List values of a column."""
        wanted = selections.values_query(self.get_query_arguments)
        self.reply(await self.services.remote(selections.values, ref, *wanted))


class GenesHandler(DataHubHandler):
    """``previews/{ref}/genes``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """List genes."""
        wanted = selections.genes_query(self.get_query_arguments)
        self.reply(await self.services.remote(selections.genes, ref, *wanted))
