"""Sorted pages: ``search_after`` and ``search_before``, and the addresses of the next page.

A page begins after a *value* and not at a number, so that a document that was taken out in
between moves nothing. Equal values are told apart by the id of the entity.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jupyterlab_datahub.demo.hca.failures import bad_request
from jupyterlab_datahub.demo.hca.fields import INDICES
from jupyterlab_datahub.demo.hca.filters import check_field
from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from jupyterlab_datahub.demo.hca.documents import Index

NULL_TEXT = "~null"
NULL_NUMBER = 9_223_372_036_854_774_784
"""What stands for null where values are sorted: after every other one."""

SortKey = tuple[Any, str]


class Pagination(Struct):
    """Which page is wanted."""

    sort: str
    order: str
    size: int
    after: SortKey | None = None
    before: SortKey | None = None


class Page(Struct):
    """The positions of the documents of a page, and where its neighbours begin."""

    positions: tuple[int, ...]
    total: int
    after: SortKey | None
    before: SortKey | None


def parse_pagination(entity: str, params: Mapping[str, str], known: Container[str]) -> Pagination:
    """Return the page that a request wants; `known` are the fields of the catalog.

    Raises
    ------
    AzulError
        400 with what is wrong.
    """
    defaults = INDICES[entity]
    order = params.get("order", defaults.order)
    if order not in ("asc", "desc"):
        message = f"Unknown order `{order}`. Must be one of ('asc', 'desc')"
        raise bad_request(message)
    sort = params.get("sort", defaults.field)
    check_field(sort, known)
    after, before = (_sort_key(params, f"search_{name}") for name in ("after", "before"))
    if after and before:
        raise bad_request("Only one of search_after or search_before may be set")
    size = _size(params.get("size", "10"), defaults.longest_page)
    return Pagination(sort=sort, order=order, size=size, after=after, before=before)


def _size(text: str, longest: int) -> int:
    try:
        size = int(text)
    except ValueError as error:
        raise bad_request("Invalid value for parameter `size`") from error
    if size > longest:
        message = f"Invalid value for parameter `size`, must not be greater than {longest}"
        raise bad_request(message)
    if size < 1:
        raise bad_request("Invalid value for parameter `size`, must be greater than 0")
    return size


def _sort_key(params: Mapping[str, str], name: str) -> SortKey | None:
    if name not in params:
        return None
    try:
        value: Any = json.loads(params[name])
    except ValueError as error:
        message = f"The {name!r} parameter is not valid JSON"
        raise bad_request(message) from error
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], str):
        message = f"Invalid value for `{name}`"
        raise bad_request(message)
    return value[0], value[1]


def page_of(index: Index, chosen: Iterable[int], pagination: Pagination) -> Page:
    """Return a page of the chosen documents."""
    column = index.column(pagination.sort)
    keyed = [(_key(column[at], index.documents[at].id), at) for at in chosen]
    sign = -1 if pagination.order == "desc" else 1
    ordered = sorted(keyed, key=lambda entry: _rank(entry[0]), reverse=sign < 0)
    size = pagination.size
    if pagination.before is not None:
        limit = pagination.before
        earlier = [entry for entry in ordered if sign * _compare(entry[0], limit) < 0]
        window, first = earlier[-size:], len(earlier) > size
        last = True
    else:
        start = pagination.after
        rest = [e for e in ordered if start is None or sign * _compare(e[0], start) > 0]
        window, last = rest[:size], len(rest) > size
        first = start is not None
    return Page(
        positions=tuple(at for _, at in window),
        total=len(ordered),
        after=window[-1][0] if last and window else None,
        before=window[0][0] if first and window else None,
    )


def _key(values: tuple[Any, ...], id_: str) -> SortKey:
    known = [value for value in values if value is not None]
    if not known:
        return None, id_
    value = min(known, key=lambda one: one if isinstance(one, str | int | float) else str(one))
    return value if isinstance(value, str | int | float) else str(value), id_


def _compare(one: SortKey, two: SortKey) -> int:
    first, second = _rank(one), _rank(two)
    return (first > second) - (first < second)


def _rank(key: SortKey) -> tuple[int, float, str, str]:
    value, id_ = key
    if value is None or value in (NULL_TEXT, NULL_NUMBER):
        return 1, 0.0, "", id_
    if isinstance(value, str):
        return 0, 0.0, value, id_
    return 0, float(value), "", id_


def described(
    page: Page, pagination: Pagination, address: str, catalog: str, filters: object
) -> dict[str, Any]:
    """Return the ``pagination`` of an answer; `address` is that of the index."""

    def link(name: str, key: SortKey | None) -> str | None:
        if key is None:
            return None
        params = {
            "catalog": catalog,
            # All of the filters, also where they came in a body since they are too long.
            "filters": json.dumps(filters),
            f"search_{name}": json.dumps([NULL_TEXT if key[0] is None else key[0], key[1]]),
            "sort": pagination.sort,
            "order": pagination.order,
            "size": pagination.size,
        }
        return f"{address}?{urlencode(params)}"

    return {
        "count": len(page.positions),
        "total": page.total,
        "size": pagination.size,
        "next": link("after", page.after),
        "previous": link("before", page.before),
        "pages": -(-page.total // pagination.size),
        "sort": pagination.sort,
        "order": pagination.order,
    }
