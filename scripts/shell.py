"""Run programs from the project's folder and keep what they print."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class StepFailedError(Exception):
    """A step could not be done; the message is what the user reads."""


def plain_environment() -> dict[str, str]:
    """Return the variables of this process without those that would mislead the tools."""
    hidden = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "FORCE_COLOR"}
    return {name: value for name, value in os.environ.items() if name not in hidden}


@dataclass
class Shell:
    """Runs programs and keeps what they print.

    Parameters
    ----------
    env
        The variables that every program gets.
    verbose
        Print the programs' output as it comes, not only when a step fails.
    log
        All commands and their output since it was last emptied.
    """

    env: dict[str, str] = field(default_factory=plain_environment)
    verbose: bool = False
    log: list[str] = field(default_factory=list)

    def put_first_on_path(self, folder: Path) -> None:
        """Let the programs in `folder` win over those of the machine."""
        path = self.env.get("PATH", os.defpath).split(os.pathsep)
        others = [part for part in path if part != str(folder)]
        self.env["PATH"] = os.pathsep.join([str(folder), *others])

    def run(
        self,
        *command: str | Path,
        cwd: Path = ROOT,
        env: dict[str, str] | None = None,
        timeout: float | None = None,
    ) -> str:
        """Run a program to its end and return what it printed, without colours.

        Parameters
        ----------
        command
            The program and its arguments.
        cwd
            The folder it runs in.
        env
            Variables beside this shell's own; they win.
        timeout
            Seconds after which it is ended.

        Raises
        ------
        StepFailedError
            When it is not there, takes too long or ends with anything but 0.
        """
        words = [str(word) for word in command]
        name = Path(words[0]).name
        self._keep(f"$ {' '.join(words)}\n")
        try:
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env=self.env | (env or {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise StepFailedError(f"{name} could not be started: {error.strerror}") from error
        said = self._follow(process, timeout)
        if process.returncode:
            raise StepFailedError(f"{name} ended with {process.returncode}")
        return said

    def _follow(self, process: subprocess.Popen[str], timeout: float | None) -> str:
        said: list[str] = []
        clock = threading.Timer(timeout, process.kill) if timeout else None
        with process:
            if clock:
                clock.start()
            try:
                for line in process.stdout or ():
                    said.append(_ANSI.sub("", line))
                    self._keep(said[-1])
            finally:
                if clock:
                    clock.cancel()
        return "".join(said)

    def _keep(self, text: str) -> None:
        self.log.append(text)
        if self.verbose:
            print(text, end="", flush=True)
