"""The flat documents that guppy searches, and the filters that choose among them."""

from __future__ import annotations

import operator
from collections import Counter
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dialects import ServiceError
from jupyterlab_datahub.demo.gen3.dictionary import NODE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.gen3.graph import Graph, Node

Document = dict[str, Any]

RESOURCE = "auth_resource_path"
TEXT, NUMBER, TEXTS = "String", "Float", "[String]"

CASE: dict[str, str] = {
    "case_id": TEXT,
    "submitter_id": TEXT,
    "project_id": TEXT,
    RESOURCE: TEXT,
    "sex": TEXT,
    "ethnicity": TEXT,
    "species": TEXT,
    "age_at_enrollment": NUMBER,
    "primary_diagnosis": TEXT,
    "tissue_type": TEXTS,
    "file_count": NUMBER,
}
FILE: dict[str, str] = {
    "object_id": TEXT,
    "file_name": TEXT,
    "file_size": NUMBER,
    "md5sum": TEXT,
    "data_category": TEXT,
    "data_type": TEXT,
    "data_format": TEXT,
    "node": TEXT,
    "case_id": TEXTS,
    "project_id": TEXT,
    RESOURCE: TEXT,
}
FIELDS = {"case": CASE, "file": FILE}
"""The types of this commons, with GraphQL's type of each field."""

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "gt": operator.gt,
    "GT": operator.gt,
    ">=": operator.ge,
    "gte": operator.ge,
    "GTE": operator.ge,
    "<": operator.lt,
    "lt": operator.lt,
    "LT": operator.lt,
    "<=": operator.le,
    "lte": operator.le,
    "LTE": operator.le,
}


def documents(graph: Graph) -> dict[str, list[Document]]:
    """Return the documents of each type, made of the graph as the nightly job makes them."""
    samples = graph.of_type("sample")
    kinds = [kind.id for kind in NODE_TYPES if kind.is_file]
    of_files = [_file(graph, node) for kind in kinds for node in graph.of_type(kind)]
    count = Counter(case for document in of_files for case in document["case_id"])
    cases = []
    for node in graph.of_type("case"):
        tissues = {one.value("tissue_type") for one in samples if one.links["cases"] == node.id}
        made = {name: node.value(name) for name in CASE if name in node.props}
        cases.append(
            {
                **dict.fromkeys(CASE),
                **made,
                "case_id": node.id,
                "submitter_id": node.submitter_id,
                "project_id": node.project_id,
                RESOURCE: node.resource,
                "tissue_type": sorted(tissues),
                "file_count": count[node.id],
            }
        )
    return {"case": cases, "file": of_files}


def _file(graph: Graph, node: Node) -> Document:
    sample = graph.target(node, "samples")
    return {
        **{name: node.value(name) for name in FILE},
        "node": node.type,
        "case_id": [sample.links["cases"]] if sample else [],
        RESOURCE: node.resource,
    }


def matches(document: Document, wanted: Any) -> bool:
    """Return whether a document is one of those that a filter is for.

    Raises
    ------
    ServiceError
        If it is no filter.
    """
    if not wanted:
        return True
    if not isinstance(wanted, dict) or len(wanted) != 1:
        raise ServiceError(400, "Invalid filter: one operator is wanted in each object")
    ((operation, value),) = wanted.items()
    if operation.upper() in ("AND", "OR"):
        if not isinstance(value, list):
            raise ServiceError(400, f"Invalid filter: {operation} wants a list")
        found = [matches(document, part) for part in value]
        return all(found) if operation.upper() == "AND" else any(found) or not found
    if not isinstance(value, dict) or not value:
        raise ServiceError(400, f"Invalid filter: {operation} wants an object")
    return _found(document, value) if operation == "search" else _fits(document, operation, value)


def _fits(document: Document, operation: str, value: Document) -> bool:
    ((field, operand),) = list(value.items())[:1]
    if field not in document:
        raise ServiceError(400, f'Invalid filter: no field "{field}"')
    held = document[field] if isinstance(document[field], list) else [document[field]]
    if operation.upper() in ("=", "EQ", "IN"):
        any_of = operand if isinstance(operand, list) else [operand]
        return any(one in any_of for one in held)
    if operation.upper() in ("!=", "NEQ"):
        return operand not in held
    if operation not in ORDERS:
        raise ServiceError(400, f'Invalid filter: no operator "{operation}"')
    return any(one is not None and ORDERS[operation](one, operand) for one in held)


def _found(document: Document, value: Document) -> bool:
    words, fields = str(value.get("keyword", "")).lower(), value.get("fields")
    names = [fields] if isinstance(fields, str) else fields or list(document)
    return any(words in str(document.get(name, "")).lower() for name in names)


def without(wanted: Any, field: str) -> Any:
    """Return a filter without what it says of one field."""
    if not isinstance(wanted, dict) or not wanted:
        return wanted
    ((operation, value),) = wanted.items()
    if isinstance(value, list):
        return {operation: [part for part in (without(one, field) for one in value) if part]}
    return None if isinstance(value, dict) and field in value else wanted


def ordered(found: list[Document], sort: Any) -> list[Document]:
    """Return documents in order: of ``[{field: "asc"}, …]``, or one such object."""
    rules = sort if isinstance(sort, list) else [sort] if sort else []
    for rule in reversed(rules):
        for field, direction in rule.items():
            found = sorted(
                found,
                key=lambda document: (
                    (document[field] is not None, document[field] or 0)
                    if not isinstance(document[field], str)
                    else (True, document[field])
                ),
                reverse=direction == "desc",
            )
    return found
