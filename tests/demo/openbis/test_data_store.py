"""The data store speaks the protocols of openBIS, byte for byte where it matters."""

import zlib

import pytest

from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.openbis import contents
from jupyterlab_datahub.demo.openbis.chunks import SIZE
from tests.demo.openbis.wire import Wire, chunks_of

BIG = bytes(index % 251 for index in range(SIZE)) * 2 + b"the end"
"""Content of three chunks."""


@pytest.fixture
def wire(hub: DemoHub) -> Wire:
    return Wire(hub)


@pytest.fixture
def big(wire: Wire) -> str:
    """Return the permId of a dataset with a file of three chunks and an empty one."""
    assert wire.upload("three/big.bin", BIG).json()["size"] == len(BIG)
    assert wire.upload("three/empty.txt", b"").json()["size"] == 0
    perm_id: str = wire.register("three")
    return perm_id


def test_listing_has_folders_sizes_and_signed_checksums(wire: Wire) -> None:
    files = wire.files(contents.NAMES)
    assert files[""]["directory"]
    assert files["original/default/deep/er"]["directory"]
    assert files["original/default/nothing in here"]["directory"]
    assert files["original/default/empty.txt"]["fileLength"] == 0
    sums = [file["checksumCRC32"] for file in files.values() if not file["directory"]]
    assert min(sums) < 0 < max(sums)
    assert all(-(2**31) <= crc < 2**31 for crc in sums)


def test_a_listing_writes_what_it_repeats_once_as_jackson_does(wire: Wire) -> None:
    first, second, *_ = wire.files(contents.NAMES).values()
    assert first["dataStore"]["code"] == "DSS1"
    assert second["dataStore"] == first["dataStore"]["@id"]


def test_chunks_are_numbered_over_all_files(wire: Wire, big: str) -> None:
    items = [f"{big}/{path}" for path, file in wire.files(big).items() if not file["directory"]]
    session = wire.start(items)
    assert session["ranges"] == {items[0]: "0:2", items[1]: "3:3"}
    assert len(session["streamIds"]) == 4
    wire.queue(session, "0:2, 3:3")
    found = [chunk for _ in range(4) for chunk in chunks_of(wire.download(session))]
    assert [chunk.number for chunk in found] == [0, 1, 2, 3]
    assert [chunk.offset for chunk in found] == [0, SIZE, 2 * SIZE, 0]
    assert all(chunk.header_right and chunk.payload_right for chunk in found)
    assert b"".join(chunk.payload for chunk in found) == BIG
    assert found[0].item == items[0]
    assert found[0].path == items[0].partition("/")[2]
    assert wire.download(session) == b""


def test_many_chunks_come_in_one_answer(wire: Wire, big: str) -> None:
    session = wire.start([f"{big}/original"])
    wire.queue(session, "2:3,0")
    found = chunks_of(wire.download(session, count=100))
    assert [chunk.number for chunk in found] == [2, 3, 0]
    assert all(chunk.header_right and chunk.payload_right for chunk in found)


def test_a_queued_chunk_is_not_queued_twice(wire: Wire, big: str) -> None:
    session = wire.start([f"{big}/original"])
    wire.queue(session, "0:1")
    wire.queue(session, "1:2")
    found = chunks_of(wire.download(session, count=10))
    assert [chunk.number for chunk in found] == [0, 1, 2]
    wire.queue(session, "1")
    assert [chunk.number for chunk in chunks_of(wire.download(session, count=10))] == [1]


def test_names_with_commas_need_version_2(wire: Wire) -> None:
    name = f"{contents.NAMES}/original/default/one, two; three.csv"
    assert wire.start([name])["ranges"] == {name: "0:0"}
    assert "error" in wire.start([name], version="1")


@pytest.mark.parametrize("path", ["it's here.txt", 'a "quoted" word.txt', "#1 of 2.txt"])
def test_every_other_name_works_with_both_versions(wire: Wire, path: str) -> None:
    name = f"{contents.NAMES}/original/default/{path}"
    for version in ("1", "2"):
        session = wire.start([name], version=version)
        wire.queue(session, "0:0")
        assert (
            chunks_of(wire.download(session))[0].payload == f"This file is called {path}\n".encode()
        )
        wire.finish(session)


def test_streams_run_out_and_come_back(hub: DemoHub, wire: Wire) -> None:
    item = f"{contents.CELLS}/original"
    sessions = []
    while True:
        session = wire.start([item])
        if "error" in session:
            break
        for stream in range(len(session["streamIds"])):
            wire.download(session, stream=stream)
        sessions.append(session)
    assert [len(session["streamIds"]) for session in sessions] == [4, 3, 1, 1]
    assert session["retriable"] is True
    assert session["exception-class"].endswith("DownloadException")
    assert len(hub.openbis.data_store.downloads) == 4
    assert wire.finish(sessions[0]).content == b""
    assert len(wire.start([item])["streamIds"]) == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"method": "fly"}, "Unknown method 'fly'."),
        ({"method": "queue", "downloadSessionId": "x", "ranges": "0:1"}, "session id"),
        ({"method": "queue", "downloadSessionId": "x", "ranges": "a:b"}, "Invalid range"),
        ({"method": "startDownloadSession"}, "Unspecified parameter 'userSessionId'."),
    ],
)
def test_refusals_are_json_with_status_200(
    wire: Wire, given: dict[str, object], words: str
) -> None:
    answer = wire.transfer(**given)
    assert answer.status_code == 200
    assert words in answer.json()["error"]
    assert "exception-class" in answer.json()


def test_an_unknown_chunk_or_stream_or_file_is_refused(wire: Wire) -> None:
    session = wire.start([f"{contents.CELLS}/original"])
    assert "sequence number: 99" in wire.queue(session, "99").json()["error"]
    stranger = {**session, "streamIds": ["elsewhere"]}
    assert b"InvalidDownloadStreamException" in wire.download(stranger)
    missing = wire.start([f"{contents.CELLS}/original/nothing.h5ad"])
    assert "does not exist" in missing["error"]


def test_a_download_ends_with_the_users_session(hub: DemoHub, wire: Wire) -> None:
    session = wire.start([f"{contents.CELLS}/original"])
    wire.queue(session, "0:1")
    hub.openbis.store.sessions.logout(wire.token)
    assert b"InvalidDownloadSessionException" in wire.download(session)
    assert wire.start([f"{contents.CELLS}/original"])["error"] == (
        "Item ids cannot be null or empty"
    )


def test_what_a_reader_may_not_see_is_left_out_without_a_word(hub: DemoHub, wire: Wire) -> None:
    reader = Wire(hub, "reader")
    ids = [
        {"dataSetId": {"permId": perm_id}, "filePath": f"{perm_id}/original"}
        for perm_id in (contents.CELLS, contents.HIDDEN)
    ]
    assert len(wire.call("createFastDownloadSession", ids, {})["files"]) == 2
    seen = reader.call("createFastDownloadSession", ids, {})
    assert [file["filePath"] for file in seen["files"]] == [f"{contents.CELLS}/original"]
    both = [f"{contents.CELLS}/original", f"{contents.HIDDEN}/original"]
    assert list(reader.start(both)["ranges"]) == both[:1]
    assert reader.files(contents.HIDDEN) == {}
    assert "not found" in reader.get(f"{contents.HIDDEN}/original/nk.h5ad").text


def test_archived_datasets_list_their_files_and_give_none(wire: Wire) -> None:
    assert "original/pilot.h5ad" in wire.files(contents.ARCHIVED)
    assert "archived" in wire.start([f"{contents.ARCHIVED}/original"])["error"]
    page = wire.get(f"{contents.ARCHIVED}/original/pilot.h5ad")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "archived" in page.text


def test_the_servlet_gives_whole_files_and_no_ranges(wire: Wire) -> None:
    file = wire.files(contents.CELLS)["original/pbmc68k.h5ad"]
    answer = wire.get(f"{contents.CELLS}/original/pbmc68k.h5ad", Range="bytes=5-9")
    assert answer.status_code == 200
    assert "Accept-Ranges" not in answer.headers
    assert len(answer.content) == file["fileLength"] == int(answer.headers["Content-Length"])
    assert zlib.crc32(answer.content) == file["checksumCRC32"] % 2**32


def test_the_servlet_shows_a_page_where_it_has_no_file(hub: DemoHub, wire: Wire) -> None:
    assert wire.get(f"{contents.CELLS}/original/none.h5ad").status_code == 404
    wire.token = "reader-gone"
    page = wire.get(f"{contents.CELLS}/original/pbmc68k.h5ad")
    assert page.status_code == 200
    assert "session expired" in page.text
    assert page.headers["Content-Type"].startswith("text/html")


def test_names_reach_the_servlet_quoted(wire: Wire) -> None:
    for path, file in wire.files(contents.NAMES).items():
        if not file["directory"]:
            content = wire.get(f"{contents.NAMES}/{path}").content
            assert zlib.crc32(content) == file["checksumCRC32"] % 2**32, path
