"""OME-Zarr, of whose files only the metadata and the chunks of one small level are read.

What is read is put into a folder of the same form for zarr to unpack, so every version of zarr
does, and none of them talks to a host. Both layouts are known: OME-NGFF 0.4 on Zarr 2
(``.zattrs``, ``.zarray``) and 0.5 on Zarr 3 (``zarr.json``).
"""

from __future__ import annotations

import math
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.images.limits import too_much
from jupyterlab_datahub.images.tiff import MOST_PIXELS, Kind, chosen, damaged
from jupyterlab_datahub.model import Channel, ImageLevel
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged.host import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from jupyterlab_datahub.images.zarr_files import ZarrFiles

Told = TypeVar("Told")

MOST_CHUNKS = 80
MOST_LEVELS = 24

PACKED = 1.05
INDEX = 16
SMALL = 4096
"""How much a chunk may grow by packing, and bytes of its place in a shard and of what is around."""

UNITS = {"micrometer": "µm", "nanometer": "nm", "millimeter": "mm"}
"""Of the names of units in OME-NGFF, those that are commonly written short."""


class Axis(msgspec.Struct):
    """An axis of OME-NGFF."""

    name: str
    unit: str = ""


class Transformation(msgspec.Struct):
    """A transformation of coordinates; only scales are used."""

    type: str
    scale: tuple[float, ...] = ()


class Level(msgspec.Struct, rename="camel"):
    """A level of a pyramid: the array it is in."""

    path: str
    coordinate_transformations: tuple[Transformation, ...] = ()


class Multiscale(msgspec.Struct):
    """A pyramid; before version 0.4 axes were names alone, or not said."""

    datasets: tuple[Level, ...]
    axes: tuple[Axis | str, ...] = ("t", "c", "z", "y", "x")
    name: str = ""


class OmeroChannel(msgspec.Struct):
    """How a channel is called and shown."""

    label: str = ""
    color: str = ""


class Omero(msgspec.Struct):
    """How an image is shown."""

    channels: tuple[OmeroChannel, ...] = ()


class Said(msgspec.Struct):
    """What a group says of itself as an image."""

    multiscales: tuple[Multiscale, ...] = ()
    omero: Omero = msgspec.field(default_factory=Omero)
    collection: int | None = msgspec.field(name="bioformats2raw.layout", default=None)


class _Attributes(msgspec.Struct):
    ome: Said = msgspec.field(default_factory=Said)


class _Group(msgspec.Struct):
    attributes: _Attributes = msgspec.field(default_factory=_Attributes)


class _Old(msgspec.Struct):
    """``.zarray`` of Zarr 2."""

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: str
    dimension_separator: str = "."


class _Grid(msgspec.Struct):
    configuration: dict[str, Any]


class _Keys(msgspec.Struct):
    name: str = "default"
    configuration: dict[str, Any] = {}


class _New(msgspec.Struct):
    """``zarr.json`` of an array of Zarr 3."""

    shape: tuple[int, ...]
    data_type: str
    chunk_grid: _Grid
    chunk_key_encoding: _Keys = msgspec.field(default_factory=_Keys)
    codecs: tuple[_Keys, ...] = ()


class _Array(NamedTuple):
    """An array: its metadata as they are, where its chunks are, and what is in them."""

    path: str
    file: str
    content: bytes
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: str
    prefix: str
    separator: str
    inner: tuple[int, ...] = ()

    @property
    def memory(self) -> int:
        """Bytes of all its values."""
        import numpy as np

        return math.prod(self.shape) * np.dtype(self.dtype).itemsize

    @property
    def most(self) -> int:
        """Bytes that a file of its chunks can have, packed or not, with the index of a shard."""
        import numpy as np

        values = parts = 1
        inner = self.inner if len(self.inner) == len(self.chunks) else self.chunks
        for length, chunk, part in zip(self.shape, self.chunks, inner, strict=True):
            count = -(-min(length, chunk) // part) if part != chunk else 1
            values, parts = values * count * part, parts * count
        return int(values * np.dtype(self.dtype).itemsize * PACKED) + parts * INDEX + SMALL


class ZarrImage:
    """An OME-Zarr that is open.

    Parameters
    ----------
    files
        Reads the files that it is made of.

    Raises
    ------
    BadRequestError
        If it has no metadata, or none of an image.
    """

    def __init__(self, files: ZarrFiles) -> None:
        self._files = files
        self._root = ""
        said = self._said("")
        if said is not None and not said.multiscales and said.collection is not None:
            # bioformats2raw puts each image into a folder of its own.
            self._root = "0/"
            said = self._said("0/")
        if said is None or not said.multiscales:
            raise BadRequestError(
                "There is no image in this folder: it has no metadata of OME-Zarr",
                hint="Look for a folder whose name ends in .ome.zarr.",
            )
        self._image, self._omero = said.multiscales[0], said.omero
        self._axes = [axis if isinstance(axis, str) else axis.name for axis in self._image.axes]
        paths = [level.path for level in self._image.datasets[:MOST_LEVELS]]
        # Each may cost all that is left for metadata, until it is there.
        with ThreadPoolExecutor(1 if files.is_paid else AT_ONCE) as threads:
            self._levels = list(threads.map(self._array, paths))
        if not {"y", "x"} <= set(self._axes) or not self._levels:
            raise damaged("its axes have no x and y")
        if any(len(level.shape) != len(self._axes) for level in self._levels):
            raise damaged("its arrays have other axes than it says")

    @property
    def kind(self) -> Kind:
        """What the image is."""
        first = self._levels[0]
        units = {axis.name: axis.unit for axis in self._image.axes if isinstance(axis, Axis)}
        scale = next(
            (
                dict(zip(self._axes, one.scale, strict=False))
                for one in self._image.datasets[0].coordinate_transformations
                if one.type == "scale"
            ),
            {},
        )
        unit = units.get("x", "")
        return Kind(
            form="OME-Zarr",
            name=self._image.name if self._image.name not in ("", "/") else "",
            dtype=first.dtype,
            channels=self._channels(),
            levels=tuple(
                ImageLevel(
                    width=self._length(one, "x"), height=self._length(one, "y"), memory=one.memory
                )
                for one in self._levels
            ),
            z=self._length(first, "z"),
            t=self._length(first, "t"),
            pixel_width=scale.get("x") if unit else None,
            pixel_height=scale.get("y") if unit else None,
            pixel_unit=UNITS.get(unit, unit),
        )

    def plane(self, channel: int, size: int) -> tuple[int, NDArray[Any]]:
        """Return the number of the smallest level that will do, and a channel in it.

        Raises
        ------
        NotSupportedError
            If that would fetch too much.
        BadRequestError
            If there is no such channel, or its pixels are damaged.
        """
        count = self._length(self._levels[0], "c")
        if not 0 <= channel < count:
            raise BadRequestError(
                f"There is no channel {channel + 1} in the image", hint=f"It has {count:,}."
            )
        sizes = [(self._length(one, "x"), self._length(one, "y")) for one in self._levels]
        number = chosen(sizes, size)
        level = self._levels[number]
        at = {"c": channel, "z": self._length(level, "z") // 2}
        place = tuple(slice(None) if axis in "yx" else at.get(axis, 0) for axis in self._axes)
        pixels = self._read(level, place)
        return number, pixels if self._axes.index("y") < self._axes.index("x") else pixels.T

    def _channels(self) -> tuple[Channel, ...]:
        named = self._omero.channels
        return tuple(
            Channel(
                name=(named[n].label if n < len(named) else "") or f"Channel {n + 1}",
                colour=_colour(named[n].color) if n < len(named) else "",
            )
            for n in range(self._length(self._levels[0], "c"))
        )

    def _length(self, array: _Array, axis: str) -> int:
        return array.shape[self._axes.index(axis)] if axis in self._axes else 1

    def _read(self, level: _Array, place: Sequence[Any]) -> NDArray[Any]:
        spans = [
            range(-(-length // chunk)) if isinstance(at, slice) else (at // chunk,)
            for at, length, chunk in zip(place, level.shape, level.chunks, strict=True)
        ]
        pixels = 1
        for at, length in zip(place, level.shape, strict=True):
            pixels *= length if isinstance(at, slice) else 1
        count = 1
        for span in spans:
            count *= len(span)
        if pixels > MOST_PIXELS or count > MOST_CHUNKS:
            raise too_much(pixels * 2)
        names = [level.prefix + level.separator.join(map(str, one)) for one in product(*spans)]
        most = level.most
        self._files.agree(len(names) * most)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            chunks = list(
                threads.map(lambda name: self._files.get(f"{level.path}/{name}", most), names)
            )
        with tempfile.TemporaryDirectory(prefix="datahub-") as folder:
            copy = Path(folder)
            (copy / level.file).write_bytes(level.content)
            for name, chunk in zip(names, chunks, strict=True):
                if chunk is not None:
                    file = copy / name
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(chunk)
            return _unpacked(folder, tuple(place))

    def _said(self, folder: str) -> Said | None:
        """Return what a group says of itself, None where it says nothing."""
        if (content := self._files.get(f"{folder}zarr.json")) is not None:
            return _decoded(content, _Group).attributes.ome
        content = self._files.get(f"{folder}.zattrs")
        return None if content is None else _decoded(content, Said)

    def _array(self, path: str) -> _Array:
        parts = PurePosixPath(path).parts
        if not parts or ".." in parts or path.startswith("/"):
            raise damaged(f"it names an array {path[:80]!r}")
        path = f"{self._root}{path}"
        if (content := self._files.get(f"{path}/zarr.json")) is not None:
            new = _decoded(content, _New)
            keys = new.chunk_key_encoding
            default = keys.name == "default"
            return _checked(
                _Array(
                    path,
                    "zarr.json",
                    content,
                    new.shape,
                    tuple(new.chunk_grid.configuration.get("chunk_shape", ())),
                    new.data_type,
                    "c/" if default else "",
                    str(keys.configuration.get("separator", "/" if default else ".")),
                    _inner(new.codecs),
                )
            )
        content = self._files.get(f"{path}/.zarray")
        if content is None:
            raise damaged(f"it has no array {path[:80]}")
        old = _decoded(content, _Old)
        import numpy as np

        return _checked(
            _Array(
                path,
                ".zarray",
                content,
                old.shape,
                old.chunks,
                str(np.dtype(old.dtype).newbyteorder("=")),
                "",
                old.dimension_separator,
            )
        )


def _unpacked(folder: str, place: tuple[Any, ...]) -> NDArray[Any]:
    import numpy as np
    import zarr

    try:
        array: Any = zarr.open_array(folder, mode="r")
        return np.asarray(array[place])
    except (ValueError, RuntimeError, OSError, TypeError, KeyError) as error:
        raise damaged(str(error)) from error


def _inner(codecs: Sequence[_Keys]) -> tuple[int, ...]:
    """Return the chunks in a shard, nothing where chunks are files."""
    for codec in codecs:
        shape = codec.configuration.get("chunk_shape")
        if codec.name == "sharding_indexed" and isinstance(shape, list):
            return tuple(part for part in shape if isinstance(part, int) and part > 0)
    return ()


def _checked(array: _Array) -> _Array:
    whole = len(array.shape) == len(array.chunks) and min((*array.shape, *array.chunks)) > 0
    if not whole or array.separator not in ("/", "."):
        raise damaged("it says nothing usable of its chunks")
    return array


def _decoded(content: bytes, kind: type[Told]) -> Told:
    try:
        return from_json(content, kind)
    except msgspec.DecodeError as error:
        raise BadRequestError(
            f"What the image says of itself cannot be read: {error}",
            hint="Ask whoever has it for a whole copy.",
        ) from error


def _colour(text: str) -> str:
    """Return a colour of OME-NGFF, six hexadecimal digits, as CSS writes it."""
    plain = text.lstrip("#").lower()
    whole = len(plain) == 6 and all(one in "0123456789abcdef" for one in plain)
    return f"#{plain}" if whole else ""
