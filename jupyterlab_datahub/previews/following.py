"""Addresses in an HDF5 file, followed as far as what is here says, and fetched level by level.

HDF5 follows one address after the other, each of which leads to somewhere else in the file: the
names in a group, the header of each object, the values of its attributes, the index of its chunks.
Here all that can be followed is followed as far as what was fetched says, and only then is what is
missing asked for, all of it together. The format is that of the "HDF5 File Format
Specification", version 3.0, sections III.A (trees), III.D (local heaps), III.E (global heaps) and
IV.A.2 (messages of headers), in files with addresses and lengths of eight bytes.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews import guesses, heaps
from jupyterlab_datahub.previews.heaps import HEAP, INDEX
from jupyterlab_datahub.previews.reads import Reads
from jupyterlab_datahub.ranged import btree

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from jupyterlab_datahub.previews.heaps import Entry
    from jupyterlab_datahub.ranged.bytefile import ByteFile, Span

    Steps = Generator[Span, bytes, None]
    """Something that is followed: it names a span and is given the bytes."""

    Names = tuple[str, ...]
    Waiting = tuple[str, Steps, Span]
    """What is followed: what of the root it belongs to, and the span that it waits for."""

MOST_TRIPS = 12
MOST_THINGS = 20_000
MOST_TOGETHER = 400
"""Spans that are asked for at once."""

MOST_BYTES = 24 << 20
"""Bytes fetched after which the rest is left to HDF5, whatever the file says."""

SYMBOLS, ATTRIBUTE, SPACE = 0x11, 0x0C, 0x01
CONTIGUOUS = 1
TEXTS = 9
"""The class of a datatype of any length."""

FEW = 16
"""Texts of an attribute, or of an array, that are followed."""

NODE = 544
"""Bytes of a node of a group's tree."""

TYPE = 0x03
LONGEST = 4 << 20
"""Bytes of a span that is followed; names of genes are the longest."""

AFFORDABLE = 12 << 20
"""Bytes of a file on a host that the columns of obs may take, and an embedding."""

FRAMES = ("obs", "var")


class Following:
    """Follows addresses through one file.

    Parameters
    ----------
    source
        The file.
    values
        Whether values that a preview reads are fetched too, and what is only guessed to be needed.

    Attributes
    ----------
    everything : bool
        Whether nothing was seen yet that has to be left to HDF5.
    """

    def __init__(self, source: ByteFile, *, values: bool) -> None:
        self.everything = True
        self._source = source
        self._reading = values
        self._begun: list[tuple[str, Steps]] = []
        self._open: Counter[str] = Counter()
        self._top = ""
        self._seen: set[int] = set()
        self._things = 0
        self._cells = 0
        self._reads = Reads()
        self._words: set[str] = set()
        """Names in the root, and some that were there."""
        self._there: dict[str, int] = {}
        self._guessed: list[Span] = []
        self._values: defaultdict[str, list[Span]] = defaultdict(list)

    def trips(self, root: int) -> Iterator[bool]:
        """Fetch what follows from the header of the root group.

        Before every time that something is fetched it yields whether obs and var are here.
        """
        self._begin(self._object((), root))
        before = self._source.fetched
        running: list[Waiting] = []
        for _ in range(MOST_TRIPS):
            waiting: list[Waiting] = []
            for top, steps, span in running:
                self._go_on(top, steps, span, waiting)
            while self._begun:
                self._go_on(*self._begun.pop(), None, waiting)
            wanted = [span for _, _, span in waiting]
            frames = [span for name in FRAMES for span in self._here_soon(name)]
            others = [
                span for name in self._values.keys() - set(FRAMES) for span in self._here_soon(name)
            ]
            wanted += [*frames, *others, *self._likely()]
            if not wanted:
                return
            if len(waiting) > MOST_TOGETHER or self._source.fetched - before > MOST_BYTES:
                break
            yield not (frames or any(self._open[name] for name in ("", *FRAMES)))
            self._source.ensure(wanted)
            running = waiting
        self.everything = False

    def _here_soon(self, top: str) -> list[Span]:
        """Return the values in a group that are read and not here, once all of them are known."""
        spans = self._values[top]
        if self._open[top] or not self.affords(top):
            return []
        return [span for span in self._within(spans) if not self._source.has(*span)]

    def affords(self, top: str) -> bool:
        """Return whether the values in a group are few enough to be fetched."""
        return sum(stop - start for start, stop in self._values[top]) <= AFFORDABLE

    def _within(self, spans: Iterable[Span]) -> list[Span]:
        """Return spans as far as they are in the file."""
        cut = ((start, min(stop, self._source.size)) for start, stop in spans)
        return [(start, stop) for start, stop in cut if 0 <= start < stop]

    def _likely(self) -> list[Span]:
        """Return what was guessed since it was asked for, as far as it is not here."""
        if self._reads.header_drawn and self._cells:
            self._guessed += guesses.of_points(self._reads.header_drawn, self._cells)
            self._reads.header_drawn = 0
        guessed, self._guessed = self._guessed, []
        if not self._reading:
            return []
        short = [(a, b) for a, b in self._within(guessed) if b - a <= guesses.LONGEST]
        return [span for span in short if not self._source.has(*span)]

    def _begin(self, steps: Steps, top: str | None = None) -> None:
        self._things += 1
        if self._things <= MOST_THINGS:
            top = self._top if top is None else top
            self._open[top] += 1
            self._begun.append((top, steps))
        else:
            self.everything = False

    def _go_on(self, top: str, steps: Steps, span: Span | None, waiting: list[Waiting]) -> None:
        """Follow something as far as what is here goes."""
        self._top = top
        try:
            wanted = next(steps) if span is None else steps.send(self._bytes(span))
            while self._source.has(*self._clipped(wanted)):
                wanted = steps.send(self._bytes(wanted))
        except StopIteration:
            self._open[top] -= 1
            return
        except (struct.error, IndexError, ValueError, UnreadableError):
            # It is damaged or of another make; HDF5 will say which.
            self._open[top] -= 1
            self.everything = False
            return
        waiting.append((top, steps, self._clipped(wanted)))

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

        def take(kind: int, body: bytes) -> None:
            nonlocal texts
            if kind == SYMBOLS:
                tree, names = struct.unpack_from("<QQ", body)
                self._begin(self._group(path, tree, names))
            elif kind == ATTRIBUTE:
                self._attribute(path, body)
            elif kind == SPACE:
                self._count(path, body)
            elif kind == TYPE:
                texts = body[0] & 15 == TEXTS
            elif kind == btree.LAYOUT:
                self._array(path, body, header if texts else 0)
            elif kind in (0x02, 0x15):
                # Groups and attributes that are kept in another way.
                self.everything = False

        yield from btree.messages(header, take)

    def _count(self, path: Names, body: bytes) -> None:
        """Take how many cells there are from an array of obs: the longest has them all."""
        if path[:1] == ("obs",) and body[1]:
            (length,) = struct.unpack_from("<Q", body, 8 if body[0] == 1 else 4)
            self._cells = max(self._cells, length)

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
        self._reads.indexes[path] = (
            *path,
            heaps.text_of((yield from heaps.collection(place)), number),
        )

    def _texts(self, references: bytes) -> None:
        """Follow texts of any length: how long each is, where, and which one there."""
        for at in range(0, min(len(references), FEW * 16) - 15, 16):
            (place,) = struct.unpack_from("<Q", references, at + 4)
            if place and place not in self._seen:
                self._seen.add(place)
                self._begin(heaps.whole(place))

    def _array(self, path: Names, body: bytes, texts: int) -> None:
        """Follow where the values of an array are, if a look reads them."""
        if body[0] != 3:
            self.everything = self.everything and body[0] < 3
        elif body[1] == btree.CHUNKED:
            (tree,) = struct.unpack_from("<Q", body, 3)
            if tree != btree.UNDEFINED and path in self._reads.sampled:
                self._begin(self._first_chunk(tree, body[2] - 1))
            elif tree != btree.UNDEFINED and self._reads.array(path):
                self._begin(self._tree(tree, body[2] - 1, path[0]))
                if texts and path[0] == "var":
                    self._begin(self._texts_before(texts, tree, body[2] - 1))
        elif body[1] == CONTIGUOUS and path[0] == "uns":
            start, size = struct.unpack_from("<QQ", body, 2)
            self._begin(self._few_texts((start, start + min(size, FEW * 16))))
        elif body[1] == CONTIGUOUS and self._reads.array(path):
            start, size = struct.unpack_from("<QQ", body, 2)
            self._read_values(path[0], [(start, start + size)])

    def _few_texts(self, span: Span) -> Steps:
        self._texts((yield span))

    def _texts_before(self, header: int, node: int, rank: int) -> Steps:
        """Follow texts of any length, which are mostly between their header and their chunks."""
        index = btree.Index(rank)
        body = yield node, node + btree.node_size(rank)
        if not btree.is_node(body) or btree.read_node(body, index, btree.Tree(node, rank)):
            return
        if header < (stop := max((start for start, _ in index.spans()), default=0)):
            yield header, stop

    def _tree(self, node: int, rank: int, top: str) -> Steps:
        """Follow an index of chunks."""
        index = btree.Index(rank)
        below = yield from self._node(node, index)
        for child in below:
            self._begin(self._tree(child, rank, top))
        self._read_values(top, index.spans())

    def _first_chunk(self, root: int, rank: int) -> Steps:
        """Follow an index of chunks where it leads to the first of them."""
        index = btree.Index(rank)
        below = yield from self._node(root, index, guessing=True)
        while below:
            below = yield from self._node(below[0], index)
        if index.chunks:
            yield index.spans()[0]

    def _node(
        self, node: int, index: btree.Index, *, guessing: bool = False
    ) -> Generator[Span, bytes, list[int]]:
        """Take the chunks of a node of an index, and return the nodes below it."""
        rank = index.rank
        if node in self._seen or not 0 < rank <= 4:
            return []
        self._seen.add(node)
        body = yield node, node + btree.node_size(rank)
        if not btree.is_node(body):
            self.everything = False
            return []
        if guessing:
            self._guessed += guesses.of_first_leaf(node, body, rank)
        return btree.read_node(body, index, btree.Tree(node, rank))

    def _read_values(self, top: str, spans: Sequence[Span]) -> None:
        if not self._reading:
            return
        known = self._values[top]
        for start, stop in spans:
            # Chunks come one behind the other, mostly.
            if known and known[-1][1] == start:
                known[-1] = known[-1][0], stop
            else:
                known.append((start, stop))

    def _group(self, path: Names, tree: int, names: int) -> Steps:
        """Follow the members of a group that a look reads."""
        if tree in self._seen:
            return
        self._seen.add(tree)
        # The names come with the tree, and not after it.
        self._begin(heaps.names(names))
        in_parts = not path or path[0] in FRAMES
        entries: list[Entry] = []
        nodes = [tree]
        for node in nodes:
            body = yield node, node + NODE
            if body[:4] == b"TREE":
                (count,) = struct.unpack_from("<H", body, 6)
                below = [struct.unpack_from("<Q", body, 32 + 16 * n)[0] for n in range(count)]
                for child in below:
                    self._begin(heaps.only((child, child + NODE)))
                nodes += below
            elif body[:4] == b"SNOD":
                entries += heaps.entries(body)
                if in_parts:
                    yield from self._members(path, names, entries)
                    entries = []
            if len(nodes) > MOST_TOGETHER:
                self.everything = False
                return
        if entries:
            yield from self._members(path, names, entries)

    def _members(self, path: Names, names: int, entries: Sequence[Entry]) -> Steps:
        """Follow some members of a group."""
        size, _, start = struct.unpack_from("<QQQ", (yield names, names + HEAP), 8)
        if not path and not self._source.has(*self._clipped((start, start + size))):
            places = [one.address for one in entries]
            self._guessed += guesses.of_unnamed(places, self._source.size)
            self._guessed += [span for one in places for span in self._behind(one)]
        told = yield start, start + size
        if not path:
            self._words = set(told.decode(errors="replace").split("\0"))
        members = [one._replace(name=heaps.text_at(told, one.place)) for one in entries]
        if not path:
            self._guess_of_root(members)
        for member in self._reads.members(path, members, self._words):
            top, below = path[0] if path else member.name, (*path, member.name)
            self._begin(self._object(below, member.address), top)
            if member.tree:
                # The header, the end of which may be far away, would say the same.
                self._begin(self._group(below, member.tree, member.names), top)

    def _behind(self, header: int) -> list[Span]:
        """Return what is behind the members of a group, if its header is here and says where.

        What came to it last, its attributes, is behind these, and there the next group begins.
        """
        steps = btree.messages(header, lambda *_: None)
        try:
            span = next(steps)
            while self._source.has(*self._clipped(span)):
                span = steps.send(self._bytes(span))
        except (StopIteration, struct.error, IndexError):
            return []
        return [] if span[0] == header else [(span[0], span[0] + guesses.HEAD)]

    def _guess_of_root(self, members: Sequence[Entry]) -> None:
        """Guess where what belongs to some members of the root is."""
        self._there |= {member.name: member.address for member in members}
        if self._words >= guesses.FRAMES:
            names = {member.name for member in members}
            self._guessed += guesses.of_members(self._there, names, self._source.size)
