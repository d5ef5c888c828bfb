"""The handlers of images that are looked at where they are."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import consent, image_tables, images
from jupyterlab_datahub.server.base import DataHubHandler


class ImageHandler(DataHubHandler):
    """``images/{ref}``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Say what an image is."""
        most = consent.most_of(self.get_query_arguments)
        self.reply(await self.services.remote(images.facts, ref, most))


class ThumbnailHandler(DataHubHandler):
    """``images/{ref}/thumbnail``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Show a channel."""
        channel, size = images.thumbnail_query(self.get_query_arguments)
        most = consent.most_of(self.get_query_arguments)
        self.reply(await self.services.remote(images.thumbnail, ref, channel, size, most))


class ImageTablesHandler(DataHubHandler):
    """``images/{ref}/tables``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Find the tables of cells around an image."""
        self.reply(await self.services.remote(image_tables.around, ref))
