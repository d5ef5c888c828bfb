"""What an image is, and a small picture of one of its channels."""

from __future__ import annotations

from jupyterlab_datahub.model.base import Struct


class Channel(Struct):
    """One channel of an image; ``colour`` is ``#rrggbb``, empty where the file has none."""

    name: str
    colour: str = ""


class ImageLevel(Struct):
    """One level of a pyramid, in pixels.

    ``memory`` is how many bytes its values are in memory, of all channels, layers and moments; None
    where a cell cannot open it alone.
    """

    width: int
    height: int
    memory: int | None = None


class ImageFacts(Struct):
    """What an image says of itself (the answer of ``GET images/{ref}``).

    ``form`` is ``OME-TIFF``, ``TIFF`` or ``OME-Zarr``. ``levels`` begin with the image at its full
    size. ``pixel_width`` and ``pixel_height`` are in ``pixel_unit``, None where the file does not
    say. ``size`` is that of the file in bytes, None where the image is many files. ``fetched`` and
    ``requests`` are what it took to find this out.
    """

    ref: str
    name: str
    form: str
    width: int
    height: int
    dtype: str
    channels: tuple[Channel, ...]
    levels: tuple[ImageLevel, ...]
    z: int = 1
    t: int = 1
    pixel_width: float | None = None
    pixel_height: float | None = None
    pixel_unit: str = ""
    size: int | None = None
    fetched: int = 0
    requests: int = 0


class ImageTable(Struct):
    """A table of cells that may have been measured in an image; ``path`` begins near it."""

    ref: str
    name: str
    path: str
    size: int | None = None


class ImageTables(Struct):
    """What lies around an image (the answer of ``GET images/{ref}/tables``).

    Those come first that have the image's name in theirs. ``whole`` is false where a folder has
    more files than were looked at.
    """

    tables: tuple[ImageTable, ...] = ()
    whole: bool = True


class Thumbnail(Struct):
    """A small picture of a channel (the answer of ``GET images/{ref}/thumbnail``).

    ``low`` and ``high`` are the values shown as black and white, both None for a colour picture;
    ``level`` is the one it was made of, ``png`` the picture itself. ``fetched`` and ``requests``
    are what it took to make it.
    """

    ref: str
    channel: int
    level: int
    width: int
    height: int
    png: bytes
    low: float | None = None
    high: float | None = None
    size: int | None = None
    fetched: int = 0
    requests: int = 0
