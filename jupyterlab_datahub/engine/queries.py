"""The query string of a search, read and checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Range, SearchQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SORTS = ("relevance", "date", "cells", "size", "title")
RANGES = ("cells", "size", "year")
MAX_LIMIT = 500
MAX_OFFSET = 10_000_000
MAX_TEXT = 1000

_NUMBER = r"\d{1,18}(?:\.\d{1,9})?(?:[eE]\+?\d{1,2})?"
_FACET = r"^[^=]+=.+$"
_ENDS = rf"(?:{_NUMBER})?\.\.(?:{_NUMBER})?$"
_RANGE = rf"^(?:{'|'.join(RANGES)})={_ENDS}"
_OWN_RANGE = rf"^[A-Za-z]\w{{0,63}}={_ENDS}"
_ENTITY = r"^[a-z][a-z_-]{0,39}$"

SEARCH_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "text",
        "description": "Words to look for; empty: everything.",
        "schema": {"type": "string", "maxLength": MAX_TEXT},
        "example": "lung fibroblast",
    },
    {
        "name": "facet",
        "description": "A condition name=value. Values of one facet are alternatives, facets all "
        "hold; the facet source chooses the sources.",
        "schema": {"type": "array", "items": {"type": "string", "pattern": _FACET}},
        "explode": True,
        "example": ["tissue=lung", "tissue=blood", "source=cellxgene"],
    },
    {
        "name": "range",
        "description": "A condition name=from..to with cells, size (bytes) or year; either end "
        "may be left out.",
        "schema": {"type": "array", "items": {"type": "string", "pattern": _RANGE}},
        "explode": True,
        "example": ["cells=1000..50000", "size=..1e9"],
    },
    {
        "name": "find",
        "description": "A condition name=text: of this facet only the values that contain the text "
        "are listed, also those that are too rare to be listed otherwise.",
        "schema": {"type": "array", "items": {"type": "string", "pattern": _FACET}},
        "explode": True,
        "example": ["cell_type=amacrine"],
    },
    {
        "name": "sort",
        "description": "The order; a leading - turns it round.",
        "schema": {"type": "string", "enum": [*SORTS, *(f"-{name}" for name in SORTS)]},
    },
    {
        "name": "offset",
        "description": "How many hits to pass over.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET},
    },
    {
        "name": "limit",
        "description": "How many hits to return.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT},
    },
)


SOURCE_PARAMETERS: tuple[dict[str, Any], ...] = (
    *(
        parameter
        if parameter["name"] != "range"
        else {
            "name": "range",
            "description": "A condition name=from..to with a number of this source (those in "
            "ranges of its answers); either end may be left out.",
            "schema": {"type": "array", "items": {"type": "string", "pattern": _OWN_RANGE}},
            "explode": True,
            "example": ["cells=1000..50000", "donorCount=3.."],
        }
        for parameter in SEARCH_PARAMETERS
    ),
    {
        "name": "entity",
        "description": "What to look for (one of entities in answers of this source); empty: "
        "its datasets.",
        "schema": {"type": "string", "pattern": rf"{_ENTITY}|^$"},
        "example": "files",
    },
)
"""The arguments of a search that one Source answers, which may know more than the index."""


def search_query(values: Callable[[str], Sequence[str]], *, own: bool = False) -> SearchQuery:
    """Read a search from the arguments of a request or a command.

    Parameters
    ----------
    values
        Gives all values of an argument by its name, an empty sequence where there is none.
    own
        Whether one Source answers it, which has kinds of things and numbers of its own.

    Raises
    ------
    BadRequestError
    """
    text = last(values("text"), "")
    if len(text) > MAX_TEXT:
        raise BadRequestError(f"the search text is longer than {MAX_TEXT:,} characters")
    return SearchQuery(
        text=text,
        facets=_facets(values("facet")),
        ranges=_ranges(values("range"), _OWN_RANGE if own else _RANGE),
        sort=_sort(last(values("sort"), "relevance")),
        offset=count("offset", last(values("offset"), "0"), MAX_OFFSET),
        limit=count("limit", last(values("limit"), "50"), MAX_LIMIT),
        entity=_entity(last(values("entity"), "")) if own else "",
        find={name: texts[-1] for name, texts in _facets(values("find")).items()},
    )


def last(values: Sequence[str], default: str) -> str:
    """Return the last of the values of an argument, or what holds where there is none."""
    return values[-1] if values else default


def _facets(conditions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not (equals and name and value):
            raise BadRequestError(
                f"{condition[:80]!r} is not a facet condition",
                hint="Write the facet's name, = and a value, as in tissue=lung.",
            )
        chosen[name] = (*chosen.get(name, ()), value)
    return chosen


def _entity(name: str) -> str:
    if name and not re.fullmatch(_ENTITY, name, re.ASCII):
        raise BadRequestError(
            f"{name[:80]!r} is nothing that can be searched for",
            hint="Leave it out, or write what the source has, such as files.",
        )
    return name


def _ranges(conditions: Sequence[str], pattern: str) -> dict[str, Range]:
    chosen: dict[str, Range] = {}
    for condition in conditions:
        if not re.fullmatch(pattern, condition, re.ASCII):
            raise BadRequestError(
                f"{condition[:80]!r} is not a range",
                hint=f"Write one of {', '.join(RANGES)}, = and two numbers, as in cells=1000..5e4.",
            )
        name, _, ends = condition.partition("=")
        least, _, most = ends.partition("..")
        limits = Range(min=float(least) if least else None, max=float(most) if most else None)
        if limits.min is not None and limits.max is not None and limits.min > limits.max:
            raise BadRequestError(
                f"the range {condition!r} ends before it starts", hint="Turn its two ends round."
            )
        chosen[name] = limits
    return chosen


def _sort(order: str) -> str:
    if order.removeprefix("-") not in SORTS:
        raise BadRequestError(
            f"datasets cannot be sorted by {order[:80]!r}",
            hint=f"Choose one of {', '.join(SORTS)}, with a leading - to turn the order round.",
        )
    return order


def count(name: str, number: str, most: int) -> int:
    """Return an argument that is a whole number.

    Raises
    ------
    BadRequestError
        If it is none, or more than `most`.
    """
    if not re.fullmatch(r"\d{1,9}", number, re.ASCII) or int(number) > most:
        raise BadRequestError(f"{name} must be a whole number from 0 to {most:,}")
    return int(number)
