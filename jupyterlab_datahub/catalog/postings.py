"""The words of all texts, each with the datasets that have it.

An inverted index in one SQLite table. Datasets are grouped in blocks of 65,536 keys. A row of
the table has those of one block whose title, or other text, has one word: their places in the
block as 16-bit integers, or as one bit for each place where that is shorter. Words are the
table's key, so the beginning of a word is one range of rows; and as rows are bytes that numpy
reads as they are, a word that half a million datasets have is found in a few milliseconds.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Places = NDArray[np.uint16]
    Marks = NDArray[np.uint8]
    Key = tuple[str, int, int]

IN_BODY = 1
IN_TITLE = 2
"""The fields of a text, in the order in which one outdoes the other."""

_BLOCK_BITS = 16
BLOCK = 1 << _BLOCK_BITS
_BITMAP_BYTES = BLOCK // 8
_MOST_PENDING = 1_000_000
_AFTER_ALL = "\U0010ffff"


def pack(places: Places) -> bytes:
    """Return ascending places in a block as bytes: 8 KiB at most."""
    if 2 * len(places) < _BITMAP_BYTES:
        return places.astype("<u2").tobytes()
    bits = np.zeros(BLOCK, dtype=np.bool_)
    bits[places] = True
    return np.packbits(bits, bitorder="little").tobytes()


def unpack(packed: bytes) -> Places:
    """Return what was packed."""
    if len(packed) < _BITMAP_BYTES:
        return np.frombuffer(packed, dtype="<u2").astype(np.uint16)
    bits = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), bitorder="little")
    return np.flatnonzero(bits).astype(np.uint16)


def marks_of(
    connection: sqlite3.Connection, size: int, *, beginning: str = "", words: Iterable[str] = ()
) -> Marks:
    """Return where words are: IN_TITLE, IN_BODY or 0 for each key, shape (size,).

    Parameters
    ----------
    connection
        A snapshot of the catalog.
    size
        A multiple of BLOCK greater than every key.
    beginning
        How the words begin, if not empty.
    words
        Whole words that are looked for as well.
    """
    ranges = [(word, word) for word in words]
    if beginning:
        ranges.append((beginning, beginning + _AFTER_ALL))
    found: defaultdict[tuple[int, int], list[bytes]] = defaultdict(list)
    for first_and_last in ranges:
        for field, block, packed in connection.execute(
            "SELECT field, block, places FROM posting WHERE word BETWEEN ? AND ?", first_and_last
        ):
            found[field, block].append(packed)
    marks = np.zeros(size, dtype=np.uint8)
    for field, block in sorted(found):  # titles last
        _mark(marks[block * BLOCK : (block + 1) * BLOCK], found[field, block], field)
    return marks


def _mark(marks: Marks, packed: list[bytes], field: int) -> None:
    """Mark the places of one block that any of its rows has."""
    lists = b"".join(part for part in packed if len(part) < _BITMAP_BYTES)
    marks[np.frombuffer(lists, dtype="<u2")] = field
    bitmaps = [part for part in packed if len(part) == _BITMAP_BYTES]
    if bitmaps:
        together = np.bitwise_or.reduce([np.frombuffer(part, dtype=np.uint8) for part in bitmaps])
        marks[np.unpackbits(together, bitorder="little").view(np.bool_)] = field


def vocabulary(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield every word once, in order, without reading what has them."""
    word = ""
    while True:
        (following,) = connection.execute(
            "SELECT min(word) FROM posting WHERE word > ?", (word,)
        ).fetchone()
        if following is None:
            return
        word = following
        yield word


class PostingWriter:
    """Gathers which datasets gain and lose which words, and writes that in large batches.

    Within a batch losses come before gains, as a changed dataset loses its former words and
    gains its new ones.

    Parameters
    ----------
    connection
        One with a transaction, which :meth:`flush` writes in.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._gained: defaultdict[Key, array[int]] = defaultdict(lambda: array("H"))
        self._lost: defaultdict[Key, array[int]] = defaultdict(lambda: array("H"))
        self._pending = 0

    def add(self, key: int, title: str, body: str) -> None:
        """Note that the dataset `key` has the words of these texts, separated by blanks."""
        self._note(self._gained, key, title, body)

    def remove(self, key: int, title: str, body: str) -> None:
        """Note that the dataset `key` no longer has the words of these texts."""
        self._note(self._lost, key, title, body)

    def flush(self) -> None:
        """Write what was noted."""
        keys = sorted(self._gained.keys() | self._lost.keys())
        for first in range(0, len(keys), 1000):
            self._write(keys[first : first + 1000])
        self._gained.clear()
        self._lost.clear()
        self._pending = 0

    def _note(self, noted: defaultdict[Key, array[int]], key: int, title: str, body: str) -> None:
        block, place = divmod(key, BLOCK)
        for field, text in ((IN_TITLE, title), (IN_BODY, body)):
            for word in text.split():
                noted[word, block, field].append(place)
                self._pending += 1
        if self._pending >= _MOST_PENDING:
            self.flush()

    def _write(self, keys: Sequence[Key]) -> None:
        kept: list[tuple[str, int, int, bytes]] = []
        emptied: list[Key] = []
        for key in keys:
            places = self._updated(key)
            if len(places):
                kept.append((*key, pack(places)))
            else:
                emptied.append(key)
        self._connection.executemany("INSERT OR REPLACE INTO posting VALUES (?, ?, ?, ?)", kept)
        self._connection.executemany(
            "DELETE FROM posting WHERE word = ? AND block = ? AND field = ?", emptied
        )

    def _updated(self, key: Key) -> Places:
        row = self._connection.execute(
            "SELECT places FROM posting WHERE word = ? AND block = ? AND field = ?", key
        ).fetchone()
        gained = np.array(self._gained.get(key, ()), dtype=np.uint16)
        if row is None:
            return np.unique(gained)
        places = unpack(row[0])
        if key in self._lost:
            lost = np.array(self._lost[key], dtype=np.uint16)
            places = np.setdiff1d(places, lost, assume_unique=False)
        return np.union1d(places, gained)
