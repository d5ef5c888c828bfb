"""What the demo's Synapse holds: entities with versions, who may see them, and their files."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.synapse.users import User

ROOT = "syn4489"
"""The folder of all projects, whose id is that of synapse.org."""

MODEL = "org.sagebionetworks.repo.model"
CLASSES = {
    "project": f"{MODEL}.Project",
    "folder": f"{MODEL}.Folder",
    "file": f"{MODEL}.FileEntity",
    "link": f"{MODEL}.Link",
    "table": f"{MODEL}.table.TableEntity",
    "dataset": f"{MODEL}.table.Dataset",
}

OPEN = "OPEN"
TERMS = "RESTRICTED_BY_TERMS_OF_USE"
CONTROLLED = "CONTROLLED_BY_ACT"

BEGUN = "2026-0{}-{:02}T09:00:00.000Z"


@dataclass(frozen=True)
class Handle:
    """A file handle: where bytes are, or (``more``) what is said of bytes elsewhere."""

    id: str
    name: str
    path: Path | None = None
    kind: str = "S3FileHandle"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size if self.path else 0

    def json(self) -> dict[str, Any]:
        """Return the handle as a FileHandle."""
        kept: dict[str, Any] = {}
        if self.path:
            kept = {
                "contentSize": self.size,
                "contentMd5": md5(self.path),
                "bucketName": "demo-synapse",
                "key": f"{self.id}/{self.name}",
                "status": "AVAILABLE",
            }
        return {
            "id": self.id,
            "etag": f"handle-{self.id}",
            "createdBy": "3300009",
            "createdOn": BEGUN.format(1, 5),
            "concreteType": f"{MODEL}.file.{self.kind}",
            "contentType": "application/octet-stream",
            "fileName": self.name,
            **kept,
            **self.more,
        }


@dataclass
class Entity:
    """An entity with its versions, oldest first (each the handle of a file, or None).

    ``shared`` is whether the demo's users may see it, ``downloads`` whether they may download.
    """

    id: str
    name: str
    type: str
    parent: str = ROOT
    versions: list[Handle | None] = field(default_factory=lambda: [None])
    annotations: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    wiki: str = ""
    restriction: str = OPEN
    met: bool = True
    shared: bool = True
    downloads: bool = True
    trashed: bool = False
    links_to: tuple[str, int | None] | None = None
    items: list[tuple[str, int]] = field(default_factory=list)

    @property
    def newest(self) -> int:
        """The number of the newest version."""
        return len(self.versions)

    def handle(self, version: int | None = None) -> Handle | None:
        """Return the file handle of a version."""
        return self.versions[(version or self.newest) - 1]


class Entities:
    """All entities of a Synapse, by id; tests may change them."""

    def __init__(self) -> None:
        self._all: dict[str, Entity] = {}
        self._next = 700_000

    def add(self, entity: Entity) -> Entity:
        """Put an entity in, in the place of one with its id."""
        self._all[entity.id] = entity
        return entity

    def new_handle(
        self, name: str, path: Path | None, kind: str = "S3FileHandle", **more: Any
    ) -> Handle:
        """Return a handle with an id of its own."""
        self._next += 1
        return Handle(str(self._next), name, path, kind, more)

    def find(self, id_: str) -> Entity | None:
        """Return an entity, if there is one."""
        return self._all.get(id_.lower())

    def __iter__(self) -> Iterator[Entity]:
        return iter(list(self._all.values()))

    def children(self, parent: str, types: tuple[str, ...]) -> list[Entity]:
        """Return what is below an entity and may be seen, by name."""
        found = (one for one in self if one.parent == parent and one.type in types)
        return sorted((one for one in found if one.shared and not one.trashed), key=_by_name)

    def path(self, entity: Entity) -> list[Entity]:
        """Return the entities that lead to one, from its project to itself."""
        found = [entity]
        while (above := self.find(found[0].parent)) and above not in found:
            found.insert(0, above)
        return found

    def handles(self) -> dict[str, tuple[Entity, Handle]]:
        """Return all file handles by id, with the entities they are of."""
        return {
            handle.id: (entity, handle) for entity in self for handle in entity.versions if handle
        }

    def sees(self, user: User, entity: Entity) -> bool:
        """Return whether a user may see an entity."""
        return entity.shared and user.name != "demo-stranger"


def _by_name(entity: Entity) -> str:
    return entity.name.casefold()


_digests: dict[tuple[str, int, int], str] = {}
_lock = threading.Lock()


def md5(path: Path) -> str:
    """Return the MD5 of a file, which is read once."""
    stat = path.stat()
    key = (str(path), stat.st_size, stat.st_mtime_ns)
    with _lock:
        if key not in _digests:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
            _digests[key] = digest.hexdigest()
        return _digests[key]
