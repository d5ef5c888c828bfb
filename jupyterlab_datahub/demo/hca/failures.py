"""How Azul says no: chalice's ``{"Code": …, "Message": …}``, and what stands in front of it."""

from __future__ import annotations

from http import HTTPStatus

from jupyterlab_datahub.demo.messages import Reply, json_reply

CODES = {
    400: "BadRequestError",
    401: "UnauthorizedError",
    403: "ForbiddenError",
    404: "NotFoundError",
    410: "GoneError",
    429: "TooManyRequestsError",
    500: "ChaliceViewError",
    502: "BadGatewayError",
    503: "ServiceUnavailableError",
}
"""The exception that chalice (or Azul, where chalice has none) has for a status."""


class AzulError(Exception):
    """An answer that is an error.

    Parameters
    ----------
    status
        HTTP status.
    message
        What the service says.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def reply(self) -> Reply:
        """Return what goes over the wire."""
        return failure(self.status, self.message)


class GatewayError(AzulError):
    """An error of the API gateway, which has words of its own."""

    def reply(self) -> Reply:
        """Return what goes over the wire."""
        return gateway_failure(self.status, self.message)


def no_such_route() -> AzulError:
    """Return what the gateway says to a path or method that there is not."""
    return GatewayError(403, "Missing Authentication Token")


def bad_request(message: str) -> AzulError:
    """Return the error for a request that does not make sense."""
    return AzulError(400, message)


def failure(status: int, message: str = "") -> Reply:
    """Return an error in chalice's words."""
    code = CODES.get(status, "ChaliceViewError")
    return json_reply({"Code": code, "Message": message or HTTPStatus(status).phrase}, status)


def gateway_failure(status: int, message: str) -> Reply:
    """Return an error of the API gateway, which never reached the service."""
    return json_reply({"message": message}, status)
