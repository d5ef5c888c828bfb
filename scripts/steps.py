"""Named steps, timed, with what they have to say at the end."""

from __future__ import annotations

import re
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.shell import ROOT, Shell, StepFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_TESTS = re.compile(r"(\d+) (passed|failed)")
_WIDTH = 34
_SHOWN = 400
LOGS = ROOT / ".venv" / "datahub"


@dataclass(frozen=True)
class Step:
    """One thing to do.

    Parameters
    ----------
    key
        The name it is chosen by on the command line.
    title
        What is printed.
    action
        Does it, and may return words for the summary.
    counts_tests
        Whether those words count tests.
    needs
        Keys of the steps that must have been done before.
    after
        Keys of steps that this one waits for where they are done at all.
    """

    key: str
    title: str
    action: Callable[[Shell], str | None]
    counts_tests: bool = False
    needs: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


@dataclass
class _Doing:
    """A step at work."""

    step: Step
    shell: Shell
    started: float = field(default_factory=time.monotonic)


@dataclass
class Run:
    """The steps done so far.

    Parameters
    ----------
    shell
        Runs the programs of every step.
    at_once
        How many steps are at work beside each other, since most of them wait now and then.
    """

    shell: Shell
    at_once: int = 2
    started: float = field(default_factory=time.monotonic)
    _closing: list[tuple[Step, str]] = field(default_factory=list)
    _failed: list[str] = field(default_factory=list)

    def do(self, steps: Iterable[Step]) -> None:
        """Do steps, each after those that it waits for, and show each when it is over.

        Of those that can be begun, the first in the list is the next.

        After a failure no further step is begun, and those at work are done to their end.

        Raises
        ------
        StepFailedError
            When one fails; what its programs said has been printed then.
        """
        waiting = list(steps)
        doing: dict[Future[str | None], _Doing] = {}
        with ThreadPoolExecutor(self.at_once) as pool:
            try:
                while doing or (waiting and not self._failed):
                    for step in self._next(waiting, [one.step for one in doing.values()]):
                        waiting.remove(step)
                        begun = _Doing(step, self.shell.beside())
                        self._name(step)
                        doing[pool.submit(step.action, begun.shell)] = begun
                    for future in wait(doing, return_when=FIRST_COMPLETED).done:
                        self._show(doing.pop(future), future)
            except BaseException:
                self.shell.stopped.set()
                raise
        if self._failed:
            raise StepFailedError("\n".join(self._failed))

    def _next(self, waiting: list[Step], doing: list[Step]) -> list[Step]:
        """Return what can be begun now."""
        if self._failed:
            return []
        missing = {step.key for step in (*waiting, *doing)}
        ready = [step for step in waiting if not (step.needs | step.after) & missing]
        if not ready and not doing:
            raise ValueError(f"{', '.join(step.key for step in waiting)} wait for each other")
        return ready[: self.at_once - len(doing)]

    def _name(self, step: Step) -> None:
        """Say what is begun where its programs' own words follow."""
        if self.shell.verbose:
            print(step.title, flush=True)

    def _show(self, done: _Doing, future: Future[str | None]) -> None:
        """Print the name of a step and its duration, and what its programs said if it failed."""
        step = done.step
        try:
            closing = future.result()
        except StepFailedError as error:
            print(f"{step.title:<{_WIDTH}} FAILED after {_duration(done.started)}", flush=True)
            if not done.shell.verbose:
                _show_log(step, done.shell)
            self._closing += [(step, line) for line in _counts("".join(done.shell.log))]
            self._failed.append(f"{step.title}: {error}")
            return
        print(f"{step.title:<{_WIDTH}} {_duration(done.started)}", flush=True)
        if closing:
            self._closing.append((step, closing))

    def summarise(self) -> None:
        """Print every closing line again, then the tests in all and the time in all."""
        if self._closing:
            print()
        for step, closing in self._closing:
            print(f"{step.title:<{_WIDTH}} {closing}")
        counts = {"passed": 0, "failed": 0}
        for step, closing in self._closing:
            for number, outcome in _TESTS.findall(closing) if step.counts_tests else ():
                counts[outcome] += int(number)
        if any(counts.values()):
            print(f"\n{counts['passed']} passed, {counts['failed']} failed")
        print(f"\nTook {_duration(self.started)}", flush=True)


def _show_log(step: Step, shell: Shell) -> None:
    lines = "".join(shell.log).splitlines()
    if len(lines) > _SHOWN:
        file = LOGS / f"failed-{step.key}.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines), "utf-8")
        print(f"… {len(lines) - _SHOWN:,} lines before these are in {file.relative_to(ROOT)}")
    print("\n".join(lines[-_SHOWN:]), flush=True)


def _counts(output: str) -> list[str]:
    """Return how many failed and passed, which some runners say in one line and some in two."""
    lines = (closing_line(output, rf"\d+ {outcome}") for outcome in ("failed", "passed"))
    return list(filter(None, dict.fromkeys(lines)))


def closing_line(output: str, pattern: str = r"\S") -> str:
    """Return the last line of `output` in which `pattern` is found, or nothing."""
    found = (
        line.strip(" =\n") for line in reversed(output.splitlines()) if re.search(pattern, line)
    )
    return next(found, "")


def _duration(started: float) -> str:
    seconds = time.monotonic() - started
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
