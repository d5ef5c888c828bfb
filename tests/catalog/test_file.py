"""The file of the catalog: broken, old, deleted, unusable; and what importing costs."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.catalog.database import in_words
from jupyterlab_datahub.errors import DataHubError, NoSpaceError, SettingsError
from jupyterlab_datahub.model import CatalogState
from jupyterlab_datahub.settings import SourceConfig
from tests.catalog.records import EVERYTHING, LUNG, ask

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = SourceConfig(name="cellxgene", kind="cellxgene", title="CELLxGENE")


def is_usable(catalog: Catalog) -> None:
    """Check that a catalog is empty, says so, and can be filled."""
    assert catalog.search(ask("lung")).total == 0
    assert catalog.statuses([CONFIG])[0].state is CatalogState.EMPTY
    catalog.replace("cellxgene", EVERYTHING)
    assert catalog.search(ask("lung")).total == 2


def test_a_new_home_is_an_empty_catalog(empty: Catalog) -> None:
    is_usable(empty)


@pytest.mark.parametrize(
    "content", [b"", b"this is no database at all" * 1000, b"SQLite format 3\0"]
)
def test_a_file_that_is_no_database_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(content)
    catalog = Catalog(tmp_path)
    is_usable(catalog)
    catalog.close()


def test_a_file_that_breaks_is_replaced(catalog: Catalog, tmp_path: Path) -> None:
    catalog.close()
    path = tmp_path / "home" / "catalog.sqlite"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    other = Catalog(tmp_path / "home")
    is_usable(other)
    other.close()


def test_a_broken_file_is_found_before_a_refresh_is_written_into_it(
    catalog: Catalog, tmp_path: Path
) -> None:
    catalog.close()
    path = tmp_path / "home" / "catalog.sqlite"
    with path.open("r+b") as file:
        file.seek(-8192, 2)  # not a page that opening the file or counting its parts reads
        file.write(b"\xff" * 8192)
    other = Catalog(tmp_path / "home")
    assert other.replace("cellxgene", [LUNG]).added == 1
    assert [hit.ref for hit in other.search(ask()).hits] == [LUNG.ref]
    other.close()


@pytest.mark.parametrize("version", [0, 999])
def test_a_file_of_another_version_is_emptied(tmp_path: Path, version: int) -> None:
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as connection:
        connection.execute("CREATE TABLE dataset (something TEXT)")
        connection.execute("CREATE VIRTUAL TABLE other USING fts5(words)")
        connection.execute(f"PRAGMA user_version={version}")
    catalog = Catalog(tmp_path)
    is_usable(catalog)
    catalog.close()


def test_a_file_that_is_deleted_under_a_server_is_made_anew(
    catalog: Catalog, tmp_path: Path
) -> None:
    assert catalog.search(ask()).total == 5
    for path in (tmp_path / "home").iterdir():
        path.unlink()
    is_usable(catalog)


def test_a_home_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as refused:
        Catalog(tmp_path / "file" / "home").search(ask())
    assert str(tmp_path / "file") in str(refused.value)
    assert "DATAHUB_HOME" in refused.value.hint


def test_a_home_where_the_file_is_a_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").mkdir()
    with pytest.raises(SettingsError) as refused:
        Catalog(tmp_path).search(ask())
    assert "catalog.sqlite" in str(refused.value)


def test_importing_and_making_a_catalog_loads_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from jupyterlab_datahub.catalog.catalog import Catalog;"
        "from jupyterlab_datahub.catalog.refresh import Refresher;"
        "Catalog(Path(sys.argv[1]) / 'home');"
        "print([m for m in ('numpy', 'rapidfuzz', 'urllib3', 'psutil') if m in sys.modules]);"
        "print((Path(sys.argv[1]) / 'home').exists())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "False"]


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_FULL, NoSpaceError, "full"),
        (sqlite3.SQLITE_READONLY, SettingsError, "DATAHUB_HOME"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, DataHubError, "in use"),
        (sqlite3.SQLITE_IOERR_READ, DataHubError, "Delete"),
    ],
)
def test_every_error_of_the_file_says_where_and_what_to_do(
    tmp_path: Path, code: int, kind: type[DataHubError], words: str
) -> None:
    error = sqlite3.OperationalError("the words of SQLite")
    error.sqlite_errorcode = code
    with pytest.raises(kind) as told, in_words(tmp_path / "catalog.sqlite"):
        raise error
    assert "catalog.sqlite" in told.value.message
    assert words in told.value.message + told.value.hint


def test_a_catalog_that_another_process_writes_can_be_read(
    catalog: Catalog, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "home" / "catalog.sqlite")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM dataset")
        assert catalog.search(ask("lung")).total == 2
        assert catalog.dataset(LUNG.ref) == LUNG
        assert catalog.statuses([CONFIG])[0].datasets == len(EVERYTHING)
