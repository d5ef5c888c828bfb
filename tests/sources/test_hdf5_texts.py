"""What HDF5 is given of collections of texts, in the reads in which it asks for them."""

from __future__ import annotations

import os
import struct

import pytest

from jupyterlab_datahub.sources.hdf5_texts import SIGNATURE, Texts

FIRST = 4096
PLACE = 800


def collection(*objects: bytes, size: int = 3 * FIRST) -> bytes:
    """Return a collection of objects; what is left is room that is free."""
    told = SIGNATURE + bytes(3) + struct.pack("<Q", size) + b"".join(objects)
    left = size - len(told)
    return told + struct.pack("<H6xQ", 0, left) + bytes(left - 16)


def text(size: int, content: bytes = b"") -> bytes:
    """Return an object whose text begins with something."""
    return struct.pack("<H6xQ", 1, size) + content.ljust(-(-size // 8) * 8, b"x")


def read(texts: Texts, content: bytes, first: int = FIRST) -> None:
    """Read a collection as HDF5 does."""
    texts.refuse(PLACE, memoryview(content[:first]))
    texts.refuse(PLACE + first, memoryview(content[first:]))


NOTHING = struct.pack("<H6xQ", 0, 0)


@pytest.mark.parametrize("before", [16, 4032, 4040, 4048, 4049, 4056, 4064, 4072, 8000])
def test_an_object_of_no_size_is_refused_wherever_it_is(before: int) -> None:
    read(Texts(), collection(text(before), text(100)))
    with pytest.raises(OSError, match="no end"):
        read(Texts(), collection(text(before), NOTHING, text(100)))


def test_a_text_like_a_collection_hides_nothing() -> None:
    inner = bytes(FIRST - 32) + collection(text(8), size=FIRST)
    for last, refused in ((text(8), False), (NOTHING, True)):
        content = collection(text(len(inner), inner), last, size=5 * FIRST)
        assert content[FIRST:].startswith(SIGNATURE)
        if refused:
            with pytest.raises(OSError, match="no end"):
                read(Texts(), content)
        else:
            read(Texts(), content)


def test_other_bytes_are_of_no_interest() -> None:
    texts = Texts()
    for place in range(0, 1 << 16, FIRST):
        texts.refuse(place, memoryview(os.urandom(FIRST)))
        texts.refuse(place, memoryview(bytes(FIRST)))
    texts.refuse(0, memoryview(SIGNATURE))
