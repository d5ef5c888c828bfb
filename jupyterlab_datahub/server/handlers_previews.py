"""The handlers of previews."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import consent, previews
from jupyterlab_datahub.previews.packing import MEDIA
from jupyterlab_datahub.server.base import DataHubHandler


class PreviewHandler(DataHubHandler):
    """``previews/{ref}``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Say what is known of a file."""
        most = consent.most_of(self.get_query_arguments)
        self.reply(await self.services.remote(previews.facts, ref, most))


class PointsHandler(DataHubHandler):
    """``previews/{ref}/points``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Say where the cells of a file are."""
        embedding = previews.embedding_of(self.get_query_arguments)
        most = consent.most_of(self.get_query_arguments)
        packed = await self.services.remote(previews.points, ref, embedding, most)
        self.finish(packed, set_content_type=MEDIA)


class ColoursHandler(DataHubHandler):
    """``previews/{ref}/colours``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Say of what colour the cells of a file are."""
        column = previews.column_of(self.get_query_arguments)
        most = consent.most_of(self.get_query_arguments)
        packed = await self.services.remote(previews.colours, ref, column, most)
        self.finish(packed, set_content_type=MEDIA)
