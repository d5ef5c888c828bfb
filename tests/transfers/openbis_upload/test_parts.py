"""The parts of an upload, each by itself."""

from __future__ import annotations

import itertools
import os
import sqlite3
import time
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_datahub.errors import ChecksumError, LengthError, TransferError
from jupyterlab_datahub.model import Asset, Dataset, Direction
from jupyterlab_datahub.sources.saving import SLICE, BundleFile, StoredFile, pieces
from jupyterlab_datahub.transfers.fetch.crc import combined
from jupyterlab_datahub.transfers.network.stopping import Halt
from jupyterlab_datahub.transfers.queue.queue import TransferQueue
from jupyterlab_datahub.transfers.upload import journal as upload_journal
from jupyterlab_datahub.transfers.upload import readback
from jupyterlab_datahub.transfers.upload.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = BundleFile(name="a.csv", path="/a.csv", size=3, modified=1)
SUMS = {"a.csv": "352441c2"}


@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_checksums_of_parts_are_that_of_the_whole(parts: list[bytes]) -> None:
    whole = zlib.crc32(b"".join(parts))
    assert combined((zlib.crc32(part), len(part)) for part in parts) == whole


@pytest.mark.parametrize("size", [0, 1, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE])
def test_slices_cover_a_file_without_gaps(size: int) -> None:
    file = BundleFile(name="x", path="x", size=size, modified=0)
    cut = pieces(file)
    assert [one.number for one in cut] == list(range(1, len(cut) + 1))
    assert sum(one.size for one in cut) == size
    assert all(a.start + a.size == b.start for a, b in itertools.pairwise(cut))
    assert cut[0].whole is (size <= SLICE)


def compare(stored: Mapping[str, StoredFile]) -> readback.Comparison:
    return readback.compared(lambda: stored, (FILE,), SUMS, Halt())


def test_what_is_right_is_right() -> None:
    found = compare({"a.csv": StoredFile(name="a.csv", size=3, crc32="352441c2")})
    assert found.remark == ""
    assert found.files == (StoredFile(name="a.csv", size=3, crc32="352441c2"),)


@pytest.mark.parametrize(
    ("stored", "error"),
    [
        ({}, TransferError),
        ({"a.csv": StoredFile(name="a.csv", size=4, crc32="352441c2")}, LengthError),
        ({"a.csv": StoredFile(name="a.csv", size=3, crc32="00000001")}, ChecksumError),
    ],
)
def test_what_is_missing_or_differs_is_told(
    stored: dict[str, StoredFile], error: type[TransferError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readback, "WAITS", (0.0,))
    with pytest.raises(error, match=r"a\.csv"):
        compare(stored)


def test_a_store_gets_time_to_count_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readback, "WAITS", (0.0, 0.0, 0.0))
    answers = [
        {},
        {"a.csv": StoredFile(name="a.csv", size=3)},
        {"a.csv": StoredFile(name="a.csv", size=3, crc32="352441c2")},
    ]
    found = readback.compared(lambda: answers.pop(0), (FILE,), SUMS, Halt())
    assert (found.remark, answers) == ("", [])


def test_a_store_without_checksums_is_compared_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readback, "WAITS", (0.0,))
    found = compare({"a.csv": StoredFile(name="a.csv", size=3)})
    assert found.remark == readback.NO_CHECKSUMS


def test_a_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = upload_journal.folder_of(tmp_path, "id")
    folder.mkdir(parents=True)
    assert upload_journal.read(folder) == Journal()
    journal = Journal(room="r", sent={"a": {1: 5, 2: 7}}, registering=True)
    upload_journal.write(folder, journal)
    assert upload_journal.read(folder) == journal
    (folder.parent / upload_journal.FILE).write_text("{")
    assert upload_journal.read(folder) == Journal()


def test_copies_that_no_transfer_knows_are_removed_but_not_at_once(tmp_path: Path) -> None:
    for name in ("known", "new", "old"):
        upload_journal.folder_of(tmp_path, name).mkdir(parents=True)
    long_ago = time.time() - upload_journal.KEEP - 60
    for name in ("known", "old"):
        os.utime(tmp_path / upload_journal.SAVES / name, (long_ago, long_ago))
    upload_journal.remove_strays(tmp_path, {"known"})
    left = {path.name for path in (tmp_path / upload_journal.SAVES).iterdir()}
    assert left == {"known", "new"}


def test_a_queue_of_before_uploads_goes_on(tmp_path: Path) -> None:
    asset = Asset(ref="shop:a", name="a.h5ad")
    dataset = Dataset(
        ref="shop:d", source="shop", kind="shop", id="d", version="1", title="D", assets=(asset,)
    )
    TransferQueue(tmp_path).add(dataset, asset, tmp_path, "shop")
    with sqlite3.connect(tmp_path / "transfers.sqlite") as old:
        for column in ("direction", "save"):
            old.execute(f"ALTER TABLE transfers DROP COLUMN {column}")
    old.close()

    (transfer,) = TransferQueue(tmp_path).list()

    assert (transfer.name, transfer.direction) == ("a.h5ad", Direction.DOWNLOAD)
