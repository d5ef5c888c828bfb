"""The tree of an openBIS: spaces, projects, collections, objects, datasets.

Objects outside of collections, which a project or a space may have, stand below these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Node, NodePage
from jupyterlab_datahub.sources.openbis import criteria, options, records, refs, tree_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.sources.openbis.criteria import Json
    from jupyterlab_datahub.sources.openbis.session import Session


class Listing(NamedTuple):
    """One kind of children: what is asked for them, and how one becomes a node."""

    method: str
    criteria: Json
    options: Json
    kind: type[Any]
    node: Callable[[Session, Any], Node]


def children(session: Session, node: str, offset: int, limit: int) -> NodePage:
    """Return some children of a node, of the root for an empty `node`.

    Parameters
    ----------
    session
        Who asks.
    node
        ``space:CODE``, ``project:/SPACE/CODE``, ``collection:<permId>``, ``object:<permId>`` or
        ``dataset:<permId>`` (of a container).
    offset, limit
        How many children to pass over, and to return at most.

    Raises
    ------
    BadRequestError
        If it is the id of no node.
    RequestError, CatalogError
    """
    kind, _, name = node.partition(":")
    below = _BELOW.get(kind)
    if below is None or bool(kind) != bool(name) or len(name) > 500:
        raise BadRequestError(
            f"{node[:80]!r} is not a node of {session.who.title}",
            source=session.who.source,
            hint="Reload the tree.",
        )
    nodes, total = _joined(session, below(name), offset, limit)
    counts = _COUNTS.get(kind)
    if counts is not None and nodes:
        nodes = counts(session, name, nodes)
    return NodePage(nodes=tuple(nodes), total=total, offset=offset)


def parts(session: Session, node: str, limit: int) -> tuple[NodePage, ...]:
    """Return the first children of a node, kind by kind; kinds that it has none of are left out.

    Raises
    ------
    RequestError, CatalogError
    """
    kind, _, name = node.partition(":")
    pages = []
    for listing in _BELOW[kind](name):
        found, total = _found(session, listing, 0, limit)
        if found:
            nodes = tuple(listing.node(session, one) for one in found)
            pages.append(NodePage(nodes=nodes, total=total))
    return tuple(pages)


def place_of_project(project: records.Project) -> tuple[str, ...]:
    """Return the ids of the nodes that lead to a project, its own last."""
    identifier = project.identifier.identifier
    return (_space_id(identifier), f"project:{identifier}")


def place_of_collection(collection: records.Owner) -> tuple[str, ...]:
    """Return the ids of the nodes that lead to a collection, its own last."""
    return (*_above(collection), f"collection:{collection.perm_id.perm_id}")


def place_of_object(thing: records.Owner) -> tuple[str, ...]:
    """Return the ids of the nodes that lead to an object, which may be in no collection."""
    above = place_of_collection(thing.experiment) if thing.experiment else _above(thing)
    return (*above, f"object:{thing.perm_id.perm_id}")


def _above(owner: records.Owner) -> tuple[str, ...]:
    if owner.project:
        return place_of_project(owner.project)
    return (_space_id(owner.identifier.identifier),)


def _space_id(identifier: str) -> str:
    return f"space:{identifier.strip('/').split('/')[0]}"


def _joined(
    session: Session, listings: Sequence[Listing], offset: int, limit: int
) -> tuple[list[Node], int]:
    """Return a page of several listings, one below the other, and how many nodes there are."""
    nodes: list[Node] = []
    total = 0
    for listing in listings:
        begin, room = max(offset - total, 0), limit - len(nodes)
        # One is asked for even where there is no room: with none, a server may give all.
        found, count = _found(session, listing, begin if room else 0, max(room, 1))
        if room > 0:
            nodes += [listing.node(session, one) for one in found[:room]]
        total += count
    return nodes, total


def _found(
    session: Session, listing: Listing, begin: int, count: int
) -> tuple[tuple[Any, ...], int]:
    answer = session.call(
        listing.method, listing.criteria, options.page(listing.options, begin, count)
    )
    return records.found(session, answer, listing.kind)


def _spaces(_: str) -> tuple[Listing, ...]:
    wanted = options.sorted_by(options.SPACE, "CODE")
    asked = {"@type": "as.dto.space.search.SpaceSearchCriteria"}
    return (Listing("searchSpaces", asked, wanted, records.Space, _space_node),)


def _in_space(code: str) -> tuple[Listing, ...]:
    space = criteria.every("space", criteria.code(code))
    return (
        Listing(
            "searchProjects",
            criteria.every("project", space),
            options.sorted_by(options.PROJECT, "CODE"),
            records.Project,
            _project_node,
        ),
        _objects(space, criteria.NO_PROJECT, criteria.NO_EXPERIMENT),
    )


def _in_project(identifier: str) -> tuple[Listing, ...]:
    project = criteria.project(identifier)
    return (
        Listing(
            "searchExperiments",
            criteria.every("experiment", project),
            options.sorted_by(options.COLLECTION, "CODE"),
            records.Owner,
            _collection_node,
        ),
        _objects(project, criteria.NO_EXPERIMENT),
    )


def _in_collection(permid: str) -> tuple[Listing, ...]:
    collection = criteria.every("experiment", criteria.permid(permid))
    return (_objects(collection), _datasets(collection, criteria.NO_OBJECT))


def _in_object(permid: str) -> tuple[Listing, ...]:
    return (_datasets(criteria.every("object", criteria.permid(permid))),)


def _in_container(permid: str) -> tuple[Listing, ...]:
    return (_datasets(criteria.every("container", criteria.permid(permid))),)


def _objects(*where: Json) -> Listing:
    asked = {**criteria.every("object", *where), "relation": "SAMPLE"}
    wanted = options.sorted_by(options.OBJECT, "CODE")
    return Listing("searchSamples", asked, wanted, records.Owner, _object_node)


def _datasets(*where: Json) -> Listing:
    wanted = options.sorted_by(options.DATASET_LINE, "REGISTRATION_DATE", ascending=False)
    asked = criteria.every("dataset", *where)
    return Listing("searchDataSets", asked, wanted, records.DataSet, _dataset_node)


def _space_node(session: Session, found: records.Space) -> Node:
    return Node(
        id=f"space:{found.code}",
        kind="space",
        title=found.code,
        code=found.code,
        ref=refs.space_ref(session, found.code),
        identifier=f"/{found.code}",
        has_children=True,
    )


def _project_node(session: Session, found: records.Project) -> Node:
    return Node(
        id=f"project:{found.identifier.identifier}",
        kind="project",
        title=found.code,
        code=found.code,
        ref=refs.dataset_ref(session, found.perm_id.perm_id),
        identifier=found.identifier.identifier,
        has_children=True,
    )


def _collection_node(session: Session, found: records.Owner) -> Node:
    return _owner_node(session, found, "collection")


def _object_node(session: Session, found: records.Owner) -> Node:
    return _owner_node(session, found, "object")


def _owner_node(session: Session, found: records.Owner, kind: str) -> Node:
    return Node(
        id=f"{kind}:{found.perm_id.perm_id}",
        kind=kind,
        title=found.title,
        code=found.code,
        type=found.type_code,
        ref=refs.dataset_ref(session, found.perm_id.perm_id),
        identifier=found.identifier.identifier,
        has_children=True,
        date=records.moment(found.registration_date),
        can_save=True,
    )


def _dataset_node(session: Session, found: records.DataSet) -> Node:
    permid = found.perm_id.perm_id
    return Node(
        id=f"dataset:{permid}",
        kind="dataset",
        title=found.title,
        code=found.code,
        type=found.type_code,
        ref=refs.dataset_ref(session, permid),
        has_children=found.kind == "CONTAINER",
        size=found.physical_data.size if found.physical_data else None,
        date=records.moment(found.registration_date),
        status=found.status,
    )


_BELOW: dict[str, Callable[[str], tuple[Listing, ...]]] = {
    "": _spaces,
    "space": _in_space,
    "project": _in_project,
    "collection": _in_collection,
    "object": _in_object,
    "dataset": _in_container,
}
_COUNTS: dict[str, Callable[[Session, str, list[Node]], list[Node]]] = {
    "": tree_counts.in_spaces,
    "space": tree_counts.in_projects,
    "project": tree_counts.in_owners,
    "collection": tree_counts.in_objects,
}
