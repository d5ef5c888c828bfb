"""The OpenAPI document, made from the table of routes and the models."""

from __future__ import annotations

import inspect
import re
from http import HTTPStatus
from typing import Any

import msgspec

from jupyterlab_datahub import errors, model
from jupyterlab_datahub.server import bodies
from jupyterlab_datahub.server.failures import status_of
from jupyterlab_datahub.server.route import PATH_PARAMETERS, Operation, Route
from jupyterlab_datahub.server.routes import ROUTES

API_VERSION = "1"
RENAMED = {422: "Unprocessable Content"}
"""Statuses that RFC 9110 calls by another name than Python before 3.13 does."""


# Payloads of events travel outside the routes, and so does what the front keeps in a notebook.
ALSO_DESCRIBED: tuple[type, ...] = (
    model.Transfer,
    model.SourceStatus,
    model.ProvenanceInput,
    model.SearchQuery,
    model.Connection,
)
_ANYWHERE: tuple[type[errors.DataHubError], ...] = (
    errors.BadRequestError,
    errors.AccessError,
    errors.DataHubError,
)


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of everything below ``<base_url>/datahub/``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "JupyterLab DataHub",
            "version": API_VERSION,
            "description": "Search, transfers, library and hand-off cells of the JupyterLab "
            "DataHub server extension. Progress goes out over Jupyter Events; their payloads "
            "are the fields of Transfer and of SourceStatus.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [
            {
                "url": "{base_url}datahub",
                "description": "A Jupyter server",
                "variables": {"base_url": {"default": "/", "description": "Its base URL."}},
            }
        ],
        "security": [{"token": []}],
        "paths": {f"/{route.path}": _path(route) for route in ROUTES},
        "components": {
            "schemas": schemas(),
            "responses": {_name(status): _failure(status) for status in _failures()},
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "The Jupyter server's token, as in 'token abc'. A browser's "
                    "cookie with the X-XSRFToken header works too.",
                }
            },
        },
    }


def schemas() -> dict[str, Any]:
    """Return the schemas of all models that travel, by name.

    In what the server sends every field is there, so all are required; in what it is sent
    those with a default may be left out.
    """
    operations = [operation for route in ROUTES for operation in route.operations]
    sent = [operation.body for operation in operations if operation.body]
    answered = [operation.returns for operation in operations if not operation.media]
    kinds = dict.fromkeys((*sent, *answered, bodies.ErrorReply, *ALSO_DESCRIBED))
    _, components = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    requests = {kind.__name__ for kind in sent} | {model.SearchQuery.__name__, model.Range.__name__}
    return {
        name: _component(name, schema, request=name in requests)
        for name, schema in sorted(components.items())
    }


def _component(name: str, schema: dict[str, Any], *, request: bool) -> dict[str, Any]:
    schema = dict(schema)
    if "description" in schema:
        schema["description"] = inspect.cleandoc(schema["description"])
    if "properties" in schema:
        schema["properties"] = {
            field: _property(value) for field, value in schema["properties"].items()
        }
        if not request:
            schema["required"] = list(schema["properties"])
    if "enum" in schema:
        # msgspec sorts the values; people read them in the order of the model.
        schema = {
            "type": "string",
            **schema,
            "enum": [str(member) for member in getattr(model, name)],
        }
    return schema


def _property(schema: dict[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in schema.items() if key != "default"}
    if schema.get("type") == "object" and "additionalProperties" not in schema:
        schema["additionalProperties"] = True
    return schema


def _path(route: Route) -> dict[str, Any]:
    described = {operation.method.lower(): _operation(operation) for operation in route.operations}
    names = re.findall(r"{(\w+)}", route.path)
    if not names:
        return described
    return {"parameters": [_path_parameter(name) for name in names], **described}


def _path_parameter(name: str) -> dict[str, Any]:
    parameter = PATH_PARAMETERS[name]
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": parameter.description,
        "schema": {"type": "string", "minLength": 1},
        "example": parameter.example,
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.id, "summary": operation.summary}
    if operation.query:
        described["parameters"] = [{"in": "query", **parameter} for parameter in operation.query]
    if operation.body:
        described["requestBody"] = {"required": True, "content": _json(operation.body)}
    successes = [status for status in (operation.status, operation.also) if status]
    described["responses"] = {
        **{str(status): _success(status, operation) for status in sorted(successes)},
        **{
            str(status): {"$ref": f"#/components/responses/{_name(status)}"}
            for status in _statuses(operation)
        },
    }
    return described


def _statuses(operation: Operation) -> list[int]:
    """Return the statuses of all errors that an operation may end with."""
    return sorted({status_of(kind) for kind in (*_ANYWHERE, *operation.raises)})


def _failures() -> list[int]:
    """Return the statuses of all errors, each of which is described once."""
    operations = [operation for route in ROUTES for operation in route.operations]
    return sorted({status for operation in operations for status in _statuses(operation)})


def _name(status: int) -> str:
    return re.sub(r"\W", "", _phrase(status))


def _phrase(status: int) -> str:
    """Return what a status is called, by RFC 9110 whatever version of Python this is."""
    return RENAMED.get(status) or HTTPStatus(status).phrase


def _success(status: int, operation: Operation) -> dict[str, Any]:
    if not operation.media:
        return _response(status, operation.returns)
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {
        "description": _phrase(status),
        "content": dict.fromkeys(operation.media, binary),
    }


def _response(status: int, kind: type) -> dict[str, Any]:
    return {"description": _phrase(status), "content": _json(kind)}


def _failure(status: int) -> dict[str, Any]:
    response = _response(status, bodies.ErrorReply)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds after which another try makes sense.",
                "schema": {"type": "integer", "minimum": 0},
            }
        }
    return response


def _json(kind: type) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{kind.__name__}"}
    return {"application/json": {"schema": reference}}
