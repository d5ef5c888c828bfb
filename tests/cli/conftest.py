"""The command line, run in this process and in one of its own, on the demo hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.cli import main
from jupyterlab_datahub.demo.lab import sources_yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

SECONDS = 60


@dataclass
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


@pytest.fixture
def place(
    hub: DemoHub, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Make a working directory with two files and a configuration, and go there."""
    root = tmp_path / "root"
    config = tmp_path / "config"
    config.mkdir()
    (config / "datahub-sources.yaml").write_text(sources_yaml(hub.services, "my-data"))
    server = {"DataHub": {"reserve_gb": 0.0, "attempts": 3}}
    (config / "jupyter_server_config.json").write_text(json.dumps(server))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "")
    # What pyBIS knows of the user who runs the tests is none of theirs.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(place: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return a function that runs ``jupyter datahub`` in this process."""

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


def started(*arguments: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
    """Start ``jupyter datahub`` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "jupyterlab_datahub.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=stderr,
        encoding="utf-8",
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
