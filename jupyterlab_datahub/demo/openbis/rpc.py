"""JSON-RPC as openBIS speaks it: errors come with status 200, NaN may be in the JSON."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.messages import Reply, Request, problem
from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.references import numbered, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    Method = Callable[..., object]

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Call:
    """What a client calls."""

    method: str
    params: list[Any]
    id: object


def call_of(body: bytes) -> Call:
    """Read a call.

    Raises
    ------
    ValueError
        If it is none.
    """
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("not a JSON-RPC request")
    method, params = document.get("method"), document.get("params", [])
    if not isinstance(method, str) or not isinstance(params, list):
        raise ValueError("not a JSON-RPC request")
    read = plain(params)
    return Call(method, read if isinstance(read, list) else [], document.get("id"))


def answer(request: Request, methods: dict[str, Method], *, references: bool = True) -> Reply:
    """Call the method that a request names, with the parameters it has.

    Parameters
    ----------
    request
        A POST with a JSON-RPC call.
    methods
        What can be called; each gets the parameters in their order.
    references
        Whether an object that is met twice is written once, as Jackson does.
    """
    try:
        call = call_of(request.body)
    except ValueError as error:
        return problem(400, str(error))
    try:
        method = methods.get(call.method)
        if method is None:
            raise OpenbisError(f"method {call.method} not found")
        _check_count(method, call)
        result = method(*call.params)
    except OpenbisError as error:
        return error_reply(call, str(error))
    result = numbered(result) if references else result
    return _reply({"jsonrpc": "2.0", "id": call.id, "result": result})


def _check_count(method: Method, call: Call) -> None:
    try:
        inspect.signature(method).bind(*call.params)
    except TypeError as error:
        raise OpenbisError(f"method {call.method}: {error}") from error


def error_reply(call: Call, message: str) -> Reply:
    """Return an error as openBIS gives it: in the body, with status 200."""
    data = {
        "exceptionTypeName": "ch.systemsx.cisd.common.exceptions.UserFailureException",
        "message": message,
    }
    error = {"code": -32603, "message": message, "data": data}
    return _reply({"jsonrpc": "2.0", "id": call.id, "error": error})


def _reply(document: object) -> Reply:
    return Reply(200, dict(JSON), json.dumps(document).encode())
