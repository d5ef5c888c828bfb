"""TIFF and OME-TIFF, of which only directories and the tiles of one small level are read.

tifffile reads directories and unpacks tiles. Which directory is which level of which plane is
found out here: its own list of series reads every directory of the file, of which an image of
sixty channels and eight levels has five hundred, all over the file.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.errors import BadRequestError, NotSupportedError
from jupyterlab_datahub.images import ome
from jupyterlab_datahub.images.limits import too_much
from jupyterlab_datahub.model import Channel, ImageLevel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from jupyterlab_datahub.images.ome import Ome
    from jupyterlab_datahub.ranged.bytefile import ByteFile

MOST_PAGES = 512
"""Directories that are looked at to find the levels of an image without SubIFDs."""

MOST_PIXELS = 1 << 26
"""Pixels of a level that is unpacked at most."""

ENOUGH = 0.7
"""Part of the size asked for that a level should have at least: it may be shown larger."""

DEFLATE = (8, 32946)
"""Numbers of compression by zlib (TIFF Technical Notes of 2002, and libtiff before them)."""

DIRECTORY_BYTES = 1 << 15

_BROKEN = (IndexError, ValueError, KeyError, TypeError, struct.error)
"""What tifffile raises for a list of tags that makes no sense; its own error is a ValueError."""

IMAGES_EXTRA = "Install jupyterlab-datahub[images], then start the server again."


class Kind(NamedTuple):
    """What an image is, in the words of :class:`~jupyterlab_datahub.model.ImageFacts`."""

    form: str
    name: str
    dtype: str
    channels: tuple[Channel, ...]
    levels: tuple[ImageLevel, ...]
    z: int = 1
    t: int = 1
    pixel_width: float | None = None
    pixel_height: float | None = None
    pixel_unit: str = ""


class Tiff:
    """A TIFF that is open.

    Parameters
    ----------
    file
        Its bytes.

    Raises
    ------
    BadRequestError
        If it is none, or damaged.
    """

    def __init__(self, file: ByteFile) -> None:
        import tifffile

        self._file = file
        opened: Any = file
        try:
            self._tiff = tifffile.TiffFile(opened)
            self._first = self._page(0)
        except _BROKEN as error:
            raise _no_tiff(file) from error
        text = self._first.description if "OME" in self._first.description[:2000] else ""
        self._ome: Ome | None = ome.read(text) if text else None
        self._count = self._planes_in_a_row()
        # Without SubIFDs the levels are pages like the planes themselves, one after the other.
        self._strided = not self._first.subifds
        self._sizes = self._levels()

    @property
    def kind(self) -> Kind:
        """What the image is."""
        first, said = self._first, self._ome
        values = self._values_of_a_place() * first.dtype.itemsize
        levels = tuple(
            ImageLevel(
                width=width,
                height=height,
                memory=width * height * values if self._is_opened(number) else None,
            )
            for number, (width, height) in enumerate(self._sizes)
        )
        dtype = str(first.dtype)
        if said is None:
            return Kind("TIFF", "", dtype, self._channels(), levels)
        return Kind(
            "OME-TIFF",
            said.name,
            dtype,
            self._channels(),
            levels,
            said.z,
            said.t,
            said.pixel_width,
            said.pixel_height,
            said.pixel_unit,
        )

    def _is_opened(self, level: int) -> bool:
        """Whether tifffile knows a level: of an OME-TIFF those that are SubIFDs."""
        return level == 0 or self._ome is None or not self._strided

    def _values_of_a_place(self) -> int:
        """Return how many values there are where its planes lie over each other."""
        samples = int(self._first.samplesperpixel)
        said = self._ome
        if said is None:
            return self._count * samples
        channels = len(said.channels)
        # Where no channel says how many samples it has, each was taken for a channel.
        each = channels * said.samples if said.samples > 1 else max(channels, samples)
        return each * said.z * said.t

    def _channels(self) -> tuple[Channel, ...]:
        samples = self._first.samplesperpixel
        if self._is_colour:
            return (Channel(name="Colour"),)
        if self._ome is not None and not (samples > 1 and len(self._ome.channels) == 1):
            return self._ome.channels
        number = samples if samples > 1 else self._count
        return tuple(Channel(name=f"Channel {n + 1}") for n in range(number))

    @property
    def _is_colour(self) -> bool:
        """Whether its pixels have colours: RGB, or the YCbCr of JPEG (TIFF 6.0)."""
        return int(self._first.photometric) in (2, 6) and self._first.samplesperpixel in (3, 4)

    def plane(self, channel: int, size: int) -> tuple[int, NDArray[Any]]:
        """Return the number of the smallest level that will do, and the pixels of a channel in it.

        Of several layers it is the middle one, of several moments the first.

        Raises
        ------
        NotSupportedError
            If that would fetch too much, or takes a package that is not installed.
        BadRequestError
            If there is no such channel, or its pixels are damaged.
        """
        channels = self._channels()
        if not 0 <= channel < len(channels):
            raise BadRequestError(
                f"There is no channel {channel + 1} in the image",
                hint=f"It has {len(channels):,}.",
            )
        samples = self._first.samplesperpixel
        one_of_samples = samples > 1 and not self._is_colour
        page = self._ifd(0 if one_of_samples or self._is_colour else channel)
        level = chosen(self._sizes, size)
        pixels = self._pixels(self._at_level(page, level))
        if pixels.ndim == 3 and pixels.shape[0] == samples != pixels.shape[-1]:
            pixels = pixels.transpose(1, 2, 0)
        return level, pixels[..., channel] if one_of_samples else pixels

    def _ifd(self, channel: int) -> int:
        if self._ome is None:
            return channel
        place = (channel, self._ome.z // 2, 0)
        if place not in self._ome.planes:
            raise NotSupportedError(
                "This channel is in another file of the image",
                hint="Look at that file, or choose another channel.",
            )
        return self._ome.planes[place]

    def _pixels(self, page: Any) -> NDArray[Any]:
        if page.imagewidth * page.imagelength * page.samplesperpixel > MOST_PIXELS:
            raise too_much(page.imagewidth * page.imagelength * page.samplesperpixel)
        total = sum(page.databytecounts)
        if total > self._file.most:
            raise too_much(total)
        spans = [
            (start, start + length)
            for start, length in zip(page.dataoffsets, page.databytecounts, strict=False)
        ]
        if (end := max((stop for _, stop in spans), default=0)) > self._file.size:
            raise BadRequestError(
                f"The image is cut short: its pixels would go on to byte {end:,}, but the file "
                f"ends at {self._file.size:,}",
                hint="Ask whoever has it for a whole copy.",
            )
        self._file.ensure(spans)
        if int(page.compression) in DEFLATE:
            self._refuse_bombs(page, spans)
        return _unpacked(page)

    def _refuse_bombs(self, page: Any, spans: Sequence[tuple[int, int]]) -> None:
        """Refuse tiles that unpack to more than a tile: a thousand times as much is possible."""
        if page.is_tiled:
            pixels = page.tilewidth * page.tilelength * page.tiledepth
        else:
            pixels = page.imagewidth * min(page.rowsperstrip, page.imagelength)
        most = pixels * page.samplesperpixel * page.dtype.itemsize
        for start, end in spans:
            self._file.seek(start)
            with suppress(zlib.error):
                # What is damaged is said to be where it is unpacked.
                packed = self._file.read(end - start)
                if len(zlib.decompressobj().decompress(packed, most + 1)) > most:
                    raise damaged("a tile unpacks to more than its size")

    def _page(self, number: int) -> Any:
        return self._tiff.pages[number]

    def _at_level(self, number: int, level: int) -> Any:
        """Return the directory of a plane at a level."""
        if level and self._strided:
            number += level * self._count
        try:
            page = self._page(number)
            if level == 0 or self._strided:
                return page
            return self._smaller(page, number, level)
        except _BROKEN as error:
            raise _no_tiff(self._file) from error

    def _smaller(self, page: Any, number: int, level: int) -> Any:
        import tifffile

        offset = page.subifds[level - 1]
        self._bring([offset])
        self._tiff.filehandle.seek(offset)
        return tifffile.TiffPage(self._tiff, index=(number, level))

    def _bring(self, offsets: Sequence[int]) -> None:
        """Fetch directories, as far as they are in the file."""
        size = self._file.size
        spans = [(at - DIRECTORY_BYTES, at + DIRECTORY_BYTES) for at in offsets]
        self._file.ensure([(max(0, start), min(end, size)) for start, end in spans])

    def _levels(self) -> list[tuple[int, int]]:
        """Return the sizes of all levels, the largest first."""
        first = self._first
        sizes = [(first.imagewidth, first.imagelength)]
        if offsets := first.subifds:
            self._bring(offsets)
            pages = [self._at_level(0, level) for level in range(1, len(offsets) + 1)]
            return sizes + [(page.imagewidth, page.imagelength) for page in pages]
        for number in count(self._count, self._count):
            page = self._next(number)
            if page is None or not _is_smaller(page, first, sizes[-1]):
                return sizes
            sizes.append((page.imagewidth, page.imagelength))
        return sizes

    def _planes_in_a_row(self) -> int:
        """Return how many directories there are of the image at its full size."""
        if self._ome is not None:
            return max(self._ome.planes.values(), default=0) + 1
        for number in count(1):
            page = self._next(number)
            if page is None or page.shape != self._first.shape:
                return number
        return 1

    def _next(self, number: int) -> Any:
        """Return a directory of the chain, None where it ended before."""
        try:
            return self._page(number) if number < MOST_PAGES else None
        except IndexError:
            return None


def chosen(sizes: Sequence[tuple[int, int]], size: int) -> int:
    """Return the number of the smallest level that is large enough for a picture of a size."""
    enough = [n for n, level in enumerate(sizes) if max(level) >= size * ENOUGH]
    return min(enough, key=lambda n: max(sizes[n]), default=0)


def _is_smaller(page: Any, first: Any, before: tuple[int, int]) -> bool:
    """Whether a page shows the same as the first, smaller than the level before."""
    width, height = page.imagewidth, page.imagelength
    if page.dtype != first.dtype or page.samplesperpixel != first.samplesperpixel:
        return False
    scale = first.imagewidth / width
    return bool(width < before[0] and abs(first.imagelength / scale - height) <= 2)


def _unpacked(page: Any) -> NDArray[Any]:
    """Return the pixels of a directory whose bytes are here."""
    import tifffile

    pixels: NDArray[Any]
    try:
        pixels = page.asarray(maxworkers=1)
    except (tifffile.TiffFileError, ValueError, RuntimeError, OSError, ArithmeticError) as error:
        if "imagecodecs" in str(error):
            raise NotSupportedError(
                f"The image is packed as {page.compression.name}, which takes the package "
                "imagecodecs",
                hint=IMAGES_EXTRA,
            ) from error
        raise damaged(str(error)) from error
    return pixels


def damaged(why: str) -> BadRequestError:
    """Return the error for pixels that cannot be unpacked."""
    return BadRequestError(
        f"The pixels of the image are damaged: {why[:200]}",
        hint="Ask whoever has it for a whole copy.",
    )


def _no_tiff(file: ByteFile) -> BadRequestError:
    start = file.bytes_at(0, min(4, file.size))
    if start[:2] in (b"II", b"MM") and start[2:4] in (b"*\0", b"\0*", b"+\0", b"\0+"):
        return BadRequestError(
            "The image is cut short or damaged: a list of where its pixels are cannot be read",
            hint="Ask whoever has it for a whole copy.",
        )
    return BadRequestError(
        "The file is no TIFF, whatever its name says", hint="Download it to see what it is."
    )
