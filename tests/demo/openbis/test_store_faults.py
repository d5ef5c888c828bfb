"""What goes wrong between a data store and its client can be switched on."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from jupyterlab_datahub.demo.faults import Fault
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.openbis import contents
from jupyterlab_datahub.demo.openbis.tls import Certificate, self_signed
from tests.demo.openbis.wire import PATIENCE, Wire, chunks_of, raw_pool

ITEM = f"{contents.CELLS}/original/pbmc68k.h5ad"


@pytest.fixture
def wire(hub: DemoHub) -> Wire:
    return Wire(hub)


@pytest.fixture
def session(wire: Wire) -> dict[str, Any]:
    """Return a download session with all chunks of a file in its queue."""
    session: dict[str, Any] = wire.start([ITEM])
    wire.queue(session, session["ranges"][ITEM])
    return session


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with raw_pool() as made:
        yield made


def test_a_call_is_chosen_by_its_name(hub: DemoHub, wire: Wire) -> None:
    hub.faults.add("status", path="*#searchFiles", status=502)
    hub.faults.add("status", path="*#download", status=500)
    session = wire.start([ITEM])
    assert "error" not in session
    assert wire.queue(session, "0").ok
    assert b"500" in wire.download(session)
    assert [seen.status for seen in hub.seen("*#download", "POST")] == [500]


def test_a_chunk_is_spoilt_in_its_payload(
    hub: DemoHub, wire: Wire, session: dict[str, Any]
) -> None:
    hub.faults.add("corrupt", path="*#download", offset=5000)
    (chunk,) = chunks_of(wire.download(session))
    assert chunk.header_right
    assert not chunk.payload_right
    wire.queue(session, "0")
    assert chunks_of(wire.download(session, count=9))[-1].payload_right


def test_a_chunk_is_spoilt_in_its_header(hub: DemoHub, wire: Wire, session: dict[str, Any]) -> None:
    hub.faults.add("corrupt", path="*#download", offset=9)
    (chunk,) = chunks_of(wire.download(session))
    assert not chunk.header_right


def test_content_is_not_what_was_listed_though_every_chunk_is_right(
    hub: DemoHub, wire: Wire, session: dict[str, Any]
) -> None:
    listed = wire.files(contents.CELLS)["original/pbmc68k.h5ad"]
    hub.faults.add("changed", path="*#download")
    found = chunks_of(wire.download(session, count=9))
    assert all(chunk.header_right and chunk.payload_right for chunk in found)
    content = b"".join(chunk.payload for chunk in found)
    assert len(content) == listed["fileLength"]
    assert zlib.crc32(content) != listed["checksumCRC32"] % 2**32


def test_a_file_is_shorter_than_was_listed(hub: DemoHub, wire: Wire) -> None:
    hub.faults.add("truncated", path="*#startDownloadSession", size=1000)
    session = wire.start([ITEM])
    wire.queue(session, "0:0")
    assert len(chunks_of(wire.download(session))[0].payload) == 1000
    hub.faults.clear()
    hub.faults.add("truncated", path="*/pbmc68k.h5ad", size=1000)
    assert len(wire.get(ITEM).content) == 1000


@pytest.mark.parametrize(("kind", "after"), [("cut", 700_000), ("reset", 200), ("stall", 300)])
def test_a_download_breaks_in_the_middle_of_a_chunk(
    hub: DemoHub, wire: Wire, session: dict[str, Any], kind: str, after: int
) -> None:
    broken = Fault(kind=kind, after=after, path="*#download")  # type: ignore[arg-type]  # the parameters are kinds
    hub.faults.extend([broken])
    document = {
        "method": ["download"],
        "downloadSessionId": [session["downloadSessionId"]],
        "downloadStreamId": session["streamIds"][:1],
        "numberOfChunks": ["2"],
    }
    with raw_pool() as pool:
        answer = pool.request(
            "POST",
            f"{wire.url}/datastore_server/file-transfer",
            json=document,
            preload_content=False,
        )
        if kind == "stall":
            # The head of an answer may be late; what does not come need not be waited for.
            answer.connection.sock.settimeout(0.5)  # type: ignore[union-attr]  # it is there until all was read
        with pytest.raises((ProtocolError, ReadTimeoutError)):
            answer.read()
        answer.close()
    assert hub.seen("*#download", "POST")[0].sent == after
    hub.faults.clear()
    wire.queue(session, "0:1")
    numbers = [chunk.number for chunk in chunks_of(wire.download(session, count=9))]
    assert numbers == [0, 1]


def test_the_servlet_promises_more_than_it_sends(
    hub: DemoHub, wire: Wire, pool: urllib3.PoolManager
) -> None:
    hub.faults.add("length", path="*/pbmc68k.h5ad", by=10)
    url = f"{wire.url}/datastore_server/{ITEM}?sessionID={wire.token}"
    with pytest.raises(ProtocolError):
        pool.request("GET", url)
    assert pool.request("GET", url).status == 200


def test_an_upload_is_refused_once(hub: DemoHub, wire: Wire) -> None:
    hub.faults.add("status", path="*/session_workspace_file_upload", status=503)
    assert wire.upload("u/a.txt", b"a" * 100_000).status_code == 503
    assert "No uploaded files" in wire.register("u")
    assert wire.upload("u/a.txt", b"a" * 100_000).json()["size"] == 100_000


def test_an_upload_breaks_before_all_of_it_has_come(hub: DemoHub, wire: Wire) -> None:
    content = bytes(8 << 20)
    hub.faults.add("drop", path="*/session_workspace_file_upload", after=3 << 20)
    with pytest.raises(requests.ConnectionError):
        wire.upload("u/a.bin", content)
    assert wire.upload("u/a.bin", content).json()["size"] == len(content)
    assert wire.files(wire.register("u"))["original/a.bin"]["fileLength"] == len(content)


def test_an_upload_is_kept_and_its_answer_lost(hub: DemoHub, wire: Wire) -> None:
    hub.faults.add("cut", path="*/session_workspace_file_upload", after=0)
    hub.faults.add("cut", path="*#createUploadedDataSet", after=0)
    with pytest.raises(requests.RequestException):
        wire.upload("u/a.txt", b"kept")
    before = len(hub.openbis.store.every(type(hub.openbis.store.dataset(contents.CELLS))))
    with pytest.raises(requests.RequestException):
        wire.register("u")
    after = hub.openbis.store.every(type(hub.openbis.store.dataset(contents.CELLS)))
    assert len(after) == before + 1
    assert after[-1].files[0].file.read_bytes() == b"kept"


def test_a_slice_is_kept_only_in_part(hub: DemoHub, wire: Wire) -> None:
    hub.faults.add("short", by=3, path="*/session_workspace_file_upload")
    assert wire.upload("u/a.txt", b"0123456789").json()["size"] == 7
    assert wire.files(wire.register("u"))["original/a.txt"]["fileLength"] == 7


def test_files_are_left_out_of_a_download_without_a_word(hub: DemoHub, wire: Wire) -> None:
    items = [f"{contents.NAMES}/{file.path}" for file in hub.openbis.store.files(contents.NAMES)]
    hub.faults.add("filtered", by=2, path="*#startDownloadSession")
    assert list(wire.start(items)["ranges"]) == items[:-2]
    assert list(wire.start(items)["ranges"]) == items


def test_no_stream_is_free(hub: DemoHub, wire: Wire) -> None:
    hub.faults.add("busy")
    assert wire.start([ITEM])["retriable"] is True
    assert "streamIds" in wire.start([ITEM])


def test_each_server_says_in_its_own_way_that_a_session_is_over(hub: DemoHub, wire: Wire) -> None:
    hub.faults.add("expired", host="openbis", times=5)
    assert wire.call("searchFiles", {}, {}) == (
        f"Session token '{wire.token}' is invalid: user is not logged in."
    )
    assert "cannot be null or empty" in wire.start([ITEM])["error"]
    assert "session expired" in wire.get(ITEM).text
    assert wire.upload("u/a.txt", b"a").status_code == 500
    afs = {"method": "list", "owner": "x", "source": "/", "sessionToken": wire.token}
    answer = requests.get(f"{wire.url}/afs-server/api", params=afs, timeout=PATIENCE)
    assert answer.status_code == 400
    assert "expired" in answer.json()["error"][1]["message"]


def test_a_gateway_answers_in_html(hub: DemoHub, wire: Wire) -> None:
    hub.faults.add("html", host="openbis", status=502)
    with pytest.raises(requests.JSONDecodeError):
        wire.call("searchFiles", {}, {})
    hub.faults.add("truncated_json", host="openbis")
    with pytest.raises(requests.JSONDecodeError):
        wire.call("searchFiles", {}, {})


def test_versions_and_sessions_are_switched_over_http(hub: DemoHub, wire: Wire) -> None:
    url = f"{wire.url}/_openbis"
    assert requests.get(url, timeout=PATIENCE).json()["api_version"] == "3.7"
    wish = {"api_version": "3.5", "expire": True}
    assert requests.post(url, json=wish, timeout=PATIENCE).json()["api_version"] == "3.5"
    assert hub.openbis.store.api_version == "3.5"
    assert "invalid" in wire.call("searchFiles", {}, {})
    assert requests.post(url, data="no JSON", timeout=PATIENCE).status_code == 400
    assert requests.post(url, json={"archive": ["1-1"]}, timeout=PATIENCE).status_code == 400
    faults = f"{wire.url}/_faults"
    more = {"add": [{"kind": "busy", "host": "openbis"}]}
    assert requests.post(faults, json=more, timeout=PATIENCE).json()["active"]


def test_tokens_are_taken_back_and_datasets_archived_over_http(hub: DemoHub, wire: Wire) -> None:
    url = f"{wire.url}/_openbis"
    sessions = hub.openbis.store.sessions
    sessions.create_pat(sessions.session(wire.token), "analysis", 0, 1)
    assert requests.get(url, timeout=PATIENCE).json()["tokens"] == 1
    wish = {"revoke": True, "archive": [contents.CELLS], "archiving_seconds": 0.5}
    told = requests.post(url, json=wish, timeout=PATIENCE).json()
    assert (told["tokens"], told["archiving_seconds"]) == (0, 0.5)
    physical = hub.openbis.store.dataset(contents.CELLS).physical
    assert physical is not None
    assert physical.status == "ARCHIVED"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


def test_an_unknown_certificate_is_refused_unless_it_is_trusted(
    demo_data: Path, certificate: Certificate
) -> None:
    with DemoHub(demo_data, big=False, openbis_tls=certificate.context()) as hub:
        url = hub.services["openbis"]["url"]
        assert url.startswith("https://")
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{url}/_openbis", timeout=PATIENCE)
        trusted = str(certificate.certificate)
        for name in ("127.0.0.1", "localhost"):
            there = url.replace("127.0.0.1", name)
            answer = requests.get(f"{there}/_openbis", verify=trusted, timeout=PATIENCE)
            assert answer.json()["api_version"] == "3.7"


def test_files_are_sent_over_https_whole(demo_data: Path, certificate: Certificate) -> None:
    with DemoHub(demo_data, big=False, openbis_tls=certificate.context()) as hub:
        token = hub.openbis.store.sessions.login("scientist", "demo-scientist")
        url = f"{hub.openbis.url}/datastore_server/{ITEM}?sessionID={token}"
        hub.faults.add("stall", after=100_000, path="*.h5ad", seconds=0.2)
        answer = requests.get(url, verify=str(certificate.certificate), timeout=PATIENCE)
        (file,) = hub.openbis.store.files(contents.CELLS)
        assert zlib.crc32(answer.content) == file.crc32


def test_a_server_that_was_down_is_back_at_the_same_address(hub: DemoHub, wire: Wire) -> None:
    wire.upload("u/a.txt", b"a")
    hub.openbis.stop()
    with pytest.raises(requests.ConnectionError):
        wire.files(contents.CELLS)
    hub.openbis.start()
    assert "original/a.txt" in wire.files(wire.register("u"))
