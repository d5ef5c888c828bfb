"""Entities of the demo's Synapse in the words of its JSON schemas (rest-docs.synapse.org)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.synapse.entities import BEGUN, CLASSES, MODEL, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.demo.synapse.entities import Entities, Entity, Handle
    from jupyterlab_datahub.demo.synapse.users import User

VERSIONED = ("file", "dataset", "table")
WIKI_BASE = 600_000


class RefusedError(Exception):
    """A request is refused; the text is Synapse's ``reason``."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def entity_of(entity: Entity, version: int | None = None) -> dict[str, Any]:
    """Return an Entity at a version, as it is now without one."""
    number = version or entity.newest
    handle = entity.handle(number)
    found: dict[str, Any] = {
        "id": entity.id,
        "name": entity.name,
        "etag": f"etag-{entity.id}-{number}",
        "parentId": entity.parent,
        "concreteType": CLASSES[entity.type],
        "createdOn": BEGUN.format(1, 5),
        "modifiedOn": BEGUN.format(2, number),
        "createdBy": "3300009",
        "modifiedBy": "3300009",
    }
    if entity.type in VERSIONED:
        found |= {
            "versionNumber": number,
            "versionLabel": str(number),
            "isLatestVersion": number == entity.newest,
        }
    if handle:
        found["dataFileHandleId"] = handle.id
    if entity.links_to:
        target, at = entity.links_to
        found["linksTo"] = {"targetId": target, **({"targetVersionNumber": at} if at else {})}
    if entity.type == "dataset":
        found["items"] = [{"entityId": id_, "versionNumber": at} for id_, at in entity.items]
    return found


def header_of(entity: Entity, version: int | None = None) -> dict[str, Any]:
    """Return an EntityHeader."""
    number = version or entity.newest
    return {
        "id": entity.id,
        "name": entity.name,
        "type": CLASSES[entity.type],
        "versionNumber": number,
        "versionLabel": str(number),
        "isLatestVersion": number == entity.newest,
        "benefactorId": int(ROOT[3:]),
        "createdOn": BEGUN.format(1, 5),
        "modifiedOn": BEGUN.format(2, number),
        "createdBy": "3300009",
        "modifiedBy": "3300009",
    }


def path_of(entities: Entities, entity: Entity) -> dict[str, Any]:
    """Return an EntityPath, which begins with the root."""
    root = {"id": ROOT, "name": "root", "type": CLASSES["folder"]}
    return {"path": [root, *(header_of(one) for one in entities.path(entity))]}


def restriction_of(entity: Entity) -> dict[str, Any]:
    """Return a RestrictionInformationResponse."""
    return {
        "objectId": int(entity.id[3:]),
        "restrictionLevel": entity.restriction,
        "hasUnmetAccessRequirement": not entity.met,
    }


def may_download(user: User | None, entity: Entity) -> bool:
    """Return whether a user may have the bytes."""
    return user is not None and entity.downloads and entity.met


def bundle_of(
    entities: Entities,
    entity: Entity,
    version: int | None,
    wanted: dict[str, Any],
    user: User | None,
) -> dict[str, Any]:
    """Return an EntityBundle with what is wanted of it; what there is not is left out."""
    handle = entity.handle(version)
    parts: dict[str, Any] = {
        "includeEntity": ("entity", lambda: entity_of(entity, version)),
        "includeAnnotations": ("annotations", lambda: annotations_of(entity)),
        "includePermissions": (
            "permissions",
            lambda: {"canView": True, "canDownload": may_download(user, entity)},
        ),
        "includeEntityPath": ("path", lambda: path_of(entities, entity)),
        "includeFileHandles": ("fileHandles", lambda: handles_of(entity, handle, user)),
        "includeFileName": ("fileName", lambda: handle.name if handle else None),
        "includeRootWikiId": ("rootWikiId", lambda: wiki_id(entity)),
        "includeRestrictionInformation": (
            "restrictionInformation",
            lambda: restriction_of(entity),
        ),
    }
    made = {name: make() for flag, (name, make) in parts.items() if wanted.get(flag)}
    found = {name: value for name, value in made.items() if value is not None}
    return {"entityType": entity.type, **found}


def handles_of(entity: Entity, handle: Handle | None, user: User | None) -> list[dict[str, Any]]:
    """Return a file's handle and that of its preview, nothing to whoever may not download it."""
    if handle is None or not may_download(user, entity):
        return []
    preview = {
        "id": f"9{handle.id}",
        "concreteType": f"{MODEL}.file.S3FileHandle",
        "fileName": "preview.txt",
        "contentSize": 12,
        "isPreview": True,
    }
    return [preview, handle.json()]


def annotations_of(entity: Entity) -> dict[str, Any]:
    """Return the Annotations."""
    return {
        "id": entity.id,
        "etag": f"etag-{entity.id}",
        "annotations": {
            key: {"type": type_, "value": values}
            for key, (type_, values) in entity.annotations.items()
        },
    }


def versions_of(entity: Entity) -> list[dict[str, Any]]:
    """Return VersionInfo for each version, newest first."""
    found = []
    for number in range(entity.newest, 0, -1):
        handle = entity.handle(number)
        found.append(
            {
                "id": entity.id,
                "versionNumber": number,
                "versionLabel": str(number),
                "isLatestVersion": number == entity.newest,
                "modifiedOn": BEGUN.format(2, number),
                "modifiedByPrincipalId": "3300009",
                **({"contentSize": str(handle.size)} if handle and handle.path else {}),
            }
        )
    return found


def wiki_id(entity: Entity) -> str | None:
    """Return the id of an entity's wiki page, None where it has none."""
    return str(WIKI_BASE + int(entity.id[3:]) % 100_000) if entity.wiki else None


def hit_of(entities: Entities, entity: Entity) -> dict[str, Any]:
    """Return a Hit of the search."""
    return {
        "id": entity.id,
        "name": entity.name,
        "node_type": entity.type,
        "modified_on": 1_770_000_000,
        "path": path_of(entities, entity),
    }


def matches(entity: Entity, words: Iterable[str]) -> bool:
    """Return whether all words are in the name or wiki of an entity."""
    text = f"{entity.name} {entity.wiki}".casefold()
    return all(word.casefold() in text for word in words)
