"""The steps of ``dev.py``: what waits for what, what is done at once, and what a failure stops."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from scripts.shell import Shell, StepFailedError
from scripts.steps import Run, Step

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 30


def named(key: str, done: list[str], *needs: str, after: tuple[str, ...] = ()) -> Step:
    """Return a step that notes that it was done."""
    return Step(
        key,
        f"step {key}",
        lambda shell: done.append(key),
        needs=frozenset(needs),
        after=frozenset(after),
    )


def failing(key: str) -> Step:
    """Return a step whose program says something and fails."""

    def action(shell: Shell) -> None:
        shell.run(sys.executable, "-c", f"print('words of {key}'); raise SystemExit(3)")

    return Step(key, f"step {key}", action)


def meeting(key: str, hall: threading.Barrier) -> Step:
    """Return a step that is done only while another one of its kind is at work."""

    def action(shell: Shell) -> str:
        hall.wait(SECONDS)
        return "1 passed"

    return Step(key, f"step {key}", action, counts_tests=True)


def test_a_step_waits_for_what_it_needs_and_only_for_what_is_done_at_all() -> None:
    done: list[str] = []
    steps = [
        named("c", done, "a", "b"),
        named("b", done, after=("a", "not done at all")),
        named("a", done),
    ]
    Run(Shell()).do(steps)
    assert done == ["a", "b", "c"]


def test_steps_that_do_not_wait_are_done_beside_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hall = threading.Barrier(2)
    run = Run(Shell(), at_once=2)
    run.do([meeting("a", hall), meeting("b", hall)])
    run.summarise()
    assert "\n2 passed, 0 failed\n" in capsys.readouterr().out


@pytest.mark.parametrize("at_once", [1, 2])
def test_no_more_are_at_work_than_are_wanted(at_once: int) -> None:
    lock, seen = threading.Lock(), []
    working = 0

    def action(shell: Shell) -> None:
        nonlocal working
        with lock:
            working += 1
            seen.append(working)
        shell.run(sys.executable, "-c", "")
        with lock:
            working -= 1

    Run(Shell(), at_once).do([Step(f"s{number}", "", action) for number in range(6)])
    assert len(seen) == 6
    assert max(seen) <= at_once


def test_after_a_failure_nothing_is_begun_and_all_that_was_said_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done: list[str] = []
    with pytest.raises(StepFailedError, match=r"step bad: python.* ended with 3"):
        Run(Shell(), at_once=1).do([named("a", done), failing("bad"), named("b", done)])
    assert done == ["a"]
    shown = capsys.readouterr().out
    assert "step bad" in shown
    assert "FAILED" in shown
    assert "\nwords of bad\n" in shown


def test_a_step_at_work_is_done_to_its_end_when_another_fails() -> None:
    failed = threading.Event()
    done: list[str] = []

    def bad(shell: Shell) -> None:
        failed.set()
        raise StepFailedError("bad")

    def good(shell: Shell) -> None:
        assert failed.wait(SECONDS)
        shell.run(sys.executable, "-c", "print('still heard')")
        done.append("".join(shell.log))

    with pytest.raises(StepFailedError, match="bad"):
        Run(Shell()).do([Step("good", "", good), Step("bad", "", bad)])
    assert "still heard" in done[0]


def test_whoever_interrupts_ends_the_programs_at_work() -> None:
    began = threading.Event()

    def long(shell: Shell) -> None:
        began.set()
        shell.run(sys.executable, "-c", "import time; time.sleep(600)")

    def interrupted(shell: Shell) -> None:
        assert began.wait(SECONDS)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Run(Shell()).do([Step("long", "", long), Step("interrupted", "", interrupted)])


def test_steps_that_wait_for_each_other_are_a_mistake() -> None:
    done: list[str] = []
    with pytest.raises(ValueError, match="a, b wait for each other"):
        Run(Shell()).do([named("a", done, "b"), named("b", done, "a")])


def test_each_log_has_the_words_of_one_step(capsys: pytest.CaptureFixture[str]) -> None:
    hall = threading.Barrier(2)

    def says(word: str) -> Callable[[Shell], str]:
        def action(shell: Shell) -> str:
            hall.wait(SECONDS)
            return shell.run(sys.executable, "-c", f"print('{word}')").strip()

        return action

    run = Run(Shell())
    run.do([Step("a", "step a", says("apple")), Step("b", "step b", says("pear"))])
    run.summarise()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines if "apple" in line or "pear" in line] in (
        [["step", "a", "apple"], ["step", "b", "pear"]],
        [["step", "b", "pear"], ["step", "a", "apple"]],
    )
