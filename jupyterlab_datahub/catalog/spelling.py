"""The word that was probably meant where the typed one is in no dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SHORTEST = 4
_LONG = 8
_CANDIDATES = 20


class _Candidate(NamedTuple):
    distance: int
    word: str
    whole: bool


def may_be_misspelt(word: str) -> bool:
    """Return whether `word` is worth a correction.

    Short words are near to too many others, and in ``CD14`` or ``v3`` a different digit is a
    different thing, not a slip.
    """
    return len(word) >= _SHORTEST and word.isalpha()


def correct(typed: str, vocabulary: Sequence[str], frequency: Callable[[str], int]) -> str | None:
    """Return the best replacement for a word, None where nothing is near enough.

    As a search begins while a word is being typed, the beginnings of the vocabulary's words
    are candidates too.

    Parameters
    ----------
    typed
        A folded word that nothing matches.
    vocabulary
        All folded words that could have been meant.
    frequency
        How many datasets a candidate finds; asked for a few of them.
    """
    candidates = _near(typed, vocabulary, whole=True)
    for length in range(len(typed) - 1, len(typed) + 2):
        beginnings = list({word[:length] for word in vocabulary if len(word) > length})
        candidates += _near(typed, beginnings, whole=False)
    ranked = sorted(candidates, key=lambda candidate: _rank(typed, candidate))
    found = [(candidate, frequency(candidate.word)) for candidate in ranked[:_CANDIDATES]]
    useful = [(candidate, count) for candidate, count in found if count]
    if not useful:
        return None
    best, _ = min(useful, key=lambda pair: (*_rank(typed, pair[0])[:3], -pair[1], pair[0].word))
    return best.word


def _near(typed: str, words: Sequence[str], *, whole: bool) -> list[_Candidate]:
    """Return the words within one slip, two in long words; a transposition is one slip."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    cutoff = 2 if len(typed) >= _LONG else 1
    found = process.extract(
        typed, words, scorer=OSA.distance, score_cutoff=cutoff, limit=_CANDIDATES
    )
    return [_Candidate(int(distance), word, whole) for word, distance, _ in found]


def _rank(typed: str, candidate: _Candidate) -> tuple[int, bool, bool, str]:
    """Few slips first, then the same first letter (people rarely miss it), then whole words."""
    other_start = candidate.word[0] != typed[0]
    return (candidate.distance, other_start, not candidate.whole, candidate.word)
