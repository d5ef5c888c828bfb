"""The house stays as docs/architecture.md draws it."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Written by a tool, not read by people.
GENERATED = {"src/api/types.ts"}
NAMELESS = {"utils", "util", "helpers", "helper", "misc", "common"}
HEAVY = {"PIL", "anndata", "h5py", "numpy", "pandas", "scanpy", "scipy", "tifffile", "zarr"}


def sources(*patterns: str) -> list[Path]:
    """Return our own files that match; a pattern that matches nothing would check nothing."""
    found = sorted(
        file.relative_to(ROOT)
        for pattern in patterns
        for file in ROOT.glob(pattern)
        if "node_modules" not in file.parts
    )
    assert found, patterns
    return [file for file in found if file.as_posix() not in GENERATED]


def too_long(files: list[Path], most: int) -> dict[str, int]:
    """Return those with more than `most` lines."""
    lengths = {str(file): len((ROOT / file).read_text("utf-8").splitlines()) for file in files}
    return {name: length for name, length in lengths.items() if length > most}


def is_test(file: Path) -> bool:
    """Whether a file belongs to the tests."""
    return bool({"tests", "ui-tests", "__tests__"} & set(file.parts))


def test_imports_run_downwards() -> None:
    # In a process of its own, as it switches off every logger that there is.
    asked = {"config_filename": str(ROOT / "pyproject.toml"), "no_cache": True, "no_logo": True}
    program = (
        f"from importlinter.cli import lint_imports; raise SystemExit(lint_imports(**{asked!r}))"
    )
    linted = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, encoding="utf-8"
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize(
    ("patterns", "most", "of_tests"),
    [
        (("jupyterlab_datahub/**/*.py", "scripts/*.py", "*.py"), 400, False),
        (("src/**/*.ts", "src/**/*.tsx"), 350, False),
        (("tests/**/*.py", "src/**/*.spec.ts*", "ui-tests/**/*.spec.ts"), 600, True),
    ],
)
def test_files_can_be_held_in_mind(patterns: tuple[str, ...], most: int, of_tests: bool) -> None:
    files = [file for file in sources(*patterns) if is_test(file) == of_tests]
    assert too_long(files, most) == {}


def test_every_room_has_a_name() -> None:
    files = sources("jupyterlab_datahub/**/*.py", "scripts/*.py", "src/**/*.ts*", "tests/**/*.py")
    nameless = [str(file) for file in files if {file.stem, *file.parts} & NAMELESS]
    assert nameless == []


def decodes_by_itself(call: ast.Call) -> bool:
    """Whether a call has msgspec learn what a kind is made of."""
    named = {keyword.arg for keyword in call.keywords}
    match ast.unparse(call.func):
        case "msgspec.json.Decoder" | "msgspec.msgpack.Decoder" | "msgspec.convert":
            return True
        case "msgspec.json.decode" | "msgspec.msgpack.decode":
            return "type" in named
    return False


def test_kinds_are_learnt_in_one_place() -> None:
    found = []
    for file in sources("jupyterlab_datahub/**/*.py", "tests/**/*.py", "ui-tests/*.py"):
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        found += [str(file)] * any(map(decodes_by_itself, calls))
    assert found == ["jupyterlab_datahub/model/decoding.py"]


def test_every_dependency_says_what_it_is_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[^\w.-]", line)[0] for line in wanted}
    for folder in (ROOT, ROOT / "ui-tests"):
        package = json.loads((folder / "package.json").read_text("utf-8"))
        names |= {*package.get("dependencies", {}), *package["devDependencies"]}
    told = (ROOT / "docs/dependencies.md").read_text("utf-8")
    families = tuple(re.findall(r"(\S+?)\\\*", told))
    untold = [name for name in names if name not in told and not name.startswith(families)]
    assert untold == []


@pytest.mark.parametrize("lock", ["yarn.lock", "ui-tests/yarn.lock"])
def test_lock_files_bind_nobody_to_a_registry(lock: str) -> None:
    assert "https:" not in (ROOT / lock).read_text("utf-8")


def test_the_server_starts_without_heavy_packages() -> None:
    program = "import sys, jupyterlab_datahub.server.app; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8"
    )
    assert HEAVY.isdisjoint(loaded.stdout.split())
