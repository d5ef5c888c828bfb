"""peregrine: what GraphQL answers is what the tables say."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.demo.gen3.client import Client

GRAPHQL = "/api/v0/submission/graphql"


def ask(client: Client, query: str, **variables: Any) -> Any:
    return client.post(GRAPHQL, {"query": query, "variables": variables})["data"]


def nodes(client: Client, label: str) -> list[Any]:
    """Return all nodes of a type as they are exported."""
    path = f"/api/v0/submission/DEV/test/export/?node_label={label}&format=json"
    return list(json.loads(client.ask("GET", path).text)["data"])


def test_counts_and_pages(alice: Client) -> None:
    cases = nodes(alice, "case")
    assert ask(alice, "{_case_count _slide_count}") == {
        "_case_count": len(cases),
        "_slide_count": 0,
    }
    assert len(ask(alice, "{case{id}}")["case"]) == 10
    assert len(ask(alice, "{case(first: 0){id}}")["case"]) == len(cases)
    query = 'query($at: Int) {case(first: 7, offset: $at, order_by_asc: "submitter_id") {id}}'
    pages = [ask(alice, query, at=at)["case"] for at in range(0, len(cases), 7)]
    found = [case["id"] for page in pages for case in page]
    assert found == [case["id"] for case in sorted(cases, key=lambda one: one["submitter_id"])]


@pytest.mark.parametrize(
    ("argument", "name", "values"),
    [
        ('sex: "Female"', "sex", {"Female"}),
        ('sex: ["Female", "Male"]', "sex", {"Female", "Male"}),
        ("age_at_enrollment: 56", "age_at_enrollment", {56}),
        ('project_id: "DEV-secret"', "project_id", {"DEV-secret"}),
        ('submitter_id: "DEV-test-case-003"', "submitter_id", {"DEV-test-case-003"}),
    ],
)
def test_filters_choose_what_a_loop_would(
    alice: Client, argument: str, name: str, values: set[Any]
) -> None:
    wanted = {case["id"] for case in nodes(alice, "case") if case[name] in values}
    answer = ask(alice, f"{{case({argument}, first: 0) {{id}} _case_count({argument})}}")

    assert {case["id"] for case in answer["case"]} == wanted
    assert answer["_case_count"] == len(wanted)


def test_links_go_both_ways(alice: Client) -> None:
    query = (
        '{case(first: 1, order_by_asc: "submitter_id") {id submitter_id _samples_count'
        " experiments {title projects {code programs {name}}} samples {id cases {id}}}}"
    )
    case = ask(alice, query)["case"][0]

    assert case["_samples_count"] == len(case["samples"]) == 2
    assert all(sample["cases"] == [{"id": case["id"]}] for sample in case["samples"])
    assert case["experiments"][0]["projects"] == [{"code": "test", "programs": [{"name": "DEV"}]}]


def test_files_of_all_types(alice: Client) -> None:
    labels = ("expression_matrix", "counts_table", "well_reading", "reference_file")
    exported = {node["id"]: node for label in labels for node in nodes(alice, label)}
    query = (
        "{datanode(first: 0) {id type file_name file_size md5sum object_id project_id}"
        " _datanode_count}"
    )
    answer = ask(alice, query)
    found = answer["datanode"]

    assert {node["id"] for node in found} == exported.keys()
    assert answer["_datanode_count"] == len(exported)
    for node in found:
        assert isinstance(node["file_size"], float)
        assert node["file_size"] == exported[node["id"]]["file_size"]
        assert "/" not in node["object_id"]
    of_type = Counter(node["type"] for node in found)
    for label in labels:
        count = ask(alice, f'{{_datanode_count(of_type: "{label}")}}')["_datanode_count"]
        assert count == of_type[label]
    named = ask(alice, '{datanode(file_name: "counts.csv", first: 0) {... on counts_table {id}}}')
    assert len(named["datanode"]) == of_type["counts_table"]
    some = ask(alice, '{datanode(quick_search: "umlaut") {file_name}}')
    assert some == {"datanode": [{"file_name": "Größe in µm.txt"}]}


def test_any_node_and_what_types_there_are(alice: Client) -> None:
    answer = ask(alice, '{_node_count node(of_type: "sample", first: 2) {type submitter_id}}')
    types = ask(alice, "{_node_type(first: 0) {id title category}}")["_node_type"]

    assert [node["type"] for node in answer["node"]] == ["sample", "sample"]
    counts = (ask(alice, f"{{_{one['id']}_count}}")[f"_{one['id']}_count"] for one in types)
    assert answer["_node_count"] == sum(counts)
    assert {"id": "case", "title": "Case", "category": "administrative"} in types


def test_projects_that_may_not_be_read_are_not_there(alice: Client, bob: Client) -> None:
    query = "{project(first: 0) {code project_id _experiments_count} _case_count _program_count}"

    assert ask(alice, query) == {
        "project": [{"code": "test", "project_id": "DEV-test", "_experiments_count": 3}],
        "_case_count": 24,
        "_program_count": 1,
    }
    assert ask(bob, query) == {"project": [], "_case_count": 0, "_program_count": 0}


def test_errors_are_texts(alice: Client) -> None:
    answer = alice.post(GRAPHQL, {"query": "{nosuch}"}, 400)
    wrong = alice.post(GRAPHQL, {"query": "{case(", "variables": None}, 400)

    assert answer == {"data": None, "errors": ['Cannot query field "nosuch" on type "Root".']}
    assert all(isinstance(error, str) for error in wrong["errors"])
    assert alice.post(GRAPHQL, {}, 400)["errors"] == ["Must provide query string."]


def test_nobody_in_particular_asks_nothing(nobody: Client) -> None:
    assert nobody.post(GRAPHQL, {"query": "{_case_count}"}, 401) == {
        "message": "Authentication Error: Didn't receive JWT correctly"
    }


def test_introspection(alice: Client, nobody: Client) -> None:
    query = '{__schema {queryType {name}} __type(name: "case") {fields {name description}}}'
    answer = ask(alice, query)
    fields = {field["name"]: field["description"] for field in answer["__type"]["fields"]}
    whole = nobody.get("/api/v0/submission/getschema")["data"]["__schema"]

    assert answer["__schema"]["queryType"]["name"] == "Root"
    assert fields["sex"] == "Biological sex."
    assert fields.keys() >= {"samples", "_samples_count", "experiments", "project_id"}
    assert {"case", "counts_table", "DataNode"} <= {one["name"] for one in whole["types"]}


def test_variables_may_be_text(alice: Client) -> None:
    query = "query($sex: [String]) {_case_count(sex: $sex)}"
    counts = [
        alice.post(GRAPHQL, {"query": query, "variables": variables})["data"]["_case_count"]
        for variables in ({"sex": ["Male"]}, '{"sex": "Male"}')
    ]

    assert counts[0] == counts[1] > 0


def test_counts_by_project(alice: Client) -> None:
    assert alice.get("/api/v0/datasets", nodes="case,sample") == {
        "DEV-test": {"case": 24, "sample": 48}
    }
    (project,) = alice.get("/api/v0/datasets/projects")["projects"]
    assert "stand-in" in project["name"]
