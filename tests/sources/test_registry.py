"""Which Source a ref belongs to, and Sources that cannot be made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.errors import BadRequestError, NotFoundError, SettingsError
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources import registry as registry_module
from jupyterlab_datahub.sources.cellxgene import CellxgeneSource
from jupyterlab_datahub.sources.registry import GROUP, Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Registry]:
    def made(*entries: dict[str, Any]) -> Registry:
        sources = tuple(SourceConfig(**entry) for entry in entries)
        return Registry(Settings(home=str(tmp_path), root=str(tmp_path), sources=sources))

    return made


CELLXGENE = {"name": "public", "kind": "cellxgene", "url": "http://127.0.0.1:9"}
MIRROR = {"name": "mirror", "kind": "cellxgene", "url": "http://127.0.0.1:8"}
LAB = {"name": "lab", "kind": "folder"}
HOME = {"name": "home", "kind": "folder"}
BROKEN = {"name": "broken", "kind": "no-such-kind"}


def test_a_ref_leads_to_its_source(make: Callable[..., Registry]) -> None:
    registry = make(BROKEN, HOME, LAB, CELLXGENE, MIRROR)
    assert registry.for_ref("folder:lab/a.csv").name == "lab"
    assert registry.for_ref("cellxgene:abc").name == "public"
    assert registry.for_ref("cellxgene:abc", "mirror").name == "mirror"


def test_a_source_is_made_once_even_by_many_threads(make: Callable[..., Registry]) -> None:
    registry = make(CELLXGENE)
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(registry.__getitem__, ["public"] * 32))
    assert len(made) == 1
    assert isinstance(made.pop(), CellxgeneSource)


@pytest.mark.parametrize("text", ["", "abc", ":abc", "cellxgene:", "folder:/"])
def test_what_is_no_ref(make: Callable[..., Registry], text: str) -> None:
    with pytest.raises(BadRequestError, match="is not a dataset identifier") as caught:
        make(CELLXGENE).for_ref(text)
    assert caught.value.hint


@pytest.mark.parametrize("ref", ["hca:dcp1/x", "folder:other/a.csv"])
def test_a_ref_that_no_source_has(make: Callable[..., Registry], ref: str) -> None:
    with pytest.raises(NotFoundError, match="no configured source has identifiers like"):
        make(CELLXGENE, LAB, BROKEN).for_ref(ref)
    with pytest.raises(NotFoundError, match="no source is named 'gone'"):
        make(LAB).for_ref("folder:lab/a.csv", "gone")


def test_a_kind_that_is_not_installed(make: Callable[..., Registry]) -> None:
    with pytest.raises(SettingsError, match="'no-such-kind', which is not installed") as caught:
        make(BROKEN)["broken"]
    assert "cellxgene, folder" in caught.value.hint


def test_a_package_that_cannot_be_imported(
    make: Callable[..., Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint(name="lab-list", value="no_such_module:Source", group=GROUP)
    monkeypatch.setattr(registry_module, "entry_points", lambda group: [point])
    with pytest.raises(SettingsError, match="cannot be loaded: No module named"):
        make({"name": "ours", "kind": "lab-list"})["ours"]
