"""Which chunks of a download session hold the bytes that are wanted.

Numbers are handed out anew in each session, item by item, each with as many chunks of one
mebibyte as it needs (an empty file has one). So the place of a byte is known beforehand, and a
download that was interrupted queues only what is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.sources.openbis.chunks import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.sources.pieces import Wanted


def parse(text: str) -> tuple[int, int]:
    """Return the first and last number of ``first:last`` or ``number``.

    Raises
    ------
    ValueError
    """
    first, colon, last = text.partition(":")
    return int(first), int(last) if colon else int(first)


def holding(wanted: Wanted, size: int, numbers: tuple[int, int]) -> tuple[int, int]:
    """Return the first and last chunk with the wanted bytes of an item.

    Parameters
    ----------
    wanted
        The bytes.
    size
        Length of the file.
    numbers
        The first and last chunk of the item. If they are not as many as they should be, the
        server cuts differently, and all of them are the answer.
    """
    first, last = numbers
    if last - first + 1 != max(-(-size // SIZE), 1):
        return numbers
    return first + wanted.start // SIZE, first + max(wanted.end - 1, wanted.start) // SIZE


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans of numbers in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def text(spans: Iterable[tuple[int, int]]) -> str:
    """Return spans as the protocol writes them."""
    return ", ".join(f"{first}:{last}" for first, last in spans)
