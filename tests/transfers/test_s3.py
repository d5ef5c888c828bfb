"""Objects of S3, fetched by a real worker."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.s3.contents import OPEN
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import Transfer, TransferState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

PATIENCE = 60.0
BIG = f"s3://{OPEN}/big.bin"


@pytest.fixture
def rooms(s3_settings: Settings) -> Iterator[Rooms]:
    """Return the rooms of a server with the object store."""
    opened = Rooms(s3_settings)
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
