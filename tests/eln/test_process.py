"""The service as an administrator starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import requests

from jupyterlab_datahub.demo.openbis.tls import self_signed
from tests.eln.conftest import NOTEBOOK, SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub


def started(*arguments: str) -> subprocess.Popen[str]:
    """Start the command."""
    return subprocess.Popen(
        [sys.executable, "-m", "jupyterlab_datahub.cli", "eln-service", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_speaks_tls_keeps_tokens_out_of_its_log_and_stops_when_asked(
    hub: DemoHub, homes: Path, token: str, tmp_path: Path
) -> None:
    made = self_signed(tmp_path / "tls")
    process = started(
        *("--openbis", hub.services["openbis"]["url"], "--port", "0"),
        *("--certificate", str(made.certificate), "--key", str(made.key)),
        *("--homes", str(homes / "{user}")),
    )
    try:
        assert process.stderr is not None
        told = process.stderr.readline()
        found = re.search(r"ELN service on (https://127\.0\.0\.1:\d+/)", told)
        assert found, told
        for test, body in (("True", b"TEST"), ("False", NOTEBOOK)):
            named = {"token": token, "folder": "a", "filename": "lung.ipynb", "test": test}
            answer = requests.post(
                found[1], params=named, data=body, verify=str(made.certificate), timeout=SECONDS
            )
            assert answer.json()["fileName"] == "lung.ipynb"
    finally:
        process.send_signal(signal.SIGTERM)
        out, logged = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert (homes / "scientist/a/lung.ipynb").read_bytes() == NOTEBOOK
    assert len(re.findall(r"127\.0\.0\.1 POST / 200", logged)) == 2
    assert token not in out + logged


def test_it_does_not_start_unprotected() -> None:
    process = started("--openbis", "https://openbis.example", "--address", "0.0.0.0")  # noqa: S104 - it is refused
    _, told = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "unprotected" in told
    assert "--certificate" in told


def test_a_port_that_is_taken_is_told(hub: DemoHub) -> None:
    port = hub.services["openbis"]["url"].rpartition(":")[2].partition("/")[0]
    process = started("--openbis", "https://openbis.example", "--port", port)
    _, told = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on" in told


def test_nothing_else_starts_it() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "jupyterlab_datahub.cli", "-h"],
        capture_output=True,
        timeout=SECONDS,
        check=True,
        env=os.environ | {"COLUMNS": "200"},
        text=True,
    )
    assert "eln-service" in ran.stdout
    process = started("--openbis")
    process.communicate(timeout=SECONDS)
    assert process.returncode == 2
