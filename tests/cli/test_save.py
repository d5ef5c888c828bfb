"""``jupyter datahub save`` on the demo hub."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.openbis.contents import CELLS
from jupyterlab_datahub.model import Credentials
from jupyterlab_datahub.sources.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.cli.conftest import Ran

QUICK = ("--no-html", "--no-environment")


@pytest.fixture
def owner(hub: DemoHub, openbis_settings: Settings) -> str:
    """Connect, and return the identifier of a collection."""
    service = hub.services["openbis"]
    source = Registry(openbis_settings)["openbis"]
    source.connect(Credentials(user=service["user"], password=service["password"]))
    return f"openbis:{service['host']}//LAB/SC/NOTEBOOKS"


@pytest.fixture
def notebook(place: Path, hub: DemoHub) -> Path:
    """Write a notebook that used a dataset of openBIS, and one of another catalog."""
    used = [
        {
            "ref": f"openbis:{hub.services['openbis']['host']}/{CELLS}",
            "variable": "a",
            "title": "A",
        },
        {"ref": "cellxgene:5f0e8a5e-0000-4000-8000-000000000000", "variable": "b", "title": "B"},
    ]
    path = place / "a.ipynb"
    document: dict[str, Any] = {
        "cells": [],
        "metadata": {"datahub": {"inputs": used}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_notebook_is_saved_and_what_is_there_is_told(
    run: Callable[..., Ran], owner: str, notebook: Path, hub: DemoHub
) -> None:
    result = notebook.with_name("t.csv")
    result.write_text("a,b\n")

    ran = run("save", "a.ipynb", "--to", owner, "--file", str(result), "--json", *QUICK)

    assert ran.code == 0, ran.err
    assert set(ran.document) == {"ref", "files", "verified"}
    assert ran.document["verified"] is True
    files = {one["path"]: one for one in ran.document["files"]}
    assert set(files) == {"a.ipynb", "t.csv", "datahub.lock.json"}
    assert files["t.csv"]["size"] == 4
    assert files["t.csv"]["checksum"] == f"{zlib.crc32(result.read_bytes()):08x}"
    found = hub.openbis.store.dataset(ran.document["ref"].rpartition("/")[2])
    assert [parent.perm_id for parent in found.parents] == [CELLS]


def test_properties_parents_and_type_can_be_given(
    run: Callable[..., Ran], owner: str, notebook: Path, hub: DemoHub
) -> None:
    ran = run(
        *("save", "a.ipynb", "--to", owner, "--type", "sequencing_run", *QUICK),
        *("--set", "ORGANISM=mouse", "--set", "MEASURED_ON=2026-03-31"),
        *("--set", "KEYWORDS=one", "--set", "KEYWORDS=two=2"),
    )
    assert ran.code == 0, ran.err
    found = hub.openbis.store.dataset(ran.out.strip().rpartition("/")[2])
    assert found.type.code == "SEQUENCING_RUN"
    assert found.properties["KEYWORDS"] == ["one", "two=2"]


def test_each_field_that_is_wrong_is_told(
    run: Callable[..., Ran], owner: str, notebook: Path
) -> None:
    ran = run(
        *("save", "b.ipynb", "--to", owner, "--type", "SEQUENCING_RUN", "--json"),
        *("--set", "ORGANISM=elf", "--file", "/etc/passwd"),
    )
    assert ran.code == 1
    fields = {one["field"] for one in ran.document["error"]["fields"]}
    assert fields == {"notebook", "ORGANISM", "MEASURED_ON"}
    assert "MEASURED_ON: Measured on is mandatory" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "ORGANISM"), "NAME=VALUE"),
        (("--file", "/etc/passwd"), "leads out of"),
        (("--parent", "openbis:other.example.org/1"), "is not a dataset in"),
    ],
)
def test_what_cannot_be_used_is_refused(
    run: Callable[..., Ran], owner: str, notebook: Path, arguments: tuple[str, ...], words: str
) -> None:
    ran = run("save", "a.ipynb", "--to", owner, *arguments)
    assert ran.code == 1
    assert words in ran.err


def test_a_store_that_refuses_makes_the_command_fail(
    run: Callable[..., Ran], owner: str, notebook: Path, hub: DemoHub
) -> None:
    hub.faults.add("expired", path="*session_workspace_file_upload", times=9)
    ran = run("save", "a.ipynb", "--to", owner, "--json", *QUICK)
    assert ran.code == 1
    assert ran.document["error"]["code"] == "expired"


def test_who_is_not_connected_is_told_how(
    run: Callable[..., Ran], notebook: Path, hub: DemoHub
) -> None:
    owner = f"openbis:{hub.services['openbis']['host']}//LAB/SC/NOTEBOOKS"
    ran = run("save", "a.ipynb", "--to", owner)
    assert ran.code == 1
    assert "Connect" in ran.err
