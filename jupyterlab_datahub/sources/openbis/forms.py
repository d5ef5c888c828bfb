"""What openBIS wants to know of a dataset: its types with their properties, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.model import Choice, FieldError, SaveField, SaveForm, SaveType
from jupyterlab_datahub.sources.openbis import owners
from jupyterlab_datahub.sources.openbis.property_values import (
    ARRAY,
    ValueRefusedError,
    accepted,
    elements,
)
from jupyterlab_datahub.sources.saving import Checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterlab_datahub.model import SaveRequest
    from jupyterlab_datahub.sources.openbis.session import Session
    from jupyterlab_datahub.sources.saving import Presets

NOTEBOOK = "ANALYSIS_NOTEBOOK"
"""The type that openBIS's ELN makes for notebooks."""

TITLES = ("$NAME", "NAME")
"""What the user interface of openBIS shows as a dataset's name; without ``$`` since openBIS 7."""

HISTORIES = ("$HISTORY_ID", "HISTORY_ID")
"""What groups the versions of one notebook; filled by us, not by people."""

REFERENCES = frozenset({"SAMPLE", "OBJECT"})

_TYPES = {
    "@type": "as.dto.dataset.fetchoptions.DataSetTypeFetchOptions",
    "propertyAssignments": {
        "@type": "as.dto.property.fetchoptions.PropertyAssignmentFetchOptions",
        "propertyType": {
            "@type": "as.dto.property.fetchoptions.PropertyTypeFetchOptions",
            "vocabulary": {
                "@type": "as.dto.vocabulary.fetchoptions.VocabularyFetchOptions",
                "terms": {"@type": "as.dto.vocabulary.fetchoptions.VocabularyTermFetchOptions"},
            },
            "sampleType": {"@type": "as.dto.sample.fetchoptions.SampleTypeFetchOptions"},
        },
        "plugin": {"@type": "as.dto.plugin.fetchoptions.PluginFetchOptions"},
    },
}


def form(session: Session) -> SaveForm:
    """Return the types of datasets with a field for each property that people fill in.

    Raises
    ------
    RequestError, CatalogError
    """
    found = session.call(
        "searchDataSetTypes",
        {"@type": "as.dto.dataset.search.DataSetTypeSearchCriteria"},
        _TYPES | {"from": None, "count": None},
    )
    given = [one for one in found.get("objects") or () if isinstance(one, dict)]
    default = next((one["code"] for one in given if one["code"] == NOTEBOOK), "")
    default = default or (given[0]["code"] if given else "")
    types = [
        SaveType(
            code=one["code"],
            description=one.get("description") or "",
            default=one["code"] == default,
            fields=tuple(field for field in _fields(one) if field.code not in HISTORIES),
        )
        for one in given
    ]
    return SaveForm(types=tuple(sorted(types, key=lambda one: (not one.default, one.code))))


def checked(session: Session, request: SaveRequest, presets: Presets) -> Checked:
    """Return a request as openBIS takes it, with everything that is wrong with it.

    A type with $NAME and $HISTORY_ID gets them from `presets` where the request has none.

    Its owner and parents are refs with permIds afterwards, its properties have their codes in
    upper case; those without a value are left out.

    Raises
    ------
    RequestError, CatalogError
    """
    errors: list[FieldError] = []
    properties: dict[str, str | tuple[str, ...]] = dict(request.properties)
    type_ = _type(session, request.type)
    if type_ is None:
        wanted = request.type[:80] or "(none)"
        errors.append(FieldError(field="type", message=f"there is no dataset type {wanted}"))
    else:
        properties, wrong = _properties(session, type_, _preset(type_, request, presets))
        errors += wrong
    owner, wrong = _owner(session, request.owner)
    errors += wrong
    parents, wrong = _parents(session, request.parents)
    errors += wrong
    request = msgspec.structs.replace(
        request,
        type=type_["code"] if type_ else request.type,
        owner=owner,
        parents=parents,
        properties=properties,
    )
    return Checked(request=request, errors=tuple(errors))


def _type(session: Session, code: str) -> dict[str, Any] | None:
    code = code.strip().upper()
    if not code:
        return None
    asked = {"permId": code, "@type": "as.dto.entitytype.id.EntityTypePermId"}
    found = session.call("getDataSetTypes", [asked], _TYPES)
    type_: dict[str, Any] | None = next(iter(found.values()), None) if found else None
    return type_


def _fields(type_: dict[str, Any]) -> Iterator[SaveField]:
    for assignment in type_.get("propertyAssignments") or ():
        kind = assignment["propertyType"]
        shown = assignment.get("showInEditView") is not False or assignment.get("mandatory")
        # What a plugin computes nobody can fill in.
        if not shown or (assignment.get("plugin") or {}).get("pluginType") == "DYNAMIC_PROPERTY":
            continue
        yield SaveField(
            code=kind["code"],
            label=kind.get("label") or kind["code"],
            description=kind.get("description") or "",
            data_type=kind.get("dataType") or "VARCHAR",
            mandatory=bool(assignment.get("mandatory")),
            multi_value=bool(kind.get("multiValue")),
            section=assignment.get("section") or "",
            object_type=(kind.get("sampleType") or {}).get("code") or "",
            choices=tuple(_choices(kind.get("vocabulary"))),
        )


def _choices(vocabulary: object) -> Iterator[Choice]:
    terms = vocabulary.get("terms") if isinstance(vocabulary, dict) else None
    given = [term for term in terms or () if isinstance(term, dict)]
    for term in sorted(given, key=lambda one: one.get("ordinal") or 0):
        yield Choice(
            code=term["code"],
            label=term.get("label") or "",
            description=term.get("description") or "",
        )


def _properties(
    session: Session, type_: dict[str, Any], request: SaveRequest
) -> tuple[dict[str, str | tuple[str, ...]], list[FieldError]]:
    fields = {field.code.upper(): field for field in _fields(type_)}
    errors: list[FieldError] = []
    kept: dict[str, str | tuple[str, ...]] = {}
    for name, value in request.properties.items():
        code = name.strip().upper()
        values = _values(value)
        field = fields.get(code)
        if not values:
            continue
        if field is None:
            words = f"{name[:80]} is not a property of {type_['code']}"
            errors.append(FieldError(field=name, message=words))
            continue
        try:
            kept[field.code] = _taken(session, field, values)
        except ValueRefusedError as error:
            errors.append(FieldError(field=field.code, message=f"{field.label}: {error}"))
    given = {name.strip().upper() for name, value in request.properties.items() if _values(value)}
    errors += [
        FieldError(field=field.code, message=f"{field.label} is mandatory")
        for code, field in fields.items()
        if field.mandatory and code not in given
    ]
    return kept, errors


def _preset(type_: dict[str, Any], request: SaveRequest, presets: Presets) -> SaveRequest:
    """Return a request with what it leaves open and the type knows; an empty value is no gap."""
    known = {one["propertyType"]["code"] for one in type_.get("propertyAssignments") or ()}
    given = {name.strip().upper() for name in request.properties}
    more: dict[str, str | tuple[str, ...]] = {}
    for codes, value in ((TITLES, presets.title), (HISTORIES, presets.history)):
        code = next((one for one in codes if one in known), "")
        if code and value and given.isdisjoint(codes):
            more[code] = value
    return msgspec.structs.replace(request, properties={**request.properties, **more})


def _values(value: str | tuple[str, ...]) -> tuple[str, ...]:
    several = (value,) if isinstance(value, str) else value
    return tuple(one for one in several if one.strip())


def _taken(session: Session, field: SaveField, values: tuple[str, ...]) -> str | tuple[str, ...]:
    """Return the value of a property as openBIS takes it; arrays as pyBIS 7 writes them."""
    if field.data_type.startswith(ARRAY):
        arrays = [elements(field, one) for one in values]
        if field.multi_value:
            return tuple(f"[{','.join(array)}]" for array in arrays)
        return tuple(one for array in arrays for one in array)
    taken = tuple(_one(session, field, one) for one in values)
    if field.multi_value:
        return taken
    if len(taken) > 1:
        raise ValueRefusedError("it takes one value only")
    return taken[0]


def _one(session: Session, field: SaveField, text: str) -> str:
    if field.data_type not in REFERENCES:
        return accepted(field, text)
    found = owners.entity(session, owners.of_ref(session, text) or text)
    if found is None or found.kind != owners.OBJECT:
        raise ValueRefusedError(f"there is no object {text[:60]!r} that you may see")
    if field.object_type not in ("", found.type):
        raise ValueRefusedError(
            f"{found.identifier} is of type {found.type}, not {field.object_type}"
        )
    return found.perm_id


def _owner(session: Session, ref: str) -> tuple[str, list[FieldError]]:
    def wrong(words: str) -> tuple[str, list[FieldError]]:
        return ref, [FieldError(field="owner", message=words)]

    if not ref.strip():
        return wrong("choose the collection or object that it belongs to")
    ident = owners.of_ref(session, ref)
    if not ident:
        return wrong(f"{ref[:80]} is not in the openBIS at {session.host}")
    found = owners.entity(session, ident)
    if found is None:
        return wrong(f"there is no collection or object {ident[:80]} that you may see")
    if not owners.may_write(session, found):
        return wrong(f"you have no permission to save anything in {found.identifier}")
    return owners.ref_of(session, found.perm_id), []


def _parents(session: Session, refs: Iterable[str]) -> tuple[tuple[str, ...], list[FieldError]]:
    errors: list[FieldError] = []
    wanted: dict[str, str] = {}
    for ref in refs:
        perm_id = owners.of_ref(session, ref).partition("/")[0]
        if perm_id:
            wanted.setdefault(perm_id, ref)
        else:
            words = f"{ref[:80]} is not a dataset in the openBIS at {session.host}"
            errors.append(FieldError(field="parents", message=words))
    if not wanted:
        return (), errors
    found = session.call(
        "getDataSets",
        [{"permId": one, "@type": "as.dto.dataset.id.DataSetPermId"} for one in wanted],
        {"@type": "as.dto.dataset.fetchoptions.DataSetFetchOptions"},
    )
    there = {one["permId"]["permId"] for one in found.values() if isinstance(one, dict)}
    errors += [
        FieldError(field="parents", message=f"there is no dataset {one[:80]} that you may see")
        for one in wanted
        if one not in there
    ]
    return tuple(owners.ref_of(session, one) for one in wanted if one in there), errors
