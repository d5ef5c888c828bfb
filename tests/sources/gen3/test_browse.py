"""The tree, and what its nodes lead to."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
import urllib3

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    NotFoundError,
    NotSupportedError,
    UnreachableError,
)
from jupyterlab_datahub.model import Access, Asset
from tests.sources.scripted import ScriptedHost, html, json_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Download, Node
    from jupyterlab_datahub.sources.gen3.source import Gen3Source
    from tests.sources.gen3.conftest import At

PROJECT = "project:DEV/test"


def fetched(download: Download) -> bytes:
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", download.url, headers=download.headers)
        assert answer.status == 200, answer.data
        return answer.data


def node(source: Gen3Source, parent: str, title: str) -> Node:
    return next(one for one in source.children(parent, 0, 500).nodes if one.title == title)


def test_the_root_has_studies_manifests_and_programs(
    anybody: Gen3Source, commons: Gen3Source
) -> None:
    titles = [one.title for one in commons.children().nodes]
    assert titles == ["Studies", "My manifests", "DEV"]
    studies, programs = anybody.children().nodes
    assert studies.count == 23
    assert programs.access is Access.LOGIN
    assert "Connect" in programs.access_note
    assert not programs.has_children


def test_a_service_that_is_down_hides_no_other(hub: DemoHub, commons: Gen3Source) -> None:
    hub.faults.add("status", status=500, path="/mds/*", host="gen3", times=100)
    assert "DEV" in [one.title for one in commons.children().nodes]


def test_a_commons_that_is_down_is_told(at: At) -> None:
    with pytest.raises(UnreachableError):
        at("http://127.0.0.1:9").children()


def test_projects_that_are_closed_are_shown_and_say_why(
    commons: Gen3Source, readers: Gen3Source
) -> None:
    closed, mine = commons.children("program:DEV").nodes
    assert (closed.title, closed.access, closed.has_children) == (
        "secret",
        Access.CONTROLLED,
        False,
    )
    assert "DEV-secret" in closed.access_note
    assert (mine.access, mine.has_children, mine.can_save) == (Access.OPEN, True, True)
    assert {one.access for one in readers.children("program:DEV").nodes} == {Access.CONTROLLED}
    assert not any(one.can_save for one in readers.children("program:DEV").nodes)


def test_types_have_counts_descriptions_and_tables(commons: Gen3Source) -> None:
    types = commons.children(PROJECT).nodes
    case = next(one for one in types if one.code == "case")
    assert case.count == 24
    assert case.description
    assert [export.ref for export in case.exports] == [f"{case.ref}.tsv", f"{case.ref}.json"]
    assert not case.has_children
    counts = [one.count or 0 for one in types]
    # What is empty stands behind what is not.
    assert counts.index(0) == sum(count > 0 for count in counts)


def test_pages_of_files_fit_together(commons: Gen3Source) -> None:
    files = node(commons, PROJECT, "Well Reading")
    first = commons.children(files.id, 0, 100)
    rest = [commons.children(files.id, at, 100) for at in (100, 200)]
    every = [*first.nodes, *rest[0].nodes, *rest[1].nodes]
    assert first.total == len({one.ref for one in every}) == len(every) == files.count == 240
    assert all(one.size for one in every)
    found = commons.dataset(every[0].ref)
    assert found.assets[0].size == every[0].size


def test_a_study_has_its_files(commons: Gen3Source) -> None:
    study = node(commons, "studies", "Expression matrices of PBMC 68k")
    files = commons.children(study.id).nodes
    found = commons.dataset(study.ref)
    group, *assets = found.assets
    assert group.group
    assert found.title == study.title
    assert [asset.ref for asset in assets] == [one.ref for one in files]
    assert group.size == sum(asset.size or 0 for asset in assets) == study.size
    assert found.facets["disease"][0].label == "Normal"
    assert list(commons.members(group)) == assets
    assert any(asset.loads_as_anndata for asset in assets)
    alone = commons.dataset(group.ref)
    assert alone.asset(group.ref) == group


def test_files_of_a_study_that_are_closed_say_so(commons: Gen3Source) -> None:
    study = node(commons, "studies", "Unpublished natural killer cells")
    files = commons.children(study.id).nodes
    assert files
    assert {one.access for one in files} == {Access.CONTROLLED}
    assert all(one.access_note for one in files)


def test_a_study_without_files_has_none_to_fetch(commons: Gen3Source) -> None:
    empty = next(one for one in commons.children("studies").nodes if not one.has_children)
    assert commons.dataset(empty.ref).assets == ()
    group = Asset(ref=empty.ref.replace("?study=", "?study-files="), name="x", group=True)
    with pytest.raises(NotFoundError, match="no files"):
        list(commons.members(group))


def test_names_in_a_study_lead_nowhere(commons: Gen3Source) -> None:
    study = node(commons, "studies", "Files with difficult names")
    for asset in commons.dataset(study.ref).assets[1:]:
        assert ".." not in asset.path.split("/")
        assert not asset.path.startswith("/")
        assert asset.name == asset.path.rpartition("/")[2]


def test_kept_manifests_are_groups(commons: Gen3Source, anybody: Gen3Source) -> None:
    kept = commons.children("manifests").nodes
    assert len(kept) == 2
    files = commons.children(kept[0].id).nodes
    found = commons.dataset(kept[0].ref)
    assert found.assets[0].group
    assert [asset.ref for asset in commons.members(found.assets[0])] == [one.ref for one in files]
    with pytest.raises(AccessError):
        anybody.children("manifests")


def test_a_project_has_a_table_of_each_type(commons: Gen3Source) -> None:
    found = commons.dataset(f"gen3:{commons.session.host}//DEV/test")
    assert found.title == "DEV-test"
    assert {asset.format for asset in found.assets} == {"tsv"}
    assert all(asset.volatile for asset in found.assets)
    assert len(found.assets) == 7


def test_records_come_as_a_table(commons: Gen3Source) -> None:
    ref = f"gen3:{commons.session.host}//DEV/test/case"
    tsv, as_json = commons.dataset(ref).assets
    rows = list(csv.DictReader(io.StringIO(fetched(commons.resolve(tsv)).decode()), delimiter="\t"))
    assert len(rows) == 24
    assert rows[0]["type"] == "case"
    assert len(json.loads(fetched(commons.resolve(as_json)))["data"]) == 24
    assert commons.dataset(tsv.ref).asset(tsv.ref) == tsv


def test_a_type_without_records_is_a_table_with_its_headings(commons: Gen3Source) -> None:
    empty = next(one for one in commons.children(PROJECT).nodes if not one.count)
    (tsv, _) = commons.dataset(empty.ref).assets
    lines = fetched(commons.resolve(tsv)).decode().splitlines()
    assert len(lines) == 1
    assert "submitter_id" in lines[0]


def test_what_we_may_not_export_is_told(commons: Gen3Source, anybody: Gen3Source) -> None:
    closed = f"//DEV/{'secret'}/case.tsv"
    for source, word in ((commons, "Ask"), (anybody, "Connect")):
        ref = f"gen3:{source.session.host}{closed}"
        for ask in (source.dataset, lambda one, s=source: s.resolve(Asset(ref=one, name="x"))):
            with pytest.raises(AccessError) as caught:
                ask(ref)
            assert word in caught.value.hint


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("//DEV/test/nosuch", "no records of the type"),
        ("//DEV/nosuch", "no project"),
        ("//NOPE/test", "not found"),
        ("?study=nosuch", "nosuch"),
    ],
)
def test_what_there_is_not_is_told(commons: Gen3Source, rest: str, words: str) -> None:
    with pytest.raises(NotFoundError, match=words):
        commons.dataset(f"gen3:{commons.session.host}/{rest.removeprefix('/')}")


@pytest.mark.parametrize(
    "name", ["nosuch", "program:", "project:DEV", "node:DEV/test/nosuch", "node:a/b", "study"]
)
def test_what_is_no_node_is_refused(commons: Gen3Source, name: str) -> None:
    with pytest.raises(BadRequestError):
        commons.children(name)


def test_a_group_is_no_file(commons: Gen3Source) -> None:
    ref = f"gen3:{commons.session.host}/?study-files=DEMO-S001"
    with pytest.raises(NotSupportedError):
        commons.resolve(Asset(ref=ref, name="x"))


def test_studies_of_any_form_are_read(at: At) -> None:
    path = "/mds/metadata?data=True&_guid_type=discovery_metadata&limit=2000&offset=0"
    records = {
        "a": {"gen3_discovery": None},
        "b": {"other": 1},
        "c": {"gen3_discovery": {"tags": "none", "__manifest": "none", "study_name": " C "}},
        "d": {"gen3_discovery": {"tags": [{"name": "x"}, {"category": "y"}, 7], "authz": "/a"}},
    }
    with ScriptedHost() as host:
        host.say(path, json_of(records))
        nodes = at(host.url).children("studies").nodes
        assert [one.title for one in nodes] == ["a", "b", "C", "d"]
        host.say(path, html())
        with pytest.raises(Exception, match="web page"):
            at(host.url, "again").children("studies")
