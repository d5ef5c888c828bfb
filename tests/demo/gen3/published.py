"""Holding answers to what is documented.

What each documented answer has at least is in `REQUIRED`. Where ``DATAHUB_GEN3_OPENAPI`` names
a directory with the services' own OpenAPI files, answers are validated against these, too.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import yaml

if TYPE_CHECKING:
    import requests

VARIABLE = "DATAHUB_GEN3_OPENAPI"

SERVICES = (
    ("/user/data/download/bulk", "fence", "/user/data"),
    ("/user/data/multipart/", "fence", "/user/data"),
    ("/user/credentials/", "fence", "/user"),
    ("/user/data/", "fence", "/user"),
    ("/user/", "fence", "/user"),
    ("/index/", "indexd", "/index"),
    ("/ga4gh/", "indexd", ""),
    ("/api/v0/submission/graphql", "peregrine", "/api/v0/submission"),
    ("/api/v0/submission/getschema", "peregrine", "/api/v0/submission"),
    ("/api/v0/datasets", "peregrine", "/api/v0"),
    ("/api/", "sheepdog", "/api"),
    ("/mds/", "metadata-service", "/mds"),
    ("/manifests/", "manifestservice", "/manifests"),
)
"""Which service's document describes the paths below a prefix, and what these begin with there."""

USER = (
    *("user_id", "idp", "sub", "username", "name", "display_name", "preferred_username"),
    *("phone_number", "email", "is_admin", "role", "project_access", "certificates_uploaded"),
    *("resources_granted", "groups", "message", "authz", "resources"),
)
PAGE = (
    *("records", "ids", "size", "start", "limit", "page", "file_name", "urls", "acl", "authz"),
    *("hashes", "metadata", "version"),
)
RECORD = (
    *("did", "baseid", "rev", "form", "size", "file_name", "hashes", "urls", "acl", "authz"),
    *("uploader", "metadata", "urls_metadata", "version", "created_date", "updated_date"),
)
OBJECT = ("id", "self_uri", "size", "created_time", "checksums", "access_methods")
SERVICE = ("id", "name", "version", "type", "organization", "drs", "maxBulkRequestLength")

REQUIRED: dict[tuple[str, str], tuple[str, ...]] = {
    ("POST", "/user/credentials/(api|cdis)/access_token"): ("access_token",),
    ("GET", "/user/user"): USER,
    ("GET", "/user/data/download/.+"): ("url",),
    ("POST", "/user/data/download/bulk"): ("urls", "failed_guids"),
    ("POST", "/user/data/upload"): ("guid", "url"),
    ("GET", "/user/data/upload/.+"): ("url",),
    ("POST", "/user/data/multipart/init"): ("guid", "uploadId"),
    ("POST", "/user/data/multipart/upload"): ("presigned_url",),
    ("GET", "/user/data/buckets"): ("S3_BUCKETS", "GS_BUCKETS"),
    ("GET", "/index/index"): PAGE,
    ("GET", "/index/index/[^/]+(/[^/]+)?"): RECORD,
    ("GET", "/index/_stats"): ("fileCount", "totalFileSize"),
    ("GET", "/ga4gh/drs/v1/objects/[^/]+(/[^/]+)?"): OBJECT,
    ("GET", "/ga4gh/drs/v1/service-info"): SERVICE,
    ("GET", "/api/v0/submission/(DEV)?"): ("links",),
    ("GET", "/api/v0/submission/_dictionary"): ("links",),
    ("POST", "/api/v0/submission/graphql"): ("data",),
    ("GET", "/manifests/"): ("manifests",),
}
"""Fields of successful answers, by method and (a pattern of) path."""

MISTAKES = ("$.start",)
"""What a document has wrong: indexd's takes the identifier a page starts after for a number."""

UNDOCUMENTED = {("POST", "/ga4gh/drs/v1/objects")}
"""What real services answer and their documents do not have."""

ENDINGS = ("versions", "latest", "aliases")


def check(method: str, path: str, response: requests.Response) -> None:
    """Fail where a successful answer is not as documented.

    What went wrong is documented hardly anywhere; the tests say themselves what they expect.
    """
    undocumented = path.endswith(ENDINGS) or (method, path) in UNDOCUMENTED
    if not response.ok or response.is_redirect or undocumented:
        return
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    document = response.json() if is_json else None
    for (of_method, pattern), fields in REQUIRED.items():
        if method == of_method and re.fullmatch(pattern, path):
            assert isinstance(document, dict), f"{method} {path} answered no object"
            missing = set(fields) - set(document)
            assert not missing, f"{method} {path}: {missing} missing"
            break
    if directory := os.environ.get(VARIABLE):
        _check_published(Path(directory), method, path, response.status_code, document)


def _check_published(directory: Path, method: str, path: str, status: int, document: Any) -> None:
    of_path = (one for one in SERVICES if path.startswith(one[0]))
    prefix, service, stripped = next(of_path, ("", "", ""))
    if not prefix:
        return
    if "/access/" in path:
        service = "fence"
    whole = _document(directory, service)
    operation = _operation(whole, method, path.removeprefix(stripped))
    if "responses" not in operation:
        return
    answers = {str(code): answer for code, answer in operation["responses"].items()}
    if method == "PUT" and "201" in answers:
        # Sheepdog's document says 201 for what its answers, and their "code", say 200.
        answers["200"] = answers["201"]
    assert str(status) in answers or "default" in answers, f"{method} {path}: status {status}"
    answer = answers.get(str(status)) or {}
    schema = answer.get("schema")
    for media in answer.get("content", {}).values():
        schema = schema or media.get("schema")
    if not schema or document is None or _dangles(whole, schema):
        return
    root = {name: whole[name] for name in ("definitions", "components") if name in whole}
    found = jsonschema.Draft202012Validator({**root, **schema}).iter_errors(document)
    wrong = [
        f"{error.json_path}: {error.message[:200]}"
        for error in found
        if error.json_path not in MISTAKES
    ]
    assert not wrong, f"{method} {path}: {wrong[:3]}"


def _dangles(whole: Any, schema: Any) -> bool:
    """Return whether a schema is only named and defined nowhere, as one of fence's is."""
    place = whole
    for name in schema.get("$ref", "").split("/")[1:]:
        place = place.get(name, {})
    return not place


@cache
def _document(directory: Path, service: str) -> Any:
    text = (directory / f"{service}.yaml").read_text(encoding="utf-8")
    return _lenient(yaml.safe_load(text))


def _operation(document: Any, method: str, path: str) -> Any:
    """Return the operation of a path; variables may have a slash, as identifiers do."""
    candidates = []
    for template, methods in document["paths"].items():
        pattern = re.sub(r"\\?[{<].+?\\?[}>]", ".+", re.escape(template.rstrip("/")))
        if method.lower() in methods and re.fullmatch(pattern, path.rstrip("/")):
            literal = re.sub(r"[{<].+?[}>]", "", template)
            other = template.rstrip("/").count("/") != path.rstrip("/").count("/")
            candidates.append((other, -len(literal), template))
    assert candidates, f"{method} {path} is documented nowhere"
    return document["paths"][min(candidates)[-1]][method.lower()]


def _lenient(schema: Any) -> Any:
    """Return a schema in which what has a type may be null: no document says what is."""
    if isinstance(schema, list):
        return [_lenient(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _lenient(part) for name, part in schema.items()}
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if isinstance(made.get("enum"), list) and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    if not isinstance(made.get("required", []), list):
        # A flag of a parameter, or a mistake: "required" lists names.
        del made["required"]
    return made
