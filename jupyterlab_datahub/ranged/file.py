"""A file on a host, read in blocks by ranged requests.

What libraries read is a little here and a little there: with large blocks most of what comes is
not needed, with small ones there are too many requests, each of which is waited for. For HDF5,
blocks of 256 KiB that are asked for together, and with them what lies between two that are less
than 2 MiB apart, take 17 requests and 14 MB for a preview of 1 GB; blocks of 1 MiB one by one take
19 and 21 MB. What was fetched stays in memory up to a bound, and on the disk where somebody knows
the state of the file.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, Protocol

from jupyterlab_datahub.errors import LengthError
from jupyterlab_datahub.ranged.bytefile import ByteFile
from jupyterlab_datahub.ranged.host import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from jupyterlab_datahub.ranged.bytefile import Span
    from jupyterlab_datahub.ranged.parts import Parts

    Block = bytes | memoryview

LONGEST_PULL = 2 << 20
"""Bytes of a request for spans that are not kept."""


class Manner(NamedTuple):
    """In which blocks a file is fetched; by default as suits HDF5.

    Parameters
    ----------
    block
        Bytes of a block, the least that is fetched.
    first
        Bytes of the first request, as the beginning of a file describes much of it.
    small
        Bytes up to which a file is fetched at once, where its Source says how large it is.
    longest
        Blocks in one request; a longer run goes in several, at the same time.
    gap
        Blocks that are fetched for nothing rather than asking for those around them one by one.
    measured
        Whether these are fewer where the host was seen to answer soon, or to send slowly.
    around
        Blocks fetched before and from a place that is read without having been asked for.
    most_runs
        Requests for what is asked for together; beyond, larger gaps are fetched for nothing. None
        for any number.
    held
        Blocks in memory.
    spread
        Blocks of the shortest requests that a long run is divided into, so that all connections
        have a part of what is asked for together; 0 for runs that are as long as they may be.
    """

    block: int = 256 << 10
    first: int = 1 << 20
    small: int = 4 << 20
    longest: int = 24
    gap: int = 8
    measured: bool = False
    around: tuple[int, int] = (0, 1)
    most_runs: int | None = None
    held: int = 384
    spread: int = 0


class Shelf(Protocol):
    """Where blocks are kept beyond this process."""

    def get(self, number: int, size: int) -> bytes | None:
        """Return a block of up to `size` bytes."""

    def put(self, first: int, body: bytes, size: int) -> None:
        """Keep blocks from `first` on."""


class RangedFile(ByteFile):
    """A file on a host.

    Parameters
    ----------
    host
        Sends its parts.
    shelf
        Returns where the blocks of a file are kept, by what its state is called and its size; None
        for nowhere.
    manner
        In which blocks it is fetched.

    Attributes
    ----------
    version
        The state of the file.

    Raises
    ------
    NotSupportedError, ChangedError, LengthError, UnreadableError, AccessError, CatalogError
        Here and from every reading.
    """

    def __init__(
        self,
        host: Parts,
        shelf: Callable[[str, int], Shelf | None] = lambda _name, _size: None,
        manner: Manner | None = None,
    ) -> None:
        super().__init__(0, host.budget.most)
        self._host = host
        self._manner = manner or Manner()
        self._pool = ThreadPoolExecutor(AT_ONCE, "datahub-ranges")
        self._blocks: OrderedDict[int, Block] = OrderedDict()
        self._turn, self._bringing = threading.Lock(), threading.Lock()
        self._shelf: Shelf | None = None
        expected, known = host.size, host.known
        if expected == 0:
            raise host.empty()
        if expected is not None and known is not None:
            self.size, self.version = expected, known
            self._shelf = shelf(known.name, expected)
            if self._is_here(0):
                return
        first = host.part(0, self._first_bytes(expected), known)
        if expected not in (None, first.size):
            raise host.error(
                LengthError,
                f"the file has {first.size:,} bytes, and {expected:,} in the catalog",
            )
        self.size, self.version = first.size, first.version
        self._shelf = self._shelf or shelf(self.version.name, self.size)
        self._take(0, first.body)

    @property
    def fetched(self) -> int:
        """Bytes that came over the network."""
        return self._host.budget.fetched

    @property
    def requests(self) -> int:
        """In how many requests."""
        return self._host.budget.requests

    def close(self) -> None:
        """Close the connections."""
        self._pool.shutdown(cancel_futures=True)
        self._host.close()
        super().close()

    def bytes_at(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span."""
        size, (before, from_there) = self._manner.block, self._manner.around
        first, last = start // size, -(-stop // size)
        if last - first == 1 and (block := self._held(first)) is not None:
            # So it is mostly, and thousands of times.
            return bytes(block[start - first * size : stop - first * size])
        if not all(map(self._is_here, range(first, last)[: self._manner.held])):
            self._bring(range(max(0, first - before), max(last, first + from_there)), 0)
        parts = []
        for number in range(first, last):
            offset = max(0, start - number * size)
            parts.append(self._block(number)[offset : stop - number * size])
        return b"".join(parts)

    def has(self, start: int, stop: int) -> bool:
        """Return whether a span is here."""
        size = self._manner.block
        return all(map(self._is_here, range(start // size, -(-stop // size))))

    def ensure(self, spans: Iterable[Span]) -> None:
        """Fetch the blocks of spans that are not here yet, several requests at a time."""
        size = self._manner.block
        wanted = {
            number
            for start, stop in spans
            if 0 <= start < stop <= self.size
            for number in range(start // size, (stop - 1) // size + 1)
        }
        gap = self._manner.gap
        self._bring(sorted(wanted), min(gap, self.gap // size) if self._manner.measured else gap)

    def pull(self, spans: Iterable[Span], gap: int) -> Iterator[tuple[Span, bytes]]:
        """Yield the bytes of ascending spans, none of which are kept.

        They come by some requests at a time, in as many as there are connections.

        Parameters
        ----------
        gap
            Bytes between two spans that may be fetched for nothing.
        """
        waiting: deque[tuple[list[Span], Future[bytes]]] = deque()
        for together in grouped(spans, gap, LONGEST_PULL):
            start, stop = together[0][0], min(max(stop for _, stop in together), self.size)
            waiting.append((together, self._pool.submit(self.exactly, start, stop)))
            if len(waiting) > AT_ONCE:
                yield from _cut(*waiting.popleft())
        while waiting:
            yield from _cut(*waiting.popleft())

    @property
    def gap(self) -> int:
        """Bytes that come in the time that the host takes to answer, as far as that is known."""
        return self._host.pace.gap

    def exactly(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span, without keeping them; usable from any thread.

        Those of blocks that are here are taken from there, and a request asks for all others.
        """
        return self._near(start, stop) or self._asked(start, stop)

    def _near(self, start: int, stop: int) -> bytes:
        """Return a span if all of its blocks are here, else nothing."""
        size = self._manner.block
        parts: list[Block] = []
        for number in range(start // size, -(-stop // size)):
            with self._turn:
                block = self._blocks.get(number)
            block = block or self._on_shelf(number)
            if block is None:
                return b""
            parts.append(block[max(0, start - number * size) : stop - number * size])
        return b"".join(parts)

    def _asked(self, start: int, stop: int) -> bytes:
        part = self._host.part(start, stop, self.version)
        if part.size != self.size:
            raise self._host.changed()
        return part.body

    def _first_bytes(self, expected: int | None) -> int:
        first, small = self._manner.first, self._manner.small
        if expected is None:
            return first
        return min(expected, small if expected <= small else first)

    def _bring(self, wanted: Iterable[int], gap: int) -> None:
        """Fetch those of some blocks, in ascending order, that are not here."""
        wanted = list(wanted)
        # Whoever has all of it does not wait for what others fetch.
        if all(map(self._is_here, wanted)):
            return
        # Two threads would each fetch what both want.
        with self._bringing:
            self._bring_missing(wanted, gap)

    def _bring_missing(self, wanted: Iterable[int], gap: int) -> None:
        beyond = -(-self.size // self._manner.block)
        within = [number for number in wanted if number < beyond]
        # More than there is room for would push itself out.
        missing = [number for number in within[: self._manner.held] if not self._is_here(number)]
        most = self._manner.most_runs
        while most is not None and len(runs_of(missing, beyond, gap)) > most:
            gap = gap * 2 + 1
        runs = self._runs_of(missing, gap)
        if self._host.pays:
            # Nothing is paid for twice.
            runs = [part for run in runs for part in runs_of(self._missing(run), run[1] - run[0])]
        for run, part in [(run, self._pool.submit(self._fetch, *run)) for run in runs]:
            self._take(run[0], part.result())

    def _runs_of(self, missing: Sequence[int], gap: int) -> list[tuple[int, int]]:
        """Return the requests for blocks: no more than there are connections, if that will do."""
        longest = self._manner.spread or self._manner.longest
        runs = runs_of(missing, longest, gap)
        while longest < self._manner.longest and len(runs) > AT_ONCE:
            longest += 1
            runs = runs_of(missing, longest, gap)
        return runs

    def _missing(self, run: tuple[int, int]) -> list[int]:
        return [number for number in range(*run) if number not in self._blocks]

    def _held(self, number: int) -> Block | None:
        """Return a block that is in memory."""
        with self._turn:
            block = self._blocks.get(number)
            if block is not None:
                self._blocks.move_to_end(number)
            return block

    def _block(self, number: int) -> Block:
        block = self._held(number)
        if block is not None:
            return block
        kept = self._on_shelf(number)
        if kept is not None:
            return kept
        body = self._fetch(number, number + 1)
        self._take(number, body)
        return body

    def _is_here(self, number: int) -> bool:
        if number in self._blocks:
            return True
        kept = self._on_shelf(number)
        if kept is None:
            return False
        self._keep(number, kept)
        return True

    def _on_shelf(self, number: int) -> bytes | None:
        size = self._manner.block
        kept = self._shelf.get(number, size) if self._shelf else None
        return kept if kept and len(kept) == min(size, self.size - number * size) else None

    def _fetch(self, first: int, last: int) -> bytes:
        start, stop = first * self._manner.block, min(last * self._manner.block, self.size)
        return self._asked(start, stop)

    def _take(self, number: int, body: bytes) -> None:
        size = self._manner.block
        if self._shelf:
            self._shelf.put(number, body, size)
        # Blocks are parts of what came: the system would take a while to give memory for copies.
        whole = memoryview(body)
        for at in range(0, len(body), size):
            self._keep(number + at // size, whole[at : at + size])

    def _keep(self, number: int, block: Block) -> None:
        with self._turn:
            self._blocks[number] = block
            if len(self._blocks) > self._manner.held:
                self._blocks.popitem(last=False)


def grouped(spans: Iterable[Span], gap: int, longest: int) -> Iterator[list[Span]]:
    """Yield ascending spans as those that are fetched by one request.

    Parameters
    ----------
    gap
        Bytes there may be between two of one request.
    longest
        Bytes of a request, unless one span alone is longer.
    """
    together: list[Span] = []
    for span in spans:
        if together and (span[0] - together[-1][1] > gap or span[1] - together[0][0] > longest):
            yield together
            together = []
        together.append(span)
    if together:
        yield together


def _cut(together: list[Span], future: Future[bytes]) -> Iterator[tuple[Span, bytes]]:
    body = future.result()
    first = together[0][0]
    for start, stop in together:
        yield (start, stop), body[start - first : stop - first]


def runs_of(numbers: Iterable[int], longest: int, gap: int = 0) -> list[tuple[int, int]]:
    """Return ascending numbers as runs, each from a first up to a last not in it.

    Parameters
    ----------
    numbers
        What is to be in a run.
    longest
        How many are in a run at most.
    gap
        How many others there may be between two in a run.
    """
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number - runs[-1][1] <= gap and number - runs[-1][0] < longest:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs
