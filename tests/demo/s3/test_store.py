"""The demo's object store as boto3 sees it: who is let in, what is there, and who pays."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import TYPE_CHECKING, Any

import pytest
import requests
import urllib3
from botocore.exceptions import ClientError

from jupyterlab_datahub.demo.s3.buckets import Bucket
from jupyterlab_datahub.demo.s3.contents import FAR, FAR_REGION, LAB, ODD_KEYS, OPEN, PAID
from jupyterlab_datahub.demo.s3.users import LATE, READER, VISITOR, WRITER, User

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.s3.demo_store import DemoStore

TABLE = "tables/exemplar-0_cell.csv"
PAYS = {"RequestPayer": "requester"}


def refused(ask: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        ask()
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


@pytest.mark.parametrize("user", [None, READER, VISITOR])
def test_everybody_reads_what_is_open(client: Callable[..., Any], user: User | None) -> None:
    s3 = client(user)
    page = s3.list_objects_v2(Bucket=OPEN, Prefix="plates/", Delimiter="/", MaxKeys=2)
    assert [it["Prefix"] for it in page["CommonPrefixes"]] == [
        "plates/plate-0/",
        "plates/plate-1/",
    ]
    assert page["IsTruncated"]
    more = s3.list_objects_v2(
        Bucket=OPEN,
        Prefix="plates/",
        Delimiter="/",
        ContinuationToken=page["NextContinuationToken"],
    )
    assert len(more["CommonPrefixes"]) == 3
    key = "plates/plate-0/well-00.csv"
    whole = s3.get_object(Bucket=OPEN, Key=key)["Body"].read()
    part = s3.get_object(Bucket=OPEN, Key=key, Range="bytes=10-19")
    assert part["Body"].read() == whole[10:20]
    assert part["ContentRange"] == f"bytes 10-19/{len(whole)}"
    assert s3.head_object(Bucket=OPEN, Key=key)["ContentLength"] == len(whole)


def test_odd_keys_are_kept_as_they_are(client: Callable[..., Any]) -> None:
    s3 = client(READER)
    listed = [it["Key"] for it in s3.list_objects_v2(Bucket=OPEN, Prefix="odd/")["Contents"]]
    assert sorted(listed) == sorted(ODD_KEYS)
    for key in ODD_KEYS:
        body = s3.get_object(Bucket=OPEN, Key=key)["Body"].read()
        assert body in (key.encode(), b"")


def test_who_pays_must_say_so_and_is_charged_for_every_byte(
    store: DemoStore, client: Callable[..., Any]
) -> None:
    s3 = client(READER)
    for ask in (
        lambda: s3.get_object(Bucket=PAID, Key=TABLE),
        lambda: s3.head_object(Bucket=PAID, Key=TABLE),
        lambda: s3.list_objects_v2(Bucket=PAID),
        lambda: client(None).get_object(Bucket=PAID, Key=TABLE),
        lambda: client(None).get_object(Bucket=PAID, Key=TABLE, **PAYS),
    ):
        assert refused(ask)[0] == 403
    assert not store.api.charged

    found = s3.get_object(Bucket=PAID, Key=TABLE, **PAYS)
    size = len(found["Body"].read())
    assert found["RequestCharged"] == "requester"
    assert s3.list_objects_v2(Bucket=PAID, **PAYS)["KeyCount"] == 8
    assert s3.head_object(Bucket=PAID, Key=TABLE, **PAYS)["ContentLength"] == size
    s3.get_object(Bucket=PAID, Key=TABLE, Range="bytes=0-99", **PAYS)["Body"].read()
    assert store.api.charged == {f"/{PAID}/{TABLE}": size + 100}


def test_what_was_sent_before_a_cut_is_charged(
    store: DemoStore, faults: Faults, client: Callable[..., Any]
) -> None:
    faults.add("cut", after=100_000, path=f"/{PAID}/*")
    with pytest.raises(Exception, match=r"(?i)incomplete|connection|broken"):
        client(READER).get_object(Bucket=PAID, Key=TABLE, **PAYS)["Body"].read()
    assert 100_000 <= store.api.charged[f"/{PAID}/{TABLE}"] < 200_000


def test_an_open_bucket_charges_nobody(store: DemoStore, client: Callable[..., Any]) -> None:
    found = client(READER).get_object(Bucket=OPEN, Key="plates/plate-0/well-00.csv", **PAYS)
    assert "RequestCharged" not in found
    assert found["Body"].read()
    assert not store.api.charged


@pytest.mark.parametrize(
    ("user", "secret", "expected"),
    [
        (READER, "wrong", (403, "SignatureDoesNotMatch")),
        (User("nobody", "UNKNOWNKEY", "x"), "", (403, "InvalidAccessKeyId")),
        (LATE, "", (400, "ExpiredToken")),
    ],
)
def test_bad_credentials_are_told_apart(
    client: Callable[..., Any], user: User, secret: str, expected: tuple[int, str]
) -> None:
    s3 = client(user, secret=secret)
    assert refused(lambda: s3.get_object(Bucket=LAB, Key="results/summary.csv")) == expected


def test_a_bucket_says_its_region(store: DemoStore, client: Callable[..., Any]) -> None:
    url = f"{store.api.url}/{FAR}"
    assert requests.head(url, timeout=60).headers["x-amz-bucket-region"] == FAR_REGION
    # A client that is wrong about it is told, and boto3 asks again as it should.
    found = client(READER, "eu-west-1").get_object(Bucket=FAR, Key="note.txt")
    assert found["Body"].read()
    refusals = [seen for seen in store.api.requests if seen.status == 400]
    assert refusals
    assert store.api.requests[-1].status == 200


def test_what_is_not_there(client: Callable[..., Any]) -> None:
    s3 = client(READER)
    assert refused(lambda: s3.list_objects_v2(Bucket="no-such-bucket")) == (404, "NoSuchBucket")
    assert refused(lambda: s3.get_object(Bucket=OPEN, Key="no/such")) == (404, "NoSuchKey")
    assert refused(lambda: client(None).list_objects_v2(Bucket=LAB))[0] == 403


def test_only_the_lab_writes_and_every_version_is_kept(client: Callable[..., Any]) -> None:
    assert refused(lambda: client(READER).put_object(Bucket=LAB, Key="a", Body=b"x"))[0] == 403
    s3 = client(WRITER)
    first = s3.put_object(Bucket=LAB, Key="a b/ü.csv", Body=b"one")["VersionId"]
    second = s3.put_object(Bucket=LAB, Key="a b/ü.csv", Body=b"two")["VersionId"]
    assert first != second
    old = s3.get_object(Bucket=LAB, Key="a b/ü.csv", VersionId=first)
    assert old["Body"].read() == b"one"
    listed = s3.list_object_versions(Bucket=LAB, Prefix="a b/")["Versions"]
    assert [it["IsLatest"] for it in listed] == [True, False]
    assert [it["Name"] for it in s3.list_buckets()["Buckets"]] == [LAB]
    assert refused(lambda: s3.create_bucket(Bucket="another"))[0] == 404


def test_parts_become_one_object(client: Callable[..., Any]) -> None:
    s3 = client(WRITER)
    upload = s3.create_multipart_upload(Bucket=LAB, Key="big.bin")["UploadId"]
    parts = []
    for number, size in ((1, 5 << 20), (2, 1000)):
        sent = s3.upload_part(
            Bucket=LAB, Key="big.bin", UploadId=upload, PartNumber=number, Body=bytes(size)
        )
        parts.append({"ETag": sent["ETag"], "PartNumber": number})
    s3.complete_multipart_upload(
        Bucket=LAB, Key="big.bin", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    found = s3.head_object(Bucket=LAB, Key="big.bin")
    assert found["ContentLength"] == (5 << 20) + 1000
    assert found["ETag"].endswith('-2"')


def test_an_upload_in_parts_can_be_gone_on_with_or_taken_back(client: Callable[..., Any]) -> None:
    s3 = client(WRITER)
    here = {"Bucket": LAB, "Key": "runs/big ü.bin"}
    checksums = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}
    upload = {**here, "UploadId": s3.create_multipart_upload(**here, **checksums)["UploadId"]}
    first = s3.upload_part(**upload, PartNumber=1, Body=bytes(5 << 20), ChecksumAlgorithm="CRC32")
    (part,) = s3.list_parts(**upload)["Parts"]
    assert (part["ETag"], part["Size"]) == (first["ETag"], 5 << 20)
    under_way = s3.list_multipart_uploads(Bucket=LAB, Prefix="runs/")["Uploads"]
    assert [it["UploadId"] for it in under_way] == [upload["UploadId"]]
    parts = {"Parts": [{"ETag": first["ETag"], "PartNumber": 1}]}
    s3.complete_multipart_upload(**upload, MultipartUpload=parts, IfNoneMatch="*")
    found = s3.head_object(**here, ChecksumMode="ENABLED")
    assert base64.b64decode(found["ChecksumCRC32"]) == zlib.crc32(bytes(5 << 20)).to_bytes(4, "big")
    again = {**here, "UploadId": s3.create_multipart_upload(**here)["UploadId"]}
    assert refused(
        lambda: s3.complete_multipart_upload(**again, MultipartUpload=parts, IfNoneMatch="*")
    ) == (412, "PreconditionFailed")
    s3.abort_multipart_upload(**again)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=LAB)
    for ask in (
        lambda: s3.list_parts(**again),
        lambda: s3.upload_part(**again, PartNumber=1, Body=b"x"),
        lambda: s3.abort_multipart_upload(**again),
    ):
        assert refused(ask) == (404, "NoSuchUpload")


def test_what_came_damaged_or_would_overwrite_is_refused(client: Callable[..., Any]) -> None:
    s3 = client(WRITER)
    here = {"Bucket": LAB, "Key": "checked.csv"}
    wrong = base64.b64encode(bytes(16)).decode()
    assert refused(lambda: s3.put_object(**here, Body=b"x", ContentMD5=wrong)) == (
        400,
        "BadDigest",
    )
    wrong = base64.b64encode(bytes(32)).decode()
    assert refused(lambda: s3.put_object(**here, Body=b"x", ChecksumSHA256=wrong))[0] == 400
    s3.put_object(**here, Body=b"x", ChecksumAlgorithm="SHA256", IfNoneMatch="*")
    assert refused(lambda: s3.put_object(**here, Body=b"y", IfNoneMatch="*")) == (
        412,
        "PreconditionFailed",
    )
    found = s3.get_object(**here, ChecksumMode="ENABLED")
    assert base64.b64decode(found["ChecksumSHA256"]) == hashlib.sha256(b"x").digest()
    assert found["Body"].read() == b"x"


def test_boto3_uploads_files_of_any_size(client: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(range(256)) * 40_000)
    s3 = client(WRITER)
    s3.upload_file(str(path), LAB, "a/big.bin")
    assert s3.head_object(Bucket=LAB, Key="a/big.bin")["ContentLength"] == path.stat().st_size
    s3.download_file(LAB, "a/big.bin", str(tmp_path / "back.bin"))
    assert (tmp_path / "back.bin").read_bytes() == path.read_bytes()


def test_a_full_bucket_takes_no_more(store: DemoStore, client: Callable[..., Any]) -> None:
    store.api.buckets.create(Bucket("small", writers=frozenset({WRITER.name}), quota=10))
    s3 = client(WRITER)
    s3.put_object(Bucket="small", Key="a", Body=b"12345678")
    answer = refused(lambda: s3.put_object(Bucket="small", Key="b", Body=b"12345678"))
    assert answer == (400, "XMinioAdminBucketQuotaExceeded")


def test_signed_addresses_are_honoured(client: Callable[..., Any]) -> None:
    parameters = {"Bucket": PAID, "Key": "README.txt", **PAYS}
    url = client(READER).generate_presigned_url("get_object", parameters, ExpiresIn=60)
    assert requests.get(url, timeout=60).status_code == 403
    answer = requests.get(url, headers={"x-amz-request-payer": "requester"}, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["x-amz-request-charged"] == "requester"


def test_a_part_is_only_sent_of_the_state_that_is_meant(store: DemoStore) -> None:
    url = f"{store.api.url}/{OPEN}/plates/plate-0/well-00.csv"
    with urllib3.PoolManager() as pool:
        etag = pool.request("HEAD", url).headers["ETag"]
        asked = {"Range": "bytes=0-9"}
        assert pool.request("GET", url, headers={**asked, "If-Range": etag}).status == 206
        assert pool.request("GET", url, headers={**asked, "If-Match": etag}).status == 206
        store.api.buckets.put(OPEN, "plates/plate-0/well-00.csv", b"another")
        assert pool.request("GET", url, headers={**asked, "If-Match": etag}).status == 412
