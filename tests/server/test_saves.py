"""Saving over HTTP: the form, the owners, and a notebook on its way to a store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from jupyterlab_datahub.demo.openbis.contents import CELLS
from jupyterlab_datahub.model import Credentials
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.registry import Registry
from tests.server.conftest import ended

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.server.conftest import Ask

NOTEBOOK: dict[str, Any] = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


@pytest.fixture
def datahub_config(hub: DemoHub, settings: Settings) -> dict[str, Any]:
    url = hub.services["openbis"]["url"]
    lab = {"name": "lab", "kind": "openbis", "title": "Lab", "url": url, "attempts": 1}
    folder = {"name": "folder", "kind": "folder", "path": "my-data"}
    return {"home": settings.home, "sources": [folder, lab], "offline": True, "reserve_gb": 0.0}


@pytest.fixture
def openbis_secret(hub: DemoHub, settings: Settings) -> None:
    """Be connected when the server starts."""
    service = hub.services["openbis"]
    lab = SourceConfig(name="lab", kind="openbis", url=service["url"])
    source = Registry(structs.replace(settings, sources=(lab,)))["lab"]
    source.connect(Credentials(user=service["user"], password=service["password"]))


@pytest.fixture
def connected(hub: DemoHub, openbis_secret: None) -> dict[str, Any]:
    """Connect, and return a request that is right."""
    service = hub.services["openbis"]
    return {
        "source": "lab",
        "notebook": "work/a notebook.ipynb",
        "owner": f"openbis:{service['host']}//LAB/SC/NOTEBOOKS",
        "parents": [f"openbis:{service['host']}/{CELLS}"],
        "html": False,
        "environment": False,
    }


@pytest.fixture
def notebook(settings: Settings) -> Path:
    path = Path(settings.root, "work", "a notebook.ipynb")
    path.parent.mkdir()
    path.write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    return path


async def test_the_form_of_a_store(ask: Ask, connected: dict[str, Any]) -> None:
    answer = await ask("GET", "saves/lab/form")
    assert answer.status == 200
    assert answer.body["types"][0]["code"] == "ANALYSIS_NOTEBOOK"
    assert answer.body["types"][0]["default"] is True


async def test_owners_for_a_text(ask: Ask, connected: dict[str, Any]) -> None:
    answer = await ask("GET", "saves/lab/owners", params={"text": "notebooks"})
    assert [one["identifier"] for one in answer.body["owners"]] == ["/LAB/SC/NOTEBOOKS"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"kind": "object"}, ["/LAB/SC/DONOR_1"]),
        ({"kind": "object", "type": "DONOR"}, ["/LAB/SC/DONOR_1"]),
        ({"kind": "object", "type": "EXPERIMENTAL_STEP"}, []),
        ({"kind": "collection"}, ["/LAB/SC/PBMC"]),
        ({"kind": "collection", "type": "DONOR"}, []),
        ({}, ["/LAB/SC/DONOR_1", "/LAB/SC/PBMC"]),
    ],
)
async def test_objects_for_a_property(
    ask: Ask, connected: dict[str, Any], given: dict[str, str], found: list[str]
) -> None:
    """A property of objects is completed with those of its type alone."""
    answer = await ask("GET", "saves/lab/owners", params={"text": "donor", **given})
    assert [one["identifier"] for one in answer.body["owners"]] == found
    exact = await ask("GET", "saves/lab/owners", params={"text": "/lab/sc/donor_1", **given})
    objects = [one for one in found if "DONOR" in one]
    assert [one["identifier"] for one in exact.body["owners"]] == objects


async def test_a_property_says_which_objects_it_takes(ask: Ask, connected: dict[str, Any]) -> None:
    answer = await ask("GET", "saves/lab/form")
    types = {one["code"]: one for one in answer.body["types"]}
    fields = {one["code"]: one for one in types["SEQUENCING_RUN"]["fields"]}
    assert fields["DONOR"]["data_type"] == "SAMPLE"
    assert fields["DONOR"]["object_type"] == "DONOR"
    assert fields["NOTES"]["object_type"] == ""


async def test_what_is_gone_or_hidden_is_said_before_anything_is_sent(
    ask: Ask, connected: dict[str, Any], notebook: Path, hub: DemoHub
) -> None:
    (notebook.parent / ".secret").write_text("x", encoding="utf-8")
    hidden = notebook.parent / ".keys" / "id"
    hidden.parent.mkdir()
    hidden.write_text("x", encoding="utf-8")
    files = ["work/plot.png", "work/.secret", "work/.keys/id", "work/.keys"]
    answer = await ask("POST", "saves", {**connected, "files": files})
    assert answer.status == 400
    assert [(one["field"], one["message"]) for one in answer.error["fields"]] == [
        ("files", "'work/plot.png' is not there any more"),
        *(("files", f"{name!r} is hidden; files that are hidden stay here") for name in files[1:]),
    ]
    assert not hub.seen("*session_workspace*", "POST")
    assert (await ask("GET", "transfers")).body["transfers"] == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("saves/folder/form", 400, "not_supported"),
        ("saves/nowhere/form", 404, "not_found"),
        ("saves/lab/form", 403, "no_access"),
        ("saves/lab/owners", 403, "no_access"),
    ],
)
async def test_where_nothing_can_be_saved(ask: Ask, path: str, status: int, code: str) -> None:
    answer = await ask("GET", path)
    assert (answer.status, answer.error["code"]) == (status, code)


async def test_a_notebook_is_saved(
    ask: Ask, connected: dict[str, Any], notebook: Path, hub: DemoHub
) -> None:
    answer = await ask("POST", "saves", connected)
    assert (answer.status, answer.body["direction"]) == (202, "upload")
    assert answer.body["ref"].startswith("openbis:")

    transfer = await ended(ask, answer.body["id"])

    assert (transfer["state"], transfer["path"]) == ("done", "work/a notebook.ipynb")
    found = hub.openbis.store.dataset(transfer["ref"].rpartition("/")[2])
    assert found.properties["$NAME"] == "a notebook"
    assert [parent.perm_id for parent in found.parents] == [CELLS]


async def test_everything_wrong_comes_back_beside_its_field(
    ask: Ask, connected: dict[str, Any]
) -> None:
    wrong = {
        "type": "SEQUENCING_RUN",
        "properties": {"ORGANISM": "elf", "MEASURED_ON": "soon", "CELLS": "x"},
        "owner": "",
        "notebook": "my-data/never.ipynb",
    }
    answer = await ask("POST", "saves", connected | wrong)

    assert (answer.status, answer.error["code"]) == (400, "fields")
    fields = {one["field"]: one["message"] for one in answer.error["fields"]}
    assert set(fields) == {"notebook", "ORGANISM", "MEASURED_ON", "CELLS", "owner"}
    assert "never saved" in fields["notebook"]
    assert (await ask("GET", "transfers")).body == {"transfers": []}


@pytest.fixture
def secret(notebook: Path, tmp_path: Path) -> str:
    """Return a path outside the root, to which ``work/way out.txt`` is a link."""
    path = tmp_path / "secret.txt"
    path.write_text("secret")
    notebook.with_name("way out.txt").symlink_to(path)
    return str(path)


async def test_no_file_from_outside_is_taken(
    ask: Ask, connected: dict[str, Any], notebook: Path, secret: str
) -> None:
    paths = ["../secret.txt", "work/way out.txt", secret, "gone.csv", "work/a\0b"]
    answer = await ask("POST", "saves", connected | {"files": paths})

    assert answer.status == 400
    assert [one["field"] for one in answer.error["fields"]] == ["files"] * 5


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'{"source": 5}', b""])
async def test_a_body_must_be_a_request(ask: Ask, body: bytes) -> None:
    answer = await ask("POST", "saves", body)
    assert answer.status == 400
