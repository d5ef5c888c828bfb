"""The REST services of Synapse on a port, as far as a reader meets them.

What is refused, and in which words, is what the server's own code does: reads of an entity in the
trash can are a 404, a token that is wrong a 401, one without a scope a 403 in the form of OAuth,
and files that may not be downloaded have a ``failureCode`` in an answer that is otherwise good.
"""

from __future__ import annotations

import json
import re
from html import escape
from threading import Lock
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.messages import Reply, Request, json_reply
from jupyterlab_datahub.demo.synapse import answers
from jupyterlab_datahub.demo.synapse.answers import RefusedError
from jupyterlab_datahub.demo.synapse.entities import ROOT, Entities
from jupyterlab_datahub.demo.synapse.users import USERS, User
from jupyterlab_datahub.demo.wire import Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.demo.synapse.entities import Entity
    from jupyterlab_datahub.demo.synapse.storage import Storage

PAGE = 50
"""Children in one answer, and the most that a token may ask for."""

ENTITY = r"/entity/(syn\d+)"
VERSION = r"(?:/version/(\d+))?"
NO_SCOPE = {"error": "insufficient_scope", "error_description": "Request lacks scope download."}
BUSY = "The service is too busy: please slow down."


class SynapseService(Host):
    """Answers as Synapse does.

    Parameters
    ----------
    fill
        Puts entities in; called when one is first asked for, as few tests need them.
    storage
        Where their files are.
    port, faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`; faults know it as ``synapse``.

    Attributes
    ----------
    revoked : set of str
        Tokens that their users have deleted.
    """

    methods = ("GET", "POST")

    def __init__(
        self,
        fill: Callable[[Entities], None],
        storage: Storage,
        *,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        super().__init__("synapse", port=port, faults=faults, log=log)
        self.revoked: set[str] = set()
        self._fill = fill
        self._storage = storage
        self._made: Entities | None = None
        self._lock = Lock()
        routes: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", r"/userProfile", self._profile),
            ("GET", r"/projects", self._projects),
            ("POST", r"/entity/children", self._children),
            ("POST", r"/entity/header", self._headers),
            ("POST", rf"{ENTITY}{VERSION}/bundle2", self._bundle),
            ("GET", rf"{ENTITY}/version", self._versions),
            ("GET", rf"{ENTITY}/wiki/(\d+)", self._wiki),
            ("GET", rf"{ENTITY}{VERSION}", self._entity),
            ("POST", r"/search", self._search),
            ("POST", r"/fileHandle/batch", self._batch),
        )
        self._routes = [(method, re.compile(path), answer) for method, path, answer in routes]

    @property
    def entities(self) -> Entities:
        """What there is; made when it is first wanted."""
        with self._lock:
            if self._made is None:
                made = Entities()
                self._fill(made)
                self._made = made
            return self._made

    def answer(self, request: Request) -> Reply:
        """Return what Synapse would."""
        for service in ("/repo/v1", "/file/v1"):
            if request.path.startswith(f"{service}/"):
                return self._service(request, request.path.removeprefix(service))
        page = re.fullmatch(r"/(Synapse:|AccessRequirements:ID=)(syn\d+)(?:[.&].*)?", request.path)
        return _page(page[2]) if page else _refused(404, "There is no such page.")

    def expired(self, request: Request) -> Reply:  # noqa: ARG002 - as all hosts have it
        """Return what a token gets that was deleted."""
        return _refused(401, "Invalid access token")

    def refusal(self, status: int) -> Reply:
        """Return an error in Synapse's words."""
        return _refused(status, BUSY if status in (429, 503) else "The demo was asked to fail.")

    def _service(self, request: Request, path: str) -> Reply:
        try:
            user = self._user(request)
            if path == "/version":
                return json_reply({"version": "demo"})
            for method, pattern, answer in self._routes:
                match = pattern.fullmatch(path)
                if match and method == request.method:
                    if answer == self._batch and user and "download" not in user.scopes:
                        return json_reply(NO_SCOPE, 403)
                    return json_reply(answer(request, user, *match.groups()))
        except RefusedError as error:
            return _refused(error.status, str(error))
        except (ValueError, KeyError, TypeError, AttributeError):
            return _refused(400, "The request is not well formed.")
        return _refused(404, f"{request.path} was not found.")

    def _user(self, request: Request) -> User | None:
        """Return who asks, None for nobody."""
        kind, _, token = request.header("authorization").partition(" ")
        if not token:
            return None
        found = next((user for user in USERS if user.token == token), None)
        if kind != "Bearer" or found is None or token in self.revoked:
            raise RefusedError(401, "Invalid access token")
        return found

    def _seen(self, user: User | None, id_: str) -> Entity:
        """Return an entity that a user may read."""
        found = self.entities.find(id_)
        if found is None:
            raise RefusedError(404, f"Resource: '{id_}' does not exist")
        if found.trashed:
            raise RefusedError(404, f"Entity {id_} is in trash can.")
        if user is None or not self.entities.sees(user, found):
            raise RefusedError(403, "You lack READ access to the requested entity.")
        return found

    def _at(self, entity: Entity, version: str | None) -> int | None:
        number = int(version) if version else None
        if number is not None and not 1 <= number <= entity.newest:
            raise RefusedError(404, f"Resource: '{entity.id}.{version}' does not exist")
        return number

    def _profile(self, _: Request, user: User | None) -> object:
        if user is None:
            return {"ownerId": "273950", "userName": "anonymous"}
        return {"ownerId": str(user.id), "userName": user.name, "displayName": user.name}

    def _projects(self, request: Request, user: User | None) -> object:
        token = (request.query.get("nextPageToken") or [""])[0]
        found = self.entities.children(ROOT, ("project",)) if _known(user) else []
        page, following = _paged(found, token)
        headers = [
            {"id": one.id, "name": one.name, "modifiedOn": "2026-02-01T09:00:00.000Z"}
            for one in page
        ]
        return {"results": headers, "nextPageToken": following}

    def _children(self, request: Request, user: User | None) -> object:
        body = json.loads(request.body)
        types = tuple(body["includeTypes"])
        if not types:
            raise RefusedError(400, "EntityChildrenRequest.includeTypes must include at least one")
        parent = body.get("parentId")
        if parent:
            self._seen(user, parent)
        else:
            parent, types = ROOT, ("project",)
        found = self.entities.children(parent, types) if _known(user) else []
        page, following = _paged(found, body.get("nextPageToken") or "")
        total = {"totalChildCount": len(found)} if body.get("includeTotalChildCount") else {}
        headers = [answers.header_of(one) for one in page]
        return {"page": headers, "nextPageToken": following, **total}

    def _headers(self, request: Request, user: User | None) -> object:
        found = []
        for wanted in json.loads(request.body)["references"]:
            entity = self.entities.find(wanted["targetId"])
            if entity and not entity.trashed and user and self.entities.sees(user, entity):
                found.append(answers.header_of(entity, wanted.get("targetVersionNumber")))
        return {"results": found, "totalNumberOfResults": len(found)}

    def _entity(self, _: Request, user: User | None, id_: str, version: str | None) -> object:
        entity = self._seen(user, id_)
        return answers.entity_of(entity, self._at(entity, version))

    def _bundle(self, request: Request, user: User | None, id_: str, version: str | None) -> object:
        entity = self._seen(user, id_)
        wanted = json.loads(request.body)
        return answers.bundle_of(self.entities, entity, self._at(entity, version), wanted, user)

    def _versions(self, request: Request, user: User | None, id_: str) -> object:
        found = answers.versions_of(self._seen(user, id_))
        offset, limit = (int((request.query.get(n) or [d])[0]) for n, d in LIMITS)
        return {"results": found[offset : offset + limit], "totalNumberOfResults": len(found)}

    def _wiki(self, _: Request, user: User | None, id_: str, wiki: str) -> object:
        entity = self._seen(user, id_)
        if answers.wiki_id(entity) != wiki:
            raise RefusedError(404, f"A wiki with id {wiki} does not exist.")
        return {"id": wiki, "title": entity.name, "markdown": entity.wiki}

    def _search(self, request: Request, user: User | None) -> object:
        body = json.loads(request.body)
        pairs = body.get("booleanQuery") or []
        words = body.get("queryTerm") or []
        if not pairs and not words:
            raise RefusedError(400, "Either one queryTerm or one booleanQuery must be defined")
        types = {one["value"] for one in pairs if one["key"] == "node_type"}
        found = [
            one
            for one in self.entities
            if _known(user) and one.shared and not one.trashed
            if (not types or one.type in types) and answers.matches(one, words)
        ]
        start, size = int(body.get("start") or 0), int(body.get("size") or 10)
        hits = [answers.hit_of(self.entities, one) for one in found[start : start + size]]
        return {"found": len(found), "start": start, "hits": hits}

    def _batch(self, request: Request, user: User | None) -> object:
        body = json.loads(request.body)
        handles = self.entities.handles()
        results = []
        for wanted in body["requestedFiles"]:
            id_ = str(wanted["fileHandleId"])
            result: dict[str, Any] = {"fileHandleId": id_}
            entity, handle = handles.get(id_, (None, None))
            if entity is None or handle is None or entity.id != wanted["associateObjectId"]:
                result["failureCode"] = "NOT_FOUND" if handle is None else "UNAUTHORIZED"
            elif not (_known(user) and entity.shared and answers.may_download(user, entity)):
                result["failureCode"] = "UNAUTHORIZED"
            else:
                if body.get("includeFileHandles"):
                    result["fileHandle"] = handle.json()
                if body.get("includePreSignedURLs"):
                    result["preSignedURL"] = handle.more.get("externalURL") or (
                        self._storage.signed(handle) if handle.path else None
                    )
            results.append(result)
        return {"requestedFiles": results}


LIMITS = (("offset", "0"), ("limit", "10"))


def _known(user: User | None) -> bool:
    return user is not None and user.name != "demo-stranger"


def _paged(found: list[Entity], token: str) -> tuple[list[Entity], str | None]:
    """Return a page and the token of the next, which is ``<limit>a<offset>``."""
    limit, offset = map(int, token.split("a")) if token else (PAGE, 0)
    if limit > PAGE:
        raise RefusedError(400, f"Limit must not exceed: {PAGE}")
    following = f"{limit}a{offset + limit}" if len(found) > offset + limit else None
    return found[offset : offset + limit], following


def _refused(status: int, reason: str) -> Reply:
    reply = json_reply(
        {"concreteType": "org.sagebionetworks.repo.model.ErrorResponse", "reason": reason}, status
    )
    if status == 401:
        reply.headers["WWW-Authenticate"] = 'Bearer realm="Synapse Repository Services"'
    return reply


def _page(id_: str) -> Reply:
    text = f"<!doctype html><title>{escape(id_)}</title><h1>{escape(id_)}</h1><p>A demo page."
    return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, text.encode())
