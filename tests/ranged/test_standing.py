"""A process that is asked several times: what stays, when it ends, what harms nobody else."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.errors import (
    ConflictError,
    NotSupportedError,
    SlowError,
    UnreadableError,
)
from jupyterlab_datahub.ranged.child import Outcome, Task
from jupyterlab_datahub.ranged.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONGEST = 30.0
MEMORY = 256 << 20

MODULE = """
import os, signal, time
from jupyterlab_datahub.ranged.child import Outcome, Task
from jupyterlab_datahub.ranged.process import stand

seen, held = [], []

class Said(Outcome):
    pid: int = 0
    seen: tuple[str, ...] = ()

def answered(task):
    what, _, size = task.ref.partition(" ")
    if what == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "leaves":
        os._exit(0)
    if what == "sleeps":
        time.sleep(60)
    if what == "computes":
        while True:
            pass
    if what == "holds":
        held.append(bytearray(int(size)))
    seen.append(what)
    return Said(pid=os.getpid(), seen=tuple(seen)), bytes(100_000)

stand(Task, answered, lambda: None)
"""


class Said(Outcome):
    """Which process it was, and what it was asked so far."""

    pid: int = 0
    seen: tuple[str, ...] = ()


def eventually(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + LONGEST
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "answers_about_nothing.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    return "answers_about_nothing"


@pytest.fixture
def standing(module: str) -> Iterator[Standing]:
    made = Standing(module)
    yield made
    made.close()


def ask(standing: Standing, ref: str, seconds: float = LONGEST) -> Said:
    """Return what a process says."""
    task = Task(ref=ref, name="a file", seconds=seconds, memory=MEMORY)
    said, body = standing.answer(task, Said, "there")
    assert len(body) == 100_000
    return said


def is_there(pid: int) -> bool:
    """Return whether a process lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_process_answers_what_is_asked_after_each_other(standing: Standing) -> None:
    standing.expect()
    standing.expect()
    first, again = ask(standing, "first"), ask(standing, "again")
    assert first.pid == again.pid
    assert again.seen == ("first", "again")
    standing.close()
    assert not is_there(first.pid)
    with pytest.raises(ConflictError, match="stopping"):
        ask(standing, "later")
    standing.expect()


def test_two_at_once_are_answered_by_two_and_whoever_waits_hears_of_the_end(
    standing: Standing,
) -> None:
    heard: list[Exception] = []

    def waits() -> None:
        try:
            ask(standing, "sleeps")
        except ConflictError as error:
            heard.append(error)

    waiting = threading.Thread(target=waits)
    waiting.start()
    assert ask(standing, "meanwhile").seen == ("meanwhile",)
    standing.close()
    waiting.join(LONGEST)
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("ref", "seconds", "kind"),
    [
        ("dies", LONGEST, UnreadableError),
        ("leaves", LONGEST, UnreadableError),
        ("sleeps", 0.5, SlowError),
        # Half of its seconds are those of the processor.
        ("computes", 2.0, (UnreadableError, SlowError)),
    ],
)
def test_what_a_question_does_to_a_process_the_next_does_not_see(
    standing: Standing, ref: str, seconds: float, kind: type[Exception]
) -> None:
    before = ask(standing, "first").pid
    with pytest.raises(kind):
        ask(standing, ref, seconds)
    assert not is_there(before)
    assert ask(standing, "again").seen == ("again",)


def test_memory_that_earlier_questions_took_is_given_back(standing: Standing) -> None:
    half = 60 << 20
    first = ask(standing, f"holds {half}")
    again = ask(standing, f"holds {half}")
    assert (again.pid != first.pid, again.seen) == (True, ("holds",))
    with pytest.raises(NotSupportedError, match="memory"):
        ask(standing, f"holds {2 * MEMORY}")
    assert ask(standing, "after").pid != again.pid


def test_one_that_nobody_asks_is_ended(module: str) -> None:
    standing = Standing(module, idle=0.05)
    first = ask(standing, "first")
    eventually(lambda: not is_there(first.pid))
    assert ask(standing, "again").pid != first.pid
    standing.close()


def test_one_that_ended_by_itself_is_not_asked(standing: Standing) -> None:
    first = ask(standing, "first")
    os.kill(first.pid, signal.SIGKILL)
    # It has ended, and whoever started it does not know yet.
    os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)
    assert ask(standing, "again").pid != first.pid
