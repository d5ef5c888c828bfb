"""Whole numbers from their digits, and blocks by several threads."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyterlab_datahub.anndata_io import ahead, digits

if TYPE_CHECKING:
    from collections.abc import Callable


def read(fields: list[str]) -> list[int] | None:
    text = np.frombuffer("".join(f"{one}," for one in fields).encode(), np.uint8)
    ends = np.cumsum([len(one) + 1 for one in fields]) - 1
    found = digits.whole(text, ends, np.array([len(one) for one in fields]))
    return None if found is None else found.tolist()


def test_numbers_of_one_to_eight_digits() -> None:
    numbers = [n for power in range(8) for n in (10**power - 1, 10**power, 7 * 10**power + 5)]
    assert read([str(n) for n in [*numbers, 99_999_999]]) == [*numbers, 99_999_999]
    assert read(["007", "0", "00000012"]) == [7, 0, 12]


@pytest.mark.parametrize("most", [9, 99_999_999, 100_000_000, 2**63 - 1])
def test_numbers_become_their_digits(most: int) -> None:
    numbers = np.array([0, 1, 9, most // 3, most - 1, most])
    length = len(str(most))
    lines = digits.written(numbers, length).view(f"S{length}").reshape(-1)
    assert [one.decode() for one in lines] == [f"{n:0{length}}" for n in numbers.tolist()]


@pytest.mark.parametrize("wrong", ["", "123456789", "-1", "1.5", "1e5", "1:", "/1", "1 ", "1é"])
def test_what_is_no_such_number_is_not_read(wrong: str) -> None:
    assert read(["1", wrong, "22"]) is None


def test_results_come_in_order_and_errors_in_their_turn() -> None:
    later = threading.Event()

    def first() -> int:
        later.wait(60)
        return 0

    def second() -> int:
        later.set()
        return 1

    work: list[Callable[[], int]] = [first, second, partial(int, "2"), partial(int, "3")]
    assert list(ahead.results(work)) == [0, 1, 2, 3]
    found = ahead.results([partial(int, "1"), partial(int, "none"), partial(int, "3")])
    assert next(found) == 1
    with pytest.raises(ValueError, match="none"):
        next(found)
