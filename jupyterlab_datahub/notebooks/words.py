"""Text of catalogs made fit for a line of code: nothing in it may end the line or hide it."""

from __future__ import annotations

import unicodedata

MAX_COMMENT_PART = 120

# Control and format characters (bidirectional overrides among them), surrogates, private use,
# unassigned code points, and the separators that some editors take for a line's end.
_UNFIT = ("C", "Zl", "Zp")


def one_line(text: str, limit: int = MAX_COMMENT_PART) -> str:
    """Return `text` as one line of visible characters, cut to `limit` characters."""
    visible = "".join(
        " " if unicodedata.category(character).startswith(_UNFIT) else character
        for character in text
    )
    line = " ".join(visible.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
