"""What all handlers share: authorisation's name, threads, JSON in and out, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from jupyter_server.base.handlers import APIHandler

from jupyterlab_datahub.errors import BadRequestError, SettingsError
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.server.failures import failure

if TYPE_CHECKING:
    from asyncio import Future

    from jupyterlab_datahub.model import Struct
    from jupyterlab_datahub.server.services import Services

SETTING = "jupyterlab_datahub"

Body = TypeVar("Body", bound=msgspec.Struct)


class DataHubHandler(APIHandler):
    """Base of the handlers below ``<base_url>/datahub/``."""

    auth_resource = "datahub"

    @property
    def services(self) -> Services:
        """What the application made when it started.

        Raises
        ------
        SettingsError
            If the configuration could not be used.
        """
        made: Services | SettingsError = self.settings[SETTING]
        if isinstance(made, SettingsError):
            raise made
        return made

    def body(self, kind: type[Body]) -> Body:
        """Read the request's JSON body as a struct.

        Raises
        ------
        BadRequestError
            If it is no JSON, or not of that form.
        """
        try:
            return from_json(self.request.body, kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadRequestError(
                f"The request's body cannot be used: {error}",
                hint="The OpenAPI document of the extension says what it has to be.",
            ) from error

    def reply(self, answer: Struct, status: int = 200) -> Future[None]:
        """Finish with a model as JSON."""
        self.set_status(status)
        return self.finish(msgspec.json.encode(answer))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Finish with an error in words, whatever went wrong."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        failed = failure(error, status_code, self.log)
        self.set_status(failed.status)
        for name, value in failed.headers.items():
            self.set_header(name, value)
        self.finish(failed.encode())

    def log_exception(self, *args: Any) -> None:
        """Log nothing here: :meth:`write_error` logs what it must, without secrets."""
