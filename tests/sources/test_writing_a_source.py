"""The example of docs/writing-a-source.md, taken from the page and put through its paces."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.errors import BadAnswerError
from jupyterlab_datahub.settings import SourceConfig
from tests.sources.conformance import SourceConformance
from tests.sources.conftest import QUICK
from tests.sources.scripted import Reply, ScriptedHost, html, json_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from jupyterlab_datahub.sources.source import Source

PAGE = Path(__file__).parents[2] / "docs" / "writing-a-source.md"


def blocks(language: str) -> list[str]:
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return fence.findall(PAGE.read_text("utf-8"))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Return the page's module, imported from a file of its own."""
    path = tmp_path_factory.mktemp("example") / "lab_list.py"
    path.write_text(blocks("python")[0], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("lab_list", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lab_list"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["lab_list"]


class TestExample(SourceConformance):
    """The page's Source, on a web server with the page's list."""

    unknown = "lab-list:our-lab/never-listed@1"

    @pytest.fixture
    def source(self, example: ModuleType, host: ScriptedHost, tmp_path: Path) -> Source:
        (entry,) = json.loads(blocks("json")[0])
        content = b"\x89HDF" * 500
        entry |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        host.say("/index.json", json_of([entry, {**entry, "version": "1", "organism": []}]))
        host.say(f"/{entry['file']}", Reply(content))
        return self._made(example, host.url, tmp_path)

    @pytest.fixture
    def unreachable(self, example: ModuleType, tmp_path: Path) -> Source:
        return self._made(example, "http://127.0.0.1:9", tmp_path)

    def _made(self, example: ModuleType, url: str, tmp_path: Path) -> Source:
        config = SourceConfig(name="our-lab", kind="lab-list", url=url, options=QUICK)
        made: Source = example.LabListSource(config, tmp_path / "cache", tmp_path)
        return made

    def test_trouble_is_told_in_words(self, source: Source, host: ScriptedHost) -> None:
        host.say("/index.json", html())
        with pytest.raises(BadAnswerError, match="our-lab answered with a web page"):
            list(source.harvest())


SAID = (
    "anonymous",
    "browsable",
    "can_save",
    "connectable",
    "has_graphql",
    "harvestable",
    "local",
    "reads_manifests",
)
"""What a class says of itself."""


def test_the_page_names_what_there_is(example: ModuleType) -> None:
    from jupyterlab_datahub.sources import source as protocol

    page = PAGE.read_text("utf-8")
    table: Any = re.findall(r"^\| `(\w+)\(", page, re.MULTILINE)
    assert set(table) == {
        name for name in vars(protocol.Source) if not name.startswith("_") and name != "kind"
    } - {*SAID, "methods", "name", "title", "example"}
    assert set(SAID) <= set(re.findall(r"`(\w+) = True`", page))
    assert example.LabListSource.kind in blocks("toml")[0]
    assert f"kind: {example.LabListSource.kind}" in blocks("yaml")[0]
    for path in re.findall(r"`(tests/\S+\.py)`", page):
        assert (PAGE.parents[1] / path).is_file()
