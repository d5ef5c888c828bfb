"""Every fault does to a client what it says, as often as it says."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import urllib3
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from jupyterlab_datahub.demo.faults import FOREVER, Fault, Faults, fault_of, parse_faults
from jupyterlab_datahub.demo.hub import DemoHub

CONTENT = bytes(index % 251 for index in range(50_000))


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False, timeout=60) as made:
        yield made


@pytest.fixture
def url(hub: DemoHub, tmp_path: Path) -> str:
    """Return the address of a file of known content on the asset host."""
    (tmp_path / "cells.h5ad").write_bytes(CONTENT)
    hub.assets.directory = tmp_path
    return f"{hub.assets.url}/cells.h5ad"


def received(pool: urllib3.PoolManager, url: str, **headers: str) -> bytes:
    """Return what arrives of a body before the connection breaks."""
    got = b""
    response = pool.request("GET", url, headers=headers, preload_content=False)
    try:
        for piece in response.stream(1000):
            got += piece
    except (ProtocolError, ReadTimeoutError):
        response.close()
        return got
    pytest.fail(f"nothing broke in {len(got)} bytes")


def test_cut_ends_the_body_early_once(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    hub.faults.add("cut", after=12_000)
    assert received(pool, url) == CONTENT[:12_000]
    assert pool.request("GET", url).data == CONTENT
    assert [seen.sent for seen in hub.requests] == [12_000, 50_000]


def test_cut_is_not_spent_on_what_is_shorter(
    hub: DemoHub, url: str, pool: urllib3.PoolManager
) -> None:
    hub.faults.add("cut", after=1000, times=2)
    assert pool.request("HEAD", url).status == 200
    assert pool.request("GET", url, headers={"Range": "bytes=0-999"}).data == CONTENT[:1000]
    assert received(pool, url, Range="bytes=100-") == CONTENT[100:1100]
    assert received(pool, url) == CONTENT[:1000]
    assert pool.request("GET", url).data == CONTENT


def test_faults_choose_their_requests(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    hub.faults.add("status", path="*/other.h5ad")
    hub.faults.add("status", host="api")
    hub.faults.add("status", method="HEAD", status=500)
    assert pool.request("GET", url).status == 200
    assert pool.request("HEAD", url).status == 500
    assert len(hub.faults.active) == 2


def test_faults_can_wait_for_their_turn(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    hub.faults.add("status", skip=2, times=2, status=503)
    assert [pool.request("GET", url).status for _ in range(5)] == [200, 200, 503, 503, 200]


def test_reset_breaks_the_connection(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    hub.faults.add("reset", after=20_000)
    assert CONTENT.startswith(received(pool, url))
    assert hub.requests[0].sent == 20_000


def test_stall_sends_nothing_more_until_it_is_cleared(hub: DemoHub, url: str) -> None:
    hub.faults.add("stall", after=100)
    client = http.client.HTTPConnection("127.0.0.1", hub.assets.port, timeout=60)
    client.request("GET", "/cells.h5ad")
    connection = client.sock
    response = client.getresponse()
    assert response.read(100) == CONTENT[:100]
    # What is sent may be late; what is not sent need not be waited for.
    connection.settimeout(0.3)
    with pytest.raises(TimeoutError):
        response.fp.read(1)
    assert hub.requests[0].sent == 100
    hub.faults.clear()
    client.close()
    assert requests.get(url, timeout=60).content == CONTENT


def test_stall_can_end_by_itself(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    hub.faults.add("stall", after=100, seconds=0.1)
    assert pool.request("GET", url).data == CONTENT


def test_a_stalled_body_goes_on_when_cleared(hub: DemoHub, url: str) -> None:
    hub.faults.add("stall", after=100)
    with requests.get(url, stream=True, timeout=60) as response:
        assert response.raw.read(100) == CONTENT[:100]
        hub.faults.clear()
        assert response.raw.read() == CONTENT[100:]


def test_corrupt_flips_one_byte_wherever_it_is_fetched(
    hub: DemoHub, url: str, pool: urllib3.PoolManager
) -> None:
    hub.faults.add("corrupt", offset=700, times=3)
    spoilt = bytearray(CONTENT)
    spoilt[700] ^= 0xFF
    assert pool.request("GET", url, headers={"Range": "bytes=0-699"}).data == CONTENT[:700]
    assert pool.request("GET", url).data == bytes(spoilt)
    assert pool.request("GET", url, headers={"Range": "bytes=600-800"}).data == spoilt[600:801]
    hub.faults.add("slow", rate=1e6)
    assert pool.request("GET", url).data == bytes(spoilt)
    assert pool.request("GET", url).data == CONTENT


@pytest.mark.parametrize("by", [10, -10])
def test_length_promises_another_size(
    hub: DemoHub, url: str, pool: urllib3.PoolManager, by: int
) -> None:
    hub.faults.add("length", by=by)
    response = pool.request("GET", url, preload_content=False)
    assert response.headers["Content-Length"] == str(len(CONTENT) + by)
    response.close()
    assert pool.request("GET", url).data == CONTENT


def test_length_can_lie_to_head(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    hub.faults.add("length", by=5, method="HEAD")
    assert pool.request("GET", url).data == CONTENT
    assert pool.request("HEAD", url).headers["Content-Length"] == str(len(CONTENT) + 5)


def test_truncated_is_a_shorter_file_that_admits_it(
    hub: DemoHub, url: str, pool: urllib3.PoolManager
) -> None:
    hub.faults.add("truncated", size=300)
    assert pool.request("HEAD", url).headers["Content-Length"] == "300"
    assert pool.request("GET", url).data == CONTENT[:300]
    part = pool.request("GET", url, headers={"Range": "bytes=100-999"})
    assert part.headers["Content-Range"] == "bytes 100-299/300"


def test_changed_is_another_file_of_the_same_name(
    hub: DemoHub, url: str, pool: urllib3.PoolManager
) -> None:
    before = pool.request("GET", url, headers={"Range": "bytes=0-99"})
    hub.faults.add("changed")
    other = bytes(255 - byte for byte in CONTENT)
    etag = before.headers["ETag"]
    again = pool.request("GET", url, headers={"Range": "bytes=100-", "If-Range": etag})
    assert (again.status, again.data) == (200, other)
    assert again.headers["ETag"] != etag
    assert again.headers["Last-Modified"] != before.headers["Last-Modified"]
    assert pool.request("GET", url, headers={"If-Match": etag}).status == 412
    part = pool.request(
        "GET", url, headers={"Range": "bytes=5-9", "If-Range": again.headers["ETag"]}
    )
    assert (part.status, part.data) == (206, other[5:10])


@pytest.mark.parametrize("retry_after", ["", "3", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_status_with_and_without_retry_after(hub: DemoHub, url: str, retry_after: str) -> None:
    hub.faults.add("status", status=429, retry_after=retry_after, times=2)
    for address in (url, f"{hub.api.url}/curation/v1/collections"):
        answer = requests.get(address, timeout=60)
        assert answer.status_code == 429
        assert answer.headers.get("Retry-After", "") == retry_after
    assert requests.get(url, timeout=60).ok


@pytest.mark.parametrize("status", [502, 504])
def test_html_is_a_gateways_page(hub: DemoHub, status: int) -> None:
    hub.faults.add("html", status=status)
    answer = requests.get(f"{hub.api.url}/curation/v1/datasets", timeout=60)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html"
    assert "<html>" in answer.text


def test_truncated_json_is_not_json(hub: DemoHub) -> None:
    hub.faults.add("truncated_json")
    answer = requests.get(f"{hub.api.url}/curation/v1/datasets", timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert int(answer.headers["Content-Length"]) == len(answer.content) > 0
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_empty_is_a_success_with_nothing_in_it(hub: DemoHub) -> None:
    hub.faults.add("empty")
    answer = requests.get(f"{hub.api.url}/curation/v1/datasets", timeout=60)
    assert (answer.status_code, answer.content) == (200, b"")


def test_ignore_range_sends_the_whole_file(
    hub: DemoHub, url: str, pool: urllib3.PoolManager
) -> None:
    hub.faults.add("ignore_range")
    answer = pool.request("GET", url, headers={"Range": "bytes=5-9"})
    assert (answer.status, answer.data) == (200, CONTENT)
    assert "Accept-Ranges" not in answer.headers


def test_no_head(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    hub.faults.add("no_head")
    assert pool.request("HEAD", url).status == 405
    assert pool.request("GET", url).data == CONTENT


def test_expired_is_what_an_object_store_says(hub: DemoHub, url: str) -> None:
    hub.faults.add("expired")
    answer = requests.get(url, timeout=60)
    assert answer.status_code == 403
    assert "Request has expired" in answer.text
    assert requests.get(url, timeout=60).ok


def test_slow_keeps_to_the_rate(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    hub.faults.add("slow", rate=2500)
    response = pool.request("GET", url, preload_content=False)
    assert response.read(200) == CONTENT[:200]
    assert hub.requests[0].sent < 10_000
    response.close()


def test_latency_comes_before_the_answer(hub: DemoHub, url: str) -> None:
    hub.faults.add("latency", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        requests.get(url, timeout=0.2)
    hub.faults.clear()
    assert requests.get(url, timeout=60).ok


def test_latency_ends_when_it_is_cleared(hub: DemoHub, url: str) -> None:
    hub.faults.add("latency", seconds=3600)
    answers: list[int] = []

    def ask() -> None:
        answers.append(requests.get(url, timeout=60).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    for _ in range(600):
        if hub.requests:
            break
        time.sleep(0.1)
    assert answers == []
    hub.faults.clear()
    asking.join(60)
    assert answers == [200]


def test_down_resets_every_connection(hub: DemoHub, url: str, pool: urllib3.PoolManager) -> None:
    down = hub.faults.add("down", host="assets")
    for _ in range(2):
        with pytest.raises(ProtocolError):
            pool.request("GET", url)
    assert requests.get(f"{hub.api.url}/curation/v1/collections", timeout=60).ok
    hub.faults.remove(down)
    assert pool.request("GET", url).data == CONTENT


def test_lasting_faults_last_and_accidents_happen_once() -> None:
    faults = Faults()
    assert faults.add("slow", rate=1).times == FOREVER
    assert faults.add("cut").times == 1
    assert fault_of({"kind": "down"}).times == FOREVER
    assert fault_of({"kind": "down", "times": 2}).times == 2
    faults.clear()
    assert faults.active == []


def test_the_short_form() -> None:
    assert parse_faults("slow=5MB/s, cut=1MiB*3,status=429,latency=250ms*,down,") == (
        Fault(kind="slow", rate=5e6, times=FOREVER),
        Fault(kind="cut", after=2**20, times=3),
        Fault(kind="status", status=429),
        Fault(kind="latency", seconds=0.25, times=FOREVER),
        Fault(kind="down", times=FOREVER),
    )
    assert parse_faults("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fire", "'fire' is no fault; there are: cut, "),
        ("fire=5", "'fire' is no fault"),
        ("slow=fast", "fast"),
        ("cut=5 parsec", "parsec"),
        ("down=7", "takes no value"),
        ("cut=5*0", "times"),
        ("cut=5*often", "often"),
    ],
)
def test_the_short_form_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_faults(text)
