"""What a dataset can belong to in openBIS: collections (experiments) and objects (samples)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import DataHubError, ExpiredError, RequestError
from jupyterlab_datahub.model import Owner, Struct

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.openbis.session import Session

COLLECTION = "collection"
OBJECT = "object"

_WORDS = {COLLECTION: "Experiment", OBJECT: "Sample"}


class Entity(Struct):
    """A collection or object, by the words of openBIS's user interface."""

    kind: str
    perm_id: str
    identifier: str
    code: str = ""
    type: str = ""
    title: str = ""


def of_ref(session: Session, ref: str) -> str:
    """Return the permId or identifier in a ref of this openBIS, empty if it is no such ref."""
    prefix = f"openbis:{session.host}/"
    return ref[len(prefix) :].strip() if ref.startswith(prefix) else ""


def ref_of(session: Session, perm_id: str) -> str:
    """Return the ref of something with a permId."""
    return f"openbis:{session.host}/{perm_id}"


def entity(session: Session, ident: str) -> Entity | None:
    """Return the collection or object with an identifier or permId, None if there is none.

    Identifiers may be written in any case, and without their first slash.

    Raises
    ------
    RequestError, CatalogError
    """
    ident = ident.strip()
    is_identifier = "/" in ident
    if is_identifier:
        ident = f"/{ident.strip('/')}".upper()
    for kind in (COLLECTION, OBJECT):
        found = _get(session, kind, ident, "Identifier" if is_identifier else "PermId")
        if found is not None:
            return found
    return None


def may_write(session: Session, owner: Entity) -> bool:
    """Return whether we may change something; True where the server does not say (before 20.10).

    Raises
    ------
    CatalogError
    """
    asked = _id(owner.kind, owner.perm_id, "PermId")
    options = {"@type": "as.dto.rights.fetchoptions.RightsFetchOptions"}
    try:
        answer = session.call("getRights", [asked], options)
    except ExpiredError:
        raise
    except DataHubError:
        # The registration itself will say.
        return True
    rights = next(iter(answer.values()), None) if isinstance(answer, dict) else None
    return rights is None or "UPDATE" in (rights.get("rights") or ())


def search(
    session: Session, text: str, limit: int, kind: str = "", type_: str = ""
) -> tuple[Owner, ...]:
    """Return collections and objects whose identifier, code or name has a text in it.

    Parameters
    ----------
    session
        Who asks.
    text
        What is typed so far.
    limit
        How many at most.
    kind, type_
        The only kind (:data:`COLLECTION`, :data:`OBJECT`) and type that will do; any where empty.

    Raises
    ------
    RequestError, CatalogError
    """
    text = text.strip()
    direct = entity(session, text) if len(text) > 2 else None
    if direct and (kind not in ("", direct.kind) or type_ not in ("", direct.type)):
        direct = None
    found = [direct] if direct else []
    for each in (COLLECTION, OBJECT):
        if kind in ("", each):
            found += _search(session, each, text, limit, type_)
    owners = {one.perm_id: one for one in found}
    ordered = sorted(owners.values(), key=lambda one: (one != direct, one.identifier))
    return tuple(
        Owner(
            ref=ref_of(session, one.perm_id),
            identifier=one.identifier,
            kind=one.kind,
            title=one.title,
            type=one.type,
        )
        for one in ordered[:limit]
    )


def _get(session: Session, kind: str, ident: str, form: str) -> Entity | None:
    word = _WORDS[kind]
    try:
        answer = session.call(f"get{word}s", [_id(kind, ident, form)], _options(kind))
    except ExpiredError:
        raise
    except RequestError:
        # Some servers refuse an identifier that is not in the form of this kind.
        return None
    found = next(iter(answer.values()), None) if answer else None
    return _entity(kind, found) if found else None


def _search(session: Session, kind: str, text: str, limit: int, type_: str) -> list[Entity]:
    criteria: list[dict[str, Any]] = []
    if text:
        last = text.strip("/").rpartition("/")[2]
        # openBIS 7 took the dollar sign from its own properties.
        name = "NAME" if session.server().api_version >= (7, 0) else "$NAME"
        criteria = [
            _contains("CodeSearchCriteria", "code", last),
            _contains("IdentifierSearchCriteria", "identifier", text.upper()),
            _contains("StringPropertySearchCriteria", name, text) | {"fieldType": "PROPERTY"},
        ]
    asked = _criteria(kind, "", criteria, "OR")
    if type_:
        asked = _criteria(kind, "", [asked, _criteria(kind, "Type", [_code(type_)])])
    answer = session.call(
        f"search{_WORDS[kind]}s", asked, _options(kind) | {"from": 0, "count": limit}
    )
    return [_entity(kind, one) for one in answer.get("objects") or () if isinstance(one, dict)]


def _criteria(
    kind: str, of: str, parts: list[dict[str, Any]], operator: str = "AND"
) -> dict[str, Any]:
    word = _WORDS[kind]
    return {
        "@type": f"as.dto.{word.lower()}.search.{word}{of}SearchCriteria",
        "criteria": parts,
        "operator": operator,
    }


def _code(wanted: str) -> dict[str, Any]:
    return _contains("CodeSearchCriteria", "code", wanted) | {
        "fieldValue": {"@type": "as.dto.common.search.StringEqualToValue", "value": wanted}
    }


def _contains(criterion: str, field: str, text: str) -> dict[str, Any]:
    return {
        "@type": f"as.dto.common.search.{criterion}",
        "fieldName": field,
        "fieldType": "ATTRIBUTE",
        "fieldValue": {"@type": "as.dto.common.search.StringContainsValue", "value": text},
    }


def _id(kind: str, ident: str, form: str) -> dict[str, str]:
    word = _WORDS[kind]
    key = "identifier" if form == "Identifier" else "permId"
    return {key: ident, "@type": f"as.dto.{word.lower()}.id.{word}{form}"}


def _options(kind: str) -> dict[str, Any]:
    word = _WORDS[kind]
    place = f"as.dto.{word.lower()}.fetchoptions.{word}"
    return {
        "@type": f"{place}FetchOptions",
        "type": {"@type": f"{place}TypeFetchOptions"},
        "properties": {"@type": "as.dto.property.fetchoptions.PropertyFetchOptions"},
    }


def _entity(kind: str, found: dict[str, Any]) -> Entity:
    properties = found.get("properties") or {}
    return Entity(
        kind=kind,
        perm_id=found["permId"]["permId"],
        identifier=found["identifier"]["identifier"],
        code=found.get("code") or "",
        type=(found.get("type") or {}).get("code") or "",
        title=str(properties.get("$NAME") or properties.get("NAME") or ""),
    )
