"""Files by GUID: what they are, who may have them, and where their bytes are just now."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

import pytest
import urllib3

from jupyterlab_datahub.demo.gen3.users import ALICE
from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    BusyError,
    NotFoundError,
    UnreachableError,
)
from jupyterlab_datahub.model import Access, Asset
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.expiry import expiry
from jupyterlab_datahub.sources.registry import Registry
from tests.sources.scripted import Reply, ScriptedHost, json_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.sources.gen3.source import Gen3Source
    from tests.sources.gen3.conftest import At, Find

OPEN = "/open"
MINE = "/programs/DEV/projects/test"
CLOSED = "/programs/DEV/projects/secret"
BULK = "/user/data/download/bulk"


def ref_of(source: Gen3Source, guid: str) -> str:
    return f"gen3:{source.session.host}/{guid}"


def fetched(url: str) -> bytes:
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", url)
        assert answer.status == 200, answer.data
        return answer.data


def test_a_file_says_what_it_is(commons: Gen3Source, record: Find) -> None:
    one = record(MINE)
    found = commons.dataset(ref_of(commons, one.did))
    (asset,) = found.assets
    assert found.ref == asset.ref == ref_of(commons, one.did)
    assert found.id == one.did
    assert found.collection is not None
    assert found.collection.title == "DEV-test"
    assert (asset.size, asset.checksums) == (one.size, one.hashes)
    assert found.access is Access.OPEN
    assert any(one.did in shown.value for shown in found.properties)


def test_the_prefix_may_be_left_out(commons: Gen3Source, record: Find) -> None:
    one = record(OPEN)
    bare = one.did.rpartition("/")[2]
    found = commons.dataset(ref_of(commons, bare))
    assert found.assets[0].ref == ref_of(commons, bare)
    assert found.id == one.did


@pytest.mark.parametrize("form", ["drs://{host}/{guid}", "drs://{compact}", "{compact}"])
def test_a_file_goes_by_its_drs_identifier(commons: Gen3Source, record: Find, form: str) -> None:
    one = record(OPEN)
    compact = one.did.replace("/", ":")
    written = form.format(host=commons.session.host, guid=one.did, compact=compact)
    assert commons.owns(written)
    found = commons.dataset(written)
    assert found.ref == ref_of(commons, one.did)
    assert found.asset(written) == found.assets[0]


def test_the_registry_knows_whose_a_drs_identifier_is(
    hub: DemoHub, tmp_path: Path, record: Find
) -> None:
    service = hub.services["gen3"]
    sources = (
        SourceConfig(name="other", kind="gen3", url="http://127.0.0.1:9"),
        SourceConfig(name="mine", kind="gen3", url=service["url"]),
        SourceConfig(name="folder", kind="folder", options={"path": "."}),
    )
    registry = Registry(Settings(home=str(tmp_path), root=str(tmp_path), sources=sources))
    assert registry.for_ref(f"drs://{service['host']}/dg.DEMO/1").name == "mine"
    assert registry.for_ref("dg.DEMO:1").name == "other"
    with pytest.raises(NotFoundError):
        registry.for_ref("drs://elsewhere.example.org/dg.DEMO/1")


def test_who_may_not_have_a_file_is_told_why(
    anybody: Gen3Source, readers: Gen3Source, commons: Gen3Source, record: Find
) -> None:
    for source, resource, access in (
        (anybody, OPEN, Access.OPEN),
        (readers, OPEN, Access.OPEN),
        (anybody, MINE, Access.LOGIN),
        (readers, MINE, Access.CONTROLLED),
        (commons, MINE, Access.OPEN),
        (commons, CLOSED, Access.CONTROLLED),
    ):
        found = source.dataset(ref_of(source, record(resource).did))
        assert found.access is found.assets[0].access is access, (source.name, resource)
        assert bool(found.access_note) is (access is not Access.OPEN)


def test_bytes_are_where_the_address_leads(commons: Gen3Source, record: Find) -> None:
    for resource in (OPEN, MINE):
        one = record(resource)
        download = commons.resolve(Asset(ref=ref_of(commons, one.did), name="x"))
        assert not download.headers
        assert download.expires is not None
        assert download.expires > time.time()
        content = fetched(download.url)
        assert len(content) == download.size == one.size
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == download.checksums["md5"]


def test_each_attempt_has_an_address_of_its_own(
    hub: DemoHub, commons: Gen3Source, record: Find
) -> None:
    asset = commons.dataset(ref_of(commons, record(MINE).did)).assets[0]
    hub.requests.clear()
    commons.resolve(asset)
    commons.resolve(asset)
    assert len(hub.seen("/user/data/download/*")) == 2


def test_what_we_may_not_have_is_refused_with_its_resource(
    hub: DemoHub, anybody: Gen3Source, commons: Gen3Source, record: Find
) -> None:
    asset = Asset(ref=ref_of(commons, record(CLOSED).did), name="x")
    hub.requests.clear()
    with pytest.raises(AccessError) as caught:
        commons.resolve(asset)
    assert "DEV/projects/secret" in caught.value.message
    assert len(hub.seen("/user/data/download/*")) <= 2
    with pytest.raises(AccessError) as refused:
        anybody.resolve(asset)
    assert "Connect" in refused.value.hint


def test_an_unknown_guid_is_told(commons: Gen3Source) -> None:
    ref = ref_of(commons, "dg.DEMO/00000000-0000-4000-8000-000000000000")
    for ask in (commons.dataset, lambda one: commons.resolve(Asset(ref=one, name="x"))):
        with pytest.raises(NotFoundError):
            ask(ref)


def test_a_blank_record_awaits_indexing(hub: DemoHub, commons: Gen3Source) -> None:
    blank = hub.gen3.commons.blank_record(ALICE, "new.txt", [MINE])
    found = commons.dataset(ref_of(commons, blank.did))
    assert found.status == "AWAITING INDEXING"
    assert found.access is Access.OPEN
    assert found.access_note
    assert found.assets[0].name == "new.txt"
    with pytest.raises(NotFoundError, match="not there yet"):
        commons.resolve(found.assets[0])


def test_many_are_asked_for_together(hub: DemoHub, commons: Gen3Source) -> None:
    open_ones = [one for one in hub.gen3.commons.index if one.authz == [OPEN] and one.urls][:30]
    text = json.dumps(
        [
            {
                "object_id": one.did,
                "file_name": one.file_name,
                "file_size": one.size,
                "md5sum": one.hashes.get("md5", ""),
            }
            for one in open_ones
            if one.hashes
        ]
    )
    assets = commons.manifest(text)
    commons.ahead(assets)
    hub.requests.clear()
    urls = {commons.resolve(asset).url for asset in assets}
    assert len(urls) == len(assets)
    assert len(hub.seen(BULK, "POST")) == 1
    assert not hub.seen("/user/data/download/dg*")
    # A second attempt has a fresh address.
    assert commons.resolve(assets[0]).url not in urls
    assert len(hub.seen("/user/data/download/dg*")) == 1


def test_where_many_cannot_be_asked_for_each_is(hub: DemoHub, commons: Gen3Source) -> None:
    hub.gen3.commons.features.discard("bulk")
    guids = [one.did for one in hub.gen3.commons.index if one.authz == [OPEN] and one.urls][:3]
    assets = commons.manifest(json.dumps([{"object_id": guid} for guid in guids]))
    commons.ahead(assets)
    hub.requests.clear()
    assert all(commons.resolve(asset).url for asset in assets)
    assert len(hub.seen(BULK, "POST")) == 1


def test_one_that_is_refused_keeps_no_other_back(
    hub: DemoHub, commons: Gen3Source, record: Find
) -> None:
    guids = [record(OPEN).did, record(CLOSED).did, record(MINE).did]
    assets = commons.manifest(json.dumps([{"object_id": guid} for guid in guids]))
    commons.ahead(assets)
    assert commons.resolve(assets[0]).url
    with pytest.raises(AccessError, match="secret"):
        commons.resolve(assets[1])
    assert commons.resolve(assets[2]).url
    assert hub.seen(BULK, "POST")


def test_where_fence_has_no_place_drs_may_know_one(at: At) -> None:
    with ScriptedHost() as host:
        record = {"did": "dg.T/1", "size": 3, "hashes": {"md5": "0" * 32}, "urls": ["x://y"]}
        host.say("/index/index/dg.T/1", json_of(record))
        methods = [
            {"type": "s3", "access_url": {"url": "s3://b/k"}},
            {"type": "s3", "access_id": "s3"},
        ]
        drs = "/ga4gh/drs/v1/objects/dg.T%2F1"
        host.say(drs, json_of({"id": "dg.T/1", "access_methods": methods}))
        host.say(f"{drs}/access/s3", json_of({"url": "https://bucket.example.org/k?sig=1"}))
        source = at(host.url)
        asset = Asset(ref=ref_of(source, "dg.T/1"), name="x")
        assert source.resolve(asset).url == "https://bucket.example.org/k?sig=1"
        host.say(drs, json_of({"access_methods": [{"type": "s3"}]}))
        with pytest.raises(NotFoundError):
            source.resolve(asset)


def test_an_address_that_is_not_on_the_web_is_told(at: At) -> None:
    with ScriptedHost() as host:
        host.say("/index/index/1", json_of({"did": "1", "size": 3, "urls": ["s3://b/k"]}))
        host.say("/user/data/download/1", json_of({"url": "s3://b/k"}))
        source = at(host.url)
        with pytest.raises(BadAnswerError, match="no address on the web"):
            source.resolve(Asset(ref=ref_of(source, "1"), name="x"))


def test_a_commons_that_is_busy_is_told_with_its_time(at: At) -> None:
    with ScriptedHost() as host:
        busy = Reply(b"{}", 429, (("Retry-After", "120"),))
        host.say("/index/index/1", busy)
        source = at(host.url)
        with pytest.raises(BusyError) as caught:
            source.dataset(ref_of(source, "1"))
        assert caught.value.retry_after == 120


def test_which_host_is_down_is_said(at: At) -> None:
    source = at("http://127.0.0.1:9")
    with pytest.raises(UnreachableError) as caught:
        source.dataset(ref_of(source, "1"))
    assert "127.0.0.1:9" in caught.value.message


@pytest.mark.parametrize(
    "rest",
    ["", "..", "../x", "a b", "a//b", "//DEV", "//DEV/a/b/c", "//../x", "?study=", "?nosuch=1"],
)
def test_what_is_no_identifier_is_refused(anybody: Gen3Source, rest: str) -> None:
    with pytest.raises(BadRequestError):
        anybody.dataset(f"gen3:{anybody.session.host}/{rest}")


@pytest.mark.parametrize(
    ("query", "end"),
    [
        ("X-Amz-Date=20261121T103000Z&X-Amz-Expires=60", 1795257060.0),
        ("X-Goog-Date=20261121T103000Z&X-Goog-Expires=3600", 1795260600.0),
        ("Expires=1795257060&Signature=x", 1795257060.0),
        ("X-Amz-Date=nonsense&sig=1", None),
        ("", None),
    ],
)
def test_an_address_says_when_it_ends(query: str, end: float | None) -> None:
    assert expiry(f"https://bucket.example.org/k?{query}") == end


def test_versions_of_a_file_are_listed_newest_first(hub: DemoHub, commons: Gen3Source) -> None:
    by_base: dict[str, list[str]] = {}
    for one in hub.gen3.commons.index:
        by_base.setdefault(one.baseid, []).append(one.did)
    several = next(dids for dids in by_base.values() if len(dids) > 1)
    listed = commons.versions(ref_of(commons, several[0]))
    assert {version.ref for version in listed} == {ref_of(commons, did) for did in several}
    assert [version.current for version in listed] == [True, *[False] * (len(listed) - 1)]
    dates = [version.date for version in listed]
    assert dates == sorted(dates, reverse=True)
