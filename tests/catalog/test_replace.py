"""Bringing a Source's part up to date, also while others read and write."""

from __future__ import annotations

import functools
import multiprocessing
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.catalog import database
from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.catalog.replace import ChangeCounts
from jupyterlab_datahub.errors import UnreachableError
from jupyterlab_datahub.settings import SourceConfig
from tests.catalog.records import EVERYTHING, HUVEC, LUNG, MOUSE, ask, dataset, terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.model import Dataset

GENERATIONS = 12
SIZE = 300


def generation(number: int) -> list[Dataset]:
    """Return a part whose datasets all say which generation they are of."""
    label = f"generation{number}"
    return [
        dataset(f"d{i}", f"Dataset {i} of {label}", facets=terms(tissue=label), cells=number)
        for i in range(SIZE + number)
    ]


def test_only_what_changed_is_written(catalog: Catalog) -> None:
    assert catalog.replace("cellxgene", EVERYTHING) == ChangeCounts(unchanged=5)
    revised = msgspec.structs.replace(LUNG, cells=65848, title="Tabula Sapiens - Lungs")
    new = dataset("new", "A new one")
    counts = catalog.replace("cellxgene", [*EVERYTHING[2:], revised, new])
    assert counts == ChangeCounts(added=1, changed=1, removed=1, unchanged=3)
    assert catalog.dataset(LUNG.ref) == revised
    assert catalog.dataset(HUVEC.ref) is None
    assert catalog.search(ask("chromatin")).total == 0
    assert catalog.search(ask("lungs sapiens")).hits[0].cells == 65848
    assert catalog.search(ask(HUVEC.doi)).total == 0


def test_a_part_can_be_emptied_and_filled_again(catalog: Catalog) -> None:
    assert catalog.replace("cellxgene", []).removed == 5
    result = catalog.search(ask())
    assert (result.total, result.facets) == (0, ())
    assert catalog.replace("cellxgene", EVERYTHING).added == 5
    assert catalog.search(ask("lung")).total == 2


def test_parts_of_different_sources_do_not_touch_each_other(catalog: Catalog) -> None:
    catalog.replace("mirror", [LUNG])
    assert catalog.search(ask("tabula")).total == 2
    catalog.replace("cellxgene", [])
    assert [hit.source for hit in catalog.search(ask()).hits] == ["mirror"]
    assert catalog.dataset(LUNG.ref) == LUNG


def test_of_two_datasets_with_one_ref_the_last_counts(empty: Catalog) -> None:
    other = msgspec.structs.replace(LUNG, title="Later")
    assert empty.replace("cellxgene", [LUNG, other]).added == 1
    assert [hit.title for hit in empty.search(ask()).hits] == ["Later"]
    assert empty.replace("cellxgene", [other, LUNG, other]).unchanged == 1


def test_a_harvest_that_fails_changes_nothing(catalog: Catalog) -> None:
    def cut() -> Iterator[Dataset]:
        yield dataset("new", "A new one")
        raise UnreachableError("the catalog cannot be reached", host="example.org")

    before = catalog.statuses([SourceConfig(name="cellxgene", kind="cellxgene")])
    with pytest.raises(UnreachableError):
        catalog.replace("cellxgene", cut())
    assert catalog.search(ask()).total == len(EVERYTHING)
    assert catalog.statuses([SourceConfig(name="cellxgene", kind="cellxgene")]) == before


def test_records_come_back_as_they_were(catalog: Catalog) -> None:
    strange = dataset("s", "Strange", extra={"donor_id": ["a", None], "n": 2**40, "ü": {"x": 1.5}})
    catalog.replace("lab", [strange])
    assert catalog.dataset(strange.ref) == strange
    assert catalog.dataset(strange.assets[0].ref) == strange
    assert catalog.dataset(HUVEC.assets[0].ref) == HUVEC
    assert catalog.dataset("cellxgene:unknown") is None
    assert catalog.dataset("") is None
    assert catalog.dataset(HUVEC.id) is None  # an id is no ref


def test_numbers_beyond_64_bits_and_negative_sizes_do_no_harm(empty: Catalog) -> None:
    empty.replace(
        "cellxgene",
        [dataset("big", "Big", cells=2**60, size=-1), dataset("bigger", "Bigger", cells=2**60)],
    )
    result = empty.search(ask(sort="-cells"))
    assert result.summary.unknown_sizes == 2
    assert result.summary.cells > 0


def test_another_catalog_on_the_same_home_sees_what_was_written(
    catalog: Catalog, tmp_path: Path
) -> None:
    other = Catalog(tmp_path / "home")
    assert other.search(ask()).total == 5
    catalog.replace("cellxgene", [MOUSE])
    assert other.search(ask()).total == 1
    assert [hit.ref for hit in other.search(ask("lung")).hits] == [MOUSE.ref]
    other.close()


def write_generations(home: str) -> None:
    """Replace a part again and again; runs in a process of its own."""
    catalog = Catalog(Path(home))
    for number in range(1, GENERATIONS):
        catalog.replace("cellxgene", generation(number))
    catalog.close()


def check_one(catalog: Catalog) -> int:
    """Search once, and check that everything in the answer is of one generation."""
    result = catalog.search(ask("dataset", limit=200))
    tissue = next(facet for facet in result.facets if facet.name == "tissue")
    (value,) = tissue.values
    number = int(value.value.removeprefix("generation"))
    assert result.total == value.count == SIZE + number
    assert result.summary.cells == number * (SIZE + number)
    assert {hit.cells for hit in result.hits} == {number}
    return number


def test_readers_never_see_half_a_catalog(empty: Catalog, tmp_path: Path) -> None:
    empty.replace("cellxgene", generation(0))
    context = multiprocessing.get_context("spawn")
    writer = context.Process(target=write_generations, args=(str(tmp_path / "home"),))

    def read() -> list[int]:
        seen = []
        while writer.is_alive():
            seen.append(check_one(empty))
        return seen

    writer.start()
    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(read) for _ in range(2)]
    seen = [number for reader in readers for number in reader.result()]
    writer.join(60)
    assert writer.exitcode == 0
    assert seen
    assert check_one(empty) == GENERATIONS - 1


class Telling(sqlite3.Connection):
    """A connection that says when a large transaction is about to end, and then waits."""

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql == "COMMIT" and self.total_changes > SIZE:
            Path(os.environ["TOLD"]).touch()
            time.sleep(60)
        return super().execute(sql, *parameters)


def replace_slowly(home: str, told: str) -> None:
    """Write a large part, and wait before its end; runs in a process of its own."""
    os.environ["TOLD"] = told
    connect: Any = sqlite3.connect
    database.sqlite3.connect = functools.partial(connect, factory=Telling)  # type: ignore[attr-defined]  # the module that opens it imports sqlite3
    Catalog(Path(home)).replace("cellxgene", generation(1))


def test_a_kill_before_the_commit_leaves_the_former_catalog(empty: Catalog, tmp_path: Path) -> None:
    empty.replace("cellxgene", generation(0))
    started = tmp_path / "started"
    context = multiprocessing.get_context("spawn")
    writer = context.Process(target=replace_slowly, args=(str(tmp_path / "home"), str(started)))
    writer.start()
    deadline = time.monotonic() + 60
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert started.exists()
    writer.kill()
    writer.join(60)
    assert check_one(empty) == 0
    empty.replace("cellxgene", generation(2))
    assert check_one(empty) == 2
