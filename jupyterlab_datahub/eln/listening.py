"""The web service that ELN-LIMS calls, beside a JupyterHub, while it runs."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from tornado import web
from tornado.httpserver import HTTPServer

from jupyterlab_datahub.eln.handlers import (
    SETTING,
    IntegrationHandler,
    LoginHandler,
    NowhereHandler,
)
from jupyterlab_datahub.eln.service import Service
from jupyterlab_datahub.eln.settings import tls_context
from jupyterlab_datahub.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.eln.settings import ElnSettings

UNLIMITED = 1 << 50
"""What the web server itself takes; the handler has a limit of its own, and words for it."""

log = logging.getLogger("jupyterlab_datahub.eln")


def application(settings: ElnSettings) -> web.Application:
    """Return the service; to be called when an event loop runs.

    Raises
    ------
    SettingsError
    """
    made = web.Application(
        [("/", IntegrationHandler), ("/hub/login", LoginHandler)],
        default_handler_class=NowhereHandler,
        log_function=_log_request,
    )
    made.settings[SETTING] = Service(settings)
    return made


def listen(settings: ElnSettings) -> tuple[HTTPServer, int]:
    """Listen, and return the server with its port; to be called when an event loop runs.

    Raises
    ------
    SettingsError
        If the settings cannot be used, or the port is taken.
    """
    server = HTTPServer(
        application(settings),
        ssl_options=tls_context(settings),
        xheaders=settings.behind_proxy,
        max_body_size=UNLIMITED,
        idle_connection_timeout=60.0,
        body_timeout=300.0,
    )
    from tornado.netutil import bind_sockets

    try:
        sockets = bind_sockets(settings.port, settings.address)
    except OSError as error:
        raise SettingsError(
            f"{settings.address}:{settings.port} cannot be listened on: {error.strerror}"
        ) from error
    server.add_sockets(sockets)
    port: int = sockets[0].getsockname()[1]
    return server, port


async def serve(settings: ElnSettings, tell: Callable[[str], None]) -> None:
    """Run the service until the process is asked to stop.

    Parameters
    ----------
    settings
        What the administrator decided.
    tell
        Is given the address once the service listens.

    Raises
    ------
    SettingsError
    """
    server, port = listen(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    scheme = "https" if settings.certificate else "http"
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    tell(f"{scheme}://{host}:{port}/")
    await stop.wait()
    server.stop()
    await server.close_all_connections()


def _log_request(handler: web.RequestHandler) -> None:
    # Never the whole address: the token is in it.
    log.info(
        "%s %s %s %d %.0f ms",
        handler.request.remote_ip,
        handler.request.method,
        handler.request.path[:80],
        handler.get_status(),
        1000 * handler.request.request_time(),
    )
