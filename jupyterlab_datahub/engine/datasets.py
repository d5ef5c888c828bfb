"""Finding datasets and saying what they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.engine.made import made_of, up_to_date
from jupyterlab_datahub.engine.patience import within
from jupyterlab_datahub.engine.together import put_together
from jupyterlab_datahub.errors import DataHubError, NotFoundError, SettingsError
from jupyterlab_datahub.model import DatasetPage, Related
from jupyterlab_datahub.notebooks.content import is_converted, layers_of
from jupyterlab_datahub.sources.bundles import split_ref
from jupyterlab_datahub.sources.registry import kind_named
from jupyterlab_datahub.transfers.queue.jobs import member_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import (
        Asset,
        Dataset,
        Hit,
        Link,
        Picture,
        SearchQuery,
        SearchResult,
        SourceStatus,
    )
    from jupyterlab_datahub.sources.source import Source

COLLECTION_LINK = "collection"
"""The kind of links to the same study as a collection of another catalog."""

MOST_RELATED = 20

VERSIONS_SECONDS = 10.0
"""How long a dataset's page waits for its history, which it can do without."""


def statuses(rooms: Rooms) -> tuple[SourceStatus, ...]:
    """Return the configured Sources with the state of their catalogs."""
    known = rooms.catalog.statuses(rooms.registry.configs, rooms.settings.refresh_after)
    return tuple(map(_by_kind, known))


def refresh(rooms: Rooms, name: str) -> SourceStatus:
    """Begin to fetch the catalog of a Source again, in a process of its own.

    Raises
    ------
    NotFoundError
    """
    return rooms.refresher.refresh(name, force=True)


def refresh_stale(rooms: Rooms) -> None:
    """Begin to fetch the catalogs again that are missing or older than the settings allow."""
    rooms.refresher.refresh_stale()


def listen(rooms: Rooms, changed: Callable[[SourceStatus], None]) -> None:
    """Have every change of a catalog's state told, in some other thread."""
    rooms.refresher.on_change = changed


def search(rooms: Rooms, query: SearchQuery) -> SearchResult:
    """Search all catalogs and mark what the library has, in this version or an older one."""
    return marked(rooms, rooms.catalog.search(query, statuses(rooms)))


def marked(rooms: Rooms, result: SearchResult) -> SearchResult:
    """Mark what the library has of what was found, in this version or an older one."""
    fetched = rooms.library.datasets()
    hits = tuple(
        _marked(rooms, hit, fetched[hit.source, hit.id]) if (hit.source, hit.id) in fetched else hit
        for hit in result.hits
    )
    return msgspec.structs.replace(result, hits=hits)


def dataset(rooms: Rooms, ref: str) -> Dataset:
    """Return the dataset a ref (of it, of one of its assets or of a member of these) names.

    Raises
    ------
    BadRequestError
        If the text is no ref.
    NotFoundError, WithdrawnError, AccessError, CatalogError
    """
    ref, _ = split_ref(ref)
    source = rooms.registry.for_ref(ref)
    # What is on this machine may have changed a moment ago, and costs nothing to look at; what
    # depends on who asks is in no index.
    indexed = rooms.catalog.dataset(ref) if source.harvestable and not source.local else None
    return put_together(indexed or source.dataset(ref))


def asset_of(found: Dataset, ref: str) -> Asset:
    """Return the asset that `ref` names, the main one where it names the dataset.

    Of a member of a file it is the h5ad that this becomes.

    Raises
    ------
    NotFoundError
        If the dataset has no such file, or none at all.
    """
    ref, member = split_ref(ref)
    asset = found.asset(ref)
    if asset is None:
        raise NotFoundError(
            f"{found.title!r} has no file with the identifier {ref[:200]!r}",
            source=found.source,
            hint="Open the dataset to see its files.",
        )
    return member_of(asset, member) if member else asset


def picture(rooms: Rooms, ref: str) -> Picture:
    """Return the thumbnail of a story, by its ref.

    Raises
    ------
    BadRequestError, NotFoundError, NotSupportedError, AccessError, CatalogError
    """
    return rooms.registry.for_ref(ref).picture(ref)


def page(rooms: Rooms, ref: str) -> DatasetPage:
    """Return a dataset with its history and what the library has of it, or a store's entity.

    A catalog that does not tell the history in time does not keep the rest back.

    Raises
    ------
    BadRequestError, NotFoundError, WithdrawnError, AccessError, CatalogError
    """
    found = dataset(rooms, ref)
    if found.entity:
        return DatasetPage(dataset=found)
    found = _with_related(rooms, found)
    shown = DatasetPage(
        dataset=found,
        in_library=tuple(asset.ref for asset in found.assets if _is_here(rooms, asset)),
        converts=tuple(asset.ref for asset in found.assets if is_converted(asset)),
        made=tuple(asset.ref for asset in found.assets if up_to_date(rooms, found, asset)),
        layers=_layers(rooms, found),
        elsewhere=_places(rooms, found),
    )
    try:
        versions = within(
            VERSIONS_SECONDS,
            lambda: rooms.registry.for_ref(found.ref, found.source).versions(found.ref),
            "the versions of this dataset",
            found.source,
        )
    except DataHubError as error:
        return msgspec.structs.replace(shown, versions_error=error.body())
    return msgspec.structs.replace(shown, versions=versions)


def elsewhere(rooms: Rooms, asset: Asset) -> Source | None:
    """Return the configured Source of another kind that has an asset's bytes, None if none has."""
    if not asset.elsewhere or asset.elsewhere == asset.ref:
        return None
    try:
        source = rooms.registry.for_ref(asset.elsewhere)
    except DataHubError:
        return None
    # What only points elsewhere itself is no place to send anybody to.
    return None if asset.ref.startswith(f"{source.kind}:") else source


def _places(rooms: Rooms, found: Dataset) -> dict[str, str]:
    """Return the titles of the Sources that have files of a dataset, by the refs of these."""
    places = {}
    for asset in found.assets:
        # A folder has no page.
        if not asset.elsewhere.endswith("/") and (source := elsewhere(rooms, asset)):
            config = rooms.registry.config(source.name)
            places[asset.ref] = (config and config.title) or source.name
    return places


def _is_here(rooms: Rooms, asset: Asset) -> bool:
    """Whether the library has a file, or what was made of it to be loaded."""
    if rooms.library.find_asset(asset.ref) is not None:
        return True
    return made_of(rooms, asset) is not None


def _layers(rooms: Rooms, found: Dataset) -> dict[str, tuple[str, ...]]:
    """Return the further matrices of the files in the library that are known to have some."""
    layers = {}
    for asset in found.assets:
        made = made_of(rooms, asset)
        if made and (names := layers_of(Path(made.path))):
            layers[asset.ref] = names
    return layers


def _with_related(rooms: Rooms, found: Dataset) -> Dataset:
    """Add what the catalogs on this machine have of the same study: of its papers, or its id."""
    kind = kind_named(found.kind, found.source)
    if kind.harvestable or kind.local:
        return found
    names = [found.doi, *found.extra.get("dois", ())]
    names += [link.url for link in found.links if link.kind == COLLECTION_LINK]
    same = {
        other.ref: other
        for name in dict.fromkeys(filter(None, names))
        for other in rooms.catalog.named(name, MOST_RELATED)
    }
    titles = {config.name: config.title for config in rooms.registry.configs}
    related = tuple(
        Related(ref=other.ref, title=other.title, type=titles.get(other.source) or other.source)
        for other in same.values()
    )
    links = tuple(_as_configured(link, same.values()) for link in found.links)
    return msgspec.structs.replace(found, related=(*found.related, *related), links=links)


def _as_configured(link: Link, others: Iterable[Dataset]) -> Link:
    """Lead to a collection where the catalog is that is configured here, not to the public one."""
    if link.kind != COLLECTION_LINK:
        return link
    id_ = link.url.rstrip("/").rpartition("/")[2]
    groups = (other.collection for other in others if other.collection)
    group = next((one for one in groups if one.id == id_ and one.url), None)
    return msgspec.structs.replace(link, url=group.url) if group else link


def _by_kind(status: SourceStatus) -> SourceStatus:
    """Say what is true of a Source because of its kind."""
    try:
        kind = kind_named(status.kind, status.name)
    except SettingsError:
        # It is not installed, which the state says.
        return status
    return msgspec.structs.replace(
        status, live=not kind.harvestable, login=kind.connectable and not kind.anonymous
    )


def _marked(rooms: Rooms, hit: Hit, fetched: frozenset[str]) -> Hit:
    """Mark a hit of whose dataset some versions were fetched."""
    here = {ref for ref in fetched if rooms.library.find(ref)}
    return msgspec.structs.replace(
        hit, in_library=hit.ref in here, newer_than_library=bool(here) and hit.ref not in here
    )
