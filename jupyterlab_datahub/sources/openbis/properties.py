"""Properties of datasets and entities, with the labels that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.model import Property
from jupyterlab_datahub.sources.openbis import options, records, refs, vocabularies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_datahub.sources.openbis.session import Session

REFERENCES = frozenset({"SAMPLE", "OBJECT"})
"""Data types whose values are permIds of objects."""


def of(session: Session, found: records.Named) -> tuple[Property, ...]:
    """Return the properties that have a value, in the order and with the labels of the type.

    Terms are said by their labels and objects by their names, as far as this user may see them.

    Raises
    ------
    RequestError, CatalogError
    """
    given = {code: value for code, value in (found.properties or {}).items() if _said(value)}
    assigned = {
        one.property_type.code: one
        for one in (found.type.property_assignments or () if found.type else ())
        if one.property_type
    }
    ordered = [code for code in assigned if code in given]
    ordered += sorted(given.keys() - assigned.keys())
    kinds = {code: one.property_type for code, one in assigned.items() if code in given}
    labels = vocabularies.labels(session, given, kinds)
    objects = _objects(session, given, kinds)
    made = []
    for code in ordered:
        kind = kinds.get(code)
        values = [_text(one) for one in _all(given[code])]
        named = [objects[value] for value in values if value in objects]
        words = (
            objects[value].title if value in objects else labels.get((code, value), value)
            for value in values
        )
        made.append(
            Property(
                code=code,
                label=(kind.label if kind else "") or code,
                value=", ".join(words),
                section=(assigned[code].section if code in assigned else "") or "",
                ref=_ref(session, named[0]) if len(named) == len(values) == 1 else "",
            )
        )
    return tuple(made)


def _objects(
    session: Session,
    given: Mapping[str, Any],
    kinds: Mapping[str, records.PropertyType | None],
) -> dict[str, records.Owner]:
    """Return the objects that properties name, by permId."""
    wanted = {
        str(value)
        for code, kind in kinds.items()
        if kind and kind.data_type in REFERENCES
        for value in _all(given[code])
    }
    if not wanted:
        return {}
    ids = [{"permId": one, "@type": "as.dto.sample.id.SamplePermId"} for one in sorted(wanted)]
    answer = session.call("getSamples", ids, options.OBJECT)
    found = answer.values() if isinstance(answer, dict) else ()
    read = (records.read(session, one, records.Owner) for one in found)
    return {one.perm_id.perm_id: one for one in read}


def _ref(session: Session, found: records.Owner) -> str:
    return refs.dataset_ref(session, found.perm_id.perm_id)


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _said(value: Any) -> bool:
    return value not in (None, "", [])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
