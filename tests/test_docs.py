"""What the guides say of settings, commands, routes and each other is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from jupyterlab_datahub.cli.command import COMMANDS
from jupyterlab_datahub.server.routes import ROUTES
from jupyterlab_datahub.settings.traits import DataHub

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def first_cells(text: str) -> set[str]:
    """Return what stands as code in the first column of tables."""
    cells = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    return {code for cell in cells for code in re.findall(r"`([^`]+)`", cell)}


def anchors(guide: Path) -> set[str]:
    """Return what headings can be linked to as, as GitHub makes it of them."""
    prose = re.sub(r"^```.*?^```", "", guide.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    heads = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_all_settings_are_told() -> None:
    of_page = set(json.loads(text_of("schema/plugin.json"))["properties"])
    told = first_cells(text_of("docs/configuration.md"))
    assert (set(DataHub.class_own_traits(config=True)) | of_page) - told == set()


def test_all_commands_are_told() -> None:
    commands = {module.__name__.rpartition(".")[2].replace("_", "-") for module in COMMANDS}
    told = {words.split()[0] for words in first_cells(text_of("docs/cli.md"))}
    assert commands - told == set()


def test_all_routes_are_told() -> None:
    told = {words for words in first_cells(text_of("docs/rest.md")) if words[0].isupper()}
    assert told == {f"{one.method} {route.path}" for route in ROUTES for one in route.operations}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_links_lead_somewhere(guide: Path) -> None:
    links = re.findall(r"\]\((?!\w+:)([^)\s]+)\)", guide.read_text("utf-8"))
    dead = []
    for link in links:
        place, _, anchor = link.partition("#")
        to = (guide.parent / place) if place else guide
        if not to.exists() or (anchor and anchor not in anchors(to)):
            dead.append(link)
    assert dead == []
