"""The asset host answers ranges and preconditions as RFC 9110 has them, to real clients."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from email.utils import formatdate
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
import urllib3

from jupyterlab_datahub.demo.ranges import FileHost, UnsatisfiableError, parse_range

SIZE = 100_003
NAME = "some.h5ad"


class Answer(NamedTuple):
    """What a client made of a response; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Fetch = Callable[..., Answer]


def by_urllib3(url: str, method: str = "GET", **headers: str) -> Answer:
    with urllib3.PoolManager() as pool:
        got = pool.request(method, url, headers=_named(headers), retries=False)
        return Answer(got.status, {k.lower(): v for k, v in got.headers.items()}, got.data)


def by_requests(url: str, method: str = "GET", **headers: str) -> Answer:
    with requests.Session() as session:
        session.headers["Accept-Encoding"] = "identity"
        got = session.request(method, url, headers=_named(headers), timeout=60)
        return Answer(got.status_code, {k.lower(): v for k, v in got.headers.items()}, got.content)


def by_curl(url: str, method: str = "GET", **headers: str) -> Answer:
    given = [part for name, value in _named(headers).items() for part in ("-H", f"{name}: {value}")]
    how = ["-I"] if method == "HEAD" else ["-i", "-X", method]
    command = ["curl", "-s", "--http1.1", "--max-time", "10", *how, *given, url]
    head, _, body = subprocess.run(command, check=True, capture_output=True).stdout.partition(
        b"\r\n\r\n"
    )
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in rest)
    return Answer(int(first.split()[1]), {k.lower(): v for k, _, v in pairs}, body)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


CLIENTS: list[Fetch] = [by_urllib3, by_requests]
if shutil.which("curl"):
    CLIENTS.append(by_curl)


@pytest.fixture(scope="module")
def content() -> bytes:
    return os.urandom(SIZE)


@pytest.fixture(scope="module")
def host(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileHost]:
    directory = tmp_path_factory.mktemp("files")
    (directory / NAME).write_bytes(content)
    (directory / "empty.bin").touch()
    (directory / ".hidden").write_text("secret")
    (directory / "folder").mkdir()
    (directory.parent / "outside.txt").write_text("secret")
    with FileHost(directory, etags={NAME: '"the-tag"'}) as running:
        yield running


@pytest.fixture(params=CLIENTS, ids=lambda client: client.__name__)
def fetch(request: pytest.FixtureRequest, host: FileHost) -> Fetch:
    client: Fetch = request.param
    return lambda name=NAME, method="GET", **headers: client(
        f"{host.url}/{name}", method, **headers
    )


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=99999-", 99_999, SIZE),
        (f"bytes={SIZE - 1}-{SIZE + 50}", SIZE - 1, SIZE),
        ("bytes=-7", SIZE - 7, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        ("bytes=0-", 0, SIZE),
    ],
)
def test_a_range_is_that_part(
    fetch: Fetch, content: bytes, wanted: str, start: int, stop: int
) -> None:
    answer = fetch(Range=wanted)
    assert answer.status == 206
    assert answer.body == content[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(stop - start)
    assert answer.headers["etag"] == '"the-tag"'


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-9", "bytes=9-5", "bytes=-", "bytes=a-b", "lines=0-5", "bytes 0-5"]
)
def test_what_is_no_single_range_is_the_whole_file(
    fetch: Fetch, content: bytes, wanted: str
) -> None:
    answer = fetch(Range=wanted)
    assert (answer.status, answer.body) == (200, content)
    assert "content-range" not in answer.headers


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0"])
def test_a_range_outside_the_file_is_refused_with_its_size(fetch: Fetch, wanted: str) -> None:
    answer = fetch(Range=wanted)
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert b"InvalidRange" in answer.body


def test_head_says_what_get_would(fetch: Fetch) -> None:
    answer = fetch(method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == '"the-tag"'
    assert answer.headers["last-modified"].endswith(" GMT")


def test_if_range_gives_the_part_only_of_the_same_file(fetch: Fetch, content: bytes) -> None:
    same = fetch(Range="bytes=5-9", If_Range='"the-tag"')
    other = fetch(Range="bytes=5-9", If_Range='"another"')
    weak = fetch(Range="bytes=5-9", If_Range='W/"the-tag"')
    assert (same.status, same.body) == (206, content[5:10])
    assert (other.status, other.body) == (200, content)
    assert (weak.status, weak.body) == (200, content)


def test_if_range_takes_the_date_the_file_was_changed(fetch: Fetch, content: bytes) -> None:
    date = fetch(method="HEAD").headers["last-modified"]
    assert fetch(Range="bytes=5-9", If_Range=date).status == 206
    earlier = formatdate(0, usegmt=True)
    assert fetch(Range="bytes=5-9", If_Range=earlier).status == 200


def test_preconditions(fetch: Fetch) -> None:
    earlier, later = formatdate(0, usegmt=True), formatdate(4e9, usegmt=True)
    assert fetch(If_Match='"the-tag"').status == 200
    assert fetch(If_Match='"a", "the-tag"').status == 200
    assert fetch(If_Match="*").status == 200
    assert fetch(If_Match='"another"').status == 412
    assert fetch(If_Unmodified_Since=earlier).status == 412
    assert fetch(If_Unmodified_Since=later).status == 200
    assert fetch(If_None_Match='"the-tag"').status == 304
    assert fetch(If_None_Match='"another"').status == 200
    assert fetch(If_Modified_Since=later).status == 304
    assert fetch(If_Modified_Since=earlier).status == 200
    assert fetch(If_Modified_Since="yesterday").status == 200


def test_an_empty_file_has_no_ranges(fetch: Fetch) -> None:
    assert fetch("empty.bin").headers["content-length"] == "0"
    assert fetch("empty.bin", Range="bytes=0-").status == 416


@pytest.mark.parametrize(
    "name", ["nothing.h5ad", "", "folder", ".hidden", "%2e%2e/outside.txt", "folder/../.hidden"]
)
def test_only_files_of_the_directory_are_served(host: FileHost, name: str) -> None:
    answer = by_urllib3(f"{host.url}/{name}")
    assert answer.status == 404
    assert b"NoSuchKey" in answer.body


def test_a_file_without_a_given_etag_has_one_of_its_state(
    host: FileHost, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "plain.bin"
    with FileHost(tmp_path) as other:
        path.write_bytes(b"one")
        before = by_urllib3(f"{other.url}/plain.bin").headers["etag"]
        path.write_bytes(b"another")
        after = by_urllib3(f"{other.url}/plain.bin").headers["etag"]
    assert before != after


def test_parse_range_raises_only_outside() -> None:
    assert parse_range("bytes=0-9", 5) == (0, 5)
    with pytest.raises(UnsatisfiableError):
        parse_range("bytes=5-", 5)
