"""Files of a commons on their way: manifests, hosts that fail, addresses that expire."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.engine import groups, transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import Credentials, Grouping, TransferState
from jupyterlab_datahub.settings import SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.gen3.index import IndexRecord
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Transfer
    from jupyterlab_datahub.settings import Settings

OPEN = "/open"
MINE = "/programs/DEV/projects/test"
CLOSED = "/programs/DEV/projects/secret"
BULK = "/user/data/download/bulk"
PATIENCE = 60.0


@pytest.fixture
def rooms(hub: DemoHub, settings: Settings) -> Iterator[Rooms]:
    """Return rooms with the demo's commons, where somebody is connected."""
    service = hub.services["gen3"]
    options = {"attempts": 2, "backoff": 0.05}
    source = SourceConfig(
        name="gen3", kind="gen3", title="Demo commons", url=service["url"], options=options
    )
    made = Rooms(msgspec.structs.replace(settings, sources=(source,)))
    made.registry["gen3"].connect(Credentials(key=Path(service["credentials"]).read_text("utf-8")))
    yield made
    hub.faults.clear()
    made.close()


def records(hub: DemoHub, resource: str, count: int = 1, least: int = 0) -> list[IndexRecord]:
    found = [
        one
        for one in hub.gen3.commons.index
        if one.authz == [resource]
        and one.hashes
        and one.urls
        and one.urls[0].startswith("s3://demo-")
        and hub.gen3.commons.storage.find(one.urls[0].removeprefix("s3://"))
        and (one.size or 0) >= least
    ]
    assert len(found) >= count
    return sorted(found, key=lambda one: one.size or 0)[:count]


def finished(rooms: Rooms, transfer: Transfer) -> Transfer:
    limit = time.monotonic() + PATIENCE
    while not (last := transfers.one(rooms, transfer.id)).state.final:
        assert time.monotonic() < limit, last
        rooms.supervisor.ensure()
        time.sleep(0.05)
    return last


def fetched(rooms: Rooms, hub: DemoHub, one: IndexRecord, directory: Path) -> Transfer:
    ref = f"gen3:{hub.services['gen3']['host']}/{one.did}"
    return finished(rooms, transfers.start(rooms, ref, directory)[0])


def by_manifest(rooms: Rooms, chosen: list[IndexRecord], directory: Path) -> Transfer:
    text = json.dumps(
        [
            {
                "object_id": one.did,
                "file_name": one.file_name,
                "file_size": one.size,
                "md5sum": one.hashes["md5"],
            }
            for one in chosen
        ]
    )
    return groups.start_manifest(rooms, "gen3", text, directory, Grouping())[0]


def test_a_manifest_comes_home_with_few_questions(
    rooms: Rooms, hub: DemoHub, tmp_path: Path
) -> None:
    chosen = records(hub, OPEN, 40)
    hub.requests.clear()
    done = finished(rooms, by_manifest(rooms, chosen, tmp_path / "out"))
    assert done.state is TransferState.DONE, done
    assert done.group is not None
    assert done.group.done == 40
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    digests = {hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() for path in files}
    assert digests == {one.hashes["md5"] for one in chosen}
    assert len(hub.seen(BULK, "POST")) == 1
    assert not hub.seen("/index/index/*")


def test_a_file_that_is_closed_stops_no_other(rooms: Rooms, hub: DemoHub, tmp_path: Path) -> None:
    chosen = [*records(hub, OPEN, 3), *records(hub, CLOSED)]
    failed = finished(rooms, by_manifest(rooms, chosen, tmp_path / "out"))
    assert failed.state is TransferState.FAILED
    page = groups.members(rooms, failed.id, TransferState.FAILED, 0, 10)
    (member,) = page.members
    assert member.error is not None
    assert "secret" in member.error.message
    assert failed.group is not None
    assert (failed.group.done, failed.group.failed) == (3, 1)


def test_an_address_that_expires_on_the_way_is_renewed(
    rooms: Rooms, hub: DemoHub, tmp_path: Path
) -> None:
    (one,) = records(hub, MINE, least=20_000_000)
    hub.faults.add("expired", host="bucket", path="/demo-controlled/*", skip=1)
    done = fetched(rooms, hub, one, tmp_path / "out")
    assert done.state is TransferState.DONE, done
    assert Path(done.path).stat().st_size == one.size
    assert len(hub.seen("/user/data/download/*")) >= 2


def test_a_bucket_that_is_down_is_named(rooms: Rooms, hub: DemoHub, tmp_path: Path) -> None:
    (one,) = records(hub, OPEN)
    hub.faults.add("down", host="bucket")
    failed = fetched(rooms, hub, one, tmp_path / "out")
    assert failed.state is TransferState.FAILED
    assert failed.error is not None
    bucket = hub.services["gen3"]["bucket"].removeprefix("http://")
    assert bucket in failed.error.message
    assert hub.services["gen3"]["host"] not in failed.error.message


def test_bytes_that_are_not_those_of_the_record_are_refused(
    rooms: Rooms, hub: DemoHub, tmp_path: Path
) -> None:
    (one,) = records(hub, OPEN)
    one.hashes["md5"] = "0" * 32
    failed = fetched(rooms, hub, one, tmp_path / "out")
    assert failed.state is TransferState.FAILED
    assert failed.error is not None
    assert failed.error.code == "checksum"


def test_no_signed_address_and_no_user_is_written_down(
    rooms: Rooms, hub: DemoHub, tmp_path: Path
) -> None:
    (one,) = records(hub, MINE)
    hub.faults.add("status", host="bucket", status=500, path="/demo-controlled/*")
    done = fetched(rooms, hub, one, tmp_path / "out")
    assert done.state is TransferState.DONE, done
    for path in Path(rooms.settings.home).rglob("*"):
        if path.is_file() and path.parent.name != "secrets":
            content = path.read_bytes()
            assert b"X-Amz-Signature" not in content, path
            assert b"username=" not in content, path
            assert b"eyJ" not in content, path
