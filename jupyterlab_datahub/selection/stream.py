"""Chunks of an array in their order, fetched and unpacked ahead of whoever takes them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.previews.chunks import ABSENT, UNSOUGHT, Declared
from jupyterlab_datahub.ranged.file import RangedFile, grouped
from jupyterlab_datahub.selection.decode import absent, decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.chunks import Chunks
    from jupyterlab_datahub.ranged.bytefile import ByteFile, Span
    from jupyterlab_datahub.ranged.kept import Fetched

AT_ONCE = 12
"""Requests under way."""

AHEAD = 6
"""Requests that one array is ahead of whoever takes its chunks."""

LONGEST = 2 << 20
"""Bytes of a request, unless one chunk is longer."""

UNPACKED = 6 << 20
"""Bytes of the chunks of a request, once they are unpacked."""

WASTE = 0.4
"""Share of the bytes of the chunks that may be fetched beside them, in the gaps between them."""


WORTH_KEEPING = 16 << 10
"""Bytes of a request that is not to be made again."""


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
    """

    def __init__(
        self, source: ByteFile, tell: Callable[[int], object], fetched: Fetched | None = None
    ) -> None:
        self._before = fetched
        self._source = source
        self._tell = tell
        self._pool = ThreadPoolExecutor(
            AT_ONCE if isinstance(source, RangedFile | Declared) else 2, "datahub-chunks"
        )

    def close(self) -> None:
        """Fetch no more."""
        self._pool.shutdown(cancel_futures=True)

    def chunks(self, chunks: Chunks, wanted: Iterable[int]) -> Iterator[tuple[int, NDArray[Any]]]:
        """Yield some chunks of an array by their ascending numbers.

        Raises
        ------
        UnreadableError, ChangedError, CatalogError
        """
        waiting: deque[Future[list[tuple[int, NDArray[Any]]]]] = deque()
        numbers = list(wanted)
        gap = self._gap([_span(chunks, number) for number in numbers])
        try:
            for together in _together(chunks, numbers, gap):
                waiting.append(self._pool.submit(self._fetched, chunks, together, gap))
                if len(waiting) > AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

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
        self, chunks: Chunks, numbers: list[int], gap: int
    ) -> list[tuple[int, NDArray[Any]]]:
        if chunks.read is not None:
            values = chunks.read(numbers)
            self._tell(int(chunks.sizes[numbers].sum()))
            return values
        if any(chunks.starts[n] == UNSOUGHT for n in numbers):
            raise LookupError("chunks are read that were not looked for")
        unpack = decoder(chunks)
        spans = {n: _span(chunks, n) for n in numbers if chunks.starts[n] != ABSENT}
        held = self._bodies(spans, gap)
        self._tell(sum(map(len, held.values())))
        return [
            (n, unpack(held[n], int(chunks.skipped[n])) if n in held else absent(chunks))
            for n in numbers
        ]

    def _bodies(self, spans: dict[int, Span], gap: int) -> dict[int, bytes]:
        """Return the bytes of some chunks, which may lie in the file in any order."""
        held: dict[int, bytes] = {}
        placed = sorted((span, number) for number, span in spans.items())
        numbers = dict(placed)
        for together in grouped((span for span, _ in placed), gap, LONGEST):
            first, last = together[0][0], max(stop for _, stop in together)
            body = self._body(first, last)
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
    """An array of one axis of which ascending places are taken, each once.

    Parameters
    ----------
    reader
        Fetches its chunks.
    chunks
        The array.
    wanted
        The ascending numbers of the chunks that the places are in.
    """

    def __init__(self, reader: Reader, chunks: Chunks, wanted: Iterable[int]) -> None:
        self._chunks = chunks
        self._coming = reader.chunks(chunks, wanted)
        self._number = -1
        self._held: NDArray[Any] | None = None

    def at(self, places: NDArray[Any]) -> NDArray[Any]:
        """Return the values at ascending places, none of them before those taken earlier."""
        import numpy as np

        step = self._chunks.chunk[0]
        if self._chunks.whole is not None:
            taken: NDArray[Any] = self._chunks.whole[places]
            return taken
        found = np.empty(len(places), self._chunks.dtype)
        numbers = places // step
        ends = np.flatnonzero(np.diff(numbers)) + 1
        for start, stop in zip([0, *ends], [*ends, len(places)], strict=True):
            if start == stop:
                continue
            number = int(numbers[start])
            while self._number != number or self._held is None:
                self._number, self._held = next(self._coming)
            found[start:stop] = self._held[places[start:stop] - number * step]
        return found


def _together(chunks: Chunks, wanted: Iterable[int], gap: int) -> Iterator[list[int]]:
    """Yield the numbers of chunks that are fetched by one request, or a few."""
    together: list[int] = []
    first = last = 0
    for number in wanted:
        start, stop = _span(chunks, number)
        apart = start - last > gap or stop - first > LONGEST or start < first
        much = (len(together) + 1) * chunks.decoded > UNPACKED
        if together and (apart or much):
            yield together
            together = []
        if not together:
            first = start
        together.append(number)
        last = stop
    if together:
        yield together


def _span(chunks: Chunks, number: int) -> Span:
    start = int(chunks.starts[number])
    return start, start + int(chunks.sizes[number])
