"""Search criteria as the V3 API nests them.

A criterion names its kind in ``@type``. One that has ``criteria`` (a list, or a single one as
pyBIS sends it) holds for an entity if all of them (``operator`` AND, the default) or any of
them (OR) hold for what it leads to: a dataset's experiment, that one's project, a sample's
parents. The others compare one attribute or property.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.comparing import compare
from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import (
    DataSet,
    Entity,
    EntityType,
    Person,
    PropertyType,
    Record,
    RoleAssignment,
    Sample,
    Tag,
    Term,
    Vocabulary,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.store import Store

SUFFIX = "SearchCriteria"

Value = str | int | float | bool


def word_of(criterion: Json) -> str:
    """Return the kind of a criterion without its package and suffix.

    Raises
    ------
    OpenbisError
        If it has none.
    """
    name = str(criterion.get("@type", "")).rpartition(".")[2]
    if not name.endswith(SUFFIX):
        raise OpenbisError(f"Unknown search criteria: {criterion.get('@type')}")
    return name.removesuffix(SUFFIX)


def parts_of(criterion: Json) -> list[Json]:
    """Return the criteria inside one."""
    parts = criterion.get("criteria") or []
    return [parts] if isinstance(parts, dict) else list(parts)


class Search:
    """Search in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def matches(self, record: Record, criterion: Json) -> bool:
        """Return whether the criteria inside a criterion hold for an entity.

        Raises
        ------
        OpenbisError
            If a criterion is of no known kind.
        """
        parts = parts_of(criterion)
        if not parts:
            return True
        held = (self._holds(record, part) for part in parts)
        found = any(held) if criterion.get("operator") == "OR" else all(held)
        return found != bool(criterion.get("negated"))

    def _holds(self, record: Record, criterion: Json) -> bool:
        word = word_of(criterion)
        if word == "PhysicalData":
            return _physical_holds(record, criterion)
        leaf = LEAVES.get(word)
        if leaf is not None:
            held = any(compare(value, criterion) for value in leaf(record, criterion))
            return held != bool(criterion.get("negated"))
        if word.startswith("No"):
            return not self._led_to(record, word[2:])
        if word == type(record).__name__ or (word == "DataSet" and isinstance(record, DataSet)):
            return self.matches(record, criterion)
        return any(self.matches(related, criterion) for related in self._led_to(record, word))

    def _led_to(self, record: Record, word: str) -> list[Record]:
        way = self._ways().get(word)
        if way is None:
            raise OpenbisError(f"Unknown search criteria: {word}{SUFFIX}")
        return [related for related in way(record) if related is not None]

    def _ways(self) -> dict[str, Callable[[Record], Iterable[Record | None]]]:
        types = dict.fromkeys(
            ("DataSetType", "SampleType", "ExperimentType", "EntityType"), _type_of
        )
        store = self._store
        return {
            **types,
            "Space": lambda record: [getattr(record, "space", None)],
            "Project": lambda record: [getattr(record, "project", None)],
            "Experiment": lambda record: [getattr(record, "experiment", None)],
            "Sample": lambda record: [getattr(record, "sample", None)],
            "SampleContainer": lambda record: [getattr(record, "container", None)],
            "DataSetParents": _parents_of,
            "SampleParents": _parents_of,
            "DataSetChildren": self._children_of,
            "SampleChildren": self._children_of,
            "DataSetContainer": lambda record: [
                d for d in store.every(DataSet) if record in d.components
            ],
            "Registrator": lambda record: [store.find(Person, record.registrator)],
            "Modifier": lambda record: [store.find(Person, record.modifier)],
            "Person": self._person_of,
            "Tag": self._tags_of,
            "Vocabulary": self._vocabulary_of,
            "PropertyType": lambda record: (
                [a.property_type for a in record.assignments]
                if isinstance(record, EntityType)
                else []
            ),
            "AuthorizationGroup": lambda record: [],  # noqa: ARG005 there are no groups
        }

    def _children_of(self, record: Record) -> Iterable[Record]:
        return self._store.children(record) if isinstance(record, Sample | DataSet) else []

    def _person_of(self, record: Record) -> Iterable[Record | None]:
        return [self._store.find(Person, record.user)] if isinstance(record, RoleAssignment) else []

    def _tags_of(self, record: Record) -> Iterable[Record | None]:
        tags = record.tags if isinstance(record, Entity) else []
        return [self._store.find(Tag, tag) for tag in tags]

    def _vocabulary_of(self, record: Record) -> Iterable[Record | None]:
        if isinstance(record, Term | PropertyType) and record.vocabulary:
            return [self._store.find(Vocabulary, record.vocabulary)]
        return []


def _type_of(record: Record) -> Iterable[Record]:
    return [record.type] if isinstance(record, Entity) else []


def _parents_of(record: Record) -> Iterable[Record]:
    return record.parents if isinstance(record, Sample | DataSet) else []


def _physical_holds(record: Record, criterion: Json) -> bool:
    physical = record.physical if isinstance(record, DataSet) else None
    if physical is None:
        return False
    values: dict[str, Value] = {
        "Status": physical.status,
        "Complete": physical.complete,
        "Location": physical.location,
        "ShareId": physical.share_id,
        "PresentInArchive": physical.present_in_archive,
        "ArchivingRequested": physical.archiving_requested,
        "Size": physical.size,
    }
    return all(
        word_of(part) in values and compare(values[word_of(part)], part)
        for part in parts_of(criterion)
    )


def _property(record: Record, criterion: Json) -> Iterable[Value]:
    code = str(criterion.get("fieldName", "")).upper()
    value = record.properties.get(code) if isinstance(record, Entity) else None
    return [] if value is None else value if isinstance(value, list) else [value]


def _any_property(record: Record, _: Json) -> Iterable[Value]:
    if not isinstance(record, Entity):
        return []
    values = record.properties.values()
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _any_field(record: Record, criterion: Json) -> Iterable[Value]:
    owners = (getattr(record, name, None) for name in ("experiment", "sample", "project", "space"))
    return [
        record.code,
        record.perm_id,
        record.identifier,
        record.registrator,
        record.description,
        *(owner.code for owner in owners if owner is not None),
        *([record.type.code] if isinstance(record, Entity) else []),
        *_any_property(record, criterion),
    ]


def _date_property(record: Record, criterion: Json) -> Iterable[Value]:
    """Return property values as milliseconds."""
    for value in _property(record, criterion):
        text = str(value)
        form = "%Y-%m-%d %H:%M:%S %z" if " " in text else "%Y-%m-%d"
        yield int(datetime.strptime(text, form).timestamp() * 1000)  # noqa: DTZ007 a date alone


def _names(field: str) -> Callable[[Record, Json], Iterable[Value]]:
    return lambda record, _: [str(getattr(record, field, ""))]


LEAVES: dict[str, Callable[[Record, Json], Iterable[Value]]] = {
    "Code": lambda record, _: [record.code],
    "Codes": lambda record, _: [record.code],
    "Id": lambda record, _: [record.perm_id, record.identifier],
    "PermId": lambda record, _: [record.perm_id],
    "Identifier": lambda record, _: [record.identifier],
    "Description": _names("description"),
    "Label": _names("label"),
    "UserId": _names("code"),
    "UserIds": _names("code"),
    "FirstName": _names("first_name"),
    "LastName": _names("last_name"),
    "Email": _names("email"),
    "PersonalAccessTokenSessionName": _names("session_name"),
    "RegistrationDate": lambda record, _: [record.registered],
    "ModificationDate": lambda record, _: [record.modified],
    "StringProperty": _property,
    "NumberProperty": _property,
    "BooleanProperty": _property,
    "ControlledVocabularyProperty": _property,
    "DateProperty": _date_property,
    "AnyProperty": _any_property,
    "AnyField": _any_field,
}
"""What a criterion without others inside looks at."""
