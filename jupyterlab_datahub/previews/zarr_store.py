"""A folder as zarr reads one: by its own codecs, and by none that runs what it is given.

Both forms are known, Zarr 2 and 3, sharded or not, with consolidated metadata or without.
"""

from __future__ import annotations

import asyncio
import json
from math import prod
from typing import TYPE_CHECKING, Any

from zarr.abc.store import (
    OffsetByteRequest,
    RangeByteRequest,
    Store,
    SuffixByteRequest,
)

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.ranged import damage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from jupyterlab_datahub.ranged.folder import Folder

SAFE = frozenset(
    {
        "adler32",
        "astype",
        "bitround",
        "blosc",
        "bytes",
        "bz2",
        "crc32",
        "crc32c",
        "delta",
        "fixedscaleoffset",
        "fletcher32",
        "gzip",
        "lz4",
        "lzma",
        "packbits",
        "sharding_indexed",
        "shuffle",
        "transpose",
        "vlen-array",
        "vlen-bytes",
        "vlen-utf8",
        "zlib",
        "zstd",
    }
)
"""Codecs that only unpack; of the others in numcodecs, pickle runs what is in a file."""


class FolderStore(Store):
    """A folder that is only read.

    Parameters
    ----------
    folder
        Where its files are.
    """

    supports_writes = False
    supports_deletes = False
    supports_partial_writes = False

    def __init__(self, folder: Folder) -> None:
        super().__init__(read_only=True)
        self.folder = folder
        self.failure: Exception | None = None

    @property
    def supports_listing(self) -> bool:
        """Whether anybody says what is in it."""
        return self.folder.listing

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    async def get(self, key: str, prototype: Any, byte_range: Any = None) -> Any:
        """Return a file or a part of it."""
        start, stop = _span(byte_range)
        try:
            content = await asyncio.to_thread(self.folder.get, key, start, stop)
        except Exception as error:
            # Whatever it is, it is raised; zarr may make another of it, so it is kept.
            self.failure = error
            raise
        return None if content is None else prototype.buffer.from_bytes(content)

    async def get_partial_values(
        self, prototype: Any, key_ranges: Iterable[tuple[str, Any]]
    ) -> list[Any]:
        """Return parts of files."""
        return list(
            await asyncio.gather(*(self.get(key, prototype, span) for key, span in key_ranges))
        )

    async def exists(self, key: str) -> bool:
        """Return whether there is a file."""
        return await asyncio.to_thread(self.folder.get, key) is not None

    async def set(self, key: str, value: Any) -> None:
        """Write nothing."""
        raise NotImplementedError

    async def delete(self, key: str) -> None:
        """Delete nothing."""
        raise NotImplementedError

    async def list(self) -> AsyncIterator[str]:
        """List nothing."""
        nothing: tuple[str, ...] = ()
        for key in nothing:
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:  # noqa: ARG002 - a name that zarr calls it by
        """List nothing."""
        nothing: tuple[str, ...] = ()
        for key in nothing:
            yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """List what is in a folder."""
        for name in self.folder.names(prefix):
            yield name


class CheckedStore(FolderStore):
    """A folder for libraries that open arrays by themselves: of odd codecs none can be opened."""

    async def get(self, key: str, prototype: Any, byte_range: Any = None) -> Any:
        """Return a file or a part of it.

        Raises
        ------
        UnreadableError
            If it names a codec that does more than unpack.
        """
        found = await super().get(key, prototype, byte_range)
        if found is not None and key.rpartition("/")[2] in _DESCRIPTIONS:
            told = json.loads(found.to_bytes())
            if odd := sorted(_named(told) - SAFE):
                raise _odd(key, odd[0])
        return found


_DESCRIPTIONS = frozenset({"zarr.json", ".zarray", ".zmetadata"})


def _named(told: Any) -> set[str]:
    """Return the names of the codecs that a description has anywhere in it."""
    if isinstance(told, list):
        return {name for one in told for name in _named(one)}
    if not isinstance(told, dict):
        return set()
    lists = [told.get(name) for name in ("filters", "codecs")]
    codecs = [told.get("compressor"), *(c for one in lists if isinstance(one, list) for c in one)]
    names = [c.get("id") or c.get("name") for c in codecs if isinstance(c, dict)]
    mine = {str(name).removeprefix("numcodecs.") for name in names}
    return mine.union(*(_named(value) for key, value in told.items() if key != "attributes"))


def _odd(path: str, name: str) -> UnreadableError:
    return UnreadableError(
        f"/{path} is packed with a codec that is not used here ({name[:40]})",
        hint="Download it instead.",
    )


def is_group(node: Any) -> bool:
    """Return whether a node of a store is a group of others."""
    import zarr

    return isinstance(node, zarr.Group)


def check(array: Any) -> None:
    """Go on if values of an array can be read here.

    Raises
    ------
    UnreadableError
    """
    names = set(_codecs(array.metadata))
    if odd := sorted(names - SAFE):
        raise _odd(array.path, odd[0])
    shards = getattr(array, "shards", None) or array.chunks
    for chunk in (array.chunks, shards if array.dtype.kind == "O" else array.chunks):
        if prod(chunk) * max(array.dtype.itemsize, 1) > hdf5.LARGEST_READ // 2:
            raise UnreadableError(
                f"/{array.path} is packed in chunks that are too large", hint=damage.HINT
            )


def compression_of(array: Any) -> str:
    """Return what an array is packed with, in a word; empty for nothing."""
    names = list(_codecs(array.metadata))
    known = ("blosc", "zstd", "gzip", "zlib", "lz4", "lzma", "bz2")
    return next((name for name in names if name in known), "")


def _codecs(metadata: Any) -> list[str]:
    if metadata.zarr_format == 2:
        codecs = [metadata.compressor, *(metadata.filters or ())]
        return [str(codec.codec_id) for codec in codecs if codec is not None]
    return [name for codec in metadata.codecs for name in _names(codec.to_dict())]


def _names(codec: dict[str, Any]) -> list[str]:
    configuration = codec.get("configuration") or {}
    within = [*configuration.get("codecs", ()), *configuration.get("index_codecs", ())]
    name = str(codec.get("name", "")).removeprefix("numcodecs.")
    return [name, *(one for below in within for one in _names(below))]


def _span(request: Any) -> tuple[int, int | None]:
    if isinstance(request, RangeByteRequest):
        return request.start, request.end
    if isinstance(request, OffsetByteRequest):
        return request.offset, None
    if isinstance(request, SuffixByteRequest):
        return -request.suffix, None
    return 0, None
