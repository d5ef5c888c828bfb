"""The entities in memory, how they are found, and who may see them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from jupyterlab_datahub.demo.openbis.failures import OpenbisError, not_allowed, not_found
from jupyterlab_datahub.demo.openbis.records import (
    DataSet,
    Deletion,
    EntityType,
    Experiment,
    Person,
    Project,
    PropertyType,
    Record,
    RoleAssignment,
    Sample,
    Space,
    Vocabulary,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

R = TypeVar("R", bound=Record)

WRITERS = frozenset({"ADMIN", "POWER_USER", "USER", "ETL_SERVER"})
DELETERS = frozenset({"ADMIN", "POWER_USER"})
BY_CODE = (EntityType, Person, PropertyType, Space, Vocabulary)
"""Kinds whose permId is their code."""


class Tables:
    """Entities by kind and permId; :attr:`lock` is held while a request is answered."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._tables: dict[type[Record], dict[str, Record]] = {}
        self._numbers = count(1)

    def next_number(self) -> int:
        """Return a number that was not given before."""
        return next(self._numbers)

    def new_perm_id(self) -> str:
        """Return a permId as openBIS makes them: the time with milliseconds, and a counter."""
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")[:17]
        return f"{stamp}-{self.next_number()}"

    def add(self, record: R) -> R:
        """Keep an entity.

        Raises
        ------
        OpenbisError
            If there is one with that identifier already.
        """
        table = self._table(type(record))
        same = record.identifier.upper()
        if any(r.identifier.upper() == same for r in table.values()):
            kind = type(record).__name__
            raise OpenbisError(f"{kind} '{record.identifier}' already exists in the database.")
        table[record.perm_id] = record
        return record

    def remove(self, record: Record) -> None:
        """Let go of an entity; nothing happens if it is gone."""
        self._table(type(record)).pop(record.perm_id, None)

    def every(self, kind: type[R]) -> list[R]:
        """Return the entities of a kind in the order of their registration."""
        return [r for r in self._table(kind).values() if isinstance(r, kind)]

    def find(self, kind: type[R], id_: str) -> R | None:
        """Return an entity by permId, or by code or identifier in any case."""
        table = self._table(kind)
        found = table.get(id_)
        if found is None and issubclass(kind, BY_CODE) and kind is not Person:
            found = table.get(id_.upper())
        if found is None and "/" in id_:
            wanted = "/" + id_.strip("/").upper()
            found = next((r for r in table.values() if r.identifier.upper() == wanted), None)
        return found if isinstance(found, kind) else None

    def get(self, kind: type[R], id_: str) -> R:
        """Return an entity by permId, code or identifier.

        Raises
        ------
        OpenbisError
            If there is none.
        """
        found = self.find(kind, id_)
        if found is None:
            suffix = "Identifier" if "/" in id_ else "PermId"
            raise not_found(f"{kind.__name__}{suffix}", id_)
        return found

    def dataset(self, perm_id: str) -> DataSet:
        """Return a dataset.

        Raises
        ------
        OpenbisError
            If there is none.
        """
        return self.get(DataSet, perm_id)

    def children(self, parent: Sample | DataSet) -> list[Sample | DataSet]:
        """Return the entities that name one as their parent."""
        every: Iterable[Sample | DataSet] = self.every(type(parent))
        return [child for child in every if parent in child.parents]

    def _table(self, kind: type[Record]) -> dict[str, Record]:
        return self._tables.setdefault(kind, {})

    # --- rights -----------------------------------------------------------------------------

    def roles(self, user: str, record: Record | None = None) -> set[str]:
        """Return the roles of a user for an entity, or those for everything."""
        space = _space(record)
        project = record if isinstance(record, Project) else getattr(record, "project", None)
        return {
            assignment.role
            for assignment in self.every(RoleAssignment)
            if assignment.user == user
            and (
                assignment.level == "INSTANCE"
                or (space is not None and assignment.space is space)
                or (project is not None and assignment.project is project)
            )
        }

    def may_see(self, user: str, record: Record) -> bool:
        """Return whether a user may know that an entity is there."""
        if isinstance(record, Deletion):
            return all(self.roles(user, entity) for entity in record.entities)
        if _space(record) is None:
            return True
        if self._table(type(record)).get(record.perm_id) is not record:
            return False  # it is in the trash can, and something still points to it
        if isinstance(record, Space) and any(
            a.user == user and a.project and a.project.space is record
            for a in self.every(RoleAssignment)
        ):
            return True
        return bool(self.roles(user, record))

    def check_write(self, user: str, record: Record | None) -> None:
        """Do nothing if a user may add to an entity, or to the whole instance (None).

        Raises
        ------
        OpenbisError
            If the user may not.
        """
        if record is None:
            self._check(user, record, frozenset({"ADMIN"}), "INSTANCE_ADMIN")
        else:
            self._check(user, record, WRITERS, "PROJECT_USER, SPACE_USER, INSTANCE_ADMIN")

    def check_delete(self, user: str, record: Record) -> None:
        """Do nothing if a user may delete an entity.

        Raises
        ------
        OpenbisError
            If the user may not.
        """
        needed = "PROJECT_POWER_USER, SPACE_POWER_USER, INSTANCE_ADMIN"
        self._check(user, record, DELETERS, needed)

    def _check(self, user: str, record: Record | None, roles: frozenset[str], words: str) -> None:
        if roles.isdisjoint(self.roles(user, record)):
            raise not_allowed(user, words)


def _space(record: Record | None) -> Space | None:
    if isinstance(record, Space):
        return record
    if isinstance(record, Project | Experiment | Sample | DataSet):
        return record.space
    return None
