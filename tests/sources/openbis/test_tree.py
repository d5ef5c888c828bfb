"""Walking the tree of the demo's openBIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.openbis.defaults import add_collection, add_object
from jupyterlab_datahub.demo.openbis.records import (
    DataSet,
    DataSetType,
    Physical,
    Project,
    Sample,
    Space,
)
from jupyterlab_datahub.demo.openbis.records import SampleType as ObjectType
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.sources.openbis import tree_counts
from tests.sources.openbis.conftest import add_container

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Node
    from jupyterlab_datahub.sources.openbis.source import OpenbisSource


def by_code(source: OpenbisSource, node: str) -> dict[str, Node]:
    return {one.code: one for one in source.children(node).nodes}


def test_the_root_has_the_spaces_with_what_is_in_them(lab: OpenbisSource) -> None:
    spaces = by_code(lab, "")
    assert list(spaces) == sorted(spaces)
    assert {"LAB", "SHARED", "SECRET"} <= set(spaces)
    space = spaces["LAB"]
    assert (space.id, space.kind, space.identifier) == ("space:LAB", "space", "/LAB")
    assert space.count == 1
    assert space.has_children
    assert not space.can_save


def test_each_level_leads_to_the_next(lab: OpenbisSource, hub: DemoHub) -> None:
    project = by_code(lab, "space:LAB")["SC"]
    assert (project.id, project.kind, project.count) == ("project:/LAB/SC", "project", 2)
    collections = by_code(lab, project.id)
    collection = collections["PBMC"]
    assert collection.kind == "collection"
    assert collection.title == "PBMC, healthy donors"
    assert collection.type == "DEFAULT_EXPERIMENT"
    assert collection.identifier == "/LAB/SC/PBMC"
    assert collection.can_save
    assert collection.ref == f"openbis:{hub.openbis.host}/{collection.id.partition(':')[2]}"
    assert collections["NOTEBOOKS"].count == 0
    assert not collections["NOTEBOOKS"].has_children
    page = lab.children(collection.id)
    assert collection.count == page.total == len(page.nodes)
    thing = page.nodes[0]
    assert (thing.kind, thing.title, thing.type) == ("object", "Donor 1", "DONOR")
    assert thing.can_save
    datasets = lab.children(thing.id).nodes
    assert thing.count == len(datasets)
    assert [one.kind for one in datasets] == ["dataset"] * len(datasets)
    cells = next(one for one in datasets if one.code == "20240115093012345-11")
    assert cells.title == "PBMC 68k, reduced"
    assert cells.type == "PROCESSED_DATA"
    assert cells.ref == f"openbis:{hub.openbis.host}/20240115093012345-11"
    assert cells.size
    assert cells.date == "2024-01-15T09:30:12Z"
    assert cells.status == "AVAILABLE"
    assert not cells.has_children
    assert not cells.can_save


def test_a_collection_shows_its_own_datasets_newest_first_below_its_objects(
    lab: OpenbisSource,
) -> None:
    collection = by_code(lab, "project:/LAB/SC")["PBMC"]
    nodes = lab.children(collection.id).nodes
    kinds = [one.kind for one in nodes]
    assert kinds == sorted(kinds, reverse=True)
    dates = [one.date for one in nodes if one.kind == "dataset"]
    assert dates == sorted(dates, reverse=True)
    assert "ARCHIVED" in {one.status for one in nodes}
    # The datasets of an object belong to its collection too, but stand below the object.
    assert "20240115093012345-11" not in {one.code for one in nodes}


def test_pages_join_what_is_of_two_kinds(lab: OpenbisSource) -> None:
    collection = by_code(lab, "project:/LAB/SC")["PBMC"]
    whole = lab.children(collection.id)
    seen: list[str] = []
    for offset in range(0, whole.total + 2, 2):
        page = lab.children(collection.id, offset, 2)
        assert page.total == whole.total
        assert page.offset == offset
        assert len(page.nodes) <= 2
        seen += [one.id for one in page.nodes]
    assert seen == [one.id for one in whole.nodes]
    assert lab.children(collection.id, 1000, 10).nodes == ()


def test_objects_outside_of_collections_are_shown(lab: OpenbisSource, hub: DemoHub) -> None:
    store = hub.openbis.store
    kind = store.get(ObjectType, "DONOR")
    space = store.get(Space, "LAB")
    project = store.get(Project, "/LAB/SC")
    shelf = store.add(Sample(code="SHELF", perm_id="20260101-1", type=kind, space=space))
    rack = store.add(
        Sample(code="RACK", perm_id="20260101-2", type=kind, space=space, project=project)
    )
    for number, owner in enumerate((shelf, rack), 3):
        store.add(
            DataSet(
                code=f"20260101-{number}",
                perm_id=f"20260101-{number}",
                type=store.get(DataSetType, "RAW_DATA"),
                sample=owner,
                physical=Physical(location="x"),
            )
        )
    assert by_code(lab, "")["LAB"].count == 2
    in_space = by_code(lab, "space:LAB")
    assert list(in_space) == ["SC", "SHELF"]
    assert in_space["SHELF"].identifier == "/LAB/SHELF"
    assert in_space["SHELF"].count == 1
    assert in_space["SC"].count == 3
    in_project = by_code(lab, "project:/LAB/SC")
    assert in_project["RACK"].kind == "object"
    assert in_project["RACK"].count == 1
    assert "SHELF" not in in_project
    assert [one.code for one in lab.children("object:20260101-1").nodes] == ["20260101-3"]


def test_a_container_has_its_parts_below_it(lab: OpenbisSource, hub: DemoHub) -> None:
    store = hub.openbis.store
    part = store.dataset("20240116101500100-12")
    add_container(store, "20260101-9", part)
    collection = by_code(lab, "project:/LAB/SC")["PBMC"]
    container = by_code(lab, collection.id)["20260101-9"]
    assert container.has_children
    assert container.size is None
    assert [one.code for one in lab.children(container.id).nodes] == [part.code]
    assert lab.children(f"dataset:{part.code}").nodes == ()


def test_what_may_not_be_seen_is_not_there(lab: OpenbisSource, readers_lab: OpenbisSource) -> None:
    assert "SECRET" in by_code(lab, "")
    assert "SECRET" not in by_code(readers_lab, "")
    assert readers_lab.children("space:SECRET").nodes == ()
    assert readers_lab.children("project:/SECRET/UNPUBLISHED").nodes == ()


def test_where_there_is_too_much_to_count_nothing_is_counted(
    lab: OpenbisSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_counts, "MAX_COUNTED", 1)
    for node in ("", "project:/LAB/SC"):
        nodes = lab.children(node).nodes
        assert nodes
        assert all(one.count is None and one.has_children for one in nodes)


def test_a_page_costs_few_questions_however_much_is_on_it(lab: OpenbisSource, hub: DemoHub) -> None:
    for number in range(40):
        add_collection(hub.openbis.store, f"/LAB/MANY/C{number}", "COLLECTION", {})
        add_object(hub.openbis.store, f"/LAB/MANY/O{number}", "DONOR", f"/LAB/MANY/C{number}", {})
    hub.requests.clear()
    page = lab.children("project:/LAB/MANY", 0, 30)
    assert (page.total, len(page.nodes)) == (40, 30)
    assert all(one.count == 1 for one in page.nodes)
    assert len(hub.seen(method="POST")) <= 4


def test_names_with_slashes_in_any_case_lead_to_the_project(lab: OpenbisSource) -> None:
    assert lab.children("project:/lab/sc").total == lab.children("project:/LAB/SC").total


def test_nodes_that_are_gone_are_empty(lab: OpenbisSource) -> None:
    for node in ("space:NOWHERE", "project:/LAB/NONE", "collection:1-1", "object:1-1"):
        page = lab.children(node)
        assert (page.nodes, page.total) == ((), 0)


@pytest.mark.parametrize(
    "node", ["nonsense", "space:", ":LAB", "space", "planet:earth", "space:" + "x" * 1000]
)
def test_what_is_no_node_is_refused(lab: OpenbisSource, node: str) -> None:
    with pytest.raises(BadRequestError):
        lab.children(node)
