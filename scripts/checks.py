"""What is set up, and every check, in the order in which failures are cheapest to see."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import chromium, interpreters, node, system, wheel
from scripts.environment import environment_of
from scripts.shell import ROOT, StepFailedError
from scripts.steps import Step, closing_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.environment import Environment
    from scripts.shell import Shell

OTHER_PYTHON = "3.13"
DOCUMENT = ROOT / "docs/openapi.json"
TYPES = ROOT / "src/api/types.ts"

# Most tests wait for servers, workers and kernels of their own, so processors can share them.
PYTEST_AT_ONCE = min(8, 2 * (os.cpu_count() or 1))

BROWSERS_AT_ONCE = 2
"""Workers of Playwright, each with servers of its own: one alone leaves a processor half idle."""

_FLAKY = re.compile(r"^ *(?P<number>\d+) flaky\n(?P<tests>(?: {4}.*\n)*)", re.MULTILINE)
"""What Playwright says of tests that passed at their second try."""

_PYTEST_END = r"\d+ (passed|failed|error)"


def setup(environment: Environment) -> list[Step]:
    """Return what makes `environment` and the front end ready."""
    return [
        Step("environment", "Python environment", environment.prepare),
        Step(
            "node",
            "Node.js",
            lambda shell: node.provide(shell, environment),
            needs=frozenset({"environment"}),
        ),
        Step(
            "node-packages",
            "packages of the front end",
            lambda shell: node.install_packages(shell, environment),
            needs=frozenset({"node"}),
        ),
        Step(
            "build",
            "front end",
            lambda shell: node.build_labextension(shell, environment),
            needs=frozenset({"node-packages"}),
            # An installation copies the files that are made anew here.
            after=frozenset({"other-environment"}),
        ),
    ]


def all_checks(environment: Environment) -> dict[str, list[Step]]:
    """Return the checks by group; `environment` is the one they run in."""
    python = frozenset({"environment"})
    languages = frozenset({"interpreters"})
    front = frozenset({"node-packages"})
    ui_tests = frozenset({"ui-packages"})
    return {
        "python": [
            Step("ruff", "ruff", _says("ruff", "check"), needs=python),
            Step("format", "ruff format", _says("ruff", "format", "--check"), needs=python),
            Step("mypy", "mypy", _says("mypy"), needs=python),
            Step("interpreters", "R and Octave", interpreters.provide),
            Step(
                "pytest",
                "pytest",
                lambda shell: _pytest(shell, environment),
                counts_tests=True,
                needs=python | languages,
            ),
        ],
        "types": [
            Step("generated", "generated types", _generated, needs=front),
        ],
        "front": [
            Step("eslint", "eslint", _clean("jlpm", "eslint:check"), needs=front),
            Step("stylelint", "stylelint", _clean("jlpm", "stylelint:check"), needs=front),
            Step("prettier", "prettier", _clean("jlpm", "prettier:check"), needs=front),
            Step("jest", "jest", _jest, counts_tests=True, needs=front),
        ],
        "wheel": [
            Step("wheel", "sdist and wheel", wheel.check, needs=frozenset({"node"})),
        ],
        f"python-{OTHER_PYTHON}": [
            Step("other-environment", f"Python {OTHER_PYTHON} environment", _other_environment),
            Step(
                "other-pytest",
                f"pytest on Python {OTHER_PYTHON}",
                _other_pytest,
                counts_tests=True,
                needs=frozenset({"other-environment"}) | languages,
            ),
        ],
        # Last, so that browsers, where waiting has an end, have the processors for themselves.
        "ui": [
            Step(
                "ui-packages",
                "packages of the UI tests",
                lambda shell: node.install_packages(shell, environment, node.UI_TESTS),
                needs=front,
            ),
            Step(
                "ui-types",
                "types of the UI tests",
                _clean("jlpm", "tsc", "-p", "ui-tests"),
                needs=ui_tests,
            ),
            Step("chromium", "Chromium", chromium.provide, needs=ui_tests),
            Step(
                "playwright",
                "Playwright",
                _playwright,
                counts_tests=True,
                needs=frozenset({"build", "chromium"}) | ui_tests,
            ),
        ],
    }


def generate(shell: Shell, document: Path = DOCUMENT, types: Path = TYPES) -> None:
    """Write the OpenAPI document, and from it the TypeScript types."""
    shell.run("python", "-m", "scripts.openapi", document)
    shell.run("jlpm", "openapi-typescript", document, "-o", types)


def examples(shell: Shell) -> str:
    """Run the example notebooks anew, and keep them with what they show."""
    return closing_line(shell.run("python", "-m", "scripts.examples"))


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


def _says(*command: str) -> Callable[[Shell], str]:
    """Run a command whose last line sums up what it saw."""
    return lambda shell: closing_line(shell.run(*command))


def _clean(*command: str) -> Callable[[Shell], str]:
    """Run a command that says nothing worth repeating when all is well."""

    def action(shell: Shell) -> str:
        shell.run(*command)
        return "clean"

    return action


def _pytest(shell: Shell, environment: Environment) -> str:
    # Programs that a test starts by name come from the same environment.
    path = os.pathsep.join([str(environment.bin), shell.env["PATH"]])
    # A worker that has nothing left takes over tests from one that has.
    beside = ("-n", str(PYTEST_AT_ONCE), "--dist", "worksteal")
    output = shell.run(environment.python, "-m", "pytest", *beside, env={"PATH": path})
    return closing_line(output, _PYTEST_END)


def _other_environment(shell: Shell) -> None:
    other = environment_of(OTHER_PYTHON)
    if other is not None and not _is_other_python():
        other.prepare(shell)


def _other_pytest(shell: Shell) -> str:
    if _is_other_python():
        return "not run: it is the Python that pytest ran on already"
    other = environment_of(OTHER_PYTHON)
    if other is None:
        return f"not run: no Python {OTHER_PYTHON} on this machine"
    return _pytest(shell, other)


def _is_other_python() -> bool:
    return f"{sys.version_info.major}.{sys.version_info.minor}" == OTHER_PYTHON


def _jest(shell: Shell) -> str:
    return closing_line(shell.run("jlpm", "test"), r"^Tests: ").removeprefix("Tests:").strip()


def _playwright(shell: Shell) -> str:
    # Ports of its own, so that no server left running elsewhere is tested instead.
    env = {
        "DATAHUB_UI_TESTS_PORT": str(system.free_ports(2 * BROWSERS_AT_ONCE + 1)),
        "DATAHUB_UI_TESTS_WORKERS": str(BROWSERS_AT_ONCE),
    }
    output = shell.run("jlpm", "playwright", "test", cwd=node.UI_TESTS, env=env)
    closing = closing_line(output, r"\d+ (passed|failed)")
    again = _FLAKY.search(output)
    if again is None:
        return closing
    names = ", ".join(re.findall(r"[\w.-]+\.spec\.ts:\d+", again["tests"]))
    return f"{closing}, {again['number']} passed at their second try: {names}"
