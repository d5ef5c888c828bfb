"""Chunks that lie together in a shard, fetched by one request.

A shard is a file of many chunks with an index of 16 bytes for each at its end: where it begins, and
how long it is ("Zarr v3: sharding codec"). zarr asks for one chunk after the other.
"""

from __future__ import annotations

from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.ranged.file import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterlab_datahub.previews.zarr_seen import Seen
    from jupyterlab_datahub.ranged.bytefile import Span

LONGEST = 4 << 20
"""Bytes of a request for several chunks."""

ABSENT = (1 << 64) - 1
CHECKSUM = 4


class Shards:
    """The shards of an array.

    Parameters
    ----------
    array
        The array, as zarr opened it.
    seen
        Its store.
    """

    def __init__(self, array: Any, seen: Seen) -> None:
        self._array, self._seen = array, seen
        self._index = _index_of(array)
        both = zip(array.shards or (), array.chunks, strict=False)
        self._each = [int(shard) // int(chunk) for shard, chunk in both]
        # Chunks are read one row of them after the other.
        rows = len(self._each) == 2 and self._each[0] > 1
        self._at_once = not rows or int(array.shape[1]) <= int(array.chunks[1])

    @contextmanager
    def held(self, chunks: Sequence[tuple[int, ...]], gap: int) -> Iterator[None]:
        """Have those of some chunks here for a block that lie together.

        Parameters
        ----------
        chunks
            The places of chunks among all of the array.
        gap
            Bytes between two chunks that may be fetched for nothing.
        """
        wanted: dict[str, list[int]] = {}
        for chunk in chunks if self._index else ():
            both = [divmod(place, each) for place, each in zip(chunk, self._each, strict=True)]
            number = 0
            for (_, within), each in zip(both, self._each, strict=True):
                number = number * each + within
            wanted.setdefault(self._path(tuple(shard for shard, _ in both)), []).append(number)
        holding = []
        try:
            for path, numbers in wanted.items():
                for start, stop in self._together(path, numbers, gap):
                    body = self._seen.get(path, start, stop)
                    if body is not None:
                        holding.append(self._seen.hold(path, start, body))
            yield
        finally:
            for one in holding:
                self._seen.let_go(one)

    def _path(self, shard: tuple[int, ...]) -> str:
        return f"{self._array.path}/{self._array.metadata.encode_chunk_key(shard)}".lstrip("/")

    def _together(self, path: str, numbers: list[int], gap: int) -> Iterator[Span]:
        """Yield the spans of a shard in which there are several of some chunks."""
        if len(numbers) < 2 or (len(numbers) == prod(self._each) and self._at_once):
            # Of what zarr fetches as a whole, nothing is asked for twice.
            return
        index = self._seen.get(path, -self._index)
        if index is None or len(index) != self._index:
            return
        spans = []
        for number in numbers:
            start = int.from_bytes(index[16 * number :][:8], "little")
            size = int.from_bytes(index[16 * number + 8 :][:8], "little")
            if start != ABSENT and size < LONGEST:
                spans.append((start, start + size))
        for together in grouped(sorted(spans), gap, LONGEST):
            if len(together) > 1:
                yield together[0][0], max(stop for _, stop in together)


def _index_of(array: Any) -> int:
    """Return the bytes of the index at the end of each shard, 0 where there is another or none."""
    codecs: Any = getattr(array.metadata, "codecs", ())
    told = codecs[0].to_dict() if len(codecs) == 1 and array.shards else {}
    configuration = told.get("configuration", {})
    packing = [str(codec.get("name")) for codec in configuration.get("index_codecs", ())]
    location = configuration.get("index_location", "end")
    if str(getattr(location, "value", location)) != "end" or packing[:1] != ["bytes"]:
        return 0
    if packing[1:] not in ([], ["crc32c"]):
        return 0
    count = prod(
        int(shard) // int(chunk) for shard, chunk in zip(array.shards, array.chunks, strict=True)
    )
    return 16 * count + CHECKSUM * (len(packing) - 1)
