"""Which token leads to which number of a list that its host gives page by page."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

REMEMBERED = 200
"""Folders of which it is remembered where their pages begin."""


class PageTokens:
    """Where the pages of the folders begin that were looked at last; usable from any thread.

    Hosts go from page to page by tokens, the tree by numbers.
    """

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, dict[int, str]] = OrderedDict()
        self._lock = Lock()

    def nearest(self, folder: str, offset: int) -> tuple[int, str]:
        """Return the last known number up to `offset` and its token, 0 and none if there is none.

        What lies between that number and `offset` has to be listed.
        """
        with self._lock:
            known = self._tokens.get(folder, {})
            at = max((number for number in known if number <= offset), default=0)
            return at, known.get(at, "")

    def remember(self, folder: str, at: int, token: str) -> None:
        """Note the token of the page that begins with child number `at`."""
        with self._lock:
            self._tokens.setdefault(folder, {})[at] = token
            self._tokens.move_to_end(folder)
            while len(self._tokens) > REMEMBERED:
                self._tokens.popitem(last=False)
