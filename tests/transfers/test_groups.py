"""Many files as one transfer: each verified by itself, none kept back by another."""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.errors import NotFoundError
from jupyterlab_datahub.model import Access, Asset, Grouping
from jupyterlab_datahub.transfers.group.naming import Naming, identifier_of
from jupyterlab_datahub.transfers.queue.members import Wanted
from jupyterlab_datahub.transfers.schema import key_of
from tests.transfers.desk import SOURCE, S, dataset_of, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import GroupMember, Transfer
    from tests.transfers.desk import Desk

GROUP = Asset(ref="shop:all", name="all of it", format="group", group=True)


@pytest.fixture
def many(desk: Desk, host_files: Path) -> Callable[..., list[Asset]]:
    """Return what makes small files of the host, and lists them as a group of the Source."""

    def make(count: int, size: int = 1000, **change: Any) -> list[Asset]:
        assets = []
        for number in range(count):
            path = host_files / f"small-{number}.bin"
            content = number.to_bytes(4, "big") * (size // 4)
            path.write_bytes(content)
            _, asset = desk.sell(path.name)
            asset = msgspec.structs.replace(
                asset,
                checksums={"md5": hashlib.md5(content, usedforsecurity=False).hexdigest()},
                **change,
            )
            assets.append(asset)
        listed(desk, assets)
        return assets

    return make


@pytest.fixture
def host_files(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory that the host serves, of this test alone."""
    directory = tmp_path / "served"
    directory.mkdir()
    monkeypatch.setattr(desk, "files", directory)
    monkeypatch.setattr(desk.host, "directory", directory)
    return directory


def listed(desk: Desk, assets: list[Asset]) -> None:
    """Let the Source list some files as the group."""
    desk.script.with_suffix(f".{GROUP.name}.json").write_bytes(msgspec.json.encode(assets))


def ask(desk: Desk, grouping: Grouping | None = None) -> Transfer:
    transfer, new = desk.queue.add_group(GROUP, desk.folder, SOURCE, grouping or Grouping())
    assert new
    return transfer


def members(desk: Desk, transfer: Transfer, state: S | None = None) -> tuple[GroupMember, ...]:
    return desk.queue.members(transfer.id, state, 0, 500).members


def test_every_file_is_fetched_verified_and_linked(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    assets = many(30)
    transfer = ask(desk)
    assert transfer.group is not None
    assert (transfer.group.total, transfer.name) == (None, GROUP.name)
    desk.supervise()
    last = desk.done(transfer)
    assert last.group is not None
    assert (last.group.total, last.group.done, last.group.failed) == (30, 30, 0)
    assert (last.done, last.size) == (30_000, 30_000)
    folder = Path(last.path)
    assert folder == desk.folder / GROUP.name
    assert sorted(path.name for path in folder.iterdir()) == sorted(a.name for a in assets)
    for member, asset in zip(members(desk, last), assets, strict=True):
        item = desk.library.find_asset(asset.ref)
        assert item is not None
        assert (member.state, member.sha256) == (S.DONE, item.sha256)
        assert Path(member.path).read_bytes() == (desk.files / asset.name).read_bytes()
    assert desk.leftovers() == []


def test_a_file_that_cannot_be_had_keeps_none_back(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    assets = many(12)
    wrong = msgspec.structs.replace(assets[3], checksums={"md5": "0" * 32})
    closed = msgspec.structs.replace(
        assets[5], access=Access.CONTROLLED, access_note="Ask its owners."
    )
    listed(desk, [*assets[:3], wrong, assets[4], closed, *assets[6:]])
    transfer = ask(desk)
    desk.supervise()
    last = desk.finished(transfer)
    assert last.state is S.FAILED
    assert last.error is not None
    assert last.error.message == "2 of 12 files could not be fetched"
    assert last.group is not None
    assert (last.group.done, last.group.failed) == (10, 2)
    failed = members(desk, last, S.FAILED)
    assert [member.name for member in failed] == [wrong.name, closed.name]
    assert [member.error.code for member in failed if member.error] == ["checksum", "no_access"]
    assert failed[1].error is not None
    assert failed[1].error.hint == "Ask its owners."

    before = len(desk.host.requests)
    listed(desk, assets)
    desk.queue.retry(transfer.id)
    again = desk.finished(transfer)
    # What the Source said of the files when they were listed still holds.
    assert again.group is not None
    assert (again.state, again.group.done, again.group.failed) == (S.FAILED, 10, 2)
    asked = {seen.path for seen in desk.host.requests[before:]}
    assert asked == {f"/{wrong.name}"}


def test_asked_for_again_it_is_listed_anew_and_fetches_what_is_new(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    assets = many(6)
    listed(desk, assets[:4])
    transfer = ask(desk)
    desk.supervise()
    desk.done(transfer)
    listed(desk, assets)
    before = len(desk.host.requests)
    again = ask(desk)
    assert again.id == transfer.id
    last = desk.done(again)
    assert last.group is not None
    assert last.group.done == 6
    asked = {seen.path for seen in desk.host.requests[before:]}
    assert asked == {f"/{asset.name}" for asset in assets[4:]}


def test_paused_it_goes_on_with_the_files_that_are_left(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    many(40, size=20_000)
    # Some files come, the others when the faults are cleared.
    desk.host.faults.add("stall", skip=10, times=1000)
    transfer = ask(desk)
    desk.supervise()
    desk.until(transfer, lambda now: now.group is not None and now.group.done >= 3)
    desk.queue.pause(transfer.id)
    desk.until(transfer, lambda _: not desk.owners())
    paused = desk.queue.get(transfer.id)
    assert paused.group is not None
    done = {member.name for member in members(desk, paused, S.DONE)}
    assert 3 <= len(done) < 40
    desk.host.faults.clear()
    before = len(desk.host.requests)
    desk.queue.resume(transfer.id)
    last = desk.done(transfer)
    assert last.group is not None
    assert last.group.done == 40
    assert not {seen.path[1:] for seen in desk.host.requests[before:]} & done


def test_cancelled_nothing_unfinished_stays(desk: Desk, many: Callable[..., list[Asset]]) -> None:
    many(20, size=40_000)
    # Some files come, the others when the faults are cleared.
    desk.host.faults.add("stall", skip=3, times=1000)
    transfer = ask(desk)
    desk.supervise()
    desk.running(transfer)
    desk.queue.cancel(transfer.id)
    desk.until(transfer, lambda _: not desk.owners() and desk.gone())
    desk.queue.remove(transfer.id)
    with pytest.raises(NotFoundError):
        desk.queue.members(transfer.id, None, 0, 10)


def test_what_is_in_the_library_leaves_no_journal_of_a_process_that_was_killed(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    assets = many(3)
    desk.supervise()
    alone, _ = desk.queue.add(dataset_of(assets[1]), assets[1], desk.folder, SOURCE)
    desk.done(alone)
    until(desk.gone)
    journal = desk.library.parts / f"{key_of(SOURCE, assets[1].ref)}.journal"
    journal.write_bytes(b"{}")
    desk.done(ask(desk))
    until(desk.gone)


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    many(40, size=20_000)
    # Some files come, the others when the faults are cleared.
    desk.host.faults.add("stall", skip=10, times=1000)
    transfer = ask(desk)
    supervisor = desk.supervise()
    desk.until(transfer, lambda now: now.group is not None and now.group.done >= 2)
    assert supervisor.pid is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    desk.host.faults.clear()
    last = desk.done(transfer)
    assert last.group is not None
    assert (last.group.done, last.group.total) == (40, 40)
    # Leases of the dead are tidied up by the next worker that starts; they hold no bytes.
    assert [name for name in desk.leftovers() if not name.endswith(".owner")] == []


def test_a_host_that_is_away_is_not_asked_for_every_file(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    assets = many(200)
    for asset in assets:
        desk.answers[asset.ref] = [None]
    desk.write_script()
    transfer = ask(desk)
    desk.supervise()
    last = desk.finished(transfer)
    assert last.state is S.FAILED
    assert last.error is not None
    assert "the shop is closed" in last.error.message
    assert len(members(desk, last, S.FAILED)) < 40
    assert len(members(desk, last, S.QUEUED)) > 100


def test_right_files_that_lie_there_are_left_alone(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    assets = many(3)
    folder = desk.folder / GROUP.name
    folder.mkdir(parents=True)
    mine = (desk.files / assets[0].name).read_bytes()
    (folder / assets[0].name).write_bytes(mine)
    damaged = mine[:-1] + b"x"
    (folder / assets[1].name).write_bytes(damaged)
    transfer = ask(desk, Grouping(skip_completed=True))
    desk.supervise()
    last = desk.done(transfer)
    asked = {seen.path for seen in desk.host.requests}
    assert asked == {f"/{asset.name}" for asset in assets[1:]}
    first, second, _ = members(desk, last)
    assert first.path == str(folder / assets[0].name)
    assert first.sha256 == hashlib.sha256(mine).hexdigest()
    # The user's own file stays, whatever is in it.
    assert (folder / assets[1].name).read_bytes() == damaged
    assert Path(second.path) != folder / assets[1].name
    assert Path(second.path).read_bytes() == (desk.files / assets[1].name).read_bytes()


def test_files_of_several_sources_are_listed_by_whoever_asks(
    desk: Desk, many: Callable[..., list[Asset]]
) -> None:
    assets = many(3)
    files = [Wanted.alone(SOURCE, msgspec.structs.replace(a, path=f"x/{a.name}")) for a in assets]
    group = Asset(ref="group:1", name="ticked", format="group", group=True)
    transfer, new = desk.queue.add_group(group, desk.folder, "", Grouping(), files)
    assert new
    assert transfer.group is not None
    assert (transfer.group.total, transfer.size) == (3, 3000)
    desk.supervise()
    desk.done(transfer)
    assert len(list((desk.folder / "ticked" / "x").iterdir())) == 3


def test_a_host_that_still_prepares_a_file_is_waited_for(desk: Desk) -> None:
    _, asset = desk.sell("small.h5ad")
    ready = desk.answers[asset.ref][0]
    desk.answers[asset.ref] = [*([{"etag": "preparing"}] * 12), ready]
    dataset, _ = desk.sell("small.h5ad")
    desk.answers[asset.ref] = [*([{"etag": "preparing"}] * 12), ready]
    desk.write_script()
    transfer, _ = desk.queue.add(dataset, asset, desk.folder, SOURCE)
    desk.supervise()
    desk.done(transfer)
    assert desk.resolved() >= 13


def test_what_is_asked_anew_each_time_keeps_what_it_was(desk: Desk) -> None:
    dataset, asset = desk.sell("small.h5ad")
    question = msgspec.structs.replace(asset, volatile=True, size=None)
    transfer, _ = desk.queue.add(dataset, question, desk.folder, SOURCE)
    desk.supervise()
    first = desk.done(transfer)
    desk.answers[asset.ref] = [{"url": f"{desk.host.url}/empty.h5ad"}]
    desk.write_script()
    again, new = desk.queue.add(dataset, question, desk.folder, SOURCE)
    assert new
    second = desk.done(again)
    assert second.sha256 != first.sha256
    newest = desk.library.find_asset(asset.ref)
    assert newest is not None
    assert newest.sha256 == second.sha256
    assert {item.sha256 for item in desk.library.items()} == {first.sha256, second.sha256}
    assert Path(first.path).stat().st_size == 70_001


def named(ref: str, name: str = "counts.tsv", path: str = "") -> Asset:
    return Asset(ref=ref, name=name, path=path)


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        ("original", ["counts.tsv", "dg.1_b/Counts.tsv", "a/counts.tsv", "_.._passwd", "e"]),
        ("guid", ["a", "dg.1_b", "c", "d", "e"]),
        (
            "combined",
            ["counts_a.tsv", "Counts_dg.1_b.tsv", "counts_c.tsv", "_._d._passwd", "e_e"],
        ),
    ],
)
def test_names_in_the_folder(wanted: Any, paths: list[str]) -> None:
    naming = Naming(wanted)
    assets = (
        named("gen3:x.org/a"),
        named("gen3:x.org/dg.1/b", "Counts.tsv"),
        named("gen3:x.org/c", path="a/counts.tsv"),
        named("gen3:x.org/d", "/../passwd"),
        named("gen3:x.org/e", ""),
    )
    assert [str(naming.path(asset)) for asset in assets] == paths


@pytest.mark.parametrize(
    ("ref", "identifier"),
    [
        ("gen3:x.org/dg.1234/ab-c", "dg.1234/ab-c"),
        ("hca:dcp60/0a1b@2025-01-01T00:00:00Z", "0a1b"),
        ("shop:cells.h5ad", "cells.h5ad"),
        ("s3://bucket/a/b.txt", "a/b.txt"),
    ],
)
def test_identifiers(ref: str, identifier: str) -> None:
    assert identifier_of(ref) == identifier
