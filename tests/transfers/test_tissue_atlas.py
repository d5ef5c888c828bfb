"""Files of a tissue atlas that another Source has, fetched from there by a real worker."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from jupyterlab_datahub.demo.s3.contents import PROJECT
from jupyterlab_datahub.demo.spatial.project import TABLE, folder
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import Access, TransferState
from jupyterlab_datahub.settings import SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

PATIENCE = 60.0


@pytest.fixture
def rooms(
    hub: DemoHub, atlas_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rooms]:
    """Return the rooms of a server with the atlas and the buckets that it names."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    store = hub.services["s3"]
    options = {
        "buckets": [store["bucket"]],
        "profile": store["profile"],
        "credentials_file": store["credentials"],
    }
    buckets = SourceConfig(name="s3", kind="s3", url=store["url"], options=options)
    opened = Rooms(structs.replace(atlas_settings, sources=(*atlas_settings.sources, buckets)))
    yield opened
    opened.close()


def test_a_file_of_a_bucket_comes_by_the_rules_of_the_source_that_has_the_bucket(
    rooms: Rooms, hub: DemoHub, demo_data: Path
) -> None:
    """The atlas takes buckets for ones that are paid for; the Source of this one knows better."""
    found = rooms.registry["tissue-atlas"].dataset("tissue-atlas:sato-reyes-2026")
    table = next(asset for asset in found.assets if asset.loads_as_anndata)
    assert table.access is Access.REQUESTER_PAYS
    transfer, new = transfers.start(rooms, table.ref, rooms.root / "datahub")
    assert new
    assert (
        transfer.ref == table.elsewhere == f"s3://{hub.services['s3']['bucket']}/{PROJECT}{TABLE}"
    )
    limit = time.monotonic() + PATIENCE
    while not transfer.state.final and time.monotonic() < limit:
        rooms.supervisor.ensure()
        time.sleep(0.05)
        transfer = transfers.one(rooms, transfer.id)
    assert transfer.state is TransferState.DONE, transfer
    assert Path(transfer.path).read_bytes() == (folder(demo_data, big=False) / TABLE).read_bytes()
    assert not hub.s3.api.charged
