"""The metadata service: anything about anything, studies among it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dialects import ServiceError, mds_error
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons

BASE = "/mds"
PAGE = 10
MOST = 2000
CONTROLS = ("data", "limit", "offset")
TRUE = {"true", "1", "yes", "on", "t", "y"}


class Discovery:
    """Answers below ``/mds``.

    Parameters
    ----------
    commons
        Whose metadata it is.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        place = request.path.removeprefix(BASE).strip("/")
        try:
            if request.method not in ("GET", "HEAD"):
                raise ServiceError(403, "Forbidden")
            if place == "metadata":
                return self._page(request)
            if place == "metadata_index":
                return json_reply(["_guid_type"])
            if place == "version":
                return json_reply({"version": "4.3.0"})
            if place == "_status":
                return json_reply({"status": "OK", "timestamp": "2026-01-05T09:00:00+00:00"})
            return self._one(place)
        except ServiceError as error:
            return mds_error(error.status, error.message)

    def _one(self, place: str) -> Reply:
        what, _, guid = place.partition("/")
        metadata = self._commons.metadata.get(guid.removesuffix("/aliases"))
        if what == "metadata" and metadata is not None:
            if guid.endswith("/aliases"):
                return json_reply({"guid": guid.removesuffix("/aliases"), "aliases": []})
            return json_reply(metadata)
        if what == "objects" and guid:
            record = self._commons.index.find(guid)
            if record or metadata is not None:
                found = record.document(alone=True) if record else None
                return json_reply({"record": found, "metadata": metadata})
        if what in ("metadata", "objects"):
            raise ServiceError(404, f"Not found: {guid}")
        raise ServiceError(404, "Not Found")

    def _page(self, request: Request) -> Reply:
        limit = min(_natural(request, "limit", PAGE), MOST)
        offset = _natural(request, "offset", 0)
        tests = [
            (name.split("."), values)
            for name, values in request.query.items()
            if name not in CONTROLS
        ]
        found = {
            guid: metadata
            for guid, metadata in self._commons.metadata.items()
            if all(_matches(metadata, path, values) for path, values in tests)
        }
        chosen = dict(list(found.items())[offset : offset + limit])
        data = (request.query.get("data") or ["false"])[0].lower() in TRUE
        return json_reply(chosen if data else list(chosen))


def _matches(document: Any, path: list[str], values: list[str]) -> bool:
    """Return whether a value, as text, is one of those that are asked for; ``*`` is any."""
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return False
        document = document[name]
    return "*" in values or str(document) in values


def _natural(request: Request, name: str, default: int) -> int:
    text = (request.query.get(name) or [str(default)])[0]
    if not text.isdecimal():
        raise ServiceError(422, f"query {name}: Input should be a valid integer")
    return int(text)
