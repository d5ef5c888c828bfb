"""Writing an OME-TIFF with a pyramid as ASHLAR does, with nothing but numpy and zlib.

The layout is that of the OME-TIFF specification, version 6 ("Sub-resolutions"): each channel is
an image of a BigTIFF, and its smaller levels are SubIFDs of it. Tags and types are those of
TIFF 6.0 and of its supplement for SubIFDs.
"""

from __future__ import annotations

import struct
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

TILE = 512
LEVELS = 5
SHORT, LONG, LONG8, ASCII, IFD8 = 3, 4, 16, 2, 18
_SIZES = {SHORT: ("H", 2), LONG: ("I", 4), LONG8: ("Q", 8), IFD8: ("Q", 8)}

ADOBE_DEFLATE = 8
HORIZONTAL_DIFFERENCES = 2

Tag = tuple[int, int, "tuple[int, ...] | bytes"]


class Level(NamedTuple):
    """One level of a channel, whose tiles are in the file."""

    size: tuple[int, int]
    offsets: tuple[int, ...]
    counts: tuple[int, ...]


def write(
    path: Path,
    names: Sequence[str],
    channels: Iterable[NDArray[np.uint16]],
    *,
    pixel_um: float,
    levels: int = LEVELS,
) -> None:
    """Write a pyramid.

    Parameters
    ----------
    path
        Where to.
    names
        Of the channels.
    channels
        The pixels of each at full size; one at a time is held.
    pixel_um
        Size of a pixel, µm.
    levels
        How many there are, each half the size of the one before.
    """
    with path.open("wb") as file, ThreadPoolExecutor(2) as pool:
        file.write(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0))
        link = 8
        for number, pixels in enumerate(channels):
            written = []
            level = pixels
            for _ in range(levels):
                written.append(_write_tiles(file, level, pool.map))
                level = _half(level)
            smaller = tuple(_write_ifd(file, [(254, LONG, (1,))], one)[0] for one in written[1:])
            tags: list[Tag] = [(254, LONG, (0,)), (330, IFD8, smaller)]
            if number == 0:
                xml = ome_xml(path.name, names, written[0].size, pixel_um)
                tags.append((270, ASCII, xml.encode("ascii", "xmlcharrefreplace") + b"\0"))
            at, next_link = _write_ifd(file, tags, written[0])
            file.seek(link)
            file.write(struct.pack("<Q", at))
            file.seek(0, 2)
            link = next_link


def ome_xml(name: str, names: Sequence[str], size: tuple[int, int], pixel_um: float) -> str:
    """Return what OME says of an image, in its schema of June 2016."""
    height, width = size
    channels = "".join(
        f'<Channel ID="Channel:0:{n}" Name={quoteattr(one)} SamplesPerPixel="1"/>'
        f'<TiffData IFD="{n}" FirstC="{n}" FirstZ="0" FirstT="0" PlaneCount="1"/>'
        for n, one in enumerate(names)
    )
    # The schema wants all channels before the first TiffData.
    parts = channels.replace("/><", "/>\n<").split("\n")
    ordered = "".join(sorted(parts, key=lambda part: not part.startswith("<Channel")))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
        f'<Image ID="Image:0" Name={quoteattr(name)}><Pixels ID="Pixels:0" '
        'DimensionOrder="XYCZT" Type="uint16" BigEndian="false" '
        f'SizeX="{width}" SizeY="{height}" SizeC="{len(names)}" SizeZ="1" SizeT="1" '
        f'PhysicalSizeX="{pixel_um}" PhysicalSizeXUnit="µm" '
        f'PhysicalSizeY="{pixel_um}" PhysicalSizeYUnit="µm">'
        f"{ordered}</Pixels></Image></OME>"
    )


def _half(pixels: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return the mean of each two by two pixels; a last odd row or column is left out."""
    import numpy as np

    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    even = pixels[:height, :width].astype(np.uint32)
    total = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    return (total // 4).astype(np.uint16)


def _write_tiles(
    file: IO[bytes], pixels: NDArray[np.uint16], each: Callable[..., Iterable[bytes]]
) -> Level:
    height, width = pixels.shape
    starts = [(y, x) for y in range(0, height, TILE) for x in range(0, width, TILE)]
    offsets, counts = [], []
    for content in each(lambda start: _tile(pixels, *start), starts):
        offsets.append(file.tell())
        counts.append(len(content))
        file.write(content)
    return Level((height, width), tuple(offsets), tuple(counts))


def _tile(pixels: NDArray[np.uint16], y: int, x: int) -> bytes:
    import numpy as np
    from isal import isal_zlib

    tile = np.zeros((TILE, TILE), dtype="<u2")
    part = pixels[y : y + TILE, x : x + TILE]
    tile[: part.shape[0], : part.shape[1]] = part
    tile[:, 1:] = np.diff(tile, axis=1)
    return bytes(isal_zlib.compress(tile, 1))


def _write_ifd(file: IO[bytes], more: list[Tag], level: Level) -> tuple[int, int]:
    """Write a directory of tags; return where it is and where its link to the next is."""
    height, width = level.size
    tags: list[Tag] = [
        *more,
        (256, LONG, (width,)),
        (257, LONG, (height,)),
        (258, SHORT, (16,)),
        (259, SHORT, (ADOBE_DEFLATE,)),
        (262, SHORT, (1,)),
        (277, SHORT, (1,)),
        (317, SHORT, (HORIZONTAL_DIFFERENCES,)),
        (322, LONG, (TILE,)),
        (323, LONG, (TILE,)),
        (324, LONG8, level.offsets),
        (325, LONG, level.counts),
        (339, SHORT, (1,)),
    ]
    entries = b""
    for tag, kind, values in sorted(tags, key=lambda one: one[0]):
        packed = _packed(kind, values)
        if len(packed) > 8:
            at = file.tell()
            file.write(packed + b"\0" * (-len(packed) % 8))
            packed = struct.pack("<Q", at)
        entries += struct.pack("<HHQ", tag, kind, len(values)) + packed.ljust(8, b"\0")
    at = file.tell()
    file.write(struct.pack("<Q", len(tags)) + entries + bytes(8))
    return at, file.tell() - 8


def _packed(kind: int, values: Any) -> bytes:
    if kind == ASCII:
        return bytes(values)
    code, _size = _SIZES[kind]
    return struct.pack(f"<{len(values)}{code}", *values)
