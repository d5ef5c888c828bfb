"""Making notebooks and asking about their provenance, over REST."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.openbis import contents

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask


@pytest.fixture
def datahub_config(settings: Settings, hub: DemoHub) -> dict[str, Any]:
    sources: list[dict[str, Any]] = [
        {"name": "folder", "kind": "folder", "path": "my-data"},
        {"name": "lab", "kind": "openbis", "url": hub.services["openbis"]["url"]},
    ]
    return {"home": settings.home, "sources": sources, "offline": True, "reserve_gb": 0.0}


@pytest.fixture
def ref(hub: DemoHub) -> Callable[[str], str]:
    return lambda name: f"openbis:{hub.services['openbis']['host']}/{name}"


def read(settings: Settings, path: str) -> Any:
    return json.loads(Path(settings.root, path).read_text("utf-8"))


def notebooks(settings: Settings) -> list[Path]:
    return list(Path(settings.root).rglob("*.ipynb"))


async def connect(ask: Ask, hub: DemoHub) -> None:
    service = hub.services["openbis"]
    wish = {"url": service["url"], "user": service["user"], "password": service["password"]}
    assert (await ask("PUT", "connections/lab", wish)).status == 200


async def test_a_notebook_is_made_and_its_inputs_are_known(
    ask: Ask, hub: DemoHub, settings: Settings, ref: Callable[[str], str]
) -> None:
    await connect(ask, hub)
    wish = {"refs": [ref(contents.CELLS)], "directory": "my-data", "name": "lung"}
    made = await ask("POST", "notebooks", wish)
    assert (made.status, made.body) == (201, {"path": "my-data/lung.ipynb"})
    again = await ask("POST", "notebooks", wish)
    assert again.body == {"path": "my-data/lung 2.ipynb"}
    notebook = read(settings, made.body["path"])

    answer = await ask("POST", "provenance", {"metadata": notebook["metadata"]})
    assert answer.status == 200
    [checked] = answer.body["inputs"]
    assert checked["input"]["ref"] == ref(contents.CELLS)
    assert (checked["state"], checked["on_disk"]) == ("missing", False)
    assert answer.body["upgraded"] is False


async def test_what_is_here_is_present_and_old_metadata_is_read(
    ask: Ask, hub: DemoHub, ref: Callable[[str], str]
) -> None:
    await connect(ask, hub)
    page = (await ask("GET", "search", params=[("facet", "source=folder")])).body
    given = {"ref": "folder:folder/monocytes.h5ad", "variable": "x", "title": "X"}
    old = {contents.CELLS: {"url": hub.services["openbis"]["url"], "size": 1}}
    metadata = {"datahub": {"inputs": [given]}, "datasets": old}
    answer = await ask("POST", "provenance", {"metadata": metadata})
    states = {one["input"]["ref"]: one["state"] for one in answer.body["inputs"]}
    assert states == {given["ref"]: "present", ref(contents.CELLS): "missing"}, page
    assert answer.body["upgraded"] is True


async def test_without_a_connection_the_next_step_is_told(
    ask: Ask, ref: Callable[[str], str]
) -> None:
    answer = await ask("POST", "notebooks", {"refs": [ref(contents.CELLS)]})
    assert answer.status == 403
    assert "not connected" in answer.error["message"]
    assert answer.error["hint"]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"refs": []},
        {"refs": ["x"]},
        {"refs": "x"},
        {"refs": ["folder:folder/monocytes.h5ad"]},
        {"refs": ["openbis:a/b"], "copy": "openbis:a/b"},
        {"refs": ["openbis:a/b"], "directory": ".."},
        {"refs": ["openbis:a/b"], "nonsense": 1},
        {"metadata": {}},
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused(
    ask: Ask, settings: Settings, wish: dict[str, Any]
) -> None:
    answer = await ask("POST", "notebooks", wish)
    assert answer.status in (400, 404)
    assert answer.error["message"]
    assert notebooks(settings) == []


@pytest.mark.parametrize("body", [{}, {"metadata": []}, {"metadata": {}, "x": 1}, b"{", b""])
async def test_metadata_must_be_some(ask: Ask, body: Any) -> None:
    assert (await ask("POST", "provenance", body)).status == 400


async def test_nobody_asks_without_a_token(ask: Ask) -> None:
    for path, body in (("notebooks", {"refs": ["x"]}), ("provenance", {"metadata": {}})):
        assert (await ask("POST", path, body, headers={})).status == 403
