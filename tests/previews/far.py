"""A file that behaves as one on a host does: what was not asked for is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.ranged.bytefile import LocalFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyterlab_datahub.ranged.bytefile import Span

BLOCK = 4096


class FarFile(LocalFile):
    """A file of this machine of which blocks count as here once they were read.

    Attributes
    ----------
    trips
        How often a host would have been waited for.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.trips = 0
        self._near: set[int] = set()

    @property
    def fetched(self) -> int:
        """Bytes that would have come over a network."""
        return min(len(self._near) * BLOCK, self.size - 1)

    @property
    def requests(self) -> int:
        """In how many requests, if one a trip were enough."""
        return max(self.trips, 1)

    def bytes_at(self, start: int, stop: int) -> bytes:
        """Return the bytes of a span."""
        self.ensure([(start, stop)])
        return super().bytes_at(start, stop)

    def has(self, start: int, stop: int) -> bool:
        """Return whether a span is here."""
        return self._blocks([(start, stop)]) <= self._near

    def ensure(self, spans: Iterable[Span]) -> None:
        """Have spans here."""
        wanted = self._blocks(spans)
        self.trips += not wanted <= self._near
        self._near |= wanted

    def _blocks(self, spans: Iterable[Span]) -> set[int]:
        within = [(start, min(stop, self.size)) for start, stop in spans if start >= 0]
        return {n for start, stop in within for n in range(start // BLOCK, -(-stop // BLOCK))}
