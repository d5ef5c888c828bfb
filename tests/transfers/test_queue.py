"""The queue on disk: one transfer per asset, strict states, every change told."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jupyterlab_datahub.errors import ConflictError, NotFoundError, TransferError
from jupyterlab_datahub.model import Asset, ErrorBody
from jupyterlab_datahub.transfers.disk.owner import Owner, Watch, this_process
from jupyterlab_datahub.transfers.queue.actions import ALLOWED, Action
from jupyterlab_datahub.transfers.queue.claims import Claims, Outcome, Progress
from jupyterlab_datahub.transfers.queue.queue import TransferQueue
from tests.transfers.desk import SOURCE, S, dataset_of

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Transfer
    from jupyterlab_datahub.transfers.schema import Job

NAMES = ("lung.h5ad", "heart.h5ad", "liver.h5ad")

ADD = """
import sys
from pathlib import Path
from jupyterlab_datahub.transfers.queue.queue import TransferQueue
from tests.transfers.test_queue import add
queue = TransferQueue(Path(sys.argv[1]))
sys.stdin.readline()
for _ in range(20):
    add(queue, "lung.h5ad")
"""


def asset_named(name: str) -> Asset:
    return Asset(ref=f"shop:{name}", name=name, size=100, loads_as_anndata=True)


def add(queue: TransferQueue, name: str, folder: str = "a") -> tuple[Transfer, bool]:
    asset = asset_named(name)
    return queue.add(dataset_of(asset), asset, Path("/data") / folder, SOURCE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def queue(home: Path) -> TransferQueue:
    return TransferQueue(home)


@pytest.fixture
def claims(home: Path) -> Claims:
    return Claims(home, this_process())


def test_what_is_asked_for_waits(queue: TransferQueue, home: Path) -> None:
    transfer, new = add(queue, "lung.h5ad")
    assert new
    assert (transfer.state, transfer.size, transfer.done) == (S.QUEUED, 100, 0)
    assert (transfer.title, transfer.name) == ("Cells of lung.h5ad", "lung.h5ad")
    assert TransferQueue(home).list() == [transfer] == [queue.get(transfer.id)]


def test_an_untouched_home_stays_empty_until_it_is_needed(home: Path) -> None:
    TransferQueue(home)
    assert not home.exists()


def test_two_clicks_are_one_transfer_with_two_links(queue: TransferQueue, claims: Claims) -> None:
    first, _ = add(queue, "lung.h5ad", "a")
    second, new = add(queue, "lung.h5ad", "b")
    assert not new
    assert second.id == first.id
    add(queue, "lung.h5ad", "b")
    job = claims.take()
    assert job is not None
    assert job.directories == ("/data/a", "/data/b")


def test_many_clicks_in_threads_are_one_transfer(queue: TransferQueue) -> None:
    answers: list[tuple[Transfer, bool]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(add(queue, "lung.h5ad"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({transfer.id for transfer, _ in answers}) == 1
    assert sorted(new for _, new in answers) == [False] * 7 + [True]


def test_many_clicks_in_processes_are_one_transfer(queue: TransferQueue, home: Path) -> None:
    clickers = [
        subprocess.Popen([sys.executable, "-c", ADD, str(home)], stdin=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for clicker in clickers:
        assert clicker.stdin is not None
        clicker.stdin.write("\n")
        clicker.stdin.flush()
    for clicker in clickers:
        clicker.communicate()
        assert clicker.returncode == 0
    assert len(queue.list()) == 1


def test_changes_are_told_once_and_in_order(queue: TransferQueue) -> None:
    first, _ = add(queue, "lung.h5ad")
    second, _ = add(queue, "heart.h5ad")
    assert [one.id for one in queue.changes(0)] == [first.id, second.id]
    paused = queue.pause(first.id)
    assert paused.sequence > second.sequence
    assert queue.changes(second.sequence) == [paused]
    assert queue.changes(paused.sequence) == []
    queue.remove(second.id)
    third, _ = add(queue, "liver.h5ad")
    assert third.sequence > paused.sequence


def test_the_list_is_newest_first(queue: TransferQueue) -> None:
    made = [add(queue, name)[0].id for name in NAMES]
    assert [transfer.id for transfer in queue.list()] == made[::-1]


def test_what_is_unknown_is_said(queue: TransferQueue) -> None:
    for action in (queue.get, queue.pause, queue.resume, queue.cancel, queue.retry, queue.remove):
        with pytest.raises(NotFoundError) as caught:
            action("no-such-id")
        assert caught.value.hint


def in_state(queue: TransferQueue, claims: Claims, state: S) -> Transfer:
    """Return a transfer in a state, reached as it is reached in life."""
    transfer, _ = add(queue, "lung.h5ad")
    if state in (S.PAUSED, S.CANCELLED):
        return queue.pause(transfer.id) if state is S.PAUSED else queue.cancel(transfer.id)
    if state is S.QUEUED:
        return transfer
    job = claims.take()
    assert job is not None
    if state in (S.RUNNING, S.VERIFYING):
        assert claims.enter(job, Progress(state=state, done=7))
    elif state is S.DONE:
        claims.finish(job, Outcome(path="/data/a/lung.h5ad", size=100))
    elif state is S.FAILED:
        claims.fail(job, ErrorBody(code="busy", message="busy"))
    return queue.get(transfer.id)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", ALLOWED)
def test_each_action_is_done_or_refused_with_words(
    queue: TransferQueue, claims: Claims, state: S, action: Action
) -> None:
    transfer = in_state(queue, claims, state)
    assert transfer.state is state
    act = getattr(queue, action)
    if state not in ALLOWED[action]:
        with pytest.raises(ConflictError, match=f"{state}.*{action}") as caught:
            act(transfer.id)
        assert caught.value.hint
        assert queue.get(transfer.id) == transfer
        return
    after = act(transfer.id)
    wanted = {"pause": S.PAUSED, "cancel": S.CANCELLED}.get(action, S.QUEUED)
    assert after.state is wanted
    assert after.sequence > transfer.sequence
    assert after.error is None


@pytest.mark.parametrize("state", S)
def test_any_transfer_can_be_taken_off_the_list(
    queue: TransferQueue, claims: Claims, state: S
) -> None:
    transfer = in_state(queue, claims, state)
    assert queue.remove(transfer.id).state.final
    assert queue.list() == []


@pytest.mark.parametrize("state", [S.FAILED, S.CANCELLED])
def test_asking_again_for_what_ended_badly_starts_it_again(
    queue: TransferQueue, claims: Claims, state: S
) -> None:
    transfer = in_state(queue, claims, state)
    again, new = add(queue, "lung.h5ad")
    assert new
    assert (again.id, again.state, again.error) == (transfer.id, S.QUEUED, None)
    assert len(queue.list()) == 1


def test_a_worker_learns_that_its_transfer_was_stopped(
    queue: TransferQueue, claims: Claims
) -> None:
    transfer = in_state(queue, claims, S.RUNNING)
    job = job_now(transfer)
    queue.pause(transfer.id)
    assert not claims.report(job, Progress(state=S.RUNNING, done=50))
    assert claims.land(job, lambda: pytest.fail("it was paused")) is None
    queue.resume(transfer.id)
    assert claims.take() is None, "its worker has not let go of it yet"
    claims.release(job)
    assert claims.take() is not None


def job_now(transfer: Transfer) -> Job:
    """Return the job of a transfer without taking it."""
    from jupyterlab_datahub.transfers.schema import Job, key_of, origin_of

    asset = asset_named(transfer.name)
    return Job(
        id=transfer.id,
        key=key_of(SOURCE, asset.ref),
        name=transfer.name,
        source=SOURCE,
        asset=asset,
        origin=origin_of(dataset_of(asset), asset),
        directories=("/data/a",),
    )


def test_what_is_in_the_library_can_neither_be_paused_nor_cancelled(
    queue: TransferQueue, claims: Claims
) -> None:
    transfer = in_state(queue, claims, S.VERIFYING)
    job = job_now(transfer)
    moved: list[bool] = []
    assert claims.land(job, lambda: moved.append(True)) == ("/data/a",)
    assert moved == [True]
    for action in (queue.pause, queue.cancel):
        with pytest.raises(ConflictError, match="in the library"):
            action(transfer.id)
    claims.finish(job, Outcome(path="/data/a/lung.h5ad", size=100))
    assert queue.get(transfer.id).state is S.DONE


def test_a_move_that_fails_changes_nothing(queue: TransferQueue, claims: Claims) -> None:
    transfer = in_state(queue, claims, S.VERIFYING)

    def fail() -> None:
        raise OSError("no")

    with pytest.raises(TransferError):
        claims.land(job_now(transfer), fail)
    assert queue.pause(transfer.id).state is S.PAUSED


def test_the_transfers_of_a_dead_worker_go_on_and_those_of_a_living_one_do_not(
    queue: TransferQueue, home: Path
) -> None:
    here = this_process()
    dead = Owner(host=here.host, pid=here.pid, started=here.started - 1, token="dead")
    for owner, name in ((here, "lung.h5ad"), (dead, "heart.h5ad"), (dead, "liver.h5ad")):
        add(queue, name)
        assert Claims(home, owner).take() is not None
    queue.pause(next(one.id for one in queue.list() if one.name == "liver.h5ad"))
    claims = Claims(home, here)
    assert claims.has_work(Watch())
    states = {one.name: one.state for one in queue.list()}
    assert states == {"lung.h5ad": S.RESOLVING, "heart.h5ad": S.QUEUED, "liver.h5ad": S.PAUSED}
    assert claims.requeue_dead(Watch()) == 0


def test_a_damaged_database_is_named(home: Path) -> None:
    home.mkdir()
    (home / "transfers.sqlite").write_text("this is no database, and long enough to tell" * 100)
    with pytest.raises(TransferError, match=r"transfers\.sqlite") as caught:
        TransferQueue(home).list()
    assert caught.value.hint


def test_an_address_that_looks_signed_is_not_kept(queue: TransferQueue, home: Path) -> None:
    asset = msgspec.structs.replace(
        asset_named("lung.h5ad"), url="https://u:p@files.example/lung.h5ad?X-Amz-Signature=s3cr3t"
    )
    queue.add(dataset_of(asset), asset, Path("/data/a"), SOURCE)
    stored = b"".join(path.read_bytes() for path in home.iterdir())
    assert b"s3cr3t" not in stored
    assert b"u:p@" not in stored


class QueueMachine(RuleBasedStateMachine):
    """Users and a worker do anything in any order; the queue agrees with a simple model.

    Transfers are chosen by their age: their names are random, and a case must be repeatable.
    """

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.directory = tempfile.TemporaryDirectory()
        home = Path(self.directory.name) / "home"
        self.queue = TransferQueue(home)
        self.claims = Claims(home, this_process())
        self.states: dict[str, S] = {}
        self.jobs: dict[str, Job] = {}
        self.sequence = 0

    def teardown(self) -> None:
        self.directory.cleanup()

    @rule(name=st.sampled_from(NAMES))
    def ask(self, name: str) -> None:
        transfer, new = add(self.queue, name)
        before = self.states.get(transfer.id)
        assert new == (before is None or before.final)
        if new:
            self.states[transfer.id] = S.QUEUED

    @precondition(lambda self: bool(self.states))
    @rule(data=st.data(), action=st.sampled_from(sorted(ALLOWED)))
    def act(self, data: st.DataObject, action: Action) -> None:
        chosen = data.draw(st.sampled_from(list(self.states)))
        if self.states[chosen] in ALLOWED[action]:
            self.states[chosen] = getattr(self.queue, action)(chosen).state
        else:
            with pytest.raises(ConflictError):
                getattr(self.queue, action)(chosen)

    @precondition(lambda self: bool(self.states))
    @rule(data=st.data())
    def take_off(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(list(self.states)))
        assert self.queue.remove(chosen).state.final
        del self.states[chosen]

    @rule()
    def take(self) -> None:
        job = self.claims.take()
        free = {key for key, state in self.states.items() if state is S.QUEUED} - set(self.jobs)
        assert (job is None) == (not free)
        if job is not None:
            assert job.id in free
            self.states[job.id] = S.RESOLVING
            self.jobs[job.id] = job

    @precondition(lambda self: bool(self.jobs))
    @rule(data=st.data(), state=st.sampled_from([S.RUNNING, S.VERIFYING]))
    def report(self, data: st.DataObject, state: S) -> None:
        job = self.jobs[data.draw(st.sampled_from(list(self.jobs)))]
        now = self.states.get(job.id)
        ours = now in (S.RESOLVING, S.RUNNING, S.VERIFYING)
        assert self.claims.enter(job, Progress(state=state, done=1)) == ours
        if ours:
            self.states[job.id] = state

    @precondition(lambda self: bool(self.jobs))
    @rule(data=st.data(), well=st.booleans())
    def end(self, data: st.DataObject, well: bool) -> None:
        job = self.jobs.pop(data.draw(st.sampled_from(list(self.jobs))))
        now = self.states.get(job.id)
        ours = now in (S.RESOLVING, S.RUNNING, S.VERIFYING)
        if well:
            landed = self.claims.land(job, lambda: None)
            assert (landed is not None) == ours
            if landed is not None:
                self.claims.finish(job, Outcome(path="/data/a/x", size=100))
        else:
            self.claims.fail(job, ErrorBody(code="busy", message="busy"))
        if ours:
            self.states[job.id] = S.DONE if well else S.FAILED
        self.claims.release(job)

    @rule()
    def die(self) -> None:
        """Let the worker end: what it held is queued again."""
        self.claims.release_all()
        for key in self.jobs:
            if self.states.get(key) in (S.RESOLVING, S.RUNNING, S.VERIFYING):
                self.states[key] = S.QUEUED
        self.jobs.clear()

    @invariant()
    def the_list_is_as_expected(self) -> None:
        listed = self.queue.list()
        assert {transfer.id: transfer.state for transfer in listed} == self.states
        assert len({transfer.ref for transfer in listed}) == len(listed)
        changed = self.queue.changes(self.sequence)
        numbers = [transfer.sequence for transfer in changed]
        assert numbers == sorted(set(numbers))
        self.sequence = max([self.sequence, *numbers])


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = hypothesis_settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
