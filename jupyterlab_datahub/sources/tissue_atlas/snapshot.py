"""The pages of a site in the archive of its repository, read as a stream.

Nothing of the archive is written to the disk, so no path in it can lead anywhere: names are only
compared. GitHub's archives (``git archive``) hold one directory, begin with a global PAX header
whose comment is the commit, and give every member the time of the commit.
"""

from __future__ import annotations

import tarfile
import zlib
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import BadAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

FOLDERS = frozenset({"_atlas-datasets", "_data-cards"})
LARGEST_PAGE = 1 << 20
LARGEST_HEADER = 1 << 16
LARGEST_UNPACKED = 16 * 1024**3
MOST_MEMBERS = 200_000
MOST_PAGES = 20_000
PIECE = 1 << 16
DEEPEST = 6
AGAIN = "Refresh the source; if that does not help, correct its url."


class Snapshot(NamedTuple):
    """The pages of the folders that matter, by path, and the state of the site they are from."""

    pages: dict[str, bytes]
    commit: str
    date: str


class Unpacked:
    """A gzip stream as a file that tarfile reads; knows whether it came to its end."""

    def __init__(self, pieces: Iterator[bytes], largest: int) -> None:
        self._pieces = pieces
        self._largest = largest
        self._inflate = zlib.decompressobj(wbits=31)
        self._packed = b""
        self.size = 0

    @property
    def whole(self) -> bool:
        """Whether the stream ended as gzip does, with its checksum."""
        return self._inflate.eof

    def read(self, size: int) -> bytes:
        """Return at least one byte and at most `size`, none at the end.

        Raises
        ------
        BadAnswerError
            If it is no gzip, or unpacks to more than any site has.
        """
        while not self._inflate.eof:
            if not self._packed:
                self._packed = next(self._pieces, b"")
                if not self._packed:
                    return b""
            try:
                content = self._inflate.decompress(self._packed, size)
            except zlib.error as error:
                raise _bad("is no gzip archive, or a damaged one") from error
            self._packed = self._inflate.unconsumed_tail
            self.size += len(content)
            if self.size > self._largest:
                raise _bad(f"unpacks to more than {self._largest:,} bytes, which no site has")
            if content:
                return content
        return b""


class _Member(tarfile.TarInfo):
    """A member whose headers are not larger than headers are."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        member = super().frombuf(buf, encoding, errors)
        plain = member.type in (*tarfile.REGULAR_TYPES, tarfile.DIRTYPE)
        if member.size < 0 or (not plain and member.size > LARGEST_HEADER):
            raise _bad("has a header of a size that no header has")
        return member


def snapshot(pieces: Iterator[bytes], largest: int = LARGEST_UNPACKED) -> Snapshot:
    """Return the pages in a ``.tar.gz`` that comes in pieces.

    Parameters
    ----------
    pieces
        The bytes of the archive; they are taken to the end.
    largest
        Bytes of the unpacked archive at which it is given up.

    Raises
    ------
    BadAnswerError
        If it is not such an archive, cut short, or larger than any site's.
    """
    stream = Unpacked(pieces, largest)
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Member, bufsize=PIECE) as tar:  # type: ignore[call-overload]  # a stream is only read from
            found = _pages(tar)
    except tarfile.TarError as error:
        raise _bad(f"cannot be read: {error}") from error
    while stream.read(PIECE):
        pass  # to the end, where gzip's checksum is
    for _ in pieces:
        pass
    if not stream.whole:
        raise _bad("is cut short")
    if not found.pages:
        raise _bad(f"has no pages in {' or '.join(sorted(FOLDERS))}")
    return found


def _pages(tar: tarfile.TarFile) -> Snapshot:
    pages: dict[str, bytes] = {}
    newest = 0.0
    for number, member in enumerate(tar, 1):
        if number > MOST_MEMBERS or len(pages) > MOST_PAGES:
            raise _bad("has more files than any site")
        newest = max(newest, float(member.mtime))
        path = page_path(member.name)
        if not path or not member.isreg() or member.size > LARGEST_PAGE:
            continue
        file = tar.extractfile(member)
        pages[path] = file.read() if file else b""
    commit = str(tar.pax_headers.get("comment", ""))
    commit = commit if commit.isalnum() and len(commit) <= 64 else ""
    return Snapshot(pages, commit, _moment(newest))


def page_path(name: str) -> str:
    """Return the path of a page below the archive's own directory, empty if it is none.

    >>> page_path("site-0f61549/_data-cards/a-2021/one.md")
    '_data-cards/a-2021/one.md'
    >>> page_path("site/../_data-cards/one.md")
    ''
    """
    parts = PurePosixPath(name).parts
    wanted = (
        2 < len(parts) <= DEEPEST
        and parts[1] in FOLDERS
        and parts[-1].lower().endswith((".md", ".markdown"))
        and ".." not in parts
        and not name.startswith("/")
        and name.isprintable()
    )
    return "/".join(parts[1:]) if wanted else ""


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds > 0 else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _bad(words: str) -> BadAnswerError:
    return BadAnswerError(f"The archive of the atlas {words}", hint=AGAIN)
