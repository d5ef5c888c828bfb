"""The server below the services: connections, methods, switches, stopping."""

import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import urllib3

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.ranges import FileHost


@pytest.fixture
def host(tmp_path: Path) -> Iterator[FileHost]:
    (tmp_path / "file.bin").write_bytes(bytes(range(256)) * 400)
    with FileHost(tmp_path) as running:
        yield running


def test_a_connection_is_used_again(host: FileHost) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=60)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", "/file.bin", headers={"Range": "bytes=0-9"})
        assert len(connection.getresponse().read()) == 10
    connection.request("HEAD", "/file.bin")
    assert connection.getresponse().read() == b""
    connection.request("GET", "/missing")
    assert connection.getresponse().read()
    assert connection.sock is first
    connection.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_not_allowed(host: FileHost, method: str) -> None:
    answer = requests.request(method, f"{host.url}/file.bin", data=b"x" * 1000, timeout=60)
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("length", ["nonsense", "-1", "99999999999"])
def test_a_body_that_is_no_body_is_refused(host: FileHost, length: str) -> None:
    with socket.create_connection(("127.0.0.1", host.port), timeout=60) as client:
        client.sendall(f"POST /file.bin HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_many_clients_are_served_at_once(host: FileHost) -> None:
    together = threading.Barrier(16, timeout=60)
    lengths = []

    def fetch() -> None:
        with urllib3.PoolManager() as pool:
            together.wait()
            lengths.append(len(pool.request("GET", f"{host.url}/file.bin").data))

    threads = [threading.Thread(target=fetch) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert lengths == [102_400] * 16


def test_every_request_is_in_the_log(host: FileHost) -> None:
    requests.get(f"{host.url}/file.bin?a=b", headers={"Range": "bytes=5-9"}, timeout=60)
    requests.head(f"{host.url}/file.bin", timeout=60)
    requests.get(f"{host.url}/no such file", timeout=60)
    part, head, missing = host.requests
    assert (part.method, part.path, part.query) == ("GET", "/file.bin", "a=b")
    assert (part.range, part.status, part.sent) == ("bytes=5-9", 206, 5)
    assert (head.method, head.status, head.sent) == ("HEAD", 200, 0)
    assert (missing.path, missing.status) == ("/no such file", 404)
    assert part.headers["user-agent"].startswith("python-requests/")


def test_stopping_closes_connections_that_wait(tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(bytes(1_000_000))
    with FileHost(tmp_path) as host:
        host.faults.add("stall", after=10)
        client = http.client.HTTPConnection("127.0.0.1", host.port, timeout=60)
        client.request("GET", "/file.bin")
        response = client.getresponse()
        assert response.read(10) == bytes(10)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    client.close()
    host.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", host.port), timeout=60)


def test_a_host_can_be_started_again_on_its_port(tmp_path: Path) -> None:
    host = FileHost(tmp_path)
    first = host.start()
    host.stop()
    assert host.start() == first
    host.stop()


def test_a_taken_port_is_an_error(demo_data: Path, hub: DemoHub) -> None:
    with pytest.raises(OSError, match="in use"):
        DemoHub(demo_data, port=hub.api.port, big=False).start()


def test_the_rate_holds_for_each_connection(tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(bytes(10_000_000))
    with FileHost(tmp_path, rate_per_connection=2500) as host:
        clients = [http.client.HTTPConnection("127.0.0.1", host.port, timeout=60) for _ in "ab"]
        for client in clients:
            client.request("GET", "/file.bin")
            assert len(client.getresponse().read(300)) == 300
        # At this rate the whole file takes more than an hour, so nobody got it ahead of time.
        assert all(300 <= seen.sent < 1_000_000 for seen in host.requests)
        for client in clients:
            client.close()


def test_switches_work_over_http(host: FileHost) -> None:
    control = f"{host.url}/_faults"
    fault = {"kind": "status", "status": 429, "retry_after": "7", "times": 2}
    answer = requests.post(
        control, json={"add": [fault, {"kind": "slow", "rate": 1e9}]}, timeout=60
    )
    assert [entry["kind"] for entry in answer.json()["active"]] == ["status", "slow"]
    refused = requests.get(f"{host.url}/file.bin", timeout=60)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    assert requests.get(control, timeout=60).json()["active"][0]["times"] == 1
    assert requests.delete(control, timeout=60).json() == {"active": []}
    requests.post(control, json={"add": [{"kind": "down"}]}, timeout=60)
    assert requests.post(control, json={"clear": True}, timeout=60).json() == {"active": []}
    assert requests.get(f"{host.url}/file.bin", timeout=60).ok


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"add": 5}', b'{"add": [{"kind": "fire"}]}'])
def test_a_switch_that_is_none_is_refused(host: FileHost, body: bytes) -> None:
    answer = requests.post(f"{host.url}/_faults", data=body, timeout=60)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert host.faults.active == []


def test_the_log_can_be_read_and_emptied_over_http(host: FileHost) -> None:
    requests.get(f"{host.url}/file.bin", timeout=60)
    log = f"{host.url}/_requests"
    assert [entry["path"] for entry in requests.get(log, timeout=60).json()["requests"]] == [
        "/file.bin"
    ]
    assert requests.delete(log, timeout=60).json() == {"requests": []}
    assert host.requests == []


def test_hosts_share_faults_and_log(hub: DemoHub) -> None:
    assert isinstance(hub.faults, Faults)
    requests.get(f"{hub.api.url}/curation/v1/collections", timeout=60)
    requests.get(f"{hub.assets.url}/nothing", timeout=60)
    assert [seen.host for seen in hub.requests] == ["api", "assets"]
    assert [seen.path for seen in hub.seen("/noth*")] == ["/nothing"]
    hub.faults.add("status", host="assets", status=503)
    assert requests.get(f"{hub.api.url}/curation/v1/collections", timeout=60).ok
    assert b"SlowDown" in requests.get(f"{hub.assets.url}/nothing", timeout=60).content
