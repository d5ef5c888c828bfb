"""A notebook that is saved to a commons: an object for each file, resumed, checked, discarded."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.engine import saves, transfers
from jupyterlab_datahub.errors import FieldsError
from jupyterlab_datahub.model import Credentials, Direction, TransferState
from jupyterlab_datahub.settings import SourceConfig
from tests.transfers.desk import MIB, until
from tests.transfers.openbis_upload.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.gen3.index import IndexRecord
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Transfer
    from jupyterlab_datahub.settings import Settings

PATIENCE = {"attempts": 2, "backoff": 0.05}
PART = "/user/data/multipart/upload"


@pytest.fixture
def office(hub: DemoHub, settings: Settings) -> Iterator[Office]:
    """Return an office whose user is connected to the demo's commons."""
    service = hub.services["gen3"]
    source = SourceConfig(
        name="gen3", kind="gen3", title="Demo commons", url=service["url"], options=PATIENCE
    )
    made = Office(msgspec.structs.replace(settings, sources=(source,)), hub.openbis, hub)
    key = Path(service["credentials"]).read_text("utf-8")
    made.rooms.registry["gen3"].connect(Credentials(key=key))
    made.write_notebook()
    yield made
    hub.faults.clear()
    made.close()


def wish(office: Office, **changes: Any) -> dict[str, Any]:
    host = office.hub.services["gen3"]["host"]
    return {
        "source": "gen3",
        "owner": f"gen3:{host}//DEV/test",
        "parents": (),
        "type": "FILES",
        **changes,
    }


def records(office: Office) -> list[IndexRecord]:
    """Return the records that were made for uploads."""
    return [one for one in office.hub.gen3.commons.index if one.blank]


def stored(office: Office, record: IndexRecord) -> bytes:
    storage = office.hub.gen3.commons.storage
    (place,) = [
        p for p in storage.below("demo-upload/") if p.split("/", 1)[1].startswith(record.did)
    ]
    found = storage.find(place)
    assert found is not None
    return found.path.read_bytes()


def guid_of(transfer: Transfer) -> str:
    return transfer.ref.partition("/")[2]


def test_each_file_becomes_an_object(office: Office) -> None:
    office.write("results/figure ü.png", 70_001)
    office.write("empty.txt", 0)
    transfer = office.save(**wish(office, files=("results", "empty.txt")))
    assert transfer.direction is Direction.UPLOAD
    ended = office.done(transfer)
    made = {one.file_name: one for one in records(office)}
    notebook = made["analysis.ipynb"]
    assert notebook.authz == ["/programs/DEV/projects/test"]
    assert guid_of(ended) == notebook.did
    assert notebook.did in ended.note
    assert stored(office, notebook) == (office.root / "analysis.ipynb").read_bytes()
    assert len(stored(office, made["results_figure ü.png"])) == 70_001
    assert stored(office, made["empty.txt"]) == b""
    assert b'"notebook"' in stored(office, made["datahub.lock.json"])
    assert {file.name for file in saves.saved(office.rooms, transfer.id)} == {
        "analysis.ipynb",
        "datahub.lock.json",
        "empty.txt",
        "results/figure ü.png",
    }
    assert "compared" not in ended.note
    # The worker tidies up once it has said that it is done.
    office.until(transfer, lambda _: office.saves == [])


def test_it_awaits_indexing_and_can_be_fetched_then(office: Office) -> None:
    ended = office.done(office.save(**wish(office)))
    source = office.rooms.registry["gen3"]
    waiting = source.dataset(ended.ref)
    assert waiting.status == "AWAITING INDEXING"
    assert waiting.access_note
    office.hub.gen3.commons.run_indexing()
    there = source.dataset(ended.ref)
    content = (office.root / "analysis.ipynb").read_bytes()
    assert there.status == ""
    assert there.assets[0].size == len(content)
    assert there.assets[0].checksums == {
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest()
    }


def test_a_large_file_goes_in_parts(office: Office) -> None:
    office.write("big.bin", 25 * MIB + 7)
    office.done(office.save(**wish(office, files=("big.bin",))))
    (big,) = [one for one in records(office) if one.file_name == "big.bin"]
    assert stored(office, big) == (office.root / "big.bin").read_bytes()
    assert len(office.hub.seen(PART, "POST")) == 3
    assert len(office.hub.seen("/demo-upload/*", "PUT")) >= 4


def test_no_token_goes_to_the_bucket(office: Office) -> None:
    office.done(office.save(**wish(office)))
    puts = office.hub.seen("/demo-upload/*", "PUT")
    assert puts
    # It refuses whatever comes with a token beside a signed address.
    assert all(seen.status == 200 for seen in puts)


def test_an_upload_goes_on_after_its_worker_was_killed(office: Office) -> None:
    office.write("big.bin", 25 * MIB)
    office.hub.faults.add("status", status=503, path=f"{PART}*", host="gen3", times=100)
    transfer = office.save(**wish(office, files=("big.bin",)))
    failed = office.finished(transfer)
    assert failed.state is TransferState.FAILED
    assert {one.file_name for one in records(office)} >= {"big.bin"}
    before = len(records(office))
    office.hub.faults.clear()
    transfers.change(office.rooms, transfer.id, "retry")
    office.done(transfer)
    # Nothing was registered twice.
    assert len(records(office)) == before


def test_what_is_refused_leaves_nothing_behind(office: Office) -> None:
    office.write("big.bin", 12 * MIB)
    office.hub.faults.add("status", status=403, path=f"{PART}*", host="gen3")
    failed = office.finished(office.save(**wish(office, files=("big.bin",))))
    assert failed.state is TransferState.FAILED
    assert failed.error is not None
    assert failed.error.hint
    assert records(office) == []


@pytest.mark.parametrize("away", [False, True])
def test_an_upload_that_is_taken_off_the_list_leaves_no_record(
    office: Office, *, away: bool
) -> None:
    office.write("big.bin", 12 * MIB)
    office.hub.faults.add("status", status=503, path=f"{PART}*", host="gen3", times=100)
    transfer = office.save(**wish(office, files=("big.bin",)))
    assert office.finished(transfer).state is TransferState.FAILED
    assert records(office)
    if away:
        office.hub.faults.add("status", status=503, path="/user/data/*", host="gen3", times=1)
    transfers.remove(office.rooms, transfer.id)
    if away:
        # The commons cannot be asked; the next worker asks again.
        until(lambda: bool(office.hub.seen("/user/data/*", "DELETE")), lambda: "nothing deleted")
        assert records(office)
        office.rooms.supervisor.stop()
        office.rooms.supervisor.ensure()
    until(lambda: not records(office), lambda: str(records(office)))
    until(lambda: not office.saves, lambda: str(office.saves))


def test_what_is_wrong_is_told_before_anything_is_sent(office: Office) -> None:
    host = office.hub.services["gen3"]["host"]
    with pytest.raises(FieldsError) as caught:
        office.save(
            **wish(
                office,
                owner=f"gen3:{host}//DEV/secret",
                type="NO_SUCH",
                properties={"NOTES": "x"},
            )
        )
    assert {field.field for field in caught.value.fields} == {"owner", "type", "NOTES"}
    assert records(office) == []


def test_owners_are_what_we_may_write_to(office: Office) -> None:
    found = saves.owners(office.rooms, "gen3", "")
    assert [owner.title for owner in found] == ["Files of no project yet", "DEV-test"] or [
        owner.title for owner in found
    ] == ["DEV-test", "Files of no project yet"]
    assert [owner.title for owner in saves.owners(office.rooms, "gen3", "dev")] == ["DEV-test"]
    form = saves.form(office.rooms, "gen3")
    assert [one.code for one in form.types] == ["FILES"]


def test_files_may_belong_to_no_project_yet(office: Office) -> None:
    host = office.hub.services["gen3"]["host"]
    office.done(office.save(**wish(office, owner=f"gen3:{host}/?resource=/data_file")))
    (notebook,) = [one for one in records(office) if one.file_name == "analysis.ipynb"]
    assert notebook.authz == []
    assert notebook.uploader == office.hub.services["gen3"]["user"]
