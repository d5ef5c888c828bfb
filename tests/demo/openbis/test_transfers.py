"""Unmodified pyBIS, old and new, moves files in and out at every API version."""

import random
import zlib
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.openbis import contents
from jupyterlab_datahub.demo.openbis.defaults import OBJECT
from jupyterlab_datahub.demo.openbis.records import Sample
from scripts.pybis import NEXT, STABLE
from tests.demo.openbis.clients import RELEASES, run_pybis, values

SLICE = 10 << 20
"""Bytes from which on pyBIS uploads in slices."""

SPOILT_BY_PYBIS = ("'", '"', ",")
"""What names must not have: pyBIS makes them unreadable for every server."""


def checksums(folder: Path) -> dict[str, str]:
    """Return the CRC32 of each file below a folder, as pyBIS shows them."""
    return {
        path.relative_to(folder).as_posix(): f"{zlib.crc32(path.read_bytes()):x}"
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def results(tmp_path: Path) -> dict[str, bytes]:
    """Return files to upload by name: one in slices, one empty, one with a difficult name."""
    dice = random.Random(5)  # noqa: S311 - content, no secrets
    made = {
        "in slices.bin": dice.randbytes(2 * SLICE + 7),
        "empty.txt": b"",
        "#1 Größe.txt": b"small",
    }
    (tmp_path / "results").mkdir()
    for name, content in made.items():
        (tmp_path / "results" / name).write_bytes(content)
    return made


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("version", ["3.5", "3.6", "3.7"])
def test_pybis_downloads_uploads_and_finds_the_same_again(
    hub: DemoHub, tmp_path: Path, results: dict[str, bytes], release: str, version: str
) -> None:
    hub.openbis.store.api_version = version
    names = [
        file.path
        for file in hub.openbis.store.files(contents.NAMES)
        if version == "3.5" or not any(mark in file.path for mark in SPOILT_BY_PYBIS)
    ]
    if version == "3.5":
        names = [name for name in names if "?" not in name and "#" not in name]
    target, back = tmp_path / "downloads", tmp_path / "back"
    dataset = {
        "type": "ANALYSIS_NOTEBOOK",
        "experiment": "/LAB/SC/PBMC",
        "files": [str(tmp_path / "results" / name) for name in results],
        "parents": [contents.CELLS],
        "props": {"$name": "results", "notes": "n", "$history_id": "h"},
    }
    steps: list[dict[str, Any]] = [
        {"do": "download", "permId": contents.CELLS, "destination": str(target)},
        {"do": "download", "permId": contents.MANY, "destination": str(target)},
        {"do": "download", "permId": contents.NAMES, "files": names, "destination": str(target)},
        {"do": "listing", "permId": contents.NAMES},
        {"do": "upload", "dataset": dataset},
    ]
    *downloads, listing, uploaded = values(run_pybis(release, hub, tmp_path, *steps))
    found = {path: checksum for path, _, checksum in listing if path in names}
    assert checksums(Path(downloads[2])) == found
    for perm_id, folder in zip((contents.CELLS, contents.MANY), downloads, strict=False):
        files = hub.openbis.store.files(perm_id)
        assert checksums(Path(folder)) == {file.path: f"{file.crc32:x}" for file in files}
    assert uploaded["parents"] == [contents.CELLS]
    (again,) = values(
        run_pybis(
            release,
            hub,
            tmp_path,
            {"do": "download", "permId": uploaded["permId"], "destination": str(back)},
        )
    )
    folder = "original/DEFAULT" if version == "3.5" else "original/default"
    for name, content in results.items():
        if version == "3.5" and "#" in name:
            continue  # this pyBIS asks for the name up to the mark only
        assert (Path(again) / folder / name).read_bytes() == content


@pytest.mark.parametrize("release", RELEASES)
def test_a_folder_is_uploaded_as_it_is(hub: DemoHub, tmp_path: Path, release: str) -> None:
    deep = tmp_path / "run" / "deep"
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("a")
    (tmp_path / "run" / "nothing").mkdir()
    dataset = {"type": "RAW_DATA", "sample": "/LAB/SC/DONOR_1", "files": [str(tmp_path / "run")]}
    (uploaded,) = values(run_pybis(release, hub, tmp_path, {"do": "upload", "dataset": dataset}))
    assert uploaded["files"] == ["original/run/deep/a.txt"]
    assert "original/run/nothing" in hub.openbis.store.dataset(uploaded["permId"]).directories


def test_a_spoilt_chunk_is_asked_for_again(hub: DemoHub, tmp_path: Path) -> None:
    hub.faults.add("corrupt", path="*#download", offset=5000)
    hub.faults.add("corrupt", path="*#download", offset=0, skip=2)
    step = {"do": "download", "permId": contents.CELLS, "destination": str(tmp_path / "d")}
    (folder,) = values(run_pybis(STABLE, hub, tmp_path, step))
    (file,) = hub.openbis.store.files(contents.CELLS)
    assert checksums(Path(folder)) == {file.path: f"{file.crc32:x}"}
    assert len(hub.seen("*#queue", "POST")) >= 2


def test_what_pybis_gets_wrong_it_gets_wrong_here_as_well(hub: DemoHub, tmp_path: Path) -> None:
    """A server that is kinder than the real one would hide what our own client does better."""
    target = tmp_path / "d"
    old = target / contents.TABLE / "original" / "counts.csv"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"x" * 100_000)
    quoted = "original/default/it's here.txt"
    told = run_pybis(
        STABLE,
        hub,
        tmp_path,
        {"do": "download", "permId": contents.NAMES, "files": quoted, "destination": str(target)},
        {"do": "download", "permId": contents.TABLE, "destination": str(target)},
        {"do": "download", "permId": contents.ARCHIVED, "destination": str(target)},
    )
    assert told[0]["error"].startswith("TypeError")
    (file,) = hub.openbis.store.files(contents.TABLE)
    assert old.stat().st_size == 100_000 > file.size
    assert "archived" in told[2]["printed"]
    assert "error" in told[2]


def test_a_503_ends_an_upload_of_pybis(hub: DemoHub, tmp_path: Path) -> None:
    hub.faults.add("status", path="*/session_workspace_file_upload", method="POST", status=503)
    (tmp_path / "a.txt").write_text("a")
    dataset = {
        "type": "RAW_DATA",
        "experiment": "/LAB/SC/PBMC",
        "files": [str(tmp_path / "a.txt")],
    }
    (told,) = run_pybis(STABLE, hub, tmp_path, {"do": "upload", "dataset": dataset})
    assert "503" in told["error"]
    assert not hub.seen("*#createUploadedDataSet", "POST")


def test_the_file_server_works_with_its_client(hub: DemoHub, tmp_path: Path) -> None:
    owner = hub.openbis.store.get(Sample, OBJECT).perm_id
    url = f"{hub.openbis.url}/afs-server"
    run = tmp_path / "run"
    (run / "deep").mkdir(parents=True)
    (run / "a.txt").write_text("first")
    (run / "deep" / "big.bin").write_bytes(bytes(SLICE + 5))

    def afs(method: str, *arguments: object) -> dict[str, Any]:
        return {"do": "afs", "url": url, "method": method, "arguments": arguments}

    told = values(
        run_pybis(
            NEXT,
            hub,
            tmp_path,
            afs("is_session_valid"),
            afs("list", owner, "/", True),
            afs("upload_files", owner, "/", [str(run)]),
            afs("list", owner, "/", True),
            afs("hash", owner, "/run/a.txt"),
            afs("read", owner, "/run/a.txt", 1, 3),
            {"do": "write", "url": url, "arguments": [owner, "/new/b.txt", 0], "text": "written"},
            afs("copy", owner, "/new", owner, "/copy"),
            afs("move", owner, "/copy", owner, "/moved"),
            afs("truncate", owner, "/moved/b.txt", 3),
            afs("read", owner, "/moved/b.txt", 0, 100),
            afs("snapshot", owner, "/moved/b.txt"),
            afs("create", owner, "/folder", True),
            afs("delete", owner, "/new", True),
            afs("delete", owner, "/folder", False),
            afs("list", owner, "/.afs.trash", True),
            afs("list", owner, "/nowhere", True),
            afs("free", owner, "/"),
            afs("download_files", owner, "/run", f"{tmp_path}/back/"),
        )
    )
    assert told[:2] == [True, []]
    assert told[3] == [
        ["/run/a.txt", False, 5],
        ["/run/deep/big.bin", False, SLICE + 5],
        ["/run/deep", True, 0],
        ["/run", True, 0],
    ]
    assert told[4] == "8b04d5e3775d298e78455efc5ca404d5"
    assert told[5] == "irs"
    assert told[6:10] == [True] * 4
    assert told[10] == "wri"
    assert told[11:15] == [True] * 4
    assert told[15] == [["/.afs.trash/new/b.txt", False, 7], ["/.afs.trash/new", True, 0]]
    assert told[16] == []
    assert 0 < told[17]["free"] <= told[17]["total"]
    assert checksums(tmp_path / "back" / "run") == checksums(run)


def test_the_file_server_refuses_readers_and_strangers(hub: DemoHub, tmp_path: Path) -> None:
    url = f"{hub.openbis.url}/afs-server"
    owner = contents.CELLS
    write = {"do": "write", "url": url, "arguments": [owner, "/a.txt", 0], "text": "a"}
    inside = {"do": "afs", "url": url, "method": "list", "arguments": [contents.HIDDEN, "/", True]}
    told = run_pybis(NEXT, hub, tmp_path, write, inside, who="reader")
    assert "Authorization failure" in told[0]["error"]
    assert "no rights" in told[1]["error"]


def test_the_file_server_is_among_the_data_stores(hub: DemoHub, tmp_path: Path) -> None:
    step = {"do": "stores", "options": {"with_afs": True}}
    (found,) = values(run_pybis(NEXT, hub, tmp_path, step))
    assert found["AFS"] == f"{hub.openbis.url}/afs-server"
    assert found["DSS1"] == hub.openbis.url
