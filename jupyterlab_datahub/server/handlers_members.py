"""The handler of what is in files that hold several things."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import consent, members
from jupyterlab_datahub.server.base import DataHubHandler


class MemberListHandler(DataHubHandler):
    """``members/{ref}``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Say what is in a file."""
        most = consent.most_of(self.get_query_arguments)
        self.reply(await self.services.remote(members.listing, ref, most))
