"""CRC-32 of a file whose parts were read apart from each other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31
"""The polynomial 1: the first coefficient is the highest bit, as in the checksum itself."""


def combined(parts: Iterable[tuple[int, int]]) -> int:
    """Return the checksum of parts one after the other, each given by its checksum and length.

    Appending `n` bytes multiplies the checksum so far by x to the power of 8 n, modulo the
    polynomial of CRC-32.
    """
    value = 0
    for checksum, length in parts:
        value = _product(_shift(length), value) ^ checksum
    return value


@cache
def _shift(length: int) -> int:
    """Return x to the power of eight times `length`."""
    power, square = _ONE, 1 << 23  # x to the power of eight
    while length:
        if length & 1:
            power = _product(square, power)
        square = _product(square, square)
        length >>= 1
    return power


def _product(left: int, right: int) -> int:
    """Multiply two polynomials over GF(2), modulo that of CRC-32."""
    product = 0
    bit = _ONE
    while left:
        if left & bit:
            product ^= right
            left ^= bit
        right = (right >> 1) ^ (_POLYNOMIAL if right & 1 else 0)
        bit >>= 1
    return product
