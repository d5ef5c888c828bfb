"""A process that is ready before it is asked: who gets it, when it ends, what it cannot harm."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.errors import SlowError, UnreadableError
from jupyterlab_datahub.ranged.child import Children, Outcome, Task
from jupyterlab_datahub.ranged.kept import AT_WORK, Kept
from jupyterlab_datahub.ranged.spare import NICENESS, Child, Spare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONGEST = 30.0

MODULE = """
import os, signal, time
from jupyterlab_datahub.ranged.child import Outcome, Task
from jupyterlab_datahub.ranged.process import serve

prepared = False

class Said(Outcome):
    pid: int = 0
    ready: bool = False
    niceness: int = 0
    processors: int = 0

def prepare():
    global prepared
    prepared = True

def answered(task):
    if task.ref == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if task.ref == "hangs":
        time.sleep(60)
    return Said(
        pid=os.getpid(),
        ready=prepared,
        niceness=os.nice(0),
        processors=len(os.sched_getaffinity(0)),
    )

serve(Task, answered, prepare)
"""


class Said(Outcome):
    """Which process it was, whether it was ready, and what it leaves to others."""

    pid: int = 0
    ready: bool = False
    niceness: int = 0
    processors: int = 0


def eventually(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + LONGEST
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def started() -> list[subprocess.Popen[bytes]]:
    return []


@pytest.fixture
def start(started: list[subprocess.Popen[bytes]]) -> Callable[[], Child]:
    def begun(complaints: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=complaints))
        return started[-1]

    return lambda: Child(begun)


def test_one_is_ready_and_is_given_away_once(
    start: Callable[[], Child], started: list[subprocess.Popen[bytes]]
) -> None:
    spare = Spare(start, pause=0)
    assert spare.take() is None
    for _ in range(3):
        spare.have_one()
    eventually(lambda: len(started) == 1)
    child = spare.take()
    assert child is not None
    assert spare.take() is None
    child.end()
    spare.have_one()
    eventually(lambda: len(started) == 2)
    spare.close()
    assert all(process.returncode is not None for process in started)
    spare.have_one()
    assert (spare.take(), len(started)) == (None, 2)


def test_one_that_nobody_takes_is_ended(
    start: Callable[[], Child], started: list[subprocess.Popen[bytes]]
) -> None:
    spare = Spare(start, idle=0.01, pause=0)
    spare.have_one()
    eventually(lambda: bool(started) and started[0].returncode is not None)
    assert spare.take() is None
    spare.have_one()
    eventually(lambda: len(started) == 2)
    spare.close()


def test_one_that_ended_by_itself_is_given_to_nobody(
    start: Callable[[], Child], started: list[subprocess.Popen[bytes]]
) -> None:
    spare = Spare(start, pause=0)
    spare.have_one()
    eventually(lambda: bool(started))
    started[0].kill()
    started[0].wait(LONGEST)
    assert spare.take() is None
    spare.close()


def test_no_process_can_be_started() -> None:
    def fails() -> Child:
        raise OSError("no more processes")

    spare = Spare(fails, pause=0)
    spare.have_one()
    assert spare.take() is None
    spare.close()


def test_one_that_is_ready_deletes_what_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "looks_at_nothing.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr("jupyterlab_datahub.ranged.spare.PAUSE", 0.0)
    kept = Kept(tmp_path / "kept", most=2500)
    for age, ref in enumerate(("new", "old", "older")):
        state = kept.state(ref, "key")
        state.put("points-", bytes(1000))
        for path in state.directory.iterdir():
            os.utime(path, times=(0, time.time() - age * 2 * AT_WORK))
    made = Children("looks_at_nothing", spare=True, kept=kept)
    made.expect()
    eventually(lambda: not kept.state("older", "key").has("points-"))
    assert kept.state("old", "key").has("points-")
    made.close()
    # A command that ends before one is ready does it itself.
    alone = Children("looks_at_nothing", kept=kept)
    kept.state("older", "key").put("points-", bytes(1000))
    [path] = kept.state("older", "key").directory.iterdir()
    os.utime(path, times=(0, 0))
    ask(alone, "first")
    alone.close()
    there = [kept.state(ref, "key").has("points-") for ref in ("new", "old", "older")]
    assert there == [True, True, False]


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    (tmp_path / "looks_at_nothing.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr("jupyterlab_datahub.ranged.spare.PAUSE", 0.0)
    made = Children("looks_at_nothing", spare=True)
    yield made
    made.close()


def ask(children: Children, ref: str, seconds: float = LONGEST) -> Said:
    """Return what a process says."""
    return children.answer(Task(ref=ref, name="a file", seconds=seconds), Said, "there")


def test_what_one_file_does_to_its_process_the_next_does_not_see(children: Children) -> None:
    assert not ask(children, "first").ready
    seen: set[int] = set()

    def ready() -> bool:
        said = ask(children, "again")
        assert said.pid not in seen
        seen.add(said.pid)
        return said.ready

    eventually(ready)
    with pytest.raises(UnreadableError, match="broke down"):
        ask(children, "dies")
    assert ask(children, "again").pid not in seen
    with pytest.raises(SlowError):
        ask(children, "hangs", 0.5)
    assert ask(children, "again").pid not in seen


def test_a_processor_is_left_to_the_server(children: Children) -> None:
    left = (os.nice(0) + NICENESS, max(len(os.sched_getaffinity(0)) - 1, 1))

    def ready() -> bool:
        said = ask(children, "again")
        assert (said.niceness, said.processors) == left
        return said.ready

    eventually(ready)
