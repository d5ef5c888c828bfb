"""How long a process that fetches waits before a host may send it more."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.errors import TransferError
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.file import RangedFile
from jupyterlab_datahub.ranged.folder import RemoteFolder
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.ranged.pieces import PieceHost
from jupyterlab_datahub.ranged.rate import Asking, answered
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.pieces import Piece, PieceFile, PieceReader, PieceStreams, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyterlab_datahub.demo.messages import Seen

CONFIG = SourceConfig(name="there", kind="cellxgene")
SIZE = 3_000_000


@pytest.fixture
def log() -> list[Seen]:
    return []


@pytest.fixture
def host(tmp_path: Path, log: list[Seen]) -> Iterator[FileHost]:
    (tmp_path / "cells.h5ad").write_bytes(bytes(SIZE))
    with FileHost(tmp_path, faults=Faults(), log=log) as running:
        yield running


class Waits(list[tuple[str, int]]):
    """What was waited for, and how much the host had sent until then."""

    def __init__(self, log: Sequence[Seen] = ()) -> None:
        super().__init__()
        self.sent: list[int] = []
        self._log = log

    def __call__(self, host: str, size: int) -> None:
        self.append((host, size))
        self.sent.append(sum(one.sent for one in self._log))


def test_what_is_asked_and_what_is_answered() -> None:
    questions, slept = io.BytesIO(), list[float]()
    asking = Asking(questions, io.BytesIO(b"0.000000\n1.250000\n"), slept.append)
    asking("host:80", 5_000)
    asking("[::1]:80", 7)
    assert slept == [0, 1.25]
    assert questions.getvalue() == b"? 5000 host:80\n? 7 [::1]:80\n"
    with pytest.raises(TransferError, match="is gone"):
        asking("host:80", 1)
    counted: list[tuple[str, int]] = []

    def owed(name: str, size: int) -> float:
        counted.append((name, size))
        return 1.25

    for line in io.BytesIO(questions.getvalue()):
        assert answered(line, owed) == b"1.250000\n"
    assert counted == [("host:80", 5_000), ("[::1]:80", 7), ("host:80", 1)]


def test_a_part_of_a_file_is_waited_for_before_it_is_asked_for(
    host: FileHost, log: list[Seen]
) -> None:
    waits = Waits(log)
    download = Download(url=f"{host.url}/cells.h5ad")
    with RangedFile(Host(download, CONFIG, Budget(1 << 30, wait=waits))) as file:
        file.bytes_at(0, SIZE)
        assert sum(size for _, size in waits) >= SIZE == file.fetched
    assert {name for name, _ in waits} == {host.url.partition("://")[2]}
    assert waits.sent[0] == 0


def test_a_file_of_a_folder_is_waited_for_when_it_is_there(host: FileHost) -> None:
    waits = Waits()
    folder = RemoteFolder(
        lambda path: Download(url=f"{host.url}/{path}"), CONFIG, Budget(1 << 30, wait=waits)
    )
    assert folder.get("none") is None
    for start, stop, size in ((0, None, SIZE), (10, 5_010, 5_000)):
        assert len(folder.get("cells.h5ad", start, stop) or b"") == size
    name = host.url.partition("://")[2]
    assert waits == [(name, SIZE), (name, 5_000)]


class Streams(PieceStreams):
    """Sends what is asked for in pieces of one kilobyte."""

    host, count = "store:8443", 1

    def __init__(self) -> None:
        self.wanted: list[Wanted] = []

    def read(self, stream: int) -> Iterator[Piece]:
        for file, start, end in self.wanted:
            for at in range(start, end, 1000):
                yield Piece(file, at, memoryview(bytes(min(1000, end - at))))

    def again(self, wanted: Sequence[Wanted]) -> None:
        self.wanted = list(wanted)

    def cut(self) -> None: ...

    def finish(self) -> None: ...


class Reader(PieceReader):
    """A store of one file."""

    folder, files = False, (PieceFile(path="cells.h5ad", size=SIZE),)

    def start(self, wanted: Sequence[Wanted], streams: int) -> PieceStreams:
        made = Streams()
        made.again(wanted)
        return made


def test_each_piece_of_a_store_is_waited_for() -> None:
    waits = Waits()
    part = PieceHost(Reader(), "there", Budget(1 << 30, wait=waits)).part(500, 3_000)
    assert len(part.body) == 2_500
    assert waits == [("store:8443", 1000), ("store:8443", 1000), ("store:8443", 500)]
