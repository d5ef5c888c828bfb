"""Signed addresses, who gets them, and the host they lead to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.demo.gen3.client import TIMEOUT, Client

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.gen3.demo_commons import DemoCommons

DOWNLOAD = "/user/data/download"


def fetch(url: str, method: str = "GET", **more: Any) -> requests.Response:
    return requests.request(method, url, timeout=TIMEOUT, **more)


def address(client: Client, name: str, query: str = "") -> str:
    return str(client.get(f"{DOWNLOAD}/{client.guid(name)}{query}")["url"])


def test_a_file_is_what_its_record_says(alice: Client) -> None:
    record = alice.get("/index/index", file_name="t_cells.h5ad")["records"][0]
    answer = fetch(alice.get(f"{DOWNLOAD}/{record['did']}")["url"])

    assert answer.status_code == 200
    assert len(answer.content) == record["size"]
    assert hashlib.md5(answer.content, usedforsecurity=False).hexdigest() == record["hashes"]["md5"]


def test_ranges_on_a_signed_address(nobody: Client) -> None:
    url = address(nobody, "monocytes.h5ad")
    part = fetch(url, headers={"Range": "bytes=1-3"})

    assert part.status_code == 206
    assert part.content == b"HDF"
    assert fetch(url, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_every_address_is_a_new_one_and_names_its_user(alice: Client) -> None:
    one, other = (urlsplit(address(alice, "t_cells.h5ad")) for _ in range(2))
    query = parse_qs(one.query)

    assert one.path == other.path
    assert one.query != other.query
    assert query["username"] == ["alice@example.org"]
    assert query["X-Amz-Expires"] == ["3600"]
    assert "X-Amz-Expires=60" in address(alice, "t_cells.h5ad", "?expires_in=60")


def test_redirect_leads_there(nobody: Client, commons: DemoCommons) -> None:
    answer = nobody.ask("GET", f"{DOWNLOAD}/{nobody.guid('means.csv')}?redirect")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(commons.bucket.url)


@pytest.mark.parametrize("user", ["alice", "nobody"])
def test_no_permission_is_401_logged_in_or_not(request: pytest.FixtureRequest, user: str) -> None:
    client: Client = request.getfixturevalue(user)
    guid = client.guid("nk_cells.h5ad")

    words = client.page("GET", f"{DOWNLOAD}/{guid}", 401)

    assert words == (
        "Either you weren't authenticated successfully or you don't have read-storage permission "
        "on authorization resource: ['/programs/DEV/projects/secret']."
    )


def test_what_bob_may_not_have_alice_may(alice: Client, bob: Client) -> None:
    path = f"{DOWNLOAD}/{alice.guid('pbmc68k_reduced.h5ad')}"

    assert alice.ask("GET", path).status_code == 200
    assert bob.ask("GET", path).status_code == 401


def test_files_that_cannot_be_had(alice: Client) -> None:
    elsewhere = alice.guid("elsewhere.txt")
    means = alice.guid("means.csv")

    assert alice.page("GET", f"{DOWNLOAD}/nope", 404) == "No indexed document found with id nope"
    assert "specified protocol gs" in alice.page("GET", f"{DOWNLOAD}/{means}?protocol=gs", 404)
    assert "specified protocol s3" in alice.page("GET", f"{DOWNLOAD}/{elsewhere}?protocol=s3", 404)
    assert "positive integer" in alice.page("GET", f"{DOWNLOAD}/{means}?expires_in=x", 400)
    assert fetch(address(alice, "lost.txt")).status_code == 404


def test_bulk_tells_what_failed_and_why(bob: Client, commons: DemoCommons) -> None:
    means, hidden = bob.guid("means.csv"), bob.guid("nk_cells.h5ad")
    answer = bob.post(f"{DOWNLOAD}/bulk", {"guids": [means, hidden, "nope"]})

    assert [one["drs_object_id"] for one in answer["urls"]] == [means]
    assert fetch(answer["urls"][0]["url"]).status_code == 200
    assert answer["failed_guids"] == [
        {"error_code": 401, "object_ids": [hidden]},
        {"error_code": 404, "object_ids": ["nope"]},
    ]

    commons.commons.features.discard("bulk")
    assert bob.ask("POST", f"{DOWNLOAD}/bulk", json={"guids": [means]}).status_code == 405


def test_the_bucket_refuses_what_is_not_signed_for_it(nobody: Client, commons: DemoCommons) -> None:
    url = address(nobody, "means.csv")
    tampered = url.replace("X-Amz-Expires=3600", "X-Amz-Expires=9999")
    answers = {
        "token": fetch(url, headers={"Authorization": "Bearer x"}),
        "head": fetch(url, "HEAD"),
        "unsigned": fetch(url.partition("?")[0]),
        "tampered": fetch(tampered),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "token": 400,
        "head": 403,
        "unsigned": 403,
        "tampered": 403,
    }
    assert "<Code>InvalidArgument</Code>" in answers["token"].text
    assert "<Code>SignatureDoesNotMatch</Code>" in answers["tampered"].text

    commons.commons.clock.ahead = 3601
    expired = fetch(url)
    assert expired.status_code == 403
    assert "Request has expired" in expired.text


def test_addresses_can_be_revoked(nobody: Client) -> None:
    url = address(nobody, "means.csv")
    nobody.post("/_gen3", {"revoke": True})

    assert fetch(url).status_code == 403
    assert fetch(address(nobody, "means.csv")).status_code == 200


def test_the_bucket_may_be_down_while_the_commons_is_up(nobody: Client, faults: Faults) -> None:
    url = address(nobody, "means.csv")
    faults.add("down", host="bucket")

    with pytest.raises(requests.ConnectionError):
        fetch(url)
    assert nobody.get("/index/_stats")["fileCount"] > 300


def test_an_address_may_expire_between_two_ranges(nobody: Client, faults: Faults) -> None:
    url = address(nobody, "monocytes.h5ad")
    faults.add("expired", host="bucket", skip=1)
    parts = [fetch(url, headers={"Range": f"bytes={at}-{at + 9}"}) for at in (0, 10)]

    assert [part.status_code for part in parts] == [206, 403]


def test_faults_speak_the_dialect_of_what_was_asked(nobody: Client, faults: Faults) -> None:
    faults.add("status", host="gen3", status=429, retry_after="7", times=6)
    guid = "dg.DEMO/any"
    words = {
        "fence": nobody.ask("GET", f"{DOWNLOAD}/{guid}"),
        "indexd": nobody.ask("GET", "/index/index"),
        "drs": nobody.ask("GET", f"/ga4gh/drs/v1/objects/{guid}"),
        "sheepdog": nobody.ask("GET", "/api/v0/submission/"),
        "graphql": nobody.ask("POST", "/api/v0/submission/graphql", json={"query": "{a}"}),
        "mds": nobody.ask("GET", "/mds/metadata"),
    }

    assert {answer.status_code for answer in words.values()} == {429}
    assert {answer.headers["Retry-After"] for answer in words.values()} == {"7"}
    assert words["fence"].headers["Content-Type"].startswith("text/html")
    assert {name: sorted(words[name].json()) for name in list(words)[1:]} == {
        "indexd": ["error"],
        "drs": ["msg", "status_code"],
        "sheepdog": ["message"],
        "graphql": ["data", "errors"],
        "mds": ["detail"],
    }
    assert isinstance(words["graphql"].json()["errors"][0], str)
