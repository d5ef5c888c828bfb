"""indexd: the records of files, one by one and in pages."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dialects import ServiceError, indexd_error
from jupyterlab_datahub.demo.gen3.index import HASH_LENGTHS
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.index import IndexRecord

BASE = "/index"
RECORDS = "/index/"
MOST = 1024
PAGE = 100
TEXTS = ("file_name", "form", "uploader", "version")


@dataclass(frozen=True, kw_only=True)
class IndexQuery:
    """What a page of records is asked for by; ``page`` counts from 0, ``start`` is left out."""

    limit: int
    page: int | None
    start: str
    size: int | None
    hashes: dict[str, str]
    ids: list[str] | None
    lists: dict[str, list[str] | None]
    texts: dict[str, str]
    urls: list[str]

    @classmethod
    def of(cls, request: Request) -> Self:
        """Read the query of a request.

        Raises
        ------
        ServiceError
            If a value is none that could be.
        """
        query = {name: values[0] for name, values in request.query.items() if values[0]}
        return cls(
            limit=_limit(query.get("limit")),
            page=_natural(query, "page"),
            start=query.get("start", ""),
            size=_natural(query, "size"),
            hashes=_hashes(request.query.get("hash", [])),
            ids=_listed(query.get("ids")),
            lists={name: _listed(query[name]) for name in ("acl", "authz") if name in query},
            texts={name: query[name] for name in TEXTS if name in query},
            urls=request.query.get("url", []),
        )

    def matches(self, record: IndexRecord) -> bool:
        """Return whether a record is one of those that are asked for."""
        return (
            (self.size is None or record.size == self.size)
            and (self.ids is None or record.did in self.ids)
            and all(record.hashes.get(kind) == value for kind, value in self.hashes.items())
            and all(getattr(record, name) == value for name, value in self.texts.items())
            and all(_holds(getattr(record, name), all_of) for name, all_of in self.lists.items())
            and all(url in record.urls for url in self.urls)
        )

    def document(self) -> dict[str, Any]:
        """Return the query as the answer repeats it."""
        return {
            "acl": self.lists.get("acl"),
            "authz": self.lists.get("authz"),
            "file_name": self.texts.get("file_name"),
            "hashes": self.hashes or None,
            "ids": self.ids,
            "limit": self.limit,
            "metadata": None,
            "page": self.page,
            "size": self.size,
            "start": self.start or None,
            "urls": self.urls or None,
            "urls_metadata": None,
            "version": self.texts.get("version"),
        }


class Indexd:
    """Answers below ``/index``.

    Parameters
    ----------
    commons
        Whose records these are.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        place = request.path.removeprefix(BASE)
        try:
            if request.method == "POST" and place.strip("/") == "bulk/documents":
                return self._bulk(request)
            if request.method not in ("GET", "HEAD"):
                # Records are written by fence and by jobs, in the name of no user.
                raise ServiceError(401, "Permission denied.")
            return self._read(request, place)
        except ServiceError as error:
            return indexd_error(error.status, error.message)

    def _read(self, request: Request, place: str) -> Reply:
        calls: dict[str, Callable[[Request], Reply]] = {
            "/index": self._page,
            "/_stats": self._stats,
            "/_query/urls/q": self._urls,
            "/_dist": lambda _: json_reply([]),
            "/_version": lambda _: json_reply({"commit": "demo", "version": "6.3.0"}),
        }
        if place.rstrip("/") == "/_status":
            return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, b"Healthy")
        if call := calls.get(place.rstrip("/")):
            return call(request)
        return self._one(place.removeprefix(RECORDS) if place.startswith(RECORDS) else place[1:])

    def _one(self, guid: str) -> Reply:
        calls: dict[str, Callable[[IndexRecord], Reply]] = {
            "/versions": self._versions,
            "/latest": self._latest,
            "/aliases": lambda _: json_reply({"aliases": []}),
        }
        for ending, call in calls.items():
            if guid.endswith(ending):
                return call(self._found(guid.removesuffix(ending)))
        return json_reply(self._found(guid).document(alone=True))

    def _found(self, guid: str) -> IndexRecord:
        record = self._commons.index.find(guid)
        if record is None:
            raise ServiceError(404, "no record found")
        return record

    def _versions(self, record: IndexRecord) -> Reply:
        versions = self._commons.index.versions(record)
        return json_reply({str(at): one.document() for at, one in enumerate(versions)})

    def _latest(self, record: IndexRecord) -> Reply:
        return json_reply(self._commons.index.versions(record)[-1].document(alone=True))

    def _page(self, request: Request) -> Reply:
        query = IndexQuery.of(request)
        found = [
            record
            for record in self._commons.index
            if record.did > query.start and query.matches(record)
        ]
        skipped = (query.page or 0) * query.limit
        records = [record.document() for record in found[skipped : skipped + query.limit]]
        return json_reply({**query.document(), "records": records})

    def _bulk(self, request: Request) -> Reply:
        try:
            guids = json.loads(request.body)
        except ValueError:
            guids = None
        if not isinstance(guids, list):
            raise ServiceError(400, "No identifiers were given as a JSON list")
        wanted = set(map(str, guids))
        return json_reply(
            [record.document() for record in self._commons.index if record.did in wanted]
        )

    def _urls(self, request: Request) -> Reply:
        included = (request.query.get("include") or [""])[0]
        excluded = (request.query.get("exclude") or [""])[0]
        limit = _limit((request.query.get("limit") or [""])[0])
        offset = _natural({name: all_of[0] for name, all_of in request.query.items()}, "offset")
        found = [
            {"did": record.did, "urls": [url for url in record.urls if included in url]}
            for record in self._commons.index
            if any(included in url for url in record.urls)
            and not (excluded and any(excluded in url for url in record.urls))
        ]
        return json_reply(found[offset or 0 : (offset or 0) + limit])

    def _stats(self, _request: Request) -> Reply:
        sizes = [record.size or 0 for record in self._commons.index]
        return json_reply({"fileCount": len(sizes), "totalFileSize": sum(sizes)})


def _limit(text: str | None) -> int:
    if not text:
        return PAGE
    if not text.isdecimal() or int(text) > MOST:
        raise ServiceError(400, f"limit must be between 0 and {MOST}")
    return int(text)


def _natural(query: dict[str, str], name: str) -> int | None:
    text = query.get(name)
    if not text:
        return None
    if not text.isdecimal():
        raise ServiceError(400, f"{name} must be an integer >= 0")
    return int(text)


def _holds(held: list[str], all_of: list[str] | None) -> bool:
    """Return whether a list has all that is asked for; "null" asks for one that has nothing."""
    return not held if all_of == ["null"] else set(all_of or ()) <= set(held)


def _listed(text: str | None) -> list[str] | None:
    return text.split(",") if text else None


def _hashes(given: list[str]) -> dict[str, str]:
    hashes = {}
    for one in given:
        kind, _, value = one.partition(":")
        length = HASH_LENGTHS.get(kind, 0)
        if len(value) != length or not re.fullmatch("[0-9a-f]+", value):
            raise ServiceError(400, "invalid hash values specified")
        hashes[kind] = value
    return hashes
