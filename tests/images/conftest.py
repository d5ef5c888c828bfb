"""A host of images, and what looks at them in this process rather than in one of its own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.demo.spatial import pyramid
from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.images import look
from jupyterlab_datahub.images.job import Job
from jupyterlab_datahub.model import Download, ImageFacts, Thumbnail
from jupyterlab_datahub.ranged.child import raised
from jupyterlab_datahub.settings import Settings, SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from jupyterlab_datahub.demo.messages import Reply, Request

SIDE = 1024
NAMES = ("DNA", "CD3", "CD20", "Keratin & <co>")


class ReplacingHost(FileHost):
    """A host whose files are replaced as soon as something of them was read."""

    def answer(self, request: Request) -> Reply:
        """Send a file as it is, and have it be another one from then on."""
        reply = super().answer(request)
        self.etags = {request.path.removeprefix("/"): '"another"'}
        return reply


def stain(number: int, side: int = SIDE) -> NDArray[np.uint16]:
    """Return noise in which one quarter is brighter for each channel than for all others."""
    dice = np.random.default_rng(number)
    pixels = dice.integers(100, 300, (side, side), dtype=np.uint16)
    y, x = divmod(number % 4, 2)
    half = side // 2
    pixels[y * half : (y + 1) * half, x * half : (x + 1) * half] += 8000
    return pixels


def bright_quarter(picture: Thumbnail) -> int:
    """Return which quarter of a grey picture is the bright one."""
    pixels = np.asarray(Pillow.open(io.BytesIO(picture.png)), dtype=float)
    half = pixels.shape[0] // 2
    quarters = [pixels[y : y + half, x : x + half].mean() for y in (0, half) for x in (0, half)]
    return int(np.argmax(quarters))


class Looker(NamedTuple):
    """Looks at the files of a folder, through a host or directly."""

    folder: Path
    host: FileHost
    settings: Settings

    def job(
        self, name: str, *, local: bool = False, known: dict[str, Any] | None = None, **more: Any
    ) -> Job:
        """Return what a process is told to look at; `known` is what a Source says of the file."""
        download = Download(path=str(self.folder / name))
        if not local:
            download = Download(**{"url": f"{self.host.url}/{name}", **(known or {})})
        return Job(
            settings=self.settings, source="web", ref=name, name=name, download=download, **more
        )

    def facts(self, name: str, **more: Any) -> ImageFacts:
        """Return what an image says of itself.

        Raises
        ------
        DataHubError
        """
        report = look.answered(self.job(name, **more))
        if report.error is not None:
            raise raised(report.error)
        assert report.facts is not None
        return report.facts

    def thumbnail(self, name: str, channel: int = 0, **more: Any) -> Thumbnail:
        """Return a picture of a channel.

        Raises
        ------
        DataHubError
        """
        report = look.answered(self.job(name, channel=channel, **{"size": 256, **more}))
        if report.error is not None:
            raise raised(report.error)
        assert report.thumbnail is not None
        return report.thumbnail

    def refusal(self, name: str, **more: Any) -> DataHubError:
        """Return why there is no picture of an image."""
        with pytest.raises(DataHubError) as caught:
            self.thumbnail(name, **more)
        return caught.value


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with images of several kinds; treat them as read-only."""
    folder = tmp_path_factory.mktemp("images")
    stains = [stain(number) for number in range(4)]
    pyramid.write(folder / "demo.ome.tif", NAMES, stains, pixel_um=0.65, levels=4)
    levels = [np.stack(stains), *(np.stack(stains)[:, ::by, ::by] for by in (2, 4))]
    with tifffile.TiffWriter(folder / "pages.tif") as file:
        for level in (stains[1], *(stains[1][::by, ::by] for by in (2, 4))):
            file.write(level, tile=(256, 256), subfiletype=int(level.shape[0] < SIDE))
    ome = {"axes": "CYX", "Channel": {"Name": list(NAMES)}, "PhysicalSizeX": 0.5}
    with tifffile.TiffWriter(folder / "subifds.ome.tif", bigtiff=True) as file:
        file.write(levels[0], subifds=2, metadata=ome, rowsperstrip=64)
        for level in levels[1:]:
            file.write(level, subfiletype=1, rowsperstrip=64)
    colours = np.zeros((SIDE, SIDE, 3), np.uint8)
    colours[:, : SIDE // 2] = (250, 10, 20)
    tifffile.imwrite(folder / "colour.tif", colours, photometric="rgb", compression="zlib")
    return folder


@pytest.fixture(scope="module")
def faults() -> Faults:
    """Return the switches of the host."""
    return Faults()


@pytest.fixture(scope="module")
def look_at(
    images: Path, faults: Faults, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Looker]:
    """Return what looks at the images."""
    home = tmp_path_factory.mktemp("home")
    web = SourceConfig(name="web", kind="folder", options={"path": str(images), "backoff": 0.01})
    settings = Settings(home=str(home), root=str(images), sources=(web,))
    with FileHost(images, faults=faults) as host:
        yield Looker(images, host, settings)
