"""A notebook that is saved to a bucket by a real worker: resumed, checked, taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.demo.s3.contents import LAB
from jupyterlab_datahub.demo.s3.users import WRITER
from jupyterlab_datahub.engine import saves, transfers
from jupyterlab_datahub.errors import FieldsError
from jupyterlab_datahub.model import Direction, TransferState
from jupyterlab_datahub.settings import SourceConfig
from tests.transfers.desk import MIB, until
from tests.transfers.openbis_upload.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.demo.s3.buckets import Buckets
    from jupyterlab_datahub.settings import Settings

PATIENCE = {"attempts": 2, "backoff": 0.05}
PLACE = f"s3://{LAB}/runs/"
BIG = f"/{LAB}/runs/*big.bin"


@pytest.fixture
def office(hub: DemoHub, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Return an office whose user may write to the lab's bucket."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    service = hub.services["s3"]
    options = {
        "buckets": [LAB],
        "profile": WRITER.name,
        "credentials_file": service["credentials"],
        **PATIENCE,
    }
    source = SourceConfig(name="s3", kind="s3", url=service["url"], options=options)
    made = Office(msgspec.structs.replace(settings, sources=(source,)), hub.openbis, hub)
    made.write_notebook()
    yield made
    hub.faults.clear()
    made.close()


def wish(**changes: Any) -> dict[str, Any]:
    return {"source": "s3", "owner": PLACE, "parents": (), "type": "FOLDER", **changes}


def buckets(office: Office) -> Buckets:
    return office.hub.s3.api.buckets


def kept(office: Office) -> dict[str, bytes]:
    """Return what was saved, by its name in the folder of the save."""
    found = {}
    for key in buckets(office).keys(LAB):
        if key.startswith("runs/"):
            found[key.split("/", 2)[2]] = buckets(office).read(LAB, key) or b""
    return found


def test_a_notebook_is_saved_and_opened_again(office: Office) -> None:
    office.write("results/figure ü.png", 70_001)
    office.write("big.bin", 25 * MIB + 7)
    transfer = office.save(**wish(files=("results", "big.bin")))
    assert transfer.direction is Direction.UPLOAD
    ended = office.done(transfer)
    found = kept(office)
    assert b'"notebook"' in found["datahub.lock.json"]
    for name in ("analysis.ipynb", "results/figure ü.png", "big.bin"):
        assert found[name] == (office.root / name).read_bytes()
    assert "compared" not in ended.note
    assert f"in {PLACE}analysis-" in ended.note
    there = office.rooms.registry["s3"].dataset(ended.ref)
    assert there.size == len(found["analysis.ipynb"])
    saved = saves.saved(office.rooms, transfer.id)
    assert {file.name for file in saved} == found.keys()
    assert buckets(office).under_way(LAB) == []
    # The worker tidies up once it has said that it is done.
    office.until(transfer, lambda _: office.saves == [])


def test_files_are_saved_without_a_notebook(office: Office) -> None:
    office.write("results/cells.h5ad", 25 * MIB + 7)
    office.write("results/cells.csv", 70_001)
    office.done(office.save(**wish(notebook="results/cells.h5ad", files=("results/cells.csv",))))
    found = kept(office)
    assert found.keys() == {"cells.h5ad", "cells.csv", "cells.h5ad.datahub.json"}
    assert found["cells.h5ad"] == (office.root / "results/cells.h5ad").read_bytes()
    record = json.loads(found["cells.h5ad.datahub.json"])
    assert record["notebook"] == ""
    assert record["files"] == ["cells.csv", "cells.h5ad"]


def test_a_folder_is_saved_to_the_place_itself(office: Office) -> None:
    office.write("results/plots/a.png", 1000)
    office.write("results/cells.csv", 2000)
    ended = office.done(office.save(**wish(notebook="results", type="FILES")))
    there = {key for key in buckets(office).keys(LAB) if key.startswith("runs/")}
    assert there == {
        "runs/results/plots/a.png",
        "runs/results/cells.csv",
        "runs/results.datahub.json",
    }
    assert ended.ref == f"{PLACE}results/"


def test_a_file_that_is_there_gets_another_version(office: Office) -> None:
    office.write("cells.csv", 2000)
    first = office.done(office.save(**wish(notebook="cells.csv", type="FILES")))
    office.write("cells.csv", 3000)
    second = office.done(office.save(**wish(notebook="cells.csv", type="FILES")))
    sizes = [office.rooms.registry["s3"].dataset(one.ref).size for one in (first, second)]
    assert sizes == [2000, 3000]


@pytest.mark.parametrize(
    ("path", "field", "words"),
    [
        ("gone.csv", "notebook", "not there"),
        ("../secret.csv", "notebook", "leads out"),
        (".hidden.csv", "files", "hidden"),
        ("empty", "files", "no files"),
    ],
)
def test_files_that_cannot_be_saved(office: Office, path: str, field: str, words: str) -> None:
    (office.root / "empty").mkdir(exist_ok=True)
    office.write(".hidden.csv", 10)
    with pytest.raises(FieldsError) as refused:
        office.save(**wish(notebook=path))
    assert [one.field for one in refused.value.fields] == [field]
    assert words in refused.value.fields[0].message


def test_a_cut_part_is_sent_again(office: Office) -> None:
    office.write("big.bin", 25 * MIB)
    office.hub.faults.add("drop", host="s3", method="PUT", path=BIG, after=3 * MIB)
    office.done(office.save(**wish(files=("big.bin",))))
    assert kept(office)["big.bin"] == (office.root / "big.bin").read_bytes()
    parts = [seen for seen in office.hub.seen(BIG, "PUT") if seen.status == 200]
    assert len(parts) == 3


def test_whoever_signs_in_again_goes_on(office: Office) -> None:
    office.write("big.bin", 45 * MIB)
    office.hub.faults.add("expired", host="s3", path=BIG, method="PUT", skip=2, times=9)
    transfer = office.save(**wish(files=("big.bin",)))
    failed = office.finished(transfer)
    assert failed.state is TransferState.FAILED
    assert failed.error is not None
    assert failed.error.code == "expired"
    assert "aws sso login" in failed.error.hint
    assert buckets(office).under_way(LAB)
    office.hub.faults.clear()
    transfers.change(office.rooms, transfer.id, "retry")
    office.done(transfer)
    assert kept(office)["big.bin"] == (office.root / "big.bin").read_bytes()
    parts = [seen for seen in office.hub.seen(BIG, "PUT") if seen.status == 200]
    assert len(parts) == 5
    begun = [seen for seen in office.hub.seen(BIG, "POST") if seen.query == "uploads="]
    assert len(begun) == 1


@pytest.mark.parametrize("away", [False, True])
def test_what_is_taken_off_the_list_leaves_nothing(office: Office, *, away: bool) -> None:
    before = buckets(office).keys(LAB)
    office.write("big.bin", 12 * MIB)
    fault = {"host": "s3", "path": BIG, "times": 100, "status": 503}
    # The end of it fails as well: then the parts are there, but no object.
    office.hub.faults.add("status", **fault, method="POST" if away else "PUT", skip=int(away))  # type: ignore[arg-type]  # fields by their names
    transfer = office.save(**wish(files=("big.bin",)))
    assert office.finished(transfer).state is TransferState.FAILED
    assert buckets(office).under_way(LAB)
    transfers.remove(office.rooms, transfer.id)
    until(
        lambda: not buckets(office).under_way(LAB) and buckets(office).keys(LAB) == before,
        lambda: f"{buckets(office).under_way(LAB)} {buckets(office).keys(LAB)}",
    )
    until(lambda: not office.saves, lambda: str(office.saves))


def test_a_file_that_changes_meanwhile_is_not_saved(office: Office) -> None:
    before = buckets(office).keys(LAB)
    path = office.write("big.bin", 25 * MIB)
    # The first part arrives, and the others are held back.
    office.hub.faults.add("latency", host="s3", method="PUT", path=BIG, seconds=60, skip=1)
    transfer = office.save(**wish(files=("big.bin",)))
    office.until(transfer, lambda now: now.done > 0)
    # Put in its place at once: while it is written it would be too short, another error.
    other = path.with_name("other.bin")
    other.write_bytes(b"other" * 5 * MIB)
    other.replace(path)
    office.hub.faults.clear()
    failed = office.finished(transfer)
    assert failed.state is TransferState.FAILED
    assert failed.error is not None
    assert "changed after it was chosen" in failed.error.message
    assert buckets(office).under_way(LAB) == []
    assert buckets(office).keys(LAB) == before


def test_who_may_not_write_is_told_before(office: Office) -> None:
    with pytest.raises(FieldsError) as caught:
        office.save(**wish(owner="s3://private-notes/", type="NO_SUCH"))
    assert {field.field for field in caught.value.fields} == {"owner", "type"}
    assert office.saves == []
