"""A notebook that is saved is in openBIS with everything that belongs to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pybis import Openbis

from jupyterlab_datahub.demo.openbis.contents import CELLS, MONOCYTES
from jupyterlab_datahub.demo.openbis.defaults import OBJECT
from jupyterlab_datahub.engine import saves
from jupyterlab_datahub.model import Direction, TransferState
from jupyterlab_datahub.sources.openbis.source import OpenbisSource
from tests.transfers.desk import MIB, until
from tests.transfers.openbis_upload.office import contents

if TYPE_CHECKING:
    from tests.transfers.openbis_upload.office import Office

FOLDER = "original/default"


def test_everything_of_a_notebook_becomes_one_dataset(office: Office) -> None:
    used = [{"ref": office.ref(CELLS), "variable": "adata", "title": "PBMC 68k"}]
    notebook = office.write_notebook(datahub={"inputs": used})
    office.write("results/figure 1, #2 'ü'.png", 70_001)
    office.write("empty.txt", 0)

    transfer = office.save(
        files=("results", "empty.txt"),
        parents=(office.ref(CELLS), office.ref(f"{MONOCYTES}/original/x.h5ad")),
        properties={"$NAME": "Monocytes", "notes": "Two\nlines"},
        html=True,
        environment=True,
    )
    assert (transfer.direction, transfer.path) == (Direction.UPLOAD, "analysis.ipynb")
    ended = office.done(transfer)

    dataset = office.dataset(ended)
    assert ended.ref == office.ref(dataset.perm_id)
    assert dataset.experiment is not None
    assert dataset.experiment.code == "PBMC"
    assert [parent.perm_id for parent in dataset.parents] == [CELLS, MONOCYTES]
    assert dataset.properties["$NAME"] == "Monocytes"
    assert dataset.properties["NOTES"] == "Two\nlines"
    assert dataset.properties["$HISTORY_ID"]
    found = contents(dataset)
    assert found[f"{FOLDER}/analysis.ipynb"] == notebook.read_bytes()
    assert len(found[f"{FOLDER}/results/figure 1, #2 'ü'.png"]) == 70_001
    assert found[f"{FOLDER}/empty.txt"] == b""
    assert b"<html" in found[f"{FOLDER}/analysis.ipynb.html"]
    assert b"msgspec==" in found[f"{FOLDER}/requirements.txt"]
    assert found[f"{FOLDER}/runtime.txt"].startswith(b"python-3.")
    lock = json.loads(found[f"{FOLDER}/datahub.lock.json"])
    assert [one["ref"] for one in lock["inputs"]] == [office.ref(CELLS)]
    assert lock["parents"] == [office.ref(CELLS), office.ref(MONOCYTES)]
    files = saves.saved(office.rooms, transfer.id)
    assert {file.name for file in files} == {name.removeprefix(f"{FOLDER}/") for name in found}
    # The copies go after the transfer is said to be done.
    until(lambda: office.saves == [], lambda: str(office.saves))


@pytest.mark.parametrize("version", ["3.5", "3.6", "3.7"])
def test_large_files_go_in_slices_to_every_server(office: Office, version: str) -> None:
    office.hub.openbis.store.api_version = version
    big = office.write("big.bin", 21 * MIB + 5)

    ended = office.done(office.save(files=("big.bin",), owner=office.ref(OBJECT)))

    dataset = office.dataset(ended)
    found = {path.rpartition("/")[2]: data for path, data in contents(dataset).items()}
    assert found["big.bin"] == big.read_bytes()
    assert set(found) == {"big.bin", "analysis.ipynb", "datahub.lock.json"}
    assert dataset.sample is not None
    assert dataset.sample.code == "DONOR_1"
    assert len(office.uploads()) == 5
    assert ended.done == ended.size == sum(map(len, found.values()))


def test_openbis_is_asked_as_pybis_asks_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    source = office.rooms.registry["openbis"]
    assert isinstance(source, OpenbisSource)
    ours = office.rooms.registry["openbis"].back_end(_bundle(office))
    monkeypatch.setattr(
        source.session,
        "call",
        _listening(source.session.call, asked, token=source.session.token()),
    )
    with pytest.raises(Exception, match="upload id"):
        ours.register()
    ours.close()
    mine = next(one for one in asked if one["method"] == "createUploadedDataSet")

    def post(_self: Openbis, _url: str, request: dict[str, Any]) -> Any:
        if request["method"] == "createUploadedDataSet":
            asked.append(request)
            raise ConnectionAbortedError
        return original(_self, _url, request)

    original = Openbis._post_request_full_url
    monkeypatch.setattr(Openbis, "_post_request_full_url", post)
    openbis = Openbis(
        source.session.url,
        token=source.session.token(),
        allow_http_but_do_not_use_this_in_production_and_only_within_safe_networks=True,
    )
    new = openbis.new_dataset(
        type="ANALYSIS_NOTEBOOK",
        experiment="/LAB/SC/PBMC",
        files=[str(office.root / "analysis.ipynb")],
        parents=[CELLS],
        props={"$name": "A name", "notes": "Some"},
    )
    new.__dict__["upload_files_v3"] = lambda **_: "upload-1"
    with pytest.raises(ConnectionAbortedError):
        new.save()

    assert mine["params"] == asked[-1]["params"]


def test_versions_of_a_notebook_are_grouped(office: Office) -> None:
    first = office.done(office.save(write_history=True))
    history = office.dataset(first).properties["$HISTORY_ID"]
    kept = json.loads((office.root / "analysis.ipynb").read_text("utf-8"))
    assert kept["metadata"]["datahub"]["history_id"] == history

    again = office.done(office.save())
    apart = office.done(office.save(keep_history=False))

    assert again.ref != first.ref
    assert office.dataset(again).properties["$HISTORY_ID"] == history
    assert office.dataset(apart).properties["$HISTORY_ID"] != history


def test_a_notebook_of_elns_template_keeps_its_history(office: Office) -> None:
    path = office.write_notebook()
    document = json.loads(path.read_text("utf-8"))
    document["cells"][0]["metadata"] = {"code_cell_id": "resultDatasetHistoryId"}
    document["cells"][0]["source"] = ["resultDatasetHistoryId='1b4e28ba-2fa1'"]
    path.write_text(json.dumps(document), encoding="utf-8")

    ended = office.done(office.save())

    assert office.dataset(ended).properties["$HISTORY_ID"] == "1b4e28ba-2fa1"
    assert json.loads(path.read_text("utf-8")) == document


def test_the_same_save_twice_is_one_while_it_is_not_over(office: Office) -> None:
    first = office.wait_for_nobody()
    second = office.save()
    assert second.id == first.id
    assert len(office.saves) == 1

    office.done(first)

    assert len(office.made()) == 1


def test_the_notebook_is_saved_as_it_was_when_it_was_asked_for(office: Office) -> None:
    path = office.root / "analysis.ipynb"
    before = path.read_bytes()
    transfer = office.wait_for_nobody()
    path.write_bytes(before.replace(b"1 + 1", b"2 + 2"))

    ended = office.done(transfer)

    assert contents(office.dataset(ended))[f"{FOLDER}/analysis.ipynb"] == before


def test_a_page_that_cannot_be_made_does_not_stop_the_rest(office: Office) -> None:
    path = office.root / "analysis.ipynb"
    path.write_text('{"cells": 5, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')

    ended = office.done(office.save(html=True))

    assert "HTML could not be made" in ended.note
    assert f"{FOLDER}/analysis.ipynb" in contents(office.dataset(ended))


def test_nothing_secret_is_written_down(office: Office) -> None:
    source = office.rooms.registry["openbis"]
    assert isinstance(source, OpenbisSource)
    token = source.session.token().encode()
    transfer = office.wait_for_nobody()
    office.hub.faults.add("status", path="*upload*", status=500, times=50)
    failed = office.finished(transfer)
    assert failed.state is TransferState.FAILED

    kept = [
        path
        for path in office.home.rglob("*")
        if path.is_file() and path.parent.name != "secrets" and token in path.read_bytes()
    ]
    assert kept == []


def _bundle(office: Office) -> Any:
    from jupyterlab_datahub.sources.saving import Bundle, BundleFile

    file = BundleFile(name="analysis.ipynb", path="", size=1, modified=0)
    return Bundle(
        id="upload-1",
        source="openbis",
        notebook="analysis.ipynb",
        folder="",
        owner=office.ref("/LAB/SC/PBMC"),
        type="ANALYSIS_NOTEBOOK",
        created="2026-01-01T00:00:00+00:00",
        marker="analysis.ipynb",
        properties={"$NAME": "A name", "NOTES": "Some"},
        parents=(office.ref(CELLS),),
        files=(file,),
    )


def _listening(call: Any, asked: list[dict[str, Any]], token: str) -> Any:
    def listen(method: str, *params: Any, store: bool = False) -> Any:
        asked.append({"method": method, "params": [token, *params]})
        return call(method, *params, store=store)

    return listen
