"""The Source against a service that counts facets, pages, prepares and signs for real."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import urllib3
from msgspec.structs import replace

from jupyterlab_datahub.errors import ConflictError, NotFoundError, NotReadyError, WithdrawnError
from jupyterlab_datahub.model import Access, Asset, Range, SearchQuery
from jupyterlab_datahub.sources.hca.fields import FIELDS
from jupyterlab_datahub.sources.registry import Registry

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Dataset, Download, Facet, SearchResult
    from jupyterlab_datahub.settings import Settings
    from jupyterlab_datahub.sources.source import Source

MOST_QUESTIONS = 10


@pytest.fixture
def source(hca_settings: Settings) -> Source:
    """Return the hub's Human Cell Atlas."""
    return Registry(hca_settings)["hca"]


def facet(result: SearchResult, name: str) -> Facet:
    return next(one for one in result.facets if one.name == name)


def counts(result: SearchResult, name: str) -> dict[str, int]:
    return {one.value: one.count for one in facet(result, name).values}


def asset(dataset: Dataset, name: str) -> Asset:
    return next(one for one in dataset.assets if one.name == name)


def ready(source: Source, wanted: Asset) -> Download:
    """Return where an asset is once it is made."""
    for _ in range(MOST_QUESTIONS):
        try:
            return source.resolve(wanted)
        except NotReadyError:
            continue
    return source.resolve(wanted)


def fetched(download: Download) -> bytes:
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", download.url)
        assert answer.status == 200
        return answer.data


def test_all_facets_of_the_explorer_are_there_in_its_five_groups(source: Source) -> None:
    result = source.search(SearchQuery(limit=0))
    assert {one.name for one in result.facets} >= {field.name for field in FIELDS}
    groups = list(dict.fromkeys(one.group for one in result.facets))
    assert groups[:5] == ["Project", "Donor", "Sample", "Protocol", "File"]


def test_values_of_a_facet_are_found_by_a_part_of_their_names(source: Source) -> None:
    chosen: dict[str, tuple[str, ...]] = {"organism": ("Homo sapiens",)}
    found = source.search(SearchQuery(limit=0, facets=chosen, find={"organism": "MUS"}))
    assert list(counts(found, "organism")) == ["Homo sapiens", "Mus musculus"]
    assert len(counts(found, "tissue")) > 2


def test_values_are_alternatives_and_facets_conditions(source: Source) -> None:
    everything = source.search(SearchQuery(limit=0))
    human, mouse = (counts(everything, "organism")[n] for n in ("Homo sapiens", "Mus musculus"))
    either = source.search(SearchQuery(facets={"organism": ("Homo sapiens", "Mus musculus")}))
    both_in_one = human + mouse - either.total
    assert both_in_one > 0
    assert counts(either, "organism") == counts(everything, "organism"), "its own choice ignored"
    kidneys = source.search(
        SearchQuery(facets={"organism": ("Mus musculus",), "tissue": ("kidney",)})
    )
    assert (
        kidneys.total
        == counts(source.search(SearchQuery(facets={"organism": ("Mus musculus",)})), "tissue")[
            "kidney"
        ]
    )
    assert all("kidney" in hit.tissue and "Mus musculus" in hit.organism for hit in kidneys.hits)


def test_what_is_not_specified_can_be_chosen(source: Source) -> None:
    everything = source.search(SearchQuery(limit=0))
    unsaid = counts(everything, "preservationMethod")["Unspecified"]
    found = source.search(SearchQuery(facets={"preservationMethod": ("Unspecified",)}))
    assert found.total == unsaid > 0
    assert facet(found, "preservationMethod").values[0].selected


def test_yes_and_no_can_be_chosen(source: Source) -> None:
    everything = source.search(SearchQuery(limit=0))
    for name, value in (("pairedEnd", "Yes"), ("access", "controlled"), ("access", "open")):
        expected = counts(everything, name)[value]
        assert source.search(SearchQuery(facets={name: (value,)})).total == expected > 0


@pytest.mark.parametrize(
    ("name", "most"), [("cells", 5000), ("donorCount", 1), ("organismAge", 40)]
)
def test_numbers_narrow_the_search(source: Source, name: str, most: int) -> None:
    everything = source.search(SearchQuery(limit=0)).total
    some = source.search(SearchQuery(ranges={name: Range(min=1, max=most)}))
    assert 0 < some.total < everything


def test_files_can_be_narrowed_by_their_size(source: Source) -> None:
    query = SearchQuery(entity="files", ranges={"size": Range(min=10_000)}, limit=100)
    hits = source.search(query).hits
    assert hits
    assert all((hit.size or 0) >= 10_000 for hit in hits)


def test_the_figures_follow_the_filters(source: Source) -> None:
    everything = {f.name: f.value for f in source.search(SearchQuery(limit=0)).summary.figures}
    some = source.search(SearchQuery(limit=0, facets={"tissue": ("pancreas",)}))
    figures = {figure.name: figure.value for figure in some.summary.figures}
    assert figures["projects"] == some.total
    assert all(0 < figures[name] < everything[name] for name in figures)


@pytest.mark.parametrize("entity", ["projects", "samples", "files"])
def test_all_pages_together_are_everything_once(source: Source, entity: str) -> None:
    refs: list[str] = []
    limit, total = 40, 1
    while len(refs) < total:
        found = source.search(SearchQuery(entity=entity, offset=len(refs), limit=limit))
        total = found.total
        assert found.hits
        refs += [hit.ref for hit in found.hits]
    assert len(set(refs)) == len(refs) == total > 0


def test_a_page_can_be_asked_for_out_of_turn(hca_settings: Settings) -> None:
    first, second = (Registry(hca_settings)["hca"] for _ in range(2))
    listed = first.search(SearchQuery(entity="files", limit=30)).hits
    jumped = second.search(SearchQuery(entity="files", offset=10, limit=20)).hits
    assert [hit.ref for hit in jumped] == [hit.ref for hit in listed[10:]]


@pytest.mark.parametrize(
    ("entity", "sort"),
    [("projects", "title"), ("projects", "-cells"), ("files", "-size"), ("samples", "title")],
)
def test_what_is_found_can_be_ordered(source: Source, entity: str, sort: str) -> None:
    hits = source.search(SearchQuery(entity=entity, sort=sort, limit=60)).hits
    name = sort.removeprefix("-")
    keys = [getattr(hit, name) for hit in hits if getattr(hit, name) is not None]
    assert len(keys) > 2
    turned = sort.startswith("-")
    assert all((a >= b) if turned else (a <= b) for a, b in pairwise(keys))


def test_words_find_a_study_with_its_samples_and_files(hub: DemoHub, source: Source) -> None:
    query = SearchQuery(text="pancreat isl")
    assert [hit.ref for hit in source.search(query).hits] == [hub.hca.ref("pancreas")]
    for entity in ("samples", "files"):
        found = source.search(SearchQuery(text="pancreat isl", entity=entity))
        assert found.hits
        assert {hit.collection for hit in found.hits} == {hub.hca.project("pancreas").title}
    assert source.search(SearchQuery(text="no such thing at all")).total == 0


def test_many_conditions_reach_all_pages(hub: DemoHub, source: Source) -> None:
    titles = [hub.hca.project(key).title for key in ("airways-160", "kidney-two-species")]
    titles += [f"A title that no project of this catalog has, number {n}" for n in range(200)]
    query = SearchQuery(entity="files", facets={"projectTitle": tuple(titles)}, limit=30)
    expected = sum(len(hub.hca.project(key).files) for key in ("airways-160", "kidney-two-species"))
    first = source.search(query)
    assert first.total == expected
    second = source.search(replace(query, offset=30))
    assert len(second.hits) == 30
    assert not {hit.ref for hit in first.hits} & {hit.ref for hit in second.hits}
    posted = [seen for seen in hub.requests if seen.path == "/index/files"]
    assert {seen.method for seen in posted} == {"POST"}
    assert sum(1 for _ in source.members(Asset(ref=first.exports[-1].ref, name="x"))) == expected


def test_years_narrow_the_search(source: Source) -> None:
    everything = source.search(SearchQuery(limit=0)).total
    early = source.search(SearchQuery(ranges={"year": Range(max=2019)})).total
    late = source.search(SearchQuery(ranges={"year": Range(min=2020)})).total
    assert early + late == everything
    assert late > 0


def test_the_name_or_id_of_a_file_finds_it(hub: DemoHub, source: Source) -> None:
    ref = hub.hca.ref("kidney-two-species", "kidney-both.h5ad")
    for text in ("kidney-both.h5ad", ref.rpartition("/")[2].partition("@")[0]):
        hits = source.search(SearchQuery(text=text, entity="files")).hits
        assert [hit.ref for hit in hits] == [ref]
        assert (hits[0].format, hits[0].loads_as_anndata) == ("h5ad", True)


def test_a_project_s_page_says_what_the_explorer_says(hub: DemoHub, source: Source) -> None:
    dataset = source.dataset(hub.hca.ref("pancreas"))
    spec = hub.hca.project("pancreas")
    assert dataset.title == spec.title
    assert dataset.collection is not None
    assert dataset.collection.title == spec.short
    assert dataset.description == spec.description
    assert spec.title in dataset.citation
    sections = {one.section for one in dataset.properties}
    assert sections >= {"Overview", "Contributors", "Accessions", "Files"}
    for namespace, accession in spec.accessions:
        lines = [(one.code, one.value) for one in dataset.properties]
        assert (namespace, accession) in lines
        assert any(accession in link.url for link in dataset.links)


def test_a_project_offers_its_tables_and_all_files(hub: DemoHub, source: Source) -> None:
    dataset = source.dataset(hub.hca.ref("kidney-two-species"))
    formats = [one.format for one in dataset.assets]
    assert formats[-5:] == ["tsv", "tsv", "txt", "jsonl", "group"]
    assert dataset.assets[-1].note == f"{len(hub.hca.project('kidney-two-species').files)} files"
    assert dataset.main_asset is not None
    assert dataset.main_asset.name == "kidney-both.h5ad"


@pytest.mark.parametrize("url_name", ["url", "azul_url", "both"])
def test_old_and_new_names_of_addresses_are_read(
    hub: DemoHub, source: Source, url_name: str
) -> None:
    hub.hca.api.url_name = url_name  # type: ignore[assignment]  # the parameters are its values
    dataset = source.dataset(hub.hca.ref("phantoms"))
    assert asset(dataset, "spleen.csv").access is Access.OPEN
    phantom = asset(dataset, "spleen.rds")
    assert phantom.access is Access.VIEW_ONLY
    assert "gives no address" in phantom.access_note


def test_a_file_leads_to_its_project(hub: DemoHub, source: Source) -> None:
    ref = hub.hca.ref("kidney-two-species", "R1.fastq.gz")
    dataset = source.dataset(ref)
    assert dataset.ref == hub.hca.ref("kidney-two-species")
    assert dataset.assets[0].ref == ref
    assert dataset.assets[0].checksums


def test_a_sample_leads_to_its_files(hub: DemoHub, source: Source) -> None:
    hit = source.search(SearchQuery(text="pancreat isl", entity="samples", sort="title")).hits[0]
    dataset = source.dataset(hit.ref)
    assert dataset.ref == hit.ref
    assert dataset.title == hit.title
    assert dataset.owner is not None
    assert dataset.owner.ref == hub.hca.ref("pancreas")
    group = dataset.assets[-1]
    members = list(source.members(group))
    assert members
    assert group.note == f"{len(members)} files"
    assert hit.entity == "sample"
    every, listed = hit.exports
    assert (every.ref, every.members) == (group.ref, len(members))
    assert listed.ref == dataset.assets[0].ref


def test_a_project_without_a_matrix_that_loads_offers_all_its_files(source: Source) -> None:
    hits = source.search(SearchQuery(limit=100)).hits
    closed = [hit for hit in hits if hit.access is not Access.OPEN]
    files = [hit for hit in hits if not hit.loads_as_anndata and hit not in closed]
    assert closed
    assert not any(hit.exports for hit in closed)
    assert files
    assert all(hit.exports[0].size == hit.size for hit in files)


def test_managed_access_is_explained(hub: DemoHub, source: Source) -> None:
    dataset = source.dataset(hub.hca.ref("managed-brain"))
    assert dataset.access is Access.CONTROLLED
    assert "DUOS" in dataset.access_note
    matrix = asset(dataset, "cortex-human-10XV3.loom")
    assert matrix.access is Access.CONTROLLED
    assert asset(source.dataset(matrix.ref), matrix.name) == matrix
    assert dataset.assets[-1].access is Access.CONTROLLED
    with pytest.raises(NotFoundError):
        source.resolve(matrix)


def test_a_manifest_is_a_table_of_the_files_that_fit(hub: DemoHub, source: Source) -> None:
    hub.hca.api.jobs.retry_after = 0
    found = source.search(
        SearchQuery(facets={"tissue": ("pancreas",), "format": ("fastq.gz",)}, entity="files")
    )
    tables = {export.ref.partition("?")[0].rpartition("/")[2]: export for export in found.exports}
    lines = {}
    for name in ("compact", "metadata"):
        dataset = source.dataset(tables[name].ref)
        assert dataset.assets[0].ref == tables[name].ref
        text = fetched(ready(source, dataset.assets[0])).decode()
        lines[name] = text.splitlines()
        assert "file_uuid" in lines[name][0]
    assert len(lines["compact"]) == found.total + 1
    assert len(lines["metadata"]) > len(lines["compact"])


def test_a_manifest_that_expires_while_it_is_made_is_made_anew(
    hub: DemoHub, source: Source
) -> None:
    hub.hca.api.jobs.rounds = 1
    ref = 'hca:dcp60/manifest/curl?{"specimenOrgan":{"is":["kidney"]}}'
    wanted = Asset(ref=ref, name="files.txt", volatile=True)
    with pytest.raises(NotReadyError):
        source.resolve(wanted)
    hub.hca.api.jobs.expire()
    assert b"--create-dirs" in fetched(ready(source, wanted))


def test_the_files_of_a_selection_are_told_in_one_order(hub: DemoHub, source: Source) -> None:
    project = hub.hca.project("airways-160")
    filters = json.dumps({"projectId": {"is": [project.id]}}, separators=(",", ":"))
    group = Asset(ref=f"hca:dcp60/files?{filters}", name="airways", group=True)
    members = list(source.members(group))
    assert sum(seen.path == "/index/files" for seen in hub.requests) == 1
    assert len(members) == len(project.files)
    assert {member.path for member in members} == {
        f"{project.file_id(file)}/{file.name}" for file in project.files
    }
    assert list(source.members(group)) == members


def test_a_name_that_is_there_once_needs_no_folder(hub: DemoHub, source: Source) -> None:
    group = source.dataset(hub.hca.ref("kidney-two-species")).assets[-1]
    paths = {member.path for member in source.members(group)}
    assert {"kidney-both.h5ad", "GSE000002_RAW.tar"} <= paths
    assert sum(path.endswith("/R1.fastq.gz") for path in paths) == 3


def test_a_release_between_two_pages_is_told(hub: DemoHub, source: Source) -> None:
    assert source.search(SearchQuery(limit=5)).hits
    hub.hca.catalogs.release()
    with pytest.raises(ConflictError, match="replaced its catalog dcp60 by dcp61"):
        source.search(SearchQuery(limit=5, offset=5))
    assert source.search(SearchQuery(limit=5)).hits[0].ref.startswith("hca:dcp61/")


def test_a_facet_that_only_a_newer_catalog_has_is_shown_and_can_be_chosen(
    hub: DemoHub, hca_settings: Settings
) -> None:
    before = Registry(hca_settings)["hca"].search(SearchQuery(limit=0))
    assert "duosId" not in {one.name for one in before.facets}
    hub.hca.catalogs.release()
    source = Registry(hca_settings)["hca"]
    novel = facet(source.search(SearchQuery(limit=0)), "duosId")
    assert novel.values
    value = novel.values[0]
    assert source.search(SearchQuery(facets={"duosId": (value.value,)})).total == value.count > 0


def test_what_is_in_a_notebook_survives_a_release(hub: DemoHub, hca_settings: Settings) -> None:
    matrix = hub.hca.ref("kidney-two-species", "kidney-both.h5ad")
    group = 'hca:dcp60/files?{"fileFormat":{"is":["loom"]}}'
    hub.hca.catalogs.release()
    source = Registry(hca_settings)["hca"]
    dataset = source.dataset(matrix)
    assert dataset.ref == "hca:dcp60/" + hub.hca.project("kidney-two-species").id
    assert dataset.newest_ref == dataset.ref.replace("dcp60", "dcp61")
    wanted = next(one for one in dataset.assets if one.ref == matrix)
    assert len(fetched(source.resolve(wanted))) == wanted.size
    with pytest.raises(WithdrawnError, match="other files may fit"):
        list(source.members(Asset(ref=group, name="looms", group=True)))


def test_another_catalog_of_the_service_is_another_source(
    hub: DemoHub, hca_settings: Settings
) -> None:
    config = next(one for one in hca_settings.sources if one.name == "hca")
    source = Registry(hca_settings)["hca"]
    lungs = type(source)(
        replace(config, options={"catalog": "lm10"}), source.cache / "lungs", source.root
    )
    found = lungs.search(SearchQuery())
    assert 0 < found.total < source.search(SearchQuery(limit=0)).total
    assert all(hit.ref.startswith("hca:lm10/") for hit in found.hits)
