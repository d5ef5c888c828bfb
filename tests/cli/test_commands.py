"""What each command answers."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.command import COMMANDS, parser
from jupyterlab_datahub.cli.terminal import Terminal
from jupyterlab_datahub.model import DatasetPage, ErrorBody, LibraryListing, SearchResult, Summary
from jupyterlab_datahub.model.decoding import from_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.cli.conftest import Ran

    Run = Callable[..., Ran]

UNKNOWN = "cellxgene:00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ref(hub: DemoHub) -> str:
    """Return the identifier of a small dataset."""
    spec = next(spec for _, spec in hub.catalog.everything() if spec.key == "pbmc68k/dendritic")
    return f"cellxgene:{spec.version_id(spec.newest)}"


def test_search_fetches_missing_catalogs_first(run: Run) -> None:
    ran = run("search", "lung", "--facet", "tissue=lung", "--sort=-cells", "--json")
    assert ran.code == 0
    result = from_values(ran.document, SearchResult)
    assert result.total == len(result.hits) > 2
    cells = [hit.cells or 0 for hit in result.hits]
    assert cells == sorted(cells, reverse=True)
    assert "Fetching the catalog of CELLxGENE (demo)" in ran.err
    again = run("search", "lung", "--json")
    assert "Fetching" not in again.err


def test_search_speaks_to_people(run: Run) -> None:
    ran = run("search", "dendritic cells of pbmc", "--source", "cellxgene", "--limit", "1")
    lines = ran.out.splitlines()
    assert "datasets" in lines[0]
    assert lines[2] == "Dendritic cells of PBMC 68k"
    # The size depends on the release of anndata that made the demo's files.
    assert re.search(r"240 cells · \d{3} kB · 2023-02-14$", lines[3])
    assert lines[-1].endswith("go on with --offset 1")


def test_search_works_without_a_connection_and_says_so(run: Run, hub: DemoHub) -> None:
    run("search")
    hub.faults.add("down")
    assert run("sources", "--refresh", "cellxgene").code == 1
    ran = run("search", "lung", "--json")
    assert ran.code == 0
    assert ran.document["total"] > 0
    assert "127.0.0.1" in ran.err
    assert "was searched, which is on this machine" in ran.err


def test_a_search_that_finds_nothing_says_what_to_do(run: Run) -> None:
    ran = run("search", "zzzzqqq", "--facet", "tissue=nowhere")
    assert ran.code == 0
    assert "Leave out a condition" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--range", "cells=many"], "not a range"),
        (["--facet", "lung"], "not a facet condition"),
        (["--sort", "colour"], "cannot be sorted by"),
        (["--limit", "9999"], "whole number"),
        (["--source", "nowhere"], "no source is named"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    run: Run, arguments: list[str], words: str
) -> None:
    ran = run("search", *arguments, "--json")
    assert ran.code == 1
    assert words in ran.document["error"]["message"]
    assert words in ran.err.lower()


def test_sources_tell_how_their_catalogs_stand(run: Run) -> None:
    states = {
        source["name"]: source["state"] for source in run("sources", "--json").document["sources"]
    }
    stores = ("openbis", "gen3", "s3", "lab-bucket", "synapse")
    catalogs = ("cellxgene", "folder", "hca", "tissue-atlas")
    assert states == dict.fromkeys((*catalogs, *stores), "empty")
    refreshed = run("sources", "--refresh", "folder")
    assert refreshed.code == 0
    assert "folder: My data · folder · ready · 2 datasets" in refreshed.out


def test_show_tells_what_a_dataset_is(run: Run, ref: str) -> None:
    page = from_values(run("show", ref, "--json").document, DatasetPage)
    assert page.dataset.ref == ref
    assert [version.ref for version in page.versions] == [ref]
    text = run("show", ref).out
    assert "Dendritic cells of PBMC 68k" in text
    assert "licence: CC BY 4.0" in text


def test_get_brings_verified_files(run: Run, ref: str, place: Path) -> None:
    folder_ref = "folder:folder/monocytes.h5ad"
    ran = run("get", ref, folder_ref, ref, "--to", "deep/er", "--json")
    assert ran.code == 0
    [fetched, local] = ran.document
    assert list(fetched) == ["ref", "path", "size", "sha256"]
    path = Path(fetched["path"])
    assert path.parent == place / "deep" / "er"
    assert path.stat().st_size == fetched["size"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == fetched["sha256"]
    assert local["path"] == str(place / "my-data" / "monocytes.h5ad")
    assert run("get", ref).out.strip() == str(place / "datahub" / path.name)


def test_one_that_cannot_be_had_does_not_keep_the_others_back(run: Run, ref: str) -> None:
    ran = run("get", UNKNOWN, "nonsense", ref, "--json")
    assert ran.code == 1
    assert [one.get("error", {}).get("code") for one in ran.document] == [
        "not_found",
        "bad_request",
        None,
    ]
    assert ran.document[2]["path"]
    assert f"{UNKNOWN}" in ran.err


def test_a_transfer_that_fails_is_an_error(run: Run, ref: str, hub: DemoHub) -> None:
    hub.faults.add("status", host="assets", status=404, times=1000)
    ran = run("get", ref, "--json")
    assert ran.code == 1
    assert ran.document[0]["error"]["message"]
    assert ran.document[0]["path"] == ""


def test_library_lists_removes_and_cleans(run: Run, ref: str) -> None:
    path = Path(run("get", ref, "--json").document[0]["path"])
    listing = from_values(run("library", "--json").document, LibraryListing)
    [item] = listing.items
    assert item.links == (str(path),)
    assert "Dendritic cells of PBMC 68k" in run("library").out
    assert run("library", "--clean", "--json").document["items"][0]["sha256"] == item.sha256
    path.unlink()
    cleaned = run("library", "--clean", "--json")
    assert (cleaned.code, cleaned.document["items"]) == (0, [])
    assert "Deleted Dendritic cells" in cleaned.err
    path = Path(run("get", ref, "--json").document[0]["path"])
    assert run("library", "--remove", item.sha256[:8], "--json").document["items"] == []
    assert not path.is_symlink()


@pytest.mark.parametrize("prefix", ["", "ab", "f" * 64, "../../etc"])
def test_a_file_that_is_not_meant_clearly_is_not_removed(run: Run, prefix: str) -> None:
    ran = run("library", "--remove", prefix, "--json")
    assert (ran.code, ran.document["error"]["code"]) == (1, "bad_request")


def test_harvest_writes_the_whole_catalog(run: Run, place: Path) -> None:
    ran = run("harvest", "cellxgene", "--out", "all.csv", "--json-dir", "answers", "--json")
    assert ran.code == 0
    with (place / "all.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == ran.document["datasets"] > 20
    assert (place / "answers" / "collections.json").is_file()
    assert "collections" in ran.err
    assert (
        "0 fetched" in run("harvest", "cellxgene", "--out", "all.csv", "--json-dir", "answers").out
    )


def test_only_some_catalogs_can_be_written_as_a_table(run: Run) -> None:
    ran = run("harvest", "folder", "--out", "all.csv")
    assert ran.code == 1
    assert "Name a source of the kind cellxgene." in ran.err
    assert run("harvest", "nowhere", "--out", "all.csv").code == 1


def test_a_configuration_that_cannot_be_used_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATAHUB_SOURCES", str(tmp_path / "nowhere.yaml"))
    ran = run("sources", "--json")
    assert (ran.code, ran.document["error"]["code"]) == (1, "settings")
    assert "nowhere.yaml" in ran.err


def test_the_servers_configuration_files_are_read(run: Run, tmp_path: Path) -> None:
    config = {"DataHub": {"sources": [{"name": "mine", "kind": "folder", "title": "Mine"}]}}
    extension = tmp_path / "config" / "jupyter_jupyterlab_datahub_config.json"
    extension.write_text(json.dumps(config))
    [source] = run("sources", "--json").document["sources"]
    assert source["title"] == "Mine"


@pytest.mark.parametrize(
    "name", [module.__name__.rpartition(".")[2].replace("_", "-") for module in COMMANDS]
)
def test_every_command_explains_itself(run: Run, name: str) -> None:
    ran = run(name, "-h")
    assert ran.code == 0
    assert ran.out.startswith(f"usage: jupyter datahub {name}")
    assert len(ran.out.splitlines()) > 5
    assert name in parser().format_help()


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["get"], ["search", "--nonsense"]])
def test_wrong_usage_is_told_apart_from_failure(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "usage: jupyter datahub" in ran.err


def test_text_from_outside_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "lung\x1b]0;boom\x07\x1b[2J\r\x9b31m \u202eback"
    terminal = Terminal(json=False)
    terminal.line(evil)
    terminal.indented(evil)
    terminal.tell(evil)
    terminal.failed(ErrorBody(code="x", message=evil, hint=evil))
    captured = capsys.readouterr()
    for text in (captured.out, captured.err):
        assert "lung" in text
        assert all(character.isprintable() for character in text.replace("\n", ""))


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (99_951, "100 kB"),
        (999_600, "1.0 MB"),
        (1_400_000_000, "1.4 GB"),
        (5e18, "5,000 PB"),
    ],
)
def test_sizes_read_well(count: Any, text: str) -> None:
    assert words.size(count) == text


def test_numbers_have_thousands_separators() -> None:
    summary = Summary(datasets=1, cells=31_200_000, bytes=1_900_000_000_000, unknown_sizes=2)
    assert words.summary(summary) == "1 dataset · 31,200,000 cells · 1.9 TB · 2 unknown sizes"


def test_a_facet_may_be_called_as_it_is_shown(run: Run) -> None:
    named = run("search", "--facet", "cell_type=B cell", "--json")
    shown = run("search", "--facet", "Cell type=B cell", "--json")
    assert named.document["total"] == shown.document["total"] > 0


def test_a_facet_that_no_dataset_has_is_told_with_those_there_are(run: Run) -> None:
    ran = run("search", "--facet", "organ=lung")
    assert "No dataset has the facet 'organ'; facets are access, " in ran.err
    assert "tissue" in ran.err
