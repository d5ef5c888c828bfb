"""The terms of every facet and how many documents have them.

The counts of a facet ignore the facet's own filter, so that a second choice can be seen before
it is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.hca.fields import ACCESSIBLE, FACETS, FIELDS, SOURCE
from jupyterlab_datahub.demo.hca.filters import matching

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.demo.hca.documents import Index, Key
    from jupyterlab_datahub.demo.hca.filters import Filters

Terms = dict[str, Any]


def term_facets(
    index: Index, filters: Filters, sources: set[str], facets: Iterable[str] = FACETS
) -> dict[str, Terms]:
    """Return the terms of all facets under (reified) filters.

    Parameters
    ----------
    index
        What is counted.
    filters
        The filters in force.
    sources
        The sources that the caller may read, for the facet ``accessible``.
    facets
        The others.
    """
    passing = {
        field: matching(index, field, *next(iter(relations.items())))
        for field, relations in filters.items()
    }
    whole = index.all.intersection(*passing.values())
    counted = {}
    for field in (SOURCE, *facets):
        others = [found for name, found in passing.items() if name != field]
        allowed = index.all.intersection(*others) if field in passing else whole
        if field == SOURCE:
            counted[ACCESSIBLE] = _accessible(index, allowed, sources)
        elif FIELDS[field].kind == "nested":
            counted[field] = _nested_terms(index, field, allowed)
        else:
            counted[field] = _terms(index, field, allowed)
    return counted


def _terms(index: Index, field: str, allowed: set[int]) -> Terms:
    postings = index.postings(field)
    counted = {key: len(found & allowed) for key, found in postings.items()}
    terms = [_term(field, key, count) for key, count in _ordered(counted)]
    if field == "project":
        ids = index.column("projectId")
        for key, term in zip((key for key, _ in _ordered(counted)), terms, strict=True):
            if key is not None:
                found = {id_ for at in postings[key] & allowed for id_ in ids[at]}
                term["projectId"] = sorted(found)
    return {"terms": terms, "total": len(allowed) if terms else 0, "type": "terms"}


def _ordered(counted: dict[Key, int]) -> list[tuple[Key, int]]:
    """Return what occurs, most frequent first, then by the alphabet."""
    found = [(key, count) for key, count in counted.items() if count]
    return sorted(found, key=lambda entry: (-entry[1], entry[0] is None, str(entry[0])))


def _term(field: str, key: Key, count: int) -> Terms:
    term: Any = key
    if isinstance(key, bool):
        term = str(key).lower()
    elif isinstance(key, tuple) and FIELDS[field].kind == "age":
        term = {"value": key[0], "unit": key[1]}
    elif key is not None:
        term = str(key)
    return {"term": term, "count": count}


def _nested_terms(index: Index, field: str, allowed: set[int]) -> Terms:
    """Count the nested objects and not the documents, as the service does."""
    counted: dict[Key, int] = {}
    column = index.column(field)
    for at in allowed:
        for key in column[at]:
            if key is not None:
                counted[key[0]] = counted.get(key[0], 0) + 1
    terms = [_term(field, key, count) for key, count in _ordered(counted)]
    return {"terms": terms, "total": sum(counted.values()), "type": "terms"}


def _accessible(index: Index, allowed: set[int], sources: set[str]) -> Terms:
    counted: dict[Key, int] = {}
    for source, found in index.postings(SOURCE).items():
        count = len(found & allowed)
        counted[source in sources] = counted.get(source in sources, 0) + count
    terms = [_term(ACCESSIBLE, key, count) for key, count in counted.items() if count]
    return {"terms": terms, "total": len(allowed) if terms else 0, "type": "terms"}
