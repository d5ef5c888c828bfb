"""A commons through what every Source must do: its files, and its studies."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from jupyterlab_datahub.model import Access, Dataset, SearchQuery
from tests.sources.conformance import MOST_FETCHED, SourceConformance

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.gen3.source import Gen3Source
    from tests.sources.gen3.conftest import At


class TestFiles(SourceConformance):
    """Of one project, as somebody who may read it."""

    unknown: ClassVar[str] = ""

    @pytest.fixture
    def source(self, commons: Gen3Source) -> Gen3Source:
        # The port of the commons is another in each test.
        type(self).unknown = f"gen3:{commons.session.host}/dg.DEMO/00000000"
        return commons

    @pytest.fixture
    def unreachable(self, at: At) -> Gen3Source:
        return at("http://127.0.0.1:9", "down")

    @pytest.fixture
    def datasets(self, source: Gen3Source) -> list[Dataset]:
        query = SearchQuery(entity="files", facets={"format": ("h5ad", "csv")}, limit=MOST_FETCHED)
        return [source.dataset(hit.ref) for hit in source.search(query).hits]


class TestOpenObjects(TestFiles):
    """Of the whole commons, as nobody in particular."""

    @pytest.fixture
    def source(self, anybody: Gen3Source) -> Gen3Source:
        type(self).unknown = f"gen3:{anybody.session.host}/dg.DEMO/00000000"
        return anybody

    @pytest.fixture
    def datasets(self, source: Gen3Source) -> list[Dataset]:
        hits = source.search(SearchQuery(entity="objects", limit=500)).hits
        open_ones = [hit for hit in hits if hit.access is Access.OPEN and (hit.size or 0) < 100_000]
        closed = [hit for hit in hits if hit.access is not Access.OPEN]
        return [source.dataset(hit.ref) for hit in (*open_ones[:6], *closed[:2])]
