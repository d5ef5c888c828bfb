"""The calls of ELN-LIMS.

``POST /?token=…&folder=…&filename=…&test=True|False`` is its whole protocol (``JupyterUtil.js`` of
ELN-LIMS): with ``test=True`` the name is told that a notebook would get, with ``test=False`` the
body is written. The answer is ``{"fileName", "path"}``, or ``{"message"}`` with an error's status.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tornado import web

from jupyterlab_datahub.eln.landing import login_address
from jupyterlab_datahub.eln.limits import TooManyError
from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    CatalogError,
    ConflictError,
    DataHubError,
    NoSpaceError,
    NotFoundError,
    NotSupportedError,
)
from jupyterlab_datahub.notebooks.template import read_notebook

if TYPE_CHECKING:
    from jupyterlab_datahub.eln.service import Service

SETTING = "eln_service"

log = logging.getLogger("jupyterlab_datahub.eln")


class TooLargeError(DataHubError):
    """A notebook is larger than the administrator allows."""


class ForeignPageError(DataHubError):
    """A page of a site calls that the administrator did not name."""


STATUS: dict[type[DataHubError], int] = {
    AccessError: 401,
    BadRequestError: 400,
    NotFoundError: 404,
    NotSupportedError: 403,
    ForeignPageError: 403,
    ConflictError: 409,
    TooLargeError: 413,
    TooManyError: 429,
    CatalogError: 502,
    NoSpaceError: 507,
}


class Handler(web.RequestHandler):
    """What all handlers share: answers in JSON, with no secret and no page that keeps them."""

    @property
    def service(self) -> Service:
        """What all calls share."""
        service: Service = self.settings[SETTING]
        return service

    def set_default_headers(self) -> None:
        """Keep tokens out of caches and out of what other sites are told."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Server")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Finish with ``{"message"}``, whatever went wrong."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, DataHubError):
            status_code = _status_of(error)
            if error.retry_after:
                self.set_header("Retry-After", str(int(error.retry_after)))
            message = " ".join(filter(None, (error.message, error.hint)))
        elif isinstance(error, web.HTTPError) and error.log_message:
            message = "a parameter is missing or there twice"
        else:
            message = {404: "there is nothing here", 405: "this is not answered here"}.get(
                status_code, "something went wrong inside the service"
            )
        self.set_status(status_code)
        self.finish({"message": message})

    def log_exception(self, *args: Any) -> None:
        """Log what is our fault, by its kind alone: its text might hold what was sent."""
        error = args[1]
        if not isinstance(error, (DataHubError, web.HTTPError)):
            log.error("failure: %s", type(error).__name__, exc_info=error)

    def argument(self, name: str, default: str | None = None) -> str:
        """Return a parameter of the address.

        Raises
        ------
        BadRequestError
            If it is missing and has no default, or is there more than once.
        """
        values = self.get_query_arguments(name, strip=False)
        if len(values) > 1 or (not values and default is None):
            raise BadRequestError(f"the parameter {name} must be there once")
        return values[0] if values else default or ""


@web.stream_request_body
class IntegrationHandler(Handler):
    """``/``: the calls of ELN-LIMS. Nothing of a body is taken from whom nobody knows."""

    user = ""

    def set_default_headers(self) -> None:
        """Let the pages that may call read every answer, errors too."""
        super().set_default_headers()
        self.set_header("Vary", "Origin")
        origin = self.request.headers.get("Origin", "")
        if origin in self.service.settings.allowed_origins:
            self.set_header("Access-Control-Allow-Origin", origin)

    async def prepare(self) -> None:
        """Let in whom openBIS knows, with a body that is not too large."""
        self._body = bytearray()
        self._too_large = False
        origin = self.request.headers.get("Origin")
        if origin is not None and origin not in self.service.settings.allowed_origins:
            raise ForeignPageError("pages of this site may not call")
        if self.request.method != "POST":
            return
        length = self.request.headers.get("Content-Length", "0")
        if length.isdigit() and int(length) > self.service.settings.largest:
            raise self._refusal()
        address = self.request.remote_ip or ""
        self.user = await self.service.user(self.argument("token"), address)

    def data_received(self, chunk: bytes) -> None:
        """Keep a part of the body, as long as it is not too large."""
        if len(self._body) + len(chunk) > self.service.settings.largest:
            self._too_large = True
            self._body.clear()
        elif not self._too_large:
            self._body += chunk

    async def post(self) -> None:
        """Tell the name that a notebook would get, or write it."""
        if self._too_large:
            raise self._refusal()
        test = self.argument("test", "False").lower()
        if test not in ("true", "false"):
            raise BadRequestError("test must be True or False")
        content = None if test == "true" else bytes(self._body)
        if content is not None:
            await self.service.run(read_notebook, content)
        placed = await self.service.run(
            self.service.folders.place,
            self.user,
            self.argument("folder", ""),
            self.argument("filename"),
            content,
        )
        self.finish({"fileName": placed.name, "path": placed.path})

    def options(self) -> None:
        """Answer a browser that asks whether a page may call."""
        self.set_header("Access-Control-Allow-Methods", "POST, OPTIONS")
        self.set_header("Access-Control-Allow-Headers", "Content-Type, X-Requested-With")
        self.set_header("Access-Control-Max-Age", "600")
        self.set_status(204)
        self.finish()

    def get(self) -> None:
        """Lead a person to the hub."""
        if not self.service.settings.hub:
            raise NotFoundError("this is the service that ELN-LIMS calls")
        self.redirect(self.service.settings.hub)

    def _refusal(self) -> TooLargeError:
        megabytes = self.service.settings.largest / 1024**2
        return TooLargeError(f"the notebook is larger than {megabytes:g} MB")


class LoginHandler(Handler):
    """``/hub/login``: what ELN-LIMS opens in the browser."""

    def get(self) -> None:
        """Lead the browser through the hub's login to the notebook in JupyterLab."""
        hub = self.service.settings.hub
        if not hub:
            raise NotFoundError("the address of the hub is not configured")
        self.redirect(login_address(hub, self.argument("token"), self.argument("next", "")))


class NowhereHandler(Handler):
    """Every other address."""

    def prepare(self) -> None:
        """Refuse."""
        raise NotFoundError("there is nothing here")


def _status_of(error: DataHubError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
