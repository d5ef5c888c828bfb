"""Manifests: asked for, waited for, fetched, expired."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hca.atlas import HumanCellAtlas
    from tests.demo.hca.client import Client, Json

LOOMS = '{"fileFormat":{"is":["loom"]}}'
PHANTOMS = '{"project":{"is":["SpleenPhantoms"]}}'


def order(azul: Client, **asked: Any) -> Json:
    answer: Json = azul.ask("PUT", "/fetch/manifest/files", params=asked).json()
    return answer


def fetched(azul: Client, **asked: Any) -> str:
    """Return the text of a manifest."""
    ready, _ = azul.follow(order(azul, **asked))
    response = azul.ask("GET", ready["Location"])
    while response.status_code == 302:
        response = azul.ask("GET", response.headers["Location"])
    assert response.status_code == 200
    return response.text


def test_a_manifest_is_waited_for_once(azul: Client, atlas: HumanCellAtlas) -> None:
    atlas.api.jobs.rounds = 3
    atlas.api.jobs.retry_after = 1
    answer = order(azul, filters=LOOMS, format="compact")
    assert answer["Status"] == 301
    assert answer["Retry-After"] == 1
    assert answer["Location"].startswith(f"{azul.url}/fetch/manifest/files/")
    ready, asked = azul.follow(answer)
    assert asked == 3
    assert ready["Location"].startswith(atlas.storage.url)
    assert ready["CommandLine"].keys() == {"bash", "cmd.exe"}
    assert order(azul, filters=LOOMS, format="compact")["Status"] == 302
    assert order(azul, filters=LOOMS, format="curl")["Status"] == 301


def test_without_fetch_the_redirects_are_real(azul: Client, atlas: HumanCellAtlas) -> None:
    atlas.api.jobs.rounds = 1
    response = azul.ask("PUT", "/manifest/files", params={"filters": LOOMS})
    assert response.status_code == 301
    assert response.headers["Retry-After"] == "0"
    response = azul.ask("GET", response.headers["Location"])
    assert response.status_code == 302
    assert "curl --location" in response.text
    assert azul.ask("GET", response.headers["Location"]).text.startswith("source_id\t")


def test_a_compact_manifest_has_a_row_for_each_file(azul: Client) -> None:
    text = fetched(azul, filters=LOOMS, format="compact")
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    files = {h["files"][0]["uuid"]: h for h in azul.hits("files", filters=json.loads(LOOMS))}
    assert {row["file_uuid"] for row in rows} == files.keys()
    for row in rows:
        [file] = files[row["file_uuid"]]["files"]
        assert row["file_name"] == file["name"]
        assert row["file_size"] == str(file["size"])
        assert row["file_sha256"] == file["sha256"]
        assert row["file_url"] == file["azul_url"]
        processes = row["sequencing_process.provenance.document_id"].split(" || ")
        donors = row["donor_organism.biomaterial_core.biomaterial_id"].split(" || ")
        assert len(processes) >= len(donors) >= 1


def test_filters_may_come_in_a_body(azul: Client) -> None:
    body = {"filters": LOOMS, "format": "compact"}
    answer: Json = azul.ask("PUT", "/fetch/manifest/files", json=body).json()
    in_body, _ = azul.follow(answer)
    in_query, asked = azul.follow(order(azul, filters=LOOMS))
    assert asked == 0
    assert in_body["Location"].partition("?")[0] == in_query["Location"].partition("?")[0]


def test_a_manifest_for_curl_nests_files_and_says_what_is_missing(azul: Client) -> None:
    text = fetched(azul, filters=PHANTOMS, format="curl")
    assert text.startswith("--create-dirs\n\n--compressed\n\n--location\n\n--globoff\n\n--fail\n\n")
    urls, outputs = (
        re.findall('^url="(.*)"$', text, re.MULTILINE),
        re.findall('^output="(.*)"$', text, re.MULTILINE),
    )
    assert len(urls) == len(outputs) == len(set(outputs)) == 3
    assert all(re.fullmatch(r"[0-9a-f-]{36}/[^/]+", output) for output in outputs)
    missing = re.findall(
        "^# File '(.*)', version '.*' is currently not available", text, re.MULTILINE
    )
    assert len(missing) == 2
    names = '{"project":{"is":["PancreasIsletsStandIn"]},"fileFormat":{"is":["txt"]}}'
    [output] = re.findall(
        '^output="(.*)"$', fetched(azul, filters=names, format="curl"), re.MULTILINE
    )
    assert output.endswith("/Supplement _A__ donors _1-4__.txt")


def test_a_manifest_for_curl_has_an_address_that_lasts(azul: Client, atlas: HumanCellAtlas) -> None:
    ready, _ = azul.follow(order(azul, filters=LOOMS, format="curl"))
    assert ready["Location"].startswith(f"{azul.url}/manifest/files/")
    atlas.storage.signer.expire()
    response = azul.ask("GET", ready["Location"])
    assert response.status_code == 302
    assert azul.ask("GET", response.headers["Location"]).status_code == 200
    through = ready["Location"].replace("/manifest/", "/fetch/manifest/")
    assert "does not support a manifest key" in azul.get(through, status=400)["Message"]


def test_a_verbatim_manifest_has_every_entity_once(azul: Client) -> None:
    text = fetched(azul, filters='{"project":{"is":["Airways160Donors"]}}', format="verbatim.jsonl")
    entities = [json.loads(line) for line in text.splitlines()]
    kinds = [entity["type"] for entity in entities]
    assert kinds.count("project") == 1
    assert kinds.count("file") == 320
    assert {"donor_organism", "cell_suspension"} <= set(kinds)


def test_what_has_expired_is_gone(azul: Client, atlas: HumanCellAtlas) -> None:
    atlas.api.jobs.rounds = 1
    waiting = order(azul, filters=LOOMS)
    ready, _ = azul.follow(order(azul, filters=LOOMS, format="curl"))
    atlas.api.jobs.expire()
    gone = {
        "Code": "GoneError",
        "Message": "The requested manifest has expired, please request a new one",
    }
    assert azul.get(waiting["Location"], status=410) == gone
    assert azul.get(ready["Location"], status=410) == gone
    assert azul.follow(order(azul, filters=LOOMS))[0]["Status"] == 302
    assert azul.follow(order(azul, filters=LOOMS, format="curl"))[0]["Status"] == 302


def test_a_signed_address_of_a_manifest_ends(azul: Client, atlas: HumanCellAtlas) -> None:
    ready, _ = azul.follow(order(azul, filters=LOOMS))
    atlas.storage.signer.expire()
    assert azul.ask("GET", ready["Location"]).status_code == 403
    again, asked = azul.follow(order(azul, filters=LOOMS))
    assert asked == 0
    assert azul.ask("GET", again["Location"]).status_code == 200


def test_a_job_may_fail(azul: Client, atlas: HumanCellAtlas) -> None:
    atlas.api.jobs.failing = 1
    answer = azul.get(order(azul, filters=LOOMS)["Location"], status=500)
    assert "Failed to generate manifest" in answer["Message"]
    assert azul.follow(order(azul, filters=LOOMS))[0]["Status"] == 302


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U", "eyJqb2IiOiJ4IiwiYXNrZWQiOjF9"])
def test_what_is_no_token_is_refused(azul: Client, token: str) -> None:
    for prefix in ("", "/fetch"):
        answer = azul.get(f"{prefix}/manifest/files/{token}", status=400)
        assert answer == {"Code": "BadRequestError", "Message": "Invalid token"}


def test_only_some_formats_are_made(azul: Client) -> None:
    for format_, words in (
        ("foo", "Unknown manifest format `foo`."),
        ("terra.pfb", "not supported"),
    ):
        answer = azul.ask("PUT", "/fetch/manifest/files", params={"format": format_})
        assert answer.status_code == 400
        assert words in answer.json()["Message"]
        assert "Must be one of {" in answer.json()["Message"]
