"""What a search may ask, checked before anything is looked up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Range, SearchQuery

SORTS = ("relevance", "date", "cells", "size", "title")
RANGES = ("cells", "size", "year")
MOST_HITS = 500
LONGEST_TEXT = 1000


def check_query(query: SearchQuery) -> None:
    """Refuse a search that makes no sense.

    Raises
    ------
    BadRequestError
        If the text is longer than 1,000 characters, the sort or a range is unknown, a range is
        empty, the limit is not in 0..500 or the offset is negative.
    """
    if len(query.text) > LONGEST_TEXT:
        raise BadRequestError(
            f"the search text is longer than {LONGEST_TEXT:,} characters",
            hint="Search for a few words of it.",
        )
    if query.sort.removeprefix("-") not in SORTS:
        raise BadRequestError(
            f"results cannot be sorted by {query.sort[:40]!r}",
            hint=f"Sort by {', '.join(SORTS)}, with a leading minus for the other direction.",
        )
    if not 0 <= query.limit <= MOST_HITS:
        raise BadRequestError(
            f"limit is {query.limit}, it must be from 0 to {MOST_HITS}",
            hint="Ask for the next page with offset.",
        )
    if query.offset < 0:
        raise BadRequestError(f"offset is {query.offset}, it must not be negative")
    for name, interval in query.ranges.items():
        _check_range(name, interval)


def _check_range(name: str, interval: Range) -> None:
    if name not in RANGES:
        raise BadRequestError(
            f"there is no range {name[:40]!r}", hint=f"Ranges are {', '.join(RANGES)}."
        )
    ends = [end for end in (interval.min, interval.max) if end is not None]
    if any(math.isnan(end) for end in ends):
        raise BadRequestError(f"an end of the range {name} is not a number")
    if len(ends) == 2 and ends[0] > ends[1]:
        raise BadRequestError(
            f"the range {name} begins at {ends[0]:,g} and ends before, at {ends[1]:,g}",
            hint="Exchange its ends.",
        )
