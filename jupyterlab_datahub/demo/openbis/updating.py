"""The calls that change entities, and those that archive datasets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from jupyterlab_datahub.demo.openbis.creating import Creating, attachments_of
from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import (
    DataSet,
    Entity,
    Experiment,
    Project,
    Record,
    Sample,
    Space,
    Tag,
)
from jupyterlab_datahub.demo.openbis.references import id_text, optional, visible
from jupyterlab_datahub.demo.openbis.sessions import now
from jupyterlab_datahub.demo.openbis.type_calls import field_changed
from jupyterlab_datahub.demo.openbis.values import checked

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.rpc import Method
    from jupyterlab_datahub.demo.openbis.store import Store
    from jupyterlab_datahub.demo.openbis.tables import R

T = TypeVar("T")

KINDS: dict[str, tuple[type[Record], str]] = {
    "updateSpaces": (Space, "spaceId"),
    "updateProjects": (Project, "projectId"),
    "updateExperiments": (Experiment, "experimentId"),
    "updateSamples": (Sample, "sampleId"),
    "updateDataSets": (DataSet, "dataSetId"),
    "updateTags": (Tag, "tagId"),
}
"""What a call changes, and the name of the id in it."""


class Updating:
    """Calls on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tags = Creating(store).tags

    def methods(self) -> dict[str, Method]:
        """Return the calls by name."""
        methods: dict[str, Method] = {
            name: partial(self._update, kind, id_name) for name, (kind, id_name) in KINDS.items()
        }
        return {
            **methods,
            "archiveDataSets": self._archive,
            "unarchiveDataSets": self._unarchive,
        }

    def _update(self, kind: type[Record], id_name: str, token: object, updates: list[Json]) -> None:
        user = self._store.session(token).user
        with self._store.lock:
            for update in updates:
                record = visible(self._store, user, kind, update.get(id_name))
                if not (isinstance(record, Tag) and record.owner == user):
                    self._store.check_write(user, record)
                self._change(record, update, user)
                record.modifier, record.modified = user, now()

    def _change(self, record: Record, update: Json, user: str) -> None:
        if field_changed(update.get("description")):
            record.description = update["description"].get("value") or ""
        if isinstance(record, Entity):
            self._change_entity(record, update, user)
        if isinstance(record, Project | Experiment):
            for action in (update.get("attachments") or {}).get("actions") or ():
                record.attachments += attachments_of(action.get("items") or [], user)
        if isinstance(record, Experiment) and field_changed(update.get("projectId")):
            record.project = self._store.get(Project, id_text(update["projectId"].get("value")))
        if isinstance(record, Sample):
            self._change_sample(record, update, user)
        if isinstance(record, DataSet):
            self._change_dataset(record, update, user)

    def _change_entity(self, record: Entity, update: Json, user: str) -> None:
        given = update.get("properties")
        if given:
            merged: dict[str, object] = dict(record.properties)
            merged.update((code.upper(), value) for code, value in given.items())
            record.properties = checked(self._store, record.type, merged)
        for action in (update.get("tagIds") or {}).get("actions") or ():
            tags = self._tags(user, action.get("items") or [])
            record.tags = _acted(record.tags, tags, action)

    def _change_sample(self, record: Sample, update: Json, user: str) -> None:
        if field_changed(update.get("experimentId")):
            record.experiment = optional(
                self._store, Experiment, update["experimentId"].get("value")
            )
        for action in _actions(update, "parentIds"):
            parents = self._named(Sample, action, user)
            record.parents = _acted(record.parents, parents, action)
        for action in _actions(update, "childIds"):
            for child in self._named(Sample, action, user):
                child.parents = _acted(child.parents, [record], action)

    def _change_dataset(self, record: DataSet, update: Json, user: str) -> None:
        if field_changed(update.get("sampleId")):
            record.sample = optional(self._store, Sample, update["sampleId"].get("value"))
        for action in _actions(update, "parentIds"):
            parents = self._named(DataSet, action, user)
            record.parents = _acted(record.parents, parents, action)
        for action in _actions(update, "childIds"):
            for child in self._named(DataSet, action, user):
                child.parents = _acted(child.parents, [record], action)
        for action in _actions(update, "componentIds"):
            components = self._named(DataSet, action, user)
            record.components = _acted(record.components, components, action)
        physical = update.get("physicalData")
        if isinstance(physical, dict) and field_changed(physical) and record.physical:
            requested = (physical.get("value") or {}).get("archivingRequested")
            if isinstance(requested, dict) and field_changed(requested):
                record.physical.archiving_requested = bool(requested.get("value"))

    def _named(self, kind: type[R], action: Json, user: str) -> list[R]:
        return [visible(self._store, user, kind, item) for item in action.get("items") or ()]

    def _archive(self, token: object, ids: list[object], options: Json) -> None:
        seconds = self._store.archiving_seconds
        for dataset in self._at_rest(token, ids, "AVAILABLE"):
            if dataset.physical:
                dataset.physical.present_in_archive = True
                if options.get("removeFromDataStore") is not False:
                    dataset.physical.change("ARCHIVE_PENDING", "ARCHIVED", seconds)

    def _unarchive(self, token: object, ids: list[object], _options: Json | None = None) -> None:
        seconds = self._store.archiving_seconds
        for dataset in self._at_rest(token, ids, "ARCHIVED"):
            if dataset.physical:
                dataset.physical.change("UNARCHIVE_PENDING", "AVAILABLE", seconds)

    def _at_rest(self, token: object, ids: list[object], status: str) -> list[DataSet]:
        user = self._store.session(token).user
        with self._store.lock:
            datasets = [visible(self._store, user, DataSet, id_) for id_ in ids]
            for dataset in datasets:
                self._store.check_delete(user, dataset)
                found = dataset.physical.status if dataset.physical else "none"
                if found != status:
                    raise OpenbisError(
                        f"Operation failed: following data set(s) are not {status.lower()}: "
                        f"[{dataset.code}] (status {found})."
                    )
            return datasets


def _actions(update: Json, name: str) -> list[Json]:
    """Return the changes of a list of ids; a bare list is not one."""
    value = update.get(name)
    return list(value.get("actions") or ()) if isinstance(value, dict) else []


def _acted(kept: list[T], items: list[T], action: Json) -> list[T]:
    """Return a list after ``ListUpdateActionAdd``, ``…Remove`` or ``…Set``."""
    kind = str(action.get("@type", ""))
    if kind.endswith("Set"):
        return list(items)
    if kind.endswith("Remove"):
        return [item for item in kept if item not in items]
    return [*kept, *(item for item in items if item not in kept)]
