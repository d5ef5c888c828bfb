"""The whole of CELLxGENE as a table: complete, repeatable, and only what changed is fetched."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.catalog.export import BETWEEN, COLUMNS, HarvestReport, harvest_csv
from jupyterlab_datahub.errors import (
    BadRequestError,
    NotSupportedError,
    SettingsError,
    SlowError,
    UnreachableError,
)
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.cellxgene import CellxgeneSource
from jupyterlab_datahub.sources.registry import Registry
from tests.sources import records
from tests.sources.conftest import QUICK
from tests.sources.scripted import ScriptedHost, json_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

LIST = "/curation/v1/collections"

RUN = """
import sys
from pathlib import Path
from jupyterlab_datahub.catalog.export import harvest_csv
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.cellxgene import CellxgeneSource

url, here = sys.argv[1], Path(sys.argv[2])
config = SourceConfig(name="cellxgene", kind="cellxgene", url=url, options={"connections": 1})
harvest_csv(CellxgeneSource(config, here / "cache", here), here / "all.csv", here / "json")
"""


def source_at(url: str, directory: Path) -> CellxgeneSource:
    config = SourceConfig(name="cellxgene", kind="cellxgene", url=url, options=QUICK)
    return CellxgeneSource(config, directory / "cache", directory)


@pytest.fixture
def source(hub: DemoHub, tmp_path: Path) -> CellxgeneSource:
    return source_at(hub.services["cellxgene"]["url"], tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "all.csv"


@pytest.fixture
def json_dir(tmp_path: Path) -> Path:
    return tmp_path / "json"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def fetched_ids(hub: DemoHub) -> list[str]:
    return [r.path.rpartition("/")[2] for r in hub.requests if r.path.startswith(f"{LIST}/")]


def test_a_line_for_every_dataset(
    hub: DemoHub, source: CellxgeneSource, out: Path, json_dir: Path
) -> None:
    progress: list[tuple[int, int, str]] = []
    report = harvest_csv(source, out, json_dir, lambda *step: progress.append(step))
    table = rows(out)
    assert tuple(table[0]) == COLUMNS
    listed = {d.version: d for d in source.harvest()}
    assert {row["dataset_version_id"] for row in table} == listed.keys()
    number = len(hub.catalog.public())
    assert report == HarvestReport(
        table=str(out),
        json_directory=str(json_dir),
        collections=number,
        datasets=len(listed),
        fetched=number,
    )
    assert progress[0] == (0, 0, "Asking for the list of collections")
    assert progress[-1] == (number, number, f"{number} of {number} collections")
    for row in table:
        dataset = listed[row["dataset_version_id"]]
        assert dataset.collection is not None
        assert row["collection_uuid"] == dataset.collection.id
        assert row["collection_version_id"] == dataset.collection.version
        assert row["collection_name"] == dataset.collection.title
        assert row["dataset_uuid"] == dataset.id
        assert row["dataset_title"] == " ".join(dataset.title.split())
        assert row["cell_count"] == str(dataset.cells)
        assert row["schema_version"] == dataset.schema_version
        assert row["doi"] == dataset.doi
        assert (row["published_at"], row["revised_at"]) == (dataset.published, dataset.revised)
        assert row["h5ad_url"] == dataset.assets[0].url
        assert row["h5ad_size"] == ("" if dataset.size is None else str(dataset.size))
        for facet in ("organism", "tissue", "disease", "assay"):
            labels = [term.label for term in dataset.facets.get(facet, ())]
            assert row[facet].split(BETWEEN) == labels


def test_the_table_is_sorted_and_repeatable(
    hub: DemoHub, source: CellxgeneSource, out: Path, tmp_path: Path
) -> None:
    harvest_csv(source, out)
    names = [row["collection_name"].casefold() for row in rows(out)]
    assert names == sorted(names)
    other = tmp_path / "again" / "other.csv"
    harvest_csv(source_at(hub.services["cellxgene"]["url"], tmp_path / "fresh"), other)
    assert other.read_bytes() == out.read_bytes()


def test_the_answers_are_kept_as_they_came(
    hub: DemoHub, source: CellxgeneSource, out: Path, json_dir: Path
) -> None:
    harvest_csv(source, out, json_dir)
    listed = json.loads((json_dir / "collections.json").read_bytes())
    ids = {collection["collection_id"] for collection in listed}
    assert {path.name for path in json_dir.iterdir()} == {
        "collections.json",
        *(f"collection_{id_}.json" for id_ in ids),
    }
    for id_ in ids:
        collection = json.loads((json_dir / f"collection_{id_}.json").read_bytes())
        assert collection["collection_id"] == id_
        assert all(dataset["assets"] is not None for dataset in collection["datasets"])


def test_a_second_run_fetches_nothing(
    hub: DemoHub, source: CellxgeneSource, out: Path, json_dir: Path
) -> None:
    first = harvest_csv(source, out, json_dir)
    os.utime(out, (1_700_000_000, 1_700_000_000))
    hub.requests.clear()
    second = harvest_csv(source, out, json_dir)
    assert [request.path for request in hub.requests] == [LIST]
    assert (second.fetched, second.unchanged) == (0, first.collections)
    assert second.datasets == first.datasets
    assert out.stat().st_mtime == 1_700_000_000


def test_a_later_run_fetches_what_changed(
    hub: DemoHub, source: CellxgeneSource, out: Path, json_dir: Path
) -> None:
    collection, spec = next(
        found for found in hub.catalog.everything() if len(hub.catalog.versions(found[1])) > 1
    )
    newest = spec.versions[-1]
    hub.catalog.as_of = spec.versions[-2].published
    harvest_csv(source, out, json_dir)
    before = {row["dataset_version_id"] for row in rows(out)}
    hub.catalog.as_of = newest.published
    hub.requests.clear()
    report = harvest_csv(source, out, json_dir)
    assert collection.id in fetched_ids(hub)
    assert report.fetched == len(fetched_ids(hub)) < len(hub.catalog.public())
    assert report.fetched + report.unchanged == report.collections
    after = {row["dataset_version_id"] for row in rows(out)}
    assert spec.version_id(newest) in after - before


def test_what_was_withdrawn_leaves_the_table(
    hub: DemoHub, source: CellxgeneSource, out: Path, json_dir: Path
) -> None:
    harvest_csv(source, out, json_dir)
    gone = hub.catalog.public()[0].id
    hub.catalog.withdrawn = {gone}
    assert harvest_csv(source, out, json_dir).withdrawn == 0
    assert gone not in {row["collection_uuid"] for row in rows(out)}


def test_what_is_withdrawn_while_it_is_asked_for_is_counted(
    hub: DemoHub, source: CellxgeneSource, out: Path
) -> None:
    gone = hub.catalog.public()[0].id
    hub.faults.add("status", path=f"{LIST}/{gone}", status=410)
    report = harvest_csv(source, out)
    assert report.withdrawn == 1
    assert report.collections == len(hub.catalog.public()) - 1
    assert gone not in {row["collection_uuid"] for row in rows(out)}


def test_a_run_that_is_killed_goes_on_where_it_was(
    hub: DemoHub, source: CellxgeneSource, out: Path, json_dir: Path, tmp_path: Path
) -> None:
    url = hub.services["cellxgene"]["url"]
    hub.faults.add("stall", path=f"{LIST}/*", skip=4, seconds=0, times=1000)
    run = subprocess.Popen([sys.executable, "-c", RUN, url, str(tmp_path)])
    try:
        end = time.monotonic() + 60
        while len(fetched_ids(hub)) < 5 and time.monotonic() < end:
            time.sleep(0.02)
        assert run.poll() is None
        run.send_signal(signal.SIGKILL)
    finally:
        run.kill()
        run.wait(30)
    assert not out.exists()
    kept = {path.name for path in json_dir.glob("collection_*.json")}
    assert len(kept) == 4
    hub.faults.clear()
    hub.requests.clear()
    report = harvest_csv(source, out, json_dir)
    assert report.unchanged == 4
    assert not kept & {f"collection_{id_}.json" for id_ in fetched_ids(hub)}
    assert len(rows(out)) == report.datasets == len(list(source.harvest()))


def test_a_run_that_fails_leaves_the_table_as_it_was(
    hub: DemoHub, source: CellxgeneSource, out: Path, json_dir: Path
) -> None:
    out.write_text("the table of yesterday")
    hub.faults.add("html", path=f"{LIST}/*", status=504, skip=2, times=1000)
    with pytest.raises(SlowError):
        harvest_csv(source, out, json_dir)
    assert out.read_text() == "the table of yesterday"
    assert len(list(json_dir.glob("collection_*.json"))) == 2
    hub.stop()
    with pytest.raises(UnreachableError):
        harvest_csv(source, out, json_dir)


def test_not_more_requests_at_once_than_allowed(host: ScriptedHost, tmp_path: Path) -> None:
    ids = [f"77777777-0000-4000-8000-{n:012}" for n in range(12)]
    groups = [records.collection(records.dataset(), collection_id=id_) for id_ in ids]
    host.say("/v1/collections", json_of(groups))
    for id_, group in zip(ids, groups, strict=True):
        host.say(f"/v1/collections/{id_}", json_of(group))
    harvest_csv(source_at(host.url, tmp_path), tmp_path / "all.csv")
    assert 1 <= host.most_at_once <= 4
    assert len(host.asked) == 13


def test_texts_are_written_as_they_are_on_one_line(host: ScriptedHost, tmp_path: Path) -> None:
    title = '=1+1, "quoted"; α\tβ\r\nnext'
    group = records.collection(
        records.dataset(title=title, assets=[], cell_count=None),
        records.dataset(dataset_version_id=None),
        name="comma, and | bar",
    )
    host.say("/v1/collections", json_of([group]))
    host.say(f"/v1/collections/{records.COLLECTION}", json_of(group))
    out = tmp_path / "all.csv"
    report = harvest_csv(source_at(host.url, tmp_path), out)
    assert (report.datasets, report.left_out) == (1, 1)
    (row,) = rows(out)
    assert row["dataset_title"] == '=1+1, "quoted"; α β next'
    assert row["collection_name"] == "comma, and | bar"
    assert (row["cell_count"], row["h5ad_url"], row["h5ad_size"]) == ("", "", "")
    assert out.read_bytes().count(b"\n") == 2
    assert b"\r" not in out.read_bytes()


def test_an_answer_of_another_collection_is_not_kept(host: ScriptedHost, tmp_path: Path) -> None:
    group = records.collection(records.dataset())
    host.say("/v1/collections", json_of([group]))
    host.say(
        f"/v1/collections/{records.COLLECTION}", json_of({**group, "collection_id": records.OLDER})
    )
    with pytest.raises(Exception, match="another collection") as caught:
        harvest_csv(source_at(host.url, tmp_path), tmp_path / "all.csv")
    assert getattr(caught.value, "code", "") == "bad_answer"


@pytest.mark.parametrize("id_", ["../../escape", "a/b", "x" * 300, ""])
def test_an_identifier_that_is_a_path_stays_out_of_the_directory(
    host: ScriptedHost, tmp_path: Path, id_: str
) -> None:
    odd: dict[str, Any] = records.collection(records.dataset(), collection_id=id_)
    host.say("/v1/collections", json_of([odd]))
    report = harvest_csv(source_at(host.url, tmp_path), tmp_path / "all.csv", tmp_path / "json")
    assert report.datasets == 0
    assert [path.name for path in (tmp_path / "json").iterdir()] == ["collections.json"]


def test_places_that_cannot_be_written(
    source: CellxgeneSource, tmp_path: Path, out: Path, json_dir: Path
) -> None:
    with pytest.raises(BadRequestError, match="is a directory"):
        harvest_csv(source, tmp_path, json_dir)
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"")
    with pytest.raises(BadRequestError, match=r"blocked/all\.csv cannot be written"):
        harvest_csv(source, blocked / "all.csv", json_dir)
    with pytest.raises(SettingsError, match="blocked cannot be written"):
        harvest_csv(source, out, blocked)


def test_only_cellxgene_is_written_as_a_table(settings: Settings, out: Path) -> None:
    with pytest.raises(NotSupportedError, match="folder is no CELLxGENE source"):
        harvest_csv(Registry(settings)["folder"], out)


def test_the_page_describes_every_column_in_order() -> None:
    page = (Path(__file__).parents[2] / "docs" / "harvest.md").read_text("utf-8")
    described = [
        name
        for line in page.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert tuple(described) == COLUMNS
