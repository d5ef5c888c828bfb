"""The workspace token service: tokens for notebooks that run beside the commons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.gen3.dialects import ServiceError, indexd_error
from jupyterlab_datahub.demo.gen3.tokens import ACCESS_LIFE, TokenError
from jupyterlab_datahub.demo.gen3.users import ALICE
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.users import User

INSIDE = "/token/"
"""The path that a workspace asks, on a host that only it can reach."""

OUTSIDE = "/wts/"
SCOPE = ["openid", "user", "data"]


class Workspace:
    """Answers below ``/wts``, and at ``/token/`` as if the asker were a workspace of alice's.

    Parameters
    ----------
    commons
        Whose tokens these are.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        place = request.path.removeprefix(OUTSIDE).strip("/")
        inside = request.path.startswith(INSIDE)
        try:
            if inside or place == "token":
                return self._token(request, ALICE if inside else self._user(request))
            if place == "external_oidc":
                return json_reply({"providers": []})
            if place == "_status":
                return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, b"Healthy")
            raise ServiceError(404, "Not found")
        except ServiceError as error:
            return indexd_error(error.status, error.message)

    def _token(self, request: Request, user: User) -> Reply:
        idp = (request.query.get("idp") or ["default"])[0] or "default"
        if idp != "default":
            raise ServiceError(400, f"Requested idp not configured: {idp}")
        life = min(self._commons.tokens.access_life, ACCESS_LIFE)
        return json_reply({"token": self._commons.tokens.access_token_of(user, life, SCOPE)})

    def _user(self, request: Request) -> User:
        try:
            user = self._commons.caller(request)
        except TokenError as error:
            raise ServiceError(403, f"User is not logged in: {error}") from error
        if user is None:
            raise ServiceError(403, "User is not logged in")
        return user
