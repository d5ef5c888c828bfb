"""A search of the project as criteria of openBIS."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.sources.openbis import criteria, refs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.model import SearchQuery
    from jupyterlab_datahub.sources.openbis.criteria import Json
    from jupyterlab_datahub.sources.openbis.session import Session

PROPERTY = "property:"
REGISTERED = "registered"
COLLECTION = "collection"
OBJECT = "object"
SOURCE = "source"

MOST_WORDS = 10

_DAY = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_DAYS = re.compile(rf"({_DAY})?(\.\.)?({_DAY})?")


def asked_for(session: Session, query: SearchQuery) -> Json:
    """Return the criteria for all of a query but its facets.

    Raises
    ------
    BadRequestError
        If it has conditions that openBIS does not know.
    """
    parts = [*_text(query.text)]
    for name, values in query.facets.items():
        if name.startswith(PROPERTY):
            code = name.removeprefix(PROPERTY).strip().upper()
            parts.append(
                criteria.some("dataset", *(criteria.property_is(code, one) for one in values))
            )
        elif name == REGISTERED:
            spans = (criteria.registered(*_days(session, one)) for one in values)
            parts.append(
                criteria.some("dataset", *(criteria.every("dataset", *span) for span in spans))
            )
        elif name in (COLLECTION, OBJECT):
            kind = "experiment" if name == COLLECTION else "object"
            owners = (criteria.every(kind, _owner(one)) for one in values)
            parts.append(criteria.some("dataset", *owners))
    year = query.ranges.get("year")
    if year is not None:
        first = f"{int(year.min):04d}-01-01" if year.min is not None else ""
        last = f"{int(year.max):04d}-12-31" if year.max is not None else ""
        parts += criteria.registered(first, last)
    return criteria.every("dataset", *parts)


def chosen(base: Json, facets: dict[str, tuple[str, ...]]) -> Json:
    """Return criteria with a choice of values of the facets that openBIS can look for."""
    parts = [
        criteria.some("dataset", *(make(value) for value in facets[name]))
        for name, make in _FACETS.items()
        if facets.get(name)
    ]
    return {**base, "criteria": [*base["criteria"], *parts]}


def _text(text: str) -> list[Json]:
    """Return the criteria for a text: a permId, an identifier, or words that all occur."""
    if permid := refs.permid_in(text):
        wanted = criteria.permid(permid)
        return [
            criteria.some(
                "dataset",
                wanted,
                criteria.every("experiment", wanted),
                criteria.every("object", wanted),
            )
        ]
    if identifier := refs.identifier_in(text):
        return [_below(identifier)]
    return [_word(word) for word in text.split()[:MOST_WORDS]]


def _word(word: str) -> Json:
    """Return the criteria for a word in a dataset, or in what it belongs to."""
    part = criteria.any_field(word.strip("\"'"))
    return criteria.some(
        "dataset",
        part,
        criteria.every("experiment", part),
        criteria.every("object", part),
    )


def _below(identifier: str) -> Json:
    """Return the criteria for what belongs to a space, project, collection or object."""
    parts = identifier.strip("/").split("/")
    itself = criteria.identifier(identifier)
    ways = [criteria.every("experiment", itself), criteria.every("object", itself)]
    if len(parts) == 1:
        space = criteria.every("space", criteria.code(parts[0]))
        ways = [
            criteria.every("experiment", criteria.every("project", space)),
            criteria.every("object", space),
        ]
    elif len(parts) == 2:
        ways += _in_project(identifier)
    return criteria.some("dataset", *ways)


def _in_project(identifier: str) -> list[Json]:
    project = criteria.project(identifier)
    return [criteria.every("experiment", project), criteria.every("object", project)]


def _owner(value: str) -> Json:
    identifier = refs.identifier_in(value)
    return criteria.identifier(identifier) if identifier else criteria.permid(value)


def _days(session: Session, value: str) -> tuple[str, str]:
    """Return the first and last day of a span: ``2026``, ``2026-03..2026-05-15``, ``2026..``."""
    match = _DAYS.fullmatch(value.strip())
    try:
        if match and (match[1] or match[3]):
            first = match[1] or ""
            last = match[3] or ("" if match[2] else first)
            return _first_day(first), _last_day(last)
    except ValueError:
        pass  # a day that no calendar has
    raise BadRequestError(
        f"{value[:40]!r} is no span of days",
        source=session.who.source,
        hint="Write one like 2026, 2026-03, 2026-03-01..2026-03-15 or 2026-03-01.. .",
    )


def _first_day(text: str) -> str:
    """Return the first day of a year, a month or a day; raises ValueError if there is none."""
    return date.fromisoformat(f"{text}-01-01"[:10]).isoformat() if text else ""


def _last_day(text: str) -> str:
    """Return the last day of a year, a month or a day; raises ValueError if there is none."""
    if not text:
        return ""
    first = date.fromisoformat(f"{text}-12-01"[:10])
    if len(text) == 10:
        return first.isoformat()
    return first.replace(day=monthrange(first.year, first.month)[1]).isoformat()


def _type(value: str) -> Json:
    return criteria.every("type", criteria.code(value.upper()))


def _space(value: str) -> Json:
    return _below(f"/{value.strip('/').upper()}")


def _project(value: str) -> Json:
    return criteria.some("dataset", *_in_project(f"/{value.strip('/')}"))


def _registrator(value: str) -> Json:
    return criteria.every("registrator", criteria.user(value))


def _year(value: str) -> Json:
    return criteria.every("dataset", *criteria.registered(f"{value}-01-01", f"{value}-12-31"))


_FACETS: dict[str, Callable[[str], Json]] = {
    "type": _type,
    "space": _space,
    "project": _project,
    "registrator": _registrator,
    "status": criteria.status,
    "year": _year,
}
FACETS: Sequence[str] = tuple(_FACETS)
"""The facets that are counted, in the order in which they are shown."""

CONDITIONS: Sequence[str] = (*FACETS, COLLECTION, OBJECT, REGISTERED, f"{PROPERTY}CODE")
"""Everything that a search may have a condition on."""
