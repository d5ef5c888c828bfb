"""The catalog of all harvested Sources: one search over everything.

Datasets are kept in ``<home>/catalog.sqlite`` with a full-text index; facets and numbers are
numpy columns in memory, loaded when first needed and again when another process has written.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import msgspec

from jupyterlab_datahub.catalog.database import in_words
from jupyterlab_datahub.catalog.entry import dataset_of, identifier_forms, identifier_hash
from jupyterlab_datahub.catalog.parts import Naming, part_key, read_parts
from jupyterlab_datahub.catalog.query import check_query
from jupyterlab_datahub.catalog.schema import catalog_database
from jupyterlab_datahub.catalog.state import RefreshStates
from jupyterlab_datahub.model import CatalogState, SourceStatus
from jupyterlab_datahub.settings import NEVER

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from jupyterlab_datahub.catalog.parts import Part
    from jupyterlab_datahub.catalog.replace import ChangeCounts
    from jupyterlab_datahub.catalog.search import SearchIndex
    from jupyterlab_datahub.catalog.state import RefreshState
    from jupyterlab_datahub.model import Dataset, ErrorBody, SearchQuery, SearchResult
    from jupyterlab_datahub.settings import SourceConfig

T = TypeVar("T")

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
    sources
        The Sources in force. Where another server on this home means something else by one of
        their names, its datasets are not ours. Without them a name stands for all it may mean.
    """

    def __init__(self, home: Path, sources: Iterable[SourceConfig] = ()) -> None:
        self.home = home
        self._database = catalog_database(home)
        self._states = RefreshStates(home)
        self._naming = Naming(sources)
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

            names = None if statuses is None else {status.name for status in statuses}
            parts = self._naming.keys(read_parts(connection).values(), names)
            search = Search(self._index_for(connection), connection, query, parts)
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
            parts = self._naming.keys(read_parts(connection).values(), None)
            rows = connection.execute(
                "SELECT part, record FROM identifier JOIN dataset USING (id) WHERE hash = ?"
                " ORDER BY id",
                (identifier_hash(ref),),
            )
            records = (record for part, record in rows if parts is None or part in parts)
            return next(
                (
                    found
                    for found in map(dataset_of, records)
                    if ref in (found.ref, *(asset.ref for asset in found.assets))
                ),
                None,
            )

        return self._database.read(read)

    def named(self, identifier: str, most: int) -> tuple[Dataset, ...]:
        """Return the datasets that an identifier names: a DOI or a collection's, say.

        Parameters
        ----------
        identifier
            An identifier, or an address with it at its end.
        most
            How many are returned.
        """
        hashes = json.dumps(
            [identifier_hash(form) for form in identifier_forms(identifier) if form]
        )

        def read(connection: sqlite3.Connection) -> tuple[Dataset, ...]:
            parts = self._naming.keys(read_parts(connection).values(), None)
            rows = connection.execute(
                "SELECT DISTINCT dataset.id, part, record FROM identifier JOIN dataset USING (id)"
                " WHERE hash IN (SELECT value FROM json_each(?)) ORDER BY dataset.id",
                (hashes,),
            )
            records = (record for _, part, record in rows if parts is None or part in parts)
            return tuple(dataset_of(record) for record in islice(records, most))

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
        parts = self._database.read(read_parts)
        states = self._states.all()

        def own(config: SourceConfig, found: Mapping[str, T]) -> T | None:
            return found.get(part_key(config), found.get(config.name))

        return tuple(
            _status(config, own(config, parts), own(config, states), refresh_after)
            for config in configs
        )

    def replace(self, source: str, datasets: Iterable[Dataset]) -> ChangeCounts:
        """Make `datasets` the part of the catalog that belongs to `source`.

        Only what changed is written and what vanished is removed, in one transaction: until
        its end every reader sees the former part, and an exception out of `datasets` or a
        crash leaves it. Memory does not grow with the number of datasets.

        Raises
        ------
        NoSpaceError, SettingsError, DataHubError
            If the file cannot be written.
        """
        from jupyterlab_datahub.catalog.replace import replace_part

        self._database.heal()
        with in_words(self._database.path), self._database.connection() as connection:
            return replace_part(connection, source, self._naming.key(source), datasets)

    def set_status(
        self,
        source: str,
        state: CatalogState,
        error: ErrorBody | None = None,
        progress: str = "",
    ) -> None:
        """Write how the refresh of a Source stands or ended."""
        self._states.set(self._naming.key(source), state, error, progress)

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


def _status(
    config: SourceConfig,
    part: Part | None,
    refresh: RefreshState | None,
    refresh_after: float,
) -> SourceStatus:
    state = CatalogState.READY if part else CatalogState.EMPTY
    if part and age(part.harvested) > refresh_after:
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
        datasets=part.datasets if part else 0,
        harvested=part.harvested if part else "",
        progress=progress,
        error=error,
    )
