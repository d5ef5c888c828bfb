"""Addresses of bytes: asked for just in time, refused in words, never within this network."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
import pytest
import urllib3

from jupyterlab_datahub.demo.synapse import contents
from jupyterlab_datahub.demo.synapse.users import READER
from jupyterlab_datahub.errors import AccessError, BadAnswerError, NotFoundError
from jupyterlab_datahub.model import Asset
from jupyterlab_datahub.sources.synapse import downloads

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.synapse.demo_synapse import DemoSynapse
    from jupyterlab_datahub.sources.synapse.source import SynapseSource

FILE = f"synapse:{contents.ANNOTATED}"


def test_each_attempt_has_a_fresh_address(source: SynapseSource, synapse: DemoSynapse) -> None:
    asset = source.dataset(FILE).assets[0]
    synapse.api.requests.clear()
    first, second = source.resolve(asset), source.resolve(asset)
    assert first.url != second.url
    assert (first.size, first.checksums) == (asset.size, asset.checksums)
    assert first.expires is not None
    assert 800 < first.expires - time.time() < 1000
    # Which file a version has is known from its page.
    assert [seen.path for seen in synapse.api.requests] == ["/file/v1/fileHandle/batch"] * 2
    assert first.headers == {}
    assert READER.token not in first.url


def test_a_ref_without_a_version_is_the_file_of_today(
    source: SynapseSource, synapse: DemoSynapse
) -> None:
    today = source.resolve(Asset(ref=FILE, name="x"))
    older = source.resolve(Asset(ref=f"{FILE}.1", name="x"))
    assert today.checksums == source.dataset(FILE).assets[0].checksums
    assert older.checksums != today.checksums


def test_a_file_at_another_address_is_fetched_there(
    source: SynapseSource, synapse: DemoSynapse
) -> None:
    found = source.dataset(f"synapse:{contents.EXTERNAL}")
    assert found.assets[0].note == "kept at 127.0.0.1"
    download = source.resolve(found.assets[0])
    assert download.url == f"{synapse.storage.url}/public/public.csv"
    with urllib3.PoolManager() as pool:
        assert pool.request("GET", download.url).data.startswith(b"gene,length")


def test_an_address_within_this_network_is_not_fetched(
    source: SynapseSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = source.dataset(f"synapse:{contents.EXTERNAL}").assets[0]
    # As it is for a Synapse that is on the web.
    monkeypatch.setattr(downloads, "is_private", lambda url: "/public/" in url)
    with pytest.raises(AccessError, match="no machine of the web"):
        source.resolve(asset)


def test_a_file_that_is_gone_or_not_for_us_says_so(
    source: SynapseSource, synapse: DemoSynapse
) -> None:
    entity = synapse.api.entities.find(contents.ANNOTATED)
    assert entity is not None
    asset = source.dataset(FILE).assets[0]
    entity.met, entity.restriction = False, "CONTROLLED_BY_ACT"
    try:
        with pytest.raises(AccessError, match=r"does not let you download annotated\.h5ad") as no:
            source.resolve(asset)
        assert "AccessRequirements:ID=" in no.value.hint
    finally:
        entity.met, entity.restriction = True, "OPEN"
    kept, entity.versions = entity.versions, [*entity.versions[:1], None]
    try:
        with pytest.raises(NotFoundError, match="not its file any more"):
            source.resolve(asset)
    finally:
        entity.versions = kept


def test_an_address_that_is_none_is_refused(source: SynapseSource, synapse: DemoSynapse) -> None:
    entity = synapse.api.entities.find(contents.EXTERNAL)
    assert entity is not None
    handle = entity.versions[0]
    assert handle is not None
    handle.more["externalURL"] = "file:///home/someone/data.csv"
    asset = msgspec.structs.replace(source.dataset(f"synapse:{contents.EXTERNAL}").assets[0])
    assert "no address on the web" in asset.access_note
    with pytest.raises((AccessError, BadAnswerError)):
        source.resolve(asset)
