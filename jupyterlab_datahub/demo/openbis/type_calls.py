"""The calls that make and change types, property types and roles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import (
    Assignment,
    DataSetType,
    EntityType,
    ExperimentType,
    Person,
    Project,
    PropertyType,
    RoleAssignment,
    SampleType,
    Space,
    Vocabulary,
)
from jupyterlab_datahub.demo.openbis.references import id_text, optional
from jupyterlab_datahub.demo.openbis.render import perm_id
from jupyterlab_datahub.demo.openbis.render_types import OPTIONS, type_perm_id
from jupyterlab_datahub.demo.openbis.sessions import now

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.rpc import Method
    from jupyterlab_datahub.demo.openbis.store import Store

DATA_TYPES = (
    "INTEGER",
    "REAL",
    "VARCHAR",
    "MULTILINE_VARCHAR",
    "BOOLEAN",
    "DATE",
    "TIMESTAMP",
    "HYPERLINK",
    "XML",
    "SAMPLE",
    "CONTROLLEDVOCABULARY",
    "ARRAY_INTEGER",
    "ARRAY_REAL",
    "ARRAY_STRING",
    "ARRAY_TIMESTAMP",
    "JSON",
)


class TypeCalls:
    """Calls on one store; only administrators of the instance may make them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def methods(self) -> dict[str, Method]:
        """Return the calls by name."""
        methods: dict[str, Method] = {
            "createPropertyTypes": self._create_property_types,
            "updatePropertyTypes": self._update_property_types,
            "createRoleAssignments": self._create_roles,
        }
        for kind in (DataSetType, SampleType, ExperimentType):
            methods[f"create{kind.__name__}s"] = partial(self._create_types, kind)
            methods[f"update{kind.__name__}s"] = partial(self._update_types, kind)
        return methods

    def _admin(self, token: object) -> str:
        user = self._store.session(token).user
        self._store.check_write(user, None)
        return user

    def _create_types(
        self, kind: type[EntityType], token: object, creations: list[Json]
    ) -> list[Json]:
        user = self._admin(token)
        made = []
        with self._store.lock:
            for creation in creations:
                code = str(creation.get("code") or "").upper()
                record = kind(
                    code=code,
                    perm_id=code,
                    description=creation.get("description") or "",
                    options={n: creation[n] for n in OPTIONS[kind] if creation.get(n) is not None},
                    assignments=[
                        self._assignment(item, user)
                        for item in creation.get("propertyAssignments") or ()
                    ],
                    registrator=user,
                    registered=now(),
                    modified=now(),
                )
                made.append(self._store.add(record))
        return [type_perm_id(record) for record in made]

    def _update_types(self, kind: type[EntityType], token: object, updates: list[Json]) -> None:
        user = self._admin(token)
        with self._store.lock:
            for update in updates:
                record = self._store.get(kind, id_text(update.get("typeId")))
                for name in OPTIONS[kind]:
                    if field_changed(update.get(name)):
                        record.options[name] = update[name].get("value")
                if field_changed(update.get("description")):
                    record.description = update["description"].get("value") or ""
                for action in (update.get("propertyAssignments") or {}).get("actions") or ():
                    self._change_assignments(record, action, user)
                record.modified = now()

    def _change_assignments(self, record: EntityType, action: Json, user: str) -> None:
        kind = str(action.get("@type", ""))
        for item in action.get("items") or ():
            code = id_text(item.get("propertyTypeId"))
            known = record.assignment(code)
            if kind.endswith("Remove"):
                record.assignments = [a for a in record.assignments if a is not known]
                continue
            if known is not None:
                raise OpenbisError(
                    f"Property type '{code}' is already assigned to type '{record.code}'."
                )
            record.assignments.append(self._assignment(item, user, len(record.assignments) + 1))

    def _assignment(self, item: Json, user: str, ordinal: int = 1) -> Assignment:
        return Assignment(
            property_type=self._store.get(PropertyType, id_text(item.get("propertyTypeId"))),
            mandatory=bool(item.get("mandatory")),
            section=item.get("section") or "",
            ordinal=item.get("ordinal") or ordinal,
            show_in_edit_view=item.get("showInEditView") is not False,
            show_raw_value=bool(item.get("showRawValueInForms")),
            registrator=user,
            registered=now(),
        )

    def _create_property_types(self, token: object, creations: list[Json]) -> list[Json]:
        user = self._admin(token)
        made = []
        with self._store.lock:
            for creation in creations:
                record = self._property_type(creation)
                record.registrator, record.registered = user, now()
                made.append(self._store.add(record).code)
        return [{"@type": "as.dto.property.id.PropertyTypePermId", "permId": c} for c in made]

    def _property_type(self, creation: Json) -> PropertyType:
        data_type = str(creation.get("dataType"))
        if data_type not in DATA_TYPES:
            raise OpenbisError(f"Data type '{data_type}' is not supported.")
        vocabulary = optional(self._store, Vocabulary, creation.get("vocabularyId"))
        if data_type == "CONTROLLEDVOCABULARY" and vocabulary is None:
            raise OpenbisError("Vocabulary id cannot be null.")
        sample_type = optional(self._store, SampleType, creation.get("sampleTypeId"))
        code = str(creation.get("code") or "").upper()
        return PropertyType(
            code=code,
            perm_id=code,
            label=creation.get("label") or code,
            description=creation.get("description") or "",
            data_type=data_type,
            multi_value=bool(creation.get("multiValue")),
            vocabulary=vocabulary.code if vocabulary else "",
            sample_type=sample_type.code if sample_type else "",
            managed_internally=bool(creation.get("managedInternally")),
            meta_data=dict(creation.get("metaData") or {}),
        )

    def _update_property_types(self, token: object, updates: list[Json]) -> None:
        self._admin(token)
        with self._store.lock:
            for update in updates:
                record = self._store.get(PropertyType, id_text(update.get("typeId")))
                if field_changed(update.get("label")):
                    record.label = update["label"].get("value") or ""
                if field_changed(update.get("description")):
                    record.description = update["description"].get("value") or ""

    def _create_roles(self, token: object, creations: list[Json]) -> list[Json]:
        user = self._admin(token)
        made = []
        with self._store.lock:
            for creation in creations:
                person = self._store.get(Person, id_text(creation.get("userId")))
                space = optional(self._store, Space, creation.get("spaceId"))
                project = optional(self._store, Project, creation.get("projectId"))
                role = str(creation.get("role"))
                if any(
                    (r.user, r.role, r.space, r.project) == (person.code, role, space, project)
                    for r in self._store.every(RoleAssignment)
                ):
                    raise OpenbisError("Role assignment already exists in the database.")
                number = str(self._store.next_number())
                record = RoleAssignment(
                    code=number,
                    perm_id=number,
                    user=person.code,
                    role=role,
                    space=space,
                    project=project,
                    registrator=user,
                    registered=now(),
                )
                made.append(self._store.add(record))
        return [
            {**perm_id(record), "@type": "as.dto.roleassignment.id.RoleAssignmentTechId"}
            for record in made
        ]


def field_changed(update: Any) -> bool:
    """Return whether an update of a field says something."""
    return isinstance(update, dict) and bool(update.get("isModified"))
