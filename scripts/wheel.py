"""Check what a user of the package index would get."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import environment, system
from scripts.shell import ROOT, StepFailedError

if TYPE_CHECKING:
    from scripts.shell import Shell

_LABEXTENSION = "share/jupyter/labextensions/jupyterlab-datahub"
_WANTED = (
    f"data/{_LABEXTENSION}/install.json",
    f"data/{_LABEXTENSION}/package.json",
    f"data/{_LABEXTENSION}/schemas/jupyterlab-datahub/plugin.json",
    f"data/{_LABEXTENSION}/static/style.js",
    "data/etc/jupyter/jupyter_server_config.d/jupyterlab_datahub.json",
    "demo/examples/hca-pancreas.ipynb",
    "licenses/LICENSE",
    "py.typed",
)
# Left by a development build: source maps, and a log full of this machine's folders.
_UNWANTED = re.compile(r"\.map$|build_log\.json$")


def check(shell: Shell) -> str:
    """Build sdist and wheel from a clean copy, and use the wheel where there is no Node.js.

    Raises
    ------
    StepFailedError
        When the wheel lacks something, or JupyterLab does not show the extension as enabled.
    """
    with tempfile.TemporaryDirectory(prefix="datahub-wheel-") as name:
        folder = Path(name)
        _copy_sources(shell, folder / "source")
        shell.run("python", "-m", "build", "--outdir", folder / "dist", folder / "source")
        wheel = next((folder / "dist").glob("*.whl"))
        _check_contents(wheel)
        _check_installed(shell, wheel, folder / "venv")
        return f"{wheel.name} ({wheel.stat().st_size / 1e6:.1f} MB) is enabled without Node.js"


def _copy_sources(shell: Shell, target: Path) -> None:
    if shutil.which("git") is None:
        system.install(shell, "git")
    listed = shell.run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def _check_contents(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    missing = [end for end in _WANTED if not any(name.endswith(end) for name in names)]
    if missing:
        raise StepFailedError(f"{wheel.name} lacks {', '.join(missing)}")
    unwanted = [name for name in names if _UNWANTED.search(name)]
    if unwanted:
        raise StepFailedError(f"{wheel.name} must not hold {', '.join(unwanted)}")


def _check_installed(shell: Shell, wheel: Path, folder: Path) -> None:
    environment.create(shell, environment.this_python(), folder)
    # Nothing else is on PATH, so a step that needed Node.js would not find it.
    alone = {"PATH": str(folder / "bin"), "JUPYTER_PREFER_ENV_PATH": "1"}
    shell.run(folder / "bin/pip", "install", wheel, "jupyterlab>=4.2,<5", env=alone)
    seen = shell.run(folder / "bin/jupyter", "labextension", "list", env=alone)
    if not re.search(r"jupyterlab-datahub v\S+ enabled +OK", seen):
        raise StepFailedError("JupyterLab does not list the front end as enabled and OK")
    seen = shell.run(folder / "bin/jupyter", "server", "extension", "list", env=alone)
    if not re.search(r"jupyterlab_datahub enabled", seen) or not re.search(
        r"jupyterlab_datahub \S+ OK", seen
    ):
        raise StepFailedError("Jupyter Server does not list the extension as enabled and OK")
