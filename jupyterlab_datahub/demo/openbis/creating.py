"""The calls that make spaces, projects, experiments, samples and datasets."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import (
    Attachment,
    DataSet,
    Entity,
    Experiment,
    ExperimentType,
    Project,
    Record,
    Sample,
    SampleType,
    Space,
    Tag,
)
from jupyterlab_datahub.demo.openbis.references import id_text, optional, visible
from jupyterlab_datahub.demo.openbis.render import perm_id
from jupyterlab_datahub.demo.openbis.sessions import now
from jupyterlab_datahub.demo.openbis.values import checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.rpc import Method
    from jupyterlab_datahub.demo.openbis.store import Store
    from jupyterlab_datahub.demo.openbis.tables import R

CODE = re.compile(r"[A-Z0-9_\-.]+")
CODE_PREFIXES = {"SAMPLE": "S", "EXPERIMENT": "E", "DATA_SET": "D", "MATERIAL": "M"}


def checked_code(code: object) -> str:
    """Return a code in upper case.

    Raises
    ------
    OpenbisError
        If there is none, or a character in it that codes cannot have.
    """
    if not code:
        raise OpenbisError("Code cannot be empty.")
    upper = str(code).upper()
    if not CODE.fullmatch(upper):
        raise OpenbisError(
            f"Given code '{code}' contains illegal characters (allowed: A-Z, a-z, 0-9 and _, -, .)"
        )
    return upper


def attachments_of(creations: list[Json], user: str) -> list[Attachment]:
    """Return the attachments that a request brings."""
    return [
        Attachment(
            file_name=str(creation.get("fileName")),
            title=str(creation.get("title") or ""),
            description=str(creation.get("description") or ""),
            content=str(creation.get("content") or ""),
            registrator=user,
            registered=now(),
        )
        for creation in creations
    ]


class Creating:
    """Calls on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def methods(self) -> dict[str, Method]:
        """Return the calls by name."""
        return {
            "createSpaces": partial(self._create, self._space),
            "createProjects": partial(self._create, self._project),
            "createExperiments": partial(self._create, self._experiment),
            "createSamples": partial(self._create, self._sample),
            "createDataSets": partial(self._create, self._dataset),
            "createTags": partial(self._create, self._tag),
            "createPermIdStrings": self._perm_ids,
            "createCodes": self._codes,
        }

    def _create(
        self, make: Callable[[str, Json], Record], token: object, creations: list[Json]
    ) -> list[Json]:
        """Make all or none: properties may point to what is made by the same call."""
        user = self._store.session(token).user
        made: list[Record] = []
        with self._store.lock:
            try:
                for creation in creations:
                    record = self._stamped(make(user, creation), user)
                    made += [record]
                for record, creation in zip(made, creations, strict=True):
                    self._finish(record, creation)
            except OpenbisError:
                for record in made:
                    self._store.remove(record)
                raise
        return [perm_id(record) for record in made]

    def _stamped(self, record: R, user: str) -> R:
        record.registrator = record.modifier = user
        record.registered = record.modified = now()
        return record if isinstance(record, DataSet) else self._store.add(record)

    def _finish(self, record: Record, creation: Json) -> None:
        if isinstance(record, Entity):
            given = creation.get("properties") or {}
            record.properties = checked(self._store, record.type, given)
        if isinstance(record, Sample):
            for id_ in creation.get("childIds") or ():
                self._store.get(Sample, id_text(id_)).parents.append(record)
            for id_ in creation.get("componentIds") or ():
                self._store.get(Sample, id_text(id_)).container = record

    def _space(self, user: str, creation: Json) -> Space:
        self._store.check_write(user, None)
        code = checked_code(creation.get("code"))
        return Space(code=code, perm_id=code, description=creation.get("description") or "")

    def _project(self, user: str, creation: Json) -> Project:
        if not creation.get("spaceId"):
            raise OpenbisError("Space id cannot be null.")
        space = visible(self._store, user, Space, creation["spaceId"])
        self._store.check_write(user, space)
        return Project(
            code=checked_code(creation.get("code")),
            perm_id=self._store.new_perm_id(),
            description=creation.get("description") or "",
            space=space,
            leader=user,
            attachments=attachments_of(creation.get("attachments") or [], user),
        )

    def _experiment(self, user: str, creation: Json) -> Experiment:
        type_ = optional(self._store, ExperimentType, creation.get("typeId"))
        if type_ is None or not creation.get("projectId"):
            raise OpenbisError("Type id and project id cannot be null.")
        project = visible(self._store, user, Project, creation["projectId"])
        self._store.check_write(user, project)
        return Experiment(
            code=checked_code(creation.get("code")),
            perm_id=self._store.new_perm_id(),
            type=type_,
            project=project,
            tags=self.tags(user, creation.get("tagIds") or []),
            attachments=attachments_of(creation.get("attachments") or [], user),
        )

    def _sample(self, user: str, creation: Json) -> Sample:
        store = self._store
        type_ = optional(store, SampleType, creation.get("typeId"))
        if type_ is None:
            raise OpenbisError("Type id cannot be null.")
        experiment = optional(store, Experiment, creation.get("experimentId"))
        project = optional(store, Project, creation.get("projectId"))
        project = project or (experiment.project if experiment else None)
        space = optional(store, Space, creation.get("spaceId"))
        space = space or (project.space if project else None)
        if space is None:
            raise OpenbisError("Space id cannot be null.")
        owner = experiment or project or space
        if not store.may_see(user, owner):
            raise OpenbisError(f"Access denied to object with {owner.identifier}.")
        store.check_write(user, owner)
        return Sample(
            code=self._sample_code(type_, creation),
            perm_id=store.new_perm_id(),
            type=type_,
            space=space,
            project=project,
            experiment=experiment,
            container=optional(store, Sample, creation.get("containerId")),
            parents=[visible(store, user, Sample, i) for i in creation.get("parentIds") or ()],
            tags=self.tags(user, creation.get("tagIds") or []),
        )

    def _sample_code(self, type_: SampleType, creation: Json) -> str:
        if creation.get("code"):
            return checked_code(creation["code"])
        prefix = str(type_.options.get("generatedCodePrefix") or "S")
        return f"{prefix}{self._store.next_number()}"

    def _dataset(self, user: str, creation: Json) -> DataSet:
        session = self._store.sessions.of_user(user)
        return self._store.create_dataset(session, creation)

    def _tag(self, user: str, creation: Json) -> Tag:
        code = str(creation.get("code") or "")
        return Tag(
            code=code,
            perm_id=f"/{user}/{code}",
            owner=user,
            description=creation.get("description") or "",
        )

    def tags(self, user: str, ids: list[object]) -> list[str]:
        """Return the permIds of tags; those that are not there yet are made."""
        found = []
        for id_ in ids:
            text = id_text(id_)
            tag_id = text if text.startswith("/") else f"/{user}/{text}"
            if self._store.find(Tag, tag_id) is None:
                self._stamped(self._tag(user, {"code": tag_id.rpartition("/")[2]}), user)
            found.append(tag_id)
        return found

    def _perm_ids(self, token: object, count: int) -> list[str]:
        self._store.session(token)
        return [self._store.new_perm_id() for _ in range(count)]

    def _codes(self, token: object, prefix: str, kind: str, count: int) -> list[str]:
        self._store.session(token)
        start = prefix or CODE_PREFIXES.get(kind, "")
        return [f"{start}{self._store.next_number()}" for _ in range(count)]
