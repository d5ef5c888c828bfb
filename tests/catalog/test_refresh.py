"""Refreshes in processes of their own, with a Source that does as each test says.

The Source is a third party's package, made in a temporary directory: that is the way by which
anybody adds a catalog.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import psutil
import pytest

from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.catalog.child import Job, Report
from jupyterlab_datahub.catalog.harvest import harvest
from jupyterlab_datahub.catalog.parts import part_key
from jupyterlab_datahub.catalog.refresh import Refresher
from jupyterlab_datahub.catalog.replace import ChangeCounts
from jupyterlab_datahub.catalog.state import STALE_SECONDS, RefreshStates
from jupyterlab_datahub.errors import NotFoundError, SlowError
from jupyterlab_datahub.model import CatalogState, SourceStatus
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.settings import NEVER, Settings, SourceConfig
from tests.catalog.records import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = '''
    """A Source that does what the file ``plan.json`` in its root says."""

    import json
    import os
    import sys
    import time

    from jupyterlab_datahub import errors
    from jupyterlab_datahub.model import Dataset
    from jupyterlab_datahub.sources.source import Source


    class Planned(Source):
        kind = "planned"

        def dataset(self, ref):
            raise errors.NotFoundError(ref)

        def resolve(self, asset):
            raise errors.NotFoundError(asset.ref)

        def harvest(self, progress=lambda _: None):
            plan = json.loads((self.root / "plan.json").read_text())
            (self.root / f"running-{os.getpid()}").write_text(str(os.nice(0)))
            if plan.get("unlistable"):
                super().harvest(progress)
            progress("the first of some")
            while plan.get("wait") and not (self.root / "go").exists():
                time.sleep(0.02)
            for key in plan.get("datasets", ()):
                yield Dataset(ref=f"planned:{key}", source=self.name, kind="planned", id=key,
                              version=key, title=f"Title of {key}")
            if plan.get("error"):
                kind, options = plan["error"]
                raise getattr(errors, kind)("it did not work", host="example.org", **options)
            if plan.get("exit"):
                print("password=abcdefghijkl the last words", file=sys.stderr, flush=True)
                os._exit(plan["exit"])
            if plan.get("bug"):
                raise ValueError("a bug")
'''
SECONDS = 60.0


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory of the plan, after installing the Source for child processes."""
    package = tmp_path / "site"
    info = package / "planned-1.0.dist-info"
    info.mkdir(parents=True)
    (package / "planned.py").write_text(textwrap.dedent(SOURCE))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: planned\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[jupyterlab_datahub.sources]\nplanned = planned:Planned\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(package))
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def settings(root: Path, tmp_path: Path) -> Settings:
    """Return settings with one Source."""
    return Settings(
        home=str(tmp_path / "home"),
        root=str(root),
        sources=(SourceConfig(name="planned", kind="planned", title="Planned"),),
        refresh_after=3600.0,
    )


class Server:
    """What a server does with the refresher, and what it is told."""

    def __init__(self, settings: Settings) -> None:
        self.changes: queue.Queue[SourceStatus] = queue.Queue()
        self.settings = settings
        self.catalog = Catalog(Path(settings.home), settings.sources)
        self.refresher = Refresher(settings, self.catalog, self.changes.put)

    @property
    def status(self) -> SourceStatus:
        return self.catalog.statuses(self.settings.sources, self.settings.refresh_after)[0]

    def until(self, wanted: Callable[[SourceStatus], bool]) -> SourceStatus:
        """Return the first status we are told that is as wanted."""
        deadline = time.monotonic() + SECONDS
        while True:
            status = self.changes.get(timeout=max(0.0, deadline - time.monotonic()))
            if wanted(status):
                return status

    def refreshed(self) -> SourceStatus:
        """Refresh, and return the status at the end."""
        self.refresher.refresh("planned")
        return self.until(lambda status: status.state is not CatalogState.REFRESHING)

    def stop(self) -> None:
        self.refresher.stop()
        self.catalog.close()


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """Return a server's refresher, stopped at the end."""
    server = Server(settings)
    yield server
    server.stop()


def plan(root: Path, **what: object) -> None:
    """Say what the Source does next."""
    (root / "plan.json").write_text(json.dumps(what))


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def runs(root: Path) -> list[Path]:
    """Return a file for each harvest that began; its name ends with the process id."""
    return list(root.glob("running-*"))


def test_a_refresh_fills_the_catalog_and_tells_its_progress(server: Server, root: Path) -> None:
    plan(root, datasets=["a", "b"], wait=True)
    first = server.refresher.refresh("planned")
    assert (first.state, first.datasets, first.harvested) == (CatalogState.REFRESHING, 0, "")
    told = server.until(lambda status: bool(status.progress))
    assert told.progress == "the first of some"
    assert server.catalog.search(ask()).total == 0
    (root / "go").touch()
    last = server.until(lambda status: status.state is not CatalogState.REFRESHING)
    assert (last.state, last.datasets, last.error) == (CatalogState.READY, 2, None)
    assert last.harvested
    assert server.status == last
    assert {hit.source for hit in server.catalog.search(ask("title")).hits} == {"planned"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has priority classes instead")
def test_a_refresh_has_low_priority(server: Server, root: Path) -> None:
    plan(root, datasets=["a"])
    server.refreshed()
    (run,) = runs(root)
    assert int(run.read_text()) >= 10


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("UnreachableError", CatalogState.OFFLINE),
        ("SlowError", CatalogState.OFFLINE),
        ("BusyError", CatalogState.STALE),
        ("BadAnswerError", CatalogState.ERROR),
        ("SettingsError", CatalogState.ERROR),
    ],
)
def test_a_failure_keeps_the_former_part_and_says_why(
    server: Server, root: Path, error: str, state: CatalogState
) -> None:
    plan(root, datasets=["a", "b"])
    before = server.refreshed()
    plan(root, datasets=["c"], error=[error, {"hint": "Do this.", "retry_after": 7}])
    after = server.refreshed()
    assert after.error is not None
    assert after.state is state
    assert "it did not work" in after.error.message
    assert "example.org" in after.error.message
    assert (after.error.hint, after.error.retry_after) == ("Do this.", 7)
    assert (after.datasets, after.harvested) == (2, before.harvested)
    assert server.catalog.search(ask()).total == 2
    plan(root, datasets=["a"])
    assert server.refreshed().error is None


@pytest.mark.parametrize("how", [{"exit": 3}, {"bug": True}])
def test_a_refresh_that_breaks_down_is_told_without_a_trace(
    server: Server, root: Path, how: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    plan(root, datasets=["a"], **how)
    status = server.refreshed()
    assert status.state is CatalogState.ERROR
    assert status.error is not None
    assert "broke down" in status.error.message
    assert "Traceback" not in status.error.message
    assert "abcdefghijkl" not in caplog.text
    plan(root, datasets=["a"])
    assert server.refreshed().state is CatalogState.READY


def test_a_source_that_cannot_be_listed_is_no_failure(server: Server, root: Path) -> None:
    plan(root, unlistable=True)
    status = server.refreshed()
    assert (status.state, status.error) == (CatalogState.EMPTY, None)
    server.refresher.refresh_stale()
    assert len(runs(root)) == 1


def test_a_kind_that_is_not_installed_is_told(tmp_path: Path, root: Path) -> None:
    config = SourceConfig(name="planned", kind="unheard-of")
    server = Server(Settings(home=str(tmp_path / "home"), root=str(root), sources=(config,)))
    try:
        status = server.refreshed()
    finally:
        server.stop()
    assert status.state is CatalogState.ERROR
    assert status.error is not None
    assert "unheard-of" in status.error.message


def test_only_one_process_refreshes_a_source_over_all_servers(
    server: Server, settings: Settings, root: Path
) -> None:
    other = Server(settings)
    plan(root, datasets=["a"], wait=True)
    try:
        server.refresher.refresh("planned")
        wait_for(lambda: runs(root))
        for each in (server, other, other):
            assert each.refresher.refresh("planned").state is CatalogState.REFRESHING
        other.refresher.refresh_stale()
        (root / "go").touch()
        server.until(lambda status: status.state is CatalogState.READY)
        assert other.status.state is CatalogState.READY
        assert other.catalog.search(ask()).total == 1
        assert len(runs(root)) == 1
    finally:
        other.stop()


def test_stopping_ends_the_process_and_leaves_no_trace(settings: Settings, root: Path) -> None:
    server = Server(settings)
    plan(root, datasets=["a"], wait=True)
    server.refresher.refresh("planned")
    wait_for(lambda: runs(root))
    (run,) = runs(root)
    server.stop()
    assert not psutil.pid_exists(int(run.name.removeprefix("running-")))
    assert (server.status.state, server.status.error) == (CatalogState.EMPTY, None)
    server.refresher.refresh("planned")
    assert len(runs(root)) == 1
    successor = Server(settings)
    plan(root, datasets=["a"])
    try:
        assert successor.refreshed().state is CatalogState.READY
    finally:
        successor.stop()


def test_a_process_that_is_killed_leaves_the_way_free(server: Server, root: Path) -> None:
    plan(root, datasets=["a"], wait=True)
    server.refresher.refresh("planned")
    wait_for(lambda: runs(root))
    (run,) = runs(root)
    os.kill(int(run.name.removeprefix("running-")), signal.SIGKILL)
    status = server.until(lambda status: status.state is not CatalogState.REFRESHING)
    assert status.state is CatalogState.ERROR
    plan(root, datasets=["a"])
    assert server.refreshed().datasets == 1


def test_a_dead_owner_is_taken_over_and_a_living_one_is_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = RefreshStates(Path(settings.home))
    now = time.time()
    assert states.claim("planned", "first")
    assert states.claim("planned", "first")
    assert not states.claim("planned", "second")
    monkeypatch.setattr(time, "time", lambda: now + STALE_SECONDS + 5)
    assert states.claim("planned", "second")
    assert not states.beat("planned", "first")
    assert not states.release("planned", "first")
    assert states.beat("planned", "second")
    assert states.release("planned", "second")
    states.close()


def test_only_old_or_missing_parts_are_refreshed_by_themselves(
    server: Server, settings: Settings, root: Path
) -> None:
    plan(root, datasets=["a"])
    server.refresher.refresh_stale()
    server.until(lambda status: status.state is CatalogState.READY)
    server.refresher.refresh_stale()
    assert len(runs(root)) == 1
    impatient = Server(msgspec.structs.replace(settings, refresh_after=0.0))
    assert impatient.status.state is CatalogState.STALE
    impatient.refresher.refresh_stale()
    impatient.until(lambda status: status.state is not CatalogState.REFRESHING)
    impatient.stop()
    assert len(runs(root)) == 2


def test_after_a_failure_a_source_is_left_alone_for_a_while(server: Server, root: Path) -> None:
    plan(root, error=["UnreachableError", {}])
    server.refreshed()
    server.refresher.refresh_stale()
    assert len(runs(root)) == 1
    server.refreshed()
    assert len(runs(root)) == 2


def test_who_works_offline_is_not_refreshed_by_itself(settings: Settings, root: Path) -> None:
    server = Server(msgspec.structs.replace(settings, refresh_after=NEVER))
    plan(root, datasets=["a"])
    server.refresher.refresh_stale()
    assert server.status.state is CatalogState.EMPTY
    assert server.refreshed().state is CatalogState.READY
    server.stop()


def test_an_unknown_source_is_refused(server: Server) -> None:
    with pytest.raises(NotFoundError) as refused:
        server.refresher.refresh("nobody")
    assert "planned" in refused.value.hint


def test_a_listener_that_fails_does_not_stop_a_refresh(
    server: Server, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan(root, datasets=["a"])

    def fail(status: SourceStatus) -> None:
        server.changes.put(status)
        raise RuntimeError

    server.refresher.on_change = fail
    assert server.refreshed().state is CatalogState.READY
    assert "listener" in caplog.text


def test_a_process_whose_server_is_gone_gives_up(settings: Settings, root: Path) -> None:
    plan(root, datasets=["a"])
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    job = Job(settings=settings, source="planned", owner="x", parent=int(gone.stdout))
    process = subprocess.run(
        [sys.executable, "-P", "-m", "jupyterlab_datahub.catalog.refresh"],
        input=msgspec.json.encode(job),
        stdout=subprocess.PIPE,
        check=False,
    )
    last = from_json(process.stdout.splitlines()[-1], Report)
    assert process.returncode == 1
    assert last.final
    assert last.error is not None
    catalog = Catalog(Path(settings.home))
    assert catalog.search(ask()).total == 0
    catalog.close()


def test_a_name_that_means_something_else_to_another_server_has_a_part_for_each(
    server: Server, root: Path
) -> None:
    plan(root, datasets=["a", "b"])
    assert server.refreshed().datasets == 2
    (there,) = server.settings.sources
    moved = msgspec.structs.replace(there, url="https://other.example")
    other = Server(msgspec.structs.replace(server.settings, sources=(moved,)))
    try:
        assert (other.status.state, other.status.datasets) == (CatalogState.EMPTY, 0)
        assert other.catalog.search(ask(), [other.status]).total == 0
        assert other.catalog.dataset("planned:a") is None
        plan(root, datasets=["b", "c", "d"])
        other.refresher.refresh_stale()
        assert other.until(lambda status: status.state is CatalogState.READY).datasets == 3
        server.refresher.refresh_stale()
        for each, refs in ((server, "ab"), (other, "bcd")):
            assert each.status.state is CatalogState.READY
            for statuses in (None, [each.status]):
                result = each.catalog.search(ask(), statuses)
                assert {hit.id for hit in result.hits} == set(refs)
                source = next(facet for facet in result.facets if facet.name == "source")
                assert {value.value: value.count for value in source.values} == {
                    "planned": len(refs)
                }
        assert len(runs(root)) == 2
    finally:
        other.stop()


def test_a_part_that_nobody_fetched_for_a_month_is_forgotten(server: Server, root: Path) -> None:
    plan(root, datasets=["a"])
    server.refreshed()
    (there,) = server.settings.sources
    unknown = Catalog(Path(server.settings.home))
    assert unknown.search(ask()).total == 1
    with closing(sqlite3.connect(Path(server.settings.home) / "catalog.sqlite")) as connection:
        connection.execute("UPDATE part SET harvested = '2020-01-01T00:00:00+00:00'")
        connection.commit()
    moved = msgspec.structs.replace(there, url="https://other.example")
    other = Server(msgspec.structs.replace(server.settings, sources=(moved,)))
    plan(root, datasets=["b"])
    try:
        assert other.refreshed().datasets == 1
        assert [hit.id for hit in unknown.search(ask()).hits] == ["b"]
        assert server.status.state is CatalogState.EMPTY
    finally:
        other.stop()
        unknown.close()


def test_a_refresh_can_run_in_the_process_that_wants_it(
    settings: Settings, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path / "site")
    plan(root, datasets=["a", "b"])
    told: list[str] = []
    assert harvest(settings, "planned", tell=told.append) == ChangeCounts(added=2)
    assert told[-1] == "the first of some"
    plan(root, error=["SlowError", {}])
    with pytest.raises(SlowError):
        harvest(settings, "planned")
    states = RefreshStates(Path(settings.home))
    assert states.claim(part_key(settings.sources[0]), "another")
    assert harvest(settings, "planned") is None
    states.close()
    with pytest.raises(NotFoundError):
        harvest(settings, "nobody")
    catalog = Catalog(Path(settings.home), settings.sources)
    (status,) = catalog.statuses(settings.sources)
    assert (status.state, status.datasets) == (CatalogState.REFRESHING, 2)
    catalog.close()
