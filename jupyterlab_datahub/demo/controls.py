"""Switches of the demo over HTTP, for tests that drive a browser and not Python.

``/_faults`` answers GET with the faults in force, POST ``{"clear": true, "add": [fault, …]}``
with a fault as :class:`.Fault` has it, and DELETE, which clears. ``/_requests`` answers GET with
the request log and DELETE, which empties it. ``/_catalog`` (on the API's port) answers GET and
POST ``{"as_of": time, "withdrawn": [id, …]}``; ``/_services`` (there, too) GET with the addresses
of all services; ``/_openbis`` (on openBIS's port) and ``/_gen3`` (on the commons') what the
``control`` of their ``service`` modules says. All hosts listen on 127.0.0.1 alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.demo.faults import fault_of
from jupyterlab_datahub.demo.messages import Reply, Request, Seen, json_reply, problem
from jupyterlab_datahub.model.decoding import from_json, from_values

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.cellxgene.records import CellxgeneCatalog
    from jupyterlab_datahub.demo.faults import Faults


def control_faults(faults: Faults, request: Request) -> Reply:
    """Show or change the faults in force."""
    if request.method == "DELETE":
        faults.clear()
    elif request.method == "POST":
        try:
            document = _document(request)
            added = [fault_of(entry) for entry in document.get("add", ())]
        except (TypeError, ValueError) as error:
            return problem(400, str(error))
        if document.get("clear"):
            faults.clear()
        faults.extend(added)
    return json_reply({"active": faults.active})


def control_requests(log: list[Seen], request: Request) -> Reply:
    """Show or empty the request log."""
    if request.method == "DELETE":
        log.clear()
    return json_reply({"requests": [vars(seen) for seen in list(log)]})


def control_catalog(catalog: CellxgeneCatalog, request: Request) -> Reply:
    """Show or change what of the CELLxGENE records can be seen."""
    if request.method == "POST":
        try:
            document = _document(request)
            withdrawn = from_values(document.get("withdrawn", []), set[str])
            as_of = from_values(document.get("as_of", catalog.as_of), str)
        except (TypeError, ValueError) as error:
            return problem(400, str(error))
        catalog.as_of = as_of
        catalog.withdrawn |= withdrawn
    return json_reply({"as_of": catalog.as_of, "withdrawn": sorted(catalog.withdrawn)})


def _document(request: Request) -> dict[str, Any]:
    try:
        return from_json(request.body, dict[str, Any])
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
