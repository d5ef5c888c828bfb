"""Searches: studies, files, objects, and the explorer's indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.errors import BadAnswerError, BadRequestError, UnreachableError
from jupyterlab_datahub.model import Access, Range, SearchQuery
from jupyterlab_datahub.sources.gen3 import filerecords
from jupyterlab_datahub.sources.gen3.programs import Programs
from jupyterlab_datahub.sources.pieces import Wanted
from tests.sources.scripted import json_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Asset, Credentials, SearchResult
    from jupyterlab_datahub.sources.gen3.source import Gen3Source
    from tests.sources.gen3.conftest import At, Find
    from tests.sources.scripted import ScriptedHost

    Key = Callable[..., Credentials]


def values(result: SearchResult, name: str) -> dict[str, int]:
    facet = next((one for one in result.facets if one.name == name), None)
    return {one.value: one.count for one in facet.values} if facet else {}


def test_studies_are_found_by_anybody(anybody: Gen3Source) -> None:
    result = anybody.search(SearchQuery())
    assert result.entity == "studies"
    assert result.total == len(result.hits) == 23
    assert [one.name for one in result.entities[:3]] == ["studies", "files", "objects"]
    assert values(result, "tissue")["Blood"] == 8
    assert {figure.name for figure in result.summary.figures} == {"studies", "files", "size"}
    assert result.sources[0].live
    offered = [hit.exports[0].members for hit in result.hits if hit.exports]
    assert offered
    assert {hit.entity for hit in result.hits} == {"study"}


def test_values_of_a_facet_are_found_by_a_part_of_their_names(anybody: Gen3Source) -> None:
    found = anybody.search(SearchQuery(find={"tissue": "MARR"}))
    assert list(values(found, "tissue")) == ["Bone marrow"]
    assert len(values(found, "disease")) > 1


def test_values_of_a_facet_are_alternatives_and_facets_all_hold(anybody: Gen3Source) -> None:
    chosen = {"tissue": ("Blood", "Spleen"), "disease": ("Normal",)}
    result = anybody.search(SearchQuery(facets=chosen))
    assert 0 < result.total < 14
    assert all({"Blood", "Spleen"} & set(hit.tissue) for hit in result.hits)
    assert all("Normal" in hit.disease for hit in result.hits)
    # What of its own facet is chosen does not narrow its counts.
    assert "Bone marrow" in values(result, "tissue")


def test_words_are_looked_for_in_titles_tags_and_descriptions(anybody: Gen3Source) -> None:
    found = anybody.search(SearchQuery(text="killer unpublished"))
    assert [hit.title for hit in found.hits] == ["Unpublished natural killer cells"]
    assert anybody.search(SearchQuery(text="no such words")).total == 0


def test_a_facet_that_others_have_leaves_nothing(anybody: Gen3Source) -> None:
    assert anybody.search(SearchQuery(facets={"assay": ("10x 3' v2",)})).total == 0


def test_pages_follow_one_another(anybody: Gen3Source) -> None:
    pages = [anybody.search(SearchQuery(sort="title", offset=at, limit=10)) for at in (0, 10, 20)]
    refs = [hit.ref for page in pages for hit in page.hits]
    assert len(refs) == len(set(refs)) == pages[0].total
    titles = [hit.title.casefold() for page in pages for hit in page.hits]
    assert titles == sorted(titles)


def test_files_of_all_types_are_found(commons: Gen3Source) -> None:
    result = commons.search(SearchQuery(entity="files"))
    assert result.total == 310
    assert values(result, "node_type")["well_reading"] == 240
    assert values(result, "project") == {"DEV-test": 310}
    small = commons.search(SearchQuery(entity="files", ranges={"size": Range(max=1000)}))
    assert 0 < small.total < result.total
    assert all((hit.size or 0) <= 1000 for hit in small.hits)


def test_what_a_search_finds_is_a_group(commons: Gen3Source) -> None:
    result = commons.search(SearchQuery(entity="files", facets={"format": ("h5ad",)}))
    (export,) = result.exports
    assert export.members == result.total == 6
    (group,) = commons.dataset(export.ref).assets
    assert group.group
    files = list(commons.members(group))
    assert {one.ref for one in files} == {hit.ref for hit in result.hits}
    assert export.size == sum(one.size or 0 for one in files)
    assert len({one.path for one in files}) == 6


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filerecords, "PAGE", 50)
    monkeypatch.setattr(filerecords.FileRecords.some, "__defaults__", ((), 100))


@pytest.mark.usefixtures("small_pages")
def test_more_files_come_with_the_pages(commons: Gen3Source, hub: DemoHub) -> None:
    first = commons.search(SearchQuery(entity="files", limit=60))
    assert first.total == 100, "more than this page, so that there is a next one"
    assert "the first 100 files" in first.sources[0].progress
    assert first.exports[0].members is None
    hits = list(first.hits)
    while len(hits) < (found := commons.search(replace_page(len(hits)))).total:
        assert found.total <= len(hits) + 60 + 100
        hits += found.hits
    assert len({hit.ref for hit in hits}) == len(hits) == found.total == 310
    assert found.sources[0].progress == ""
    assert found.exports[0].members == 310
    # Each record was asked for once: 310 in pages of 50.
    asked = hub.seen("/api/v0/submission/graphql", "POST")
    assert len(asked) == 7


def replace_page(offset: int) -> SearchQuery:
    return SearchQuery(entity="files", limit=60, offset=offset)


@pytest.mark.usefixtures("small_pages")
def test_what_fits_is_looked_for_beyond_the_first_files(commons: Gen3Source) -> None:
    everything = commons.search(SearchQuery(entity="files", limit=1000))
    last = everything.hits[-1]
    found = commons.search(SearchQuery(entity="files", text=last.id))
    assert [hit.ref for hit in found.hits] == [last.ref]


@pytest.mark.usefixtures("small_pages")
def test_more_files_than_can_be_looked_at_are_told(
    commons: Gen3Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filerecords, "MOST_SHOWN", 150)
    monkeypatch.setattr(filerecords, "MOST_IN_GROUP", 200)
    result = commons.search(SearchQuery(entity="files", limit=500))
    assert result.total == 150
    assert "choose a project" in result.sources[0].progress
    group = commons.dataset(result.exports[0].ref).assets[0]
    with pytest.raises(BadRequestError, match="more than 200 files") as caught:
        list(commons.members(group))
    assert "Choose projects" in caught.value.hint


def test_who_may_read_nothing_finds_no_files(readers: Gen3Source) -> None:
    assert readers.search(SearchQuery(entity="files")).total == 0


def test_objects_are_found_by_checksum_size_name_and_guid(
    anybody: Gen3Source, record: Find
) -> None:
    one = record("/open")
    host = anybody.session.host
    for text in (
        f"md5:{one.hashes['md5']}",
        one.hashes["md5"],
        one.did,
        one.did.rpartition("/")[2],
        f"drs://{host}/{one.did}",
        f"drs://{one.did.replace('/', ':')}",
        f"gen3:{host}/{one.did}",
        f"size:{one.size}",
        one.file_name or "",
    ):
        result = anybody.search(SearchQuery(entity="objects", text=text, limit=500))
        assert one.did in [hit.id for hit in result.hits], text


def test_objects_that_are_closed_are_shown_as_such(anybody: Gen3Source, record: Find) -> None:
    one = record("/programs/DEV/projects/secret")
    (hit,) = anybody.search(SearchQuery(entity="objects", text=one.did)).hits
    assert hit.access is Access.LOGIN


@pytest.mark.parametrize("text", ["md5:xyz", "size:many", "sha256:"])
def test_what_is_no_checksum_is_told(anybody: Gen3Source, text: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        anybody.search(SearchQuery(entity="objects", text=text))
    assert caught.value.hint


def test_an_unknown_object_is_not_found(anybody: Gen3Source) -> None:
    assert anybody.search(SearchQuery(entity="objects", text="dg.DEMO/nosuch")).total == 0


def test_the_explorer_is_found_by_what_it_says_of_itself(commons: Gen3Source) -> None:
    names = [one.name for one in commons.search(SearchQuery(limit=1)).entities]
    assert names[3:] == ["explorer-case", "explorer-file"]
    cases = commons.search(SearchQuery(entity="explorer-case", limit=5))
    assert cases.total == 24
    assert len(cases.hits) == 5
    assert sum(values(cases, "sex").values()) == 24
    assert {one.name for one in cases.ranges} == {"age_at_enrollment", "file_count"}
    age = next(one for one in cases.ranges if one.name == "age_at_enrollment")
    assert age.least is not None
    assert age.most is not None
    assert age.least < age.most


def test_the_explorer_narrows_as_other_searches_do(commons: Gen3Source) -> None:
    everything = commons.search(SearchQuery(entity="explorer-case"))
    sexes = values(everything, "sex")
    chosen = commons.search(SearchQuery(entity="explorer-case", facets={"sex": ("Female",)}))
    assert chosen.total == sexes["Female"]
    assert values(chosen, "sex") == sexes
    old = commons.search(
        SearchQuery(entity="explorer-case", ranges={"age_at_enrollment": Range(min=60)})
    )
    assert 0 < old.total < everything.total
    assert commons.search(SearchQuery(entity="explorer-case", facets={"assay": ("x",)})).total == 0


def test_the_explorers_files_can_be_fetched(commons: Gen3Source) -> None:
    query = SearchQuery(entity="explorer-file", text="h5ad", limit=500)
    result = commons.search(query)
    assert 0 < result.total == len(result.hits)
    table, group = result.exports
    assert {hit.ref for hit in result.hits} == {
        one.ref for one in commons.members(commons.dataset(group.ref).assets[0])
    }
    assert commons.dataset(result.hits[0].ref).assets
    (asset,) = commons.dataset(table.ref).assets
    download = commons.resolve(asset)
    (file,) = commons.pieces(asset).files
    assert file.size == download.size
    assert file.size


def test_a_table_of_the_explorer_is_not_held_in_memory(hub: DemoHub, at: At, key: Key) -> None:
    """It may be larger than any other answer, and a try that breaks off leaves nothing of it."""
    commons = at(hub.services["gen3"]["url"])
    commons.connect(key())
    table, _ = commons.search(SearchQuery(entity="explorer-file")).exports
    (asset,) = commons.dataset(table.ref).assets
    whole = commons.resolve(asset).size
    assert whole is not None
    careful = at(hub.services["gen3"]["url"], largest=whole // 2)
    hub.faults.add("cut", after=whole // 3, path="/guppy/download", times=1)
    assert careful.resolve(asset).size == whole
    content = read(careful, asset)
    assert content.count(b"\n") == 311
    assert len(content) == whole
    assert len(hub.seen("/guppy/download", "POST")) == 3
    hub.faults.add("status", status=500, path="/guppy/download", times=1)
    with pytest.raises(BadAnswerError):
        careful.resolve(asset)
    assert read(careful, asset) == content


def read(commons: Gen3Source, asset: Asset) -> bytes:
    reader = commons.pieces(asset)
    (file,) = reader.files
    streams = reader.start([Wanted(0, 0, file.size)], 1)
    return b"".join(bytes(piece.data) for piece in streams.read(0))


@pytest.mark.parametrize(
    ("project", "resource"),
    [
        ("A-B-C", "/programs/A-B/projects/C"),
        ("A-x", "/programs/A/projects/x"),
        ("A-B-y-z", "/programs/A/projects/B-y-z"),
        ("Z-1-2", "/programs/Z/projects/1-2"),
        ("none", ""),
    ],
)
def test_programs_and_projects_may_have_hyphens(
    host: ScriptedHost, at: At, project: str, resource: str
) -> None:
    base = "/api/v0/submission/"
    host.say(base, json_of({"links": [f"/v0/submission/{name}" for name in ("A", "A-B")]}))
    host.say(f"{base}A", json_of({"links": [f"/v0/submission/A/{one}" for one in ("x", "B-y-z")]}))
    host.say(f"{base}A-B", json_of({"links": ["/v0/submission/A-B/C"]}))
    told = Programs(at(host.url).session).resources_of(project)
    assert told == ((resource,) if resource else ())


def test_the_explorer_tells_nobody_what_is_closed(readers: Gen3Source) -> None:
    assert readers.search(SearchQuery(entity="explorer-file")).total == 0


def test_what_lies_beyond_the_explorers_pages_is_told(commons: Gen3Source) -> None:
    with pytest.raises(BadRequestError, match="10,000"):
        commons.search(SearchQuery(entity="explorer-case", offset=10_000))


def test_a_commons_without_the_newer_services_has_files_and_objects(
    hub: DemoHub, commons: Gen3Source, anybody: Gen3Source
) -> None:
    hub.gen3.commons.features -= {"discovery", "guppy", "manifests"}
    result = commons.search(SearchQuery(limit=1))
    assert result.entity == "files"
    assert [one.name for one in result.entities] == ["files", "objects"]
    assert anybody.search(SearchQuery(limit=1)).entity == "objects"
    assert [one.title for one in commons.children().nodes] == ["DEV"]


def test_what_cannot_be_searched_for_is_told(commons: Gen3Source) -> None:
    with pytest.raises(BadRequestError) as caught:
        commons.search(SearchQuery(entity="projects"))
    assert "studies" in caught.value.hint


def test_a_commons_that_is_down_is_told(at: At) -> None:
    with pytest.raises(UnreachableError):
        at("http://127.0.0.1:9").search(SearchQuery())
