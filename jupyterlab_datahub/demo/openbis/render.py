"""Entities as JSON, with as much around them as the fetch options of a request want."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis import render_types
from jupyterlab_datahub.demo.openbis.records import (
    Attachment,
    DataSet,
    Deletion,
    Entity,
    Experiment,
    Person,
    Project,
    PropertyValue,
    Record,
    RoleAssignment,
    Sample,
    Space,
    Tag,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.store import Store

PACKAGES: dict[type[Record], str] = {
    Space: "space",
    Project: "project",
    Experiment: "experiment",
    Sample: "sample",
    DataSet: "dataset",
    Person: "person",
    Tag: "tag",
    RoleAssignment: "roleassignment",
    Deletion: "deletion",
}
"""The package of a kind's classes in the V3 API."""

RELATIONS = ("parents", "children", "components", "containers", "container", "dataSets")


def perm_id(record: Record) -> Json:
    """Return the permId object of an entity: a new one each time.

    Clients put references in only where they expect them, and a permId is not such a place.
    """
    package, name = PACKAGES[type(record)], type(record).__name__
    return {"@type": f"as.dto.{package}.id.{name}PermId", "permId": record.perm_id}


class Renderer:
    """Renders for one request of one user.

    What is rendered twice with the same options is one and the same dict, so that the answer
    can be written with references.
    """

    def __init__(self, store: Store, user: str) -> None:
        self._store = store
        self._user = user
        self._rendered: dict[tuple[type[Record], str, str], Json] = {}
        self._kinds: dict[type[Record], Callable[..., Json]] = {
            Space: self._space,
            Project: self._project,
            Experiment: self._experiment,
            Sample: self._sample,
            DataSet: self._dataset,
            Person: self._person,
            Tag: self._tag,
            RoleAssignment: self._role,
            Deletion: self._deletion,
        }

    def render(self, record: Record | None, options: Json | None) -> Json | None:
        """Return an entity as JSON.

        None where there is none, where no options ask for it, and where the user may not see
        it.
        """
        if record is None or options is None or not self._store.may_see(self._user, record):
            return None
        key = (type(record), record.perm_id, json.dumps(options, sort_keys=True))
        if key not in self._rendered:
            document: Json = {}
            # Registered before it is filled: a parent's child is the parent's parent's child.
            self._rendered[key] = document
            render = self._kinds.get(type(record))
            document.update(
                render(record, options)
                if render
                else render_types.render(self._store, record, options, self.person)
            )
        return self._rendered[key]

    def person(self, user: str, options: Json | None) -> Json | None:
        """Return a user as JSON, None for the system itself."""
        return self.render(self._store.find(Person, user), options)

    def every(self, records: Sequence[Record], options: Json | None) -> list[Json] | None:
        """Return the entities that may be seen; None where no options ask for them."""
        if options is None:
            return None
        rendered = (self.render(record, options) for record in records)
        return [document for document in rendered if document is not None]

    def _head(self, record: Record, options: Json) -> Json:
        package, name = PACKAGES[type(record)], type(record).__name__
        return {
            "@type": f"as.dto.{package}.{name}",
            "fetchOptions": {**dict.fromkeys(RELATIONS), **_copied(options)},
            "code": record.code,
            "permId": perm_id(record),
            "description": record.description or None,
            "frozen": record.frozen,
            "registrationDate": record.registered,
            "modificationDate": record.modified,
            "registrator": self.person(record.registrator, options.get("registrator")),
            "modifier": self.person(record.modifier, options.get("modifier")),
        }

    def _identified(self, record: Record, options: Json) -> Json:
        package, name = PACKAGES[type(record)], type(record).__name__
        identifier = {
            "@type": f"as.dto.{package}.id.{name}Identifier",
            "identifier": record.identifier,
        }
        return {**self._head(record, options), "identifier": identifier}

    def _typed(self, record: Entity, options: Json) -> Json:
        properties: Json | None = None
        if options.get("properties") is not None:
            properties = {
                code: self._value(record, code, value) for code, value in record.properties.items()
            }
        tags = [self._store.find(Tag, tag) for tag in record.tags]
        return {
            "type": self.render(record.type, options.get("type")),
            "properties": properties,
            "tags": self.every([tag for tag in tags if tag], options.get("tags")) or [],
        }

    def _value(self, record: Entity, code: str, value: PropertyValue) -> object:
        """Return a property's value; whole numbers are text up to API 3.6, and numbers after."""
        assignment = record.type.assignment(code)
        whole = assignment is not None and assignment.property_type.data_type == "INTEGER"
        if not whole or self._store.api_version in ("3.5", "3.6"):
            return value
        return [int(one) for one in value] if isinstance(value, list) else int(value)

    def _space(self, record: Space, options: Json) -> Json:
        return {
            **self._head(record, options),
            "frozenForProjects": False,
            "frozenForSamples": False,
            "projects": None,
            "samples": None,
        }

    def _project(self, record: Project, options: Json) -> Json:
        experiments = [e for e in self._store.every(Experiment) if e.project is record]
        return {
            **self._identified(record, options),
            "space": self.render(record.space, options.get("space")),
            "leader": self.person(record.leader, options.get("leader")),
            "attachments": _attachments(record.attachments, options),
            "experiments": self.every(experiments, options.get("experiments")),
            "samples": None,
            "frozenForExperiments": False,
            "frozenForSamples": False,
        }

    def _experiment(self, record: Experiment, options: Json) -> Json:
        datasets = [d for d in self._store.every(DataSet) if d.experiment is record]
        samples = [s for s in self._store.every(Sample) if s.experiment is record]
        return {
            **self._identified(record, options),
            **self._typed(record, options),
            "project": self.render(record.project, options.get("project")),
            "attachments": _attachments(record.attachments, options),
            "dataSets": self.every(datasets, options.get("dataSets")),
            "samples": self.every(samples, options.get("samples")),
            "frozenForDataSets": False,
            "frozenForSamples": False,
        }

    def _sample(self, record: Sample, options: Json) -> Json:
        datasets = [d for d in self._store.every(DataSet) if d.sample is record]
        components = [s for s in self._store.every(Sample) if s.container is record]
        return {
            **self._identified(record, options),
            **self._typed(record, options),
            "space": self.render(record.space, options.get("space")),
            "project": self.render(record.project, options.get("project")),
            "experiment": self.render(record.experiment, options.get("experiment")),
            "container": self.render(record.container, options.get("container")),
            "components": self.every(components, options.get("components")),
            "parents": self.every(record.parents, options.get("parents")),
            "children": self.every(self._store.children(record), options.get("children")),
            "dataSets": self.every(datasets, options.get("dataSets")),
            "attachments": None,
            "frozenForComponents": False,
            "frozenForChildren": False,
            "frozenForParents": False,
            "frozenForDataSets": False,
        }

    def _dataset(self, record: DataSet, options: Json) -> Json:
        containers = [d for d in self._store.every(DataSet) if record in d.components]
        return {
            **self._head(record, options),
            **self._typed(record, options),
            "kind": record.kind,
            "experiment": self.render(record.experiment, options.get("experiment")),
            "sample": self.render(record.sample, options.get("sample")),
            "parents": self.every(record.parents, options.get("parents")),
            "children": self.every(self._store.children(record), options.get("children")),
            "components": self.every(record.components, options.get("components")),
            "containers": self.every(containers, options.get("containers")),
            "dataStore": data_store(self._store) if options.get("dataStore") is not None else None,
            "physicalData": _physical(record) if options.get("physicalData") is not None else None,
            "linkedData": None,
            "accessDate": record.modified,
            "dataProducer": None,
            "dataProductionDate": None,
            "measured": True,
            "postRegistered": True,
            "frozenForChildren": False,
            "frozenForParents": False,
            "frozenForComponents": False,
            "frozenForContainers": False,
        }

    def _person(self, record: Person, options: Json) -> Json:
        home = self._store.find(Space, record.home) if record.home else None
        roles = [r for r in self._store.every(RoleAssignment) if r.user == record.code]
        return {
            "@type": "as.dto.person.Person",
            "fetchOptions": _copied(options),
            "permId": perm_id(record),
            "userId": record.code,
            "firstName": record.first_name,
            "lastName": record.last_name,
            "email": record.email,
            "active": record.active,
            "registrationDate": record.registered,
            "space": self.render(home, options.get("space")),
            "roleAssignments": self.every(roles, options.get("roleAssignments")),
            "registrator": None,
        }

    def _tag(self, record: Tag, options: Json) -> Json:
        return {
            **self._head(record, options),
            "permId": {
                "@type": "as.dto.tag.id.TagPermId",
                "permId": f"/{record.owner}/{record.code}",
            },
            "owner": self.person(record.owner, options.get("owner")),
            "private": True,
        }

    def _role(self, record: RoleAssignment, options: Json) -> Json:
        return {
            "@type": "as.dto.roleassignment.RoleAssignment",
            "fetchOptions": _copied(options),
            "id": {
                "@type": "as.dto.roleassignment.id.RoleAssignmentTechId",
                "techId": int(record.perm_id),
            },
            "user": self.person(record.user, options.get("user")),
            "authorizationGroup": None,
            "role": record.role,
            "roleLevel": record.level,
            "space": self.render(record.space, options.get("space")),
            "project": self.render(record.project, options.get("project")),
            "registrator": self.person(record.registrator, options.get("registrator")),
            "registrationDate": record.registered,
        }

    def _deletion(self, record: Deletion, options: Json) -> Json:
        deleted = [
            {
                "@type": "as.dto.deletion.DeletedObject",
                "id": perm_id(entity),
                "identifier": entity.identifier,
                "entityKind": type(entity).__name__.upper(),
            }
            for entity in record.entities
        ]
        return {
            "@type": "as.dto.deletion.Deletion",
            "id": {"@type": "as.dto.deletion.id.DeletionTechId", "id": record.perm_id},
            "reason": record.reason,
            "deletionDate": record.registered,
            "totalDeletedObjects": len(deleted),
            "deletedObjects": deleted if options.get("deletedObjects") is not None else None,
        }


def data_store(store: Store) -> Json:
    """Return the data store server as JSON."""
    return {
        "@type": "as.dto.datastore.DataStore",
        "code": "DSS1",
        "downloadUrl": store.store_url,
        "remoteUrl": store.store_url,
        "registrationDate": None,
        "modificationDate": None,
    }


def _copied(options: Json) -> Json:
    """Return options anew, since they are written in full at every entity."""
    copied: Json = json.loads(json.dumps(options))
    return copied


def _physical(record: DataSet) -> Json | None:
    physical = record.physical
    if physical is None:
        return None
    return {
        "@type": "as.dto.dataset.PhysicalData",
        "shareId": physical.share_id,
        "location": physical.location,
        "size": physical.size,
        "status": physical.status,
        "complete": physical.complete,
        "presentInArchive": physical.present_in_archive,
        "archivingRequested": physical.archiving_requested,
        "storageConfirmation": True,
        "speedHint": -50,
        "fileFormatType": None,
        "locatorType": None,
        "storageFormat": None,
    }


def _attachments(attachments: list[Attachment], options: Json) -> list[Json] | None:
    wanted = options.get("attachments")
    if wanted is None:
        return None
    return [
        {
            "@type": "as.dto.attachment.Attachment",
            "fileName": attachment.file_name,
            "title": attachment.title,
            "description": attachment.description,
            "version": 1,
            "registrationDate": attachment.registered,
            "content": attachment.content if wanted.get("content") is not None else None,
        }
        for attachment in attachments
    ]
