"""What is taken of the chunks of an array, fetched and unpacked ahead of whoever takes it."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.previews.chunks import ABSENT, UNSOUGHT, Declared
from jupyterlab_datahub.ranged.file import RangedFile, grouped
from jupyterlab_datahub.selection.decode import absent, decoder
from jupyterlab_datahub.selection.picks import RangePicks
from jupyterlab_datahub.selection.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks
    from jupyterlab_datahub.ranged.bytefile import ByteFile, Span
    from jupyterlab_datahub.ranged.kept import Fetched
    from jupyterlab_datahub.selection.picks import Picks
    from jupyterlab_datahub.selection.places import Ranges

QUICK = 1 << 20
"""Bytes that come in the time of an answer where they take no time worth speaking of."""

WASTE = 0.4
"""Share of the bytes of the chunks that may be fetched beside them, in the gaps between them."""


WORTH_KEEPING = 16 << 10
"""Bytes of a request that is not to be made again."""

Part = tuple["Chunks", list[int]]
"""An array, and the ascending numbers of some of its chunks, which are known."""


class Reader:
    """What fetches chunks of a file and unpacks them.

    Parameters
    ----------
    source
        The file.
    tell
        Is given the bytes of chunks that have come.
    fetched
        Keeps what comes for another time, if this one is interrupted.
    room
        How much is in memory at once.

    Attributes
    ----------
    room
        How much is in memory at once.
    seeker
        A thread that looks for chunks.
    """

    def __init__(
        self,
        source: ByteFile,
        tell: Callable[[int], object],
        fetched: Fetched | None = None,
        room: Room | None = None,
    ) -> None:
        self._before = fetched
        self._source = source
        self._tell = tell
        self.room = room or Room()
        self.seeker = ThreadPoolExecutor(1, "datahub-index")
        self._pool = ThreadPoolExecutor(
            self.room.at_once if isinstance(source, RangedFile | Declared) else 2,
            "datahub-chunks",
        )

    def close(self) -> None:
        """Fetch no more."""
        self.seeker.shutdown(cancel_futures=True)
        self._pool.shutdown(cancel_futures=True)

    def chunks(self, parts: Iterable[Part], picks: Picks) -> Iterator[NDArray[Any]]:
        """Return what is taken of some chunks of an array, the first of which are asked for now.

        Parameters
        ----------
        parts
            The chunks, in ascending order.
        picks
            What is taken of them.

        Raises
        ------
        UnreadableError, ChangedError, CatalogError
            Here and from what is returned.
        """
        waiting: deque[Future[list[NDArray[Any]]]] = deque()
        groups = self._groups(parts, picks)

        def ask() -> None:
            for group in islice(groups, self.room.ahead - len(waiting)):
                waiting.append(self._pool.submit(self._fetched, *group, picks))

        def coming() -> Iterator[NDArray[Any]]:
            try:
                while waiting:
                    yield from waiting.popleft().result()
                    ask()
            finally:
                for future in waiting:
                    future.cancel()

        ask()
        return coming()

    def _groups(
        self, parts: Iterable[Part], picks: Picks
    ) -> Iterator[tuple[Chunks, list[int], int]]:
        """Yield chunks of an array that are fetched together, and the gap between them."""
        for chunks, numbers in parts:
            gap = self._gap([_span(chunks, number) for number in numbers])
            longest = self.room.long if self._source.gap >= QUICK else self.room.short
            bound = _Bound(gap, longest, self.room.taken)
            for together in _together(chunks, numbers, bound, picks):
                yield chunks, together, gap

    def _gap(self, spans: list[Span]) -> int:
        """Return how many bytes between two spans are worth fetching: the smallest gaps."""
        import numpy as np

        if len(spans) < 2:
            return 0
        places = np.array(sorted(spans))
        gaps = np.sort(np.maximum(places[1:, 0] - places[:-1, 1], 0))
        most = WASTE * float((places[:, 1] - places[:, 0]).sum())
        last = int(np.searchsorted(np.cumsum(gaps), most, "right"))
        return min(self._source.gap, int(gaps[last - 1]) if last else 0)

    def _fetched(
        self, chunks: Chunks, numbers: list[int], gap: int, picks: Picks
    ) -> list[NDArray[Any]]:
        if chunks.read is not None:
            read = chunks.read(numbers)
            self._tell(int(chunks.sizes[numbers].sum()))
            return [picks.of(number, values) for number, values in read]
        if (chunks.starts[numbers] == UNSOUGHT).any():
            raise LookupError("chunks are read that were not looked for")
        unpack = decoder(chunks)
        spans = {n: _span(chunks, n) for n in numbers if chunks.starts[n] != ABSENT}
        held = self._bodies(spans, gap)
        self._tell(sum(map(len, held.values())))
        taken = []
        for number in numbers:
            if number in held:
                body = held.pop(number)
                values = unpack(body, int(chunks.skipped[number]), picks.upto(number))
            else:
                values = absent(chunks)
            taken.append(picks.of(number, values))
        return taken

    def _bodies(self, spans: dict[int, Span], gap: int) -> dict[int, memoryview]:
        """Return the bytes of some chunks, which may lie in the file in any order."""
        held: dict[int, memoryview] = {}
        placed = sorted((span, number) for number, span in spans.items())
        numbers = dict(placed)
        for together in grouped((span for span, _ in placed), gap, self.room.long):
            first, last = together[0][0], max(stop for _, stop in together)
            body = memoryview(self._body(first, last))
            for start, stop in together:
                held[numbers[start, stop]] = body[start - first : stop - first]
        return held

    def _body(self, first: int, last: int) -> bytes:
        if self._before is None:
            return self._source.exactly(first, last)
        body = self._before.get(first, last)
        if body is None:
            body = self._source.exactly(first, last)
            if len(body) >= WORTH_KEEPING:
                self._before.put(first, body)
        return body


class Stream:
    """An array of one axis, of which ranges are taken one after the other.

    Parameters
    ----------
    reader
        Fetches its chunks.
    first
        The array, with its first chunks.
    parts
        All of its chunks of which something is taken.
    ranges
        All that is taken.
    """

    def __init__(
        self, reader: Reader, first: Chunks, parts: Iterable[Part], ranges: Ranges
    ) -> None:
        self._dtype = first.dtype
        self._held: list[NDArray[Any]] = []
        if first.whole is not None:
            self._coming = iter([first.whole[ranges.places()]])
        else:
            picks = RangePicks(ranges, first.chunk[0], len(first.starts))
            self._coming = reader.chunks(parts, picks)

    def take(self, count: int) -> NDArray[Any]:
        """Return so many of the values that were not taken yet."""
        import numpy as np

        parts, missing = self._held, count - sum(map(len, self._held))
        while missing > 0:
            parts.append(next(self._coming))
            missing -= len(parts[-1])
        self._held = []
        if missing:
            last = parts.pop()
            parts.append(last[:missing])
            self._held = [last[missing:]]
        return np.concatenate(parts) if parts else np.empty(0, self._dtype)


class _Bound(NamedTuple):
    """Of what is fetched together: bytes between two chunks, from first to last, and taken."""

    gap: int
    longest: int
    taken: int


def _together(
    chunks: Chunks, wanted: Iterable[int], bound: _Bound, picks: Picks
) -> Iterator[list[int]]:
    """Yield the numbers of chunks that are fetched by one request, or a few."""
    together: list[int] = []
    first = last = taken = 0
    for number in wanted:
        start, stop = _span(chunks, number)
        size = picks.count(number) * chunks.dtype.itemsize
        apart = start - last > bound.gap or stop - first > bound.longest or start < first
        if together and (apart or taken + size > bound.taken):
            yield together
            together = []
        if not together:
            first, taken = start, 0
        together.append(number)
        last = stop
        taken += size
    if together:
        yield together


def _span(chunks: Chunks, number: int) -> Span:
    start = int(chunks.starts[number])
    return start, start + int(chunks.sizes[number])
