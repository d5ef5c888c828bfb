"""Work on the blocks of a text by several threads, whose results come in its order.

What is done with a block is NumPy's for the most part, which lets other threads go on meanwhile.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")

THREADS = 2
"""Blocks under way at once: each takes some times its own size of memory."""


def results(work: Iterable[Callable[[], T]], most: int = THREADS) -> Iterator[T]:
    """Yield what functions return, in order, while some further ones run.

    What one of them raises is raised when its turn comes.

    Parameters
    ----------
    work
        Functions; the next one is asked for by the thread that asks for results.
    most
        Results that may wait for whoever takes them, those that are still computed included.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        coming: deque[Future[T]] = deque()
        try:
            for one in work:
                coming.append(pool.submit(one))
                if len(coming) > most:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for late in coming:
                late.cancel()
