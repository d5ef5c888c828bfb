"""How each service of a commons words an error; no two do it alike."""

from __future__ import annotations

import uuid
from html import escape
from http import HTTPStatus

from jupyterlab_datahub.demo.messages import Reply, json_reply

FENCE_PAGE = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>{status}</title></head>
  <body>
    <main>
      <div class="error-page">
        <div class="error-page__status-code-text"><h1>{status}</h1><h2>{phrase}</h2></div>
        <div class="error-page__information">
          <p class="body">Error Identifier:</p>
          <p class="introduction">{identifier}</p>
          <p class="body">Error Message:</p>
          <p class="introduction">{message}</p>
          <div><p class="body">Please try again!</p></div>
        </div>
      </div>
    </main>
  </body>
</html>
"""


class ServiceError(Exception):
    """A service refuses; whoever answers the request words it in the service's dialect."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def fence_error(status: int, message: str) -> Reply:
    """Return a page, whatever the client accepts, with the message in it."""
    page = FENCE_PAGE.format(
        status=status,
        phrase=HTTPStatus(status).phrase,
        identifier=uuid.uuid4(),
        message=escape(message),
    )
    return Reply(status, {"Content-Type": "text/html; charset=utf-8"}, page.encode())


def indexd_error(status: int, message: str) -> Reply:
    """Return ``{"error": …}``, as manifest and workspace token service do."""
    return json_reply({"error": message}, status)


def drs_error(status: int, message: str) -> Reply:
    """Return ``{"msg": …, "status_code": …}``."""
    return json_reply({"msg": message, "status_code": status}, status)


def sheepdog_error(status: int, message: str) -> Reply:
    """Return ``{"message": …}``."""
    return json_reply({"message": message}, status)


def graphql_error(status: int, message: str) -> Reply:
    """Return errors that are texts and not, as GraphQL has it, objects."""
    return json_reply({"data": None, "errors": [message]}, status)


def guppy_error(status: int, message: str) -> Reply:
    """Return ``{"code": …, "error": …}``."""
    return json_reply({"code": status, "error": message}, status)


def mds_error(status: int, message: str) -> Reply:
    """Return ``{"detail": …}``."""
    return json_reply({"detail": message}, status)


def gateway_error(status: int) -> Reply:
    """Return the page of the proxy in front of all services."""
    title = f"{status} {HTTPStatus(status).phrase}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return Reply(status, {"Content-Type": "text/html"}, page.encode())
