"""Objects of S3, fetched by a real worker; what somebody would pay for is not fetched at all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from jupyterlab_datahub.demo.s3.contents import LAB, OPEN, PAID
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import AccessError
from jupyterlab_datahub.model import Transfer, TransferState
from jupyterlab_datahub.settings import SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

PATIENCE = 60.0
BIG = f"s3://{OPEN}/big.bin"
TABLE = f"s3://{PAID}/tables/exemplar-0_cell.csv"


@pytest.fixture
def rooms(hub: DemoHub, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rooms]:
    """Return the rooms of a server with the object store, for the user of a profile."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    service = hub.services["s3"]
    options = {
        "buckets": [OPEN, PAID, LAB],
        "profile": service["profile"],
        "credentials_file": service["credentials"],
    }
    store = SourceConfig(name="s3", kind="s3", url=service["url"], options=options)
    opened = Rooms(structs.replace(settings, sources=(*settings.sources, store)))
    yield opened
    opened.close()


def ended(rooms: Rooms, transfer: Transfer) -> Transfer:
    end = time.monotonic() + PATIENCE
    while not transfer.state.final and time.monotonic() < end:
        transfers.changes(rooms, 0)
        time.sleep(0.05)
        transfer = transfers.one(rooms, transfer.id)
    assert transfer.state is TransferState.DONE, transfer
    return transfer


def fetched(rooms: Rooms, ref: str) -> bytes:
    transfer, _ = transfers.start(rooms, ref, rooms.root / "datahub")
    return Path(ended(rooms, transfer).path).read_bytes()


def test_objects_arrive_whatever_their_keys(rooms: Rooms) -> None:
    for key in ("odd/empty.csv", "odd/a..b/../up.csv", "odd/100%25%20sure+yes%3Fno%23maybe.csv"):
        assert fetched(rooms, f"s3://{OPEN}/{key}") == (
            {
                "odd/empty.csv": b"",
                "odd/a..b/../up.csv": b"odd/a..b/../up.csv",
            }.get(key, b"odd/100% sure+yes?no#maybe.csv")
        )


def test_a_folder_comes_as_a_tree(rooms: Rooms) -> None:
    transfer, _ = transfers.start(rooms, f"s3://{OPEN}/odd/", rooms.root / "datahub")
    folder = Path(ended(rooms, transfer).path)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"two words.csv", "größe-δ-細胞.csv", "empty.csv"} <= found
    assert len(found) == 6
    assert (folder / "two words.csv").read_bytes() == b"odd/two words.csv"


def test_a_cut_transfer_goes_on_where_it_was(hub: DemoHub, rooms: Rooms) -> None:
    content = bytes(range(256)) * 40_000
    hub.s3.api.buckets.put(OPEN, "big.bin", content)
    hub.faults.add("cut", host="s3", method="GET", path="*/big.bin", after=1_000_000)
    assert fetched(rooms, BIG) == content
    assert sum(seen.sent for seen in hub.seen("*/big.bin")) < 1.2 * len(content)


def test_an_object_that_is_replaced_meanwhile_is_noticed(hub: DemoHub, rooms: Rooms) -> None:
    content = bytes(range(256)) * 40_000
    hub.s3.api.buckets.put(OPEN, "big.bin", content)
    hub.faults.add("stall", host="s3", method="GET", path="*/big.bin", after=100_000, times=8)
    transfer, _ = transfers.start(rooms, BIG, rooms.root / "datahub")
    end = time.monotonic() + PATIENCE
    while not any(seen.sent for seen in hub.seen("*/big.bin")) and time.monotonic() < end:
        time.sleep(0.02)
    hub.s3.api.buckets.put(OPEN, "big.bin", content[::-1])
    hub.faults.clear()
    after = ended(rooms, transfer)
    assert Path(after.path).read_bytes() in (content, content[::-1])


def test_not_one_byte_is_paid_without_consent(hub: DemoHub, rooms: Rooms) -> None:
    with pytest.raises(AccessError, match="paid for by whoever fetches it") as caught:
        transfers.start(rooms, TABLE, rooms.root / "datahub")
    assert "USD" in caught.value.hint
    # Nor if something gets past the server: the worker asks with headers that cost nothing.
    found = rooms.registry["s3"].dataset(TABLE)
    transfer, _ = rooms.queue.add(found, found.assets[0], rooms.root, "s3")
    end = time.monotonic() + PATIENCE
    while not transfer.state.final and time.monotonic() < end:
        rooms.supervisor.ensure()
        time.sleep(0.05)
        transfer = rooms.queue.get(transfer.id)
    assert transfer.state is TransferState.FAILED
    assert not hub.s3.api.charged
