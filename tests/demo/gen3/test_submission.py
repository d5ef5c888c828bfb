"""sheepdog: links, the dictionary, nodes as tables and as JSON, and writing them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.demo_commons import DemoCommons
    from tests.demo.gen3.client import Client

BASE = "/api/v0/submission"
TEST = f"{BASE}/DEV/test"


def export(client: Client, label: str, form: str) -> str:
    answer = client.ask("GET", f"{TEST}/export/?node_label={label}&format={form}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={label}.{form}"
    return answer.text


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def test_links_show_all_projects_and_not_what_may_be_read(alice: Client, bob: Client) -> None:
    for client in (alice, bob):
        assert client.get(f"{BASE}/") == {"links": ["/v0/submission/DEV"]}
        assert client.get(f"{BASE}/DEV") == {
            "links": ["/v0/submission/DEV/test", "/v0/submission/DEV/secret"]
        }
    assert alice.get(f"{BASE}/NOPE", 404) == {"message": "program NOPE not found"}


def test_the_dictionary_needs_no_account(nobody: Client) -> None:
    links = nobody.get(f"{BASE}/_dictionary")["links"]
    everything = nobody.get(f"{BASE}/_dictionary/_all")
    case = nobody.get(f"{BASE}/_dictionary/case")

    assert f"/v0/submission/_dictionary/{case['id']}" in links
    assert everything["case"] == case
    assert everything.keys() >= {"_definitions", "_settings", "_terms", "metaschema", "sample"}
    assert case["category"] == "administrative"
    assert case["description"]
    assert [link["target_type"] for link in case["links"]] == ["experiment"]
    assert {"Female", "Male"} <= set(case["properties"]["sex"]["enum"])
    assert nobody.get(f"{BASE}/_dictionary/nosuch", 404) == {
        "message": "Entry nosuch not in dictionary"
    }


def test_the_links_of_the_dictionary_lead_to_its_nodes(nobody: Client) -> None:
    everything = nobody.get(f"{BASE}/_dictionary/_all")
    targets = {
        link["target_type"] for node in everything.values() for link in node.get("links", ())
    }

    assert targets <= everything.keys()
    assert {node["category"] for name, node in everything.items() if "links" in node} == {
        "administrative",
        "biospecimen",
        "data_file",
    }


def test_nodes_as_a_table_and_as_json_say_the_same(alice: Client) -> None:
    rows = table(export(alice, "case", "tsv"))
    nodes = json.loads(export(alice, "case", "json"))["data"]

    assert len(rows) == len(nodes) == 24
    assert list(rows[0])[:4] == ["type", "id", "project_id", "submitter_id"]
    assert list(rows[0])[-2:] == ["experiments.id", "experiments.submitter_id"]
    for row, node in zip(rows, nodes, strict=True):
        assert row["id"] == node["id"]
        assert row["sex"] == node["sex"]
        assert row["experiments.id"] == node["experiments"][0]["node_id"]
        assert row["experiments.submitter_id"] == node["experiments"][0]["submitter_id"]


def test_a_type_without_nodes_is_a_line_of_names(alice: Client) -> None:
    lines = export(alice, "slide", "tsv").splitlines()

    assert len(lines) == 1
    assert lines[0].split("\t")[-1] == "samples.submitter_id"
    assert json.loads(export(alice, "slide", "json")) == {"data": []}


def test_names_survive_a_table(alice: Client) -> None:
    names = {row["file_name"] for row in table(export(alice, "reference_file", "tsv"))}

    assert names >= {"../../outside.txt", "细胞.csv", " two  spaces .txt", ""}


@pytest.mark.parametrize(
    ("user", "path", "status", "message"),
    [
        (
            "alice",
            "DEV/test/export/?node_label=nosuch",
            400,
            "dictionary does not have node with type nosuch",
        ),
        (
            "bob",
            "DEV/test/export/?node_label=case",
            403,
            "You don't have access to this resource: user is unauthorized",
        ),
        (
            "alice",
            "DEV/secret/export/?node_label=case",
            403,
            "You don't have access to this resource: user is unauthorized",
        ),
        ("alice", "NOPE/test/export/?node_label=case", 404, "program NOPE not found"),
        (
            "nobody",
            "DEV/test/export/?node_label=case",
            401,
            "Authentication Error: Didn't receive JWT correctly",
        ),
    ],
)
def test_what_cannot_be_exported(
    request: pytest.FixtureRequest, user: str, path: str, status: int, message: str
) -> None:
    client: Client = request.getfixturevalue(user)

    assert client.get(f"{BASE}/{path}", status) == {"message": message}


def test_an_expired_token(alice: Client, commons: DemoCommons) -> None:
    commons.commons.clock.ahead = 4000

    assert alice.get(f"{BASE}/", 401) == {"message": "Authentication Error: Signature has expired"}


def test_a_manifest_of_nodes(alice: Client) -> None:
    node = json.loads(export(alice, "expression_matrix", "json"))["data"][0]
    answer = alice.get(f"{TEST}/manifest", ids=node["id"])

    assert answer == [
        {name: node[name] for name in ("file_name", "file_size", "md5sum", "object_id")}
    ]
    assert alice.get(f"/index/index/{node['object_id']}")["size"] == node["file_size"]


def reference(submitter_id: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "reference_file",
        "submitter_id": submitter_id,
        "data_category": "Reference",
        "data_type": "Notes",
        "data_format": "TXT",
        "file_name": "notes.txt",
        "file_size": 5,
        "experiments": {"submitter_id": "DEV-test-experiment-1"},
        **more,
    }


def put(client: Client, document: object, path: str = TEST) -> Any:
    return client.ask("PUT", path, json=document)


def test_writing_makes_a_node_and_writing_again_changes_it(alice: Client) -> None:
    made = put(alice, reference("mine")).json()
    changed = put(alice, [reference("mine", file_size=6)]).json()
    nodes = json.loads(export(alice, "reference_file", "json"))["data"]
    mine = [node for node in nodes if node["submitter_id"] == "mine"]

    assert made["success"]
    assert made["created_entity_count"] == 1
    assert made["entities"][0]["action"] == "create"
    assert changed["updated_entity_count"] == 1
    assert changed["entities"][0]["id"] == made["entities"][0]["id"]
    assert [node["file_size"] for node in mine] == [6]


def test_a_submission_is_whole_or_nothing(alice: Client) -> None:
    wrong = reference("bad", data_format="EXE", file_size="5", color="red")
    del wrong["data_type"]
    wrong["experiments"] = {"submitter_id": "nosuch"}
    answer = put(alice, [reference("good"), wrong])
    document = answer.json()

    assert answer.status_code == 400
    assert not document["success"]
    assert [entity["valid"] for entity in document["entities"]] == [True, False]
    keys = {error["keys"][0] for error in document["entities"][1]["errors"]}
    assert keys == {"data_format", "file_size", "color", "data_type", "experiments"}
    names = {row["submitter_id"] for row in table(export(alice, "reference_file", "tsv"))}
    assert not names & {"good", "bad"}


def test_a_dry_run_writes_nothing(alice: Client) -> None:
    assert put(alice, reference("dry"), f"{TEST}/_dry_run").json()["success"]
    assert "dry" not in export(alice, "reference_file", "tsv").split("\t")


def test_only_some_may_write(bob: Client) -> None:
    answer = put(bob, reference("his"))

    assert answer.status_code == 403
    assert "unauthorized" in answer.json()["message"]
