"""What users add is kept, is seen by every process, and gets into nobody's way."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.errors import NotFoundError, SettingsError
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.settings.saved import LOCKED_FOR, SavedSources, sources_in_force
from jupyterlab_datahub.sources.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

LAB = SourceConfig(
    name="lab",
    kind="folder",
    title="Lab",
    url="https://lab.example.org",
    verify_tls=False,
    ca_bundle="/etc/lab.pem",
    configured_by="you",
)


def named(name: str, **changed: object) -> SourceConfig:
    return SourceConfig(name=name, kind="folder", configured_by="you", **changed)  # type: ignore[arg-type]  # fields by their names


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> Settings:
    folder = SourceConfig(name="folder", kind="folder", options={"path": str(tmp_path)})
    return Settings(home=str(home), root=str(tmp_path), sources=(folder,))


def test_what_is_added_comes_back_whole_and_in_order(home: Path) -> None:
    saved = SavedSources(home)
    assert saved.all() == ()
    saved.put(LAB)
    saved.put(named("other"))
    assert SavedSources(home).all() == (LAB, named("other"))
    saved.put(named("lab", title="Renamed"))
    assert saved.all() == (named("lab", title="Renamed"), named("other"))
    saved.remove("lab")
    saved.remove("nobody")
    assert saved.all() == (named("other"),)


def test_the_file_is_its_users_alone(home: Path) -> None:
    SavedSources(home).put(LAB)
    files = list(home.iterdir())
    assert [path.name for path in files] == ["connections.json"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_a_name_that_an_administrator_took_meanwhile_gets_a_number(home: Path) -> None:
    SavedSources(home).put(LAB)
    SavedSources(home).put(named("lab-2"))
    saved = SavedSources(home, {"lab"})
    assert [config.name for config in saved.all()] == ["lab-2", "lab-2-2"]
    saved.remove("lab-2")
    assert [config.name for config in SavedSources(home).all()] == ["lab-2"]
    saved = SavedSources(home, {"lab"})
    saved.put(named("lab-2", title="Changed"))
    assert [config.title for config in saved.all()] == ["Changed"]


def test_a_file_that_is_broken_stops_changes_and_nothing_else(home: Path) -> None:
    home.mkdir()
    (home / "connections.json").write_text("{")
    saved = SavedSources(home)
    assert saved.all() == ()
    with pytest.raises(SettingsError, match=r"connections\.json cannot be read"):
        saved.put(LAB)
    assert (home / "connections.json").read_text() == "{"


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(SettingsError, match="cannot be written"):
        SavedSources(tmp_path / "home").put(LAB)


def test_the_lock_of_a_process_that_died_is_broken(home: Path) -> None:
    home.mkdir()
    lock = home / "connections.lock"
    lock.touch()
    old = time.time() - 2 * LOCKED_FOR
    os.utime(lock, (old, old))
    SavedSources(home).put(LAB)
    assert SavedSources(home).all() == (LAB,)
    assert not lock.exists()


def test_processes_that_add_at_once_lose_nothing(home: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from jupyterlab_datahub.settings.saved import SavedSources\n"
        "from jupyterlab_datahub.settings import SourceConfig\n"
        "for number in range(20):\n"
        "    one = SourceConfig(name=f'{sys.argv[2]}{number}', kind='folder')\n"
        "    SavedSources(Path(sys.argv[1])).put(one)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(home), letter]) for letter in "abc"
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    names = {config.name for config in SavedSources(home).all()}
    assert names == {f"{letter}{number}" for letter in "abc" for number in range(20)}


def test_a_registry_learns_of_what_another_one_added(settings: Settings, home: Path) -> None:
    mine, other = Registry(settings), Registry(settings)
    assert [config.name for config in mine.configs] == ["folder"]
    other.saved.put(LAB)
    assert [config.name for config in mine.configs] == ["folder", "lab"]
    assert mine["lab"].config == LAB
    assert sources_in_force(settings) == mine.configs
    assert mine.config("lab") == LAB
    other.saved.remove("lab")
    with pytest.raises(NotFoundError):
        mine["lab"]
    assert mine.config("lab") is None


def test_a_source_is_made_anew_only_when_its_own_entry_changes(settings: Settings) -> None:
    registry = Registry(settings)
    registry.saved.put(LAB)
    folder, lab = registry["folder"], registry["lab"]
    registry.saved.put(named("other"))
    assert registry["lab"] is lab
    registry.saved.put(named("lab", title="Changed"))
    assert registry["lab"] is not lab
    assert registry["lab"].config.title == "Changed"
    assert registry["folder"] is folder


def test_no_field_but_the_known_ones_is_written(home: Path) -> None:
    SavedSources(home).put(named("lab", options={"password": "hidden"}))
    (entry,) = json.loads((home / "connections.json").read_text())["connections"]
    assert set(entry) == {"name", "kind", "title", "url", "ca_bundle", "verify_tls"}
