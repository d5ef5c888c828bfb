"""Folding many entities of a kind into few, as a document has those that are not its own.

Every property becomes the list of its distinct values. Files are kept apart by format, content
and whether they are intermediate, cell suspensions by organ; counts of cells, files and bytes
are summed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Entity = dict[str, Any]
"""The properties of one entity, by name."""

Contents = dict[str, list[Entity]]
"""The entities of a document, by kind."""

NOT_OF_OTHERS = ("project_description", "contact_names", "contributors", "publications")
"""What only the document of a project itself says of a project."""


def fold(contents: Contents, own: str) -> Contents:
    """Return the contents of a document whose own entities (of kind `own`) stay as they are."""
    return {
        kind: entities if kind in (own, "bundles") else _fold_kind(kind, entities)
        for kind, entities in contents.items()
    }


def _fold_kind(kind: str, entities: list[Entity]) -> list[Entity]:
    if kind == "files":
        return _file_groups(entities)
    if kind == "cell_suspensions":
        return [_suspensions(group) for group in _groups(entities, lambda e: tuple(e["organ"]))]
    if not entities:
        return []
    if kind == "donors":
        return [{**_simple(entities), "donor_count": len(entities)}]
    return [_simple(entities)]


def fold_project(project: Entity) -> Entity:
    """Return what the documents of other entities say of the project they belong to."""
    told = {name: value for name, value in project.items() if name not in NOT_OF_OTHERS}
    return {**_simple([told]), "estimated_cell_count": project["estimated_cell_count"]}


def _simple(entities: list[Entity]) -> Entity:
    names = dict.fromkeys(name for entity in entities for name in entity)
    return {name: distinct(entity.get(name) for entity in entities) for name in names}


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return distinct values, sorted, null last; lists count by what is in them."""
    known: dict[str, Any] = {}
    for value in values:
        # A range of ages is a pair of numbers and not two values.
        several = isinstance(value, list) and not _is_range(value)
        for one in value if several else [value]:
            known.setdefault(str(one), one)
    found = [value for _, value in sorted(known.items()) if value is not None]
    return [*found, None] if None in known.values() else found


def _is_range(value: list[Any]) -> bool:
    return len(value) == 2 and all(isinstance(end, float) for end in value)


def _file_groups(files: list[Entity]) -> list[Entity]:
    def key(file: Entity) -> tuple[Any, ...]:
        return (tuple(file["content_description"]), file["file_format"], file["is_intermediate"])

    return [
        {
            "content_description": group[0]["content_description"],
            "file_format": group[0]["file_format"],
            "is_intermediate": group[0]["is_intermediate"],
            "file_source": distinct(file["file_source"] for file in group),
            "count": len(group),
            "size": float(sum(file["size"] for file in group)),
            "matrix_cell_count": _sum(file["matrix_cell_count"] for file in group),
        }
        for group in _groups(files, key)
    ]


def _suspensions(group: list[Entity]) -> Entity:
    counts = ("total_estimated_cells", "total_estimated_cells_redundant")
    return {**_simple(group), **{name: _sum(entity[name] for entity in group) for name in counts}}


def _groups(entities: list[Entity], key: Callable[[Entity], Any]) -> list[list[Entity]]:
    found: dict[Any, list[Entity]] = {}
    for entity in entities:
        found.setdefault(key(entity), []).append(entity)
    return list(found.values())


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
