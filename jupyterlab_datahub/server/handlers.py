"""The handlers: read the request, let the engine work in a thread, answer with its model."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import cells, datasets, groups, transfers
from jupyterlab_datahub.engine.queries import search_query
from jupyterlab_datahub.errors import NotFoundError
from jupyterlab_datahub.model import CellRequest, TransferRequest
from jupyterlab_datahub.server.base import DataHubHandler
from jupyterlab_datahub.server.bodies import (
    SourceList,
    TransferAction,
    TransferList,
)


class SourcesHandler(DataHubHandler):
    """``sources``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the Sources with the state of their catalogs."""
        self.services.refresh_stale()
        self.reply(SourceList(sources=await self.services.local(datasets.statuses)))


class RefreshHandler(DataHubHandler):
    """``sources/{name}/refresh``."""

    @web.authenticated
    @authorized
    async def post(self, name: str) -> None:
        """Begin to fetch a catalog again."""
        self.reply(await self.services.refresh(name), 202)


class SearchHandler(DataHubHandler):
    """``search``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Find datasets."""
        query = search_query(self.get_query_arguments)
        self.services.refresh_stale()
        self.reply(await self.services.local(datasets.search, query))


class DatasetHandler(DataHubHandler):
    """``datasets/{ref}``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Describe a dataset."""
        page = await self.services.remote(datasets.page, ref)
        self.reply(page)
        self.services.expect_a_look(page)


class PictureHandler(DataHubHandler):
    """``pictures/{ref}``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Show the thumbnail of a story."""
        picture = await self.services.remote(datasets.picture, ref)
        self.set_header("Cache-Control", "private, max-age=86400")
        self.finish(picture.data, set_content_type=picture.content_type)


class TransfersHandler(DataHubHandler):
    """``transfers``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the transfers."""
        listed = await self.services.local(transfers.listed)
        self.services.feed.transfers.wake()
        self.reply(TransferList(transfers=listed))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Start a transfer."""
        wish = self.body(TransferRequest)
        transfer, new = await self.services.remote(groups.start_inside, wish)
        self.services.feed.transfers.wake()
        self.reply(transfer, 201 if new else 200)


class TransferHandler(DataHubHandler):
    """``transfers/{id}``."""

    @web.authenticated
    @authorized
    async def get(self, number: str) -> None:
        """Describe a transfer."""
        self.reply(await self.services.local(transfers.one, number))

    @web.authenticated
    @authorized
    async def patch(self, number: str) -> None:
        """Change a transfer."""
        wish = self.body(TransferAction)
        transfer = await self.services.local(transfers.change, number, wish.action, wish.max_usd)
        self.services.feed.transfers.wake()
        self.reply(transfer)

    @web.authenticated
    @authorized
    async def delete(self, number: str) -> None:
        """Take a transfer off the list."""
        transfer = await self.services.local(transfers.remove, number)
        self.services.feed.transfers.wake()
        self.reply(transfer)


class MembersHandler(DataHubHandler):
    """``transfers/{id}/members``."""

    @web.authenticated
    @authorized
    async def get(self, number: str) -> None:
        """List some files of a group."""
        wanted = groups.members_query(self.get_query_arguments)
        self.reply(await self.services.local(groups.members, number, *wanted))


class LibraryHandler(DataHubHandler):
    """``library``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the library."""
        self.reply(await self.services.local(transfers.library))


class LibraryItemHandler(DataHubHandler):
    """``library/{sha256}``."""

    @web.authenticated
    @authorized
    async def delete(self, sha256: str) -> None:
        """Delete a file of the library."""
        self.reply(await self.services.local(transfers.remove_file, sha256))


class CellsHandler(DataHubHandler):
    """``cells``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Render a hand-off cell."""
        self.reply(await self.services.remote(cells.cell, self.body(CellRequest)))


class NowhereHandler(DataHubHandler):
    """Every other address: an error in words and JSON, where the server would send a page."""

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Refuse."""
        raise NotFoundError(
            f"There is nothing at datahub/{path[:80]}",
            hint="Reload the page: the extension may have been updated meanwhile.",
        )

    post = put = patch = delete = get
