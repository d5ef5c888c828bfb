"""A catalog with a few real shapes in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.catalog.catalog import Catalog
from tests.catalog.records import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Catalog]:
    """Return a catalog that nothing was written to."""
    catalog = Catalog(tmp_path / "home")
    yield catalog
    catalog.close()


@pytest.fixture
def catalog(empty: Catalog) -> Catalog:
    """Return a catalog with five datasets of one Source."""
    empty.replace("cellxgene", EVERYTHING)
    return empty
