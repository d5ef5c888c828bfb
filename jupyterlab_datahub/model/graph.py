"""Questions in GraphQL, and their answers as tables."""

from __future__ import annotations

from typing import Any

from jupyterlab_datahub.model.base import Struct
from jupyterlab_datahub.model.search import Export


class GraphQuestion(Struct, forbid_unknown_fields=True):
    """The body of ``POST graphql/{name}``; ``endpoint`` is the name of one of several."""

    query: str
    variables: dict[str, Any] = {}
    endpoint: str = ""


class GraphTable(Struct):
    """One list of the answer as a table: nested fields are columns with dotted names.

    ``ref`` names the table: a transfer of it asks again, and brings it to the working folder.
    ``exports`` are the same in each format that it can be had in. Both are empty where the question
    is too long for a ref.
    """

    name: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | float | bool | None, ...], ...] = ()
    ref: str = ""
    exports: tuple[Export, ...] = ()


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


class GraphType(Struct):
    """One type of records, as the Source's data dictionary describes it."""

    name: str
    title: str
    category: str = ""
    description: str = ""


class GraphSchema(Struct):
    """The answer of ``GET graphql/{name}``; ``types`` are those of the data dictionary.

    Only the records of some endpoints are described in one; ``types`` is empty for the others, and
    where the dictionary cannot be had.
    """

    endpoints: tuple[GraphEndpoint, ...] = ()
    endpoint: str = ""
    schema: dict[str, Any] = {}
    types: tuple[GraphType, ...] = ()
