"""The command in a process of its own: signals, pipes and terminals."""

from __future__ import annotations

import json
import os
import pty
import signal
import termios
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.cli.conftest import SECONDS, started

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub


@pytest.fixture
def ref(hub: DemoHub) -> str:
    """Return the identifier of a dataset of a megabyte."""
    spec = next(spec for _, spec in hub.catalog.everything() if spec.key == "pbmc68k/all")
    return f"cellxgene:{spec.version_id(spec.newest)}"


def test_ctrl_c_pauses_and_the_same_command_goes_on(place: Path, hub: DemoHub, ref: str) -> None:
    slow = hub.faults.add("slow", host="assets", rate=50_000)
    process = started("get", ref, "--json")
    assert process.stderr is not None
    for line in process.stderr:
        if "running" in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "Paused. Run the same command again" in err
    [stopped] = json.loads(out)
    assert stopped["error"]["code"] == "paused"
    assert list((place / "datahub").glob("*")) == []

    hub.faults.remove(slow)
    again = started("get", ref, "--json")
    out, err = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, err
    [fetched] = json.loads(out)
    assert Path(fetched["path"]).stat().st_size == fetched["size"]


def test_a_bar_is_drawn_where_a_person_watches(place: Path, ref: str) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = started("get", ref, stderr=theirs)
    os.close(theirs)
    shown = b""
    # On Linux, reading fails when the other side has closed the terminal.
    with suppress(OSError):
        while got := os.read(ours, 4096):
            shown += got
    os.close(ours)
    out, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert b"100%" in shown
    assert b"\r" in shown
    assert out.strip().endswith(".h5ad")


def test_a_reader_that_has_seen_enough_is_no_failure_to_shout_about(place: Path) -> None:
    process = started("search")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    assert process.wait(SECONDS) in (0, 1)
    assert "Traceback" not in err
    assert "BrokenPipe" not in err
    process.stderr.close()


def test_nothing_is_left_running(place: Path, ref: str) -> None:
    process = started("get", ref, "--json")
    family: list[psutil.Process] = []
    while process.poll() is None and not family:
        family = psutil.Process(process.pid).children(recursive=True)
    process.communicate(timeout=SECONDS)
    _, alive = psutil.wait_procs(family, timeout=SECONDS)
    assert alive == []
