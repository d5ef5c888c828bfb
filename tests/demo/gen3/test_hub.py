"""The commons as the hub has it, and the switches that tests in a browser use."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub

TIMEOUT = 60


def test_a_browser_finds_the_services_and_the_switches(hub: DemoHub) -> None:
    services = requests.get(f"{hub.api.url}/_services", timeout=TIMEOUT).json()
    commons = services["gen3"]

    assert services == hub.services
    state = requests.post(f"{commons['url']}/_gen3", json={"ahead": 7}, timeout=TIMEOUT).json()
    assert state["ahead"] == hub.gen3.commons.clock.ahead == 7
    assert commons["url"] != commons["bucket"]
    assert commons["host"] == commons["url"].removeprefix("http://")


def test_keys_are_gone_when_the_hub_is(hub: DemoHub) -> None:
    key = Path(hub.services["gen3"]["credentials"])
    folder = key.parent

    assert key.is_file()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    hub.stop()
    assert not folder.exists()


def test_the_hub_logs_and_faults_both_hosts(hub: DemoHub) -> None:
    url = hub.gen3.api.url
    hub.faults.add("status", host="gen3", path="/index/*", status=503)
    statuses = [requests.get(f"{url}/index/_stats", timeout=TIMEOUT).status_code for _ in range(2)]

    assert statuses == [503, 200]
    assert [seen.host for seen in hub.seen("/index/*")] == ["gen3", "gen3"]
