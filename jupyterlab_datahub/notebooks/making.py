"""Makes what accompanies a saved notebook: ``python -m jupyterlab_datahub.notebooks.making``.

It runs in a process of its own, started by the transfer worker: converting a large notebook
takes memory and time that neither the server nor the worker has to spare. What is there already
is left as it is, so that a save that is tried again sends the same bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.notebooks.bundle import REQUIREMENTS, RUNTIME

if TYPE_CHECKING:
    from collections.abc import Sequence

ASK_KERNEL = 60.0
"""Seconds within which a kernel's Python has to say what is installed."""

# Names and versions only: addresses that packages were installed from may hold passwords.
_LIST_PACKAGES = """
import importlib.metadata, json, platform
found = {}
for one in importlib.metadata.distributions():
    name = one.metadata["Name"]
    if name and one.version:
        found.setdefault(name.lower(), f"{name}=={one.version}")
print(json.dumps({"python": platform.python_version(), "packages": sorted(found.values())}))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is asked for; what could not be made is said on standard error."""
    parser = argparse.ArgumentParser(prog="making", description="Make what goes with a notebook.")
    parser.add_argument("folder", type=Path, help="where the notebook's copy is")
    parser.add_argument("notebook", help="the name of the copy")
    parser.add_argument("--html", action="store_true", help="make its HTML")
    parser.add_argument("--environment", action="store_true", help="say what it ran in")
    asked = parser.parse_args(arguments)
    notebook = asked.folder / asked.notebook
    # A page that cannot be made leaves the rest as it is.
    if asked.environment:
        make_environment(notebook)
    if asked.html:
        make_html(notebook)
    return 0


def make_html(notebook: Path) -> None:
    """Write the notebook as a page for reading beside it."""
    target = notebook.with_name(f"{notebook.name}.html")
    if target.exists():
        return
    import nbformat
    from nbconvert import HTMLExporter

    text = notebook.read_text(encoding="utf-8")
    document = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]  # declares no types
    exporter = HTMLExporter()  # type: ignore[no-untyped-call]  # declares no types
    resources = {"metadata": {"name": notebook.stem}}
    page, _ = exporter.from_notebook_node(document, resources=resources)
    _write(target, page)


def make_environment(notebook: Path) -> None:
    """Write what is known of the environment: its packages, and the language's version."""
    metadata: dict[str, Any] = json.loads(notebook.read_bytes()).get("metadata") or {}
    found = _packages(str((metadata.get("kernelspec") or {}).get("name") or ""))
    if found is not None:
        _write(notebook.with_name(REQUIREMENTS), "".join(f"{one}\n" for one in found["packages"]))
        _write(notebook.with_name(RUNTIME), f"python-{found['python']}\n")
        return
    language = metadata.get("language_info") or {}
    if language.get("name") and language.get("version"):
        _write(notebook.with_name(RUNTIME), f"{language['name']}-{language['version']}\n")


def _packages(kernel: str) -> dict[str, Any] | None:
    """Ask the Python that a kernel is started with; None where the kernel has none here."""
    if not kernel:
        return None
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(kernel)
    except NoSuchKernel:
        return None
    if spec.language.lower() != "python" or not spec.argv:
        return None
    # A kernel that is started by name is the one of this environment.
    program = spec.argv[0] if Path(spec.argv[0]).is_absolute() else sys.executable
    try:
        ran = subprocess.run(
            [program, "-I", "-c", _LIST_PACKAGES],
            capture_output=True,
            timeout=ASK_KERNEL,
            check=True,
        )
        answer: dict[str, Any] = json.loads(ran.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        print(f"the kernel's packages are not known: {type(error).__name__}", file=sys.stderr)  # noqa: T201 - this process's way to say it
        return None
    return answer


def _write(target: Path, text: str) -> None:
    """Write a file at once, unless it is there."""
    if target.exists():
        return
    part = target.with_name(f".{target.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(target)


if __name__ == "__main__":
    sys.exit(main())
