"""Some hundred damaged files; :mod:`.fuzz` by itself does as many as one likes."""

from __future__ import annotations

from tests.previews import fuzz

CASES = 150


def test_whatever_is_in_a_file_there_are_facts_or_an_error_in_words() -> None:
    counted, bad = fuzz.outcomes(0, CASES)
    assert sum(counted.values()) == CASES
    assert counted[fuzz.FOUND] > CASES / 10
    assert counted[fuzz.REFUSED] > CASES / 10
    assert not bad
