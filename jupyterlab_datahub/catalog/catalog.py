"""The catalog of all harvested Sources: one search over everything.

Datasets are kept in ``<home>/catalog.sqlite`` with a full-text index; facets and numbers are
numpy columns in memory, loaded when first needed and again when another process has written.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyterlab_datahub.catalog.database import in_words
from jupyterlab_datahub.catalog.entry import dataset_of, identifier_hash
from jupyterlab_datahub.catalog.query import check_query
from jupyterlab_datahub.catalog.schema import catalog_database
from jupyterlab_datahub.catalog.state import RefreshStates
from jupyterlab_datahub.model import CatalogState, SourceStatus
from jupyterlab_datahub.settings import NEVER

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jupyterlab_datahub.catalog.replace import ChangeCounts
    from jupyterlab_datahub.catalog.search import SearchIndex
    from jupyterlab_datahub.catalog.state import RefreshState
    from jupyterlab_datahub.model import Dataset, ErrorBody, SearchQuery, SearchResult
    from jupyterlab_datahub.settings import SourceConfig

_FAILED = (CatalogState.OFFLINE, CatalogState.STALE, CatalogState.ERROR)


class Catalog:
    """All datasets of the harvested Sources, searchable; threads and processes share it.

    Making one is cheap: the file is opened, and numpy loaded, by the first call that needs
    them. Calls block and belong in threads.

    Parameters
    ----------
    home
        Directory of ``catalog.sqlite``. A file that is broken, or of another version, is
        replaced by an empty one.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._database = catalog_database(home)
        self._states = RefreshStates(home)
        self._index: SearchIndex | None = None
        self._loading = threading.Lock()

    def close(self) -> None:
        """Close idle connections; the next call opens new ones."""
        self._database.close()
        self._states.close()

    def search(
        self, query: SearchQuery, statuses: Sequence[SourceStatus] | None = None
    ) -> SearchResult:
        """Return a page of hits with the counts of all facets.

        Values of one facet are alternatives, facets are conditions; the counts of a facet
        ignore what is chosen in it.

        Parameters
        ----------
        query
            What is asked.
        statuses
            The Sources to search, as :meth:`statuses` gives them; they are in the result with
            the number of hits each would have. None searches all.

        Raises
        ------
        BadRequestError
            If the query makes no sense.
        SettingsError, DataHubError
            If the file cannot be used.
        """
        check_query(query)

        def read(connection: sqlite3.Connection) -> SearchResult:
            from jupyterlab_datahub.catalog.search import Search

            # Without a harvest of its own, a Source has at most the datasets of a namesake.
            names = None if statuses is None else {s.name for s in statuses if s.harvested}
            search = Search(self._index_for(connection), connection, query, names)
            matches = search.matches_by_source()
            return msgspec.structs.replace(
                search.result(),
                sources=tuple(
                    msgspec.structs.replace(status, matches=matches.get(status.name, 0))
                    for status in statuses or ()
                ),
            )

        return self._database.read(read)

    def dataset(self, ref: str) -> Dataset | None:
        """Return the dataset that a ref (its own or of one of its assets) names, None if none."""

        def read(connection: sqlite3.Connection) -> Dataset | None:
            records = connection.execute(
                "SELECT record FROM identifier JOIN dataset USING (id) WHERE hash = ? ORDER BY id",
                (identifier_hash(ref),),
            )
            datasets = (dataset_of(record) for (record,) in records)
            return next(
                (found for found in datasets if ref in (found.ref, *(a.ref for a in found.assets))),
                None,
            )

        return self._database.read(read)

    def statuses(
        self, configs: Sequence[SourceConfig], refresh_after: float = NEVER
    ) -> tuple[SourceStatus, ...]:
        """Return each Source with the state of its part of the catalog.

        Parameters
        ----------
        configs
            The Sources, in the order wanted.
        refresh_after
            Age in seconds from which a part counts as stale.
        """
        parts = self._parts()
        states = self._states.all()
        return tuple(
            _status(config, _own(config, parts), states.get(config.name), refresh_after)
            for config in configs
        )

    def belongs_to_another(self, config: SourceConfig) -> bool:
        """Return whether a Source's part was fetched with another configuration of that name."""
        parts = self._parts()
        return config.name in parts and _own(config, parts) is None

    def replace(self, source: str, datasets: Iterable[Dataset], origin: str = "") -> ChangeCounts:
        """Make `datasets` the part of the catalog that belongs to `source`.

        Only what changed is written and what vanished is removed, in one transaction: until
        its end every reader sees the former part, and an exception out of `datasets` or a
        crash leaves it. Memory does not grow with the number of datasets. `origin` is the
        :attr:`SourceConfig.origin` they were fetched with; without it they are anybody's.

        Raises
        ------
        NoSpaceError, SettingsError, DataHubError
            If the file cannot be written.
        """
        from jupyterlab_datahub.catalog.replace import replace_part

        self._database.heal()
        with in_words(self._database.path), self._database.connection() as connection:
            return replace_part(connection, source, datasets, origin)

    def set_status(
        self,
        source: str,
        state: CatalogState,
        error: ErrorBody | None = None,
        progress: str = "",
    ) -> None:
        """Write how the refresh of a Source stands or ended."""
        self._states.set(source, state, error, progress)

    def _parts(self) -> dict[str, _PartRow]:
        """Return what is known of each part."""

        def read(connection: sqlite3.Connection) -> dict[str, _PartRow]:
            rows = connection.execute("SELECT source, datasets, harvested, origin FROM part")
            return {source: _PartRow(*row) for source, *row in rows}

        return self._database.read(read)

    def _index_for(self, connection: sqlite3.Connection) -> SearchIndex:
        """Return the index of the generation that `connection` sees, loading it if need be."""
        from jupyterlab_datahub.catalog.columns import generation_of
        from jupyterlab_datahub.catalog.search import SearchIndex

        generation = generation_of(connection)
        index = self._index
        if index is not None and index.generation == generation:
            return index
        with self._loading:
            index = self._index
            if index is not None and index.generation == generation:
                return index
            self._index = SearchIndex(connection)
            return self._index


def age(harvested: str) -> float:
    """Return the seconds since a time of harvest."""
    return (datetime.now(UTC) - datetime.fromisoformat(harvested)).total_seconds()


class _PartRow(NamedTuple):
    datasets: int
    harvested: str
    origin: str


def _own(config: SourceConfig, parts: dict[str, _PartRow]) -> _PartRow | None:
    part = parts.get(config.name)
    return part if part is not None and part.origin in ("", config.origin) else None


def _status(
    config: SourceConfig,
    part: _PartRow | None,
    refresh: RefreshState | None,
    refresh_after: float,
) -> SourceStatus:
    datasets, harvested, _ = part or _PartRow(0, "", "")
    state = CatalogState.READY if part else CatalogState.EMPTY
    if part and age(harvested) > refresh_after:
        state = CatalogState.STALE
    error, progress = None, ""
    if refresh is not None and refresh.running:
        state, progress = CatalogState.REFRESHING, refresh.progress
    elif refresh is not None and refresh.state in _FAILED:
        state, error = refresh.state, refresh.error
    return SourceStatus(
        name=config.name,
        title=config.title or config.name,
        kind=config.kind,
        url=config.url,
        state=state,
        datasets=datasets,
        harvested=harvested,
        progress=progress,
        error=error,
    )
