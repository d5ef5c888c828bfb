"""What the service says of itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.cellxgene.catalog import PBMC
from jupyterlab_datahub.demo.cellxgene.standins import LUNG
from jupyterlab_datahub.demo.hca.failures import no_such_route
from jupyterlab_datahub.demo.messages import Reply, html_page, json_reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.demo.cellxgene.specs import CollectionSpec
    from jupyterlab_datahub.demo.hca.catalogs import Catalog

EXPLORER = "/explore"
"""Where pages are that people look at; the portal has a host of its own for them."""

PAIRS = "cellxgene-projects.json"
"""The list of projects that are also collections of CELLxGENE."""

SAME_STUDIES: dict[str, CollectionSpec] = {"pbmc68k": PBMC, "airways-160": LUNG}
"""Projects (by key) that the demo's CELLxGENE has as well; one says so by its DOI, too."""

API_VERSION = "9.2"
"""The version of the published specification that the answers are held to."""

HEALTH: dict[str, dict[str, Any]] = {
    "api_endpoints": {"up": True},
    "elasticsearch": {"up": True},
    "other_lambdas": {"up": True},
    "progress": {"up": True, "unindexed_bundles": 0, "unindexed_documents": 0},
    "queues": {"up": True},
}

PATHS: dict[str, tuple[str, ...]] = {
    "/openapi": ("get",),
    "/health": ("get",),
    "/health/basic": ("get",),
    "/health/cached": ("get",),
    "/health/fast": ("get",),
    "/health/{keys}": ("get",),
    "/version": ("get",),
    "/index/catalogs": ("get",),
    "/index/{entity_type}/{entity_id}": ("get",),
    "/index/{entity_type}": ("get", "head", "post"),
    "/index/summary": ("get", "head"),
    "/manifest/files": ("put",),
    "/manifest/files/{token}": ("get",),
    "/fetch/manifest/files": ("put",),
    "/fetch/manifest/files/{token}": ("get",),
    "/repository/files/{file_uuid}": ("get",),
    "/fetch/repository/files/{file_uuid}": ("get",),
    "/repository/sources": ("get",),
}
"""What is answered, and by which methods."""


def about(page: str, rest: Sequence[str], url: str) -> Reply:
    """Return a page of the service at `url` about itself.

    Raises
    ------
    AzulError
        Where there is no such page.
    """
    if page == "health" and len(rest) < 2:
        return _health("".join(rest))
    if rest:
        raise no_such_route()
    return json_reply(_version() if page == "version" else _openapi(url))


def explored(path: str, catalog: Catalog) -> Reply:
    """Return a page of the portal: that of a project, or the list of pairs."""
    by_id = {project.id: project for project in catalog.projects}
    if path == f"{EXPLORER}/{PAIRS}":
        pairs = [
            {"cellxgeneId": SAME_STUDIES[project.key].id, "hcaProjectId": project.id}
            for project in catalog.projects
            if project.key in SAME_STUDIES
        ]
        return json_reply(pairs)
    project = by_id.get(path.removeprefix(f"{EXPLORER}/projects/").strip("/"))
    if project is None:
        return html_page(404)
    title, text = escape(project.title), escape(project.description)
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{title}</title><h1>{title}</h1><p>{text}</p></html>"
    )
    return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())


def _health(keys: str) -> Reply:
    """Return how the service is; `keys` are aspects, separated by commas, or a kind of look."""
    if keys == "basic":
        return json_reply({"up": True})
    names = list(HEALTH) if keys in ("", "cached", "fast") else keys.split(",")
    if not set(names) <= HEALTH.keys():
        return json_reply({"Message": "Invalid health keys"}, 400)
    return json_reply({**{name: HEALTH[name] for name in names}, "up": True})


def _version() -> dict[str, Any]:
    """Return which version of the service this is."""
    return {"git": {"commit": "0" * 40, "dirty": False}, "changes": []}


def _openapi(url: str) -> dict[str, Any]:
    """Return a specification: paths and methods, without their schemas."""
    paths = {
        path: {method: {"responses": {"200": {"description": ""}}} for method in methods}
        for path, methods in PATHS.items()
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": "Azul (demo)", "version": API_VERSION},
        "servers": [{"url": f"{url}/"}],
        "tags": [],
        "paths": paths,
        "components": {},
    }
