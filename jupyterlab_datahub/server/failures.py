"""The one place where an error becomes an HTTP answer."""

from __future__ import annotations

import http
import secrets
import traceback
from math import ceil
from typing import TYPE_CHECKING

import msgspec
from tornado.web import HTTPError

from jupyterlab_datahub import errors
from jupyterlab_datahub.model import ErrorBody
from jupyterlab_datahub.server.bodies import ErrorReply

if TYPE_CHECKING:
    import logging

STATUS: dict[type[errors.DataHubError], int] = {
    errors.RequestError: 400,
    errors.BadRequestError: 400,
    errors.WhereError: 422,
    errors.SelectionError: 422,
    errors.NotSupportedError: 400,
    errors.ConsentError: 402,
    errors.AccessError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.WithdrawnError: 410,
    errors.UnreadableError: 422,
    errors.CatalogError: 502,
    errors.UnreachableError: 502,
    errors.BadAnswerError: 502,
    errors.BusyError: 503,
    errors.SlowError: 504,
    errors.LimitError: 402,
    errors.ChangedError: 409,
    errors.NoSpaceError: 507,
    errors.TransferError: 500,
    errors.SettingsError: 500,
    errors.DataHubError: 500,
}

_HTTP_CODES = {
    400: "bad_request",
    403: "no_access",
    404: "not_found",
    405: "not_supported",
    413: "too_large",
}
_HTTP_WORDS = {
    403: "You are not allowed to do this on this server",
    404: "There is nothing at this address",
    405: "This address does not answer that kind of request",
}
_HTTP_HINTS = {403: "Reload the page and log in again."}


class Failure(msgspec.Struct, frozen=True):
    """An error as it goes over the wire."""

    status: int
    body: ErrorBody

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with it: ``Retry-After`` in whole seconds, where known."""
        if self.body.retry_after is None:
            return {}
        return {"Retry-After": str(max(0, ceil(self.body.retry_after)))}

    def encode(self) -> bytes:
        """Return the body as JSON."""
        return msgspec.json.encode(ErrorReply(error=self.body))


def status_of(kind: type[errors.DataHubError]) -> int:
    """Return the HTTP status of a class of errors, that of its nearest known ancestor."""
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def failure(error: BaseException | None, status: int, log: logging.Logger) -> Failure:
    """Turn an exception into an HTTP answer.

    Parameters
    ----------
    error
        What a handler raised, None where the server itself refused with `status`.
    status
        The status the web framework would answer with.
    log
        Gets what the client must not see, without secrets, under an id the client is told.
    """
    if isinstance(error, errors.DataHubError):
        return Failure(status_of(type(error)), error.body())
    if isinstance(error, HTTPError) or error is None:
        return Failure(status, _refusal(error, status))
    number = logged(error, log)
    return Failure(
        500,
        ErrorBody(
            code="internal",
            message="Something went wrong inside the DataHub server extension",
            hint=f"Try again. The server's log has the details under {number}.",
        ),
    )


def logged(error: BaseException, log: logging.Logger) -> str:
    """Log an unexpected error, without secrets, and return the number it has in the log."""
    number = secrets.token_hex(4)
    trace = "".join(traceback.format_exception(error))
    log.error("datahub: failure %s\n%s", number, errors.redact(trace))
    return number


def _refusal(error: HTTPError | None, status: int) -> ErrorBody:
    words = _HTTP_WORDS.get(status) or http.HTTPStatus(status).phrase
    # tornado's own words say which argument it could not read; others may name internals
    if status == 400 and error is not None and error.log_message and not error.args:
        words = errors.redact(error.log_message)
    code = _HTTP_CODES.get(status, "request" if status < 500 else "internal")
    return ErrorBody(code=code, message=words, hint=_HTTP_HINTS.get(status, ""))
