"""Nothing is lost, said twice or left half done, whatever an openBIS does meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.openbis.defaults import (
    READER,
    READER_PASSWORD,
    SCIENTIST,
    SCIENTIST_PASSWORD,
)
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.errors import ConflictError, FieldsError
from jupyterlab_datahub.model import TransferState
from tests.transfers.desk import MIB, until
from tests.transfers.openbis_desk import IMPATIENT
from tests.transfers.openbis_upload.office import CREATE, UPLOAD, contents

if TYPE_CHECKING:
    from typing import Any

    from tests.transfers.openbis_upload.office import Office

S = TransferState
FOLDER = "original/default"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("status", {"status": 503, "retry_after": "0", "times": 3}),
        ("status", {"status": 503, "times": 2}),
        ("status", {"status": 500}),
        ("status", {"status": 502}),
        ("html", {"status": 200}),
        ("drop", {"after": 300_000}),
        ("short", {"by": 1}),
        ("down", {"times": 2}),
        ("cut", {"after": 0}),
        ("empty", {}),
    ],
)
def test_a_slice_that_fails_is_sent_again(
    office: Office, kind: Any, fields: dict[str, Any]
) -> None:
    big = office.write("big.bin", 11 * MIB)
    office.hub.faults.add(kind, path=UPLOAD, **fields)

    ended = office.done(office.save(files=("big.bin",)))

    assert contents(office.dataset(ended))[f"{FOLDER}/big.bin"] == big.read_bytes()
    assert len(office.made()) == 1


@pytest.mark.parametrize("patience", [IMPATIENT])
def test_a_slice_whose_answer_does_not_end_is_sent_again(office: Office) -> None:
    big = office.write("big.bin", 11 * MIB)
    office.hub.faults.add("stall", path=UPLOAD, after=3, seconds=60)

    ended = office.done(office.save(files=("big.bin",)))

    assert contents(office.dataset(ended))[f"{FOLDER}/big.bin"] == big.read_bytes()
    assert len(office.made()) == 1


def test_a_file_whose_arrival_was_not_heard_of_is_not_sent_again(office: Office) -> None:
    # The first file is the smallest: its answer is lost, but not the file.
    office.hub.faults.add("cut", path=UPLOAD, after=0)

    office.done(office.save())

    asked = office.hub.seen("/datastore_server/session_workspace_file_download")
    assert len(asked) == 1
    assert len(office.uploads()) == 2


@pytest.mark.parametrize("version", ["3.5", "3.7"])
def test_a_dataset_whose_answer_was_lost_is_found_and_not_made_twice(
    office: Office, version: str
) -> None:
    office.hub.openbis.store.api_version = version
    path = "*#createReportFromAggregationService" if version == "3.5" else CREATE
    office.hub.faults.add("cut", path=path, after=0)

    ended = office.done(office.save())

    assert [one.perm_id for one in office.made()] == [office.dataset(ended).perm_id]
    assert len(office.hub.seen(path, "POST")) == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("status", {"status": 503}), ("html", {"status": 502}), ("down", {"times": 1})],
)
def test_a_registration_that_did_not_happen_is_asked_for_again(
    office: Office, kind: Any, fields: dict[str, Any]
) -> None:
    office.hub.faults.add(kind, path=CREATE, **fields)

    office.done(office.save())

    assert len(office.made()) == 1


def test_a_killed_worker_goes_on_where_it_was(office: Office) -> None:
    big = office.write("big.bin", 61 * MIB)
    # The last slice hangs, so that all others have arrived when the worker is killed.
    stall = office.hub.faults.add("stall", path=UPLOAD, after=0, seconds=60, skip=6, times=5)
    transfer = office.save(files=("big.bin",))
    office.until(transfer, lambda now: now.done >= 55 * MIB)
    journal = office.saves[0] / "journal.json"
    until(
        lambda: journal.exists() and journal.read_bytes().count(b":") >= 9,
        lambda: journal.read_text() if journal.exists() else "none",
    )
    office.kill_worker()
    office.hub.faults.remove(stall)
    before = len(office.uploads())

    ended = office.done(transfer)

    assert contents(office.dataset(ended))[f"{FOLDER}/big.bin"] == big.read_bytes()
    assert len(office.made()) == 1
    assert len(office.uploads()) - before <= 5


def test_a_worker_that_is_killed_while_a_dataset_is_made_makes_no_second_one(
    office: Office,
) -> None:
    office.hub.faults.add("stall", path=CREATE, after=0, seconds=60, times=1)
    transfer = office.save()
    until(lambda: bool(office.made()))
    with pytest.raises(ConflictError, match="making a dataset"):
        transfers.change(office.rooms, transfer.id, "cancel")
    office.kill_worker()
    uploads = len(office.uploads())

    ended = office.done(transfer)

    assert [one.perm_id for one in office.made()] == [office.dataset(ended).perm_id]
    assert len(office.uploads()) == uploads


@pytest.mark.parametrize("patience", [IMPATIENT])
def test_a_stopped_server_goes_on_after_its_start(office: Office) -> None:
    office.write("big.bin", 25 * MIB)
    stall = office.hub.faults.add("stall", path=UPLOAD, after=0, seconds=60, skip=2, times=20)
    transfer = office.save(files=("big.bin",))
    office.until(transfer, lambda now: now.state is S.RUNNING)
    office.rooms.close()
    office.hub.faults.remove(stall)
    office.hub.faults.clear()

    office.rooms = office.open()

    office.done(transfer)
    assert len(office.made()) == 1


def test_an_ended_session_is_said_and_a_new_one_goes_on(office: Office) -> None:
    office.write("big.bin", 11 * MIB)
    transfer = office.wait_for_nobody(files=("big.bin",))
    office.hub.openbis.store.sessions.expire()
    failed = office.finished(transfer)
    assert failed.error is not None
    assert failed.error.code == "expired"
    assert "Connect again" in failed.error.hint

    office.connect(SCIENTIST, SCIENTIST_PASSWORD)
    transfers.change(office.rooms, transfer.id, "retry")

    ended = office.done(transfer)
    assert len(contents(office.dataset(ended))) == 3


def test_a_session_that_ends_between_the_slices_loses_what_was_sent_and_nothing_else(
    office: Office,
) -> None:
    office.write("big.bin", 31 * MIB)
    office.hub.faults.add("expired", path=UPLOAD, skip=3, times=20)
    transfer = office.save(files=("big.bin",))
    failed = office.finished(transfer)
    assert failed.error is not None
    assert failed.error.code == "expired"
    office.hub.faults.clear()
    office.connect(SCIENTIST, SCIENTIST_PASSWORD)
    transfers.change(office.rooms, transfer.id, "retry")

    ended = office.done(transfer)

    found = contents(office.dataset(ended))
    assert found[f"{FOLDER}/big.bin"] == (office.root / "big.bin").read_bytes()


def test_paused_it_waits_and_goes_on(office: Office) -> None:
    office.write("big.bin", 31 * MIB)
    office.hub.faults.add("latency", path=UPLOAD, seconds=60)
    transfer = office.save(files=("big.bin",))
    office.until(transfer, lambda now: now.state is S.RUNNING)
    assert transfers.change(office.rooms, transfer.id, "pause").state is S.PAUSED
    office.hub.faults.clear()
    transfers.change(office.rooms, transfer.id, "resume")

    office.done(transfer)

    assert len(office.made()) == 1


def test_cancelled_it_leaves_nothing_and_can_be_taken_up_again(office: Office) -> None:
    office.write("big.bin", 31 * MIB)
    office.hub.faults.add("latency", path=UPLOAD, seconds=60)
    transfer = office.save(files=("big.bin",))
    office.until(transfer, lambda now: now.state is S.RUNNING)
    transfers.change(office.rooms, transfer.id, "cancel")
    assert office.finished(transfer).state is S.CANCELLED
    assert office.made() == []
    office.hub.faults.clear()

    transfers.change(office.rooms, transfer.id, "retry")
    office.done(transfer)
    assert len(office.made()) == 1


def test_off_the_list_it_leaves_no_copy(office: Office) -> None:
    transfer = office.wait_for_nobody()
    assert len(office.saves) == 1

    transfers.remove(office.rooms, transfer.id)

    assert office.saves == []


@pytest.mark.parametrize("what", ["gone", "changed", "longer"])
def test_a_file_that_is_not_what_was_chosen_is_not_saved(office: Office, what: str) -> None:
    path = office.write("result.bin", 1000)
    transfer = office.wait_for_nobody(files=("result.bin",))
    if what == "gone":
        path.unlink()
    else:
        path.write_bytes(b"x" * (1000 if what == "changed" else 2000))

    failed = office.finished(transfer)

    assert failed.state is S.FAILED
    assert failed.error is not None
    assert "result.bin" in failed.error.message
    assert office.made() == []


def test_who_may_only_read_is_told_before_anything_is_sent(office: Office) -> None:
    office.connect(READER, READER_PASSWORD)

    with pytest.raises(FieldsError) as refused:
        office.save(parents=())

    assert [field.field for field in refused.value.fields] == ["owner"]
    assert "no permission" in refused.value.fields[0].message


def test_who_lost_the_right_meanwhile_is_told_by_the_store(office: Office) -> None:
    transfer = office.wait_for_nobody(parents=())
    office.connect(READER, READER_PASSWORD)

    failed = office.finished(transfer)

    assert failed.error is not None
    assert failed.error.code == "no_access"
    assert office.made() == []


def test_what_the_store_has_is_compared_before_it_counts_as_saved(office: Office) -> None:
    """The data store flips what it was given: sizes are right, checksums are not."""
    office.write("result.bin", 5000)
    workspaces = office.hub.openbis.data_store.workspaces
    write = workspaces.write

    def flipping(token: str, name: str, start: int, pieces: Any) -> int:
        if not name.endswith("result.bin"):
            return write(token, name, start, pieces)
        return write(token, name, start, iter([bytes(255 - one for one in b"".join(pieces))]))

    workspaces.write = flipping  # type: ignore[method-assign]  # a store that flips bytes

    failed = office.finished(office.save(files=("result.bin",)))

    assert failed.error is not None
    assert failed.error.code == "checksum"
    assert "result.bin" in failed.error.message
