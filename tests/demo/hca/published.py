"""Holding answers to what is published.

What every answer has at least is in `REQUIRED`. Where ``DATAHUB_AZUL_OPENAPI`` names the file of
the service's own OpenAPI, answers are validated against that, too.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

if TYPE_CHECKING:
    import requests

VARIABLE = "DATAHUB_AZUL_OPENAPI"

HIT = (
    *("protocols", "entryId", "sources", "samples", "specimens", "cellLines"),
    *("donorOrganisms", "organoids", "cellSuspensions", "projects", "dates"),
)
SUMMARY = (
    *("organTypes", "totalFileSize", "fileTypeSummaries", "cellCountSummaries", "donorCount"),
    *("fileCount", "labCount", "projectCount", "speciesCount", "specimenCount", "projects"),
)

REQUIRED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/index/catalogs", ("default_catalog", "catalogs")),
    ("/index/summary", SUMMARY),
    ("/index/[a-z]+", ("hits", "pagination", "termFacets")),
    ("/index/[a-z]+/[^/]+", HIT),
    ("/fetch/manifest/files(/.+)?", ("Status", "Location")),
    ("/fetch/repository/files/.+", ("Status",)),
    ("/repository/sources", ("sources",)),
    ("/health(/.+)?", ("up",)),
    ("/version", ("git", "changes")),
    ("/openapi", ("openapi", "info", "tags", "servers", "paths", "components")),
)
"""Fields of successful answers, by (a pattern of) path."""

TEMPLATES = (
    ("/index/catalogs", "/index/catalogs"),
    ("/index/summary", "/index/summary"),
    ("/index/[a-z]+", "/index/{entity_type}"),
    ("/index/[a-z]+/[^/]+", "/index/{entity_type}/{entity_id}"),
    ("/fetch/manifest/files", "/fetch/manifest/files"),
    ("/fetch/manifest/files/.+", "/fetch/manifest/files/{token}"),
    ("/repository/sources", "/repository/sources"),
    ("/health", "/health"),
    ("/health/.+", "/health/{keys}"),
    ("/version", "/version"),
)
"""Paths of the document.

Left out are ``/openapi``, which is described as an object without any property, and
``/fetch/repository/files``, whose description forbids the ``Retry-After`` that is sent.
"""


def check(method: str, path: str, response: requests.Response) -> None:
    """Assert that a successful answer is as described, and an error in chalice's words."""
    if method == "HEAD" or not response.content:
        return
    if response.status_code >= 400:
        _check_error(response)
        return
    if response.headers["Content-Type"] != "application/json":
        return
    body = response.json()
    for pattern, fields in REQUIRED:
        if re.fullmatch(pattern, path):
            assert set(fields) <= body.keys(), path
            break
    for hit in body.get("hits", ()):
        assert set(HIT) <= hit.keys()
    schema = _schema(method, path)
    if schema is not None:
        jsonschema.validate(body, schema)


def _check_error(response: requests.Response) -> None:
    if response.headers["Content-Type"] != "application/json":
        return  # the store's, or a gateway's page
    body = response.json()
    assert body.keys() in ({"Code", "Message"}, {"message"}, {"Message"})


@cache
def _document() -> dict[str, Any] | None:
    where = os.environ.get(VARIABLE)
    return json.loads(Path(where).read_text(encoding="utf-8")) if where else None


@cache
def _schema(method: str, path: str) -> Any:
    document = _document()
    if document is None:
        return None
    template = next((t for pattern, t in TEMPLATES if re.fullmatch(pattern, path)), None)
    if template is None:
        return None
    described = document["paths"][template][method.lower()]["responses"]["200"]
    if "content" not in described:
        described = document["paths"][template]["get"]["responses"]["200"]
    return _as_json_schema(described["content"]["application/json"]["schema"])


def _as_json_schema(schema: Any) -> Any:
    """Return a schema of OpenAPI 3.0 as one of JSON Schema.

    Organoids are described as texts, and the service's own code makes objects of them.
    """
    if isinstance(schema, list):
        return [_as_json_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        name: {"type": "array"} if name == "organoids" else _as_json_schema(value)
        for name, value in schema.items()
        if name != "nullable"
    }
    if schema.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made
