"""A look as a process of its own: what it leaves on the disk, and what cannot harm us."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest
from msgspec import structs

from jupyterlab_datahub.demo.faults import FOREVER, Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.errors import ConflictError, NotFoundError, SlowError, UnreadableError
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.previews import previews as rooms
from jupyterlab_datahub.previews.job import Found, Job
from jupyterlab_datahub.previews.previews import Place, Previews
from jupyterlab_datahub.ranged.child import Children
from jupyterlab_datahub.ranged.kept import Kept
from jupyterlab_datahub.settings import SourceConfig
from tests.previews.looking import unpack
from tests.sources import h5_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.messages import Seen

CONFIG = SourceConfig(name="there", kind="cellxgene", options={"attempts": 1})
REF = "cellxgene:a"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    made = folder / "cells.h5ad"
    h5_files.counts_in(made, "raw.X")
    with h5py.File(made, "r+") as file:
        file["obs/n"] = np.arange(4)
        file["obsm/X_umap"] = np.arange(8.0).reshape(4, 2)
    return made


@pytest.fixture
def log() -> list[Seen]:
    return []


@pytest.fixture
def host(path: Path, log: list[Seen]) -> Iterator[FileHost]:
    with FileHost(path.parent, faults=Faults(), log=log) as running:
        yield running


@pytest.fixture
def previews(tmp_path: Path) -> Iterator[Previews]:
    made = Previews(tmp_path / "previews", tmp_path)
    yield made
    made.close()


def here(path: Path) -> Place:
    """Return a place on this machine."""
    return Place("cells.h5ad", Download(path=str(path)), CONFIG)


def there(host: FileHost) -> Place:
    """Return a place on a host."""
    return Place("cells.h5ad", Download(url=f"{host.url}/cells.h5ad"), CONFIG)


def job(path: Path, download: Download) -> Job:
    """Return a job that writes beside a file."""
    directory = str(path.parent.parent / "out")
    return Job(ref=REF, name="cells.h5ad", download=download, config=CONFIG, directory=directory)


def looked(job: Job) -> str:
    """Return the key that a process tells of."""
    return Children("jupyterlab_datahub.previews.run").answer(job, Found, CONFIG.name).key


def test_a_file_is_looked_at_once(previews: Previews, host: FileHost, log: list[Seen]) -> None:
    facts = previews.facts(REF, lambda: there(host))
    assert (facts.shape, facts.requests, len(log)) == ((4, 3), 1, 1)
    header, axes = unpack(previews.points(REF, "", lambda: there(host)))
    assert (header["key"], axes["x"].tolist()) == (facts.key, [0, 21845, 43689, 65534])
    assert previews.facts(REF, lambda: there(host)) == facts
    assert len(log) == 1


def test_a_file_that_is_as_it_was_costs_one_request(
    previews: Previews, host: FileHost, log: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = previews.facts(REF, lambda: there(host))
    monkeypatch.setattr(rooms, "FRESH", -1.0)
    assert previews.facts(REF, lambda: there(host)) == facts
    assert len(log) == 2
    host.faults.add("changed")
    with pytest.raises(UnreadableError):
        # The host sends it turned over.
        previews.facts(REF, lambda: there(host))


def test_a_file_of_this_machine_is_looked_at_again_when_it_changed(
    previews: Previews, path: Path
) -> None:
    before = previews.facts(REF, lambda: here(path))
    assert (before.local, before.requests) == (True, 0)
    with h5py.File(path, "r+") as file:
        file["obs/later"] = np.arange(4)
    after = previews.facts(REF, lambda: here(path))
    assert after.key != before.key
    assert [column.name for column in after.obs] == ["later", "n"]
    path.unlink()
    with pytest.raises(NotFoundError):
        previews.facts(REF, lambda: here(path))


def test_two_who_ask_at_once_are_answered_by_one_look(
    previews: Previews, host: FileHost, log: list[Seen]
) -> None:
    keys: list[str] = []
    askers = [
        threading.Thread(target=lambda: keys.append(previews.facts(REF, lambda: there(host)).key))
        for _ in range(3)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(60)
    assert len(keys) == 3
    assert len(set(keys)) == len(log) == 1


def test_what_goes_wrong_comes_with_its_words(previews: Previews, path: Path) -> None:
    with pytest.raises(NotFoundError, match="no column 'nowhere'"):
        previews.colours(REF, "nowhere", lambda: here(path))
    path.write_bytes(b"no HDF5")
    with pytest.raises(UnreadableError, match="no HDF5 file") as raised:
        previews.facts(REF, lambda: here(path))
    assert "checksum" in raised.value.hint


def test_a_look_that_does_not_end_is_ended(path: Path, host: FileHost) -> None:
    host.faults.add("stall", after=100, times=FOREVER)
    asked = job(path, Download(url=f"{host.url}/cells.h5ad"))
    with pytest.raises(SlowError, match=r"cells\.h5ad could not be looked into within 1 s"):
        looked(structs.replace(asked, seconds=1.0))


def test_a_look_that_breaks_down_is_an_error_in_words(path: Path) -> None:
    asked = structs.replace(job(path, Download(path=str(path))), memory=1 << 20)
    with pytest.raises(UnreadableError, match=r"cells\.h5ad cannot be looked into"):
        looked(asked)


def test_nothing_is_looked_at_once_it_is_closed(previews: Previews, path: Path) -> None:
    previews.close()
    with pytest.raises(ConflictError, match="stopping"):
        previews.facts(REF, lambda: here(path))


def test_what_was_not_looked_at_for_longest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyterlab_datahub.ranged.kept.AT_WORK", -1.0)
    kept = Kept(tmp_path, most=2500)
    for ref in ("a", "b", "c"):
        kept.state(ref, "key").put("points-", bytes(1000))
        kept.saw(ref, "key", local=False)
    kept.tidy()
    assert [kept.state(ref, "key").has("points-") for ref in ("a", "b", "c")] == [False, True, True]
    kept.saw("b", "newer", local=False)
    assert not kept.state("b", "key").has("points-")
