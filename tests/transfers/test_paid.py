"""Objects whose requester pays: what was paid is counted at the store, and held to the limits."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from jupyterlab_datahub.demo.s3.buckets import Bucket
from jupyterlab_datahub.demo.s3.contents import OPEN, PAID
from jupyterlab_datahub.demo.s3.users import READER
from jupyterlab_datahub.engine import consent, groups, transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import BadRequestError, ConsentError
from jupyterlab_datahub.model import Asset, Grouping, Transfer, TransferState
from jupyterlab_datahub.transfers.queue.members import Wanted
from jupyterlab_datahub.transfers.queue.queue import TransferQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

PATIENCE = 60.0
TABLE = f"s3://{PAID}/tables/exemplar-0_cell.csv"
TABLES = tuple(f"s3://{PAID}/tables/exemplar-{number}_cell.csv" for number in range(3))
BYTE = 0.09 / 1e9
"""USD."""

S = TransferState


@pytest.fixture
def rooms(s3_settings: Settings) -> Iterator[Rooms]:
    """Return the rooms of a server with the object store."""
    opened = Rooms(s3_settings)
    yield opened
    opened.close()


def folder(rooms: Rooms) -> Path:
    return rooms.root / "datahub"


def start(rooms: Rooms, max_usd: float | None, ref: str = TABLE) -> Transfer:
    return transfers.start(rooms, ref, folder(rooms), max_usd=max_usd)[0]


def settled(rooms: Rooms, transfer: Transfer) -> Transfer:
    end = time.monotonic() + PATIENCE
    while not (transfer.state.final or transfer.state is S.PAUSED) and time.monotonic() < end:
        transfers.changes(rooms, 0)
        time.sleep(0.05)
        transfer = transfers.one(rooms, transfer.id)
    return transfer


def charged(hub: DemoHub) -> int:
    return sum(hub.s3.api.charged.values())


def written(rooms: Rooms) -> int:
    """Return the bytes in the ledger."""
    return consent.spending(rooms).bytes


def size_of(rooms: Rooms, ref: str = TABLE) -> int:
    return rooms.registry["s3"].dataset(ref).assets[0].size or 0


def big(hub: DemoHub, size: int = 10_240_000) -> tuple[str, bytes]:
    content = bytes(range(256)) * (size // 256)
    hub.s3.api.buckets.put(PAID, "big.bin", content)
    return f"s3://{PAID}/big.bin", content


def test_nothing_is_paid_without_consent_whichever_way_it_is_asked_for(
    hub: DemoHub, rooms: Rooms
) -> None:
    grouping = Grouping()
    ways: tuple[Callable[[], object], ...] = (
        lambda: start(rooms, None),
        lambda: start(rooms, 0.0),
        lambda: transfers.start(rooms, TABLE, folder(rooms), convert=True),
        lambda: start(rooms, None, f"s3://{PAID}/tables/"),
        lambda: groups.start_refs(rooms, TABLES, folder(rooms), grouping),
        lambda: groups.start_refs(
            rooms, (f"s3://{OPEN}/odd/empty.csv", TABLE), folder(rooms), grouping
        ),
    )
    for way in ways:
        with pytest.raises(ConsentError, match="paid for by whoever fetches") as caught:
            way()
        cost = caught.value.body().cost
        assert cost
        assert cost.usd == pytest.approx((cost.bytes or 0) * BYTE)
        assert cost.price_date
    with pytest.raises(BadRequestError, match="number of USD"):
        start(rooms, -1.0)
    assert rooms.queue.list() == []
    assert charged(hub) == written(rooms) == 0


def test_what_gets_past_the_server_is_not_paid_for_either(hub: DemoHub, rooms: Rooms) -> None:
    found = rooms.registry["s3"].dataset(TABLE)
    queued, _ = rooms.queue.add(found, found.assets[0], rooms.root, "s3")
    failed = settled(rooms, queued)
    assert failed.state is S.FAILED
    assert failed.error
    assert failed.error.code == "consent"
    assert failed.error.cost
    assert failed.error.cost.bytes == size_of(rooms)
    with pytest.raises(ConsentError):
        transfers.change(rooms, failed.id, "retry")
    assert charged(hub) == 0
    done = settled(rooms, transfers.change(rooms, failed.id, "retry", 1.0))
    assert done.state is S.DONE
    assert charged(hub) == written(rooms) == size_of(rooms)


def test_what_is_paid_for_is_in_the_ledger_to_the_byte(hub: DemoHub, rooms: Rooms) -> None:
    ref, content = big(hub)
    done = settled(rooms, start(rooms, 1.0, ref))
    assert done.state is S.DONE, done
    assert Path(done.path).read_bytes() == content
    assert charged(hub) == written(rooms) == len(content)
    assert done.max_usd == 1.0
    assert done.paid_usd == pytest.approx(len(content) * BYTE)
    (month,) = consent.spending(rooms).months
    assert month.bucket == PAID
    assert month.usd == pytest.approx(done.paid_usd)
    # It is in the library: nobody is asked for money for it again.
    again = start(rooms, None, ref)
    assert again.state is S.DONE
    assert charged(hub) == len(content)


def test_a_transfer_pauses_at_its_limit_and_goes_on_from_there(hub: DemoHub, rooms: Rooms) -> None:
    size, limit = size_of(rooms), 300_000
    paused = settled(rooms, start(rooms, limit * BYTE))
    assert paused.state is S.PAUSED, paused
    assert charged(hub) == written(rooms) == paused.done == limit
    assert paused.error
    assert paused.error.code == "limit"
    assert paused.error.cost
    assert paused.error.cost.bytes == size - limit
    assert paused.error.cost.paid_usd == pytest.approx(limit * BYTE)
    for words in ("are spent", "are missing", "Raise the limit"):
        assert words in paused.note
    # Neither resuming nor asking again goes on without more money.
    ways: tuple[Callable[[], object], ...] = (
        lambda: transfers.change(rooms, paused.id, "resume"),
        lambda: transfers.change(rooms, paused.id, "resume", limit * BYTE),
        lambda: start(rooms, None),
    )
    for way in ways:
        with pytest.raises(ConsentError):
            way()
    done = settled(rooms, transfers.change(rooms, paused.id, "resume", 1.0))
    assert done.state is S.DONE, done
    assert charged(hub) == written(rooms) == size


def test_asking_again_with_more_money_goes_on(hub: DemoHub, rooms: Rooms) -> None:
    paused = settled(rooms, start(rooms, 1000 * BYTE))
    assert paused.state is S.PAUSED
    done = settled(rooms, start(rooms, 1.0))
    assert (done.id, done.state) == (paused.id, S.DONE)
    assert charged(hub) == written(rooms) == size_of(rooms)


@pytest.mark.parametrize("kind", ["cut", "reset"])
def test_bytes_of_a_broken_connection_are_counted(
    hub: DemoHub, rooms: Rooms, kind: Literal["cut", "reset"]
) -> None:
    ref, content = big(hub)
    hub.faults.add(kind, host="s3", method="GET", path="*/big.bin", after=900_000, times=2)
    done = settled(rooms, start(rooms, 1.0, ref))
    assert done.state is S.DONE, done
    assert Path(done.path).read_bytes() == content
    assert len(content) < charged(hub) <= written(rooms)
    assert done.paid_usd == pytest.approx(written(rooms) * BYTE)


def test_a_limit_holds_whatever_breaks(hub: DemoHub, rooms: Rooms) -> None:
    ref, content = big(hub)
    hub.faults.add("cut", host="s3", method="GET", path="*/big.bin", after=400_000, times=99)
    paused = settled(rooms, start(rooms, len(content) * BYTE, ref))
    assert paused.state is S.PAUSED, paused
    assert charged(hub) <= written(rooms) <= len(content)


def test_a_busy_store_is_not_paid_for_its_refusals(hub: DemoHub, rooms: Rooms) -> None:
    hub.faults.add("status", host="s3", method="GET", path="*/exemplar-0*", retry_after="0")
    done = settled(rooms, start(rooms, size_of(rooms) * BYTE))
    assert done.state is S.DONE, done
    assert charged(hub) == written(rooms) == size_of(rooms)


def test_what_a_killed_worker_fetched_is_in_the_ledger(hub: DemoHub, rooms: Rooms) -> None:
    ref, content = big(hub)
    hub.faults.add("stall", host="s3", method="GET", path="*/big.bin", after=500_000, times=99)
    transfer = start(rooms, 1.0, ref)
    end = time.monotonic() + PATIENCE
    while not charged(hub) and time.monotonic() < end:
        time.sleep(0.02)
    pid = rooms.supervisor.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    hub.faults.clear()
    assert 0 < charged(hub) <= written(rooms)
    done = settled(rooms, transfer)
    assert done.state is S.DONE, done
    assert Path(done.path).read_bytes() == content
    assert charged(hub) <= written(rooms)


def test_a_group_has_one_limit(hub: DemoHub, rooms: Rooms) -> None:
    refs = (*TABLES, f"s3://{OPEN}/plates/plate-0/well-00.csv")
    sizes = [size_of(rooms, ref) for ref in TABLES]
    limit = sizes[0] + sizes[1] // 2
    with pytest.raises(ConsentError) as caught:
        groups.start_refs(rooms, refs, folder(rooms), Grouping(), "some")
    cost = caught.value.body().cost
    assert cost
    assert (cost.files, cost.bytes) == (3, sum(sizes))
    begun, _ = groups.start_refs(
        rooms, refs, folder(rooms), Grouping(), "some", max_usd=limit * BYTE
    )
    paused = settled(rooms, begun)
    assert paused.state is S.PAUSED, paused
    assert charged(hub) == written(rooms) == limit
    assert paused.error
    assert paused.error.code == "limit"
    assert paused.paid_usd == pytest.approx(limit * BYTE)
    with pytest.raises(ConsentError):
        transfers.change(rooms, paused.id, "resume")
    done = settled(rooms, transfers.change(rooms, paused.id, "resume", 1.0))
    assert done.state is S.DONE, done
    assert done.group
    assert done.group.done == 4
    assert charged(hub) == written(rooms) == sum(sizes)


def test_a_folder_is_paid_for_as_a_whole(hub: DemoHub, rooms: Rooms) -> None:
    sizes = [size_of(rooms, ref) for ref in TABLES]
    paused = settled(rooms, start(rooms, sizes[0] * BYTE, f"s3://{PAID}/tables/"))
    assert paused.state is S.PAUSED, paused
    assert charged(hub) == written(rooms) == sizes[0]
    done = settled(rooms, start(rooms, 1.0, f"s3://{PAID}/tables/"))
    assert (done.id, done.state) == (paused.id, S.DONE)
    assert charged(hub) == written(rooms) == sum(sizes)


def test_files_of_a_list_that_turn_out_to_cost_something_wait_for_consent(
    hub: DemoHub, rooms: Rooms
) -> None:
    # A manifest knows no prices: they are told when the files are resolved.
    files = [
        Wanted.alone("s3", Asset(ref=ref, name=f"{number}.csv", path=f"{number}.csv"))
        for number, ref in enumerate(TABLES)
    ]
    group = Asset(ref="group:of-a-manifest", name="manifest", format="group", group=True)
    begun, _ = rooms.queue.add_group(group, folder(rooms), "s3", Grouping(), files)
    failed = settled(rooms, begun)
    assert failed.state is S.FAILED
    assert failed.error
    assert failed.error.code == "consent"
    assert failed.error.cost
    assert failed.error.cost.bytes == sum(size_of(rooms, ref) for ref in TABLES)
    with pytest.raises(ConsentError):
        transfers.change(rooms, failed.id, "retry")
    assert charged(hub) == 0
    done = settled(rooms, transfers.change(rooms, failed.id, "retry", 1.0))
    assert done.state is S.DONE, done
    assert charged(hub) == written(rooms) == failed.error.cost.bytes


def test_a_table_is_paid_for_once_and_then_converted(hub: DemoHub, rooms: Rooms) -> None:
    begun, _ = transfers.start(rooms, TABLE, folder(rooms), convert=True, max_usd=1.0)
    done = settled(rooms, begun)
    assert done.state is S.DONE, done
    assert done.path.endswith(".h5ad")
    transfers.start(rooms, TABLE, folder(rooms), convert=True)
    assert charged(hub) == written(rooms) == size_of(rooms)


def test_a_region_of_no_price_needs_consent_and_no_money(
    hub: DemoHub, s3_settings: Settings
) -> None:
    hub.s3.api.buckets.create(Bucket("near", requester_pays=True, readers=frozenset({READER.name})))
    hub.s3.api.buckets.put("near", "a.csv", b"a,b\n1,2\n")
    s3_settings.sources[-1].options["prices"] = {"here": "us-east-1"}
    s3_settings.sources[-1].options["buckets"].append("near")
    rooms = Rooms(s3_settings)
    try:
        with pytest.raises(ConsentError):
            start(rooms, None, "s3://near/a.csv")
        done = settled(rooms, start(rooms, 0.0, "s3://near/a.csv"))
    finally:
        rooms.close()
    assert done.state is S.DONE, done
    assert consent.spending(rooms).usd == 0
    assert written(rooms) == charged(hub) == 8


def test_a_queue_of_before_limits_goes_on(rooms: Rooms, tmp_path: Path) -> None:
    found = rooms.registry["s3"].dataset(f"s3://{OPEN}/odd/empty.csv")
    TransferQueue(tmp_path).add(found, found.assets[0], tmp_path, "s3")
    with sqlite3.connect(tmp_path / "transfers.sqlite") as old:
        for column in ("max_usd", "paid_usd"):
            old.execute(f"ALTER TABLE transfers DROP COLUMN {column}")
    old.close()
    (transfer,) = TransferQueue(tmp_path).list()
    assert (transfer.max_usd, transfer.paid_usd) == (None, 0.0)
