"""From the curation API's records to ours: everything odd that a record may be."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlab_datahub.model import Dataset, Term
from jupyterlab_datahub.sources.cellxgene.translate import dataset_of, version_of, when
from tests.sources.records import DATASET, FILES, VERSION, collection, dataset, indexed


def translated(record: dict[str, Any], group: dict[str, Any] | None = None) -> Dataset:
    made = dataset_of(record, "cellxgene", group)
    assert made is not None
    return made


def labels(made: Dataset, facet: str) -> list[str]:
    return [term.label for term in made.facets.get(facet, ())]


def test_identifiers_are_those_of_the_version() -> None:
    made = translated(dataset())
    assert made.ref == f"cellxgene:{VERSION}"
    assert (made.id, made.version) == (DATASET, VERSION)
    assert made.assets[0].ref == f"cellxgene:{VERSION}/{VERSION}.h5ad"
    assert made.assets[0].name == "Lung of mice (33333333).h5ad"
    assert made.assets[0].size == 1234


def test_the_date_is_that_of_the_revision_never_of_the_creation() -> None:
    made = translated(dataset())
    assert made.date == made.revised == "2026-06-11T16:54:39+00:00"
    assert made.published == "2021-05-06T16:41:21+00:00"
    assert translated(dataset(revised_at=None)).date == "2021-05-06T16:41:21+00:00"
    assert translated(dataset(revised_at=None, published_at=None)).date == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-06-11T18:54:39+02:00", "2026-06-11T16:54:39+00:00"),
        ("2026-06-11T16:54:39", "2026-06-11T16:54:39+00:00"),
        ("2026-06-11T16:54:39Z", "2026-06-11T16:54:39+00:00"),
        (1620319281, "2021-05-06T16:41:21+00:00"),
        ("last summer", "last summer"),
        (1e300, "1e+300"),
        (None, ""),
    ],
)
def test_times_are_utc(value: Any, text: str) -> None:
    assert when(value) == text


@pytest.mark.parametrize("size", [-1, None, "many"])
def test_a_size_that_is_not_known(size: Any) -> None:
    record = dataset(assets=[{"filesize": size, "filetype": "H5AD", "url": f"{FILES}/a.h5ad"}])
    made = translated(record)
    assert made.size is None
    if size == "many":
        assert made.extra["assets"] == record["assets"]


def test_unknown_file_types_are_kept() -> None:
    made = translated(
        dataset(
            assets=[
                {"filesize": 5, "filetype": "RDS", "url": f"{FILES}/{VERSION}.rds"},
                {"filesize": 6, "filetype": "RAW_H5AD", "url": f"{FILES}/{VERSION}_raw.h5ad"},
                {"filesize": 7.0, "filetype": "NEW_KIND", "url": f"{FILES}/{VERSION}.x.gz"},
                {"filesize": 8, "filetype": "H5AD", "url": f"{FILES}/{VERSION}.h5ad"},
                {"filesize": 9, "filetype": None, "url": f"{FILES}/"},
            ]
        )
    )
    assert [(a.format, a.size, a.loads_as_anndata) for a in made.assets] == [
        ("raw_h5ad", 6, True),
        ("h5ad", 8, True),
        ("rds", 5, False),
        ("new_kind", 7, False),
        ("", 9, False),
    ]
    assert len({asset.name for asset in made.assets}) == 5
    assert made.assets[3].name == "Lung of mice (33333333)-new_kind.x.gz"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "", None, "x"])
def test_addresses_off_the_web_are_not_offered(url: str | None) -> None:
    record = dataset(
        assets=[{"filesize": 1, "filetype": "H5AD", "url": url}],
    )
    group = collection(links=[{"link_name": "x", "link_type": "OTHER", "link_url": url}])
    made = translated(record, group)
    assert made.assets == ()
    assert made.links == ()


def test_unknown_fields_are_kept() -> None:
    made = translated(
        dataset(spatial={"is_single": True}, brand_new=[1, {"a": None}], batch_condition=None)
    )
    assert made.extra["spatial"] == {"is_single": True}
    assert made.extra["brand_new"] == [1, {"a": None}]
    assert "batch_condition" not in made.extra
    assert "title" not in made.extra


def test_a_field_of_another_form_costs_that_field_alone() -> None:
    made = translated(dataset(cell_count={"n": 5}, tissue="lung", feature_count="32383"))
    assert made.cells is None
    assert made.extra["cell_count"] == {"n": 5}
    assert made.extra["tissue"] == "lung"
    assert made.genes == 32383
    assert labels(made, "organism") == ["Mus musculus"]


def test_everything_may_be_null() -> None:
    nothing = dict.fromkeys((*dataset(), "embeddings", "donor_id", "development_stage"), None)
    made = translated({**nothing, "dataset_version_id": VERSION})
    assert made.title == VERSION
    assert made.id == VERSION
    assert made.facets == {}
    assert made.assets == ()
    assert made.collection is None
    assert dataset_of(nothing, "cellxgene") is None
    assert version_of(nothing, current=True) is None


def test_facets() -> None:
    made = translated(
        dataset(
            disease=[
                {
                    "label": "influenza || asthma",
                    "ontology_term_id": "MONDO:0005812 || MONDO:0004979",
                },
                {"label": "asthma", "ontology_term_id": "MONDO:0004979"},
                {"label": "  ", "ontology_term_id": "x"},
                {"label": None},
            ],
            suspension_type=["cell", "na"],
            self_reported_ethnicity=[{"label": "na", "ontology_term_id": "na"}],
            sex=[{"label": "unknown", "ontology_term_id": "unknown"}],
        ),
        collection(consortia=["CZI Cell Science", "CZI Cell Science", " "]),
    )
    assert made.facets["disease"] == (
        Term(label="influenza", ontology_term_id="MONDO:0005812"),
        Term(label="asthma", ontology_term_id="MONDO:0004979"),
    )
    assert labels(made, "suspension_type") == ["cell"]
    assert "self_reported_ethnicity" not in made.facets
    assert labels(made, "sex") == ["unknown"]
    assert labels(made, "tissue_type") == ["tissue"]
    assert labels(made, "consortia") == ["CZI Cell Science"]


def test_a_joint_label_with_another_number_of_ids() -> None:
    made = translated(
        dataset(disease=[{"label": "a || b", "ontology_term_id": "MONDO:1"}]),
    )
    assert made.facets["disease"] == (Term(label="a"), Term(label="b"))


def test_what_the_collection_adds() -> None:
    made = translated(
        indexed(dataset()),
        collection(
            contact_name="Ada",
            contact_email="ada@example.org",
            links=[
                {"link_name": None, "link_type": "RAW_DATA", "link_url": "https://example.org/r"},
                {"link_name": "Code", "link_type": "OTHER", "link_url": "https://example.org/c"},
            ],
            publisher_metadata={
                "authors": [
                    {"family": "Lovelace", "given": "Ada"},
                    {"name": "Lung Consortium"},
                    {"family": "Mononym"},
                ],
                "journal": "Nat Commun",
            },
        ),
    )
    group = made.collection
    assert group is not None
    assert (group.title, group.doi, group.description) == (
        "Lungs",
        "10.1000/lungs",
        "All about lungs.",
    )
    assert group.authors == "Ada Lovelace, Lung Consortium, Mononym"
    assert group.contact == "Ada <ada@example.org>"
    assert [(link.title, link.kind) for link in made.links] == [
        ("Raw data", "raw_data"),
        ("Code", "other"),
    ]
    assert made.doi == "10.1000/lungs"
    assert made.extra["journal"] == "Nat Commun"
    assert made.url == group.url


def test_without_its_collection_a_dataset_knows_its_name() -> None:
    made = translated(indexed(dataset(explorer_url="https://example.org/e/x.cxg/")))
    assert made.collection is not None
    assert made.collection.title == "Lungs"
    assert made.url == "https://example.org/e/x.cxg/"


def test_licence_and_citation() -> None:
    assert translated(dataset(citation="As told.")).citation == "As told."
    made = translated(dataset(), collection())
    assert (made.licence, made.licence_url) == (
        "CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    )
    assert made.citation.startswith("Publication: https://doi.org/10.1000/lungs Dataset Version: ")
    assert made.collection is not None
    assert made.citation.endswith(f"in Collection: {made.collection.url}")


def test_what_a_loader_wants_to_know() -> None:
    made = translated(
        dataset(
            raw_data_location="raw.X",
            embeddings=["X_umap"],
            default_embedding="X_umap",
            primary_cell_count=17,
            tombstone=True,
        )
    )
    assert (made.raw_counts, made.embeddings, made.default_embedding) == (
        "raw.X",
        ("X_umap",),
        "X_umap",
    )
    assert made.primary_cells == 17
    assert made.withdrawn


def test_files_of_the_manifest_are_added_once() -> None:
    made = dataset_of(
        dataset(),
        "cellxgene",
        manifest={
            "anndata": f"{FILES}/{VERSION}.h5ad",
            "atac_fragment": f"{FILES}/{VERSION}-fragment.tsv.bgz",
            "ATAC_INDEX": f"{FILES}/{VERSION}-fragment.tsv.bgz.tbi",
        },
    )
    assert made is not None
    assert [(a.format, a.size) for a in made.assets] == [
        ("h5ad", 1234),
        ("atac_fragment", None),
        ("atac_index", None),
    ]
    assert made.assets[1].name == "Lung of mice (33333333)-atac_fragment.tsv.bgz"
    assert made.assets[2].name == "Lung of mice (33333333)-atac_index.tsv.bgz.tbi"


def test_two_files_of_one_name_are_one() -> None:
    asset = {"filesize": 1, "filetype": "H5AD", "url": f"{FILES}/{VERSION}.h5ad"}
    assert len(translated(dataset(assets=[asset, asset])).assets) == 1
