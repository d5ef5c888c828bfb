"""Synapse as a Source: pages, the tree, rights in words, links, groups and the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.synapse import contents
from jupyterlab_datahub.demo.synapse.entities import Entity
from jupyterlab_datahub.demo.synapse.users import STRANGER
from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    NotFoundError,
    NotSupportedError,
    WithdrawnError,
)
from jupyterlab_datahub.model import Access, Asset, SearchQuery
from jupyterlab_datahub.sources.synapse import records
from tests.sources.synapse.conftest import connected

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.synapse.demo_synapse import DemoSynapse
    from jupyterlab_datahub.model import NodePage
    from jupyterlab_datahub.sources.synapse.source import SynapseSource
    from tests.sources.synapse.conftest import Make

FILE = f"synapse:{contents.ANNOTATED}"


def test_a_file_says_what_it_is(source: SynapseSource, synapse: DemoSynapse) -> None:
    found = source.dataset(FILE)
    [asset] = found.assets
    entity = synapse.api.entities.find(contents.ANNOTATED)
    handle = entity.handle() if entity else None
    assert handle is not None
    assert handle.path is not None
    assert (found.ref, asset.ref, found.id) == (f"{FILE}.2", f"{FILE}.2", FILE)
    assert (found.version, found.title, asset.format) == ("2", "annotated.h5ad", "h5ad")
    assert asset.size == handle.path.stat().st_size
    assert asset.checksums == {"md5": handle.json()["contentMd5"]}
    assert asset.loads_as_anndata
    assert found.access is Access.OPEN
    assert found.collection is not None
    assert found.collection.title == "Blood cells (demo)"
    assert found.description == "Cells of the donor (annotated), as an AnnData."
    assert found.revised == "2026-02-02T09:00:00Z"
    assert found.url == f"{synapse.api.url}/Synapse:{contents.ANNOTATED}.2"
    told = {one.code: one.value for one in found.properties}
    assert told["collectedOn"] == "2017-03-13 00:00 UTC"
    assert told["cellTypes"] == "annotated, leukocyte"
    assert [term.label for term in found.facets["organism"]] == ["Homo sapiens"]
    assert found.place == (
        f"synapse:{contents.CELLS}",
        f"synapse:{contents.CELLS_FOLDER}",
        FILE,
    )
    # One question for the page and one for its wiki.
    assert len(synapse.api.requests) == 1 + 2


def test_an_older_version_is_another_file(source: SynapseSource) -> None:
    older, newer = (source.dataset(f"{FILE}.{number}") for number in (1, 2))
    assert (older.version, newer.version) == ("1", "2")
    assert older.assets[0].checksums != newer.assets[0].checksums
    history = source.versions(newer.ref)
    assert [(one.ref, one.current) for one in history] == [
        (f"{FILE}.2", True),
        (f"{FILE}.1", False),
    ]
    assert history[0].size == newer.assets[0].size
    with pytest.raises(NotFoundError, match="does not exist"):
        source.dataset(f"{FILE}.3")


def test_a_wiki_page_is_told_in_plain_words(source: SynapseSource) -> None:
    told = source.dataset(f"synapse:{contents.CELLS}").description
    assert told.startswith("Blood cells of one donor\n\nCells of the collection PBMC 68k (Zheng")
    assert "${toc}" not in told
    assert "#" not in told
    assert len(records.plain("word " * 2000)) <= records.LONGEST_WIKI + 2


@pytest.mark.parametrize(
    ("id_", "access", "words"),
    [
        (contents.CONTROLLED_FILE, Access.CONTROLLED, "AccessRequirements:ID={0}&TYPE=ENTITY"),
        (contents.TERMS_FILE, Access.REQUEST, "Agree to its terms of use at "),
        (contents.NO_DOWNLOAD, Access.REQUEST, "ask whoever shares it, at {1}/Synapse:{0}."),
        (contents.SFTP, Access.REQUEST, "SFTP server sftp.example.org"),
        (contents.BUCKET, Access.REQUEST, "lab-slides/2026/slide.ome.tif"),
        (contents.TABLE, Access.VIEW_ONLY, "This table can only be looked at"),
    ],
)
def test_what_is_not_open_says_why_and_is_refused(
    source: SynapseSource, synapse: DemoSynapse, id_: str, access: Access, words: str
) -> None:
    found = source.dataset(f"synapse:{id_}")
    assert found.access is access
    assert words.format(id_, synapse.api.url) in found.access_note
    with pytest.raises((AccessError, NotSupportedError)) as caught:
        source.resolve(Asset(ref=found.ref, name="x"))
    assert caught.value.hint


def test_a_file_in_a_bucket_of_its_own_is_pointed_to(source: SynapseSource) -> None:
    [asset] = source.dataset(f"synapse:{contents.BUCKET}").assets
    assert asset.elsewhere == "s3://lab-slides/2026/slide.ome.tif"
    assert asset.format == "ome-tiff"


def test_a_link_is_what_it_leads_to(source: SynapseSource) -> None:
    assert source.dataset(f"synapse:{contents.LINK}").ref == f"{FILE}.2"
    assert source.resolve(Asset(ref=f"synapse:{contents.LINK}", name="x")).url
    folder = source.dataset(f"synapse:{contents.FOLDER_LINK}")
    assert (folder.title, folder.version, folder.assets[0].group) == ("Plates", "live", True)


def test_links_in_a_circle_end(source: SynapseSource, synapse: DemoSynapse) -> None:
    ids = [f"syn9000090{number}" for number in range(3)]
    for at, id_ in enumerate(ids):
        target = (ids[(at + 1) % 3], None)
        synapse.api.entities.add(Entity(id_, f"link {at}", "link", links_to=target))
    with pytest.raises(NotFoundError, match="links without end"):
        source.dataset(f"synapse:{ids[0]}")
    assert len(synapse.api.requests) <= 1 + 4


def test_what_was_deleted_or_is_not_shared_says_so(source: SynapseSource) -> None:
    with pytest.raises(WithdrawnError, match="is in trash can"):
        source.dataset(f"synapse:{contents.TRASHED}")
    with pytest.raises(AccessError, match="You lack READ access"):
        source.dataset(f"synapse:{contents.PRIVATE}")


def test_the_tree_leads_to_files(source: SynapseSource) -> None:
    roots = source.children()
    assert [node.title for node in roots.nodes] == [
        "Blood cells (demo)",
        "Colon arrays (demo)",
        "Lung cancer atlas (demo)",
    ]
    assert {node.kind for node in roots.nodes} == {"project"}
    below = source.children(f"synapse:{contents.CELLS}").nodes
    assert [(node.title, node.kind, node.has_children) for node in below] == [
        ("Cells", "folder", True),
        ("Cells, first release", "collection", False),
        ("Elsewhere", "folder", True),
        ("Plates", "folder", True),
        ("Restricted", "folder", True),
    ]
    found = source.dataset(FILE)
    files = source.children(found.place[-2]).nodes
    assert next(node for node in files if node.id == found.place[-1]).ref == found.ref


def test_a_large_folder_is_listed_as_far_as_it_is_looked_at(
    source: SynapseSource, synapse: DemoSynapse, make: Make
) -> None:
    synapse.api.requests.clear()

    def page(offset: int) -> NodePage:
        return source.children(f"synapse:{contents.PLATES}", offset, 100)

    first = page(0)
    assert (len(first.nodes), first.total, first.uncounted) == (100, 320, False)
    assert len(synapse.api.requests) == 2
    rest = [page(offset) for offset in (100, 200, 300)]
    titles = [node.title for found in (first, *rest) for node in found.nodes]
    assert titles == [f"reading-{number + 1:03}.csv" for number in range(320)]
    assert len(synapse.api.requests) == 7
    # Where a page begins is remembered; a Source that was made anew asks up to it.
    assert [node.title for node in page(200).nodes] == titles[200:300]
    assert len(synapse.api.requests) == 9
    odd = connected(make()).children(f"synapse:{contents.PLATES}", 290, 25)
    assert [node.title for node in odd.nodes] == titles[290:315]


def test_projects_can_be_named_in_the_configuration(make: Make) -> None:
    source = connected(make(projects=[contents.LUNG, "syn91234567"]))
    nodes = source.children().nodes
    assert [node.title for node in nodes] == [
        "Lung cancer atlas (demo)",
        "syn91234567",
        "Blood cells (demo)",
        "Colon arrays (demo)",
    ]
    assert (nodes[1].access, nodes[1].has_children) == (Access.REQUEST, False)
    assert "does not exist" in nodes[1].access_note


def test_nothing_is_shared_with_a_stranger(make: Make) -> None:
    source = connected(make(), STRANGER.token)
    assert source.children().nodes == ()
    assert source.search(SearchQuery()).total == 0
    with pytest.raises(AccessError):
        source.children(f"synapse:{contents.CELLS}")


def test_a_folder_is_a_group_of_all_files_below_it(source: SynapseSource) -> None:
    [group] = source.dataset(f"synapse:{contents.CELLS}").assets
    members = list(source.members(group))
    paths = [member.path for member in members]
    assert group.group
    assert len(paths) == len(set(paths))
    assert "Cells/annotated.h5ad" in paths
    assert sum(path.startswith("Plates/") for path in paths) == 320
    # Links, tables and what is in the trash can are no files below it.
    assert sorted(path for path in paths if path.startswith("Elsewhere/")) == [
        "Elsewhere/public.csv",
        "Elsewhere/reads.fastq.gz",
        "Elsewhere/slide.ome.tif",
    ]


def test_folders_that_hold_each_other_end(source: SynapseSource, synapse: DemoSynapse) -> None:
    entities = synapse.api.entities
    entities.add(Entity("syn90000911", "in", "folder", "syn90000912"))
    entities.add(Entity("syn90000912", "out", "folder", "syn90000911"))
    handle = entities.new_handle("a.csv", None)
    entities.add(Entity("syn90000913", "a.csv", "file", "syn90000912", versions=[handle]))
    entities.add(Entity("syn90000914", "A.csv", "file", "syn90000912", versions=[handle]))
    found = list(source.members(Asset(ref="synapse:syn90000911", name="x", group=True)))
    assert [one.path for one in found] == ["out/a.csv", "out/syn90000914 A.csv"]
    with pytest.raises(NotSupportedError, match="is no folder"):
        list(source.members(Asset(ref="synapse:syn90000913", name="x")))


def test_a_dataset_names_the_versions_of_its_files(source: SynapseSource) -> None:
    found = source.dataset(f"synapse:{contents.COLLECTION}")
    assert found.assets[0].members == 2
    members = list(source.members(found.assets[0]))
    assert members[0].ref == f"{FILE}.1"
    assert [one.path for one in members] == ["annotated.h5ad", "t-cells.h5ad"]


def test_the_search_finds_words_and_identifiers(
    source: SynapseSource, synapse: DemoSynapse
) -> None:
    found = source.search(SearchQuery(text="READING 01", limit=5, offset=3))
    assert found.total == 14
    assert [hit.title for hit in found.hits] == [
        f"reading-{number:03}.csv" for number in (12, 13, 14, 15, 16)
    ]
    assert found.hits[0].ref.endswith(".1")
    assert found.hits[0].collection == "Blood cells (demo)"
    [project] = source.search(SearchQuery(text="lung", entity="projects")).hits
    assert (project.ref, project.entity) == (f"synapse:{contents.LUNG}", "project")
    [named] = source.search(SearchQuery(text=f" {contents.ANNOTATED.upper()}.1 ")).hits
    assert named.ref == f"{FILE}.1"
    assert source.search(SearchQuery(text="nothing of the kind")).hits == ()
    with pytest.raises(BadRequestError, match="cannot be searched for 'cells'"):
        source.search(SearchQuery(entity="cells"))
    assert all("authorization" in seen.headers for seen in synapse.api.requests)


@pytest.mark.parametrize("text", ["syn", "syn0", "syn1.0", "syn1.x", "SYN1 2", "123", "syn1/2"])
def test_what_is_no_identifier_is_refused(source: SynapseSource, text: str) -> None:
    assert not source.owns(f"synapse:{text}")
    with pytest.raises(BadRequestError):
        source.dataset(f"synapse:{text}")
