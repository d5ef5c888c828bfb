"""Pages by number, from a service that knows only the next one.

Azul's next page is an address that says after which hit to go on. These addresses are
remembered, so that whoever goes on where they were costs one request.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.sources.hca import refs
from jupyterlab_datahub.sources.hca.api import MOST_HITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterlab_datahub.sources.hca.api import AzulApi
    from jupyterlab_datahub.sources.hca.records import Page, Record
    from jupyterlab_datahub.sources.hca.refs import Filters

MOST_KEPT = 64
"""Searches whose addresses are remembered."""

MOST_PAGES = 30
"""Pages that are asked for to reach one far away."""


class Wanted(NamedTuple):
    """One search, whatever page of it is wanted; ``order`` holds ``sort`` and ``order``."""

    entity: str
    catalog: str
    filters: Filters
    order: Mapping[str, str]

    @property
    def key(self) -> str:
        """A text that is the same for the same search only."""
        order = ",".join(f"{k}={v}" for k, v in sorted(self.order.items()))
        return f"{self.entity}\n{self.catalog}\n{refs.written(self.filters)}\n{order}"


class Found(NamedTuple):
    """Some hits of a search, and what the last page that was read says of all of them."""

    hits: list[Record]
    total: int
    facets: dict[str, Record]


class Pages:
    """Reads pages of searches; may be used from several threads."""

    def __init__(self, api: AzulApi) -> None:
        self._api = api
        self._lock = Lock()
        self._next: dict[str, dict[int, str]] = {}

    def read(self, wanted: Wanted, offset: int, limit: int) -> Found:
        """Return hits from a number on.

        Raises
        ------
        BadRequestError
            If that is so far away that the search should be narrowed instead.
        """
        hits: list[Record] = []
        position, page = self._begin(wanted, offset, limit)
        for _ in range(MOST_PAGES):
            first = max(offset - position, 0)
            hits += page.hits[first : first + limit - len(hits)]
            position += len(page.hits)
            address = page.pagination.next
            if address:
                self._remember(wanted, position, address)
            if len(hits) >= limit or not address or not page.hits:
                return Found(hits, page.pagination.total, page.facets)
            page = self._api.next_page(address, wanted.filters)
        raise BadRequestError(
            f"hit {offset + 1:,} is too far down a list that can only be read from its beginning",
            hint="Choose more facets, so that fewer remain.",
        )

    def all(self, wanted: Wanted) -> Iterator[Page]:
        """Yield all pages of a search, the largest that there are."""
        page = self._api.page(
            wanted.entity, wanted.catalog, wanted.filters, MOST_HITS[wanted.entity], wanted.order
        )
        while True:
            yield page
            if not page.pagination.next or not page.hits:
                return
            page = self._api.next_page(page.pagination.next, wanted.filters)

    def _begin(self, wanted: Wanted, offset: int, limit: int) -> tuple[int, Page]:
        """Return the nearest page before an offset, and the number of its first hit."""
        with self._lock:
            known = self._next.get(wanted.key, {})
            nearest = max((at for at in known if at <= offset), default=0)
            address = known.get(nearest, "")
        if address:
            return nearest, self._api.next_page(address, wanted.filters)
        most = MOST_HITS[wanted.entity]
        size = most if offset else max(1, min(limit, most))
        return 0, self._api.page(wanted.entity, wanted.catalog, wanted.filters, size, wanted.order)

    def _remember(self, wanted: Wanted, position: int, address: str) -> None:
        with self._lock:
            known = self._next.pop(wanted.key, {})
            known[position] = address
            self._next[wanted.key] = known
            while len(self._next) > MOST_KEPT:
                del self._next[next(iter(self._next))]
