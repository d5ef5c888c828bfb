"""Checksums that follow the bytes, and what they are compared with."""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from typing import TYPE_CHECKING, Protocol

from jupyterlab_datahub.errors import ChecksumError, LengthError
from jupyterlab_datahub.settings.priority import compute_anywhere
from jupyterlab_datahub.transfers.network.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_datahub.transfers.disk.partfile import PartFile
    from jupyterlab_datahub.transfers.network.stopping import Halt

CHUNK = 1024**2
ALGORITHMS = frozenset({"sha256", "sha1", "sha512", "md5", "crc32"})
ETAG = "etag"

_S3_PLAIN = re.compile(r'"?([0-9a-f]{32})"?$')
_S3_MULTIPART = re.compile(r'"?[0-9a-f]{32}-(\d{1,5})"?$')

# Part sizes in MiB that upload tools use: AWS CLI and boto3 8, SDKs and Java 5, rclone 5,
# MinIO 16, s3cmd 15, and what large files are uploaded with.
_PART_SIZES = (8, 5, 16, 15, 10, 32, 64, 50, 100, 128, 256, 512)


class Digest(Protocol):
    """A running checksum."""

    def update(self, data: memoryview, /) -> None:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """Return the checksum so far in lower-case hexadecimal."""


class Crc32:
    """CRC-32 as ZIP and Ethernet know it, with the interface of hashlib."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: memoryview, /) -> None:
        """Take more bytes."""
        self._value = zlib.crc32(data, self._value)

    def hexdigest(self) -> str:
        """Return eight hexadecimal digits."""
        return f"{self._value:08x}"


class MultipartMd5:
    """The ETag of S3's multipart uploads: the MD5 of the MD5s of the parts, and their number.

    Seen at S3 and its imitators; nowhere promised, so a difference is told, not an error.
    """

    def __init__(self, part_size: int) -> None:
        self._part_size = part_size
        self._part = _md5()
        self._room = part_size
        self._parts: list[bytes] = []

    def update(self, data: memoryview, /) -> None:
        """Take more bytes."""
        while data:
            piece = data[: self._room]
            self._part.update(piece)
            self._room -= len(piece)
            data = data[len(piece) :]
            if not self._room:
                self._close_part()

    def hexdigest(self) -> str:
        """Return the ETag without its quotes."""
        if self._room < self._part_size:
            self._close_part()
        whole = _md5()
        whole.update(memoryview(b"".join(self._parts)))
        return f"{whole.hexdigest()}-{len(self._parts)}"

    def _close_part(self) -> None:
        self._parts.append(bytes.fromhex(self._part.hexdigest()))
        self._part = _md5()
        self._room = self._part_size


def _md5() -> Digest:
    return hashlib.md5(usedforsecurity=False)


def _digest(algorithm: str) -> Digest:
    if algorithm == "crc32":
        return Crc32()
    return hashlib.new(algorithm, usedforsecurity=False)


def etag_digest(etag: str, size: int) -> Digest | None:
    """Return the checksum an S3 ETag seems to be, None if it does not look like one."""
    if _S3_PLAIN.match(etag):
        return _md5()
    match = _S3_MULTIPART.match(etag)
    if not match:
        return None
    for mebibytes in _PART_SIZES:
        part_size = mebibytes * 1024**2
        if -(-size // part_size) == int(match[1]):
            return MultipartMd5(part_size)
    return None


class Follower:
    """Reads a part file behind its frontier, so that its checksums are ready at its end.

    Parameters
    ----------
    part
        The file.
    algorithms
        Checksums to compute beside SHA-256; unknown ones are left out.
    etag
        An ETag that may be a checksum.
    halt
        Ends the reading.
    """

    def __init__(self, part: PartFile, algorithms: frozenset[str], etag: str, halt: Halt) -> None:
        self._part = part
        self._halt = halt
        self._etag = etag
        self._at = 0
        self._size: int | None = None
        self._error: OSError | None = None
        names = (algorithms & ALGORITHMS) | {"sha256"}
        self._digests = {name: _digest(name) for name in sorted(names)}
        size = part.version.size
        digest = etag_digest(etag, size) if etag and size is not None else None
        if digest is not None:
            self._digests[ETAG] = digest
        self._thread = threading.Thread(target=self._follow, name="checksum", daemon=True)
        self._thread.start()

    def result(self, size: int) -> dict[str, str]:
        """Wait for the last byte and return the checksums by algorithm.

        Raises
        ------
        Stopped, OSError
        """
        self._size = size
        self._thread.join()
        if self._error is not None:
            raise self._error
        self._halt.check()
        return {name: digest.hexdigest() for name, digest in self._digests.items()}

    def join(self) -> None:
        """Wait until the thread has ended; the halt must be set."""
        self._thread.join()

    def _follow(self) -> None:
        compute_anywhere()
        buffer = memoryview(bytearray(CHUNK))
        try:
            while not self._halt.is_set() and self._at != self._size:
                frontier = self._part.wait_beyond(self._at, 0.1)
                while self._at < frontier:
                    self._halt.check()
                    self._step(buffer[: min(CHUNK, frontier - self._at)])
        except Stopped:
            return
        except OSError as error:
            self._error = error

    def _step(self, window: memoryview) -> None:
        count = self._part.read(window, self._at)
        if not count:
            raise OSError(f"{self._part.path} is shorter than what was written to it")
        for digest in self._digests.values():
            digest.update(window[:count])
        self._at += count


def compare(found: Mapping[str, str], published: Mapping[str, str], name: str) -> None:
    """Compare checksums with those a catalog publishes.

    Raises
    ------
    ChecksumError
        If one differs.
    """
    for algorithm, digest in published.items():
        if algorithm in found and found[algorithm] != digest.lower():
            raise ChecksumError(
                f"{name} does not have the {algorithm} checksum its catalog publishes",
                hint="The bytes were damaged on their way or at the host; try again later.",
            )


def remark_on_etag(found: Mapping[str, str], etag: str) -> str:
    """Return a note where the host's ETag looks like a checksum but is not that of the bytes."""
    if ETAG in found and found[ETAG] != etag.strip('"'):
        return "the host's ETag looks like a checksum, but of other bytes or other parts"
    return ""


def check_length(got: int | None, expected: int | None, name: str, host: str) -> None:
    """Compare the length a host has with the one its catalog publishes.

    Raises
    ------
    LengthError
    """
    if got is not None and expected is not None and got != expected:
        raise LengthError(
            f"{name} has {got:,} bytes at its host, but {expected:,} bytes in the catalog",
            host=host,
            hint="Refresh the catalog; if it lasts, tell the catalog's maintainers.",
        )
