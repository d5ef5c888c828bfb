"""Where the chunks of datasets are, read from their indexes with few and small requests.

HDF5 walks the tree of chunks of a dataset (version 1, that of all files but those made for the
newest readers) one node of 2 KB after the other, wherever these are in the file. Over a network
each of them would be waited for. Here all nodes of one level come at once, those of several
datasets together. The format is that of the "HDF5 File Format Specification", version 3.0, sections
III.A.1 (trees), IV.A.1 (headers of objects) and IV.A.2.i (layout).
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.ranged.damage import damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.bytefile import ByteFile, Span

MOST_CHUNKS = 4_000_000
MOST_MESSAGES = 4096
MOST_ENTRIES = 64
"""Children of a node, where the file does not say otherwise; one that has more is left to HDF5."""

GAP = 8 << 10
"""Bytes between two nodes that are fetched for nothing rather than by another request."""

LAYOUT, CONTINUED = 0x08, 0x10
CHUNKED = 2
UNDEFINED = (1 << 64) - 1


class Index:
    """Chunks of a dataset, as the leaves of a tree have them.

    Parameters
    ----------
    rank
        How many axes the dataset has.
    """

    def __init__(self, rank: int) -> None:
        self.rank = rank
        # A key (its size, the filters that were skipped, its first element on each axis and in it)
        # and where the chunk is.
        self.record = struct.Struct(f"<II{rank}Q8xQ")
        self._leaves: list[bytes] = []
        self.chunks = 0

    def take(self, entries: bytes) -> None:
        """Take the chunks of a leaf."""
        self._leaves.append(entries)
        self.chunks += len(entries) // self.record.size

    def spans(self) -> list[Span]:
        """Return the bytes of each chunk."""
        entries = self.record.iter_unpack(b"".join(self._leaves))
        return [(one[-1], one[-1] + one[0]) for one in entries]

    def entries(self) -> NDArray[Any]:
        """Return all of them, with ``size``, ``skipped``, ``offset`` (by axis) and ``start``."""
        import numpy as np

        fields = [
            ("size", "<u4"),
            ("skipped", "<u4"),
            ("offset", "<u8", (self.rank,)),
            ("element", "<u8"),
            ("start", "<u8"),
        ]
        return np.frombuffer(b"".join(self._leaves), fields)


def header_of(dataset: h5py.Dataset) -> int:
    """Return where the header of a dataset is.

    What else says so counts the bytes of the index of its chunks too, and reads all of it for that.
    """
    import h5py

    # Two halves where a long has 32 bits, else all in the first.
    low, high = h5py.h5g.get_objinfo(dataset.id, b".").objno
    return int(low) | int(high) << 32


def told(dataset: h5py.Dataset) -> Index:
    """Return the chunks of a dataset as HDF5 tells them, one after the other, of any index."""
    index = Index(dataset.ndim)

    def note(chunk: Any) -> bool | None:
        entry = (chunk.size, chunk.filter_mask, *chunk.chunk_offset, chunk.byte_offset)
        index.take(index.record.pack(*entry))
        return True if index.chunks > MOST_CHUNKS else None

    dataset.id.chunk_iter(note)
    return index


def root_of(source: ByteFile, header: int) -> int | None:
    """Return where the tree of a dataset begins, from the place of its header.

    Returns
    -------
    int or None
        None where it has another kind of index; `UNDEFINED` where it has no chunk yet.
    """
    found: list[tuple[int, bytes]] = []
    _ask(source, messages(header, lambda kind, body: found.append((kind, body))))
    for kind, body in found:
        if kind == LAYOUT:
            if len(body) < 11 or body[0] != 3 or body[1] != CHUNKED:
                return None
            return int.from_bytes(body[3:11], "little")
    return None


@dataclass(frozen=True)
class Tree:
    """The tree of a dataset: where it begins, and how many axes there are.

    ``wanted`` are the ascending places on the first axis whose chunks are to be found, None for
    all; of others, no more than comes with these. ``step`` is how long a chunk is on that axis.
    """

    root: int
    rank: int
    wanted: NDArray[Any] | None = None
    step: int = 1

    def within(self, first: int, last: int) -> bool:
        """Return whether something that is wanted may be in chunks between two of its keys."""
        if self.wanted is None:
            return True
        # The last key of a tree is that of its last chunk, and where there are several axes a row
        # of chunks goes on behind a key.
        start, stop = self.wanted.searchsorted([first, last + self.step])
        return bool(start < stop)


def walk(
    source: ByteFile, trees: Sequence[Tree], known: dict[int, bytes] | None = None
) -> list[Index] | None:
    """Return the chunks of several datasets.

    Parameters
    ----------
    known
        Nodes above the leaves by their places, to which others are added.

    Returns
    -------
    list of Index or None
        None where nodes of a tree have more children than usual.

    Raises
    ------
    UnreadableError
        If a tree is none, or there is no end of it.
    """
    found = [Index(tree.rank) for tree in trees]
    level = [(number, tree.root, -1) for number, tree in enumerate(trees)]
    level = [one for one in level if one[1] != UNDEFINED]
    known = {} if known is None else known
    seen = 0
    while level:
        seen += len(level)
        if seen > MOST_CHUNKS:
            raise damaged()
        spans = {(at, at + node_size(found[n].rank)) for n, at, _ in level if at not in known}
        nodes = {span[0]: body for span, body in source.pull(sorted(spans), GAP)}
        below: list[tuple[int, int, int]] = []
        for number, at, height in level:
            node = known.get(at) or nodes.get(at, b"")
            if _is_wide(node):
                return None
            if not is_node(node, height):
                # HDF5 would follow a tree that leads back to itself until its stack ends.
                raise damaged()
            if node[5]:
                known[at] = node
            children = read_node(node, found[number], trees[number])
            below += [(number, child, node[5]) for child in children]
        level = below
    return found


def node_size(rank: int) -> int:
    """Return the bytes of a node of the tree of a dataset."""
    key = 16 + 8 * rank
    return 24 + MOST_ENTRIES * 8 + (MOST_ENTRIES + 1) * key


def is_node(node: bytes, above: int = -1) -> bool:
    """Return whether bytes are a node, of the level below another where that is known."""
    if len(node) < 24 or node[:4] != b"TREE" or node[4] != 1:
        return False
    (entries,) = struct.unpack_from("<H", node, 6)
    return entries <= MOST_ENTRIES and (above < 0 or node[5] == above - 1)


def _is_wide(node: bytes) -> bool:
    """Return whether bytes are a node that has more children than usual."""
    wide = node[:4] == b"TREE" and node[4:5] == b"\x01" and len(node) >= 8
    return wide and int(struct.unpack_from("<H", node, 6)[0]) > MOST_ENTRIES


def read_node(node: bytes, index: Index, tree: Tree) -> list[int]:
    """Take the chunks of a leaf; return the children of another node that are to be looked at."""
    (entries,) = struct.unpack_from("<H", node, 6)
    # A key and the child behind it; behind the last child is one more key.
    record = index.record
    end = 24 + entries * record.size
    if end + record.size - 8 > len(node):
        raise damaged()
    if not node[5]:
        index.take(node[24:end])
        return []
    found = list(record.iter_unpack(memoryview(node)[24:end]))
    (_, _, beyond, *_) = struct.unpack_from(f"<II{index.rank}Q", node, end)
    ends = [*(one[2] for one in found[1:]), beyond]
    return [one[-1] for one, last in zip(found, ends, strict=True) if tree.within(one[2], last)]


def messages(header: int, take: Callable[[int, bytes], None]) -> Generator[Span, bytes, None]:
    """Read the messages of the header of an object, of either version.

    It names the spans that it needs one after the other, and is given their bytes.

    Parameters
    ----------
    header
        Where it is.
    take
        Is given the kind and the body of each as soon as it is read: what came to an object last,
        mostly attributes, may be at the other end of the file.
    """
    start = yield header, header + 16
    blocks: list[tuple[int, int]] = []
    if start[:4] == b"OHDR":
        flags = start[5]
        at = header + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        blocks.append((at + width, int.from_bytes((yield at, at + width), "little")))
        head = 6 if flags & 4 else 4
    elif start[:1] == b"\x01":
        blocks.append((header + 16, int.from_bytes(start[8:12], "little")))
        head = 8
    else:
        return
    left = MOST_MESSAGES
    for at, length in blocks:
        block = yield at, at + length
        place = 0
        while place + head <= len(block) and left:
            if head == 8:
                kind, size = struct.unpack_from("<HH", block, place)
            else:
                kind, size = struct.unpack_from("<BH", block, place)
            body = block[place + head : place + head + size]
            if kind == CONTINUED and len(body) >= 16 and len(blocks) < MOST_ENTRIES:
                there, extent = struct.unpack_from("<QQ", body)
                # Blocks of version 2 begin with a signature and end with a checksum.
                blocks.append((there, extent) if head == 8 else (there + 4, extent - 8))
            else:
                left -= 1
                take(kind, body)
            place += head + size


def _ask(source: ByteFile, steps: Generator[Span, bytes, None]) -> None:
    """Take steps to their end, each of which is waited for."""
    with suppress(StopIteration):
        span = next(steps)
        while True:
            span = steps.send(_at(source, *span))


def _at(source: ByteFile, start: int, stop: int) -> bytes:
    if not 0 <= start <= stop <= source.size or stop - start > 1 << 20:
        return b""
    return source.bytes_at(start, stop)
