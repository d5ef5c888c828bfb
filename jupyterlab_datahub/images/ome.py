"""What an OME-TIFF says of itself: its channels, the size of its pixels, and where its planes are.

The XML is that of the OME schema of June 2016; units are named as it names them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Channel

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_XML = 32 << 20

MOST_CHANNELS = 4096
MOST_PLANES = 1_000_000


class Ome(NamedTuple):
    """The first image of an OME-XML; ``planes`` are the IFDs of its planes by (c, z, t).

    ``samples`` is how many values a pixel of the first channel has (3 in a colour picture).
    """

    name: str
    channels: tuple[Channel, ...]
    z: int
    t: int
    samples: int
    pixel_width: float | None
    pixel_height: float | None
    pixel_unit: str
    planes: dict[tuple[int, int, int], int]


def read(xml: str) -> Ome:
    """Return what an OME-XML says of its first image.

    Raises
    ------
    BadRequestError
        If it cannot be read.
    """
    if len(xml) > LARGEST_XML or "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise _unreadable("it is too large, or has parts that no microscope writes")
    try:
        image = _child(ET.fromstring(xml), "Image")  # noqa: S314 - has no entities
        pixels = _child(image, "Pixels")
        return _read(image, pixels)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise _unreadable(str(error)) from error


def _read(image: Element, pixels: Element) -> Ome:
    said = [one for one in pixels if _tag(one) == "Channel"]
    samples = int(said[0].get("SamplesPerPixel", "1")) if said else 1
    count = len(said) or int(pixels.get("SizeC", "1"))
    z, t = int(pixels.get("SizeZ", "1")), int(pixels.get("SizeT", "1"))
    if min(count, z, t) < 1 or count > MOST_CHANNELS or count * z * t > MOST_PLANES:
        msg = f"it speaks of {count:,} channels, {z:,} layers and {t:,} moments"
        raise ValueError(msg)
    channels = tuple(_channel(said[n] if n < len(said) else None, n) for n in range(count))
    return Ome(
        name=image.get("Name", ""),
        channels=channels,
        z=z,
        t=t,
        samples=samples,
        pixel_width=_length(pixels, "X"),
        pixel_height=_length(pixels, "Y"),
        pixel_unit=pixels.get("PhysicalSizeXUnit", "µm"),
        planes=_planes(pixels, {"C": count, "Z": z, "T": t}),
    )


def _planes(pixels: Element, sizes: dict[str, int]) -> dict[tuple[int, int, int], int]:
    """Return where each plane is: in the order of dimensions, from where TiffData says."""
    order = pixels.get("DimensionOrder", "XYCZT")[2:]
    if sorted(order) != ["C", "T", "Z"]:
        msg = f"its order of dimensions is {order[:10]!r}"
        raise ValueError(msg)
    total = sizes["C"] * sizes["Z"] * sizes["T"]
    planes = {}
    blocks = [one for one in pixels if _tag(one) == "TiffData"] or [ET.Element("TiffData")]
    for block in blocks:
        if len(blocks) > 1 and not _is_here(block, blocks[0]):
            continue
        first, step = 0, 1
        for axis in order:
            first += step * int(block.get(f"First{axis}", "0"))
            step *= sizes[axis]
        count = int(block.get("PlaneCount", "1" if "IFD" in block.attrib else str(total)))
        start = int(block.get("IFD", "0"))
        for number in range(max(first, 0), min(first + count, total)):
            planes[_place(number, order, sizes)] = start + number - first
    return planes


def _is_here(block: Element, first: Element) -> bool:
    """Whether planes are in the file of the first ones: an image may be spread over files."""
    return _file_of(block) == _file_of(first)


def _file_of(block: Element) -> str:
    uuid = next((one for one in block if _tag(one) == "UUID"), None)
    return "" if uuid is None else uuid.get("FileName", uuid.text or "")


def _place(number: int, order: str, sizes: dict[str, int]) -> tuple[int, int, int]:
    at = {}
    for axis in order:
        number, at[axis] = divmod(number, sizes[axis])
    return at["C"], at["Z"], at["T"]


def _channel(said: Element | None, number: int) -> Channel:
    if said is None:
        return Channel(name=f"Channel {number + 1}")
    colour = said.get("Color", "")
    return Channel(
        name=said.get("Name") or said.get("Fluor") or f"Channel {number + 1}",
        # A number with a sign whose 32 bits are red, green, blue and alpha.
        colour=f"#{(int(colour) >> 8) & 0xFFFFFF:06x}" if re.fullmatch(r"-?\d+", colour) else "",
    )


def _length(pixels: Element, axis: str) -> float | None:
    length = pixels.get(f"PhysicalSize{axis}")
    return float(length) if length else None


def _child(parent: Element, name: str) -> Element:
    found = next((one for one in parent if _tag(one) == name), None)
    if found is None:
        msg = f"there is no {name} in it"
        raise LookupError(msg)
    return found


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _unreadable(why: str) -> BadRequestError:
    return BadRequestError(
        f"What the image says of itself (OME-XML) cannot be read: {why[:200]}",
        hint="Download it and open it in a program for images.",
    )
