"""What a dataset of the demo's openBIS is, and what stands between a user and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.demo.openbis.contents import ARCHIVED as ARCHIVED_DATASET
from jupyterlab_datahub.demo.openbis.contents import CELLS, HIDDEN, MANY, MONOCYTES, NAMES, TENX
from jupyterlab_datahub.demo.openbis.records import DataSet, DataSetType, Tag
from jupyterlab_datahub.errors import BadRequestError, ConflictError, NotFoundError
from jupyterlab_datahub.model import Access, Asset
from jupyterlab_datahub.notebooks.content import content_of
from jupyterlab_datahub.sources.contents import PATH
from jupyterlab_datahub.sources.openbis import datasets, file_list
from tests.sources.openbis.conftest import add_container

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Dataset
    from jupyterlab_datahub.sources.openbis.source import OpenbisSource


def ref(hub: DemoHub, permid: str, path: str = "") -> str:
    return f"openbis:{hub.openbis.host}/{permid}" + (f"/{path}" if path else "")


@pytest.fixture
def cells(lab: OpenbisSource, hub: DemoHub) -> Dataset:
    return lab.dataset(ref(hub, CELLS))


class TestRecord:
    """The page of a dataset."""

    def test_it_says_what_it_is(self, cells: Dataset, hub: DemoHub) -> None:
        assert cells.ref == ref(hub, CELLS)
        assert (cells.source, cells.kind, cells.id) == ("lab", "openbis", CELLS)
        assert cells.title == "PBMC 68k, reduced"
        assert cells.version == "2024-01-15"
        assert cells.published == "2024-01-15T09:30:12Z"
        assert cells.collection
        assert (cells.collection.id, cells.collection.title) == (
            "/LAB/SC/PBMC",
            "PBMC, healthy donors",
        )
        assert cells.status == "AVAILABLE"
        assert cells.access is Access.OPEN
        assert cells.access_note == ""
        assert cells.extra["registrator"] == "Sofia Scientist"
        assert cells.extra["type"] == "PROCESSED_DATA"
        assert cells.extra["identifier"] == "/LAB/SC/DONOR_1"

    def test_properties_have_the_labels_and_order_of_the_type(self, cells: Dataset) -> None:
        assert [(one.label, one.value) for one in cells.properties] == [
            ("Name", "PBMC 68k, reduced"),
            ("Organism", "Homo sapiens"),
            ("Number of cells", "700"),
        ]
        assert [one.code for one in cells.properties] == ["$NAME", "ORGANISM", "CELLS"]

    def test_several_terms_are_shown_by_their_labels(
        self, lab: OpenbisSource, hub: DemoHub
    ) -> None:
        shown = {one.code: one.value for one in lab.dataset(ref(hub, TENX)).properties}
        assert shown["ASSAYS"] == "10x 3' v3"
        assert shown["MEASURED_ON"] == "2024-02-29"

    def test_odd_values_are_shown_as_they_are(self, lab: OpenbisSource, hub: DemoHub) -> None:
        dataset = hub.openbis.store.dataset(CELLS)
        odd: dict[str, Any] = {"KEYWORDS": ["a", "b, c"], "NOTES": "", "UNKNOWN_CODE": "x<y>"}
        odd["ORGANISM"] = "NOT_A_TERM"
        dataset.properties.update(odd)
        shown = {one.code: one for one in lab.dataset(ref(hub, CELLS)).properties}
        assert shown["KEYWORDS"].value == "a, b, c"
        assert shown["UNKNOWN_CODE"].label == "UNKNOWN_CODE"
        assert shown["ORGANISM"].value == "NOT_A_TERM"
        assert "NOTES" not in shown

    def test_relations_are_refs_with_names(
        self, lab: OpenbisSource, hub: DemoHub, cells: Dataset
    ) -> None:
        monocytes = lab.dataset(ref(hub, MONOCYTES))
        (parent,) = monocytes.parents
        assert (parent.ref, parent.title, parent.type) == (
            cells.ref,
            cells.title,
            "PROCESSED_DATA",
        )
        assert ref(hub, MONOCYTES) in {child.ref for child in cells.children}
        assert cells.owner
        assert (cells.owner.title, cells.owner.type) == ("Donor 1", "DONOR")
        assert monocytes.owner
        assert monocytes.owner.title == "PBMC, healthy donors"

    def test_relatives_that_may_not_be_seen_are_not_named(
        self, readers_lab: OpenbisSource, hub: DemoHub
    ) -> None:
        children = {child.ref for child in readers_lab.dataset(ref(hub, CELLS)).children}
        assert children == {ref(hub, MONOCYTES)}

    def test_the_page_in_the_eln_is_linked(self, cells: Dataset, hub: DemoHub) -> None:
        assert cells.url.startswith(f"{hub.openbis.url}/openbis/webapp/eln-lims/?")
        assert cells.url.endswith(f"viewName=showViewDataSetPageFromPermId&viewData={CELLS}")
        assert cells.links[0].url == cells.url

    def test_tags_containers_and_parts_are_told(self, lab: OpenbisSource, hub: DemoHub) -> None:
        store = hub.openbis.store
        part = store.dataset(CELLS)
        tag = store.add(Tag(code="GOOD", perm_id="/scientist/GOOD", owner="scientist"))
        part.tags.append(tag.perm_id)
        add_container(store, "20260101-9", part)
        assert lab.dataset(ref(hub, CELLS)).extra["containers"] == ["20260101-9"]
        assert lab.dataset(ref(hub, CELLS)).extra["tags"] == ["GOOD"]
        container = lab.dataset(ref(hub, "20260101-9"))
        assert container.extra["components"] == [CELLS]
        assert container.assets == ()

    def test_a_file_leads_to_its_dataset(self, lab: OpenbisSource, hub: DemoHub) -> None:
        for path in ("original/pbmc68k.h5ad", "original", "gone", ""):
            assert lab.dataset(ref(hub, CELLS, path)).ref == ref(hub, CELLS)


class TestFiles:
    """The files of a dataset as assets."""

    def test_files_have_sizes_and_checksums(self, cells: Dataset, hub: DemoHub) -> None:
        (asset,) = cells.assets
        stored = hub.openbis.store.dataset(CELLS).files[0]
        assert asset.ref == ref(hub, CELLS, "original/pbmc68k.h5ad")
        assert (asset.name, asset.path) == ("pbmc68k.h5ad", "original/pbmc68k.h5ad")
        assert asset.format == "h5ad"
        assert asset.size == stored.size
        assert asset.checksums == {"crc32": f"{stored.crc32:08x}"}
        assert asset.loads_as_anndata
        assert asset.url == ""
        assert cells.main_asset == asset

    def test_several_files_are_a_folder_too(self, lab: OpenbisSource, hub: DemoHub) -> None:
        found = lab.dataset(ref(hub, MANY))
        *files, folder = found.assets
        assert len(files) == 150
        assert folder.ref == found.ref
        assert folder.format == "folder"
        assert folder.size == sum(file.size or 0 for file in files)
        assert not folder.loads_as_anndata
        assert len(file_list.files(lab.session, MANY)) == 150

    def test_difficult_names_are_kept_in_refs_and_made_safe_as_names(
        self, lab: OpenbisSource, hub: DemoHub
    ) -> None:
        assets = {asset.path: asset for asset in lab.dataset(ref(hub, NAMES)).assets}
        stored = [file.path for file in hub.openbis.store.dataset(NAMES).files]
        assert [path for path in assets if path] == sorted(stored)
        for path in stored:
            asset = assets[path]
            assert asset.ref == ref(hub, NAMES, path)
            assert "/" not in asset.name
            assert '"' not in asset.name
            assert lab.resolve(Asset(ref=asset.ref, name="x")).size == asset.size
        assert assets["original/default/empty.txt"].size == 0
        assert assets["original/default/deep/er/and deeper/cells.h5ad"].loads_as_anndata

    @pytest.mark.parametrize(
        ("paths", "loadable", "meant"),
        [
            (["a.h5ad", "b.txt"], ["a.h5ad"], "a.h5ad"),
            (["a.csv", "b.loom"], ["a.csv", "b.loom"], "b.loom"),
            (["a.csv.gz", "b.txt"], ["a.csv.gz"], "a.csv.gz"),
            (["a.csv", "b.tsv"], ["a.csv", "b.tsv"], ""),
            (
                ["a.h5", "raw_feature_bc_matrix.h5"],
                ["raw_feature_bc_matrix.h5"],
                "raw_feature_bc_matrix.h5",
            ),
            (["x/barcodes.tsv.gz", "x/features.tsv.gz", "x/matrix.mtx.gz"], [""], ""),
            (["x/matrix.mtx.gz", "x/readme.md"], [], ""),
            (["a.h5ad.gz"], [], "a.h5ad.gz"),
        ],
    )
    def test_what_becomes_an_anndata_is_what_cells_read_as_one(
        self,
        lab: OpenbisSource,
        cells: Dataset,
        paths: list[str],
        loadable: list[str],
        meant: str,
    ) -> None:
        listed = [file_list.StoredFile(path, 1, "") for path in paths]
        found = file_list.assets(lab.session, CELLS, listed, "Cells")
        assert [one.path for one in found if one.loads_as_anndata] == loadable
        read = [one.path for one in found if one.path and content_of(one) != PATH]
        assert read == [path for path in loadable if path]
        main = msgspec.structs.replace(cells, assets=found).main_asset
        assert main is not None
        assert main.path == meant

    def test_checksums_of_java_are_read(self) -> None:
        assert file_list._hex(-1) == "ffffffff"
        assert file_list._hex(-12345) == "ffffcfc7"
        assert file_list._hex(0) == "00000000"
        assert file_list._hex(None) == ""

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("a/b.h5ad", "h5ad"),
            ("x.csv.gz", "csv"),
            ("x.tar.gz", "tar"),
            ("x.gz", "gz"),
            ("README", ""),
            (".hidden", ""),
            ("A.B.LOOM", "loom"),
        ],
    )
    def test_formats_are_told_by_names(self, path: str, expected: str) -> None:
        assert file_list.format_of(path) == expected

    def test_files_are_resolved_when_they_are_wanted(
        self, lab: OpenbisSource, cells: Dataset
    ) -> None:
        (asset,) = cells.assets
        download = lab.resolve(Asset(ref=asset.ref, name="anything"))
        assert (download.url, download.path) == ("", "")
        assert download.size == asset.size
        assert download.checksums == asset.checksums
        assert lab.resolve(Asset(ref=cells.ref, name="all")).size == asset.size


class TestArchive:
    """Datasets whose files are not at hand."""

    def test_an_archived_dataset_says_so(self, lab: OpenbisSource, hub: DemoHub) -> None:
        found = lab.dataset(ref(hub, ARCHIVED_DATASET))
        assert found.status == "ARCHIVED"
        assert "archive" in found.access_note
        with pytest.raises(ConflictError) as caught:
            lab.resolve(found.assets[0])
        assert "brought back" in caught.value.hint
        assert hub.openbis.host in caught.value.message

    def test_it_can_be_asked_for(self, lab: OpenbisSource, hub: DemoHub) -> None:
        hub.openbis.store.archiving_seconds = 3600
        wanted = ref(hub, ARCHIVED_DATASET)
        found = lab.unarchive(wanted)
        assert found.status == "UNARCHIVE_PENDING"
        assert "being brought back" in found.access_note
        with pytest.raises(ConflictError) as caught:
            lab.unarchive(wanted)
        assert "later" in caught.value.hint
        with pytest.raises(ConflictError):
            lab.resolve(Asset(ref=wanted, name="x"))
        hub.openbis.store.dataset(ARCHIVED_DATASET).physical.status = "AVAILABLE"  # type: ignore[union-attr]  # it has files
        assert lab.dataset(wanted).status == "AVAILABLE"
        assert lab.resolve(found.assets[0]).size

    def test_what_is_at_hand_is_not_brought_back(self, lab: OpenbisSource, hub: DemoHub) -> None:
        with pytest.raises(ConflictError) as caught:
            lab.unarchive(ref(hub, CELLS))
        assert caught.value.hint

    @pytest.mark.parametrize("status", sorted(datasets.NOT_AT_HAND))
    def test_every_status_has_words(self, lab: OpenbisSource, hub: DemoHub, status: str) -> None:
        physical = hub.openbis.store.dataset(CELLS).physical
        assert physical
        physical.status = status
        found = lab.dataset(ref(hub, CELLS))
        assert found.status == status
        assert found.access_note.endswith(".")


class TestVersions:
    """Versions of one notebook, which share a $HISTORY_ID."""

    def test_datasets_have_none_and_notebooks_have_all(
        self, lab: OpenbisSource, hub: DemoHub
    ) -> None:
        store = hub.openbis.store
        owner = store.dataset(MONOCYTES).experiment
        assert lab.versions(ref(hub, CELLS)) == ()
        for number, history in enumerate(("one", "one", "two")):
            perm_id = f"20260101000000000-{number}"
            store.add(
                DataSet(
                    code=perm_id,
                    perm_id=perm_id,
                    registered=1_767_225_600_000 + number * 86_400_000,
                    type=store.get(DataSetType, "ANALYSIS_NOTEBOOK"),
                    properties={"$NAME": f"Analysis {number}", "$HISTORY_ID": history},
                    experiment=owner,
                )
            )
        versions = lab.versions(ref(hub, "20260101000000000-0"))
        assert [one.title for one in versions] == ["Analysis 1", "Analysis 0"]
        assert [one.current for one in versions] == [True, False]
        assert [one.version for one in versions] == ["2026-01-02", "2026-01-01"]


class TestNotFound:
    """Refs that name nothing, or nothing for this user."""

    def test_what_is_not_there(self, lab: OpenbisSource, hub: DemoHub) -> None:
        for ask in (lab.dataset, lab.versions, lab.unarchive):
            with pytest.raises(NotFoundError) as caught:
                ask(ref(hub, "20000101000000000-1"))
            assert "20000101000000000-1" in caught.value.message
            assert hub.openbis.host in caught.value.message
            assert caught.value.hint
        with pytest.raises(NotFoundError):
            lab.resolve(Asset(ref=ref(hub, CELLS, "original/gone.h5ad"), name="gone.h5ad"))

    def test_what_may_not_be_seen_is_as_if_it_were_not_there(
        self, lab: OpenbisSource, readers_lab: OpenbisSource, hub: DemoHub
    ) -> None:
        assert lab.dataset(ref(hub, HIDDEN)).title
        with pytest.raises(NotFoundError) as caught:
            readers_lab.dataset(ref(hub, HIDDEN))
        assert "you may see" in caught.value.message
        assert "Unpublished" not in caught.value.message

    @pytest.mark.parametrize(
        "rest",
        [
            "",
            "..",
            "a b",
            "x" * 300,
            f"{CELLS}/../x",
            f"{CELLS}//x",
            "%2e%2e",
            f"{CELLS}/a\nb",
            "/LAB/a b",
        ],
    )
    def test_what_is_no_ref(self, lab: OpenbisSource, hub: DemoHub, rest: str) -> None:
        with pytest.raises(BadRequestError) as caught:
            lab.dataset(f"openbis:{hub.openbis.host}/{rest}")
        assert caught.value.hint
        with pytest.raises(BadRequestError):
            lab.dataset(f"openbis:elsewhere.example.org/{CELLS}")
