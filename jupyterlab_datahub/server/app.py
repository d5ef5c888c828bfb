"""The server application that Jupyter Server loads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join

from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.server.base import SETTING
from jupyterlab_datahub.server.feed import SCHEMAS
from jupyterlab_datahub.server.handlers import NowhereHandler
from jupyterlab_datahub.server.route import NAMESPACE, pattern_of
from jupyterlab_datahub.server.routes import ROUTES
from jupyterlab_datahub.server.services import Services
from jupyterlab_datahub.settings.traits import DataHub

if TYPE_CHECKING:
    from jupyter_events import EventLogger
    from jupyter_server.serverapp import ServerApp


class DataHubApp(ExtensionApp):
    """Serves ``<base_url>/datahub/``; configured as ``c.DataHub.…``."""

    name = "jupyterlab_datahub"
    classes = [DataHub]

    services: Services | None = None

    def initialize_settings(self) -> None:
        """Read the configuration and open the rooms' doors, no more."""
        server = cast("ServerApp", self.serverapp)
        events = cast("EventLogger", server.event_logger)
        for schema in SCHEMAS:
            events.register_event_schema(schema)
        try:
            settings = DataHub(parent=self).settings(Path(server.root_dir))
        except SettingsError as error:
            # Every request then answers with these words, so that the sidebar can show them.
            self.log.error("datahub: %s %s", error.message, error.hint)
            self.settings[SETTING] = error
            return

        def emit(schema: str, data: dict[str, Any]) -> None:
            # As it goes over the wire: to a schema a tuple is no array.
            events.emit(schema_id=schema, data=msgspec.json.decode(msgspec.json.encode(data)))

        self.services = Services(Rooms(settings, serving=True), emit, self.log)
        self.settings[SETTING] = self.services
        server.io_loop.add_callback(self.services.start)

    def initialize_handlers(self) -> None:
        """Add the table of routes below the server's base URL."""
        self.handlers.extend(
            (url_path_join(NAMESPACE, pattern_of(route.path)), route.handler) for route in ROUTES
        )
        self.handlers.append((url_path_join(NAMESPACE, "(.*)"), NowhereHandler))

    async def stop_extension(self) -> None:
        """Stop what runs beside the server."""
        if self.services:
            await self.services.stop()

    def current_activity(self) -> dict[str, int] | None:
        """Tell a server that stops when idle about transfers that are under way."""
        busy = self.services.feed.busy_transfers if self.services else 0
        return {"transfers": busy} if busy else None
