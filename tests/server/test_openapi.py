"""The document says what the server does, whatever it is asked."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jupyterlab_datahub import model
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.server.openapi import document
from jupyterlab_datahub.server.routes import ROUTES
from tests.server.live import SECONDS, Live, live_server

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "openapi.json"
VERBS = {"get", "head", "post", "put", "patch", "delete"}
REQUEST_MODELS = {
    "CellRequest",
    "ConnectionRequest",
    "GraphQuestion",
    "NotebookRequest",
    "ProvenanceRequest",
    "Range",
    "SaveRequest",
    "SearchQuery",
    "Selection",
    "TransferAction",
    "TransferRequest",
}

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

api = schemathesis.openapi.from_dict(document())


def test_the_document_is_the_one_of_the_routes() -> None:
    assert json.loads(DOCUMENT.read_text("utf-8")) == document(), "python -m scripts.openapi"


def test_every_verb_of_a_handler_is_described() -> None:
    for route in ROUTES:
        described = {operation.method.lower() for operation in route.operations}
        assert described == VERBS & set(vars(route.handler)), route.path


def test_every_model_that_travels_is_described() -> None:
    schemas = document()["components"]["schemas"]
    for name in ("Dataset", "Transfer", "SourceStatus", "ProvenanceInput", "ErrorBody"):
        fields = [field.name for field in msgspec.structs.fields(getattr(model, name))]
        assert list(schemas[name]["properties"]) == fields


def test_whatever_the_server_sends_is_always_there() -> None:
    for name, schema in document()["components"]["schemas"].items():
        if name not in REQUEST_MODELS and "properties" in schema:
            assert schema["required"] == list(schema["properties"]), name


def test_what_may_be_left_out_of_a_request_is_optional() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["CellRequest"]["required"] == ["ref"]


@pytest.fixture(scope="module")
def server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    directory = tmp_path_factory.mktemp("live")
    folder = directory / "root" / "my-data"
    folder.mkdir(parents=True)
    (folder / "values.csv").write_text("a,b\n1,2\n")
    with DemoHub(demo_data, big=False) as hub:
        url = hub.services["cellxgene"]["url"]
        sources: list[dict[str, Any]] = [
            {"name": "cellxgene", "kind": "cellxgene", "url": url},
            {"name": "folder", "kind": "folder", "path": "my-data"},
        ]
        config = {"home": str(directory / "home"), "sources": sources, "reserve_gb": 0.0}
        with live_server(directory, config) as live:
            yield live


def stay_at_home(case: Any) -> None:
    """Let a wish to connect to whatever host be one for a port of this machine that is closed."""
    if isinstance(case.body, dict) and isinstance(case.body.get("url"), str):
        case.body["url"] = "http://127.0.0.1:9"


@api.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_request_gets_an_answer_as_described(case: Any, server: Live) -> None:
    stay_at_home(case)
    case.call_and_validate(base_url=server.url, headers=server.headers, checks=CHECKS)


def check(kind: str, answer: requests.Response) -> Any:
    """Hold an answer against the schema of `kind` and return its body."""
    assert answer.ok, answer.text
    schema = {"$ref": f"#/components/schemas/{kind}", "components": document()["components"]}
    body = answer.json()
    jsonschema.Draft202012Validator(schema).validate(body)
    return body


def test_the_answers_of_a_whole_session_are_as_described(server: Live) -> None:
    session = requests.Session()
    session.headers.update(server.headers)
    ask = partial(session.request, timeout=SECONDS)
    with session:
        for _ in range(SECONDS * 5):
            found = check("SearchResult", ask("GET", f"{server.url}/search?limit=500"))
            if {source["state"] for source in found["sources"]} == {"ready"}:
                break
            time.sleep(0.2)
        check("SourceList", ask("GET", f"{server.url}/sources"))
        refs = {hit["source"]: hit["ref"] for hit in found["hits"] if (hit["size"] or 0) < 2e6}
        assert set(refs) == {"cellxgene", "folder"}
        for ref in refs.values():
            page = check("DatasetPage", ask("GET", f"{server.url}/datasets/{quote(ref, safe='')}"))
            begun = ask("POST", f"{server.url}/transfers", json={"ref": ref})
            number = check("Transfer", begun)["id"]
            for _ in range(SECONDS * 5):
                transfer = check("Transfer", ask("GET", f"{server.url}/transfers/{number}"))
                if transfer["state"] == "done":
                    break
                time.sleep(0.2)
            assert transfer["path"], transfer
            cell = check("CellReply", ask("POST", f"{server.url}/cells", json={"ref": ref}))
            assert cell["input"]["title"] == page["dataset"]["title"]
        assert len(check("TransferList", ask("GET", f"{server.url}/transfers"))["transfers"]) == 2
        [item] = check("LibraryListing", ask("GET", f"{server.url}/library"))["items"]
        left = check("LibraryListing", ask("DELETE", f"{server.url}/library/{item['sha256']}"))
        assert left["items"] == []
