"""Every check of the project, in the order in which failures are cheapest to see."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import chromium, node, wheel
from scripts.environment import environment_of
from scripts.shell import ROOT, StepFailedError
from scripts.steps import Step, closing_line

if TYPE_CHECKING:
    from scripts.environment import Environment
    from scripts.shell import Shell

OTHER_PYTHON = "3.13"
DOCUMENT = ROOT / "docs/openapi.json"
TYPES = ROOT / "src/api/types.ts"

_PYTEST_END = r"\d+ (passed|failed|error)"


def all_checks(environment: Environment) -> dict[str, list[Step]]:
    """Return the checks by group; `environment` is the one they run in."""
    return {
        "python": [
            Step("ruff", "ruff", lambda shell: _last(shell, "ruff", "check", ".")),
            Step("format", "ruff format", lambda shell: _last(shell, "ruff", "format", "--check")),
            Step("mypy", "mypy", lambda shell: _last(shell, "mypy")),
            Step("pytest", "pytest", lambda shell: _pytest(shell, environment), counts_tests=True),
        ],
        "types": [
            Step("generated", "generated types", _generated),
        ],
        "front": [
            Step("eslint", "eslint", lambda shell: _quiet(shell, "jlpm", "eslint:check")),
            Step("stylelint", "stylelint", lambda shell: _quiet(shell, "jlpm", "stylelint:check")),
            Step("prettier", "prettier", lambda shell: _last(shell, "jlpm", "prettier:check")),
            Step("jest", "jest", _jest, counts_tests=True),
        ],
        f"python-{OTHER_PYTHON}": [
            Step("other-pytest", f"pytest on Python {OTHER_PYTHON}", _other_pytest, True),
        ],
        "wheel": [
            Step("wheel", "sdist and wheel", wheel.check),
        ],
        "ui": [
            Step(
                "ui-packages",
                "packages of the UI tests",
                lambda shell: node.install_packages(shell, environment, node.UI_TESTS),
            ),
            Step("chromium", "Chromium", chromium.provide),
            Step("playwright", "Playwright", _playwright, counts_tests=True),
        ],
    }


def generate(shell: Shell, document: Path = DOCUMENT, types: Path = TYPES) -> None:
    """Write the OpenAPI document, and from it the TypeScript types."""
    shell.run("python", "-m", "scripts.openapi", document)
    shell.run("jlpm", "openapi-typescript", document, "-o", types)


def _generated(shell: Shell) -> str:
    with tempfile.TemporaryDirectory(prefix="datahub-types-") as name:
        fresh = Path(name, DOCUMENT.name), Path(name, TYPES.name)
        generate(shell, *fresh)
        for new, committed in zip(fresh, (DOCUMENT, TYPES), strict=True):
            if not committed.exists() or new.read_text("utf-8") != committed.read_text("utf-8"):
                raise StepFailedError(
                    f"{committed.relative_to(ROOT)} does not follow from the models any more: "
                    "run python3 dev.py generate"
                )
    return "current"


def _last(shell: Shell, *command: str) -> str:
    return closing_line(shell.run(*command))


def _quiet(shell: Shell, *command: str) -> str:
    shell.run(*command)
    return "clean"


def _pytest(shell: Shell, environment: Environment) -> str:
    return closing_line(shell.run(environment.python, "-m", "pytest"), _PYTEST_END)


def _other_pytest(shell: Shell) -> str:
    other = environment_of(OTHER_PYTHON)
    if other is None:
        return f"not run: no Python {OTHER_PYTHON} on this machine"
    other.prepare(shell)
    return _pytest(shell, other)


def _jest(shell: Shell) -> str:
    return closing_line(shell.run("jlpm", "test"), r"^Tests: ").removeprefix("Tests:").strip()


def _playwright(shell: Shell) -> str:
    output = shell.run("jlpm", "playwright", "test", cwd=node.UI_TESTS)
    return closing_line(output, r"\d+ (passed|failed)")
