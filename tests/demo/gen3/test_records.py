"""indexd and DRS: one by one, in pages, by hash, name and size."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.demo.gen3.client import Client

OBJECTS = "/ga4gh/drs/v1/objects"


@pytest.fixture
def records(nobody: Client) -> list[Any]:
    """Return all records, read in pages by the last identifier of the page before."""
    found: list[Any] = []
    for _ in range(20):
        start = found[-1]["did"] if found else ""
        page = nobody.get("/index/index", limit=64, start=start)["records"]
        found += page
        if len(page) < 64:
            return found
    pytest.fail("the pages have no end")


def test_pages_give_everything_once_in_order(nobody: Client, records: list[Any]) -> None:
    guids = [record["did"] for record in records]
    stats = nobody.get("/index/_stats")

    assert guids == sorted(set(guids))
    assert stats == {
        "fileCount": len(records),
        "totalFileSize": sum(record["size"] for record in records),
    }
    by_number = [
        record["did"]
        for page in range(1 + len(records) // 100)
        for record in nobody.get("/index/index", limit=100, page=page)["records"]
    ]
    assert by_number == guids


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ({"file_name": "counts.csv"}, "file_name", "counts.csv"),
        ({"authz": "/open"}, "authz", ["/open"]),
        ({"acl": "null"}, "acl", []),
        ({"version": "2"}, "version", "2"),
        ({"uploader": "nobody"}, "uploader", "nobody"),
    ],
)
def test_filters_choose_what_a_loop_would(
    nobody: Client, records: list[Any], query: dict[str, Any], name: str, value: object
) -> None:
    wanted = [record["did"] for record in records if record[name] == value]
    found = nobody.get("/index/index", limit=1024, **query)["records"]

    assert [record["did"] for record in found] == wanted


def test_by_hash_and_by_size(nobody: Client, records: list[Any]) -> None:
    some = next(record for record in records if record["file_name"] == "t_cells.h5ad")
    md5 = some["hashes"]["md5"]

    assert nobody.get("/index/index", hash=f"md5:{md5}")["records"] == [some]
    assert some in nobody.get("/index/index", size=some["size"])["records"]
    empty = [record["did"] for record in records if record["size"] == 0]
    assert [one["did"] for one in nobody.get("/index/index", size=0)["records"]] == empty
    ids = ",".join(record["did"] for record in records[:3])
    assert nobody.get("/index/index", ids=ids)["records"] == records[:3]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"limit": 1025}, "limit must be between 0 and 1024"),
        ({"hash": "md5:nonsense"}, "invalid hash values specified"),
        ({"hash": "crc99:00"}, "invalid hash values specified"),
    ],
)
def test_queries_that_are_none(nobody: Client, query: dict[str, Any], words: str) -> None:
    assert nobody.get("/index/index", 400, **query) == {"error": words}


def test_a_record_with_and_without_its_prefix(nobody: Client, records: list[Any]) -> None:
    did = records[0]["did"]
    bare = did.removeprefix("dg.DEMO/")
    one = nobody.get(f"/index/index/{did}")

    assert one["did"] == did
    assert nobody.get(f"/index/index/{bare}") == one
    assert nobody.get(f"/index/index/{quote(did, safe='')}") == one
    assert nobody.get(f"/index/{did}") == one
    assert list(one["urls_metadata"].values()) == [{"available": True, "cloud": "aws"}]
    assert list(records[0]["urls_metadata"].values()) == [{}]
    assert nobody.get("/index/index/nope", 404) == {"error": "no record found"}


def test_versions_of_one_file(nobody: Client, records: list[Any]) -> None:
    both = [record for record in records if record["file_name"] == "means.csv"]
    old = next(record for record in both if record["version"] == "1")
    versions = nobody.get(f"/index/index/{old['did']}/versions")

    assert [versions[at]["version"] for at in ("0", "1")] == ["1", "2"]
    assert nobody.get(f"/index/index/{old['did']}/latest")["version"] == "2"


def test_many_records_at_once(nobody: Client, records: list[Any]) -> None:
    wanted = [records[5]["did"], records[2]["did"], "nope"]
    found = nobody.post("/index/bulk/documents", wanted)

    assert {record["did"] for record in found} == set(wanted[:2])
    assert nobody.post("/index/bulk/documents", {}, 400)["error"]


def test_records_by_address(nobody: Client, records: list[Any]) -> None:
    wanted = [one["did"] for one in records if one["urls"][0].startswith("gs://")]
    found = nobody.get("/index/_query/urls/q", include="gs://")

    assert [one["did"] for one in found] == wanted


def test_nobody_writes_records(alice: Client) -> None:
    assert alice.post("/index/index", {"size": 1}, 401) == {"error": "Permission denied."}


def test_what_is_in_it(records: list[Any]) -> None:
    names = Counter(record["file_name"] for record in records)

    assert names["counts.csv"] == 52
    assert sum(count for name, count in names.items() if name and name.startswith("well_")) == 240
    assert names.keys() >= {"../../outside.txt", "细胞.csv", "Größe in µm.txt", None}
    assert sum(not record["hashes"] for record in records) == 1


def test_an_object_is_its_record(nobody: Client, records: list[Any]) -> None:
    record = records[3]
    one = nobody.get(f"{OBJECTS}/{record['did']}")

    assert one["id"] == record["did"]
    assert one["self_uri"] == f"drs://{record['did'].replace('/', ':')}"
    assert one["size"] == record["size"]
    assert one["checksums"] == [{"checksum": record["hashes"]["md5"], "type": "md5"}]
    assert [method["access_id"] for method in one["access_methods"]] == ["s3"]
    assert nobody.get(f"{OBJECTS}/nope", 404) == {"msg": "no record found", "status_code": 404}


def test_access_is_given_by_fence(nobody: Client, alice: Client) -> None:
    means, hidden = alice.guid("means.csv"), alice.guid("nk_cells.h5ad")

    assert "X-Amz-Signature" in nobody.get(f"{OBJECTS}/{means}/access/s3")["url"]
    assert "specified protocol gs" in nobody.page("GET", f"{OBJECTS}/{means}/access/gs", 404)
    assert "permission" in alice.page("GET", f"{OBJECTS}/{hidden}/access/s3", 401)


def test_many_objects_at_once_up_to_what_the_service_says(
    nobody: Client, records: list[Any]
) -> None:
    most = nobody.get("/ga4gh/drs/v1/service-info")["drs"]["maxBulkRequestLength"]
    ids = [record["did"] for record in records]
    answer = nobody.post(OBJECTS, {"bulk_object_ids": [*ids[: most - 1], "nope"]})

    assert [one["id"] for one in answer["resolved_drs_objects"]] == ids[: most - 1]
    assert answer["unresolved_drs_objects"] == [{"error_code": 404, "object_ids": ["nope"]}]
    assert nobody.post(OBJECTS, {"bulk_object_ids": ids[: most + 1]}, 413)["status_code"] == 413
