"""What goes wrong between an openBIS and the library, and what a user is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.openbis.defaults import READER, READER_PASSWORD
from jupyterlab_datahub.demo.openbis.records import DataSet
from jupyterlab_datahub.engine import connections, transfers
from jupyterlab_datahub.model import ConnectionRequest, TransferState
from tests.transfers.desk import MIB, until
from tests.transfers.openbis.counter import DOWNLOAD, contents, noise, sha256
from tests.transfers.openbis_desk import IMPATIENT

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.records import Physical
    from tests.transfers.openbis.counter import Counter

BIG = {"original/cells.h5ad": noise(9 * MIB + 77)}
TWO = {"original/a.bin": noise(5 * MIB, 1), "original/b.bin": noise(4 * MIB + 3, 2)}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        pytest.param("corrupt", {"offset": 500_000}, id="a payload damaged"),
        pytest.param("corrupt", {"offset": 10}, id="a header damaged"),
        pytest.param("cut", {"after": 600_000}, id="cut in a chunk"),
        pytest.param("reset", {"after": 600_000}, id="reset in a chunk"),
        pytest.param("status", {"status": 503, "retry_after": "1"}, id="busy"),
        pytest.param("status", {"status": 500}, id="broken"),
        pytest.param("html", {"status": 502}, id="a gateway's page"),
        pytest.param("down", {"times": 2}, id="gone for a moment"),
    ],
)
def test_what_breaks_is_asked_for_again(counter: Counter, kind: Any, fields: Any) -> None:
    permid = counter.put(BIG)
    counter.openbis.faults.add(kind, path=DOWNLOAD, **fields)
    last = counter.fetch(counter.ref(permid))
    assert last.sha256 == sha256(BIG["original/cells.h5ad"])
    assert counter.openbis.faults.active == []


@pytest.mark.parametrize("patience", [IMPATIENT])
def test_a_store_that_falls_silent_in_a_chunk_is_asked_again(counter: Counter) -> None:
    permid = counter.put(BIG)
    counter.openbis.faults.add("stall", path=DOWNLOAD, after=600_000)
    last = counter.fetch(counter.ref(permid))
    assert last.sha256 == sha256(BIG["original/cells.h5ad"])


@pytest.mark.parametrize("call", ["startDownloadSession", "queue", "finishDownloadSession"])
@pytest.mark.parametrize("kind", ["down", "status"])
def test_each_step_may_fail_once(counter: Counter, call: str, kind: Any) -> None:
    permid = counter.put(TWO)
    counter.openbis.faults.add(kind, path=f"*#{call}", times=1)
    last = counter.fetch(counter.ref(permid))
    assert contents(counter.rooms.library.place(last.sha256)) == TWO


def test_a_store_without_free_streams_is_waited_for(counter: Counter) -> None:
    permid = counter.put(BIG)
    counter.openbis.faults.add("busy", path="*#startDownloadSession")
    assert counter.fetch(counter.ref(permid)).sha256 == sha256(BIG["original/cells.h5ad"])


def test_a_chunk_that_is_always_damaged_is_an_error_and_the_rest_is_kept(counter: Counter) -> None:
    permid = counter.put(TWO)
    counter.openbis.faults.add("corrupt", offset=500_000, path=DOWNLOAD, times=1000)
    transfer = counter.failed(counter.ref(permid))
    assert transfer.error is not None
    assert "damaged" in transfer.error.message
    assert counter.openbis.host in transfer.error.message
    assert transfer.error.hint
    assert transfers.library(counter.rooms).items == ()
    assert not counter.folder.exists()


def test_other_bytes_than_the_listing_says_are_fetched_once_more(counter: Counter) -> None:
    permid = counter.put(TWO)
    stored = counter.openbis.store.files(permid)[1]
    right = stored.file.read_bytes()
    stored.file.write_bytes(right[:-1] + b"?")
    transfer = counter.failed(counter.ref(permid))
    assert transfer.error is not None
    assert transfer.error.code == "checksum"
    assert "original/b.bin" in transfer.error.message
    assert transfers.library(counter.rooms).items == ()
    until(lambda: counter.leftovers() == [])
    stored.file.write_bytes(right)
    transfers.change(counter.rooms, transfer.id, "retry")
    assert contents(counter.rooms.library.place(counter.done(transfer).sha256)) == TWO


@pytest.mark.parametrize("version", ["3.5", "3.7"])
def test_an_expired_session_is_said_and_the_download_goes_on_when_renewed(
    counter: Counter, version: str
) -> None:
    counter.openbis.store.api_version = version
    permid = counter.put(TWO)
    ref = counter.ref(permid)
    path = DOWNLOAD if version == "3.7" else "/datastore_server/2*"
    slow = counter.openbis.faults.add("slow", rate=1_500_000, path=path)
    transfer = counter.ask(ref)
    counter.running(transfer, MIB)
    counter.openbis.store.sessions.expire()
    counter.openbis.faults.remove(slow)
    last = counter.until(transfer, lambda now: now.state.final)
    if last.state is not TransferState.DONE:
        # All had not been sent when the session ended.
        assert last.error is not None
        assert last.error.code == "expired"
        assert "again" in last.error.hint
        assert 0 < last.done < 9 * MIB
        request = ConnectionRequest(user="scientist", password="single-cell")
        counter.openbis.store.passwords["scientist"] = "single-cell"
        connections.connect(counter.rooms, "openbis", request)
        last = counter.done(transfer)
    assert contents(counter.rooms.library.place(last.sha256)) == TWO
    assert last.id == transfer.id


def test_what_is_archived_is_said_with_the_next_step(counter: Counter) -> None:
    permid = counter.put(TWO)
    ref = counter.ref(permid)
    physical: Physical | None = counter.openbis.store.get(DataSet, permid).physical
    assert physical is not None
    # Asked for while it is there, fetched when it is not.
    quiet = counter.open(transfers_at_once=0)
    transfer, _ = transfers.start(quiet, ref, counter.folder)
    quiet.close()
    physical.status = "ARCHIVED"
    last = counter.over_badly(transfer)
    assert last.error is not None
    assert "archive" in last.error.hint


def test_a_reader_who_may_not_read_all_gets_no_smaller_folder(counter: Counter) -> None:
    permid = counter.put(TWO)
    counter.connect(READER, READER_PASSWORD)
    for call in ("createFastDownloadSession", "startDownloadSession"):
        counter.openbis.faults.add("filtered", by=1, path=f"*#{call}")
        last = counter.failed(counter.ref(permid))
        assert last.error is not None
        assert last.error.code == "no_access"
        assert "1 of 2 files" in last.error.message
        assert transfers.library(counter.rooms).items == ()
        transfers.remove(counter.rooms, last.id)


def test_a_file_that_is_gone_is_not_found(counter: Counter) -> None:
    permid = counter.put(TWO)
    ref = counter.ref(permid, "original/a.bin")
    quiet = counter.open(transfers_at_once=0)
    transfer, _ = transfers.start(quiet, ref, counter.folder)
    quiet.close()
    store = counter.openbis.store
    dataset = store.dataset(permid)
    dataset.files = [one for one in dataset.files if one.path != "original/a.bin"]
    last = counter.over_badly(transfer)
    assert last.error is not None
    assert last.error.code == "not_found"
    assert "a.bin" in last.error.message


def test_no_token_is_in_any_message_or_log(counter: Counter) -> None:
    secret = counter.rooms.registry.vault.get("openbis")
    assert secret is not None
    counter.openbis.store.api_version = "3.5"
    permid = counter.put(TWO)
    counter.openbis.faults.add("status", status=500, path="/datastore_server/2*", times=50)
    last = counter.failed(counter.ref(permid))
    assert last.error is not None
    assert secret.token not in last.error.message + last.error.hint
    log = counter.rooms.home / "logs" / "transfers.log"
    # The worker's words are written down by a thread that may be late.
    until(lambda: log.exists() and f"{last.id} failed" in log.read_text(encoding="utf-8"))
    assert secret.token not in log.read_text(encoding="utf-8")


def test_a_server_that_is_down_fails_with_words_and_what_was_fetched_is_kept(
    counter: Counter,
) -> None:
    permid = counter.put(BIG)
    slow = counter.openbis.faults.add("slow", rate=1_000_000, path=DOWNLOAD)
    transfer = counter.ask(counter.ref(permid))
    counter.running(transfer, MIB)
    counter.openbis.faults.add("down", path="/datastore_server/*")
    counter.openbis.faults.remove(slow)
    last = counter.until(transfer, lambda now: now.state.final)
    if last.state is not TransferState.DONE:
        assert last.error is not None
        assert counter.openbis.host in last.error.message
        assert last.done >= MIB
        counter.openbis.faults.clear()
        transfers.change(counter.rooms, transfer.id, "retry")
        last = counter.done(transfer)
    assert last.sha256 == sha256(BIG["original/cells.h5ad"])
