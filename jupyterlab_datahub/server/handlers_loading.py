"""The handlers of what a load takes."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import loading
from jupyterlab_datahub.server.base import DataHubHandler


class ProbeHandler(DataHubHandler):
    """``kernel-probe``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Say what to ask a kernel."""
        language = loading.kernel_of(self.get_query_arguments).language
        self.reply(loading.kernel_probe(language))


class LoadingHandler(DataHubHandler):
    """``loading/{ref}``."""

    @web.authenticated
    @authorized
    async def get(self, ref: str) -> None:
        """Say which ways there are to load a file."""
        kernel = loading.kernel_of(self.get_query_arguments)
        self.reply(await self.services.remote(loading.options, ref, kernel))
