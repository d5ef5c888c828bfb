"""A service that says what a test tells it to, and the Source that asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.hca import HcaSource
from tests.sources.hca import bodies
from tests.sources.scripted import ScriptedHost, json_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

QUICK = {"attempts": 2, "backoff": 0, "longest_wait": 1}


@pytest.fixture
def azul() -> Iterator[ScriptedHost]:
    """Return a service with one catalog and one project."""
    with ScriptedHost() as host:
        host.say("/index/catalogs", json_of(bodies.catalogs()))
        host.say(bodies.index("projects"), json_of(bodies.page(bodies.project())))
        host.say(bodies.summary(), json_of(bodies.SUMMARY))
        host.say(f"/index/projects/{bodies.PROJECT}?catalog=dcp60", json_of(bodies.project()))
        yield host


@pytest.fixture
def make(azul: ScriptedHost, tmp_path: Path) -> Callable[..., HcaSource]:
    """Return what makes a Source of that service, with options."""

    def made(**options: Any) -> HcaSource:
        config = SourceConfig(
            name="hca",
            kind="hca",
            title="Human Cell Atlas",
            url=azul.url,
            options={**QUICK, **options},
        )
        return HcaSource(config, tmp_path / "cache", tmp_path)

    return made


@pytest.fixture
def source(make: Callable[..., HcaSource]) -> HcaSource:
    """Return a Source of that service."""
    return make()
