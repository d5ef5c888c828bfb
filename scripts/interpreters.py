"""R and Octave, in which the tests run what notebooks in these languages are given."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from scripts import system

if TYPE_CHECKING:
    from scripts.shell import Shell

PACKAGES = {"Rscript": "r-base-core", "octave-cli": "octave"}
"""Debian's package by the program it brings; together about 100 MB to fetch."""


def provide(shell: Shell) -> None:
    """Install the interpreters that are not there.

    Raises
    ------
    StepFailedError
        When they are not there and cannot be installed.
    """
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    if missing:
        system.install(shell, *missing)
