"""The Azul service: indices, summary, manifests and the repository, on one port."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from jupyterlab_datahub.demo.hca import manifests
from jupyterlab_datahub.demo.hca.facets import term_facets
from jupyterlab_datahub.demo.hca.failures import (
    AzulError,
    bad_request,
    failure,
    gateway_failure,
    no_such_route,
)
from jupyterlab_datahub.demo.hca.fields import INDICES
from jupyterlab_datahub.demo.hca.filters import parse_filters, reified, selected
from jupyterlab_datahub.demo.hca.hits import Shown, UrlName
from jupyterlab_datahub.demo.hca.jobs import Jobs, Order, Ready, Waiting
from jupyterlab_datahub.demo.hca.pages import EXPLORER, about, explored
from jupyterlab_datahub.demo.hca.paging import described, page_of, parse_pagination
from jupyterlab_datahub.demo.hca.rate import RateRule
from jupyterlab_datahub.demo.hca.repository import Repository
from jupyterlab_datahub.demo.hca.summary import summary
from jupyterlab_datahub.demo.messages import Reply, Request, Seen, json_reply
from jupyterlab_datahub.demo.wire import Host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.hca.aggregation import Entity
    from jupyterlab_datahub.demo.hca.catalogs import Catalog, Catalogs
    from jupyterlab_datahub.demo.hca.hits import Addresses
    from jupyterlab_datahub.demo.hca.storage import Storage

LONGEST_URL = 8_192
"""Bytes of path and query that the gateway takes."""

MANAGED_TOKEN = "demo-managed-access"  # noqa: S105 - everybody may know it
"""The bearer token of somebody who may read the managed-access project."""

SEARCH = (
    "catalog",
    "filters",
    "order",
    "search_after",
    "search_after_uid",
    "search_before",
    "search_before_uid",
    "size",
    "sort",
)

Params = dict[str, str]


class AzulApi(Host):
    """Answers for the catalogs.

    Parameters
    ----------
    catalogs
        What is served.
    storage
        Where its redirects lead to.
    faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`.

    Attributes
    ----------
    url_name
        What the address of a file is called in hits: ``azul_url``, ``url`` as it was before
        November 2025, or ``both``.
    rate : RateRule
        The firewall.
    jobs : Jobs
        Manifests in the making.
    repository : Repository
        How files are handed out.
    """

    methods = ("GET", "HEAD", "POST", "PUT")

    def __init__(
        self, catalogs: Catalogs, storage: Storage, *, faults: Faults, log: list[Seen]
    ) -> None:
        super().__init__("hca", faults=faults, log=log)
        self.catalogs = catalogs
        self.rate = RateRule()
        self.repository = Repository(storage)
        self.jobs = Jobs(storage, self._write_manifest)
        self.url_name: UrlName = "azul_url"

    def refusal(self, status: int) -> Reply:
        """Return an error in the words of this service."""
        return failure(status)

    def answer(self, request: Request) -> Reply:
        """Return an answer, or why there is none."""
        if request.path.startswith(f"{EXPLORER}/"):
            return explored(request.path, self.catalogs.get(self.catalogs.default))
        if not self.rate.allows():
            reply = gateway_failure(429, "Too Many Requests")
            return Reply(
                429, {**reply.headers, "Retry-After": str(self.rate.retry_after)}, reply.body
            )
        if len(request.target) > LONGEST_URL:
            return gateway_failure(413, "Request Entity Too Large")
        parts = tuple(request.path.strip("/").split("/"))
        try:
            reply = self._route(request, parts)
        except AzulError as error:
            reply = error.reply()
        return Reply(reply.status, {"Cache-Control": "no-store", **reply.headers}, reply.body)

    def _route(self, request: Request, parts: tuple[str, ...]) -> Reply:
        params = _params(request)
        fetch = parts[0] == "fetch"
        match parts[1:] if fetch else parts, request.method:
            case ("index", *rest), "GET" | "HEAD" | "POST" if not fetch:
                return self._index(request, params, rest)
            case ("manifest", "files"), "PUT":
                return self._begin_manifest(request, params, fetch=fetch)
            case ("manifest", "files", token), "GET":
                return self._manifest(token, fetch=fetch)
            case ("repository", "files", uuid), "GET" | "HEAD":
                return self._file(request, params, uuid, fetch=fetch)
            case ("repository", "sources"), "GET" if not fetch:
                return self._list_sources(request, params)
            case (("health" | "version" | "openapi") as page, *rest), "GET" if not fetch:
                return about(page, rest, self.url)
        raise no_such_route()

    def _index(self, request: Request, params: Params, parts: list[str]) -> Reply:
        reading = request.method != "POST"
        match parts:
            case ["catalogs"] if reading:
                return json_reply(self.catalogs.described())
            case ["summary"] if reading:
                return self._summary(request, params)
            case [entity]:
                return self._search(request, params, entity)
            case [entity, id_] if reading:
                return self._entity(request, params, entity, id_)
        raise no_such_route()

    def _sources(self, request: Request, catalog: Catalog) -> set[str]:
        """Return the sources that whoever asks may read."""
        header = request.header("authorization")
        if not header:
            return catalog.open_sources
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or token != MANAGED_TOKEN:
            raise AzulError(401, "Invalid authentication credentials")
        return {project.source_id for project in catalog.projects}

    def _catalog(self, params: Params) -> Catalog:
        return self.catalogs.get(params.get("catalog", self.catalogs.default))

    def _shown(self, catalog: Catalog, sources: set[str]) -> Shown:
        return Shown(self._addresses(catalog.name), self.url_name, sources, novel=catalog.novel)

    def _addresses(self, catalog: str) -> Addresses:
        def address(file: Entity) -> str | None:
            if file["drs_uri"] is None:
                return None
            query = urlencode({"catalog": catalog, "version": file["version"]})
            return f"{self.url}/repository/files/{file['uuid']}?{query}"

        return address

    def _search(self, request: Request, params: Params, entity: str) -> Reply:
        catalog = self._catalog(params)
        _check_names(params, SEARCH)
        _check_entity(entity, catalog)
        filters = parse_filters(params.get("filters"), catalog.fields)
        pagination = parse_pagination(entity, params, catalog.fields)
        sources = self._sources(request, catalog)
        index = catalog.indices[entity]
        allowed = reified(filters, sources, limited=entity != "projects")
        page = page_of(index, selected(index, allowed), pagination)
        shown = self._shown(catalog, sources)
        address = f"{self.url}/index/{entity}"
        return json_reply(
            {
                "pagination": described(page, pagination, address, catalog.name, filters),
                "termFacets": term_facets(index, allowed, sources, catalog.facets),
                "hits": [shown.hit(index.documents[at]) for at in page.positions],
            }
        )

    def _entity(self, request: Request, params: Params, entity: str, id_: str) -> Reply:
        catalog = self._catalog(params)
        _check_names(params, SEARCH)
        _check_entity(entity, catalog)
        _check_uuid(id_)
        sources = self._sources(request, catalog)
        index = catalog.indices[entity]
        asked = reified({"entryId": {"is": [id_]}}, sources, limited=entity != "projects")
        for at in selected(index, asked):
            return json_reply(self._shown(catalog, sources).hit(index.documents[at]))
        message = f"Can't find an entity in {entity} with an uuid, {id_}."
        raise AzulError(404, message)

    def _summary(self, request: Request, params: Params) -> Reply:
        catalog = self._catalog(params)
        _check_names(params, ("catalog", "filters"))
        filters = parse_filters(params.get("filters"), catalog.fields)
        return json_reply(summary(catalog.indices, filters, self._sources(request, catalog)))

    def _list_sources(self, request: Request, params: Params) -> Reply:
        catalog = self._catalog(params)
        _check_names(params, ("catalog",))
        allowed = self._sources(request, catalog)
        listed = [
            {"sourceId": source["id"], "sourceSpec": source["spec"]}
            for source in catalog.sources
            if source["id"] in allowed
        ]
        return json_reply({"sources": listed})

    def _begin_manifest(self, request: Request, params: Params, *, fetch: bool) -> Reply:
        catalog = self._catalog(params)
        _check_names(params, ("catalog", "filters", "format"))
        format_ = params.get("format", manifests.COMPACT)
        manifests.check_format(format_, catalog.name)
        filters = parse_filters(params.get("filters"), catalog.fields)
        sources = self._sources(request, catalog)
        # Refused now, and not when the job runs.
        reified(filters, sources, limited=True)
        order = Order(
            catalog=catalog.name,
            format=format_,
            filters=filters,
            sources=tuple(sorted(sources)),
        )
        return self._progress(self.jobs.order(order), fetch=fetch)

    def _manifest(self, token: str, *, fetch: bool) -> Reply:
        ready = self.jobs.ready(token)
        if ready is None:
            return self._progress(self.jobs.look(token), fetch=fetch)
        if fetch:
            raise bad_request("The fetch endpoint does not support a manifest key")
        return self._progress(ready, fetch=False)

    def _progress(self, progress: Waiting | Ready, *, fetch: bool) -> Reply:
        prefix = f"{self.url}/fetch" if fetch else self.url
        if isinstance(progress, Waiting):
            location = f"{prefix}/manifest/files/{progress.token}"
            return _redirect(301, location, progress.retry_after, fetch=fetch)
        if fetch and progress.format == manifests.CURL:
            # Those who retry for hours need an address that lasts.
            location = f"{self.url}/manifest/files/{progress.key}"
        else:
            location = self.jobs.location(progress)
        lines = manifests.command_lines(progress.format, location, progress.name)
        if fetch:
            return json_reply({"Status": 302, "Location": location, "CommandLine": lines})
        text = "".join(
            f"\nDownload the manifest in {shell} with `curl` using:\n\n{line}\n"
            for shell, line in lines.items()
        )
        return Reply(302, {"Location": location, "Content-Type": "text/plain"}, text.encode())

    def _write_manifest(self, order: Order) -> bytes:
        catalog = self.catalogs.get(order.catalog)
        index = catalog.indices["files"]
        allowed = reified(order.filters, set(order.sources), limited=True)
        chosen = [index.documents[at] for at in sorted(selected(index, allowed))]
        return manifests.content_of(
            order.format, chosen, self._addresses(catalog.name), catalog.name
        )

    def _file(self, request: Request, params: Params, uuid: str, *, fetch: bool) -> Reply:
        catalog = self._catalog(params)
        prefix = f"{self.url}/fetch" if fetch else self.url
        found = self.repository.resolve(
            catalog,
            uuid,
            params,
            sources=self._sources(request, catalog),
            address=f"{prefix}/repository/files/{uuid}",
            wanted_range=request.header("range"),
        )
        if found.status == 206:
            return json_reply({"Status": 206, "Content-Length": 0}) if fetch else Reply(206)
        wait = found.retry_after
        if wait and params.get("wait") == "1":
            self.stopping.wait(wait)
            wait = None
        return _redirect(found.status, found.location, wait, fetch=fetch, file_name=found.file_name)


def _redirect(
    status: int, location: str, retry_after: int | None, *, fetch: bool, file_name: str = ""
) -> Reply:
    waiting = {} if retry_after is None else {"Retry-After": retry_after}
    if fetch:
        return json_reply({"Status": status, **waiting, "Location": location})
    headers = {name: str(value) for name, value in waiting.items()}
    if file_name:
        # A header is Latin-1; what does not fit is left to the name of the file itself.
        plain = file_name.replace('"', "'").encode("latin-1", "replace").decode("latin-1")
        headers["Content-Disposition"] = f'attachment;filename="{plain}"'
    return Reply(status, {**headers, "Location": location})


def _params(request: Request) -> Params:
    """Return the parameters of query and body.

    Raises
    ------
    AzulError
        400 where the body is no object, or both say the same.
    """
    params = {name: values[0] for name, values in request.query.items()}
    if request.method not in ("POST", "PUT") or not request.body:
        return params
    try:
        body = msgspec.json.decode(request.body)
    except msgspec.DecodeError as error:
        raise bad_request("Error Parsing JSON") from error
    if not isinstance(body, dict):
        raise bad_request("Request body is not a JSON object")
    if body.keys() & params.keys():
        raise bad_request("Conflicting keys between body and query parameters")
    texts = {name: v if isinstance(v, str) else json.dumps(v) for name, v in body.items()}
    return {**params, **texts}


def _check_names(params: Params, allowed: Iterable[str]) -> None:
    if extra := sorted(params.keys() - set(allowed)):
        names = ", ".join(f"`{name}`" for name in extra)
        message = f"Unknown query parameter{'s' if len(extra) > 1 else ''} {names}"
        raise bad_request(message)


def _check_entity(entity: str, catalog: Catalog) -> None:
    if entity not in INDICES:
        message = (
            f"Entity type {entity!r} is invalid for catalog {catalog.name!r}. "
            f"Must be one of {set(INDICES)}."
        )
        raise bad_request(message)


def _check_uuid(text: str) -> None:
    try:
        valid = str(UUID(text)) == text.lower()
    except ValueError:
        valid = False
    if not valid:
        message = f"{text!r} is not a valid UUID."
        raise bad_request(message)
