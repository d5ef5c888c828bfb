"""Run programs from the project's folder and keep what they print."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

_GLANCE = 0.1  # seconds between two looks at a program's output
_GRACE = 10  # seconds that a program is given to end what it started


class StepFailedError(Exception):
    """A step could not be done; the message is what the user reads."""


def plain_environment() -> dict[str, str]:
    """Return the variables of this process without those that mislead the tools or slow them."""
    hidden = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "FORCE_COLOR", "PYTHONDONTWRITEBYTECODE"}
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
        All commands and their output.
    stopped
        Once this is set, the programs that run are ended.
    """

    env: dict[str, str] = field(default_factory=plain_environment)
    verbose: bool = False
    log: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def beside(self) -> Shell:
        """Return a shell with a log of its own that shares everything else with this one."""
        return replace(self, log=[])

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
        timeout: float = 1800,
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
            When it is not there, takes too long, is stopped or ends with anything but 0.
        """
        words = [str(word) for word in command]
        name = Path(words[0]).name
        self._keep(f"$ {' '.join(words)}\n")
        # A file, not a pipe: whatever a program leaves running may go on holding it.
        with tempfile.NamedTemporaryFile(prefix="datahub-") as output:
            try:
                process = subprocess.Popen(
                    words,
                    cwd=cwd,
                    env=self.env | (env or {}),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise StepFailedError(f"{name} could not be started: {error.strerror}") from error
            said = self._follow(process, Path(output.name), timeout)
        if process.returncode:
            raise StepFailedError(f"{name} ended with {process.returncode}")
        return said

    def _follow(self, process: subprocess.Popen[bytes], output: Path, timeout: float) -> str:
        ends = time.monotonic() + timeout
        said: list[str] = []
        with output.open(encoding="utf-8", errors="replace") as reader:
            try:
                while not _ended(process):
                    said.append(self._keep(reader.read()))
                    if self.stopped.is_set():
                        raise StepFailedError("stopped")
                    if time.monotonic() > ends:
                        raise StepFailedError(f"not done after {timeout / 60:.0f} minutes")
            finally:
                _end_group(process)
                said.append(self._keep(reader.read()))
        return "".join(said)

    def _keep(self, text: str) -> str:
        plain = _ANSI.sub("", text)
        self.log.append(plain)
        if self.verbose:
            print(plain, end="", flush=True)
        return plain


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_GLANCE)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it has started, whether it is done, interrupted or too slow."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
