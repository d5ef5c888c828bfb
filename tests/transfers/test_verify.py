"""Checksums, and what an ETag may tell."""

from __future__ import annotations

import hashlib
import zlib

import pytest

from jupyterlab_datahub.errors import ChecksumError, LengthError
from jupyterlab_datahub.transfers.fetch.verify import (
    Crc32,
    MultipartMd5,
    check_length,
    compare,
    etag_digest,
)

MIB = 1024**2


def multipart_etag(content: bytes, part_size: int) -> str:
    """Return what S3 says, computed from the whole content."""
    parts = [content[at : at + part_size] for at in range(0, len(content), part_size)]
    digests = b"".join(hashlib.md5(part, usedforsecurity=False).digest() for part in parts)
    return f'"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"'


@pytest.mark.parametrize("length", [1, 8, 9, 16, 17, 24])
@pytest.mark.parametrize("step", [1, 3, 8, 100])
def test_a_multipart_etag_is_computed_in_any_steps(length: int, step: int) -> None:
    content = bytes(range(length))
    digest = MultipartMd5(8)
    for at in range(0, length, step):
        digest.update(memoryview(content[at : at + step]))
    assert f'"{digest.hexdigest()}"' == multipart_etag(content, 8)


@pytest.mark.parametrize("mebibytes", [5, 8, 16])
def test_the_part_size_is_guessed_from_the_number_of_parts(mebibytes: int) -> None:
    content = bytes(33 * MIB)
    etag = multipart_etag(content, mebibytes * MIB)
    digest = etag_digest(etag, len(content))
    assert digest is not None
    digest.update(memoryview(content))
    assert f'"{digest.hexdigest()}"' == etag


@pytest.mark.parametrize("etag", ["", '"673c8a2f-1f400"', 'W/"abc"', f'"{"0" * 32}-9999"'])
def test_other_etags_are_no_checksums(etag: str) -> None:
    assert etag_digest(etag, 33 * MIB) is None


def test_crc32_is_that_of_zip() -> None:
    digest = Crc32()
    digest.update(memoryview(b"abc"))
    digest.update(memoryview(b"def"))
    assert digest.hexdigest() == f"{zlib.crc32(b'abcdef'):08x}"


def test_checksums_are_compared_where_both_are_known() -> None:
    compare({"sha256": "ab", "md5": "cd"}, {"sha256": "AB", "blake3": "xx"}, "a file")
    with pytest.raises(ChecksumError, match="md5"):
        compare({"sha256": "ab", "md5": "cd"}, {"md5": "ce"}, "a file")


def test_lengths_are_compared_where_both_are_known() -> None:
    check_length(5, None, "a file", "host")
    check_length(None, 5, "a file", "host")
    with pytest.raises(LengthError, match=r"4 bytes.*5 bytes.*files\.example"):
        check_length(4, 5, "a file", "files.example")
