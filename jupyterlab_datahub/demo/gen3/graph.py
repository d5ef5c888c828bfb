"""The graph of a commons: nodes with properties, and links from each to what it belongs to."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dictionary import BY_ID, NODE_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterlab_datahub.demo.gen3.dictionary import NodeType


@dataclass
class Node:
    """A node; ``links`` has the ids of what it belongs to, by the name of the link.

    ``resource`` is what one must be able to read in order to see it.
    """

    id: str
    type: str
    project_id: str
    submitter_id: str
    resource: str
    props: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    created: str = ""
    updated: str = ""

    @property
    def kind(self) -> NodeType:
        """What the dictionary says of such nodes."""
        return BY_ID[self.type]

    def value(self, name: str) -> Any:
        """Return a property, also those that every node has; None where it has none."""
        if name in ("id", "type", "project_id", "submitter_id"):
            return getattr(self, name)
        if name == "created_datetime":
            return self.created
        if name == "updated_datetime":
            return self.updated
        if name == "state":
            return "validated"
        return self.props.get(name)


class Graph:
    """All nodes, by type and id."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._nodes: dict[str, dict[str, Node]] = {kind.id: {} for kind in NODE_TYPES}

    def __iter__(self) -> Iterator[Node]:
        """Go through all nodes, type by type in the order of the dictionary."""
        for nodes in self._nodes.values():
            yield from list(nodes.values())

    def add(self, node: Node) -> Node:
        """Add a node, or replace the one of this id."""
        self._nodes[node.type][node.id] = node
        return node

    def of_type(self, kind: str) -> list[Node]:
        """Return the nodes of a type."""
        return list(self._nodes.get(kind, {}).values())

    def get(self, kind: str, node_id: str) -> Node | None:
        """Return a node by its id."""
        return self._nodes.get(kind, {}).get(node_id)

    def find(self, kind: str, project_id: str, submitter_id: str) -> Node | None:
        """Return a node by what its submitter calls it."""
        return next(
            (
                node
                for node in self.of_type(kind)
                if node.submitter_id == submitter_id and node.project_id == project_id
            ),
            None,
        )

    def target(self, node: Node, link: str) -> Node | None:
        """Return what a node belongs to by a link."""
        found = next((one for one in node.kind.links if one.name == link), None)
        return self.get(found.target, node.links.get(link, "")) if found else None

    def pointing_at(self, node: Node, kind: str, link: str) -> list[Node]:
        """Return the nodes of a type that belong to a node by a link."""
        return [other for other in self.of_type(kind) if other.links.get(link) == node.id]

    def below(self, nodes: Iterable[Node]) -> set[str]:
        """Return the ids of all that belongs to some nodes, through any number of links."""
        found = {node.id for node in nodes}
        for kind in NODE_TYPES:
            for node in self.of_type(kind.id):
                if found.intersection(node.links.values()):
                    found.add(node.id)
        return found
