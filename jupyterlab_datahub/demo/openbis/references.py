"""Ids in requests, and the JSON of Jackson, which writes no object twice.

The first time an object is met it carries ``"@id": n``; wherever it is met again, the bare
number stands for it. openBIS does both in its answers; clients do the first in requests.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.openbis.failures import OpenbisError

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.records import Record
    from jupyterlab_datahub.demo.openbis.tables import R, Tables

Json = dict[str, Any]


def id_text(id_: object) -> str:
    """Return the permId, identifier, code or number of an id object.

    Raises
    ------
    OpenbisError
        If it is none.
    """
    if isinstance(id_, dict):
        for name in ("permId", "identifier", "code", "techId", "id", "name"):
            value = id_.get(name)
            if isinstance(value, dict):
                return id_text(value)
            if value is not None:
                return str(value)
    if isinstance(id_, str) and id_:
        return id_
    raise OpenbisError("Unspecified object id.")


def optional(tables: Tables, kind: type[R], id_: object) -> R | None:
    """Return the entity an id names, None where no id is given.

    Raises
    ------
    OpenbisError
        If there is no such entity.
    """
    return tables.get(kind, id_text(id_)) if id_ else None


def visible(tables: Tables, user: str, kind: type[R], id_: object) -> R:
    """Return the entity an id names.

    Raises
    ------
    OpenbisError
        If there is none, or the user may not see it.
    """
    found: Record = tables.get(kind, id_text(id_))
    if not isinstance(found, kind) or not tables.may_see(user, found):
        suffix = "Identifier" if "/" in id_text(id_) else "PermId"
        raise OpenbisError(
            f"Access denied to object with {kind.__name__}{suffix} = [{id_text(id_)}]. "
            "(Context: [])"
        )
    return found


def numbered(document: object) -> object:
    """Return a document as Jackson writes it.

    One and the same dict object met twice becomes a number the second time; equal dicts that
    are different objects do not.
    """
    numbers = count(1)
    seen: dict[int, int] = {}

    def write(value: object) -> object:
        if isinstance(value, list):
            return [write(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "@type" not in value:
            return {key: write(item) for key, item in value.items()}
        if id(value) in seen:
            return seen[id(value)]
        number = seen[id(value)] = next(numbers)
        written: Json = {"@type": value["@type"], "@id": number}
        written.update((key, write(item)) for key, item in value.items() if key != "@type")
        return written

    return write(document)


def plain(document: object) -> object:
    """Return a request without its ``@id``, which clients send and nothing refers to."""
    if isinstance(document, list):
        return [plain(item) for item in document]
    if isinstance(document, dict):
        return {key: plain(item) for key, item in document.items() if key != "@id"}
    return document
