"""Questions in GraphQL, and their answers as tables."""

from __future__ import annotations

from typing import Any

from jupyterlab_datahub.model.base import Struct


class GraphQuestion(Struct, forbid_unknown_fields=True):
    """The body of ``POST graphql/{name}``; ``endpoint`` is the name of one of several."""

    query: str
    variables: dict[str, Any] = {}
    endpoint: str = ""


class GraphTable(Struct):
    """One list of the answer as a table: nested fields are columns with dotted names.

    ``ref`` names the table: a transfer of it asks again, and brings it to the working folder.
    """

    name: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | float | bool | None, ...], ...] = ()
    ref: str = ""


class GraphAnswer(Struct):
    """The answer of ``POST graphql/{name}``; ``errors`` are the Source's words."""

    data: dict[str, Any] = {}
    tables: tuple[GraphTable, ...] = ()
    errors: tuple[str, ...] = ()


class GraphEndpoint(Struct):
    """Where questions can be asked; ``schema`` is what introspection says, once it is asked."""

    name: str
    title: str
    description: str = ""


class GraphSchema(Struct):
    """The answer of ``GET graphql/{name}``."""

    endpoints: tuple[GraphEndpoint, ...] = ()
    endpoint: str = ""
    schema: dict[str, Any] = {}
