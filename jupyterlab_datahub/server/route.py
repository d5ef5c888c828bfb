"""What a route is: its address, its handler, and what can be asked of it with which answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub import errors

if TYPE_CHECKING:
    from jupyterlab_datahub.server.base import DataHubHandler

NAMESPACE = "datahub"

CATALOG_ERRORS = (errors.CatalogError, errors.BusyError, errors.SlowError)


class Operation(NamedTuple):
    """One HTTP method of a route.

    ``raises`` lists what it fails with beside what each may (400, 403, 500); ``also`` is a
    second status of success; ``media`` are the types of an answer that is no JSON.
    """

    method: str
    id: str
    summary: str
    returns: type
    status: int = 200
    also: int | None = None
    body: type | None = None
    query: tuple[dict[str, Any], ...] = ()
    raises: tuple[type[errors.DataHubError], ...] = ()
    media: tuple[str, ...] = ()


class Route(NamedTuple):
    """An address below ``<base_url>/datahub/`` with its handler."""

    path: str
    handler: type[DataHubHandler]
    operations: tuple[Operation, ...]


class PathParameter(NamedTuple):
    """A variable part of an address: what it matches and what it means."""

    pattern: str
    description: str
    example: str


PATH_PARAMETERS = {
    # Refs hold slashes; they come percent-encoded or as they are.
    "ref": PathParameter(
        r".+",
        "Identifier of a dataset or of one of its files, percent-encoded.",
        "cellxgene:5f0e8a5e-0000-4000-8000-000000000000",
    ),
    "name": PathParameter(r"[^/]+", "Name of a configured source.", "cellxgene"),
    "id": PathParameter(r"[^/]+", "Identifier of a transfer.", "0b8e1f6c"),
    "sha256": PathParameter(r"[^/]+", "SHA-256 of a file of the library, in hex.", "9f86d081"),
}


def pattern_of(path: str) -> str:
    """Return the regular expression of a route's address."""
    return re.sub(r"{(\w+)}", lambda match: f"({PATH_PARAMETERS[match[1]].pattern})", path)
