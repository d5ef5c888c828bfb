"""What a run tells whoever waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.model import Asset
from jupyterlab_datahub.settings import Settings
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.transfers.disk.owner import Watch, this_process
from jupyterlab_datahub.transfers.library.library import Library
from jupyterlab_datahub.transfers.network.hosts import Hosts
from jupyterlab_datahub.transfers.queue.claims import Claims
from jupyterlab_datahub.transfers.schema import Job, Origin
from jupyterlab_datahub.transfers.tools import Tools
from jupyterlab_datahub.transfers.underway import Underway

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 60


class Brief(Underway):
    """A run that has little to do, and may fail at it."""

    error: Exception | None = None
    left = 0

    def beat(self) -> None:
        """Show nothing."""

    def _done(self) -> int:
        return 0

    def _work(self) -> None:
        if self.error:
            raise self.error

    def _let_go(self) -> None:
        """Keep nothing."""


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    settings = Settings(home=str(tmp_path / "home"), root=str(tmp_path))
    owner = this_process()
    return Tools(
        settings=settings,
        registry=Registry(settings),
        claims=Claims(tmp_path / "home", owner),
        library=Library(tmp_path / "home", None, 0),
        hosts=Hosts(1, 0),
        owner=owner,
        watch=Watch(),
        promised=lambda _: 0,
    )


@pytest.mark.parametrize("error", [None, OSError("the disk is gone"), ValueError("a surprise")])
def test_it_is_over_when_it_says_so(tools: Tools, error: Exception | None) -> None:
    """A group looks for the files that are over once it is told, and then waits for the next."""
    seen: list[bool] = []
    asset = Asset(ref="shop:lung.h5ad", name="lung.h5ad")
    job = Job(
        id="j",
        key="k",
        name=asset.name,
        source="shop",
        asset=asset,
        origin=Origin(dataset=asset.ref),
        directories=(),
    )
    run = Brief(job, tools, lambda: seen.append(run.ended()))
    run.error = error
    run.start()
    assert run.ended(SECONDS)
    run._thread.join(SECONDS)
    assert seen == [True]
    assert (run.failure is None) is (error is None)
