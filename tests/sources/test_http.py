"""The metadata client against a host that says every odd thing."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    BusyError,
    DataHubError,
    NotFoundError,
    SettingsError,
    SlowError,
    UnreachableError,
    WithdrawnError,
)
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.answers import retry_after
from jupyterlab_datahub.sources.http import REDIRECTS, Client
from jupyterlab_datahub.sources.patience import Patience
from jupyterlab_datahub.sources.pool import USER_AGENT, ca_bundle, proxy_credentials, proxy_for
from tests.sources.scripted import Reply, ScriptedHost, html, json_of, problem

if TYPE_CHECKING:
    from pathlib import Path


def client_with(**patience: Any) -> Client:
    quick = {"backoff": 0.01, **patience}
    return Client(SourceConfig(name="lab", kind="test", title="Lab catalog"), Patience(**quick))


def sleepless(**patience: Any) -> tuple[Client, list[float]]:
    """Return a client that notes how long it would wait, and does not."""
    slept: list[float] = []
    config = SourceConfig(name="lab", kind="test", title="Lab catalog")
    return Client(config, Patience(**patience), slept.append), slept


def test_asks_for_json_with_our_name(host: ScriptedHost, client: Client) -> None:
    host.say("/a", json_of({"x": 1}))
    assert client.get_json(f"{host.url}/a", dict[str, int]) == {"x": 1}
    headers = host.asked[0].headers
    assert headers["user-agent"] == USER_AGENT
    assert headers["accept"] == "application/json"


def test_unpacks_gzip(host: ScriptedHost, client: Client) -> None:
    body = gzip.compress(b"[1, 2, 3]")
    host.say("/a", Reply(body, 200, (("Content-Encoding", "gzip"),)))
    assert client.get_json(f"{host.url}/a", list[int]) == [1, 2, 3]


def test_broken_gzip_is_a_bad_answer(host: ScriptedHost, client: Client) -> None:
    host.say("/a", Reply(b"no gzip at all", 200, (("Content-Encoding", "gzip"),)))
    with pytest.raises(BadAnswerError, match="cannot be unpacked"):
        client.get(f"{host.url}/a")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_tries_again_when_a_status_passes(host: ScriptedHost, client: Client, status: int) -> None:
    host.say("/a", html(status), html(status), json_of([1]))
    assert client.get_json(f"{host.url}/a", list[int]) == [1]
    assert len(host.asked) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, BusyError), (503, BusyError), (502, BadAnswerError), (504, SlowError)],
)
def test_patience_ends(
    host: ScriptedHost, client: Client, status: int, kind: type[DataHubError]
) -> None:
    host.say("/a", html(status))
    with pytest.raises(kind) as caught:
        client.get(f"{host.url}/a")
    assert len(host.asked) == client.patience.attempts
    assert caught.value.host == host.host
    assert caught.value.source == "lab"
    assert host.host in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, AccessError),
        (403, AccessError),
        (404, NotFoundError),
        (405, BadRequestError),
        (410, WithdrawnError),
        (418, BadRequestError),
        (499, BadRequestError),
        (500, BadAnswerError),
        (599, BadAnswerError),
    ],
)
def test_a_status_that_stays_is_not_asked_again(
    host: ScriptedHost, client: Client, status: int, kind: type[DataHubError]
) -> None:
    host.say("/a", problem(status, "No", "the reason in words"))
    with pytest.raises(kind, match=f"{status}.*the reason in words"):
        client.get(f"{host.url}/a")
    assert len(host.asked) == 1


def test_a_problem_without_words_says_only_the_status(host: ScriptedHost, client: Client) -> None:
    host.say("/a", Reply(b"{cut", 404, (("Content-Type", "application/json"),)))
    with pytest.raises(NotFoundError, match=r"answered 404 Not Found \("):
        client.get(f"{host.url}/a")


def test_retry_after_in_seconds_is_waited_for(host: ScriptedHost) -> None:
    told: list[str] = []
    client, slept = sleepless()
    host.say("/a", json_of({}, 503, Retry_After="7"), json_of([1]))
    client.get(f"{host.url}/a", tell=told.append)
    assert slept[0] == 7
    assert told == ["Lab catalog is busy; trying again in 7 s"]
    client.close()


def test_waits_grow_where_the_host_says_nothing(host: ScriptedHost) -> None:
    client, slept = sleepless(attempts=5, backoff=1.0, longest_wait=5.0)
    host.say("/a", html(502))
    with pytest.raises(BadAnswerError):
        client.get(f"{host.url}/a")
    assert len(slept) == 4
    for wait, expected in zip(slept, (1, 2, 4, 5), strict=True):
        assert 0.75 * expected <= wait <= min(1.25 * expected, 5)
    client.close()


def test_retry_after_beyond_patience_is_handed_on(host: ScriptedHost, client: Client) -> None:
    host.say("/a", json_of({}, 429, Retry_After="3600"))
    with pytest.raises(BusyError, match="busy") as caught:
        client.get(f"{host.url}/a")
    assert len(host.asked) == 1
    assert caught.value.retry_after == 3600
    assert "3600 s" in caught.value.hint


def test_retry_after_reads_seconds_dates_and_nonsense() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(seconds=90), usegmt=True)
    in_seconds = retry_after(soon)
    assert in_seconds is not None
    assert 60 < in_seconds <= 90
    assert retry_after(past) == 0
    assert retry_after("12") == 12
    assert retry_after("-5") == 0
    assert retry_after("soon") is None
    assert retry_after("") is None
    assert retry_after(None) is None


def test_a_wait_one_request_is_told_holds_for_the_host(host: ScriptedHost) -> None:
    client, slept = sleepless()
    host.say("/busy", json_of({}, 503, Retry_After="20"), json_of([1]))
    host.say("/other", json_of([2]))
    client.get(f"{host.url}/busy")
    slept.clear()
    client.get(f"{host.url}/other")
    (wait,) = slept
    assert 0 < wait <= 20
    with ScriptedHost() as another:
        another.say("/a", json_of([3]))
        client.get(f"{another.url}/a")
    assert len(slept) == 1
    client.close()


def test_a_web_page_instead_of_data(host: ScriptedHost, client: Client) -> None:
    host.say("/a", html())
    host.say("/b", Reply(b"\n <html></html>", 200, (("Content-Type", "application/json"),)))
    for path in ("/a", "/b"):
        with pytest.raises(BadAnswerError, match="web page instead of data; the service is prob"):
            client.get_json(f"{host.url}{path}", list[int])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "answered with nothing"),
        (b" \n", "answered with nothing"),
        (b'[{"a": 1}, {"a"', "cut short"),
        (b"not json", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b'["a"]', "form we do not know"),
    ],
)
def test_bodies_that_are_no_answer(
    host: ScriptedHost, client: Client, body: bytes, words: str
) -> None:
    host.say("/a", Reply(body, 200, (("Content-Type", "application/json"),)))
    with pytest.raises(BadAnswerError, match=words):
        client.get_json(f"{host.url}/a", list[dict[str, int]])


def test_a_body_shorter_than_promised_is_asked_for_again(
    host: ScriptedHost, client: Client
) -> None:
    host.say("/a", json_of([1])._replace(promised=500), json_of([1]))
    assert client.get_json(f"{host.url}/a", list[int]) == [1]


def test_a_connection_that_breaks_is_made_again(host: ScriptedHost, client: Client) -> None:
    host.say("/a", Reply(drop=True), json_of([1]))
    assert client.get_json(f"{host.url}/a", list[int]) == [1]
    host.say("/b", Reply(drop=True))
    with pytest.raises(UnreachableError, match="broke off the connection"):
        client.get(f"{host.url}/b")


def test_a_body_without_end_is_given_up(host: ScriptedHost) -> None:
    client = client_with(largest=1000)
    host.say("/a", Reply(b"x" * 5000))
    with pytest.raises(BadAnswerError, match="more than 1,000 bytes"):
        client.get(f"{host.url}/a")
    bomb = gzip.compress(b" " * 1_000_000)
    host.say("/b", Reply(bomb, 200, (("Content-Encoding", "gzip"),)))
    with pytest.raises(BadAnswerError, match="more than 1,000 bytes"):
        client.get(f"{host.url}/b")
    client.close()


def test_a_host_that_says_nothing_is_slow(host: ScriptedHost) -> None:
    client = client_with(read_timeout=0.2)
    host.gate.clear()
    host.say("/a", json_of([1]))
    with pytest.raises(SlowError, match="did not answer within") as caught:
        client.get(f"{host.url}/a")
    assert len(host.asked) == 1
    assert caught.value.host == host.host
    host.gate.set()
    client.close()


def test_a_body_that_drips_is_slow(host: ScriptedHost) -> None:
    client = client_with(deadline=1e-6)
    host.say("/a", json_of([1]))
    with pytest.raises(SlowError, match="did not answer within"):
        client.get(f"{host.url}/a")
    client.close()


def test_nobody_listens(client: Client) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError, match="the connection was refused") as caught:
        client.get(f"http://127.0.0.1:{port}/a")
    assert caught.value.host == f"127.0.0.1:{port}"


def test_no_such_name(client: Client) -> None:
    with pytest.raises(UnreachableError, match="name of the host was not found"):
        client.get("http://catalog.invalid/a")


def test_a_plain_host_behind_https_is_refused_with_words(
    host: ScriptedHost, client: Client
) -> None:
    with pytest.raises(UnreachableError, match="certificate was not accepted") as caught:
        client.get(f"https://{host.host}/a")
    assert "ca_bundle" in caught.value.hint


@pytest.mark.parametrize("url", ["ftp://lab/a", "http://[::1/a", "lab"])
def test_an_address_that_is_none(client: Client, url: str) -> None:
    with pytest.raises(SettingsError, match="not a web address"):
        client.get(url)


def test_a_proxy_that_refuses(
    host: ScriptedHost, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("http_proxy", f"http://me:sesame@127.0.0.1:{port}")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(UnreachableError, match="proxy") as caught:
        client.get(f"{host.url}/a")
    assert "sesame" not in f"{caught.value.message}{caught.value.hint}"
    assert "HTTP_PROXY" in caught.value.hint


def test_asks_through_a_proxy_with_its_credentials(
    host: ScriptedHost, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:s%40same@{host.host}")
    monkeypatch.setenv("no_proxy", "")
    host.say("http://catalog.invalid/a", json_of([1]))
    assert client.get_json("http://catalog.invalid/a", list[int]) == [1]
    assert host.asked[0].headers["proxy-authorization"] == "Basic bWU6c0BzYW1l"
    monkeypatch.setenv("no_proxy", "catalog.invalid")
    assert proxy_for("http://catalog.invalid/a") is None
    assert proxy_credentials("http://proxy:80") is None


def test_a_ca_bundle_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    with pytest.raises(SettingsError, match=r"gone\.pem does not exist"):
        ca_bundle()
    assert ca_bundle(str(tmp_path)) == str(tmp_path)


def test_follows_redirects(host: ScriptedHost, client: Client) -> None:
    host.say("/a", Reply(status=301, headers=(("Location", "/b?c=1"),)))
    host.say("/b?c=1", json_of([1]))
    assert client.get_json(f"{host.url}/a", list[int]) == [1]


def test_credentials_stay_with_their_host(host: ScriptedHost, client: Client) -> None:
    with ScriptedHost() as other:
        host.say("/near", Reply(status=307, headers=(("Location", f"{host.url}/here"),)))
        host.say("/here", json_of([1]))
        host.say("/far", Reply(status=302, headers=(("Location", f"{other.url}/there"),)))
        other.say("/there", json_of([1]))
        secret = {"Authorization": "Bearer sesame-open-now", "Cookie": "a=b", "X-Kept": "yes"}
        client.get(f"{host.url}/near", headers=secret)
        client.get(f"{host.url}/far", headers=secret)
        assert host.asked[1].headers["authorization"] == secret["Authorization"]
        assert not {"authorization", "cookie"} & other.asked[0].headers.keys()
        assert other.asked[0].headers["x-kept"] == "yes"


def test_redirects_end(host: ScriptedHost, client: Client) -> None:
    host.say("/a", Reply(status=302, headers=(("Location", "/a"),)))
    with pytest.raises(BadAnswerError, match=f"more than {REDIRECTS} times"):
        client.get(f"{host.url}/a")
    host.say("/b", Reply(status=302, headers=(("Location", "file:///etc/passwd"),)))
    with pytest.raises(BadAnswerError, match="not on the web"):
        client.get(f"{host.url}/b")


def test_a_host_gets_no_more_requests_at_once_than_its_cap(host: ScriptedHost) -> None:
    client = client_with(connections=2)
    host.say("/a", json_of([1]))
    host.gate.clear()
    threads = [threading.Thread(target=client.get, args=(f"{host.url}/a",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 60
    while len(host.asked) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.1)
    host.gate.set()
    for thread in threads:
        thread.join(60)
    assert len(host.asked) == 6
    assert host.most_at_once == 2
    client.close()


def test_an_address_with_a_signature_is_not_repeated(host: ScriptedHost, client: Client) -> None:
    url = f"{host.url}/a?X-Amz-Signature=abcdef"
    with pytest.raises(NotFoundError) as caught:
        client.get(url)
    assert "abcdef" not in msgspec.json.encode(caught.value.body()).decode()


def test_patience_comes_from_the_options_of_the_entry() -> None:
    config = SourceConfig(name="lab", kind="test", options={"attempts": 2, "path": "x"})
    assert Patience.of(config) == Patience(attempts=2)
    for wrong in ({"attempts": 0}, {"read_timeout": "long"}, {"connections": -1}):
        with pytest.raises(SettingsError, match="source 'lab'"):
            Patience.of(SourceConfig(name="lab", kind="test", options=wrong))
