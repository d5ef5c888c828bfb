"""An expression cut into its words."""

from __future__ import annotations

import re
from enum import Enum, auto
from math import isfinite
from typing import NamedTuple

from jupyterlab_datahub.errors import WhereError

LONGEST = 200_000
"""Characters of an expression; a polygon may have many corners."""


class Kind(Enum):
    """What a word is."""

    NAME = auto()
    WORD = auto()
    NUMBER = auto()
    TEXT = auto()
    SIGN = auto()
    END = auto()


class Token(NamedTuple):
    """A word, with its value and where it begins and ends."""

    kind: Kind
    value: str | float
    at: int
    end: int


WORDS = frozenset({"and", "or", "not", "in", "True", "False"})

_PATTERN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<name>[^\W\d][\w.]*)"
    r"|(?P<quoted>`(?:[^`]|``)+`)"
    r"""|(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"|(?P<sign>==|!=|<=|>=|[<>()\[\],])",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\([\\'\"])")

_INSTEAD = {
    "=": "Two of them compare: ==.",
    "&": "Write the word and.",
    "|": "Write the word or.",
    "~": "Write the word not.",
    "!": "Write the word not, or != between two values.",
    "'": "The text that begins here has no end.",
    '"': "The text that begins here has no end.",
    "`": "The name that begins here has no end.",
    "@": "Only columns and values can be named.",
}


def tokens_of(text: str) -> list[Token]:
    """Return the words of an expression, and an end.

    Raises
    ------
    WhereError
    """
    if len(text) > LONGEST:
        raise WhereError(f"an expression has at most {LONGEST:,} characters", LONGEST)
    found = []
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise WhereError(
                f"{text[at]!r} means nothing here", at, hint=_INSTEAD.get(text[at], "")
            )
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match[0], at))
        at = match.end()
    return [*found, Token(Kind.END, "", len(text), len(text))]


def _token(group: str, word: str, at: int) -> Token:
    end = at + len(word)
    if group == "number":
        number = float(word)
        if not isfinite(number):
            raise WhereError(f"{word[:40]} is too large a number", at)
        return Token(Kind.NUMBER, number, at, end)
    if group == "text":
        return Token(Kind.TEXT, _ESCAPED.sub(r"\1", word[1:-1]), at, end)
    if group == "quoted":
        return Token(Kind.NAME, word[1:-1].replace("``", "`"), at, end)
    if group == "name":
        return Token(Kind.WORD if word in WORDS else Kind.NAME, word, at, end)
    return Token(Kind.SIGN, word, at, end)
