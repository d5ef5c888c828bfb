"""The pages of what datasets belong to, and what properties say there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.openbis.contents import CELLS, HIDDEN, TENX
from jupyterlab_datahub.demo.openbis.defaults import COLLECTION, OBJECT, add_object
from jupyterlab_datahub.demo.openbis.records import DataSet, Experiment, Project, Sample
from jupyterlab_datahub.errors import BadRequestError, NotFoundError

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Dataset
    from jupyterlab_datahub.sources.openbis.source import OpenbisSource


def named(source: OpenbisSource, name: str) -> Dataset:
    return source.dataset(f"openbis:{source.session.host}/{name}")


def contents(found: Dataset) -> dict[str, list[str]]:
    return {page.nodes[0].kind: [one.title for one in page.nodes] for page in found.contents}


def test_a_collection_says_what_it_is_and_what_is_in_it(lab: OpenbisSource, hub: DemoHub) -> None:
    record = hub.openbis.store.get(Experiment, COLLECTION)
    found = named(lab, record.perm_id)
    assert (found.entity, found.identifier) == ("collection", COLLECTION)
    assert found.title == "PBMC, healthy donors"
    assert found.assets == ()
    assert found.can_save
    assert [(one.label, one.value) for one in found.properties] == [
        ("Name", "PBMC, healthy donors")
    ]
    assert found.extra["type"] == "DEFAULT_EXPERIMENT"
    assert found.published.endswith("Z")
    assert found.owner is not None
    assert found.owner.title == "/LAB/SC"
    assert contents(found)["object"] == ["Donor 1"]
    assert "Counts of ten genes" in contents(found)["dataset"]
    assert found.place == ("space:LAB", "project:/LAB/SC", f"collection:{record.perm_id}")


@pytest.mark.parametrize("written", ["/lab/sc/donor_1", "/LAB/SC/DONOR_1/", "//LAB/SC/DONOR_1"])
def test_an_identifier_is_found_in_any_case(lab: OpenbisSource, written: str) -> None:
    found = named(lab, f"/{written.strip('/')}")
    assert (found.entity, found.identifier) == ("object", OBJECT)
    assert found.ref == f"openbis:{lab.session.host}/{found.id}"
    assert "PBMC 68k, reduced" in contents(found)["dataset"]
    assert [(one.code, one.value) for one in found.properties] == [
        ("$NAME", "Donor 1"),
        ("ORGANISM", "Homo sapiens"),
    ]


def test_a_project_and_a_space_lead_down_and_up(lab: OpenbisSource, hub: DemoHub) -> None:
    project = named(lab, "/LAB/SC")
    assert project.entity == "project"
    assert project.id == hub.openbis.store.get(Project, "/LAB/SC").perm_id
    assert contents(project)["collection"] == ["Notebooks", "PBMC, healthy donors"]
    assert not project.can_save
    assert project.owner is not None
    space = lab.dataset(project.owner.ref)
    assert (space.entity, space.id, space.owner) == ("space", "LAB", None)
    assert contents(space)["project"] == ["SC"]
    assert named(lab, project.id) == project
    assert [one.ref for one in lab.children("").nodes if one.code == "LAB"] == [space.ref]


def test_objects_know_their_parents_and_children(lab: OpenbisSource, hub: DemoHub) -> None:
    store = hub.openbis.store
    donor = store.get(Sample, OBJECT)
    draw = add_object(store, "/LAB/SC/DRAW_1", "EXPERIMENTAL_STEP", COLLECTION, {"$NAME": "Draw"})
    draw.parents.append(donor)
    found = named(lab, draw.perm_id)
    assert [(one.title, one.type) for one in found.parents] == [("Donor 1", "DONOR")]
    assert lab.dataset(found.parents[0].ref).children[0].title == "Draw"
    assert found.place[-2:] == (
        f"collection:{store.get(Experiment, COLLECTION).perm_id}",
        f"object:{draw.perm_id}",
    )


def test_a_property_that_names_an_object_leads_there(lab: OpenbisSource, hub: DemoHub) -> None:
    donor = hub.openbis.store.get(Sample, OBJECT)
    hub.openbis.store.get(DataSet, TENX).properties["DONOR"] = donor.perm_id
    found = named(lab, TENX)
    said = next(one for one in found.properties if one.code == "DONOR")
    assert (said.value, said.ref) == (
        "Donor 1",
        f"openbis:{lab.session.host}/{donor.perm_id}",
    )


def test_the_place_of_a_dataset_is_a_way_through_the_tree(lab: OpenbisSource) -> None:
    place = named(lab, CELLS).place
    for above, below in zip(("", *place), place, strict=False):
        assert below in [one.id for one in lab.children(above).nodes]


def test_each_has_its_page_in_the_eln(lab: OpenbisSource) -> None:
    views = {
        "/LAB": "showSpacePage&viewData=LAB",
        "/LAB/SC": "showProjectPageFromPermId&viewData=",
        "/LAB/SC/PBMC": "viewData=%5B%22%2FLAB%2FSC%2FPBMC%22%2Cfalse%5D",
        "/LAB/SC/DONOR_1": "showViewSamplePageFromPermId&viewData=",
    }
    for identifier, view in views.items():
        assert view in named(lab, identifier).url


def test_who_may_not_write_is_offered_no_saving(readers_lab: OpenbisSource) -> None:
    assert not named(readers_lab, COLLECTION).can_save
    for unseen in ("/SECRET/UNPUBLISHED/PILOT", "/SECRET/UNPUBLISHED", "/SECRET", HIDDEN):
        with pytest.raises(NotFoundError):
            named(readers_lab, unseen)


@pytest.mark.parametrize("name", ["/", "//", "/A/B/C/D/E", "/LAB/N OTHING"])
def test_nonsense_is_refused(lab: OpenbisSource, name: str) -> None:
    with pytest.raises((BadRequestError, NotFoundError)):
        named(lab, name)
