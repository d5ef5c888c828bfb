"""How Azul says no, and what goes wrong on the way to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.cellxgene.catalog import PBMC
from tests.demo.hca.client import query_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hca.atlas import HumanCellAtlas
    from tests.demo.hca.client import Client

WRONG: list[tuple[Any, str]] = [
    ("{", "The 'filters' parameter is not valid JSON"),
    ("", "The 'filters' parameter is not valid JSON"),
    ('""', "The `filters` parameter must be a dictionary"),
    ({"bad-field": {"is": ["x"]}}, "Unknown field `bad-field`"),
    ({"organ": ["eye"]}, "must be a single-item dictionary"),
    ({"organ": {"is": ["eye"], "within": []}}, "must be a single-item dictionary"),
    ({"organ": {"was": ["eye"]}}, "must be one of ('is', 'contains', 'within', 'intersects')"),
    ({"organ": {"is": "eye"}}, "is not a list"),
    ({"organ": {"is": [{"a": "b"}]}}, "is invalid"),
    ({"cellCount": {"within": [5]}}, "is invalid"),
    ({"accessible": {"is": [None]}}, "The `accessible` field does not support null values"),
    ({"sourceId": {"within": [["a", "b"]]}}, "must be one of ('is',)"),
    ({"accessions": {"is": ["GSE1"]}}, "must contain a dictionary"),
    ({"accessions": {"is": [{}, {}]}}, "is not a single-item list"),
    ({"accessions": {"is": [{"foo": "x"}]}}, "has invalid properties `{'foo'}`"),
    ({"accessions": {"within": [["a", "b"]]}}, "can only be filtered by the `is` relation"),
    ({"organismAge": {"is": ["38"]}}, "A dictionary with entries for `value` and `unit`"),
    ({"organismAge": {"is": [{"value": 38, "unit": None}]}}, "must be a string"),
]


@pytest.mark.parametrize(("filters", "words"), WRONG)
@pytest.mark.parametrize("path", ["/index/projects", "/index/summary"])
def test_wrong_filters_are_explained(lasting: Client, path: str, filters: Any, words: str) -> None:
    answer = lasting.get(path, filters=filters, status=400)
    assert answer["Code"] == "BadRequestError"
    assert words in answer["Message"]


def test_filters_may_be_empty(lasting: Client) -> None:
    for filters in ("{}", '{"organ":{"is":[null]}}', '{"organismAge":{"is":[null]}}'):
        assert lasting.get("/index/projects", filters=filters)["hits"]
    assert lasting.get("/index/projects", filters='{"organ":{"is":[]}}')["hits"] == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"size": "foo"}, "Invalid value for parameter `size`"),
        ({"size": "0"}, "must be greater than 0"),
        ({"size": "101"}, "must not be greater than 100"),
        ({"order": "up"}, "Unknown order `up`"),
        ({"sort": "foo"}, "Unknown field `foo`"),
        ({"some": "1", "other": "2"}, "Unknown query parameters `other`, `some`"),
        ({"search_after": "x"}, "The 'search_after' parameter is not valid JSON"),
        ({"search_after": "[1]"}, "Invalid value for `search_after`"),
        ({"search_after": '["a","b"]', "search_before": '["a","b"]'}, "Only one of search_after"),
    ],
)
def test_wrong_parameters_are_explained(
    lasting: Client, params: dict[str, str], words: str
) -> None:
    assert words in lasting.get("/index/projects", status=400, **params)["Message"]


def test_there_are_four_kinds_of_entities(lasting: Client) -> None:
    for path in ("/index/donors", "/index/cell_suspensions"):
        assert "is invalid for catalog 'dcp60'" in lasting.get(path, status=400)["Message"]


def test_bodies_are_checked(lasting: Client) -> None:
    for body, words in (
        ("{", "Error Parsing JSON"),
        ("[]", "Request body is not a JSON object"),
        ('{"size": 3}', "Conflicting keys between body and query parameters"),
    ):
        response = lasting.ask("POST", "/index/projects", params={"size": 2}, data=body)
        assert response.status_code == 400
        assert response.json()["Message"] == words


def test_catalogs_are_listed_and_others_do_not_exist(azul: Client) -> None:
    listed = azul.get("/index/catalogs")
    public = {name for name, c in listed["catalogs"].items() if not c["internal"]}
    assert public == {"dcp60", "lm10"}
    assert listed["catalogs"].keys() - public == {"dcp60-it", "lm10-it"}
    assert listed["catalogs"]["lm10"]["atlas"] == "lungmap"
    indices = listed["catalogs"]["dcp60"]["plugins"]["metadata"]["indices"]
    assert indices["projects"] == {"default_sort": "projectTitle", "default_order": "asc"}
    assert azul.get("/index/projects") == azul.get("/index/projects", catalog="dcp60")
    assert azul.get("/index/projects", catalog="lm10")["pagination"]["total"] < 10
    answer = azul.get("/index/projects", catalog="foo", status=404)
    assert answer["Code"] == "NotFoundError"
    assert answer["Message"].startswith("Catalog name 'foo' does not exist. Must be one of {")


def test_a_catalog_may_be_replaced_between_two_pages(azul: Client, atlas: HumanCellAtlas) -> None:
    page = azul.get("/index/projects")
    atlas.catalogs.release()
    answer = azul.get(page["pagination"]["next"], status=404)
    assert answer["Message"].startswith("Catalog name 'dcp60' does not exist.")
    assert "duosId" not in page["termFacets"]
    now = azul.get("/index/catalogs")
    assert now["default_catalog"] == "dcp61"
    assert azul.get("/index/projects")["pagination"]["total"] == 31
    project = atlas.project("pbmc68k")
    id_ = project.file_id(project.files[0])
    [file] = azul.get(f"/index/files/{id_}")["files"]
    assert file["version"] > project.files[0].version


def test_the_next_release_has_a_facet_that_nobody_knew(azul: Client, atlas: HumanCellAtlas) -> None:
    filters = {"duosId": {"is": ["DUOS-000001"]}}
    before = azul.get("/index/projects", filters=filters, status=400)
    assert before["Message"] == "Unknown field `duosId`"
    atlas.catalogs.release()
    page = azul.get("/index/projects", filters=filters)
    [hit] = page["hits"]
    assert hit["projects"][0]["duosId"] == "DUOS-000001"
    terms = {t["term"]: t["count"] for t in page["termFacets"]["duosId"]["terms"]}
    assert terms == {None: 30, "DUOS-000001": 1}


def test_long_addresses_are_for_bodies(azul: Client) -> None:
    names = [f"organ {number}" for number in range(500)]
    filters = json.dumps({"specimenOrgan": {"is": [*names, "brain", "eye"]}})
    answer = azul.ask("GET", "/index/projects", params={"filters": filters})
    assert answer.status_code == 413
    body = {"filters": filters, "size": 2}
    page = azul.ask("POST", "/index/projects", json=body).json()
    # The address of the next page has all of the filters in it: it is too long as well.
    following = page["pagination"]["next"]
    assert azul.ask("GET", following).status_code == 413
    rest = azul.ask("POST", "/index/projects", json=query_of(following)).json()
    assert rest["pagination"]["total"] == page["pagination"]["total"] == 4
    ids = [hit["entryId"] for hit in page["hits"] + rest["hits"]]
    assert len(set(ids)) == 4


def test_there_are_only_so_many_requests(azul: Client, atlas: HumanCellAtlas) -> None:
    assert (atlas.api.rate.limit, atlas.api.rate.period) == (1_000, 300)
    atlas.api.rate.limit = 5
    answers = [azul.ask("GET", "/index/catalogs") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "30"
    atlas.api.rate.period = 0
    assert azul.ask("GET", "/index/catalogs").status_code == 200


def test_faults_speak_as_the_service_does(azul: Client, atlas: HumanCellAtlas) -> None:
    faults = atlas.api.faults
    faults.add("status", host="hca", status=503, retry_after="7")
    answer = azul.ask("GET", "/index/summary")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.json()["Code"] == "ServiceUnavailableError"
    faults.add("html", host="hca", status=504)
    assert azul.ask("GET", "/index/summary").headers["Content-Type"] == "text/html"
    [file] = azul.hits("files", filters={"fileName": {"is": ["pbmc68k_R1.fastq.gz"]}})
    location = azul.ask("GET", file["files"][0]["azul_url"]).headers["Location"]
    faults.add("status", host="hca-storage", path="*.fastq.gz", status=503)
    assert "<Code>SlowDown</Code>" in azul.ask("GET", location).text
    faults.add("expired", host="hca-storage")
    assert azul.ask("GET", location).status_code == 403
    assert azul.ask("GET", location).status_code == 200


def test_what_there_is_not_is_the_gateways_matter(azul: Client) -> None:
    for method, path in (
        ("GET", "/nothing"),
        ("GET", "/manifest/files"),
        ("POST", "/index/summary/x"),
        ("PUT", "/index/projects"),
        ("GET", "/fetch/index/projects"),
        ("GET", "/version/1"),
    ):
        response = azul.ask(method, path)
        assert response.status_code == 403, path
        assert response.json() == {"message": "Missing Authentication Token"}


def test_the_service_speaks_of_itself(azul: Client) -> None:
    assert azul.get("/health/progress")["progress"]["unindexed_documents"] == 0
    for path in ("/health", "/health/basic", "/health/fast", "/health/cached"):
        assert azul.get(path)["up"] is True
    assert azul.get("/health/foo", status=400) == {"Message": "Invalid health keys"}
    assert azul.get("/version")["git"]["dirty"] is False
    document = azul.get("/openapi")
    assert document["info"]["version"] == "9.2"
    assert "/index/{entity_type}" in document["paths"]


def test_the_portal_has_pages_and_a_list_of_pairs(azul: Client, atlas: HumanCellAtlas) -> None:
    services = atlas.services
    page = azul.session.get(f"{services['explorer']}/projects/{atlas.project('pancreas').id}")
    assert "made of blood cells" in page.text
    assert azul.session.get(f"{services['explorer']}/projects/x").status_code == 404
    pairs = azul.session.get(services["pairs"]).json()
    assert {"cellxgeneId": PBMC.id, "hcaProjectId": atlas.project("pbmc68k").id} in pairs


def test_switches_can_be_thrown_from_a_browser(azul: Client, atlas: HumanCellAtlas) -> None:
    def throw(**switches: Any) -> Any:
        return azul.session.post(f"{azul.url}/_hca", json=switches, timeout=60)

    state = throw(file_rounds=2, manifest_rounds=4, limit=50, url_name="both", release=True).json()
    assert state["file_rounds"] == atlas.api.repository.rounds == 2
    assert state["manifest_rounds"] == atlas.api.jobs.rounds == 4
    assert state["limit"] == atlas.api.rate.limit == 50
    assert state["catalog"] == "dcp61"
    assert throw(url_name="something").status_code == 400
    assert azul.session.get(f"{azul.url}/_hca", timeout=60).json()["url_name"] == "both"
