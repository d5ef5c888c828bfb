"""S3 as a Source: what is found, what is listed, who is asked to sign, and who pays."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
import urllib3

from jupyterlab_datahub.demo.s3.contents import FAR, LAB, ODD_KEYS, OPEN, PAID
from jupyterlab_datahub.demo.s3.users import LATE, READER, VISITOR
from jupyterlab_datahub.errors import AccessError, ExpiredError, NotFoundError
from jupyterlab_datahub.model import Access, Asset, SearchQuery
from jupyterlab_datahub.sources.s3 import refs
from jupyterlab_datahub.sources.s3.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.s3.demo_store import DemoStore
    from jupyterlab_datahub.sources.s3.source import S3Source

    Open = Callable[..., S3Source]

TABLE = f"s3://{PAID}/tables/exemplar-0_cell.csv"


@pytest.mark.parametrize("key", [*ODD_KEYS, "a%20b", "..", "a?versionId=1", " ", "ü" * 500])
def test_a_ref_keeps_every_key(key: str) -> None:
    ref = Ref("some-bucket", key, "v=1/2")
    assert refs.parse(str(ref)) == ref
    assert str(ref).isascii()


def test_a_folder_is_listed_a_page_at_a_time(store: DemoStore, open_as: Open) -> None:
    for number in range(2500):
        store.api.buckets.put(OPEN, f"many/{number:05d}.csv", b"")
    source = open_as()
    first = source.children(f"s3://{OPEN}/many/", 0, 100)
    assert [node.title for node in first.nodes[:2]] == ["00000.csv", "00001.csv"]
    assert (len(first.nodes), first.total, first.uncounted) == (100, 101, True)
    second = source.children(f"s3://{OPEN}/many/", 100, 100)
    assert second.nodes[0].title == "00100.csv"
    asked = [parse_qs(seen.query) for seen in store.api.requests]
    assert [one["max-keys"] for one in asked] == [["100"], ["100"]]

    # A Source that was made anew finds its way in pages of a thousand.
    last = open_as().children(f"s3://{OPEN}/many/", 2450, 100)
    assert [len(last.nodes), last.total, last.uncounted] == [50, 2500, False]
    assert len(store.api.requests) == 2 + 4


def test_the_tree_leads_to_files(open_as: Open) -> None:
    source = open_as()
    assert [node.title for node in source.children().nodes][:1] == [OPEN]
    folders = source.children(f"s3://{OPEN}/plates/")
    assert [node.title for node in folders.nodes] == [f"plate-{n}" for n in range(5)]
    files = source.children(folders.nodes[0].id)
    assert source.dataset(files.nodes[0].ref).title == "well-00.csv"


@pytest.mark.parametrize("profile", ["", READER.name])
def test_odd_keys_can_be_had(open_as: Open, profile: str) -> None:
    source = open_as(profile)
    with urllib3.PoolManager() as pool:
        for key in ODD_KEYS:
            if key.endswith("/"):
                continue
            found = source.dataset(str(Ref(OPEN, key)))
            download = source.resolve(found.assets[0])
            answer = pool.request("GET", download.url, headers=download.headers)
            assert answer.status == 200
            assert len(answer.data) == download.size == found.size
            assert answer.data in (key.encode(), b"")
    titles = {node.title for node in source.children(f"s3://{OPEN}/odd/").nodes}
    assert {"two words.csv", "größe-δ-細胞.csv", "a..b", "folder"} <= titles
    assert source.children(f"s3://{OPEN}/odd/folder/").nodes == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"s3://{OPEN}/plates/plate-0/", 5),
        (f"s3://{OPEN}/plates/*-07.csv", 1),
        ("*well-0?.csv", 10),
        ("plates/*", 25),
        ("WELL-1", 10),
        ("no such thing", 0),
    ],
)
def test_keys_are_found(open_as: Open, text: str, count: int) -> None:
    found = open_as(buckets=[OPEN]).search(SearchQuery(text=text, limit=3))
    assert found.total == count
    assert len(found.hits) == min(count, 3)


def test_versions_are_kept_apart(store: DemoStore, open_as: Open) -> None:
    source = open_as(READER.name)
    newest = source.dataset(f"s3://{LAB}/results/summary.csv")
    history = source.versions(newest.ref)
    assert len(history) == 3
    assert history[0].ref == newest.ref
    assert [one.current for one in history] == [True, False, False]
    store.api.buckets.put(LAB, "results/summary.csv", b"other")
    assert source.dataset(newest.ref).size == newest.size
    assert source.dataset(f"s3://{LAB}/results/summary.csv").size == 5


def test_nobody_signs_for_what_is_open(store: DemoStore, open_as: Open) -> None:
    open_as().dataset(f"s3://{OPEN}/plates/plate-0/well-00.csv")
    assert not any("authorization" in seen.headers for seen in store.api.requests)


@pytest.mark.parametrize("user", [READER, VISITOR])
def test_a_bucket_in_another_region_is_found(store: DemoStore, open_as: Open, user: object) -> None:
    source = open_as(getattr(user, "name", ""))
    assert source.dataset(f"s3://{FAR}/note.txt").size
    assert [seen.status for seen in store.api.requests] == [400, 200]
    source.dataset(f"s3://{FAR}/note.txt")
    assert store.api.requests[-1].status == 200
    assert len(store.api.requests) == 3


def test_the_environment_is_believed(open_as: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", READER.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", READER.secret)
    assert open_as().dataset(f"s3://{LAB}/results/summary.csv").size


def test_what_botocore_finds_is_used(
    store: DemoStore, open_as: Open, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = f"{tmp_path}/keys.json"
    with open(program, "w", encoding="utf-8") as file:  # noqa: PTH123 - a path as text
        file.write(
            f'{{"Version": 1, "AccessKeyId": "{READER.key}", "SecretAccessKey": "{READER.secret}"}}'
        )
    config = f"{tmp_path}/config"
    with open(config, "w", encoding="utf-8") as file:  # noqa: PTH123 - a path as text
        file.write(f"[profile other]\ncredential_process = cat {program}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", config)
    source = open_as("other", credentials_file="")
    assert source.dataset(f"s3://{LAB}/results/summary.csv").size


@pytest.mark.parametrize(
    ("profile", "ref", "kind", "words"),
    [
        ("", f"s3://{LAB}/results/summary.csv", AccessError, "No AWS credentials were found"),
        (LATE.name, f"s3://{LAB}/results/summary.csv", ExpiredError, "have expired"),
        (LATE.name, f"s3://{OPEN}/no/such", ExpiredError, "have expired"),
        ("no-such", f"s3://{LAB}/results/summary.csv", AccessError, "no AWS profile 'no-such'"),
        (READER.name, "s3://no-such-bucket/a", NotFoundError, "there is no bucket"),
        (READER.name, f"s3://{OPEN}/no/such", NotFoundError, "does not exist"),
        ("", TABLE, AccessError, "its requesters pay"),
        (VISITOR.name, "s3://private-notes/a.txt", AccessError, "even as one who pays"),
    ],
)
def test_refusals_are_told_apart(
    store: DemoStore,
    open_as: Open,
    profile: str,
    ref: str,
    kind: type[Exception],
    words: str,
) -> None:
    with pytest.raises(kind) as caught:
        open_as(profile).dataset(ref)
    error = caught.value
    assert words in f"{error} {getattr(error, 'hint', '')}"
    for secret in (READER.secret, READER.key, LATE.token):
        assert secret not in f"{error}"


def test_a_missing_bucket_is_named(open_as: Open) -> None:
    with pytest.raises(NotFoundError, match="there is no bucket 'no-such-bucket'"):
        open_as(READER.name).children("s3://no-such-bucket/")


def test_the_payer_is_named_only_where_it_is_needed(store: DemoStore, open_as: Open) -> None:
    source = open_as(READER.name)
    source.dataset(f"s3://{LAB}/results/summary.csv")
    assert not any("x-amz-request-payer" in seen.headers for seen in store.api.requests)
    store.api.requests.clear()
    asset = source.dataset(TABLE).assets[0]
    assert ["x-amz-request-payer" in seen.headers for seen in store.api.requests] == [False, True]
    assert asset.access is Access.REQUESTER_PAYS
    assert asset.usd_per_gb == 0.09
    assert f"{asset.size:,} bytes" in asset.access_note
    assert not store.api.charged


def test_whoever_knows_nothing_of_prices_is_refused(store: DemoStore, open_as: Open) -> None:
    source = open_as(READER.name)
    download = source.resolve(Asset(ref=TABLE, name="x"))
    assert download.usd_per_gb == 0.09
    with urllib3.PoolManager() as pool:
        assert pool.request("GET", download.url, headers=download.headers).status == 403
        assert not store.api.charged
        paid = pool.request("GET", download.url, headers=download.paying)
    assert len(paid.data) == download.size
    assert sum(store.api.charged.values()) == download.size


def test_prices_depend_on_where_we_are(open_as: Open) -> None:
    near = open_as(READER.name, prices={"here": "us-east-1"}).dataset(TABLE).assets[0]
    far = open_as(READER.name, prices={"here": "eu-west-1"}).dataset(TABLE).assets[0]
    assert (near.usd_per_gb, far.usd_per_gb) == (0.0, 0.02)


def test_no_secret_is_logged(open_as: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    open_as(READER.name).resolve(Asset(ref=f"s3://{LAB}/results/summary.csv", name="x"))
    assert READER.secret not in caplog.text
