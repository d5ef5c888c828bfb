"""One member of a zip on a host: fetched without the rest and checked, or with it where it must."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import anndata as ad
import msgspec
import pytest

from jupyterlab_datahub.transfers.queue.jobs import member_of
from tests.transfers.desk import SOURCE, S, dataset_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import Asset, Transfer
    from tests.transfers.desk import Desk

NAME = "runs.zip"
TABLE = b"gene,ACGTACGTACGT-1,ACGTACGTACGT-2\nENSG00000000001,3,0\n"
JUNK = 2 << 20


@pytest.fixture
def served(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a zip that the host serves, most of which nobody wants."""
    directory = tmp_path / "served"
    directory.mkdir()
    monkeypatch.setattr(desk, "files", directory)
    monkeypatch.setattr(desk.host, "directory", directory)
    junk = bytes(JUNK)
    with zipfile.ZipFile(directory / NAME, "w") as archive:
        archive.writestr("before.bin", junk)
        archive.writestr("a/counts.csv", TABLE)
        archive.writestr("between.bin", junk)
        archive.writestr("b/counts.csv", TABLE, zipfile.ZIP_DEFLATED)
        archive.writestr("after.bin", junk)
    return directory / NAME


def wanted(desk: Desk, member: str) -> tuple[Asset, Transfer]:
    """Ask for a member of the zip, of which the catalog does not say how large it is."""
    _, asset = desk.sell(NAME)
    asset = msgspec.structs.replace(asset, format="zip", size=None, checksums={})
    known = dataset_of(asset)
    return asset, desk.queue.add(known, asset, desk.folder, SOURCE, convert=True, member=member)[0]


@pytest.mark.parametrize("member", ["a/counts.csv", "b/counts.csv"])
def test_only_the_member_comes(desk: Desk, served: Path, member: str) -> None:
    asset, transfer = wanted(desk, member)
    desk.supervise()
    last = desk.done(transfer)
    assert ad.read_h5ad(last.path).shape == (2, 1)
    assert "compared with their CRC-32" in last.note
    assert sum(one.sent for one in desk.host.requests) < JUNK / 10
    assert desk.library.find_asset(asset.ref) is None
    assert desk.library.find_asset(member_of(asset, member).ref) is not None
    assert desk.leftovers() == []


def test_all_of_it_comes_of_a_host_that_sends_no_parts(desk: Desk, served: Path) -> None:
    desk.host.faults.add("ignore_range")
    asset, transfer = wanted(desk, "a/counts.csv")
    desk.supervise()
    last = desk.done(transfer)
    assert ad.read_h5ad(last.path).shape == (2, 1)
    assert "only as a whole" in last.note
    assert desk.library.find_asset(asset.ref) is not None
    assert desk.leftovers() == []


def test_a_member_that_is_damaged_is_refused(desk: Desk, served: Path) -> None:
    content = bytearray(served.read_bytes())
    content[content.index(TABLE) + 40] ^= 1
    served.write_bytes(content)
    _, transfer = wanted(desk, "a/counts.csv")
    desk.supervise()
    last = desk.finished(transfer)
    assert last.state is S.FAILED
    assert last.error is not None
    assert "CRC-32" in last.error.message
    assert desk.leftovers() == []


def test_what_is_not_in_it_is_said(desk: Desk, served: Path) -> None:
    _, transfer = wanted(desk, "a/none.csv")
    desk.supervise()
    last = desk.finished(transfer)
    assert last.state is S.FAILED
    assert last.error is not None
    assert last.error.message == "a/none.csv is not in runs.zip"
    assert sum(one.sent for one in desk.host.requests) < JUNK / 10
