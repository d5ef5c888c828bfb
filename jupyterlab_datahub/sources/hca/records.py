"""Azul's records, read as they are: lists within lists, nulls anywhere, fields that come and go.

A field of a hit is nearly always a list of what its many bundles say, so that what is one value
for a person is a list with a null in it on the wire. Nothing here is required.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]
"""A JSON object as the service sent it."""


class Pagination(msgspec.Struct):
    """Where a page stands; ``next`` is an address that only the service understands."""

    total: int = 0
    next: str | None = None


class Page(msgspec.Struct):
    """An answer of ``/index/{projects|samples|files}``."""

    hits: list[Record] = []
    pagination: Pagination = msgspec.field(default_factory=Pagination)
    facets: dict[str, Record] = msgspec.field(name="termFacets", default_factory=dict)


class Plugin(msgspec.Struct):
    """What a catalog says of one of its plugins."""

    indices: dict[str, Record] | None = None


class CatalogEntry(msgspec.Struct):
    """A catalog of ``/index/catalogs``."""

    atlas: str = ""
    internal: bool = False
    plugins: dict[str, Plugin] | None = None


class Catalogs(msgspec.Struct):
    """The answer of ``/index/catalogs``."""

    default_catalog: str
    catalogs: dict[str, CatalogEntry] = msgspec.field(default_factory=dict)


class Emulated(msgspec.Struct):
    """A redirect told in a body, as ``/fetch/…`` does for programs that see no headers.

    ``retry_after`` is seconds and may be absent.
    """

    status: int = msgspec.field(name="Status")
    location: str = msgspec.field(name="Location")
    retry_after: float | None = msgspec.field(name="Retry-After", default=None)


def objects(record: Record, name: str) -> Iterator[Record]:
    """Yield the objects in a field: those of a list, or the one that stands there itself."""
    found = record.get(name)
    for one in found if isinstance(found, list) else (found,):
        if isinstance(one, dict):
            yield one


def values(record: Record, *path: str) -> tuple[str, ...]:
    """Return all texts at a path, each once, in their order; nulls and objects are left out."""
    found: dict[str, None] = {}
    for one in raw(record, *path):
        if isinstance(one, bool):
            found["Yes" if one else "No"] = None
        elif isinstance(one, (str, int, float)) and (text := str(one).strip()):
            found[text] = None
    return tuple(found)


def raw(record: Record, *path: str) -> Iterator[Any]:
    """Yield all that stands at a path, lists taken apart."""
    name, *rest = path
    if not rest:
        yield from _flat(record.get(name))
        return
    for one in objects(record, name):
        yield from raw(one, *rest)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    else:
        yield value


def first(record: Record, *path: str) -> str:
    """Return the first text at a path, empty if there is none."""
    return next(iter(values(record, *path)), "")


def number(record: Record, *path: str) -> int | None:
    """Return the first whole number at a path, None if there is none that makes sense."""
    for one in raw(record, *path):
        if isinstance(one, (int, float)) and not isinstance(one, bool) and one >= 0:
            return int(one)
    return None


def total(record: Record, *path: str) -> int | None:
    """Return the sum of the numbers at a path, None if there is none."""
    found = [
        int(one)
        for one in raw(record, *path)
        if isinstance(one, (int, float)) and not isinstance(one, bool)
    ]
    return sum(found) if found else None


def moment(text: str) -> str:
    """Return a time of Azul as ISO 8601 in UTC, empty if it is none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return ""
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    return read.astimezone(UTC).isoformat()


def cells(record: Record) -> int | None:
    """Return the estimated cells of a project, sample or file.

    A project's own estimate counts more than the sum over its cell suspensions.
    """
    for path in (("projects", "estimatedCellCount"), ("effectiveCellCount",)):
        found = number(record, *path)
        if found is not None:
            return found
    return total(record, "cellSuspensions", "totalCells")
