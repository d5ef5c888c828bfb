"""The manifest service: lists of files that users keep, each their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dialects import ServiceError, indexd_error
from jupyterlab_datahub.demo.gen3.tokens import TokenError
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.users import User

BASE = "/manifests"
INVALID = (
    "Manifest format is invalid. Please POST a list of key-value pairs, like [{'k' : v}, ...] "
    "Required keys are: object_id"
)
NAMED = "%Y-%m-%dT%H-%M-%S.%f"


class Manifests:
    """Answers below ``/manifests``.

    Parameters
    ----------
    commons
        Whose users these are.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons
        self._cohorts: dict[str, list[str]] = {}
        self._exported: dict[str, dict[str, Any]] = {}

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        place = request.path.removeprefix(BASE).strip("/")
        if place == "_status":
            return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, b"Healthy")
        try:
            user = self._user(request)
            if request.method in ("POST", "PUT"):
                return self._keep(user, place, request.body)
            return self._show(user, place)
        except ServiceError as error:
            return indexd_error(error.status, error.message)

    def _user(self, request: Request) -> User:
        """Return who asks; an expired token is 403 here, as no token is."""
        try:
            user = self._commons.caller(request)
        except TokenError as error:
            raise ServiceError(403, "Please log in.") from error
        if user is None:
            raise ServiceError(403, "Please log in.")
        return user

    def _show(self, user: User, place: str) -> Reply:
        what, _, name = place.partition("/")
        kept = self._commons.manifests.get(user.name, {})
        if not place:
            return json_reply({"manifests": [_line(one) for one in sorted(kept)]})
        if what == "file" and name:
            if not name.endswith("json"):
                raise ServiceError(
                    400,
                    "Incorrect usage. You can only use this pathway to request files of type JSON.",
                )
            if name not in kept:
                raise ServiceError(404, f"File not found: {name}")
            return json_reply(kept[name])
        exported = self._exported.get(user.name, {})
        if what == "metadata":
            if name and name not in exported:
                raise ServiceError(404, f"File not found: {name}")
            lines = [_line(one) for one in sorted(exported)]
            return json_reply(exported[name] if name else {"external_file_metadata": lines})
        if place == "cohorts":
            return json_reply(
                {"cohorts": [{"filename": one} for one in self._cohorts.get(user.name, ())]}
            )
        raise ServiceError(404, "Not found")

    def _keep(self, user: User, place: str, body: bytes) -> Reply:
        try:
            sent = json.loads(body)
        except ValueError as error:
            raise ServiceError(400, f"{INVALID}: {error}") from error
        if place == "cohorts":
            guid = sent.get("guid") if isinstance(sent, dict) else None
            if not isinstance(guid, str):
                raise ServiceError(400, "Invalid GUID")
            self._cohorts.setdefault(user.name, []).append(guid)
            return json_reply({"filename": guid})
        if place == "metadata":
            name = self._name("metadata")
            self._exported.setdefault(user.name, {})[name] = sent
            return json_reply({"filename": name})
        if place:
            raise ServiceError(404, "Not found")
        good = isinstance(sent, list) and all(
            isinstance(row, dict) and "object_id" in row for row in sent
        )
        if not good:
            raise ServiceError(400, INVALID)
        name = self._name("manifest")
        self._commons.manifests.setdefault(user.name, {})[name] = sent
        return json_reply({"filename": name})

    def _name(self, what: str) -> str:
        now = datetime.fromtimestamp(self._commons.clock.now(), UTC)
        return f"{what}-{now.strftime(NAMED)}.json"


def _line(name: str) -> dict[str, Any]:
    written = name.partition("-")[2].removesuffix(".json")
    kept = datetime.strptime(written, NAMED).replace(tzinfo=UTC)
    return {
        "filename": name,
        "last_modified": kept.strftime("%Y-%m-%d %H:%M:%S"),
        "last_modified_timestamp": int(kept.timestamp()),
    }
