"""Whatever a host does, the right bytes come home once, or an error says why not."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.transfers.conftest import SIZES
from tests.transfers.desk import MIB, S, sha256, until

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import Transfer
    from tests.transfers.desk import Desk

NAME = "cells.h5ad"
SIZE = SIZES[NAME]


def check_home(desk: Desk, transfer: Transfer, name: str = NAME) -> None:
    """Check that a file came home, whole and under its name, and that nothing else is left."""
    assert transfer.state is S.DONE, transfer
    assert transfer.error is None
    assert transfer.sha256 == sha256(desk.files / name)
    link = desk.folder / name
    assert transfer.path == str(link)
    assert link.read_bytes() == (desk.files / name).read_bytes()
    assert transfer.done == transfer.size == SIZES[name]
    until(desk.gone)


@pytest.mark.parametrize("name", SIZES)
def test_a_file_comes_home(desk: Desk, name: str) -> None:
    check_home(desk, desk.fetch(name), name)
    item = desk.library.find(f"shop:{name}")
    assert item is not None
    assert (item.licence, item.version, item.doi) == ("CC BY 4.0", "v1", "10.5555/cells")


def test_a_file_comes_in_parallel_parts_each_asked_for_once(desk: Desk) -> None:
    check_home(desk, desk.fetch(NAME))
    spans = sorted(desk.asked())
    assert spans[0][0] == 0
    assert spans[-1][1] == SIZE
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    assert desk.sent() == SIZE


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("cut", 0),
        ("cut", 1),
        ("cut", MIB // 2),
        ("cut", MIB - 1),
        ("reset", 0),
        ("reset", MIB // 2),
    ],
)
def test_a_cut_connection_is_taken_up_where_it_broke(desk: Desk, kind: Any, after: int) -> None:
    desk.host.faults.add(kind, after=after, times=3)
    check_home(desk, desk.fetch(NAME))
    if kind == "cut":
        assert desk.sent() == SIZE


def test_a_stalled_connection_is_left_and_taken_up(desk: Desk) -> None:
    desk.host.faults.add("stall", after=300_000, times=2)
    transfer = desk.ask(NAME)
    # A machine that is busy may be late as well, and is asked again as often as that takes.
    desk.supervise(msgspec.structs.replace(desk.settings, read_timeout=1.0, attempts=40))
    check_home(desk, desk.done(transfer))


def test_a_host_that_only_stalls_is_named_with_the_time_it_was_given(desk: Desk) -> None:
    desk.host.faults.add("stall", after=0, times=1000)
    transfer = desk.ask(NAME)
    desk.supervise(msgspec.structs.replace(desk.settings, read_timeout=1.0, attempts=2))
    last = desk.finished(transfer)
    assert last.error is not None
    assert last.error.code == "slow"
    assert "sent nothing for 1 s" in last.error.message


@pytest.mark.parametrize(("status", "retry_after"), [(429, ""), (503, ""), (503, "1")])
def test_a_busy_host_is_asked_again_later(desk: Desk, status: int, retry_after: str) -> None:
    times = 1 if retry_after else 3
    desk.host.faults.add("status", status=status, retry_after=retry_after, times=times)
    check_home(desk, desk.fetch(NAME))


def test_a_host_that_asks_for_time_gets_it_and_the_user_is_told(desk: Desk) -> None:
    desk.host.faults.add("status", status=429, retry_after="2", times=1)
    transfer = desk.ask(NAME)
    desk.supervise()
    waiting = desk.until(transfer, lambda now: bool(now.note) or now.state.final)
    assert waiting.note.endswith("asked to wait 2 s")
    assert len(desk.host.requests) == 1
    check_home(desk, desk.finished(transfer))


def test_a_host_that_stays_busy_ends_the_transfer_with_words(desk: Desk) -> None:
    desk.host.faults.add("status", status=503, retry_after="0", times=1000)
    transfer = desk.fetch(NAME)
    assert transfer.state is S.FAILED
    assert transfer.error is not None
    assert transfer.error.code == "busy"
    assert "127.0.0.1" in transfer.error.message
    assert transfer.error.hint


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_fails_for_a_moment_is_forgiven(desk: Desk, status: int) -> None:
    desk.host.faults.add("html", status=status, times=2)
    check_home(desk, desk.fetch(NAME))


@pytest.mark.parametrize(("by", "times"), [(1000, 2), (-1000, 2)])
def test_a_wrong_length_of_an_answer_is_noticed(desk: Desk, by: int, times: int) -> None:
    desk.host.faults.add("length", by=by, times=times)
    check_home(desk, desk.fetch(NAME))


def test_a_file_of_another_length_than_the_catalog_says_is_refused(desk: Desk) -> None:
    desk.host.faults.add("truncated", size=SIZE - 5)
    transfer = desk.fetch(NAME)
    assert transfer.state is S.FAILED
    assert transfer.error is not None
    assert transfer.error.code == "length"
    assert f"{SIZE - 5:,}" in transfer.error.message
    until(desk.gone)
    assert not desk.folder.exists()


def test_a_damaged_byte_is_fetched_again(desk: Desk) -> None:
    desk.host.faults.add("corrupt", offset=5_000_000, times=1)
    digest = sha256(desk.files / NAME)
    transfer = desk.fetch(NAME, checksums={"sha256": digest})
    check_home(desk, transfer)
    assert "fetched again" in transfer.note


@pytest.mark.parametrize("algorithm", ["sha256", "md5", "crc32"])
def test_a_file_that_stays_damaged_is_refused_and_removed(desk: Desk, algorithm: str) -> None:
    desk.host.faults.add("corrupt", offset=5_000_000, times=1000)
    digest = checksum(desk.files / NAME, algorithm)
    transfer = desk.fetch(NAME, checksums={algorithm: digest})
    assert transfer.state is S.FAILED
    assert transfer.error is not None
    assert transfer.error.code == "checksum"
    assert algorithm in transfer.error.message
    assert transfer.done == 0
    until(desk.gone)
    assert desk.library.items() == ()
    assert not desk.folder.exists()


def checksum(path: Path, algorithm: str) -> str:
    """Return a checksum by another way than the code under test."""
    import hashlib
    import zlib

    if algorithm == "crc32":
        return f"{zlib.crc32(path.read_bytes()):08x}"
    return hashlib.new(algorithm, path.read_bytes()).hexdigest()


@pytest.mark.parametrize("algorithm", ["sha256", "md5", "crc32"])
def test_the_checksum_a_catalog_publishes_is_compared(desk: Desk, algorithm: str) -> None:
    digest = checksum(desk.files / NAME, algorithm)
    check_home(desk, desk.fetch(NAME, checksums={algorithm: digest.upper()}))


def test_a_file_that_changes_once_while_it_is_fetched_is_fetched_anew(desk: Desk) -> None:
    desk.host.faults.add("changed", times=3)
    transfer = desk.fetch(NAME)
    check_home(desk, transfer)
    assert "changed on its host" in transfer.note


def test_a_file_that_keeps_changing_ends_the_transfer(desk: Desk) -> None:
    # Each round sees another file in one of its nine requests; the first may have sent some more
    # when it is given up.
    desk.host.faults.add("changed", times=1, skip=3)
    desk.host.faults.add("changed", times=1, skip=8)
    last = desk.fetch(NAME)
    assert desk.host.faults.active == []
    assert last.state is S.FAILED
    assert last.error is not None
    assert last.error.code == "changed"


@pytest.mark.parametrize("etag", ['W/"weak"', ""])
def test_a_host_without_strong_tags_is_asked_by_date(desk: Desk, etag: str) -> None:
    desk.host.etags[NAME] = etag or '"some"'
    desk.host.faults.add("cut", after=10_000, times=2)
    check_home(desk, desk.fetch(NAME))
    later = [seen for seen in desk.host.requests if not seen.range.startswith("bytes=0-")]
    header = "if-unmodified-since" if etag else "if-range"
    assert later
    assert all(header in seen.headers for seen in later)


def test_a_host_without_ranges_is_read_in_one_stream(desk: Desk) -> None:
    desk.host.faults.add("ignore_range")
    check_home(desk, desk.fetch(NAME))
    assert len(desk.host.requests) == 1


def test_one_stream_that_is_cut_starts_again(desk: Desk) -> None:
    desk.host.faults.add("ignore_range")
    desk.host.faults.add("cut", after=3_000_000, times=1)
    check_home(desk, desk.fetch(NAME))
    assert len(desk.host.requests) == 2


def test_a_host_that_always_cuts_one_stream_at_the_same_byte_is_given_up(desk: Desk) -> None:
    desk.host.faults.add("ignore_range")
    desk.host.faults.add("cut", after=3_000_000, times=1000)
    transfer = desk.fetch(NAME)
    assert transfer.state is S.FAILED
    assert transfer.error is not None
    assert transfer.error.code == "interrupted"
    assert len(desk.host.requests) == desk.settings.attempts


def test_a_host_that_forgets_ranges_half_way_is_followed(desk: Desk) -> None:
    slow = desk.host.faults.add("slow", rate=500_000)
    transfer = desk.ask(NAME)
    desk.supervise()
    desk.running(transfer, 500_000)
    desk.host.faults.remove(slow)
    desk.host.faults.add("ignore_range")
    desk.host.faults.add("cut", after=100_000, times=3)
    check_home(desk, desk.done(transfer))


def test_a_host_that_is_down_for_a_moment_is_forgiven(desk: Desk) -> None:
    desk.host.faults.add("down", times=2)
    check_home(desk, desk.fetch(NAME))


def test_a_transfer_that_failed_goes_on_from_what_it_had(desk: Desk) -> None:
    desk.host.faults.add("cut", after=500_000, times=1000, skip=4)
    transfer = desk.ask(NAME)
    desk.supervise(msgspec.structs.replace(desk.settings, attempts=1))
    failed = desk.finished(transfer)
    assert failed.error is not None
    assert failed.error.code == "interrupted"
    assert 0 < failed.done < SIZE
    desk.host.faults.clear()
    desk.host.requests.clear()
    desk.queue.retry(transfer.id)
    check_home(desk, desk.done(transfer))
    assert desk.covered() == SIZE - failed.done


def test_a_host_that_is_gone_is_named(desk: Desk) -> None:
    transfer = desk.ask(NAME)
    desk.host.stop()
    desk.supervise()
    last = desk.finished(transfer)
    assert last.error is not None
    assert last.error.code == "unreachable"
    assert f"127.0.0.1:{desk.host.port}" in last.error.message
    assert last.error.source == "shop"


@pytest.mark.parametrize(
    ("status", "code"), [(404, "not_found"), (410, "withdrawn"), (418, "bad_answer")]
)
def test_what_another_try_does_not_help_fails_at_once(desk: Desk, status: int, code: str) -> None:
    desk.host.faults.add("status", status=status, times=1000)
    transfer = desk.fetch(NAME)
    assert transfer.error is not None
    assert transfer.error.code == code
    assert len(desk.host.requests) == 1


def test_a_web_page_is_not_taken_for_the_file(desk: Desk) -> None:
    desk.host.faults.add("html", status=200, times=1000)
    transfer = desk.fetch(NAME)
    assert transfer.error is not None
    assert "web page" in transfer.error.message
    assert desk.library.items() == ()


def test_an_address_that_expired_is_asked_for_again(desk: Desk) -> None:
    transfer = desk.ask(NAME)
    desk.host.faults.add("expired", times=1, skip=3)
    desk.supervise()
    check_home(desk, desk.done(transfer))
    assert desk.resolved() == 2


def test_a_host_that_refuses_a_fresh_address_is_believed(desk: Desk) -> None:
    desk.host.faults.add("expired", times=1000)
    transfer = desk.fetch(NAME)
    assert transfer.error is not None
    assert transfer.error.code == "no_access"
    assert desk.resolved() == 2


def test_an_address_known_to_expire_is_renewed_before_it_is_used(desk: Desk) -> None:
    transfer = desk.ask(NAME, expires=1.0)
    desk.supervise()
    check_home(desk, desk.done(transfer))
    assert desk.resolved() > 1


def test_a_catalog_that_is_away_for_a_moment_is_asked_again(desk: Desk) -> None:
    transfer = desk.ask(NAME)
    desk.answers[transfer.ref].insert(0, None)
    desk.write_script()
    desk.supervise()
    check_home(desk, desk.done(transfer))


def test_a_catalog_that_stays_away_is_named(desk: Desk) -> None:
    transfer = desk.ask(NAME)
    desk.answers[transfer.ref] = [None]
    desk.write_script()
    desk.supervise()
    last = desk.finished(transfer)
    assert last.error is not None
    assert (last.error.code, last.error.source) == ("unreachable", "shop")
    assert "shop.example" in last.error.message


def test_an_etag_that_looks_like_a_checksum_of_other_bytes_is_a_note(desk: Desk) -> None:
    desk.host.etags[NAME] = '"0123456789abcdef0123456789abcdef-2"'
    transfer = desk.fetch(NAME)
    check_home(desk, transfer)
    assert "ETag" in transfer.note


@pytest.mark.parametrize("seed", range(4))
def test_many_faults_at_once(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the seed is the test
    kinds: list[Any] = ["cut", "reset", "status", "down", "length"]
    for _ in range(8):
        desk.host.faults.add(
            chance.choice(kinds),
            after=chance.randrange(1, MIB),
            by=chance.choice([-500, 500]),
            skip=chance.randrange(6),
            times=1,
        )
    digest = sha256(desk.files / NAME)
    check_home(desk, desk.fetch(NAME, checksums={"sha256": digest}))
