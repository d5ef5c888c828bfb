"""The calls that delete, and the trash can.

Experiments, samples and datasets go to the trash can with all that hangs on them, and come
back or go for good; everything else goes at once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import (
    DataSet,
    DataSetType,
    Deletion,
    Entity,
    EntityType,
    Experiment,
    ExperimentType,
    Project,
    PropertyType,
    Record,
    RoleAssignment,
    Sample,
    SampleType,
    Space,
    Tag,
    Vocabulary,
)
from jupyterlab_datahub.demo.openbis.references import id_text, visible
from jupyterlab_datahub.demo.openbis.sessions import now

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.rpc import Method
    from jupyterlab_datahub.demo.openbis.store import Store

AT_ONCE: dict[str, type[Record]] = {
    "Spaces": Space,
    "Projects": Project,
    "ExperimentTypes": ExperimentType,
    "SampleTypes": SampleType,
    "DataSetTypes": DataSetType,
    "PropertyTypes": PropertyType,
    "Vocabularies": Vocabulary,
    "RoleAssignments": RoleAssignment,
    "Tags": Tag,
}
TO_TRASH: dict[str, type[Entity]] = {
    "Experiments": Experiment,
    "Samples": Sample,
    "DataSets": DataSet,
}


class Deleting:
    """Calls on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def methods(self) -> dict[str, Method]:
        """Return the calls by name."""
        methods: dict[str, Method] = {
            "confirmDeletions": self._confirm,
            "revertDeletions": self._revert,
        }
        for plural, kind in AT_ONCE.items():
            methods[f"delete{plural}"] = partial(self._delete, kind)
        for plural, entity in TO_TRASH.items():
            methods[f"delete{plural}"] = partial(self._trash, entity)
        return methods

    def _delete(self, kind: type[Record], token: object, ids: list[object], options: Json) -> None:
        user = self._store.session(token).user
        _check_reason(options)
        with self._store.lock:
            for id_ in ids:
                record = visible(self._store, user, kind, id_)
                self._store.check_delete(user, record)
                if any(self._uses(other, record) for other in self._users_of_others()):
                    raise OpenbisError(
                        f"{kind.__name__} '{record.code}' is being used. "
                        "Delete all connected objects first."
                    )
                self._store.remove(record)

    def _users_of_others(self) -> list[Record]:
        kinds = (Project, Experiment, Sample, DataSet, PropertyType)
        types = (ExperimentType, SampleType, DataSetType)
        return [r for kind in (*kinds, *types) for r in self._store.every(kind)]

    @staticmethod
    def _uses(other: Record, record: Record) -> bool:
        if isinstance(record, PropertyType):
            return isinstance(other, EntityType) and other.assignment(record.code) is not None
        if isinstance(record, Vocabulary):
            return isinstance(other, PropertyType) and other.vocabulary == record.code
        return record in (
            getattr(other, "space", None),
            getattr(other, "project", None),
            getattr(other, "type", None),
        )

    def _trash(self, kind: type[Entity], token: object, ids: list[object], options: Json) -> Json:
        user = self._store.session(token).user
        reason = _check_reason(options)
        with self._store.lock:
            entities: list[Entity] = []
            for id_ in ids:
                record = visible(self._store, user, kind, id_)
                self._store.check_delete(user, record)
                entities += [e for e in self._with_dependents(record) if e not in entities]
            for entity in entities:
                self._store.remove(entity)
            number = str(self._store.next_number())
            deletion = Deletion(
                code=number,
                perm_id=number,
                reason=reason,
                entities=entities,
                registrator=user,
                registered=now(),
            )
            self._store.add(deletion)
        # A text: what pyBIS reads out of its tables as a number it cannot send back.
        return {"@type": "as.dto.deletion.id.DeletionTechId", "id": deletion.perm_id}

    def _with_dependents(self, record: Entity) -> list[Entity]:
        found: list[Entity] = [record]
        if isinstance(record, Experiment):
            found += [s for s in self._store.every(Sample) if s.experiment is record]
        owners = [*found]
        found += [
            d
            for d in self._store.every(DataSet)
            if d not in found and (d.experiment in owners or d.sample in owners)
        ]
        return found

    def _deletions(self, token: object, ids: list[object]) -> list[Deletion]:
        user = self._store.session(token).user
        deletions = [self._store.get(Deletion, id_text(id_)) for id_ in ids]
        for deletion in deletions:
            for entity in deletion.entities:
                self._store.check_delete(user, entity)
        return deletions

    def _confirm(self, token: object, ids: list[object], *_: object) -> None:
        with self._store.lock:
            for deletion in self._deletions(token, ids):
                for entity in deletion.entities:
                    if isinstance(entity, DataSet):
                        self._store.remove_files(entity)
                self._store.remove(deletion)

    def _revert(self, token: object, ids: list[object]) -> None:
        with self._store.lock:
            for deletion in self._deletions(token, ids):
                for entity in deletion.entities:
                    self._store.add(entity)
                self._store.remove(deletion)


def _check_reason(options: Json) -> str:
    reason = str((options or {}).get("reason") or "")
    if not reason:
        raise OpenbisError("Deletion reason cannot be null.")
    return reason
