"""Handlers for notebooks made from datasets, and for what notebooks say they used."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyterlab_datahub.engine import notebooks, provenance
from jupyterlab_datahub.model import NotebookRequest, ProvenanceRequest
from jupyterlab_datahub.server.base import DataHubHandler


class NotebooksHandler(DataHubHandler):
    """``notebooks``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Make a notebook."""
        wish = self.body(NotebookRequest)
        self.reply(await self.services.remote(notebooks.create, wish), 201)


class ProvenanceHandler(DataHubHandler):
    """``provenance``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Say how a notebook's inputs stand."""
        metadata = self.body(ProvenanceRequest).metadata
        self.reply(await self.services.remote(provenance.check, metadata))
