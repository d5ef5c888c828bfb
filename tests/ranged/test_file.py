"""A file on a host: its bytes, what they cost, and hosts that do not keep to the rules."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.faults import FOREVER, Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    CatalogError,
    ChangedError,
    LengthError,
    NotFoundError,
    NotSupportedError,
    UnreadableError,
)
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.ranged.budget import Budget, TooMuch
from jupyterlab_datahub.ranged.bytefile import LocalFile
from jupyterlab_datahub.ranged.file import Manner, RangedFile, runs_of
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.ranged.kept import Blocks
from jupyterlab_datahub.settings import SourceConfig
from tests.sources.scripted import Reply, ScriptedHost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.messages import Seen

BLOCK, FIRST, LONGEST_RUN = Manner().block, Manner().first, Manner().longest
SIZE = 80 * BLOCK + 12_345
CONTENT = random.Random(0).randbytes(SIZE)  # noqa: S311 - no secret
CONFIG = SourceConfig(name="there", kind="cellxgene", options={"attempts": 2, "backoff": 0})


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    (made / "cells.h5ad").write_bytes(CONTENT)
    (made / "small.h5ad").write_bytes(CONTENT[:50_000])
    return made


@pytest.fixture
def log() -> list[Seen]:
    return []


@pytest.fixture
def host(directory: Path, log: list[Seen]) -> Iterator[FileHost]:
    with FileHost(directory, faults=Faults(), log=log) as running:
        yield running


def opened(
    host: FileHost, name: str = "cells.h5ad", most: int = 64 << 20, kept: Path | None = None
) -> RangedFile:
    """Return a file of the host; `kept` is where its blocks are kept."""
    download = Download(url=f"{host.url}/{name}")
    shelf = (lambda *_: Blocks(kept)) if kept else (lambda *_: None)
    return RangedFile(Host(download, CONFIG, Budget(most)), shelf)


def test_every_byte_is_that_of_the_file(host: FileHost, log: list[Seen]) -> None:
    dice = random.Random(1)  # noqa: S311 - no secret
    with opened(host) as file:
        assert file.size == SIZE
        for _ in range(60):
            start = dice.randrange(SIZE)
            file.seek(start)
            count = dice.choice([1, 100, BLOCK, 3 * BLOCK])
            assert file.read(count)[: SIZE - start] == CONTENT[start : start + count]
        file.seek(-10, 2)
        assert file.read(10) == CONTENT[-10:]
        file.seek(0)
        assert file.read(SIZE) == CONTENT
        assert file.fetched == sum(seen.sent for seen in log)
        assert file.requests == len(log)


def test_what_is_beyond_the_end_is_nothing_or_zeros(host: FileHost) -> None:
    with opened(host, "small.h5ad") as file:
        file.seek(49_990)
        assert file.read(20) == CONTENT[49_990:50_000]
        file.padded = True
        file.seek(49_990)
        assert file.read(20) == CONTENT[49_990:50_000] + bytes(10)
        assert file.requests == 1


def test_what_is_here_is_not_asked_for_again(host: FileHost) -> None:
    near, far = FIRST + BLOCK + 5, FIRST + 20 * BLOCK
    with opened(host) as file:
        file.ensure([(near, near + BLOCK)])
        asked = file.requests
        assert file.exactly(near, near + BLOCK) == CONTENT[near : near + BLOCK]
        assert file.exactly(5, 9) == CONTENT[5:9]
        assert file.requests == asked
        # Of what is not, no more comes than what is wanted.
        fetched = file.fetched
        assert file.exactly(far, far + 7) == CONTENT[far : far + 7]
        assert file.fetched == fetched + 7


def test_what_is_near_is_fetched_together(host: FileHost, log: list[Seen]) -> None:
    far = (FIRST // BLOCK + LONGEST_RUN + 20) * BLOCK
    with opened(host) as file:
        file.ensure([(FIRST + 5, FIRST + 6), (FIRST + 4 * BLOCK, FIRST + 5 * BLOCK)])
        file.ensure([(far, far + 1), (SIZE - 1, SIZE)])
        last = SIZE // BLOCK * BLOCK
        assert sorted(seen.range for seen in log) == sorted(
            [
                f"bytes=0-{FIRST - 1}",
                f"bytes={FIRST}-{FIRST + 5 * BLOCK - 1}",
                f"bytes={far}-{far + BLOCK - 1}",
                f"bytes={last}-{SIZE - 1}",
            ]
        )
        assert file.bytes_at(FIRST, FIRST + 5 * BLOCK) == CONTENT[FIRST : FIRST + 5 * BLOCK]
        # Spans that a damaged file makes up cost nothing.
        file.ensure([(SIZE, SIZE + 5), (-3, 4), (9, 2)])
        assert file.requests == 4


def test_runs() -> None:
    assert runs_of([], 4) == []
    assert runs_of([1, 2, 3, 5, 9], 9) == [(1, 4), (5, 6), (9, 10)]
    assert runs_of([1, 2, 3, 5, 9], 9, 2) == [(1, 6), (9, 10)]
    assert runs_of(range(6), 4) == [(0, 4), (4, 6)]


def test_a_second_look_costs_one_request(host: FileHost, log: list[Seen], tmp_path: Path) -> None:
    with opened(host, kept=tmp_path) as file:
        file.ensure([(0, SIZE)])
    log.clear()
    with opened(host, kept=tmp_path) as file:
        assert file.bytes_at(0, SIZE) == CONTENT
        assert (file.requests, len(log)) == (1, 1)


def test_a_kept_block_that_was_cut_is_fetched_again(host: FileHost, tmp_path: Path) -> None:
    with opened(host, kept=tmp_path) as file:
        file.ensure([(FIRST, FIRST + BLOCK)])
    [kept] = (tmp_path / "blocks").glob(f"{FIRST // BLOCK}-*")
    kept.write_bytes(b"half")
    with opened(host, kept=tmp_path) as file:
        assert file.bytes_at(FIRST, FIRST + 9) == CONTENT[FIRST : FIRST + 9]


def test_there_is_a_bound(host: FileHost) -> None:
    with opened(host, most=FIRST + 3 * BLOCK) as file:
        file.ensure([(FIRST, FIRST + 3 * BLOCK)])
        with pytest.raises(TooMuch, match="more than 1 MiB"):
            file.bytes_at(FIRST + 5 * BLOCK, FIRST + 5 * BLOCK + 1)


def test_a_host_without_ranges_says_so(host: FileHost, log: list[Seen]) -> None:
    host.faults.add("ignore_range")
    with pytest.raises(NotSupportedError, match="only as a whole") as raised:
        opened(host)
    assert raised.value.hint == "Download the file instead."
    assert max(seen.sent for seen in log) < SIZE
    # A small file comes with that answer.
    with opened(host, "small.h5ad") as file:
        assert file.bytes_at(0, 50_000) == CONTENT[:50_000]


def test_a_file_that_changes_between_two_reads(host: FileHost) -> None:
    with opened(host) as file:
        host.faults.add("changed")
        with pytest.raises(ChangedError, match="changed on its host while it was read"):
            file.bytes_at(9 * BLOCK, 9 * BLOCK + 1)


def test_a_connection_that_breaks_is_tried_again(host: FileHost) -> None:
    with opened(host) as file:
        host.faults.add("cut", after=1000)
        assert file.bytes_at(9 * BLOCK, 9 * BLOCK + 9) == CONTENT[9 * BLOCK : 9 * BLOCK + 9]
        host.faults.add("cut", after=1000, times=FOREVER)
        with pytest.raises(CatalogError, match="broke off"):
            file.bytes_at(11 * BLOCK, 11 * BLOCK + 9)


@pytest.mark.parametrize(
    ("status", "kind"), [(403, AccessError), (404, NotFoundError), (500, BadAnswerError)]
)
def test_refusals(host: FileHost, status: int, kind: type[Exception]) -> None:
    host.faults.add("status", status=status, times=FOREVER)
    with pytest.raises(kind, match=str(status)):
        opened(host)


def test_the_size_that_the_catalog_says_is_held_against_the_file(host: FileHost) -> None:
    download = Download(url=f"{host.url}/cells.h5ad", size=SIZE + 1)
    with pytest.raises(LengthError, match=f"has {SIZE:,} bytes, and {SIZE + 1:,} in the catalog"):
        RangedFile(Host(download, CONFIG, Budget(1 << 30)))


def test_edges_of_a_network_that_had_the_file_at_different_times() -> None:
    with ScriptedHost() as scripted:
        scripted.replies["/f"] = [
            part(
                CONTENT[start:stop],
                f"bytes {start}-{stop - 1}/{FIRST + BLOCK}",
                ("ETag", '"same"'),
                ("Last-Modified", f"Mon, 0{day} Jan 2024 00:00:00 GMT"),
            )
            for day, start, stop in ((1, 0, FIRST), (8, FIRST, FIRST + BLOCK))
        ]
        download = Download(url=f"{scripted.url}/f")
        with RangedFile(Host(download, CONFIG, Budget(1 << 30))) as file:
            assert file.bytes_at(FIRST, FIRST + 9) == CONTENT[FIRST : FIRST + 9]


def part(body: bytes, told: str, *more: tuple[str, str]) -> Reply:
    """Return a part as a host sends it that may be lying."""
    return Reply(body, 206, (("Content-Range", told), *more))


@pytest.mark.parametrize(
    ("replies", "kind", "words"),
    [
        ([part(b"abc", "bytes 5-7/100")], BadAnswerError, "other bytes"),
        ([part(b"abc", "none of your business")], BadAnswerError, "other bytes"),
        ([part(b"abc", "bytes 0-99/100")], LengthError, "another number of bytes"),
        ([part(b"abc", f"bytes 0-2/{BLOCK}")], LengthError, "another number of bytes"),
        ([Reply(b"", 416)], LengthError, "shorter"),
        ([Reply(b"", 416, (("Content-Range", "bytes */0"),))], UnreadableError, "is empty"),
        (
            [
                part(CONTENT[:FIRST], f"bytes 0-{FIRST - 1}/{FIRST + BLOCK}"),
                part(CONTENT[:BLOCK], f"bytes {FIRST}-{FIRST + BLOCK - 1}/{9 * FIRST}"),
            ],
            ChangedError,
            "changed",
        ),
        (
            [
                part(CONTENT[:FIRST], f"bytes 0-{FIRST - 1}/{FIRST + BLOCK}", ("ETag", '"1"')),
                part(
                    CONTENT[:BLOCK],
                    f"bytes {FIRST}-{FIRST + BLOCK - 1}/{FIRST + BLOCK}",
                    ("ETag", '"2"'),
                ),
            ],
            ChangedError,
            "changed",
        ),
        (
            [part(CONTENT[:FIRST], f"bytes 0-{FIRST - 1}/{FIRST + BLOCK}"), Reply(b"", 412)],
            ChangedError,
            "changed",
        ),
    ],
)
def test_hosts_that_lie(replies: list[Reply], kind: type[Exception], words: str) -> None:
    with ScriptedHost() as scripted:
        scripted.replies["/f"] = replies
        download = Download(url=f"{scripted.url}/f")
        with pytest.raises(kind, match=words):
            RangedFile(Host(download, CONFIG, Budget(1 << 30))).bytes_at(FIRST, FIRST + 1)


def test_a_state_that_is_known_and_kept_costs_nothing(
    host: FileHost, log: list[Seen], tmp_path: Path
) -> None:
    host.etags["cells.h5ad"] = '"one"'
    known = Download(url=f"{host.url}/cells.h5ad", size=SIZE, etag='"one"')

    def read(download: Download) -> bytes:
        asking = Host(download, CONFIG, Budget(64 << 20))
        with RangedFile(asking, lambda *_: Blocks(tmp_path)) as file:
            return file.bytes_at(5, 9)

    assert read(known) == CONTENT[5:9]
    log.clear()
    assert read(known) == CONTENT[5:9]
    assert log == []
    host.etags["cells.h5ad"] = '"two"'
    shutil.rmtree(tmp_path)
    with pytest.raises(ChangedError):
        read(known)


def test_blocks_are_kept_up_to_a_bound(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path, most=25)
    blocks.put(7, b"abcdefghijklmno", 10)
    blocks.put(2, b"ABCDEFGHIJKLMNO", 10)
    numbers = (7, 8, 2, 3)
    there = [b"abcdefghij", b"klmno", b"ABCDEFGHIJ", None]
    assert [blocks.get(number, 10) for number in numbers] == there
    none = Blocks(tmp_path, most=0)
    none.put(3, b"1", 10)
    assert [none.get(number, 10) for number in numbers] == there


def test_what_is_read_around_and_together_is_a_manner(host: FileHost, log: list[Seen]) -> None:
    manner = Manner(block=1 << 14, first=1 << 16, longest=128, gap=4, around=(1, 3), most_runs=2)
    download = Download(url=f"{host.url}/cells.h5ad")
    with RangedFile(Host(download, CONFIG, Budget(SIZE)), manner=manner) as file:
        assert file.bytes_at(10 << 14, (10 << 14) + 5) == CONTENT[10 << 14 : (10 << 14) + 5]
        assert log[-1].range == f"bytes={9 << 14}-{(13 << 14) - 1}"
        log.clear()
        file.ensure([(at << 14, (at << 14) + 1) for at in (20, 26, 40, 400)])
        assert sorted(seen.range for seen in log) == [
            f"bytes={20 << 14}-{(41 << 14) - 1}",
            f"bytes={400 << 14}-{(401 << 14) - 1}",
        ]


def test_a_budget_is_that_of_all_files_together() -> None:
    budget = Budget(100, most_requests=3)
    budget.spend(60)
    budget.spend(40)
    with pytest.raises(TooMuch):
        budget.spend(1)
    budget.give_back(50)
    budget.spend(0)
    with pytest.raises(TooMuch):
        budget.spend(0)
    assert (budget.fetched, budget.requests) == (50, 3)


def test_a_file_of_this_machine_that_is_written_to_is_not_mixed(tmp_path: Path) -> None:
    path = tmp_path / "cells.h5ad"
    path.write_bytes(b"before")
    with pytest.raises(NotFoundError):
        LocalFile(tmp_path / "none.h5ad")
    with LocalFile(path) as file:
        assert file.read() == b"before"
        path.write_bytes(b"a")
        file.seek(0)
        with pytest.raises(ChangedError, match="changed while it was read"):
            file.read(3)


def test_a_long_run_comes_by_all_connections(host: FileHost, log: list[Seen]) -> None:
    download = Download(url=f"{host.url}/cells.h5ad")
    with RangedFile(Host(download, CONFIG, Budget(64 << 20)), manner=Manner(spread=2)) as file:
        log.clear()
        file.ensure([(10 * BLOCK, 18 * BLOCK)])
        assert [seen.sent for seen in log] == [2 * BLOCK] * 4
        log.clear()
        file.ensure([(20 * BLOCK, 60 * BLOCK)])
        assert [seen.sent for seen in log] == [5 * BLOCK] * 8
        file.seek(33 * BLOCK + 7)
        assert file.read(BLOCK) == CONTENT[33 * BLOCK + 7 : 34 * BLOCK + 7]
