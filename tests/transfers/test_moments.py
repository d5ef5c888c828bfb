"""Pause, resume, cancel and retry at any moment, and always end well."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.errors import ConflictError, NotFoundError
from tests.transfers.conftest import SIZES
from tests.transfers.desk import S, sha256, until

if TYPE_CHECKING:
    from tests.transfers.desk import Desk

NAME = "cells.h5ad"
SIZE = SIZES[NAME]

NEXT = {
    S.QUEUED: {S.RESOLVING, S.PAUSED, S.CANCELLED},
    S.RESOLVING: {S.RUNNING, S.VERIFYING, S.PAUSED, S.CANCELLED, S.QUEUED},
    S.RUNNING: {S.VERIFYING, S.PAUSED, S.CANCELLED, S.QUEUED},
    S.VERIFYING: {S.DONE, S.PAUSED, S.CANCELLED, S.QUEUED},
    S.PAUSED: {S.QUEUED, S.CANCELLED},
    S.CANCELLED: {S.QUEUED},
    S.DONE: set[S](),
}


def reachable(start: S, end: S) -> bool:
    """Return whether a state follows from another, with others unseen in between."""
    seen, todo = {start}, [start]
    while todo:
        for state in NEXT[todo.pop()] - seen:
            seen.add(state)
            todo.append(state)
    return end in seen


@pytest.mark.parametrize("seed", range(4))
def test_any_action_at_any_moment(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the seed is the test
    slow = desk.host.faults.add("slow", rate=chance.choice([300_000, 2_000_000]))
    transfer = desk.ask(NAME)
    desk.supervise()
    state, sequence = transfer.state, transfer.sequence
    for _ in range(10):
        time.sleep(chance.choice([0, 0.02, 0.1, 0.3]))
        try:
            act = chance.choice(["pause", "resume", "resume", "cancel", "retry", "retry"])
            now = getattr(desk.queue, act)(transfer.id)
        except ConflictError:
            now = desk.queue.get(transfer.id)
        assert reachable(state, now.state)
        assert 0 <= now.done <= SIZE
        assert now.sequence >= sequence
        state, sequence = now.state, now.sequence
        if now.state is not S.DONE:
            assert not (desk.folder / NAME).exists()
    desk.host.faults.remove(slow)
    for act in ("resume", "retry"):
        try:
            getattr(desk.queue, act)(transfer.id)
        except ConflictError:
            continue
    last = desk.done(transfer)
    assert last.sha256 == sha256(desk.files / NAME)
    until(desk.gone)


@pytest.mark.parametrize("action", ["pause", "cancel", "remove"])
def test_a_connection_that_says_nothing_holds_nobody_up(desk: Desk, action: str) -> None:
    patient = msgspec.structs.replace(desk.settings, read_timeout=600.0)
    desk.host.faults.add("stall", after=100_000, times=1000)
    transfer = desk.ask(NAME)
    desk.supervise(patient)
    desk.running(transfer, 100_000)
    getattr(desk.queue, action)(transfer.id)
    until(lambda: not any(name.endswith(".owner") for name in desk.leftovers()))
    assert bool(desk.leftovers()) == (action == "pause")


@pytest.mark.parametrize("action", ["pause", "cancel", "remove"])
def test_a_host_that_does_not_answer_holds_nobody_up(desk: Desk, action: str) -> None:
    patient = msgspec.structs.replace(desk.settings, read_timeout=600.0)
    desk.host.faults.add("latency", seconds=3600, times=1000)
    transfer = desk.ask(NAME)
    desk.supervise(patient)
    until(lambda: desk.host.faults.active[0].times < 1000)
    getattr(desk.queue, action)(transfer.id)
    until(lambda: not any(name.endswith(".owner") for name in desk.leftovers()))


def test_a_cancelled_transfer_leaves_nothing(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    desk.supervise()
    desk.running(transfer, 100_000)
    cancelled = desk.queue.cancel(transfer.id)
    assert (cancelled.state, cancelled.done) == (S.CANCELLED, 0)
    until(desk.gone)
    assert not desk.folder.exists()
    assert desk.library.items() == ()


@pytest.mark.parametrize("action", ["cancel", "remove"])
def test_what_no_worker_holds_is_cleaned_at_once(desk: Desk, action: str) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    desk.supervise()
    desk.running(transfer, 100_000)
    desk.queue.pause(transfer.id)
    until(lambda: not desk.owners())
    assert desk.leftovers()
    getattr(desk.queue, action)(transfer.id)
    assert desk.gone()


def test_a_transfer_off_the_list_can_be_asked_for_again_at_once(desk: Desk) -> None:
    desk.hold()
    transfer = desk.ask(NAME)
    desk.supervise()
    desk.running(transfer, 100_000)
    desk.queue.remove(transfer.id)
    again = desk.ask(NAME)
    assert again.id != transfer.id
    desk.host.faults.clear()
    assert desk.done(again).sha256 == sha256(desk.files / NAME)
    with pytest.raises(NotFoundError):
        desk.queue.get(transfer.id)


def test_progress_is_told_while_bytes_come(desk: Desk) -> None:
    desk.host.faults.add("slow", rate=700_000)
    transfer = desk.ask(NAME)
    desk.supervise()
    seen = [desk.running(transfer)]
    while not seen[-1].state.final:
        seen += desk.queue.changes(seen[-1].sequence)
        time.sleep(0.02)
    running = [one for one in seen if one.state is S.RUNNING and one.rate]
    assert len(running) >= 2
    assert all(one.size == SIZE for one in seen)
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert all(one.remaining is not None and one.remaining > 0 for one in running[:-1])
    assert (seen[-1].state, seen[-1].rate, seen[-1].remaining) == (S.DONE, 0, None)
    states = [one.state for one in seen]
    assert states == sorted(states, key=list(S).index)
