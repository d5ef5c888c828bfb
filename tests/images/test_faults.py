"""Images that are damaged, not what they seem, or made to do harm; and hosts that are no help."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    ChangedError,
    NotFoundError,
    NotSupportedError,
)
from jupyterlab_datahub.images import limits
from jupyterlab_datahub.images.job import Report
from jupyterlab_datahub.ranged.child import Children
from tests.images.conftest import ReplacingHost, stain

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from tests.images.conftest import Looker


def test_image_without_pyramid_says_what_it_would_fetch(
    look_at: Looker, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tifffile.imwrite(images / "flat.tif", stain(2), rowsperstrip=16)
    assert look_at.thumbnail("flat.tif").fetched >= 2 << 20
    monkeypatch.setattr(limits, "MOST_BYTES", 1 << 20)
    look_at.host.requests.clear()
    refused = look_at.refusal("flat.tif")
    assert isinstance(refused, NotSupportedError)
    assert "would fetch 2 MB or more" in refused.message
    assert "pyramid" in refused.message
    assert sum(one.sent for one in look_at.host.requests) < 1 << 17


def test_budget_holds_whatever_is_read(look_at: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1 << 17)
    assert isinstance(look_at.refusal("demo.ome.tif"), NotSupportedError)


@pytest.mark.parametrize("local", [False, True])
def test_truncated_image_is_said_to_be(look_at: Looker, images: Path, *, local: bool) -> None:
    content = (images / "subifds.ome.tif").read_bytes()
    (images / "cut.ome.tif").write_bytes(content[: len(content) // 2])
    refused = look_at.refusal("cut.ome.tif", local=local)
    assert isinstance(refused, BadRequestError)
    assert "cut short" in refused.message


def test_pixels_that_are_missing_are_told_from_those_that_are_there(
    look_at: Looker, images: Path
) -> None:
    tifffile.imwrite(images / "late.tif", stain(0), rowsperstrip=64)
    content = (images / "late.tif").read_bytes()
    (images / "late.tif").write_bytes(content[:-1000])
    refused = look_at.refusal("late.tif")
    assert "cut short" in refused.message
    assert f"{len(content) - 1000:,}" in refused.message


@pytest.mark.parametrize(
    "content", [b"<html>Sign in</html>" * 100, b"\x89HDF\r\n\x1a\n" * 100, b"II", b"\0" * 70_000]
)
def test_what_is_no_tiff_is_not_taken_for_one(
    look_at: Looker, images: Path, content: bytes
) -> None:
    (images / "page.tif").write_bytes(content)
    refused = look_at.refusal("page.tif")
    assert isinstance(refused, BadRequestError)
    assert "no TIFF" in refused.message


def test_empty_and_missing_files_are_told_apart(look_at: Looker, images: Path) -> None:
    (images / "empty.tif").write_bytes(b"")
    assert "empty" in look_at.refusal("empty.tif").message
    assert isinstance(look_at.refusal("never.tif"), NotFoundError)
    assert isinstance(look_at.refusal("never.tif", local=True), NotFoundError)


def test_damaged_tile_is_an_error_in_words(look_at: Looker, images: Path) -> None:
    path = images / "damaged.tif"
    tifffile.imwrite(path, stain(0, 256), compression="zlib", tile=(256, 256))
    with tifffile.TiffFile(path) as file:
        start = file.pages[0].dataoffsets[0]
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * 64)
    refused = look_at.refusal("damaged.tif")
    assert isinstance(refused, BadRequestError)
    assert "damaged" in refused.message


def test_host_without_ranges_is_named(look_at: Looker, faults: Faults) -> None:
    faults.add("ignore_range")
    try:
        refused = look_at.refusal("demo.ome.tif")
    finally:
        faults.clear()
    assert isinstance(refused, NotSupportedError)
    assert "only as a whole" in refused.message
    assert f"127.0.0.1:{look_at.host.port}" in refused.message


def test_file_that_is_replaced_between_two_reads_is_not_mixed(
    look_at: Looker, images: Path
) -> None:
    with ReplacingHost(images) as host:
        refused = look_at._replace(host=host).refusal("demo.ome.tif")
    assert isinstance(refused, ChangedError)
    assert "changed on its host" in refused.message


def test_file_that_is_another_one_than_its_source_says_is_refused(look_at: Looker) -> None:
    refused = look_at.refusal("demo.ome.tif", known={"etag": '"older"'})
    assert isinstance(refused, ChangedError)


def test_refusal_of_the_host_is_passed_on(look_at: Looker, faults: Faults) -> None:
    faults.add("status", status=403)
    try:
        refused = look_at.refusal("demo.ome.tif")
    finally:
        faults.clear()
    assert isinstance(refused, AccessError)


def _tiff(path: Path, entries: list[tuple[int, int, int, int]]) -> None:
    """Write a TIFF that is nothing but one directory of tags."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    path.write_bytes(
        struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + packed + bytes(4) + bytes(64)
    )


def test_declared_sizes_take_no_memory(look_at: Looker, images: Path) -> None:
    huge = 2**31 - 1
    common = [(258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]
    _tiff(
        images / "huge.tif",
        [
            *common,
            *((tag, 4, 1, huge) for tag in (256, 257, 278)),
            (273, 4, 1, 8),
            (279, 4, 1, 16),
        ],
    )
    refused = look_at.refusal("huge.tif")
    assert isinstance(refused, NotSupportedError)
    _tiff(
        images / "many.tif",
        [
            *common,
            (256, 4, 1, 64),
            (257, 4, 1, 64),
            (278, 4, 1, 1),
            (273, 4, huge, 8),
            (279, 4, huge, 8),
        ],
    )
    assert isinstance(look_at.refusal("many.tif"), BadRequestError | NotSupportedError)


def test_bomb_in_a_tile_is_not_unpacked(look_at: Looker, images: Path) -> None:
    # Pieces of deflate that were flushed can follow each other: 1 kB for each MiB of zeros.
    packer = zlib.compressobj(9, wbits=-15)
    piece = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = b"\x78\x9c" + piece * 3000
    path = images / "bomb.tif"
    tifffile.imwrite(
        path, np.zeros((64, 64), np.uint8), compression="zlib", tile=(64, 64), bigtiff=True
    )
    with tifffile.TiffFile(path) as file:
        tags = file.pages.first.tags
        offset_at, count_at = tags[324].valueoffset, tags[325].valueoffset
    content = bytearray(path.read_bytes())
    struct.pack_into("<Q", content, offset_at, len(content))
    struct.pack_into("<I", content, count_at, len(bomb))
    path.write_bytes(bytes(content) + bomb)
    refused = look_at.refusal("bomb.tif")
    assert isinstance(refused, BadRequestError)
    assert "unpacks to more than its size" in refused.message


def test_external_entities_are_not_read(look_at: Looker, images: Path) -> None:
    xml = '<?xml version="1.0"?><!DOCTYPE OME [<!ENTITY a "b">]><OME><Image><Pixels/></Image></OME>'
    tifffile.imwrite(images / "entity.ome.tif", stain(0, 64), description=xml, metadata=None)
    refused = look_at.refusal("entity.ome.tif")
    assert isinstance(refused, BadRequestError)
    assert "OME-XML" in refused.message


def test_unknown_channel_says_how_many_there_are(look_at: Looker) -> None:
    refused = look_at.refusal("demo.ome.tif", channel=9)
    assert isinstance(refused, BadRequestError)
    assert refused.hint == "It has 4."


def test_a_process_answers(look_at: Looker) -> None:
    children = Children("jupyterlab_datahub.images.look")
    facts = children.answer(look_at.job("demo.ome.tif"), Report, "web").facts
    assert facts is not None
    assert len(facts.channels) == 4
    with pytest.raises(NotFoundError, match=r"127\.0\.0\.1"):
        children.answer(look_at.job("never.tif"), Report, "web")
