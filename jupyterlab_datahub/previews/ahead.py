"""What a look will read of a file, fetched before HDF5 asks for it, in few round trips.

HDF5 follows one address after the other, each of which leads to somewhere else in the file: the
names in a group, the header of each object, the values of its attributes, the index of its chunks.
Here all that can be followed is followed as far as what was fetched says, and only then is what is
missing asked for, all of it together. What is of an unusual make is left to HDF5, for which
nothing is changed but that most is there already. The format is that of the "HDF5 File Format
Specification", version 3.0, sections III.A (trees), III.D (local heaps), III.E (global heaps) and
IV.A.2 (messages of headers), in files with addresses and lengths of eight bytes.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews import btree
from jupyterlab_datahub.previews.picture import rank

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import h5py

    from jupyterlab_datahub.ranged.bytefile import ByteFile, Span

    Steps = Generator[Span, bytes, None]
    """Something that is followed: it names a span and is given the bytes."""

    Names = tuple[str, ...]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
WIDTH = 8
"""Bytes of an address and of a length."""

MOST_TRIPS = 12
MOST_THINGS = 20_000
MOST_TOGETHER = 400
"""Spans that are asked for at once."""

MOST_BYTES = 24 << 20
"""Bytes fetched after which the rest is left to HDF5, whatever the file says."""

SYMBOLS, ATTRIBUTE = 0x11, 0x0C
CONTIGUOUS = 1
TEXTS = 9
"""The class of a datatype of any length."""

COLLECTION = 4096
"""Bytes of a collection of texts, unless it has long ones."""

FEW = 16
"""Texts of an attribute, or of an array, that are followed."""

NODE, SYMBOL, HEAP = 544, 40, 32
"""Bytes of a node of a group's tree, of an entry of a group, and of the header of its names."""

LEVELS = 3
NAMES_ONLY = frozenset({"uns", "varm", "varp"})
READ_OF_UNS = frozenset({"title", "schema_version", "default_embedding"})
INDEX = "_index"
TYPE = 0x03
LONGEST = 4 << 20
"""Bytes of a span that is followed; names of genes are the longest."""


class Entry(NamedTuple):
    """A member of a group."""

    name: str
    address: int


def bring(file: h5py.File, source: ByteFile) -> bool:
    """Fetch what describes the content of a file, and where the values are that a look reads.

    Returns
    -------
    bool
        Whether all of it was found.

    Raises
    ------
    DataHubError
        What the host says.
    """
    import h5py

    # What was put together of a Zarr store has no bytes.
    told = source.bytes_at(0, 16) if source.size > NODE else b""
    if not told.startswith(SIGNATURE) or told[13 if told[8] < 2 else 9] != WIDTH:
        return False
    return _Ahead(source).follow(h5py.h5o.get_info(file.id).addr)


class _Ahead:
    """Follows addresses through one file."""

    def __init__(self, source: ByteFile) -> None:
        self._source = source
        self._begun: list[Steps] = []
        self._seen: set[int] = set()
        self._things = 0
        self._drawn = ""
        self._sampled: set[Names] = set()
        self._indexes: dict[Names, Names] = {}
        self._all = True

    def follow(self, root: int) -> bool:
        """Fetch what follows from the header of a group; return whether that was all."""
        self._begin(self._object((), root))
        before = self._source.fetched
        waiting: list[tuple[Steps, Span]] = []
        for _ in range(MOST_TRIPS):
            running, waiting = waiting, []
            for steps, span in running:
                self._go_on(steps, span, waiting)
            while self._begun:
                self._go_on(self._begun.pop(), None, waiting)
            if not waiting:
                return self._all
            if len(waiting) > MOST_TOGETHER or self._source.fetched - before > MOST_BYTES:
                return False
            self._source.ensure([span for _, span in waiting])
        return False

    def _begin(self, steps: Steps) -> None:
        self._things += 1
        if self._things <= MOST_THINGS:
            self._begun.append(steps)
        else:
            self._all = False

    def _go_on(self, steps: Steps, span: Span | None, waiting: list[tuple[Steps, Span]]) -> None:
        """Follow something as far as what is here goes."""
        try:
            wanted = next(steps) if span is None else steps.send(self._bytes(span))
            while self._source.has(*self._clipped(wanted)):
                wanted = steps.send(self._bytes(wanted))
        except StopIteration:
            return
        except (struct.error, IndexError, ValueError, UnreadableError):
            # It is damaged or of another make; HDF5 will say which.
            self._all = False
            return
        waiting.append((steps, self._clipped(wanted)))

    def _clipped(self, span: Span) -> Span:
        start, stop = span
        if not 0 <= start < min(stop, self._source.size) or stop - start > LONGEST:
            return 0, 0
        return start, min(stop, self._source.size)

    def _bytes(self, span: Span) -> bytes:
        start, stop = self._clipped(span)
        return self._source.bytes_at(start, stop) if stop else b""

    def _object(self, path: Names, header: int) -> Steps:
        """Follow an object by its header."""
        if header in self._seen:
            return
        self._seen.add(header)
        texts = False
        for kind, body in (yield from btree.messages(header)):
            if kind == SYMBOLS:
                tree, names = struct.unpack_from("<QQ", body)
                self._begin(self._group(path, tree, names))
            elif kind == ATTRIBUTE:
                self._attribute(path, body)
            elif kind == TYPE:
                texts = body[0] & 15 == TEXTS
            elif kind == btree.LAYOUT:
                self._array(path, body, header if texts else 0)
            elif kind in (0x02, 0x15):
                # Groups and attributes that are kept in another way.
                self._all = False

    def _attribute(self, path: Names, body: bytes) -> None:
        """Follow the texts of an attribute."""
        version = body[0]
        name, kind, space = struct.unpack_from("<HHH", body, 2)
        at = 9 if version == 3 else 8
        sizes = [-(-size // 8) * 8 if version == 1 else size for size in (name, kind, space)]
        if body[at + sizes[0]] & 15 == TEXTS:
            references = body[at + sum(sizes) :]
            self._texts(references)
            if len(path) == 1 and body[at : at + name].rstrip(b"\0").decode() == INDEX:
                self._begin(self._named(path, references))

    def _named(self, path: Names, references: bytes) -> Steps:
        """Follow what the index of a frame is called."""
        _, place, number = struct.unpack_from("<IQI", references)
        self._indexes[path] = (*path, _text_of((yield from _collection(place)), number))

    def _texts(self, references: bytes) -> None:
        """Follow texts of any length: how long each is, where, and which one there."""
        for at in range(0, min(len(references), FEW * 16) - 15, 16):
            (place,) = struct.unpack_from("<Q", references, at + 4)
            if place and place not in self._seen:
                self._seen.add(place)
                self._begin(_whole(place))

    def _array(self, path: Names, body: bytes, texts: int) -> None:
        """Follow where the values of an array are, if a look reads them."""
        if body[0] != 3:
            self._all = self._all and body[0] < 3
        elif body[1] == btree.CHUNKED:
            (tree,) = struct.unpack_from("<Q", body, 3)
            if tree != btree.UNDEFINED and path in self._sampled:
                self._begin(self._tree(tree, body[2] - 1, first=True))
            elif tree != btree.UNDEFINED and self._is_read(path):
                self._begin(self._tree(tree, body[2] - 1))
                if texts and path[0] == "var":
                    self._begin(self._texts_before(texts, tree, body[2] - 1))
        elif body[1] == CONTIGUOUS and path[0] == "uns":
            start, size = struct.unpack_from("<QQ", body, 2)
            self._begin(self._few_texts((start, start + min(size, FEW * 16))))

    def _few_texts(self, span: Span) -> Steps:
        self._texts((yield span))

    def _texts_before(self, header: int, node: int, rank: int) -> Steps:
        """Follow texts of any length, which are mostly between their header and their chunks."""
        index = btree.Index(rank)
        body = yield node, node + btree.node_size(rank)
        if not btree.is_node(body) or btree.read_node(body, index, btree.Tree(node, rank)):
            return
        if header < (stop := max(index.starts, default=0)):
            yield header, stop

    def _tree(self, node: int, rank: int, *, first: bool = False) -> Steps:
        """Follow an index of chunks, all of it or where it leads to the first of them."""
        if node in self._seen or not 0 < rank <= 4:
            return
        self._seen.add(node)
        index = btree.Index(rank)
        body = yield node, node + btree.node_size(rank)
        if not btree.is_node(body):
            self._all = False
            return
        below = btree.read_node(body, index, btree.Tree(node, rank))
        for child in below[:1] if first else below:
            self._begin(self._tree(child, rank, first=first))
        if first and index.starts:
            yield index.starts[0], index.starts[0] + index.sizes[0]

    def _group(self, path: Names, tree: int, names: int) -> Steps:
        """Follow the members of a group that a look reads."""
        # The names come with the tree, and not after it.
        self._begin(_names(names))
        entries: list[tuple[int, int]] = []
        nodes = [tree]
        for node in nodes:
            body = yield node, node + NODE
            if body[:4] == b"TREE":
                (count,) = struct.unpack_from("<H", body, 6)
                below = [struct.unpack_from("<Q", body, 32 + 16 * n)[0] for n in range(count)]
                for child in below:
                    self._begin(_only((child, child + NODE)))
                nodes += below
            elif body[:4] == b"SNOD":
                (count,) = struct.unpack_from("<H", body, 6)
                entries += [struct.unpack_from("<QQ", body, 8 + SYMBOL * n) for n in range(count)]
            if len(nodes) > MOST_TOGETHER:
                self._all = False
                return
        if not entries:
            return
        size, _, start = struct.unpack_from("<QQQ", (yield names, names + HEAP), 8)
        told = yield start, start + size
        members = [Entry(_text_at(told, offset), header) for offset, header in entries]
        for member in self._read(path, members):
            self._begin(self._object((*path, member.name), member.address))

    def _read(self, path: Names, members: Sequence[Entry]) -> Sequence[Entry]:
        """Return the members of a group that a look reads."""
        names = {member.name for member in members}
        if not path:
            # Most likely to be counts, as `matrices` has it.
            place: Names = ("raw", "X") if "raw" in names else ("X",)
            self._sampled |= {place, (*place, "data")}
        elif path == ("layers",):
            counts = next((name for name in sorted(names) if "count" in name.lower()), "")
            self._sampled |= {(*path, counts), (*path, counts, "data")}
        elif path == ("obsm",):
            self._drawn = min(names, key=rank)
        elif path == ("uns",):
            return [member for member in members if member.name in READ_OF_UNS]
        elif path == ("raw",):
            return [member for member in members if member.name != "var"]
        elif path[0] in NAMES_ONLY:
            return ()
        return members if len(path) < LEVELS else ()

    def _is_read(self, path: Names) -> bool:
        """Return whether a look reads all values of an array."""
        if path[0] == "obsm":
            return path[1:] == (self._drawn,)
        index = self._indexes.get(path[:1], (path[0], INDEX))
        # Names of genes are read, those of cells are not.
        return path == index if path[0] == "var" else path[0] == "obs" and path != index


def _names(header: int) -> Steps:
    """Follow the names of a group."""
    size, _, start = struct.unpack_from("<QQQ", (yield header, header + HEAP), 8)
    yield start, start + size


def _collection(place: int) -> Generator[Span, bytes, bytes]:
    """Follow a collection of texts to its end."""
    told = yield place, place + COLLECTION
    (size,) = struct.unpack_from("<Q", told, 8)
    return (yield place, place + size) if size > COLLECTION else told


def _whole(place: int) -> Steps:
    yield from _collection(place)


def _only(span: Span) -> Steps:
    yield span


def _text_of(collection: bytes, number: int) -> str:
    """Return a text out of a collection; `INDEX` where it is not there."""
    at = 16
    while at + 16 <= len(collection):
        found, size = struct.unpack_from("<H6xQ", collection, at)
        if found == number:
            return collection[at + 16 : at + 16 + size].decode()
        at += 16 + -(-size // 8) * 8
    return INDEX


def _text_at(heap: bytes, offset: int) -> str:
    return heap[offset : heap.index(b"\0", offset)].decode()
