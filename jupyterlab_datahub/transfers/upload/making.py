"""Making what goes with a notebook, in a process that ends with the upload that wants it."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.sources.saving import Bundle
    from jupyterlab_datahub.transfers.fetch.task import Signs
    from jupyterlab_datahub.transfers.network.stopping import Halt

# Started by its name: this room does not know that of notebooks.
MODULE = "jupyterlab_datahub.notebooks.making"

LONGEST = 300.0
LOOK_EVERY = 0.1
"""Seconds."""

WORDS = "making the notebook's HTML and environment files"
FAILED = "the notebook's HTML could not be made; the rest was saved"


def make(folder: Path, notebook: str, bundle: Bundle, halt: Halt, signs: Signs) -> str:
    """Make the wanted files in `folder`, and return a remark where that did not work.

    Raises
    ------
    Stopped
    """
    wanted = [
        *(["--html"] if bundle.html else []),
        *(["--environment"] if bundle.environment else []),
    ]
    if not wanted:
        return ""
    signs.say(WORDS)
    # -P: a user's own module in the folder must not shadow a library.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", MODULE, *wanted, str(folder), notebook],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    until = time.monotonic() + LONGEST
    try:
        while process.poll() is None and time.monotonic() < until:
            halt.sleep(LOOK_EVERY)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        signs.say("")
    return FAILED if process.returncode else ""
