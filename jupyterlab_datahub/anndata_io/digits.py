"""Whole numbers from their digits and their digits from numbers, all of a block at once.

Up to eight digits are one word of 64 bits, from which three multiplications make a number: of pairs
of digits, of fours, of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 8
"""Digits of a number."""

_STEPS = (
    (10 * (1 << 8) + 1, 8, 0x00FF00FF00FF00FF),
    (100 * (1 << 16) + 1, 16, 0x0000FFFF0000FFFF),
    (10_000 * (1 << 32) + 1, 32, 0x00000000FFFFFFFF),
)
_HALVES = 0xF0F0F0F0F0F0F0F0
_ZEROS = 0x3030303030303030
_BEYOND_NINE = 0x0606060606060606


def whole(
    text: NDArray[np.uint8], ends: NDArray[Any], lengths: NDArray[Any]
) -> NDArray[np.uint64] | None:
    """Return the numbers that are written in fields of a text, None if one is no such number.

    Parameters
    ----------
    text
        Characters in ASCII.
    ends
        Where fields end, the place after their last character.
    lengths
        How many characters each has.
    """
    import numpy as np

    if not len(ends):
        return np.empty(0, np.uint64)
    if not 0 < lengths.min() <= lengths.max() <= MOST:
        return None
    room = np.zeros(len(text) + MOST, np.uint8)
    room[MOST:] = text
    # The first digit is in the lowest byte of a word; what is not of the field lies below it.
    words: NDArray[np.uint64] = np.ndarray((len(text) + 1,), "<u8", buffer=room, strides=(1,))[ends]
    below = (MOST - lengths).astype(np.uint64) << np.uint64(3)
    words = (words >> below) << below
    zeros = (np.uint64(_ZEROS) >> below) << below
    for one in (words, words + ((np.uint64(_BEYOND_NINE) >> below) << below)):
        if ((one & np.uint64(_HALVES)) != zeros).any():
            return None
    words ^= zeros
    for factor, bits, mask in _STEPS:
        words *= np.uint64(factor)
        words >>= np.uint64(bits)
        words &= np.uint64(mask)
    return words


def written(numbers: NDArray[np.int64], digits: int) -> NDArray[np.uint8]:
    """Return the characters of numbers, each with as many digits.

    Parameters
    ----------
    numbers
        None below zero, and none with more digits.
    digits
        How many are written; zeros fill up.

    Returns
    -------
    NDArray
        Shape (numbers, digits), ASCII.
    """
    import numpy as np

    text = np.empty((len(numbers), digits), np.uint8)
    # Dividing numbers of 32 bits takes two thirds of the time.
    left = numbers.astype(np.uint32) if digits <= MOST else numbers.astype(np.uint64)
    ten = left.dtype.type(10)
    for place in reversed(range(digits)):
        above = left // ten
        text[:, place] = left - above * ten
        left = above
    text += np.uint8(ord("0"))
    return text
