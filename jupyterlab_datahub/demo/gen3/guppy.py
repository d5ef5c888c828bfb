"""guppy: search over flat documents, with histograms, and whole tables to download."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dialects import ServiceError, guppy_error
from jupyterlab_datahub.demo.gen3.guppy_index import (
    FIELDS,
    NUMBER,
    RESOURCE,
    Document,
    documents,
    matches,
    ordered,
    without,
)
from jupyterlab_datahub.demo.gen3.query import asked, run
from jupyterlab_datahub.demo.gen3.tokens import TokenError
from jupyterlab_datahub.demo.gen3.users import may
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.users import User

BASE = "/guppy"
PAGE = 10
WINDOW = 10_000
"""Documents that can be reached in pages; the rest is for downloads."""

NO_ACCESS = (
    "You don't have access to all the data you are querying. Try using "
    "'accessibility: accessible' in your query"
)


class Guppy:
    """Answers below ``/guppy``, as a commons of the tier "regular" does.

    Counts are everybody's; documents are for those who may read all of what they ask for, or
    who ask for what is ``accessible``.

    Parameters
    ----------
    commons
        Whose graph it is; what is submitted later is found the next day.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons

    @cached_property
    def _documents(self) -> dict[str, list[Document]]:
        return documents(self._commons.graph)

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        place = request.path.removeprefix(BASE).strip("/")
        try:
            if place == "_status":
                names: dict[str, Any] = {f"demo_{name}": {"aliases": {name: {}}} for name in FIELDS}
                return json_reply({"indices": names, "statusCode": 200, "warnings": None})
            user = self._commons.caller(request)
            if place == "graphql" and request.method == "POST":
                return self._graphql(request, user)
            if place == "download" and request.method == "POST":
                return self._download(request, user)
            raise ServiceError(404, f"Cannot {request.method} {request.path}")
        except TokenError as error:
            return guppy_error(401, f"[AuthHelper] {error}")
        except ServiceError as error:
            return guppy_error(error.status, error.message)

    def _graphql(self, request: Request, user: User | None) -> Reply:
        from jupyterlab_datahub.demo.gen3.guppy_schema import schema

        result = run(schema(), asked(request), root=self._root(user))
        if not result.errors:
            return json_reply({"data": result.data})
        errors = [
            {
                "message": error.message,
                "locations": [
                    {"line": one.line, "column": one.column} for one in error.locations or ()
                ],
                **({"path": error.path} if error.path else {}),
                "extensions": {"code": _code(error.original_error)},
            }
            for error in result.errors
        ]
        if result.data is None:
            return json_reply({"errors": errors}, 400)
        return json_reply({"data": result.data, "errors": errors})

    def _root(self, user: User | None) -> dict[str, Any]:
        """Return what the fields of a query are resolved with."""
        return {
            **{name: partial(self._page, user, name) for name in FIELDS},
            "_aggregation": {name: partial(self._aggregation, user, name) for name in FIELDS},
            "_mapping": {name: partial(_mapping, name) for name in FIELDS},
        }

    def _chosen(
        self, user: User | None, name: str, wanted: Any, accessibility: str
    ) -> list[Document]:
        found = [one for one in self._documents[name] if matches(one, wanted)]
        if accessibility == "all":
            return found
        readable = accessibility == "accessible"
        return [one for one in found if may(user, "read", one[RESOURCE]) == readable]

    def _readable(
        self, user: User | None, name: str, wanted: Any, accessibility: str
    ) -> list[Document]:
        found = self._chosen(user, name, wanted, accessibility)
        if not all(may(user, "read", one[RESOURCE]) for one in found):
            raise ServiceError(401, NO_ACCESS)
        return found

    def _page(self, user: User | None, name: str, _info: object, **given: Any) -> list[Document]:
        offset, first = given.get("offset") or 0, given.get("first", PAGE)
        if offset + first > WINDOW:
            raise ServiceError(400, f"Result window is too large, from + size must be <= {WINDOW}")
        found = self._readable(user, name, given.get("filter"), given["accessibility"])
        return ordered(found, given.get("sort"))[offset : offset + first]

    def _aggregation(
        self, user: User | None, name: str, _info: object, **given: Any
    ) -> dict[str, Any]:
        wanted, accessibility = given.get("filter"), given["accessibility"]

        def of(field: str) -> list[Document]:
            own = wanted if given["filterSelf"] else without(wanted, field)
            return self._chosen(user, name, own, accessibility)

        fields = {
            field: partial(_histogram, partial(of, field), field, numeric=kind == NUMBER)
            for field, kind in FIELDS[name].items()
        }
        return {"_totalCount": len(self._chosen(user, name, wanted, accessibility)), **fields}

    def _download(self, request: Request, user: User | None) -> Reply:
        try:
            sent = json.loads(request.body)
            name, fields = sent["type"], sent.get("fields")
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceError(400, "There is no type in the request") from error
        if name not in FIELDS:
            raise ServiceError(400, f'Invalid es type: "{name}"')
        accessibility = sent.get("accessibility") or "all"
        found = self._readable(user, name, sent.get("filter"), accessibility)
        columns = fields or list(FIELDS[name])
        if unknown := set(columns) - set(FIELDS[name]):
            raise ServiceError(400, f"Invalid fields: {sorted(unknown)}")
        rows = [
            {column: one[column] for column in columns} for one in ordered(found, sent.get("sort"))
        ]
        form = sent.get("format") or "json"
        if form == "json":
            return json_reply(rows)
        return _table(rows, columns, form)


def _code(error: Exception | None) -> object:
    return error.status if isinstance(error, ServiceError) else "GRAPHQL_VALIDATION_FAILED"


def _mapping(name: str, _info: object, **given: Any) -> list[str]:
    words = given.get("searchInput") or ""
    return [field for field in FIELDS[name] if words in field]


def _histogram(
    find: Callable[[], list[Document]], field: str, _info: object, *, numeric: bool
) -> dict[str, Any]:
    values = [document[field] for document in find()]
    flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
    known = [one for one in flat if one is not None]
    counts = Counter("no data" if one is None else one for one in flat)
    texts = [{"key": str(key), "count": count} for key, count in counts.most_common()]
    return {
        "_totalCount": len(known),
        "_cardinalityCount": len(set(known)),
        "histogram": partial(_bins, known) if numeric else texts,
        "asTextHistogram": texts,
    }


def _bins(values: list[float], _info: object, **given: Any) -> list[dict[str, Any]]:
    """Return the numbers in steps of ``rangeStep``, or all of them as one bin."""
    if not values:
        return []
    start, end = given.get("rangeStart", min(values)), given.get("rangeEnd", max(values) + 1)
    step = given.get("rangeStep") or max(end - start, 1)
    bins = []
    while start < end:
        within = [one for one in values if start <= one < start + step]
        if within:
            bins.append(
                {
                    "key": [start, start + step],
                    "count": len(within),
                    "min": min(within),
                    "max": max(within),
                    "avg": sum(within) / len(within),
                    "sum": sum(within),
                }
            )
        start += step
    return bins


def _table(rows: list[Document], columns: list[str], form: str) -> Reply:
    if form not in ("csv", "tsv"):
        raise ServiceError(400, f"Invalid format: {form}")
    text = io.StringIO()
    table = csv.DictWriter(
        text, columns, delimiter="," if form == "csv" else "\t", lineterminator="\n"
    )
    table.writeheader()
    for row in rows:
        table.writerow(
            {
                name: ",".join(value) if isinstance(value, list) else value
                for name, value in row.items()
            }
        )
    return Reply(200, {"Content-Type": f"text/{form}; charset=utf-8"}, text.getvalue().encode())
