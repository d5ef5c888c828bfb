"""Tables that a commons gives in answer to a question, kept for the moment of their transfer.

They have no address that a file could be fetched from, as they are asked for with POST. So they
are written to the cache as they come, and read from there in pieces.
"""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NotFoundError, SettingsError
from jupyterlab_datahub.sources.pieces import Piece, PieceFile, PieceReader, PieceStreams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from io import BufferedIOBase
    from pathlib import Path

    from jupyterlab_datahub.sources.gen3.session import Session
    from jupyterlab_datahub.sources.pieces import Wanted

FOLDER = "tables"
KEPT_SECONDS = 24 * 3600.0
CHUNK = 1 << 20


class Made:
    """The tables that wait to be read; usable from any thread.

    Parameters
    ----------
    session
        Whose they are, for errors.
    cache
        Directory of the Source; the tables are below it.
    """

    def __init__(self, session: Session, cache: Path) -> None:
        self._session = session
        self._folder = cache / FOLDER

    def write(self, ref: str, fill: Callable[[BufferedIOBase], None]) -> int:
        """Keep what a ref names, in place of what it named before, and return its size.

        Parameters
        ----------
        ref
            What is made.
        fill
            Writes it to a file; its errors are raised here, and then nothing is kept.

        Raises
        ------
        SettingsError
            If it cannot be written.
        """
        path = self._path(ref)
        part = path.with_name(f".{path.name}.{token_hex(4)}.part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._tidy()
            with os.fdopen(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                fill(file)
            part.replace(path)
            return path.stat().st_size
        except OSError as error:
            raise SettingsError(
                f"a table cannot be kept in {self._folder}: {error.strerror}",
                source=self._session.who.source,
                hint="See that this directory can be written and its disk has room.",
            ) from error
        finally:
            part.unlink(missing_ok=True)

    def reader(self, ref: str, name: str) -> PieceReader:
        """Return how to read what is kept of a ref.

        Raises
        ------
        NotFoundError
            If nothing is.
        """
        try:
            return _Reader(self._path(ref), name, self._session.host)
        except OSError as error:
            raise NotFoundError(
                f"{name} was made but is not there any more",
                source=self._session.who.source,
                hint="Fetch it again.",
            ) from error

    def _path(self, ref: str) -> Path:
        return self._folder / hashlib.sha256(ref.encode()).hexdigest()[:32]

    def _tidy(self) -> None:
        """Remove what nobody came for."""
        for path in self._folder.iterdir():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                    path.unlink()


class _Reader(PieceReader):
    folder = False

    def __init__(self, path: Path, name: str, host: str) -> None:
        self._path = path
        self._host = host
        checksum = size = 0
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                checksum = zlib.crc32(chunk, checksum)
                size += len(chunk)
        self.files = (PieceFile(path=name, size=size, crc32=f"{checksum:08x}"),)

    def start(self, wanted: Sequence[Wanted], streams: int) -> PieceStreams:
        """Begin to read; one stream does."""
        del streams
        return _Streams(self._path, self._host, wanted)


class _Streams(PieceStreams):
    count = 1

    def __init__(self, path: Path, host: str, wanted: Sequence[Wanted]) -> None:
        self.host = host
        self._path = path
        self._wanted = list(wanted)
        self._cut = False

    def read(self, stream: int) -> Iterator[Piece]:
        """Yield what is wanted."""
        del stream
        wanted, self._wanted = self._wanted, []
        with self._path.open("rb") as file:
            for one in wanted:
                file.seek(one.start)
                at = one.start
                while at < one.end and not self._cut:
                    chunk = file.read(min(CHUNK, one.end - at))
                    if not chunk:
                        return
                    yield Piece(one.file, at, memoryview(chunk))
                    at += len(chunk)

    def again(self, wanted: Sequence[Wanted]) -> None:
        """Read some once more."""
        self._wanted += wanted

    def cut(self) -> None:
        """Read no more."""
        self._cut = True

    def finish(self) -> None:
        """Do nothing: the file is closed after each reading."""
