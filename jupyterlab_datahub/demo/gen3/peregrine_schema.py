"""The schema of peregrine, made of the dictionary."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLFloat,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
)

from jupyterlab_datahub.demo.gen3.dictionary import BY_ID, NODE_TYPES, Link, NodeType
from jupyterlab_datahub.demo.gen3.view import PAGE, View, chosen, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.gen3.graph import Node

Arguments = dict[str, GraphQLArgument]

OF_EVERY_NODE = (
    *("id", "submitter_id", "type", "project_id", "state"),
    *("created_datetime", "updated_datetime"),
)
OF_FILES = (
    *("data_category", "data_type", "data_format", "file_name", "file_size"),
    *("md5sum", "object_id"),
)
PAGING: dict[str, GraphQLScalarType] = {
    "first": GraphQLInt,
    "offset": GraphQLInt,
    "order_by_asc": GraphQLString,
    "order_by_desc": GraphQLString,
    "quick_search": GraphQLString,
}


@cache
def schema() -> GraphQLSchema:
    """Return the schema; its resolvers want a `View` for their context."""
    types = {kind.id: _object_type(kind) for kind in NODE_TYPES}
    fields: dict[str, GraphQLField] = {}
    for kind in NODE_TYPES:
        find = partial(_of_type, kind.id)
        fields |= _listed(kind.id, f"_{kind.id}_count", types[kind.id], _arguments(kind), find)
    of_type = {"of_type": GraphQLArgument(GraphQLList(GraphQLString))}
    common = _property_arguments(OF_EVERY_NODE) | _paging()
    fields |= _listed("node", "_node_count", NODE, common | of_type, _all)
    of_files = common | _property_arguments(OF_FILES) | of_type
    fields |= _listed("datanode", "_datanode_count", DATA_NODE, of_files, _files)
    fields["_node_type"] = _node_types()
    return GraphQLSchema(GraphQLObjectType("Root", fields), types=list(types.values()))


def _value(node: Node, info: GraphQLResolveInfo[View]) -> Any:
    value = node.value(info.field_name)
    return float(value) if info.field_name == "file_size" and value is not None else value


def _scalar(name: str, json_type: str = "string") -> GraphQLScalarType:
    # Sizes do not fit into the 32 bits of an Int.
    if name == "file_size" or json_type == "number":
        return GraphQLFloat
    return GraphQLInt if json_type == "integer" else GraphQLString


def _properties(names: tuple[str, ...]) -> dict[str, GraphQLField]:
    return {name: GraphQLField(_scalar(name), resolve=_value) for name in names}


def _type_of(node: Node, _info: GraphQLResolveInfo[View], _interface: object) -> str:
    return node.type


NODE = GraphQLInterfaceType("Node", _properties(OF_EVERY_NODE), resolve_type=_type_of)
DATA_NODE = GraphQLInterfaceType(
    "DataNode", _properties((*OF_EVERY_NODE, *OF_FILES)), resolve_type=_type_of
)


@cache
def _object_type(kind: NodeType) -> GraphQLObjectType:
    return GraphQLObjectType(
        kind.id,
        lambda: _fields(kind),
        interfaces=[NODE, DATA_NODE] if kind.is_file else [NODE],
        description=kind.description,
    )


def _fields(kind: NodeType) -> dict[str, GraphQLField]:
    fields = _properties(OF_EVERY_NODE)
    for one in kind.properties:
        scalar = _scalar(one.name, one.type)
        fields[one.name] = GraphQLField(scalar, resolve=_value, description=one.description)
    for link in kind.links:
        target = BY_ID[link.target]
        find = partial(_target, link.name)
        fields |= _listed(
            link.name, f"_{link.name}_count", _object_type(target), _arguments(target), find
        )
    for other in NODE_TYPES:
        for link in other.links:
            if link.target == kind.id:
                fields |= _back(other, link)
    return fields


def _back(other: NodeType, link: Link) -> dict[str, GraphQLField]:
    find = partial(_pointing, other.id, link.name)
    return _listed(
        link.backref, f"_{link.backref}_count", _object_type(other), _arguments(other), find
    )


def _arguments(kind: NodeType) -> Arguments:
    own = {
        one.name: GraphQLArgument(GraphQLList(_scalar(one.name, one.type)))
        for one in kind.properties
    }
    return _property_arguments(OF_EVERY_NODE) | own | _paging()


def _property_arguments(names: tuple[str, ...]) -> Arguments:
    return {name: GraphQLArgument(GraphQLList(_scalar(name))) for name in names}


def _paging() -> Arguments:
    return {
        name: GraphQLArgument(scalar, default_value=PAGE)
        if name == "first"
        else GraphQLArgument(scalar)
        for name, scalar in PAGING.items()
    }


def _listed(
    name: str,
    counter: str,
    of: GraphQLObjectType | GraphQLInterfaceType,
    arguments: Arguments,
    find: Callable[[Node | None, View], list[Node]],
) -> dict[str, GraphQLField]:
    """Return a field of nodes, and the one that counts them."""

    def nodes(source: Node | None, info: GraphQLResolveInfo[View], **given: Any) -> list[Node]:
        return page(chosen(find(source, info.context), given), given)

    def count(source: Node | None, info: GraphQLResolveInfo[View], **given: Any) -> int:
        return len(chosen(find(source, info.context), given))

    return {
        name: GraphQLField(GraphQLList(of), arguments, nodes),
        counter: GraphQLField(GraphQLInt, arguments, count),
    }


def _of_type(kind: str, _source: Node | None, view: View) -> list[Node]:
    return view.of_type(kind)


def _all(_source: Node | None, view: View) -> list[Node]:
    return view.all()


def _files(_source: Node | None, view: View) -> list[Node]:
    return view.files()


def _target(link: str, source: Node | None, view: View) -> list[Node]:
    target = view.graph.target(source, link) if source else None
    return view.readable([target]) if target else []


def _pointing(kind: str, link: str, source: Node | None, view: View) -> list[Node]:
    return view.readable(view.graph.pointing_at(source, kind, link)) if source else []


def _node_types() -> GraphQLField:
    texts = ("id", "title", "category", "description")
    of = GraphQLObjectType("NodeType", {name: GraphQLField(GraphQLString) for name in texts})

    def resolve(_source: None, _info: GraphQLResolveInfo[View], **given: Any) -> list[NodeType]:
        found = list(NODE_TYPES)
        for name in ("id", "category"):
            if name in given:
                found = [kind for kind in found if getattr(kind, name) in given[name]]
        offset, first = given.get("offset") or 0, given["first"]
        return found[offset : offset + first] if first else found[offset:]

    arguments = {
        "category": GraphQLArgument(GraphQLList(GraphQLString)),
        "first": GraphQLArgument(GraphQLInt, default_value=PAGE),
        "id": GraphQLArgument(GraphQLList(GraphQLString)),
        "offset": GraphQLArgument(GraphQLInt),
    }
    return GraphQLField(GraphQLList(of), arguments, resolve)
