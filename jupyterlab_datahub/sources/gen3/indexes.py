"""The indexes of an explorer: flat lists of documents, as introspection of guppy tells of them.

What an index is called and which fields it has differs from commons to commons; what the fields
mean is told by the names that most of them use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.model import EntityType
from jupyterlab_datahub.sources.gen3.studies import facet_name

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "explorer-"
"""What the names of the entities begin with that are indexes."""

GUIDS = ("object_id", "guid", "file_id")
TITLES = ("file_name", "submitter_id", "name", "title", "study_title")
NEVER_FACETS = frozenset({"file_name", "md5sum", "submitter_id", "auth_resource_path", *GUIDS})
MOST_FACETS = 16

TYPES = """{ __schema { queryType { name } types { name fields { name
  type { name kind ofType { name kind } } } } } }"""


class Index(NamedTuple):
    """One index: its fields, and which of them are counted by value and which are numbers."""

    name: str
    fields: tuple[str, ...]
    texts: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def entity(self) -> EntityType:
        """What one chooses to search it."""
        shown = self.name.replace("_", " ")
        return EntityType(name=f"{PREFIX}{self.name}", title=f"Explorer: {shown}")

    @property
    def guid(self) -> str:
        """The field with the GUID of a file, empty if its documents are no files."""
        return next((name for name in GUIDS if name in self.fields), "")

    @property
    def title(self) -> str:
        """The field that says what a document is called."""
        of_it = (*TITLES, f"{self.name}_id", *self.fields)
        return next(name for name in of_it if name in self.fields)

    @property
    def facets(self) -> dict[str, str]:
        """The fields that can be chosen from, by the names of facets."""
        chosen = [
            field
            for field in self.texts
            if field not in NEVER_FACETS and (field == "project_id" or not field.endswith("_id"))
        ]
        return {facet_of(field): field for field in chosen[:MOST_FACETS]}

    @property
    def ranges(self) -> dict[str, str]:
        """The fields that are numbers, by the names of ranges."""
        return {"size" if field == "file_size" else field: field for field in self.numbers}


def facet_of(field: str) -> str:
    """Return the name of the facet that a field becomes."""
    if field == "project_id":
        return "project"
    return facet_name(field.removesuffix("_type") if field == "tissue_type" else field)


def indexes_of(said: dict[str, Any]) -> Iterator[Index]:
    """Yield the indexes that the introspection of guppy (:data:`TYPES`) tells of."""
    types = {one["name"]: one for one in said.get("types") or () if one.get("fields")}
    root = types.get((said.get("queryType") or {}).get("name"), {})
    counted: dict[str, Any] = {}
    for field in root.get("fields") or ():
        if field["name"] == "_aggregation":
            counted = {one["name"]: one for one in _fields(types, field)}
    for field in root.get("fields") or ():
        if field["name"].startswith("_") or field["name"] not in counted:
            continue
        plain = [one["name"] for one in _fields(types, field) if _type(one) not in types]
        histograms = {one["name"]: _type(one) for one in _fields(types, counted[field["name"]])}
        yield Index(
            name=field["name"],
            fields=tuple(one for one in plain if not one.startswith("_")),
            texts=tuple(name for name, kind in histograms.items() if kind.endswith("String")),
            numbers=tuple(name for name, kind in histograms.items() if kind.endswith("Number")),
        )


def _fields(types: dict[str, Any], field: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = types.get(_type(field), {}).get("fields") or []
    return found


def _type(field: dict[str, Any]) -> str:
    """Return the name of a field's type, that of its elements for a list."""
    said = field.get("type") or {}
    return str(said.get("name") or (said.get("ofType") or {}).get("name") or "")
