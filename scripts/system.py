"""What the machine has, and what its package manager can add."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.shell import StepFailedError

if TYPE_CHECKING:
    from scripts.shell import Shell

# A package manager at work keeps a second one out.
_installing = threading.Lock()


def can_install() -> bool:
    """Whether system packages can be installed without asking anyone."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(shell: Shell, *packages: str) -> None:
    """Install Debian packages.

    Raises
    ------
    StepFailedError
        When this is no Debian, we are not root, or the packages cannot be had.
    """
    if not can_install():
        raise StepFailedError(
            f"install {' and '.join(packages)} with your system's package manager, then run again"
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with _installing:
        shell.run("apt-get", "update", "-q", env=quiet)
        shell.run("apt-get", "install", "-q", "-y", "--no-install-recommends", *packages, env=quiet)


def works(program: str | Path) -> bool:
    """Whether a program is there and answers ``--version`` (a bare launcher script may not)."""
    try:
        answer = subprocess.run(
            [str(program), "--version"], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def find_python(version: str) -> Path | None:
    """Find an interpreter of a version such as ``3.13``, on PATH or among pyenv's.

    pyenv's launchers are on PATH for every version it has, yet answer only for the chosen ones.
    """
    on_path = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [Path(on_path)] if on_path else []
    candidates += sorted(pyenv.glob(f"{version}*/bin/python"), reverse=True)
    return next((python for python in candidates if works(python)), None)


def free_ports(count: int) -> int:
    """Return the first of `count` ports in a row on which nothing listens.

    They lie below those that systems hand out by themselves, so nobody takes them meanwhile.

    Raises
    ------
    StepFailedError
        When there are none.
    """
    for first in range(20_000, 30_000, count):
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise StepFailedError(f"there are no {count} free ports in a row")


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
