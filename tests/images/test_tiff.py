"""TIFF and OME-TIFF of every layout, through ranges and from the disk."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from jupyterlab_datahub.demo.spatial import pyramid
from tests.images.conftest import NAMES, SIDE, bright_quarter, stain

if TYPE_CHECKING:
    from pathlib import Path

    from tests.images.conftest import Looker


@pytest.mark.parametrize("local", [False, True])
def test_facts_are_those_of_the_file(look_at: Looker, images: Path, *, local: bool) -> None:
    facts = look_at.facts("demo.ome.tif", local=local)
    assert facts.form == "OME-TIFF"
    assert [channel.name for channel in facts.channels] == list(NAMES)
    assert [(one.width, one.height) for one in facts.levels] == [
        (SIDE >> n, SIDE >> n) for n in range(4)
    ]
    assert (facts.pixel_width, facts.pixel_unit, facts.dtype) == (0.65, "µm", "uint16")
    assert facts.size == (images / "demo.ome.tif").stat().st_size
    assert (facts.requests == 0) == local


@pytest.mark.parametrize("name", ["demo.ome.tif", "subifds.ome.tif"])
@pytest.mark.parametrize("local", [False, True])
def test_each_channel_has_a_picture_of_its_own(look_at: Looker, name: str, *, local: bool) -> None:
    seen = [look_at.thumbnail(name, channel, local=local) for channel in range(4)]
    assert [bright_quarter(one) for one in seen] == [0, 1, 2, 3]
    assert {(one.width, one.height, one.level) for one in seen} == {(256, 256, 2)}


def test_picture_takes_few_requests_and_few_bytes(look_at: Looker) -> None:
    look_at.host.requests.clear()
    seen = look_at.thumbnail("demo.ome.tif", 3)
    assert len(look_at.host.requests) == seen.requests <= 12
    assert sum(one.sent for one in look_at.host.requests) == seen.fetched
    assert seen.size is not None
    assert seen.fetched < seen.size / 10


def test_levels_may_be_pages_one_after_the_other(look_at: Looker) -> None:
    facts = look_at.facts("pages.tif")
    assert facts.form == "TIFF"
    assert [one.width for one in facts.levels] == [SIDE, SIDE // 2, SIDE // 4]
    assert len(facts.channels) == 1
    seen = look_at.thumbnail("pages.tif")
    assert (seen.level, bright_quarter(seen)) == (2, 1)


def test_levels_of_an_ome_tiff_may_be_pages_after_all_planes(look_at: Looker, images: Path) -> None:
    stains = [stain(number, 512) for number in range(3)]
    xml = pyramid.ome_xml("old", NAMES[:3], (512, 512), 1.0)
    with tifffile.TiffWriter(images / "old.ome.tif", ome=False) as file:
        for number, pixels in enumerate([*stains, *(one[::2, ::2] for one in stains)]):
            said = xml.encode("ascii", "xmlcharrefreplace") if number == 0 else None
            file.write(pixels, description=said, metadata=None, tile=(256, 256))
    levels = look_at.facts("old.ome.tif").levels
    # tifffile, with which a cell opens them, knows the first of these alone.
    assert [(one.width, one.memory) for one in levels] == [(512, 3 * 512 * 512 * 2), (256, None)]
    seen = [look_at.thumbnail("old.ome.tif", channel) for channel in range(3)]
    assert [(one.level, bright_quarter(one)) for one in seen] == [(1, 0), (1, 1), (1, 2)]


@pytest.mark.parametrize("name", ["demo.ome.tif", "subifds.ome.tif", "pages.tif", "colour.tif"])
def test_memory_of_a_level_is_that_of_its_array(look_at: Looker, images: Path, name: str) -> None:
    with tifffile.TiffFile(images / name) as file:
        levels = [level.nbytes for level in file.series[0].levels]
    assert [one.memory for one in look_at.facts(name, local=True).levels] == levels


def test_colours_stay_colours(look_at: Looker) -> None:
    facts = look_at.facts("colour.tif")
    assert [channel.name for channel in facts.channels] == ["Colour"]
    seen = look_at.thumbnail("colour.tif")
    pixels = np.asarray(Pillow.open(io.BytesIO(seen.png)))
    assert pixels[10, 10].tolist() == [250, 10, 20]
    assert (seen.low, seen.high) == (None, None)


def test_samples_that_are_no_colours_are_channels(look_at: Looker, images: Path) -> None:
    planes = np.stack([stain(number, 256) for number in range(4)])
    path = images / "samples.tif"
    tifffile.imwrite(path, planes, photometric="minisblack", planarconfig="separate")
    assert len(look_at.facts("samples.tif").channels) == 4
    assert bright_quarter(look_at.thumbnail("samples.tif", 2)) == 2
    path = images / "contiguous.tif"
    together = planes.transpose(1, 2, 0)
    tifffile.imwrite(path, together, photometric="minisblack", planarconfig="contig")
    assert bright_quarter(look_at.thumbnail("contiguous.tif", 3)) == 3


def test_middle_layer_is_shown(look_at: Looker, images: Path) -> None:
    layers = np.stack([stain(number, 256) for number in (0, 3, 1)])
    tifffile.imwrite(images / "z.ome.tif", layers, metadata={"axes": "ZYX"})
    assert look_at.facts("z.ome.tif").z == 3
    assert bright_quarter(look_at.thumbnail("z.ome.tif")) == 3


def test_sixty_channels_are_no_five_hundred_requests(look_at: Looker, images: Path) -> None:
    names = [f"marker {number}" for number in range(60)]
    path = images / "sixty.ome.tif"
    pyramid.write(path, names, (stain(n, 512) for n in range(60)), pixel_um=1, levels=3)
    facts = look_at.facts("sixty.ome.tif")
    assert [channel.name for channel in facts.channels] == names
    assert facts.requests <= 4
    last = look_at.thumbnail("sixty.ome.tif", 59)
    assert bright_quarter(last) == 3
    assert last.requests <= 80
    assert last.fetched < path.stat().st_size / 5


def test_what_was_fetched_for_facts_is_not_fetched_again(look_at: Looker, tmp_path: Path) -> None:
    job = look_at.job("demo.ome.tif")
    assert job.download is not None
    size = look_at.folder.joinpath("demo.ome.tif").stat().st_size
    look_at.host.etags["demo.ome.tif"] = '"as it is"'
    known = {"url": job.download.url, "size": size, "etag": '"as it is"'}
    kept = str(tmp_path / "kept")
    first = look_at.facts("demo.ome.tif", kept=kept, known=known)
    alone = look_at.thumbnail("demo.ome.tif")
    after = look_at.thumbnail("demo.ome.tif", kept=kept, known=known)
    assert after.png == alone.png
    assert first.requests + after.requests <= alone.requests
