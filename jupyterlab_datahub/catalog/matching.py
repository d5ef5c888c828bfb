"""Which datasets a text finds, and how well."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from jupyterlab_datahub.catalog.entry import identifier_forms, identifier_hash
from jupyterlab_datahub.catalog.postings import IN_TITLE, marks_of, vocabulary
from jupyterlab_datahub.catalog.spelling import correct, may_be_misspelt
from jupyterlab_datahub.catalog.words import singular, words

if TYPE_CHECKING:
    import sqlite3

    from numpy.typing import NDArray

    from jupyterlab_datahub.catalog.columns import Columns

    Scores = NDArray[np.uint8]

_NAMED = 255
_CACHE_BYTES = 64 * 1024**2
_MOST_WORDS = 32


class TextMatch(NamedTuple):
    """What a text finds: 0 for no, more for better, shape (rows,); and what was searched."""

    scores: Scores
    corrected: str


class TextIndex:
    """Texts looked up word by word, for one generation.

    The rows of recent words are kept, because a search is typed letter by letter and then
    narrowed by facets, while its words stay.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._kept: OrderedDict[tuple[str, bool], Scores] = OrderedDict()
        self._corrections: dict[str, str | None] = {}
        self._vocabulary: list[str] | None = None
        self._lock = threading.Lock()

    def match(self, connection: sqlite3.Connection, text: str) -> TextMatch | None:
        """Return the rows that `text` finds, None for a text without any word.

        A row is found if it has all words, each as a word or the beginning of one, or if the
        text is one of its identifiers. It scores by how many words its title has. A single
        character that others follow is a word: a search for "T cells" is none for all cells
        that are "treated".
        """
        named = self._named(connection, text)
        wanted = list(dict.fromkeys(words(text)))[:_MOST_WORDS]
        if not wanted:
            return None
        scores = self._all(connection, wanted)
        if named is not None:
            scores[named] = _NAMED
        if named is not None or scores.any():
            return TextMatch(scores, "")
        replaced = self._replacements(connection, wanted)
        if not replaced:
            return TextMatch(scores, "")
        corrected = [replaced.get(word, word) for word in wanted]
        return TextMatch(self._all(connection, corrected), _respelt(text, replaced))

    def _all(self, connection: sqlite3.Connection, wanted: list[str]) -> Scores:
        """Return the scores of the rows that have all words; at most 1 + words each."""
        if len(wanted) == 1:
            return self._one(connection, wanted[0]).copy()
        has_all = np.ones(len(self._columns), dtype=np.bool_)
        scores = np.ones(len(self._columns), dtype=np.uint8)
        for place, word in enumerate(wanted, 1):
            found = self._one(connection, word, whole=len(word) == 1 and place < len(wanted))
            has_all &= found > 0
            scores += found == IN_TITLE
        scores *= has_all
        return scores

    def _one(self, connection: sqlite3.Connection, word: str, *, whole: bool = False) -> Scores:
        """Return where one word is, shape (rows,): not, in the body, or in the title."""
        kept_as = (word, whole)
        with self._lock:
            kept = self._kept.get(kept_as)
            if kept is not None:
                self._kept.move_to_end(kept_as)
                return kept
        if whole:
            marks = marks_of(connection, self._columns.keys, words=[word])
        else:
            single = filter(None, [singular(word)])
            marks = marks_of(connection, self._columns.keys, beginning=word, words=single)
        scores = self._columns.by_row(marks)
        with self._lock:
            self._kept[kept_as] = scores
            while len(self._kept) * len(scores) > _CACHE_BYTES and len(self._kept) > 1:
                self._kept.popitem(last=False)
        return scores

    def _named(self, connection: sqlite3.Connection, text: str) -> NDArray[np.int32] | None:
        """Return the rows that `text` as a whole is an identifier of, None for none."""
        forms = {identifier_hash(form) for form in identifier_forms(text) if form}
        marks = ",".join("?" * len(forms))
        query = f"SELECT DISTINCT id FROM identifier WHERE hash IN ({marks})"  # noqa: S608 - question marks
        ids = connection.execute(query, tuple(forms)).fetchall()
        if not ids:
            return None
        return self._columns.rows_of(np.array([key for (key,) in ids], dtype=np.int64))

    def _replacements(self, connection: sqlite3.Connection, wanted: list[str]) -> dict[str, str]:
        """Return what to search in place of the words that are nowhere."""
        replaced = {}
        for word in wanted:
            if may_be_misspelt(word) and not self._one(connection, word).any():
                better = self._correction(connection, word)
                if better:
                    replaced[word] = better
        return replaced

    def _correction(self, connection: sqlite3.Connection, word: str) -> str | None:
        if word not in self._corrections:
            if self._vocabulary is None:
                self._vocabulary = list(filter(may_be_misspelt, vocabulary(connection)))

            def frequency(candidate: str) -> int:
                return int(np.count_nonzero(self._one(connection, candidate)))

            self._corrections[word] = correct(word, self._vocabulary, frequency)
        return self._corrections[word]


def _respelt(text: str, replaced: dict[str, str]) -> str:
    """Return `text` with words replaced and the others as they were typed."""
    respelt = []
    for typed in text.split():
        parts = words(typed)
        if any(part in replaced for part in parts):
            respelt.append(" ".join(replaced.get(part, part) for part in parts))
        else:
            respelt.append(typed)
    return " ".join(respelt)
