"""The files of a selection, one by one, each with a path of its own in the group."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.sources.hca.files import asset_of
from jupyterlab_datahub.sources.hca.paging import Wanted
from jupyterlab_datahub.sources.hca.projects import access_of
from jupyterlab_datahub.sources.hca.records import first, objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.model import Asset
    from jupyterlab_datahub.sources.hca.paging import Pages
    from jupyterlab_datahub.sources.hca.refs import Filters

BY_NAME = {"sort": "fileName", "order": "asc"}
"""By name, as then files of one name come one after the other; ties go by id."""


def members(pages: Pages, catalog: str, filters: Filters) -> Iterator[Asset]:
    """Yield the files that fit, always in the same order.

    Files of one name lie in folders named by their ids, whichever of them is fetched. Names that
    differ by case alone count as one: not every file system tells them apart.
    """
    seen: set[int] = set()
    for _, same in groupby(_files(pages, catalog, filters), key=lambda one: one[0].name):
        run = list(same)
        folded = hash(run[0][0].name.casefold())
        nested = len(run) > 1 or folded in seen
        seen.add(folded)
        for asset, id_ in run:
            path = f"{id_}/{asset.name}" if nested else asset.name
            yield msgspec.structs.replace(asset, path=path)


def _files(pages: Pages, catalog: str, filters: Filters) -> Iterator[tuple[Asset, str]]:
    for page in pages.all(Wanted("files", catalog, filters, BY_NAME)):
        for hit in page.hits:
            managed = bool(access_of(hit)[1])
            for record in objects(hit, "files"):
                asset = asset_of(record, catalog, managed=managed)
                if asset is not None:
                    yield asset, first(record, "uuid")
