"""Running unmodified pyBIS against the demo's openBIS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.pybis import NEXT, STABLE

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub

RELEASES = (STABLE, NEXT)
PATIENCE = 90
DRIVER = Path(__file__).with_name("pybis_driver.py")


def run_pybis(
    release: str, hub: DemoHub, home: Path, *steps: dict[str, Any], who: str = "user"
) -> list[dict[str, Any]]:
    """Return what came of each step: ``value`` or ``error``, and what was ``printed``."""
    service = hub.services["openbis"]
    job = {
        "url": service["url"],
        "user": service[who],
        "password": service["password" if who == "user" else "reader_password"],
        "steps": steps,
    }
    environment = {**os.environ, "HOME": str(home), "PYTHONWARNINGS": "ignore"}
    if release == NEXT:
        environment["PYTHONPATH"] = str(Path(sys.prefix) / "datahub" / "pybis" / NEXT)
    ran = subprocess.run(
        [sys.executable, str(DRIVER)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment,
        check=False,
    )
    told = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    assert len(told) == len(steps), ran.stderr
    return told


def values(told: list[dict[str, Any]]) -> list[Any]:
    """Return what came of steps that all went well."""
    assert not [one for one in told if "error" in one], told
    return [one["value"] for one in told]
