"""What looks at files found, kept on the disk by the state of the file, within a bound.

``<directory>/<digest of the ref>/<key>/`` has what was made of a file in a state, each thing in a
file of its own, ``blocks/`` with the blocks that were fetched, and ``fetched/`` with what came of
other places for something that is not done yet. ``current.json`` beside it says
which state was seen last, and when. All of it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sys
import threading
import time
from bisect import bisect
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Self

import msgspec

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

AT_WORK = 300.0
"""Seconds after which what nobody looked at may go."""

CURRENT = "current.json"
BLOCKS = "blocks"
FETCHED = "fetched"
TIDY = "--tidy"

_PLAIN = re.compile(r"[a-z]{1,20}\.json")
"""Names that are those of files as they are."""


def digest(*parts: object) -> str:
    """Return a short name for what parts say."""
    return hashlib.sha256(msgspec.json.encode([str(part) for part in parts])).hexdigest()[:32]


class Current(Struct):
    """The state of a file that was seen last, when, and whether the file is on this machine."""

    key: str
    checked: float
    local: bool = False


class State:
    """What is kept of one state of one file."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def has(self, name: str) -> bool:
        """Return whether something is kept."""
        return self._path(name).is_file()

    def get(self, name: str) -> bytes | None:
        """Return something, None where it is not there."""
        try:
            content = self._path(name).read_bytes()
        except OSError:
            return None
        self.used(name)
        return content

    def used(self, name: str) -> None:
        """Note that something is of use, so that it stays."""
        with contextlib.suppress(OSError):
            # A disk that cannot be written to is no reason not to read it.
            os.utime(self._path(name))

    def put(self, name: str, content: bytes) -> None:
        """Keep something under a name, which may be any text.

        Raises
        ------
        OSError
        """
        _write(self._path(name), content)

    def _path(self, name: str) -> Path:
        return self.directory / (name if _PLAIN.fullmatch(name) else f"{digest(name)}.bin")


@contextlib.contextmanager
def written_later(state: State) -> Iterator[Callable[[str, bytes], None]]:
    """Write what is kept of a state by a thread; all of it is once the block is left.

    Raises
    ------
    OSError
        If something could not be written.
    """
    with ThreadPoolExecutor(1, "datahub-kept") as writer:
        written: list[Future[None]] = []
        yield lambda name, content: written.append(writer.submit(state.put, name, content))
    for one in written:
        one.result()


class Blocks:
    """Blocks of a file, all that came together in one file.

    A file is as much work for a disk as what is in it. Each is named by its first block and the
    one behind its last.

    Parameters
    ----------
    directory
        What is kept of a state of the file.
    most
        Bytes of blocks that are kept; 0 to keep no more than there are.
    """

    def __init__(self, directory: Path, most: int = sys.maxsize) -> None:
        self._directory = directory / BLOCKS
        self._runs: dict[int, range] = {}
        self._left = most
        for path in self._directory.glob("[0-9]*-[0-9]*"):
            first, last = path.name.split("-")
            self._has(range(int(first), int(last)))

    def get(self, number: int, size: int) -> bytes | None:
        """Return a block of up to `size` bytes, None where it is not there."""
        run = self._runs.get(number)
        if run is None:
            return None
        try:
            with self._path(run).open("rb") as file:
                file.seek((number - run.start) * size)
                return file.read(size)
        except OSError:
            return None

    def put(self, first: int, body: bytes, size: int) -> None:
        """Keep blocks from `first` on, as many as may be, unless the disk does not want to."""
        if len(body) > self._left:
            body = body[: self._left // size * size]
        run = range(first, first + -(-len(body) // size))
        if not run:
            return
        with contextlib.suppress(OSError):
            _write(self._path(run), body)
            self._has(run)
            self._left -= len(body)

    def _has(self, run: range) -> None:
        self._runs |= dict.fromkeys(run, run)

    def _path(self, run: range) -> Path:
        return self._directory / f"{run.start}-{run.stop}"


class LaterBlocks(Blocks):
    """Blocks that are written by a thread, while others are waited for; all are once it is left."""

    def __init__(self, directory: Path, most: int = sys.maxsize) -> None:
        super().__init__(directory, most)
        self._writer = ThreadPoolExecutor(1, "datahub-blocks")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.shutdown()

    def put(self, first: int, body: bytes, size: int) -> None:
        """Keep blocks soon."""
        self._writer.submit(super().put, first, body, size)


class Fetched:
    """Spans of a file that were fetched for something that may be interrupted, one file each.

    Parameters
    ----------
    directory
        What is kept of a state of the file.
    most
        Bytes that are kept.
    """

    def __init__(self, directory: Path, most: int) -> None:
        self._directory = directory / FETCHED
        paths = self._directory.glob("[0-9]*-[0-9]*")
        spans = (path.name.split("-") for path in paths)
        self._spans = sorted((int(start), int(stop)) for start, stop in spans)
        self._left = most - sum(stop - start for start, stop in self._spans)
        self._lock = threading.Lock()

    def get(self, start: int, stop: int) -> bytes | None:
        """Return a span that is within one that was fetched, else None."""
        at = bisect(self._spans, (start, sys.maxsize)) - 1
        if at < 0 or self._spans[at][1] < stop:
            return None
        first, last = self._spans[at]
        try:
            with (self._directory / f"{first}-{last}").open("rb") as file:
                file.seek(start - first)
                body = file.read(stop - start)
        except OSError:
            return None
        return body if len(body) == stop - start else None

    def put(self, start: int, body: bytes) -> None:
        """Keep a span for another time, unless it is too much or the disk does not want to."""
        with self._lock:
            if len(body) > self._left:
                return
            self._left -= len(body)
        with contextlib.suppress(OSError):
            _write(self._directory / f"{start}-{start + len(body)}", body)

    def clear(self) -> None:
        """Delete all of it, as what it is for is done."""
        shutil.rmtree(self._directory, ignore_errors=True)
        with contextlib.suppress(OSError):
            # Of the file, and of its state, if nothing else is kept of them.
            self._directory.parent.rmdir()
            self._directory.parent.parent.rmdir()


class Kept:
    """Everything that is kept.

    Parameters
    ----------
    directory
        Where; made when it is first needed.
    most
        Bytes beyond which what was not looked at for longest goes.
    """

    def __init__(self, directory: Path, most: int) -> None:
        self._directory = directory
        self._most = most

    @property
    def arguments(self) -> tuple[str, ...]:
        """What tells a process that is ready to delete what is too much; see :func:`tidied`."""
        return (TIDY, str(self._most), str(self._directory))

    def of(self, ref: str) -> Path:
        """Return the directory of a ref."""
        return self._directory / digest(ref)

    def state(self, ref: str, key: str) -> State:
        """Return what is kept of a state."""
        return State(self.of(ref) / key)

    def current(self, ref: str) -> Current | None:
        """Return which state of a file was seen last, None if none was."""
        try:
            return from_json((self.of(ref) / CURRENT).read_bytes(), Current)
        except (OSError, msgspec.DecodeError):
            return None

    def saw(self, ref: str, key: str, *, local: bool) -> None:
        """Remember which state of a file was seen just now, and forget its others."""
        with contextlib.suppress(OSError):
            now = Current(key=key, checked=time.time(), local=local)
            _write(self.of(ref) / CURRENT, msgspec.json.encode(now))
        self.forget_others(ref, key)

    def forget_others(self, ref: str, key: str) -> None:
        """Delete what is kept of all states of a file but one."""
        for other in self.of(ref).glob("*/"):
            if other.name != key:
                shutil.rmtree(other, ignore_errors=True)

    def tidy(self) -> None:
        """Delete what was not looked at for longest until the rest is within the bound."""
        found = []
        for directory in self._directory.glob("*/"):
            with contextlib.suppress(OSError):
                files = [path.stat() for path in directory.rglob("*") if path.is_file()]
                used = max((stat.st_mtime for stat in files), default=0.0)
                found.append((used, sum(stat.st_size for stat in files), directory))
        total = sum(size for _, size, _ in found)
        for used, size, directory in sorted(found, key=lambda one: one[0]):
            if total <= self._most or time.time() - used < AT_WORK:
                break
            shutil.rmtree(directory, ignore_errors=True)
            total -= size


def tidied(arguments: Sequence[str]) -> None:
    """Delete what is too much, where the arguments of a process say so."""
    if TIDY in arguments:
        most, directory = arguments[arguments.index(TIDY) + 1 :][:2]
        Kept(Path(directory), int(most)).tidy()


def _write(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all.

    The disk is not waited for: what is lost with the power is looked up again.
    """
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        try:
            part.write_bytes(content)
        except FileNotFoundError:
            # Mostly the directory is there, and there are many files.
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
