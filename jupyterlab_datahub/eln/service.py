"""The web service that ELN-LIMS calls, beside a JupyterHub: what its calls share, and its run."""

from __future__ import annotations

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tornado import web
from tornado.httpserver import HTTPServer

from jupyterlab_datahub.eln.folders import Folders
from jupyterlab_datahub.eln.handlers import (
    SETTING,
    IntegrationHandler,
    LoginHandler,
    NowhereHandler,
)
from jupyterlab_datahub.eln.identity import Identity
from jupyterlab_datahub.eln.limits import BadTokens, TooManyError
from jupyterlab_datahub.eln.settings import checked, tls_context
from jupyterlab_datahub.errors import AccessError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.eln.settings import ElnSettings

AT_ONCE = 8
"""Calls that wait for openBIS or a disk at the same time."""

UNLIMITED = 1 << 50
"""What the web server itself takes; the handler has a limit of its own, and words for it."""

log = logging.getLogger("jupyterlab_datahub.eln")


class Service:
    """What the handlers share.

    Parameters
    ----------
    settings
        What the administrator decided.

    Raises
    ------
    SettingsError
    """

    def __init__(self, settings: ElnSettings) -> None:
        self.settings = checked(settings)
        self.identity = Identity(settings.source, lower_case=settings.lower_case)
        self.folders = Folders(settings.homes)
        self.bad_tokens = BadTokens(settings.bad_tokens, settings.bad_seconds)
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="eln")

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run what waits for a disk or another host in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *arguments)

    async def user(self, token: str, address: str) -> str:
        """Return whose token it is.

        Raises
        ------
        AccessError
            If it is nobody's; the address is then remembered.
        TooManyError
            If too many wrong ones came from the address.
        """
        async with self.turns:
            if seconds := self.bad_tokens.wait(address):
                raise TooManyError(
                    f"too many invalid tokens, try again in {seconds} s", retry_after=seconds
                )
            try:
                user: str = await self.run(self.identity.user, token)
            except AccessError:
                self.bad_tokens.add(address)
                raise
            return user


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
