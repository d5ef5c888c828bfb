"""Uploads: blank records, one piece or several, and what refuses them."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.demo.gen3.client import TIMEOUT, Client

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.gen3.demo_commons import DemoCommons

UPLOAD, PARTS = "/user/data/upload", "/user/data/multipart"
TEST = "/programs/DEV/projects/test"


def put(url: str, content: bytes) -> requests.Response:
    return requests.put(url, data=content, timeout=TIMEOUT)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def begin(client: Client, name: str = "new.txt", **more: Any) -> tuple[str, str]:
    answer = client.post(UPLOAD, {"file_name": name, **more}, 201)
    return answer["guid"], answer["url"]


def test_an_upload_is_blank_until_it_is_indexed(alice: Client) -> None:
    guid, url = begin(alice, "new cells.txt")
    blank = alice.get(f"/index/index/{guid}")
    answer = put(url, b"hello")
    waiting = alice.get(f"/index/index/{guid}")

    assert (blank["hashes"], blank["size"], blank["urls"], blank["form"]) == ({}, None, [], None)
    assert blank["uploader"] == "alice@example.org"
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{md5(b"hello")}"'
    assert waiting == blank
    assert "No file locations" in alice.page("GET", f"/user/data/download/{guid}", 404)

    assert alice.post("/_gen3", {"index": True})["indexed"] == [guid]
    filled = alice.get(f"/index/index/{guid}")
    assert (filled["size"], filled["hashes"]) == (5, {"md5": md5(b"hello")})
    back = alice.get(f"/user/data/download/{guid}")["url"]
    assert requests.get(back, timeout=TIMEOUT).content == b"hello"
    assert "new%20cells.txt" in back


def test_records_may_be_filled_by_themselves(alice: Client, commons: DemoCommons) -> None:
    commons.commons.indexing_delay = 20.0
    guid, url = begin(alice)
    put(url, b"hello")

    assert alice.get(f"/index/index/{guid}")["size"] is None
    commons.commons.clock.ahead = 21
    assert alice.get(f"/index/index/{guid}")["size"] == 5


def test_an_upload_into_a_project(alice: Client, bob: Client) -> None:
    guid, url = begin(alice, authz=[TEST])
    put(url, b"x")
    alice.post("/_gen3", {"index": True})
    record = alice.get(f"/index/index/{guid}")

    assert record["authz"] == [TEST]
    assert record["uploader"] is None
    assert alice.ask("GET", f"/user/data/download/{guid}").status_code == 200
    assert bob.ask("GET", f"/user/data/download/{guid}").status_code == 401


def test_a_new_address_for_the_same_record(alice: Client) -> None:
    guid, _ = begin(alice)
    again = alice.get(f"{UPLOAD}/{guid}?file_name=new.txt&expires_in=60")["url"]
    guid_again, url = begin(alice, guid=guid)

    assert "X-Amz-Expires=60" in again
    assert put(again, b"x").status_code == 200
    assert guid_again == guid
    assert guid in url


@pytest.mark.parametrize(
    ("user", "sent", "status", "words"),
    [
        ("bob", {"file_name": "x"}, 403, "You do not have permission to upload data files."),
        ("bob", {"file_name": "x", "authz": [TEST]}, 403, "create is missing"),
        ("alice", {"file_name": "x", "authz": ["/programs/DEV/projects/secret"]}, 403, "secret"),
        ("alice", {"bucket": "x"}, 400, "missing required argument `file_name`"),
        (
            "alice",
            {"file_name": "x", "bucket": "nope"},
            403,
            "Uploading to bucket 'nope' is not allowed",
        ),
        ("alice", {"file_name": "x", "guid": "nope"}, 404, "No indexed document found"),
        ("nobody", {"file_name": "x"}, 401, "Please login"),
    ],
)
def test_uploads_that_are_refused(
    request: pytest.FixtureRequest, user: str, sent: dict[str, Any], status: int, words: str
) -> None:
    client: Client = request.getfixturevalue(user)

    assert words in client.page("POST", UPLOAD, status, json=sent)


def test_the_parts_of_a_large_file(alice: Client, commons: DemoCommons) -> None:
    commons.commons.storage.least_part = 100
    pieces = [os.urandom(100), os.urandom(100), os.urandom(7)]
    begun = alice.post(f"{PARTS}/init", {"file_name": "big file.bin"}, 201)
    key = f"{begun['guid']}/big file.bin"
    parts = []
    for number, piece in reversed(list(enumerate(pieces, 1))):
        sent = {"key": key, "uploadId": begun["uploadId"], "partNumber": number}
        answer = put(alice.post(f"{PARTS}/upload", sent)["presigned_url"], piece)
        parts.append({"PartNumber": number, "ETag": answer.headers["ETag"]})
    sent = {"key": key, "uploadId": begun["uploadId"], "parts": parts[::-1]}
    assert alice.post(f"{PARTS}/complete", sent) == {"message": "OK"}

    alice.post("/_gen3", {"index": True})
    record = alice.get(f"/index/index/{begun['guid']}")
    assert record["hashes"] == {"md5": md5(b"".join(pieces))}
    back = requests.get(alice.get(f"/user/data/download/{begun['guid']}")["url"], timeout=TIMEOUT)
    digests = b"".join(bytes.fromhex(md5(piece)) for piece in pieces)
    assert back.content == b"".join(pieces)
    assert back.headers["ETag"] == f'"{md5(digests)}-3"'
    # It is over: no part of it can be sent any more.
    assert "NoSuchUpload" in alice.page("POST", f"{PARTS}/complete", 500, json=sent)


def test_parts_that_do_not_fit(alice: Client, commons: DemoCommons) -> None:
    commons.commons.storage.least_part = 100
    begun = alice.post(f"{PARTS}/init", {"file_name": "x"}, 201)
    key = f"{begun['guid']}/x"
    etags = {}
    for number in (1, 2):
        sent = {"key": key, "uploadId": begun["uploadId"], "partNumber": number}
        url = alice.post(f"{PARTS}/upload", sent)["presigned_url"]
        etags[number] = put(url, b"small").headers["ETag"]

    def complete(*parts: tuple[int, str]) -> str:
        listed = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        sent = {"key": key, "uploadId": begun["uploadId"], "parts": listed}
        return alice.page("POST", f"{PARTS}/complete", 500, json=sent)

    assert "EntityTooSmall" in complete((1, etags[1]), (2, etags[2]))
    assert "InvalidPartOrder" in complete((2, etags[2]), (1, etags[1]))
    assert "InvalidPart" in complete((1, '"wrong"'))
    assert "InvalidPart" in complete((3, etags[1]))
    missing = alice.page("POST", f"{PARTS}/upload", 400, json={"key": key})
    assert missing == "missing required arguments: uploadId, partNumber"


def test_an_upload_that_breaks_leaves_nothing(alice: Client, faults: Faults) -> None:
    guid, url = begin(alice)
    faults.add("drop", host="bucket", after=10)

    with pytest.raises(requests.ConnectionError):
        put(url, b"x" * 1_000_000)
    assert alice.post("/_gen3", {"index": True})["indexed"] == []
    assert put(url, b"whole").status_code == 200
    assert alice.post("/_gen3", {"index": True})["indexed"] == [guid]


def test_addresses_to_write_to_expire_and_are_for_writing_alone(
    alice: Client, commons: DemoCommons
) -> None:
    _, url = begin(alice, expires_in=60)

    assert requests.get(url, timeout=TIMEOUT).status_code == 403
    commons.commons.clock.ahead = 61
    assert put(url, b"late").status_code == 403


def test_deleting_an_upload(alice: Client, bob: Client) -> None:
    guid, url = begin(alice)
    put(url, b"x")

    assert bob.ask("DELETE", f"/user/data/{guid}").status_code == 403
    assert alice.ask("DELETE", f"/user/data/{guid}").status_code == 204
    assert alice.ask("GET", f"/index/index/{guid}").status_code == 404
    assert alice.ask("DELETE", f"/user/data/{guid}").status_code == 404


def test_the_buckets_and_their_regions(nobody: Client) -> None:
    assert "demo-upload" in nobody.get("/user/data/buckets")["S3_BUCKETS"]


def test_the_control_refuses_what_it_does_not_know(nobody: Client) -> None:
    assert nobody.ask("POST", "/_gen3", data=b"nonsense").status_code == 400
    answer = nobody.post("/_gen3", {"ahead": 5, "access_life": 60, "indexing_delay": 3})
    assert (answer["ahead"], answer["access_life"], answer["indexing_delay"]) == (5, 60, 3)
    assert nobody.get("/_gen3") == answer
