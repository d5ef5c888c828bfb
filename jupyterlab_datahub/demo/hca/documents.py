"""The documents of a catalog's indices, and their columns to search in."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.demo.hca.aggregation import fold
from jupyterlab_datahub.demo.hca.fields import DOCUMENT, FIELDS
from jupyterlab_datahub.demo.hca.graph import Graph
from jupyterlab_datahub.demo.hca.trees import parse_strata, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterlab_datahub.demo.hca.aggregation import Contents, Entity
    from jupyterlab_datahub.demo.hca.fields import Field
    from jupyterlab_datahub.demo.hca.graph import FileRecord
    from jupyterlab_datahub.demo.hca.specs import ProjectSpec

Key = Any
"""A value as it can be compared and looked up: text, number, flag, None, or a tuple."""

SUSPENSIONS = "cell_suspensions"
"""An index that the summary reads and nobody can ask for."""


class Document(NamedTuple):
    """An entity of an index with what it is linked to."""

    entity: str
    id: str
    contents: Contents
    figures: dict[str, Any]
    trees: dict[str, dict[str, Any]]

    def values(self, field: Field) -> tuple[Key, ...]:
        """Return the distinct values of a field, as keys; none where there is no such entity."""
        if field.entity == DOCUMENT:
            return (self.figures[field.property],)
        found: dict[Key, None] = {}
        for entity in self.contents.get(field.entity, ()):
            if field.property in entity:
                found.update(dict.fromkeys(_keys(entity[field.property], field)))
        return tuple(found)


def _keys(value: Any, field: Field) -> Iterator[Key]:
    if field.kind == "ages":
        ranges = [value] if value is None or not _nested(value) else value
        for one in ranges:
            yield None if one is None else tuple(one)
        return
    for one in value if isinstance(value, list) else [value]:
        yield key_of(one, field)


def _nested(value: list[Any]) -> bool:
    return not value or not isinstance(value[0], float)


def key_of(value: Any, field: Field) -> Key:
    """Return a single value of a field as a key."""
    if not isinstance(value, dict):
        return tuple(value) if isinstance(value, list) else value
    names = ("value", "unit") if field.kind == "age" else field.properties
    return tuple(value.get(name) for name in names)


class Index:
    """The documents of one kind of entity; columns are made when they are first asked for."""

    def __init__(self, entity: str, documents: Sequence[Document]) -> None:
        self.entity = entity
        self.documents = list(documents)
        self._columns: dict[str, list[tuple[Key, ...]]] = {}
        self._postings: dict[str, dict[Key, set[int]]] = {}

    @cached_property
    def all(self) -> set[int]:
        """The positions of all documents."""
        return set(range(len(self.documents)))

    def column(self, field: str) -> list[tuple[Key, ...]]:
        """Return the values of a field, document by document."""
        if field not in self._columns:
            where = FIELDS[field]
            self._columns[field] = [document.values(where) for document in self.documents]
        return self._columns[field]

    def postings(self, field: str) -> dict[Key, set[int]]:
        """Return which documents have a value; without any value they have None."""
        if field not in self._postings:
            found: dict[Key, set[int]] = {}
            for at, values in enumerate(self.column(field)):
                for value in values or (None,):
                    found.setdefault(value, set()).add(at)
            self._postings[field] = found
        return self._postings[field]


class Indices:
    """The indices of a catalog by kind of entity; each is made when it is first asked for."""

    def __init__(self, projects: Sequence[ProjectSpec], records: Mapping[str, FileRecord]) -> None:
        self._graphs = [Graph(project, records) for project in projects]
        self._made: dict[str, Index] = {}
        self._making = threading.Lock()

    def __getitem__(self, kind: str) -> Index:
        """Return an index."""
        with self._making:
            if kind not in self._made:
                documents = [d for graph in self._graphs for d in _MAKERS[kind](graph)]
                self._made[kind] = Index(kind, documents)
            return self._made[kind]


def _projects(graph: Graph) -> Iterator[Document]:
    yield _document(graph, "projects", graph.project.id, graph.everything(), "")


def _samples(graph: Graph) -> Iterator[Document]:
    for at, sample in enumerate(graph.samples):
        yield _document(graph, "samples", sample["document_id"], graph.around_sample(at), "")


def _suspensions(graph: Graph) -> Iterator[Document]:
    for at, entity in enumerate(graph.suspensions):
        around = graph.around_suspension(at)
        yield _document(graph, SUSPENSIONS, entity["document_id"], around, "")


def _files(graph: Graph) -> Iterator[Document]:
    for at, file in enumerate(graph.files):
        around = graph.around_files([at])
        yield _document(graph, "files", file["uuid"], around, file["version"])


def _bundles(graph: Graph) -> Iterator[Document]:
    bundles: dict[str, list[int]] = {}
    for at, spec in enumerate(graph.project.files):
        bundles.setdefault(spec.bundle, []).append(at)
    for positions in bundles.values():
        around = graph.around_files(positions)
        bundle = around["bundles"][0]
        yield _document(graph, "bundles", bundle["uuid"], around, bundle["version"])


_MAKERS = {
    "projects": _projects,
    "samples": _samples,
    SUSPENSIONS: _suspensions,
    "files": _files,
    "bundles": _bundles,
}


def _document(graph: Graph, entity: str, id_: str, around: Contents, modified: str) -> Document:
    # A bundle lists its files one by one, although they are not what it is.
    own = "files" if entity == "bundles" else entity
    contents = fold(around, own)
    contents["projects"] = [graph.whole if entity == "projects" else graph.folded]
    contents["dates"] = [graph.dates(modified)]
    contents["sources"] = [graph.source]
    counted = [e["total_estimated_cells"] for e in around["cell_suspensions"]]
    cells = sum(count for count in counted if count is not None)
    estimated = graph.project.cells if entity == "projects" else None
    figures = {
        "entity_id": id_,
        "cell_count": cells,
        "effective_cell_count": cells if estimated is None else estimated,
    }
    trees = _trees(graph) if entity == "projects" else {}
    return Document(entity, id_, contents, figures, trees)


def _trees(graph: Graph) -> dict[str, dict[str, Any]]:
    trees = {}
    for name in ("matrices", "contributedAnalyses"):
        files: list[tuple[Entity, list[dict[str, str]]]] = [
            (entity, parse_strata(spec.strata, joined=graph.project.joined))
            for entity, spec in zip(graph.files, graph.project.files, strict=True)
            if spec.tree == name
        ]
        trees[name] = tree_of(files)
    return trees
