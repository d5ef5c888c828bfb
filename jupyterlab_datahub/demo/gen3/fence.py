"""fence: tokens for keys, who one is, and signed addresses for files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from jupyterlab_datahub.demo.gen3.commons import BUCKETS, Commons
from jupyterlab_datahub.demo.gen3.dialects import ServiceError, fence_error, gateway_error
from jupyterlab_datahub.demo.gen3.downloads import Downloads
from jupyterlab_datahub.demo.gen3.storage import REGION
from jupyterlab_datahub.demo.gen3.tokens import TokenError
from jupyterlab_datahub.demo.gen3.uploads import Uploads
from jupyterlab_datahub.demo.gen3.users import USERS, User, user_document
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = "/user/"
SHORTEST_LIFE = 1


class Fence:
    """Answers below ``/user``.

    Parameters
    ----------
    commons
        What it serves.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons
        self.downloads = Downloads(commons)
        self.uploads = Uploads(commons)
        self._calls: dict[tuple[str, str], Callable[[Request], Reply]] = {
            ("POST", "credentials/api/access_token"): self._access_token,
            ("POST", "credentials/cdis/access_token"): self._access_token,
            ("GET", "credentials/api"): self._keys,
            ("GET", "user"): self._user,
            ("GET", "data/buckets"): _buckets,
            ("POST", "data/download/bulk"): self.downloads.bulk,
            ("POST", "data/upload"): self.uploads.begin,
            ("POST", "data/multipart/init"): self.uploads.begin_parts,
            ("POST", "data/multipart/upload"): self.uploads.sign_part,
            ("POST", "data/multipart/complete"): self.uploads.complete,
        }

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request; what is refused is a page."""
        place = request.path.removeprefix(BASE).strip("/")
        if place.startswith("credentials/api") and "api" not in self._commons.features:
            return gateway_error(404)
        if place == "data/download/bulk" and "bulk" not in self._commons.features:
            # The path is taken for that of a file called "bulk", which is only ever read.
            return fence_error(405, "The method is not allowed for the requested URL.")
        try:
            call = self._calls.get((request.method, place))
            return call(request) if call else self._file(request, place)
        except TokenError as error:
            return fence_error(401, f"failed to validate token: {error}")
        except ServiceError as error:
            return fence_error(error.status, error.message)

    def _file(self, request: Request, place: str) -> Reply:
        for prefix, method, call in (
            ("data/download/", "GET", self.downloads.one),
            ("data/upload/", "GET", self.uploads.again),
            ("data/", "DELETE", self.uploads.remove),
        ):
            if place.startswith(prefix) and request.method == method:
                return call(request, place.removeprefix(prefix))
        raise ServiceError(404, "The requested URL was not found on the server.")

    def _access_token(self, request: Request) -> Reply:
        sent = document_of(request)
        key = sent.get("api_key")
        if not isinstance(key, str) or not key:
            raise ServiceError(400, "Please provide an api_key in payload")
        try:
            user = USERS[int(self._commons.tokens.read(key, "api_key")["sub"])]
            life = number(request, "expires_in", self._commons.tokens.access_life)
            token = self._commons.tokens.access_token(key, user, max(life, SHORTEST_LIFE))
        except TokenError as error:
            raise ServiceError(401, f"[401] - {error}") from error
        return json_reply({"access_token": token})

    def _user(self, request: Request) -> Reply:
        return json_reply(user_document(self._somebody(request)))

    def _keys(self, request: Request) -> Reply:
        self._somebody(request)
        # Only somebody who logged in with a browser may see and make keys.
        raise ServiceError(401, "Authentication Error: missing scopes: {'credentials'}")

    def _somebody(self, request: Request) -> User:
        user = self._commons.caller(request)
        if user is None:
            raise ServiceError(401, "Please login")
        return user


def _buckets(_request: Request) -> Reply:
    return json_reply(
        {"GS_BUCKETS": {}, "S3_BUCKETS": {name: {"region": REGION} for name in BUCKETS}}
    )


def document_of(request: Request) -> dict[str, Any]:
    """Return what was sent, as JSON or as a form; {} where it is neither.

    Raises
    ------
    ServiceError
        If it says that it is JSON and is not.
    """
    if not request.body:
        return {}
    if "json" not in request.header("content-type"):
        form = parse_qs(request.body.decode(errors="replace"))
        if form:
            return {name: values[0] for name, values in form.items()}
    try:
        document = json.loads(request.body)
    except ValueError as error:
        raise ServiceError(
            400, "The browser (or proxy) sent a request that this server could not understand."
        ) from error
    return document if isinstance(document, dict) else {}


def number(request: Request, name: str, default: int) -> int:
    """Return a whole number of the query.

    Raises
    ------
    ServiceError
        If it is none.
    """
    text = (request.query.get(name) or [""])[0]
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise ServiceError(400, f"{name} must be a positive integer")
    return int(text)
