"""Named steps, timed, with what they have to say at the end."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.shell import ROOT, Shell, StepFailedError

if TYPE_CHECKING:
    from collections.abc import Callable

_TESTS = re.compile(r"(\d+) (passed|failed)")
_WIDTH = 34
_SHOWN = 400
LOG = ROOT / ".venv" / "datahub" / "failed.log"


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
    """

    key: str
    title: str
    action: Callable[[Shell], str | None]
    counts_tests: bool = False
    needs: frozenset[str] = frozenset()


@dataclass
class Run:
    """The steps done so far.

    Parameters
    ----------
    shell
        Runs the programs of every step.
    """

    shell: Shell
    started: float = field(default_factory=time.monotonic)
    _closing: list[tuple[Step, str]] = field(default_factory=list)

    def do(self, step: Step) -> None:
        """Do one step, with its name before and its duration after.

        Raises
        ------
        StepFailedError
            When it fails; what its programs said has been printed then.
        """
        print(f"{step.title:<{_WIDTH}} ", end="\n" if self.shell.verbose else "", flush=True)
        self.shell.log.clear()
        started = time.monotonic()
        try:
            closing = step.action(self.shell)
        except StepFailedError as error:
            print(f"FAILED after {_duration(started)}", flush=True)
            if not self.shell.verbose:
                self._show_log()
            self._closing += [(step, line) for line in _counts("".join(self.shell.log))]
            raise StepFailedError(f"{step.title}: {error}") from error
        print(_duration(started), flush=True)
        if closing:
            self._closing.append((step, closing))

    def _show_log(self) -> None:
        lines = "".join(self.shell.log).splitlines()
        if len(lines) > _SHOWN:
            LOG.parent.mkdir(parents=True, exist_ok=True)
            LOG.write_text("\n".join(lines), "utf-8")
            print(f"… {len(lines) - _SHOWN:,} lines before these are in {LOG.relative_to(ROOT)}")
        print("\n".join(lines[-_SHOWN:]))

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
