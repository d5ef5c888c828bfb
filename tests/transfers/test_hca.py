"""Files, tables and selections of the Human Cell Atlas, fetched by a real worker."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.engine import cells, transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import AccessError
from jupyterlab_datahub.model import CellRequest, Transfer, TransferState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

PATIENCE = 60.0
MATRIX = ("kidney-two-species", "kidney-human-10XV3.loom")
TABLE = 'hca:dcp60/manifest/compact?{"specimenOrgan":{"is":["kidney"]}}'


@pytest.fixture
def rooms(hca_settings: Settings) -> Iterator[Rooms]:
    """Return the rooms of a server with the atlas."""
    opened = Rooms(hca_settings)
    yield opened
    opened.close()


@pytest.fixture
def fetch(rooms: Rooms) -> Callable[[str], Transfer]:
    """Return what fetches a ref and gives its transfer when it is over."""

    def fetched(ref: str) -> Transfer:
        transfer, _ = transfers.start(rooms, ref, rooms.root / "datahub")
        end = time.monotonic() + PATIENCE
        while not transfer.state.final and time.monotonic() < end:
            transfers.changes(rooms, 0)
            time.sleep(0.05)
            transfer = transfers.one(rooms, transfer.id)
        assert transfer.state.final, transfer
        return transfer

    return fetched


def asked(hub: DemoHub, part: str) -> int:
    return sum(part in seen.path for seen in hub.requests)


def test_a_matrix_that_is_prepared_first_arrives_verified(
    hub: DemoHub, rooms: Rooms, fetch: Callable[[str], Transfer]
) -> None:
    hub.hca.api.repository.rounds = 2
    hub.hca.api.repository.longest_wait = 0
    ended = fetch(hub.hca.ref(*MATRIX))
    assert ended.state is TransferState.DONE, ended.error
    content = Path(ended.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == ended.sha256
    dataset = rooms.registry["hca"].dataset(ended.ref)
    assert {"sha256": ended.sha256} in [one.checksums for one in dataset.assets]
    assert asked(hub, "/fetch/repository/files/") == 3


def test_a_signed_address_that_expires_mid_file_is_made_anew(
    hub: DemoHub, fetch: Callable[[str], Transfer]
) -> None:
    hub.faults.add("cut", host="hca-storage", after=100_000, times=1)
    hub.faults.add("expired", host="hca-storage", times=1, skip=1)
    ended = fetch(hub.hca.ref(*MATRIX))
    assert ended.state is TransferState.DONE, ended.error
    assert asked(hub, "/fetch/repository/files/") >= 2


def test_a_rate_limit_is_waited_for(hub: DemoHub, fetch: Callable[[str], Transfer]) -> None:
    ref = hub.hca.ref(*MATRIX)
    hub.faults.add("status", host="hca", path="/fetch/*", status=429, retry_after="1", times=2)
    ended = fetch(ref)
    assert ended.state is TransferState.DONE, ended.error
    assert asked(hub, "/fetch/repository/files/") == 3


def test_bytes_that_are_not_those_of_the_catalog_are_not_kept(
    hub: DemoHub, rooms: Rooms, fetch: Callable[[str], Transfer]
) -> None:
    hub.faults.add("corrupt", host="hca-storage", offset=10, times=1000)
    ended = fetch(hub.hca.ref(*MATRIX))
    assert ended.error is not None
    assert ended.error.code == "checksum"
    assert rooms.library.listing().items == ()


def test_a_table_that_expires_while_it_is_made_arrives(
    hub: DemoHub, fetch: Callable[[str], Transfer]
) -> None:
    hub.hca.api.jobs.retry_after = 0
    hub.faults.add("status", host="hca", path="/fetch/manifest/files/*", status=410, times=1)
    ended = fetch(TABLE)
    assert ended.state is TransferState.DONE, ended.error


def test_a_table_that_cannot_be_made_says_so(
    hub: DemoHub, fetch: Callable[[str], Transfer]
) -> None:
    hub.hca.api.jobs.retry_after = 0
    hub.hca.api.jobs.failing = 1000
    ended = fetch(TABLE)
    assert ended.error is not None
    assert "could not make the file manifest" in ended.error.message
    assert "fewer projects or files" in ended.error.hint


def test_a_table_becomes_a_data_frame(
    hub: DemoHub, rooms: Rooms, fetch: Callable[[str], Transfer]
) -> None:
    hub.hca.api.jobs.retry_after = 0
    ended = fetch(TABLE)
    assert ended.state is TransferState.DONE, ended.error
    reply = cells.cell(rooms, CellRequest(ref=TABLE, path_visible=True))
    assert 'sep="\\t")' in reply.code
    assert "AnnData" not in reply.code
    assert reply.input is not None
    assert reply.input.sha256 == ended.sha256


def test_a_selection_arrives_as_one_folder(hub: DemoHub, fetch: Callable[[str], Transfer]) -> None:
    project = hub.hca.project("kidney-two-species")
    ended = fetch(f'hca:dcp60/files?{{"projectId":{{"is":["{project.id}"]}}}}')
    assert ended.state is TransferState.DONE, ended.error
    assert ended.group is not None
    assert (ended.group.total, ended.group.done) == (len(project.files),) * 2
    folder = Path(ended.path)
    for spec in project.files:
        below = project.file_id(spec) if spec.name.startswith("R") else ""
        assert (folder / below / spec.name).is_file()


def test_what_needs_a_permission_is_not_even_queued(
    hub: DemoHub, rooms: Rooms, fetch: Callable[[str], Transfer]
) -> None:
    with pytest.raises(AccessError) as caught:
        fetch(hub.hca.ref("managed-brain", "cortex-human-10XV3.loom"))
    assert "DUOS" in caught.value.hint
    assert transfers.listed(rooms) == ()
