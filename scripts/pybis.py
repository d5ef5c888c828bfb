"""The pyBIS releases that the demo's openBIS is held to, and their published tests.

They lie below an environment's folder, so that tests find them without a network and none of
it is part of the project.
"""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.stamps import digest

if TYPE_CHECKING:
    from scripts.shell import Shell
    from scripts.stamps import Stamp

STABLE = "1.37.5"
"""The release whose sdist has the published tests; the package itself is a dependency."""

NEXT = "7.0.0rc6"
"""The candidate for openBIS 7, installed aside: there is room for one pyBIS in an environment."""


def provide(shell: Shell, python: Path, folder: Path, stamp: Stamp) -> None:
    """Put the candidate and both releases' tests into a folder, unless they are there.

    Parameters
    ----------
    shell
        Runs pip.
    python
        The interpreter of the environment.
    folder
        Where they go.
    stamp
        The note of what is there.
    """
    candidate, tests = folder / NEXT, folder / f"{STABLE}-tests"
    wanted = digest(STABLE, NEXT)
    if stamp.matches(wanted, candidate, tests):
        return
    stamp.clear()
    pip = (python, "-m", "pip")
    # Everything it needs comes with the release that the project depends on.
    shell.run(*(*pip, "install", "--no-deps", "--upgrade", "--target", candidate, f"pybis=={NEXT}"))
    with tempfile.TemporaryDirectory(prefix="datahub-pybis-") as name:
        shell.run(
            *(*pip, "download", "--no-deps", "--no-binary", "pybis", "--dest", name),
            f"pybis=={STABLE}",
        )
        _unpack_tests(next(Path(name).glob("*.tar.gz")), tests)
    stamp.set(wanted)


def _unpack_tests(sdist: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            path = Path(member.name)
            if member.isfile() and path.parts[1:2] == ("tests",) and path.suffix == ".py":
                member.name = path.name
                archive.extract(member, folder, filter="data")
