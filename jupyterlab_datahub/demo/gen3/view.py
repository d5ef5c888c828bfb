"""The graph as one user sees it: what one may not read is not there, without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dictionary import NODE_TYPES
from jupyterlab_datahub.demo.gen3.users import may

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.demo.gen3.graph import Graph, Node
    from jupyterlab_datahub.demo.gen3.users import User

PAGE = 10
"""Nodes that a field gives unless ``first`` says otherwise; 0 asks for all."""

CONTROLS = ("first", "offset", "order_by_asc", "order_by_desc", "quick_search", "of_type")
"""Arguments that are no property."""


class View:
    """What of a graph a user may read.

    Parameters
    ----------
    graph
        The whole of it.
    user
        Who looks.
    """

    def __init__(self, graph: Graph, user: User | None) -> None:
        self.graph = graph
        self._user = user
        self._resources: dict[str, bool] = {}

    def of_type(self, kind: str) -> list[Node]:
        """Return the nodes of a type."""
        return self.readable(self.graph.of_type(kind))

    def files(self) -> list[Node]:
        """Return the nodes of all types that have files."""
        return [node for kind in NODE_TYPES if kind.is_file for node in self.of_type(kind.id)]

    def all(self) -> list[Node]:
        """Return the nodes of all types."""
        return self.readable(self.graph)

    def readable(self, nodes: Iterable[Node]) -> list[Node]:
        """Return those of some nodes that the user may read."""
        return [node for node in nodes if self._readable(node)]

    def _readable(self, node: Node) -> bool:
        if node.type == "program":
            return any(self._allowed(one.resource) for one in self.graph.of_type("project"))
        return self._allowed(node.resource)

    def _allowed(self, resource: str) -> bool:
        if resource not in self._resources:
            self._resources[resource] = may(self._user, "read", resource)
        return self._resources[resource]


def chosen(nodes: list[Node], arguments: dict[str, Any]) -> list[Node]:
    """Return the nodes that the arguments of a field ask for, in no page yet."""
    found = nodes
    for name, wanted in arguments.items():
        if name in CONTROLS or wanted is None:
            continue
        values = wanted if isinstance(wanted, list) else [wanted]
        found = [node for node in found if node.value(name) in values]
    if text := arguments.get("quick_search"):
        found = [node for node in found if text in node.submitter_id or text in node.id]
    if types := arguments.get("of_type"):
        found = [node for node in found if node.type in types]
    for name, downwards in (("order_by_asc", False), ("order_by_desc", True)):
        if key := arguments.get(name):
            found = sorted(found, key=lambda node: _sortable(node, key), reverse=downwards)
    return found


def page(nodes: list[Node], arguments: dict[str, Any]) -> list[Node]:
    """Return the page of nodes that the arguments of a field ask for."""
    offset, first = arguments.get("offset") or 0, arguments.get("first", PAGE)
    return nodes[offset : offset + first] if first else nodes[offset:]


def _sortable(node: Node, key: str) -> tuple[bool, Any]:
    value = node.value(key)
    return (value is not None, value if value is not None else 0)
