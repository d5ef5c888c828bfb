"""Saving to an openBIS 7 that has its file server (AFS) and no data store server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.demo.openbis.contents import CELLS
from jupyterlab_datahub.demo.openbis.defaults import (
    COLLECTION,
    OBJECT,
    READER,
    READER_PASSWORD,
    SCIENTIST,
    SCIENTIST_PASSWORD,
)
from jupyterlab_datahub.engine import datasets, transfers
from tests.transfers.desk import MIB

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Transfer
    from tests.transfers.openbis_upload.office import Office

API = "/afs-server/api"


@pytest.fixture
def modern(office: Office) -> Office:
    """Return an office whose openBIS is of version 7."""
    office.hub.openbis.store.api_version = "7.0"
    office.hub.openbis.store.kinds = {"AFS"}
    return office


def test_files_get_their_place_when_all_have_arrived(modern: Office) -> None:
    big = modern.write("results/big, ü.bin", 21 * MIB + 5)
    modern.write("empty.txt", 0)

    ended = modern.done(modern.save(files=("results", "empty.txt"), owner=modern.ref(OBJECT)))

    found = _folder(modern, ended)
    names = {path.relative_to(found).as_posix() for path in found.rglob("*") if path.is_file()}
    assert names == {"analysis.ipynb", "datahub.lock.json", "empty.txt", "results/big, ü.bin"}
    assert (found / "results/big, ü.bin").read_bytes() == big.read_bytes()
    assert [one.name for one in found.parent.iterdir()] == [found.name]
    assert modern.made() == []
    lock = json.loads((found / "datahub.lock.json").read_bytes())
    assert lock["type"] == "ANALYSIS_NOTEBOOK"
    assert lock["parents"] == [modern.ref(CELLS)]
    assert lock["properties"]["$NAME"] == "analysis"


def test_the_page_of_the_owner_shows_the_files(modern: Office) -> None:
    modern.write("results/plot.csv", 5)
    ended = modern.done(modern.save(files=("results",), owner=modern.ref(OBJECT)))

    found = datasets.page(modern.rooms, ended.ref).dataset

    assert (found.entity, found.identifier) == ("object", OBJECT)
    (files,) = [page for page in found.contents if page.nodes[0].kind == "file"]
    names = {one.title.partition("/")[2]: one.size for one in files.nodes}
    assert set(names) == {"analysis.ipynb", "datahub.lock.json", "results/plot.csv"}
    assert names["results/plot.csv"] == 5
    assert files.total == 3
    assert datasets.page(modern.rooms, modern.ref(COLLECTION)).dataset.access_note == ""


def test_a_file_server_that_is_down_takes_no_page_away(modern: Office) -> None:
    modern.hub.faults.add("down", path=f"{API}#list")
    found = datasets.page(modern.rooms, modern.ref(OBJECT)).dataset
    assert found.identifier == OBJECT
    assert found.access_note.startswith("Its files are not known")


@pytest.mark.parametrize("call", ["write", "move", "hash"])
@pytest.mark.parametrize("kind", ["cut", "status", "down"])
def test_faults_are_outlived(modern: Office, call: str, kind: str) -> None:
    big = modern.write("big.bin", 11 * MIB)
    modern.hub.faults.add(kind, path=f"{API}#{call}", times=1)  # type: ignore[arg-type]  # the parameters are kinds

    ended = modern.done(modern.save(files=("big.bin",), owner=modern.ref(OBJECT)))

    found = _folder(modern, ended)
    assert (found / "big.bin").read_bytes() == big.read_bytes()
    assert [one.name for one in found.parent.iterdir()] == [found.name]


def test_who_may_only_read_is_told(modern: Office) -> None:
    transfer = modern.wait_for_nobody(owner=modern.ref(OBJECT), parents=())
    modern.connect(READER, READER_PASSWORD)

    failed = modern.finished(transfer)

    assert failed.error is not None
    assert failed.error.code == "no_access"


def test_an_ended_session_is_said_and_a_new_one_goes_on(modern: Office) -> None:
    modern.write("big.bin", 21 * MIB)
    modern.hub.faults.add("expired", path=f"{API}#write", skip=2, times=5)
    transfer = modern.save(files=("big.bin",), owner=modern.ref(OBJECT))
    failed = modern.finished(transfer)
    assert failed.error is not None
    assert failed.error.code == "expired"
    modern.hub.faults.clear()
    modern.connect(SCIENTIST, SCIENTIST_PASSWORD)

    transfers.change(modern.rooms, transfer.id, "retry")

    assert (_folder(modern, modern.done(transfer)) / "big.bin").stat().st_size == 21 * MIB


def test_a_server_with_both_makes_datasets_unless_told_otherwise(office: Office) -> None:
    office.hub.openbis.store.api_version = "7.0"
    office.done(office.save())
    assert len(office.made()) == 1

    source = office.settings.sources[0]
    told = msgspec.structs.replace(source, options=source.options | {"save_with": "afs"})
    office.settings = msgspec.structs.replace(office.settings, sources=(told,))
    office.rooms.close()
    office.rooms = office.open()
    ended = office.done(office.save())

    assert len(office.made()) == 1
    assert (_folder(office, ended) / "analysis.ipynb").is_file()


def _folder(office: Office, transfer: Transfer) -> Path:
    """Return the folder that a ref names, on the disk of the file server."""
    owner, _, name = transfer.ref.partition("/")[2].partition("/")
    found = office.hub.openbis.afs._directory / owner / name
    assert found.is_dir(), transfer
    return Path(found)
