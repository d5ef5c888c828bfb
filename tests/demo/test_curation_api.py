"""The local CELLxGENE answers as the curation API's description and live records have it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests

from jupyterlab_datahub.demo.cellxgene.api import CellxgeneApi
from jupyterlab_datahub.demo.hub import DemoHub

Json = dict[str, Any]
Get = Callable[..., requests.Response]

TEXT: tuple[type, ...] = (str,)
TEXT_OR_NULL = (str, type(None))
TERMS = "terms"
TEXTS = "texts"

DATASET: dict[str, Any] = {
    "assay": TERMS,
    "assets": list,
    "batch_condition": (list, type(None)),
    "cell_count": int,
    "cell_type": TERMS,
    "citation": TEXT,
    "dataset_id": "uuid",
    "dataset_version_id": "uuid",
    "default_embedding": TEXT_OR_NULL,
    "development_stage": TERMS,
    "disease": TERMS,
    "donor_id": TEXTS,
    "embeddings": TEXTS,
    "feature_biotype": TEXTS,
    "feature_count": int,
    "feature_reference": TEXTS,
    "genetic_perturbation_strategy": TEXT_OR_NULL,
    "is_pre_analysis": bool,
    "is_primary_data": list,
    "mean_genes_per_cell": float,
    "organism": TERMS,
    "primary_cell_count": int,
    "published_at": "time",
    "raw_data_location": TEXT,
    "schema_version": TEXT,
    "self_reported_ethnicity": TERMS,
    "sex": TERMS,
    "spatial": (dict, type(None)),
    "suspension_type": TEXTS,
    "tissue": TERMS,
    "title": TEXT,
    "tombstone": bool,
    "x_approximate_distribution": TEXT_OR_NULL,
}
OF_DATASET = {"explorer_url": "url", "revised_at": "time or null"}
OF_VERSION = {"collection_id": "uuid", "collection_version_id": "uuid"}
OF_INDEX = {
    **OF_DATASET,
    **OF_VERSION,
    "collection_name": TEXT,
    "collection_doi": TEXT_OR_NULL,
    "collection_doi_label": TEXT_OR_NULL,
}
PREVIEW = {
    "assay": TERMS,
    "dataset_id": "uuid",
    "dataset_version_id": "uuid",
    "disease": TERMS,
    "organism": TERMS,
    "suspension_type": TEXTS,
    "tissue": TERMS,
}
COLLECTION: dict[str, Any] = {
    "collection_id": "uuid",
    "collection_url": "url",
    "collection_version_id": "uuid",
    "consortia": TEXTS,
    "contact_email": TEXT,
    "contact_name": TEXT,
    "created_at": "time",
    "curator_name": TEXT_OR_NULL,
    "description": TEXT,
    "doi": TEXT_OR_NULL,
    "is_pre_analysis": bool,
    "links": list,
    "name": TEXT,
    "published_at": "time",
    "publisher_metadata": (dict, type(None)),
    "visibility": TEXT,
}
OF_COLLECTION = {
    "datasets": list,
    "revised_at": "time or null",
    "revising_in": TEXT_OR_NULL,
    "revision_of": TEXT_OR_NULL,
}
NEWER_THAN_ANY_DESCRIPTION = {
    "curation_score",
    "data_sharing_statement",
    "sequencing_platform",
}


def check(record: Json, *shapes: dict[str, Any]) -> None:
    """Fail unless a record has exactly the fields of these shapes, and values of their kind."""
    shape = {name: kind for part in shapes for name, kind in part.items()}
    assert record.keys() - NEWER_THAN_ANY_DESCRIPTION == shape.keys()
    for name, kind in shape.items():
        check_value(name, record[name], kind)


def check_value(name: str, value: Any, kind: Any) -> None:
    if kind == "time or null" and value is None:
        return
    if kind == TERMS:
        assert value, name
        for term in value:
            wanted = {"label", "ontology_term_id"} | ({"tissue_type"} & {f"{name}_type"})
            assert term.keys() == wanted
            assert all(isinstance(part, str) and part for part in term.values())
    elif kind == TEXTS:
        assert all(isinstance(part, str) for part in value), name
    elif kind == "uuid":
        assert str(UUID(value)) == value
    elif kind == "url":
        assert value.startswith("http://127.0.0.1:"), name
    elif kind in ("time", "time or null"):
        assert datetime.fromisoformat(value).utcoffset() is not None
    else:
        assert isinstance(value, kind), name


@pytest.fixture
def get(hub: DemoHub) -> Get:
    base = hub.services["cellxgene"]["url"]

    def fetch(path: str, **query: str) -> requests.Response:
        return requests.get(f"{base}/v1/{path}", params=query, timeout=60)

    return fetch


def test_collections_have_previews_of_their_datasets(get: Get) -> None:
    answer = get("collections")
    assert answer.headers["Content-Type"] == "application/json"
    collections = answer.json()
    assert len(collections) >= 6
    for collection in collections:
        check(collection, COLLECTION, OF_COLLECTION)
        assert collection["visibility"] == "PUBLIC"
        for preview in collection["datasets"]:
            check(preview, PREVIEW)


def test_a_collection_has_its_datasets_in_full(get: Get) -> None:
    for listed in get("collections").json():
        collection = get(f"collections/{listed['collection_id']}").json()
        check(collection, COLLECTION, OF_COLLECTION)
        ids = [dataset["dataset_id"] for dataset in collection["datasets"]]
        assert ids == sorted(ids, reverse=True)
        assert ids == [dataset["dataset_id"] for dataset in listed["datasets"]]
        for dataset in collection["datasets"]:
            check(dataset, DATASET, OF_DATASET)
            path = f"collections/{listed['collection_id']}/datasets/{dataset['dataset_id']}"
            assert get(path).json() == dataset


def test_the_index_has_every_dataset_newest_publication_first(get: Get) -> None:
    index = get("datasets").json()
    assert len(index) >= 30
    for dataset in index:
        check(dataset, DATASET, OF_INDEX)
    order = [(dataset["published_at"], dataset["dataset_id"]) for dataset in index]
    assert order == sorted(order, reverse=True)
    assert {d["dataset_id"] for d in index} == {
        dataset["dataset_id"]
        for collection in get("collections").json()
        for dataset in collection["datasets"]
    }


def test_the_index_can_be_asked_for_a_schema_version(get: Get) -> None:
    everything = len(get("datasets").json())
    for wanted in ("7", "7.1", "7.1.0"):
        assert len(get("datasets", schema_version=wanted).json()) == everything
    assert get("datasets", schema_version="3").json() == []
    for nonsense in ("x", "7.1.0.0", "7.", "7.x"):
        assert get("datasets", schema_version=nonsense).status_code == 400


def test_the_history_of_a_dataset_is_newest_first(get: Get) -> None:
    index = {dataset["title"]: dataset for dataset in get("datasets").json()}
    listed = index["PBMC 68k, reduced"]
    history = get(f"datasets/{listed['dataset_id']}/versions").json()
    assert [version["schema_version"] for version in history] == ["7.1.0", "6.0.0", "5.2.0"]
    assert [version["cell_count"] for version in history] == [700, 560, 350]
    assert history[0]["dataset_version_id"] == listed["dataset_version_id"]
    assert history[-1]["published_at"] == listed["published_at"]
    assert history[0]["published_at"] == listed["revised_at"]
    for version in history:
        check(version, DATASET, OF_VERSION)
        assert get(f"dataset_versions/{version['dataset_version_id']}").json() == version
        assert requests.head(version["assets"][0]["url"], timeout=60).ok


def test_the_history_of_a_collection_tells_what_was_in_it(get: Get) -> None:
    for listed in get("collections").json():
        history = get(f"collections/{listed['collection_id']}/versions").json()
        assert history[0]["collection_version_id"] == listed["collection_version_id"]
        dates = [version["published_at"] for version in history]
        assert dates == sorted(dates, reverse=True)
        assert dates[-1] == listed["published_at"]
        for version in history:
            check(version, COLLECTION, {"dataset_versions": list})
            assert all(
                v["published_at"] <= version["published_at"] for v in version["dataset_versions"]
            )
            path = f"collection_versions/{version['collection_version_id']}"
            assert get(path).json() == version


def test_a_dataset_version_names_the_collection_version_it_came_with(get: Get) -> None:
    listed = next(d for d in get("datasets").json() if d["revised_at"])
    for version in get(f"datasets/{listed['dataset_id']}/versions").json():
        came_with = get(f"collection_versions/{version['collection_version_id']}").json()
        assert came_with["published_at"] == version["published_at"]
        assert version in came_with["dataset_versions"]


def test_the_manifest_has_the_submitted_files(get: Get) -> None:
    found = {}
    for dataset in get("datasets").json():
        path = f"collections/{dataset['collection_id']}/datasets/{dataset['dataset_id']}/manifest"
        found[dataset["title"]] = get(path).json()
        assert found[dataset["title"]]["anndata"] == dataset["assets"][0]["url"]
    with_chromatin = [manifest for manifest in found.values() if len(manifest) > 1]
    assert [sorted(manifest) for manifest in with_chromatin] == [["anndata", "atac_fragment"]]
    assert requests.get(with_chromatin[0]["atac_fragment"], timeout=60).ok


def test_every_asset_downloads_at_its_size(get: Get) -> None:
    types, unknown_sizes = set(), 0
    for dataset in get("datasets").json():
        for asset in dataset["assets"]:
            assert asset.keys() == {"filesize", "filetype", "url"}
            types.add(asset["filetype"])
            body = requests.get(asset["url"], timeout=60).content
            unknown_sizes += asset["filesize"] == -1
            assert asset["filesize"] in (-1, len(body))
            assert asset["url"].rsplit("/", 1)[1].startswith(dataset["dataset_version_id"])
    assert types == {"H5AD", "RDS", "OBS_CSV"}
    assert unknown_sizes == 1


def test_facets_have_something_to_choose_from(get: Get) -> None:
    index = get("datasets").json()
    labels = {
        facet: {term["label"] for dataset in index for term in dataset[facet]}
        for facet in ("organism", "tissue", "disease", "assay", "sex", "cell_type")
    }
    assert labels["organism"] == {"Homo sapiens", "Mus musculus", "Macaca mulatta"}
    assert {"blood", "lung", "kidney"} < labels["tissue"]
    assert {"normal", "COVID-19", "Alzheimer disease"} < labels["disease"]
    assert {"10x 3' v3", "Smart-seq2"} < labels["assay"]
    assert {"male", "female", "unknown"} == labels["sex"]
    assert len(labels["cell_type"]) == 10
    assert len({dataset["published_at"][:4] for dataset in index}) >= 5
    assert any(set('"/<α') <= set(dataset["title"]) for dataset in index)


def test_some_records_have_fields_nobody_knows(get: Get) -> None:
    odd = [dataset for dataset in get("datasets").json() if "curation_score" in dataset]
    assert len(odd) == 1
    collection = get(f"collections/{odd[0]['collection_id']}").json()
    assert "data_sharing_statement" in collection


@pytest.mark.parametrize(
    "path",
    [
        "collections/{}",
        "collections/{}/versions",
        "collections/{}/datasets/{}",
        "collections/{}/datasets/{}/manifest",
        "collection_versions/{}",
        "datasets/{}/versions",
        "dataset_versions/{}",
    ],
)
def test_ids_that_are_none_and_ids_of_nothing(get: Get, path: str) -> None:
    problem(get(path.replace("{}", "not-a-uuid")), 403, "Forbidden")
    problem(get(path.replace("{}", str(uuid4()))), 404, "Not Found")


def problem(answer: requests.Response, status: int, title: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body.keys() == {"detail", "status", "title", "type"}
    assert (body["status"], body["title"], body["type"]) == (status, title, "about:blank")


def test_ids_of_versions_are_refused_where_ids_of_things_are_wanted(get: Get) -> None:
    dataset = get("datasets").json()[0]
    collection, version = dataset["collection_id"], dataset["collection_version_id"]
    problem(get(f"collections/{version}"), 403, "Forbidden")
    problem(
        get(f"collections/{collection}/datasets/{dataset['dataset_version_id']}"), 403, "Forbidden"
    )
    problem(get(f"datasets/{dataset['dataset_version_id']}/versions"), 404, "Not Found")
    problem(get(f"dataset_versions/{dataset['dataset_id']}"), 404, "Not Found")


def test_what_was_withdrawn_is_gone(get: Get, hub: DemoHub) -> None:
    collection = next(c for c in hub.catalog.collections if c.withdrawn)
    problem(get(f"collections/{collection.id}"), 410, "Gone")
    problem(get(f"collections/{collection.id}/versions"), 410, "Gone")
    problem(get(f"collection_versions/{collection.version_id(collection.dates[0])}"), 410, "Gone")
    spec = hub.catalog.spec("heart/withdrawn")
    version_id = spec.version_id(spec.newest)
    heart = next(c for c in hub.catalog.collections if spec in c.datasets)
    problem(get(f"collections/{heart.id}/datasets/{spec.id}"), 410, "Gone")
    problem(get(f"datasets/{spec.id}/versions"), 410, "Gone")
    problem(get(f"dataset_versions/{version_id}"), 410, "Gone")
    assert spec.id not in {
        d["dataset_id"] for d in get(f"collections/{heart.id}").json()["datasets"]
    }
    assert requests.get(f"{hub.assets.url}/{version_id}.h5ad", timeout=60).status_code == 404


def test_a_dataset_can_be_withdrawn_while_it_is_looked_at(get: Get, hub: DemoHub) -> None:
    spec = hub.catalog.spec("lung/all")
    before = len(get("datasets").json())
    control = f"{hub.api.url}/_catalog"
    answer = requests.post(control, json={"withdrawn": [spec.id]}, timeout=60)
    assert spec.id in answer.json()["withdrawn"]
    problem(get(f"datasets/{spec.id}/versions"), 410, "Gone")
    assert len(get("datasets").json()) == before - 1


def test_the_catalog_can_be_seen_as_it_was(get: Get, hub: DemoHub) -> None:
    everything = len(get("datasets").json())
    spec = hub.catalog.spec("pbmc68k/all")
    newest = spec.version_id(spec.newest)
    hub.catalog.as_of = "2024-01-01"
    then = get("datasets").json()
    assert len(then) < everything
    assert all(dataset["published_at"] < "2024" for dataset in then)
    problem(get(f"dataset_versions/{newest}"), 404, "Not Found")
    assert len(get(f"datasets/{spec.id}/versions").json()) == 2
    later = {"as_of": "2026-12-31"}
    assert requests.post(f"{hub.api.url}/_catalog", json=later, timeout=60).ok
    assert len(get("datasets").json()) == everything
    assert get(f"dataset_versions/{newest}").ok


@pytest.mark.parametrize("body", [b"", b"[]", b'{"as_of": 5}', b'{"withdrawn": "all"}'])
def test_a_wrong_switch_changes_nothing(hub: DemoHub, body: bytes) -> None:
    before = requests.get(f"{hub.api.url}/_catalog", timeout=60).json()
    assert requests.post(f"{hub.api.url}/_catalog", data=body, timeout=60).status_code == 400
    assert requests.get(f"{hub.api.url}/_catalog", timeout=60).json() == before


def test_what_is_private_is_not_for_everyone(get: Get) -> None:
    public = get("collections").json()
    assert get("collections", visibility="PUBLIC").json() == public
    problem(get("collections", visibility="PRIVATE"), 403, "Forbidden")
    problem(get("collections", curator="John Smith"), 403, "Forbidden")
    problem(get("collections", visibility="SECRET"), 400, "Bad Request")
    problem(get("datasets", visibility="PRIVATE"), 403, "Forbidden")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "collection",
        "datasets/7d0d1f6c-5c5a-4c5b-9d8b-0f6f3a1b2c3d",
        "collections/",
        "datasets/a/b/c",
    ],
)
def test_what_the_api_does_not_have(get: Get, path: str) -> None:
    problem(get(path), 404, "Not Found")


def test_records_link_to_pages_that_exist(get: Get) -> None:
    for dataset in get("datasets").json():
        page = requests.get(dataset["explorer_url"], timeout=60)
        assert page.ok
        assert page.headers["Content-Type"].startswith("text/html")
        assert "<input>" not in page.text
    for collection in get("collections").json():
        assert collection["name"] in requests.get(collection["collection_url"], timeout=60).text


def test_pages_of_nothing_do_not_exist(hub: DemoHub) -> None:
    assert isinstance(hub.api, CellxgeneApi)
    for path in ("/", f"/collections/{uuid4()}", "/e/"):
        assert requests.get(f"{hub.api.url}{path}", timeout=60).status_code == 404


def test_ids_are_the_same_on_every_machine(get: Get) -> None:
    titles = {dataset["dataset_version_id"]: dataset["title"] for dataset in get("datasets").json()}
    assert titles["f443c8be-049f-594c-ad8a-78eeec1d336f"] == "PBMC 68k, reduced"
