"""The inverted index against dictionaries of sets."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterlab_datahub.catalog import postings
from jupyterlab_datahub.catalog.postings import (
    BLOCK,
    IN_BODY,
    IN_TITLE,
    PostingWriter,
    marks_of,
    pack,
    unpack,
    vocabulary,
)

TABLE = (
    "CREATE TABLE posting (word TEXT, block INTEGER, field INTEGER, places BLOB,"
    " PRIMARY KEY (word, block, field)) WITHOUT ROWID"
)
WORDS = ("a", "ab", "abc", "b", "z\N{LATIN SMALL LETTER THORN}", "zz")
BLOCKS = 3

Texts = dict[int, tuple[str, str]]
words = st.lists(st.sampled_from(WORDS), unique=True, max_size=4).map(" ".join)
keys = st.sampled_from([1, 2, BLOCK - 1, BLOCK, BLOCK + 7, 2 * BLOCK + 1])
steps = st.dictionaries(keys, st.tuples(words, words), max_size=6)


@pytest.mark.parametrize("count", [0, 1, 2, 4094, 4095, 4096, 4097, 30_000, BLOCK])
def test_packing_keeps_every_place_and_takes_no_more_than_a_bit_for_each(count: int) -> None:
    dice = np.random.default_rng(count)
    places = np.sort(dice.choice(BLOCK, size=count, replace=False)).astype(np.uint16)
    packed = pack(places)
    assert len(packed) == min(2 * count, BLOCK // 8)
    assert np.array_equal(unpack(packed), places)


def found(connection: sqlite3.Connection, beginning: str) -> dict[int, int]:
    """Return the mark of each key that has one."""
    marks = marks_of(connection, BLOCKS * BLOCK, beginning=beginning)
    return {int(key): int(marks[key]) for key in np.flatnonzero(marks)}


def expected(texts: Texts, beginning: str) -> dict[int, int]:
    """Return the same, the slow way."""
    marks = {}
    for key, (title, body) in texts.items():
        for text, mark in ((body, IN_BODY), (title, IN_TITLE)):
            if any(word.startswith(beginning) for word in text.split()):
                marks[key] = mark
    return marks


@settings(deadline=None)
@given(changes=st.lists(steps, max_size=5), flushed=st.booleans())
def test_words_are_found_whatever_was_gained_and_lost(changes: list[Texts], flushed: bool) -> None:
    texts: Texts = {}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(TABLE)
        writer = PostingWriter(connection)
        for changed in changes:
            for key in set(changed) & set(texts):
                writer.remove(key, *texts.pop(key))
            if flushed:
                writer.flush()
            for key, given_ in changed.items():
                writer.add(key, *given_)
            texts |= changed
            writer.flush()
            for beginning in ("a", "ab", "abc", "abcd", "z", "zz"):
                assert found(connection, beginning) == expected(texts, beginning)
        known = {word for pair in texts.values() for text in pair for word in text.split()}
        assert list(vocabulary(connection)) == sorted(known)


def test_much_is_written_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "_MOST_PENDING", 100)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(TABLE)
        writer = PostingWriter(connection)
        for key in range(1, 5001):
            writer.add(key, "every", f"word{key % 7}")
        writer.flush()
        assert found(connection, "every") == dict.fromkeys(range(1, 5001), IN_TITLE)
        assert len(found(connection, "word3")) == len(range(3, 5001, 7))
        for key in range(1, 4901):
            writer.remove(key, "every", f"word{key % 7}")
        writer.flush()
        assert found(connection, "every") == dict.fromkeys(range(4901, 5001), IN_TITLE)


def test_whole_words_are_looked_for_beside_a_beginning() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(TABLE)
        writer = PostingWriter(connection)
        writer.add(1, "cell", "")
        writer.add(2, "", "cells")
        writer.add(3, "cellar", "")
        writer.flush()
        marks = marks_of(connection, BLOCK, beginning="cells", words=["cell"])
        assert np.flatnonzero(marks).tolist() == [1, 2]
