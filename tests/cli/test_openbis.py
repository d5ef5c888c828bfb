"""The demo's openBIS in a terminal: searched live, and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.openbis.contents import CELLS, MONOCYTES, NAMES
from jupyterlab_datahub.model import DatasetPage, SearchResult, Secret
from jupyterlab_datahub.model.decoding import from_values
from jupyterlab_datahub.settings.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.cli.conftest import Ran

    Run = Callable[..., Ran]


@pytest.fixture
def connected(place: Path, hub: DemoHub, datahub_home: Path) -> None:
    """Keep a session of the scientist, as connecting does."""
    service = hub.services["openbis"]
    token = hub.openbis.store.sessions.login(service["user"], service["password"])
    assert token
    Vault(datahub_home).put("openbis", Secret(token=token))


@pytest.mark.usefixtures("connected")
def test_a_store_is_searched_itself(run: Run) -> None:
    ran = run("search", "pbmc", "--source", "openbis", "--facet", "type=processed_data", "--json")
    assert ran.code == 0, ran.err
    result = from_values(ran.document, SearchResult)
    assert {hit.id for hit in result.hits} >= {CELLS, MONOCYTES}
    assert "Fetching" not in ran.err
    words = run("search", "monocytes", "--source", "openbis")
    assert "CD14+ monocytes of PBMC 68k" in words.out
    assert "1 dataset" in words.out


@pytest.mark.usefixtures("connected")
def test_a_store_is_searched_beside_catalogs(run: Run) -> None:
    names = ("--source", "openbis", "--source", "cellxgene")
    ran = run("search", "monocytes", *names, "--limit", "100", "--json")
    assert ran.code == 0, ran.err
    result = from_values(ran.document, SearchResult)
    assert {hit.source for hit in result.hits} == {"openbis", "cellxgene"}
    assert result.total == len(result.hits)
    assert [status.name for status in result.sources] == ["openbis", "cellxgene"]


def test_a_store_that_does_not_let_us_in_says_so(run: Run) -> None:
    ran = run("search", "x", "--source", "openbis")
    assert ran.code == 1
    assert "not connected" in ran.err
    assert "Connect first." in ran.err
    both = run("search", "x", "--source", "openbis", "--source", "folder", "--no-refresh")
    assert both.code == 1
    assert "not connected" in both.err


@pytest.mark.usefixtures("connected")
def test_a_dataset_is_shown_with_what_hangs_together(run: Run, hub: DemoHub) -> None:
    ref = f"openbis:{hub.openbis.host}/{MONOCYTES}"
    ran = run("show", ref)
    assert ran.code == 0, ran.err
    for line in (
        "  status: available",
        "Properties",
        "  Organism: Homo sapiens",
        "Made from",
        f"  PBMC 68k, reduced · PROCESSED_DATA · openbis:{hub.openbis.host}/{CELLS}",
        "  belongs to: PBMC, healthy donors · DEFAULT_EXPERIMENT",
    ):
        assert line in ran.out
    page = from_values(run("show", ref, "--json").document, DatasetPage)
    assert page.dataset.ref == ref
    names = run("show", f"openbis:{hub.openbis.host}/{NAMES}")
    assert "original/default/deep/er/notes.md" in names.out
    gone = run("show", f"openbis:{hub.openbis.host}/20000101000000000-1")
    assert gone.code == 1
    assert hub.openbis.host in gone.err
