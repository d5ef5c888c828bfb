"""A Chromium for the UI tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import system
from scripts.node import UI_TESTS
from scripts.shell import StepFailedError

if TYPE_CHECKING:
    from scripts.shell import Shell

# The UI tests read the browser's path from this variable.
VARIABLE = "DATAHUB_CHROMIUM"

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ASK_PLAYWRIGHT = "console.log(require('@playwright/test').chromium.executablePath())"


def provide(shell: Shell) -> None:
    """See that the shell names a Chromium: the machine's, Playwright's, or Debian's.

    Raises
    ------
    StepFailedError
        When there is none and none can be installed.
    """
    shell.env[VARIABLE] = str(
        _named() or _installed() or _from_playwright(shell) or _from_debian(shell)
    )


def _named() -> Path | None:
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def _installed() -> Path | None:
    found = (shutil.which(name) for name in _NAMES)
    # Ubuntu's command of that name may be a note that points to another package manager.
    return next((Path(path) for path in found if path and system.works(path)), None)


def _from_playwright(shell: Shell) -> Path | None:
    try:
        path = Path(shell.run("node", "-e", _ASK_PLAYWRIGHT, cwd=UI_TESTS).strip())
        if not path.exists():
            shell.run("jlpm", "playwright", "install", "chromium", cwd=UI_TESTS, timeout=600)
    except StepFailedError:
        return None
    return path if system.works(path) else None


def _from_debian(shell: Shell) -> Path:
    if not system.can_install():
        raise StepFailedError(
            "the UI tests need a browser: install Chromium or Chrome, or name one in " + VARIABLE
        )
    system.install(shell, "chromium", "fonts-dejavu-core")
    found = _installed()
    if found is None:
        raise StepFailedError("Debian's chromium was installed but does not start")
    return found
