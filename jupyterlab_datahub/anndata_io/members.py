"""The files of a folder or of an archive, read without unpacking it."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import sys
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from jupyterlab_datahub.anndata_io.mtx import CountsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    _Said = tuple[str, int, bool]

GROWTH, FREE = 200, 1 << 30
"""How much larger than an archive its content may be, and the bytes that any may have: a few
kilobytes can hold terabytes of nothing."""

MOST = 10_000
"""Files in a folder or an archive."""

LONGEST, DEEPEST = 1000, 50
"""Characters of a path in it, and its parts."""

LIST_BYTES = 256 << 20
"""Bytes of a list of names."""


def broken() -> tuple[type[Exception], ...]:
    """Return what is raised for archives and packed files that are damaged."""
    raised = (EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError)
    try:
        from isal import igzip_lib
    except ImportError:
        return raised
    return (*raised, cast("type[Exception]", igzip_lib.IsalError))


class Entry(NamedTuple):
    """A file of it: its path, and the bytes that it is said to have."""

    path: str
    size: int


class Members:
    """The files of a folder, a tar archive (packed or not) or a zip archive.

    Parameters
    ----------
    source
        Where it is.
    name
        What it is called in errors.
    """

    def __init__(self, source: Path, name: str) -> None:
        self._source = source
        self._name = name
        self._folder = source.is_dir()
        self._size = 1 if self._folder else max(source.stat().st_size, 1)
        self._zip = not self._folder and zipfile.is_zipfile(source)
        self._read = 0

    def part(self) -> float:
        """Return how much of it was read in the last pass, from 0 to 1; 0 if that is unknown."""
        return min(self._read / self._size, 1.0)

    def has(self, path: str) -> bool:
        """Return whether a folder has a file."""
        return self._folder and (self._source / path).is_file()

    def names(self) -> list[str]:
        """Return the paths of all files.

        Raises
        ------
        CountsError
            If a path leads out of it, or a file is a link, or there are too many.
        """
        return [one.path for one in self.entries()]

    def entries(self) -> list[Entry]:
        """Return all files with their sizes.

        Raises
        ------
        CountsError
            As :meth:`names`.
        """
        return _checked(self._listed(), self._name)

    def take(self, path: str, folder: Path) -> Path:
        """Copy one file of it, as it is, into a folder.

        Raises
        ------
        CountsError
            If it is not there, or there twice, or says that it holds more than it sensibly could,
            or does.
        """
        there = [one for one in self.entries() if one.path == path]
        if len(there) != 1:
            raise CountsError(
                f"{path[:200]} is {'twice' if there else 'not'} in {self._name}",
                hint="Choose one of the files that are listed.",
            )
        if there[0].size > self._most:
            raise self._refused(f"{path} is said to have {there[0].size:,} bytes")
        target = folder / PurePosixPath(path).name
        with self._opened(path) as raw, target.open("wb") as file:
            shutil.copyfileobj(self._bounded(raw), file, 1 << 20)
        return target

    @contextmanager
    def opened(self, path: str) -> Iterator[IO[bytes]]:
        """Open a file of it, unpacked if it is packed with gzip.

        Raises
        ------
        CountsError
            When more comes than it could sensibly hold.
        """
        with self._opened(path) as raw:
            stream: Any = self._bounded(raw)
            if path.lower().endswith(".gz"):
                stream = self._bounded(_gunzip(stream))
            yield io.BufferedReader(stream, 1 << 20)

    def lines(self, path: str) -> list[str]:
        """Return the lines of a short file."""
        with self.opened(path) as stream:
            content = stream.read(LIST_BYTES + 1)
        if len(content) > LIST_BYTES:
            raise self._refused(f"{path} has more than {LIST_BYTES:,} bytes")
        return content.decode("utf-8-sig", "replace").splitlines()

    @property
    def _most(self) -> int:
        """Bytes that it may hold."""
        return sys.maxsize if self._folder else max(GROWTH * self._size, FREE)

    def _listed(self) -> Iterator[_Said]:
        if self._folder:
            for folder, _, files in os.walk(self._source):
                for file in files:
                    path = Path(folder, file)
                    size = path.stat().st_size if path.exists() else 0
                    yield path.relative_to(self._source).as_posix(), size, False
        elif self._zip:
            with zipfile.ZipFile(self._source) as archive:
                yield from _in_zip(archive)
        else:
            with self._tar() as tar:
                for member in tar:
                    if not member.isdir():
                        yield member.name, member.size, not member.isreg()

    @contextmanager
    def _opened(self, path: str) -> Iterator[IO[bytes]]:
        if self._folder:
            with (self._source / path).open("rb") as stream:
                yield stream
        elif self._zip:
            with zipfile.ZipFile(self._source) as archive, archive.open(path) as stream:
                yield stream
        else:
            with self._tar() as tar:
                for member in tar:
                    if PurePosixPath(member.name).as_posix() == path and member.isreg():
                        content = tar.extractfile(member)
                        if content is not None:
                            yield content
                        return
            raise self._refused(f"{path} is not in it")

    @contextmanager
    def _tar(self) -> Iterator[tarfile.TarFile]:
        """Open it from its start; what is packed is not gone back in."""
        with self._source.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            counted: Any = _Counted(raw, self._note)
            stream = self._bounded(_gunzip(counted)) if packed else counted
            with tarfile.open(fileobj=cast("Any", io.BufferedReader(stream)), mode="r|") as one:
                yield one

    def _note(self, read: int) -> None:
        self._read = read

    def _bounded(self, stream: Any) -> Any:
        def check(read: int) -> None:
            if read > self._most:
                raise self._refused(f"it holds more than {GROWTH} times its own bytes")

        return _Counted(stream, check)

    def _refused(self, why: str) -> CountsError:
        return _refused(self._name, why)


def zip_entries(archive: zipfile.ZipFile, name: str) -> list[Entry]:
    """Return all files of a zip archive that is open.

    Raises
    ------
    CountsError
        As :meth:`Members.names`.
    """
    return _checked(_in_zip(archive), name)


def _in_zip(archive: zipfile.ZipFile) -> Iterator[_Said]:
    for one in archive.infolist():
        if not one.is_dir():
            yield one.filename, one.file_size, one.external_attr >> 28 == 0o12


def _checked(said: Iterable[_Said], name: str) -> list[Entry]:
    """Return the files that an archive says it has, if all of them are harmless."""
    found = []
    for path, size, linked in said:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or "\\" in path:
            raise _refused(name, f"the path {path[:LONGEST]!r} leads out of it")
        if len(path) > LONGEST or len(pure.parts) > DEEPEST:
            raise _refused(
                name,
                f"a path has more than {LONGEST:,} characters or {DEEPEST} parts: {path[:80]!r}…",
            )
        if linked:
            raise _refused(name, f"{path} is a link")
        found.append(Entry(pure.as_posix(), size))
        if len(found) > MOST:
            raise _refused(name, f"it has more than {MOST:,} files")
    return found


def _refused(name: str, why: str) -> CountsError:
    return CountsError(
        f"{name} is not opened: {why}",
        hint="No matrix is packed like this; ask where it comes from.",
    )


class _Counted(io.RawIOBase):
    """A stream that says how much was read of it."""

    def __init__(self, stream: IO[bytes], tell: Callable[[int], None]) -> None:
        self._stream = stream
        self._tell = tell
        self._count = 0

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what fits."""
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        self._count += len(content)
        self._tell(self._count)
        return len(content)


def _gunzip(raw: IO[bytes]) -> Any:
    """Return the fastest way to read gzip that is here."""
    try:
        from isal import igzip
    except ImportError:
        return gzip.GzipFile(fileobj=cast("Any", raw))
    reader: Any = igzip.IGzipFile
    return reader(fileobj=raw)
