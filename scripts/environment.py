"""Virtual environments with the project installed from its own folder."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import pybis, system
from scripts.shell import ROOT
from scripts.stamps import Stamp, digest

if TYPE_CHECKING:
    from scripts.shell import Shell

LABEXTENSION = ROOT / "jupyterlab_datahub" / "labextension"


@dataclass(frozen=True)
class Environment:
    """A virtual environment of the project.

    Parameters
    ----------
    folder
        Where it lies.
    base
        The interpreter it is made from.
    extras
        The project's extras that are installed.
    """

    folder: Path
    base: Path
    extras: tuple[str, ...]

    @property
    def bin(self) -> Path:
        """Folder of its programs."""
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.bin / "python"

    @property
    def linked_labextension(self) -> Path:
        """Where its JupyterLab looks for the front end."""
        return self.folder / "share/jupyter/labextensions/jupyterlab-datahub"

    def stamp(self, name: str) -> Stamp:
        """Return the note of what has been set up inside, or from inside, this environment."""
        return Stamp(self.folder / "datahub" / name)

    def prepare(self, shell: Shell) -> None:
        """Create it and put everything in that is not there yet."""
        self._prepare_packages(shell)
        pybis.provide(
            shell, self.python, self.folder / "datahub" / "pybis", self.stamp("pybis-releases")
        )

    def _prepare_packages(self, shell: Shell) -> None:
        """Create it and install the project with its extras, unless that is done already."""
        package = json.loads((ROOT / "package.json").read_text("utf-8"))
        files = [ROOT / name for name in ("pyproject.toml", "install.json", "jupyter-config")]
        wanted = digest(*files, package["version"], *self.extras)
        stamp = self.stamp("packages")
        if stamp.matches(wanted, self.python):
            return
        stamp.clear()
        if not self.python.exists() or not system.works(self.python):
            create(shell, self.base, self.folder)
        self._install_project(shell)
        stamp.set(wanted)

    def _install_project(self, shell: Shell) -> None:
        if self.linked_labextension.is_symlink():
            # pip would remove the files of the last installation through the link.
            self.linked_labextension.unlink()
        LABEXTENSION.mkdir(exist_ok=True)
        project = f"{ROOT}[{','.join(self.extras)}]" if self.extras else str(ROOT)
        shell.run(
            *(self.python, "-m", "pip", "install", "--editable", project),
            # The front end is built by a step of its own, which knows when nothing has changed.
            env={"SKIP_JUPYTER_BUILDER": "1"},
        )


def create(shell: Shell, base: Path, folder: Path) -> None:
    """Make a virtual environment, after installing what Debian leaves out of its Python."""
    if base == this_python() and importlib.util.find_spec("ensurepip") is None:
        system.install(shell, f"python3.{sys.version_info.minor}-venv")
    shell.run(base, "-m", "venv", "--clear", folder)


def this_python() -> Path:
    """Return the interpreter that runs this, or the one its virtual environment was made from."""
    if sys.prefix == sys.base_prefix:
        return Path(sys.executable)
    return Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}")


def main_environment() -> Environment:
    """Return the environment of this very Python, with everything."""
    return Environment(ROOT / ".venv", this_python(), ("demo", "test", "dev"))


def environment_of(version: str) -> Environment | None:
    """Return the environment for tests on another Python version, where the machine has that."""
    base = system.find_python(version)
    return Environment(ROOT / f".venv-{version}", base, ("demo", "test")) if base else None
