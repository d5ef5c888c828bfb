"""How many children the nodes of a tree have.

openBIS does not say; so those of all nodes of a page are looked through at once, as far as they
are few.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from jupyterlab_datahub.sources.openbis import criteria, options, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import Node
    from jupyterlab_datahub.sources.openbis.criteria import Json
    from jupyterlab_datahub.sources.openbis.session import Session

MAX_COUNTED = 1000
"""Entities that are looked through to count the children of a page's nodes."""


def in_spaces(session: Session, _: str, nodes: list[Node]) -> list[Node]:
    """Count the projects of each space, and the objects that are in no project."""
    loose = criteria.every("object", criteria.NO_PROJECT, criteria.NO_EXPERIMENT)
    return _counted(
        session,
        nodes,
        _Children("searchProjects", criteria.every("project"), options.PROJECT, _space_of_project),
        _Children("searchSamples", loose, options.of("sample.Sample"), _space_of_object),
    )


def in_projects(session: Session, code: str, nodes: list[Node]) -> list[Node]:
    """Count the collections of each project of a space, and the objects that are in none."""
    space = criteria.every("space", criteria.code(code))
    project = criteria.every("project", space)
    loose = criteria.every("object", project, criteria.NO_EXPERIMENT)
    wanted = options.of("experiment.Experiment", project=options.PROJECT)
    objects = options.of("sample.Sample", project=options.PROJECT)
    datasets = criteria.every("dataset", criteria.every("object", space, criteria.NO_PROJECT))
    return _counted(
        session,
        nodes,
        _Children("searchExperiments", criteria.every("experiment", project), wanted, _project_of),
        _Children("searchSamples", loose, objects, _project_of),
        _Children("searchDataSets", datasets, _OWNED, _owner_of),
    )


def in_owners(session: Session, identifier: str, nodes: list[Node]) -> list[Node]:
    """Count what is in each collection of a project, and in each of its other objects."""
    project = criteria.project(identifier)
    inside = criteria.every("experiment", project)
    loose = criteria.every("object", project, criteria.NO_EXPERIMENT)
    objects = options.of("sample.Sample", experiment=options.of("experiment.Experiment"))
    return _counted(
        session,
        nodes,
        _Children("searchSamples", criteria.every("object", inside), objects, _collection_of),
        _Children("searchDataSets", criteria.some("dataset", inside, loose), _OWNED, _owner_of),
    )


def in_objects(session: Session, permid: str, nodes: list[Node]) -> list[Node]:
    """Count the datasets of each object of a collection."""
    collection = criteria.every("experiment", criteria.permid(permid))
    datasets = criteria.every("dataset", collection)
    return _counted(session, nodes, _Children("searchDataSets", datasets, _OWNED, _owner_of))


class _Children(NamedTuple):
    """What is looked through to count: ``parent`` gives the id of the node that one is in."""

    method: str
    criteria: Json
    options: Json
    parent: Callable[[Any], str]


_OWNED = options.of(
    "dataset.DataSet",
    experiment=options.of("experiment.Experiment"),
    sample=options.of("sample.Sample"),
)
_KINDS: dict[str, type[Any]] = {
    "searchProjects": records.Project,
    "searchExperiments": records.Owner,
    "searchSamples": records.Owner,
    "searchDataSets": records.DataSet,
}


def _counted(session: Session, nodes: list[Node], *kinds: _Children) -> list[Node]:
    """Say of each node how many children it has; of none where there are too many to count."""
    counts: Counter[str] = Counter()
    for children in kinds:
        asked = options.page(children.options, 0, MAX_COUNTED)
        answer = session.call(children.method, children.criteria, asked)
        found, total = records.found(session, answer, _KINDS[children.method])
        if total > len(found):
            return nodes
        counts.update(children.parent(one) for one in found)
    return [
        node
        if node.kind == "dataset"
        else msgspec.structs.replace(node, count=counts[node.id], has_children=counts[node.id] > 0)
        for node in nodes
    ]


def _space_of_project(one: records.Project) -> str:
    return f"space:{one.space.code}" if one.space else ""


def _space_of_object(one: records.Owner) -> str:
    return f"space:{one.space_code}"


def _project_of(one: records.Owner) -> str:
    return f"project:{one.project.identifier.identifier}" if one.project else ""


def _collection_of(one: records.Owner) -> str:
    return f"collection:{one.experiment.perm_id.perm_id}" if one.experiment else ""


def _owner_of(one: records.DataSet) -> str:
    if one.sample:
        return f"object:{one.sample.perm_id.perm_id}"
    return f"collection:{one.experiment.perm_id.perm_id}" if one.experiment else ""
