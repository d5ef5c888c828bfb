"""Filters: what is wrong with them in the service's words, and which documents they let through.

The values of one relation are alternatives (``is``) or all have to hold (``within``,
``contains``, ``intersects``); the filters of different fields all have to hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.demo.hca.documents import key_of
from jupyterlab_datahub.demo.hca.failures import AzulError, bad_request
from jupyterlab_datahub.demo.hca.fields import ACCESSIBLE, FIELDS, SOURCE

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from jupyterlab_datahub.demo.hca.documents import Index, Key

Filters = dict[str, dict[str, list[Any]]]

RELATIONS = ("is", "contains", "within", "intersects")


def parse_filters(text: str | None, known: Container[str]) -> Filters:
    """Return checked filters; `known` are the fields of the catalog.

    Raises
    ------
    AzulError
        400 with the first thing that is wrong.
    """
    if text is None:
        return {}
    try:
        filters = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise bad_request("The 'filters' parameter is not valid JSON") from error
    if not isinstance(filters, dict):
        raise bad_request("The `filters` parameter must be a dictionary")
    for field, relations in filters.items():
        if field != ACCESSIBLE:
            check_field(field, known)
        _check_relation(field, relations)
    return filters


def check_field(field: str, known: Container[str]) -> None:
    """Raise what is answered to a field that does not exist."""
    if field not in known:
        message = f"Unknown field `{field}`"
        raise bad_request(message)


def _check_relation(field: str, relations: Any) -> None:
    entry = f"parameter entry for `{field}`"
    if not isinstance(relations, dict) or len(relations) != 1:
        message = f"The `filters` {entry} must be a single-item dictionary"
        raise bad_request(message)
    [(relation, values)] = relations.items()
    special = field in (SOURCE, ACCESSIBLE)
    allowed = ("is",) if special else RELATIONS
    if relation not in allowed:
        message = f"The relation in the `filters` {entry} must be one of {allowed}"
        raise bad_request(message)
    of_relation = f"The value of the `{relation}` relation in the `filters` {entry}"
    if not isinstance(values, list):
        message = f"{of_relation} is not a list"
        raise bad_request(message)
    if special and None in values:
        message = f"The `{field}` field does not support null values"
        raise bad_request(message)
    if field == "organismAge":
        _check_ages(values)
    elif field in FIELDS and FIELDS[field].kind == "nested":
        _check_nested(field, relation, values, of_relation)
    elif relation == "is" and any(isinstance(value, dict) for value in values):
        message = f"{of_relation} is invalid"
        raise bad_request(message)
    if relation != "is" and not all(_is_pair(value, relation) for value in values):
        message = f"{of_relation} is invalid"
        raise bad_request(message)


def _is_pair(value: Any, relation: str) -> bool:
    if relation == "contains" and isinstance(value, str | int | float):
        return True
    return isinstance(value, list) and len(value) == 2 and None not in value


def _check_ages(values: list[Any]) -> None:
    for value in values:
        if value is None:
            continue
        if not isinstance(value, dict) or not {"value", "unit"} <= value.keys():
            message = "A dictionary with entries for `value` and `unit` is required"
            raise bad_request(message)
        if not isinstance(value["value"], str):
            message = "The `value` entry must be a string"
            raise bad_request(message)


def _check_nested(field: str, relation: str, values: list[Any], of_relation: str) -> None:
    if relation != "is":
        message = f"The field `{field}` can only be filtered by the `is` relation"
        raise bad_request(message)
    if len(values) != 1:
        message = f"{of_relation} is not a single-item list"
        raise bad_request(message)
    if not isinstance(values[0], dict):
        message = f"{of_relation} must contain a dictionary"
        raise bad_request(message)
    if extra := values[0].keys() - set(FIELDS[field].properties):
        message = f"{of_relation} has invalid properties `{extra}`"
        raise bad_request(message)


def reified(filters: Filters, sources: set[str], *, limited: bool) -> Filters:
    """Return filters with what the caller may see written into them.

    Parameters
    ----------
    filters
        What was asked for; ``accessible`` becomes a filter of the source.
    sources
        The sources that the caller may read.
    limited
        Whether the index hides everything else, as all but ``projects`` do.

    Raises
    ------
    AzulError
        403 where a source is asked for that the caller may not read.
    """
    made = {name: entry for name, entry in filters.items() if name not in (SOURCE, ACCESSIBLE)}
    asked = set(filters[SOURCE]["is"]) if SOURCE in filters else None
    wanted = set(filters.get(ACCESSIBLE, {}).get("is", [True, False]))
    if limited:
        if asked is not None and asked - sources:
            message = f"('Cannot filter by inaccessible sources', {asked - sources})"
            raise AzulError(403, message)
        chosen = (sources if asked is None else asked) if True in wanted else set()
        return {**made, SOURCE: {"is": sorted(chosen)}}
    if wanted == {True, False}:
        return made if asked is None else {**made, SOURCE: {"is": sorted(asked)}}
    if wanted == {False} and asked is None:
        return {**made, SOURCE: {"is_not": sorted(sources)}}
    if not wanted:
        return {**made, SOURCE: {"is": []}}
    if wanted == {True}:
        return {**made, SOURCE: {"is": sorted(sources if asked is None else asked & sources)}}
    return {**made, SOURCE: {"is": sorted((asked or set()) - sources)}}


def matching(index: Index, field: str, relation: str, values: Iterable[Any]) -> set[int]:
    """Return the documents that one filter lets through."""
    if relation in ("is", "is_not"):
        found = _equal(index, field, values)
        return index.all - found if relation == "is_not" else found
    left = index.all
    for value in values:
        low, high = value if isinstance(value, list) else (value, value)
        left = left & {
            at
            for key, positions in index.postings(field).items()
            if key is not None and _related(key, relation, low, high)
            for at in positions
        }
    return left


def _equal(index: Index, field: str, values: Iterable[Any]) -> set[int]:
    where, postings = FIELDS[field], index.postings(field)
    if where.kind == "nested":
        [wanted] = values
        at = {name: where.properties.index(name) for name in wanted}
        chosen = [
            positions
            for key, positions in postings.items()
            if key is not None and all(key[at[name]] == wanted[name] for name in wanted)
        ]
    else:
        chosen = [postings.get(key_of(value, where), set()) for value in values]
    return set().union(*chosen)


def _related(key: Key, relation: str, low: Any, high: Any) -> bool:
    first, last = key if isinstance(key, tuple) else (key, key)
    try:
        if relation == "contains":
            return bool(first <= low and high <= last)
        if relation == "intersects":
            return bool(first <= high and low <= last)
        return bool(low <= first and last <= high)
    except TypeError:
        return False  # a number was compared with a text


def selected(index: Index, filters: Filters, *, ignoring: str = "") -> set[int]:
    """Return the documents that pass all filters, but for the one of a field to ignore."""
    left = index.all
    for field, relations in filters.items():
        if field != ignoring:
            [(relation, values)] = relations.items()
            left = left & matching(index, field, relation, values)
    return left
