"""Starting and stopping, in a process of its own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import requests

from tests.server.conftest import LOOKS, ref_of
from tests.server.live import SECONDS, Live, live_server

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub

HEAVY = {"anndata", "h5py", "matplotlib", "numpy", "pandas", "pybis", "requests", "scanpy", "scipy"}

TELL_MODULES = """
import atexit, sys
atexit.register(lambda: print("MODULES", *sys.modules, flush=True))
from jupyter_server.serverapp import main
main()
"""


@pytest.fixture
def config(hub: DemoHub, tmp_path: Path) -> dict[str, Any]:
    sources = [
        {"name": "cellxgene", "kind": "cellxgene", "url": hub.services["cellxgene"]["url"]},
        {"name": "folder", "kind": "folder"},
    ]
    return {"home": str(tmp_path / "home"), "sources": sources, "reserve_gb": 0.0}


def ask(live: Live, method: str, path: str, **options: Any) -> Any:
    """Ask a server and return the body of its answer."""
    url = f"{live.url}/{path}"
    answer = requests.request(method, url, headers=live.headers, timeout=SECONDS, **options)
    assert answer.ok, answer.text
    return answer.json()


def test_a_server_that_was_not_asked_to_search_has_loaded_nothing_heavy(
    tmp_path: Path, config: dict[str, Any]
) -> None:
    with live_server(tmp_path, config, "-c", TELL_MODULES) as live:
        for _ in range(SECONDS * 5):
            sources = ask(live, "GET", "sources")["sources"]
            if {source["state"] for source in sources} == {"ready"}:
                break
            time.sleep(0.2)
        assert sum(source["datasets"] for source in sources) > 0
        ask(live, "GET", "transfers")
        ask(live, "GET", "library")
    told = next(
        line for line in live.log.read_text("utf-8").splitlines() if line.startswith("MODULES")
    )
    loaded = set(told.split())
    assert "jupyterlab_datahub.server.app" in loaded
    assert HEAVY & loaded == set()


def test_a_server_starts_while_every_catalog_hangs(
    tmp_path: Path, config: dict[str, Any], hub: DemoHub
) -> None:
    hub.faults.add("stall", host="api", times=1000)
    with live_server(tmp_path, config) as live:
        sources = {source["name"]: source for source in ask(live, "GET", "sources")["sources"]}
        assert sources["cellxgene"]["state"] in ("empty", "refreshing")
        assert ask(live, "GET", "library")["items"] == []


def test_nothing_outlives_the_server_and_the_next_one_goes_on(
    tmp_path: Path, config: dict[str, Any], hub: DemoHub
) -> None:
    slow = hub.faults.add("slow", host="assets", rate=30_000)
    body = {"ref": ref_of(hub, "pbmc68k/all")}
    with live_server(tmp_path, config) as live:
        number = ask(live, "POST", "transfers", json=body)["id"]
        for _ in range(SECONDS * 5):
            if ask(live, "GET", f"transfers/{number}")["state"] == "running":
                break
            time.sleep(0.2)
        family = psutil.Process(live.process.pid).children(recursive=True)
        assert family
    gone, alive = psutil.wait_procs(family, timeout=SECONDS)
    assert (len(gone), alive) == (len(family), [])
    hub.faults.remove(slow)
    with live_server(tmp_path, config) as live:
        for _ in range(SECONDS * 5):
            transfer = ask(live, "GET", f"transfers/{number}")
            if transfer["state"] == "done":
                break
            time.sleep(0.2)
        assert transfer["state"] == "done"


async def test_a_server_that_stops_when_idle_waits_for_transfers(
    jp_serverapp: Any, ask: Any, hub: DemoHub
) -> None:
    [app] = jp_serverapp.extension_manager.extension_apps["jupyterlab_datahub"]
    assert app.current_activity() is None
    hub.faults.add("slow", host="assets", rate=30_000)
    begun = (await ask("POST", "transfers", {"ref": ref_of(hub, "pbmc68k/all")})).body
    for _ in range(LOOKS):
        if app.current_activity():
            break
        await asyncio.sleep(0.1)
    assert app.current_activity() == {"transfers": 1}
    await ask("DELETE", f"transfers/{begun['id']}")
