"""From the words of an expression to its tree.

====================  ==========================================================================
either                both (``or`` both)*
both                  contrary (``and`` contrary)*
contrary              ``not`` contrary, or a condition
condition             ``(`` either ``)``, ``missing(`` name ``)``, ``within(`` name corners ``)``,
                      name [``not``] ``in`` ``[`` values ``]``, operands with signs between them,
                      or the name of a column of True and False
====================  ==========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import WhereError
from jupyterlab_datahub.selection.where.tokens import Kind, tokens_of
from jupyterlab_datahub.selection.where.tree import (
    And,
    Comparison,
    Flag,
    Literal,
    Membership,
    Missing,
    Name,
    Node,
    Not,
    Operand,
    Or,
    Within,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.selection.where.tokens import Token

DEEPEST = 50
"""Brackets and ``not`` within each other."""

FEWEST_CORNERS = 3
MOST_CORNERS = 2000
SIGNS = frozenset({"==", "!=", "<", "<=", ">", ">="})


def parse(text: str) -> Node | None:
    """Return the tree of an expression, None for an empty one.

    Raises
    ------
    WhereError
        With the position and the reason.
    """
    parser = _Parser(tokens_of(text))
    if parser.is_over():
        return None
    tree = parser.either()
    if not parser.is_over():
        raise parser.unexpected("and, or, or the end")
    return tree


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._position]

    def is_over(self) -> bool:
        return self.next.kind is Kind.END

    def either(self) -> Node:
        parts = self._several("or", self._both)
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def unexpected(self, wanted: str) -> WhereError:
        token = self.next
        if token.kind is Kind.END:
            return WhereError(f"the expression ends where {wanted} should follow", token.at)
        return WhereError(f"{_shown(token)} stands where {wanted} should", token.at)

    def _both(self) -> Node:
        parts = self._several("and", self._contrary)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _several(self, word: str, part: Callable[[], Node]) -> list[Node]:
        parts = [part()]
        while self._takes(Kind.WORD, word):
            parts.append(part())
        return parts

    def _contrary(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise WhereError("there are too many brackets within each other", self.next.at)
        try:
            if self._takes(Kind.WORD, "not"):
                return Not(self._contrary())
            return self._condition()
        finally:
            self._depth -= 1

    def _condition(self) -> Node:
        if self._takes(Kind.SIGN, "("):
            inner = self.either()
            self._must(")")
            return inner
        if self.next.kind is Kind.NAME and self._follows("("):
            return self._call()
        left = self._operand("a column or a value")
        if (
            isinstance(left, Name)
            and self.next.kind is Kind.WORD
            and self.next.value in ("not", "in")
        ):
            return self._membership(left)
        if self._is_sign():
            return self._chain(left)
        if isinstance(left, Name):
            return Flag(left)
        raise self.unexpected("a comparison")

    def _call(self) -> Node:
        token = self._take()
        self._must("(")
        if token.value == "missing":
            name = self._name("a column")
            self._must(")")
            return Missing(name)
        if token.value == "within":
            return self._within(token)
        raise WhereError(
            f"{_shown(token)} is no function", token.at, hint="There are missing(…) and within(…)."
        )

    def _within(self, token: Token) -> Node:
        embedding = self._name("an embedding, such as X_umap")
        corners = []
        while self._takes(Kind.SIGN, ","):
            self._must("(")
            x = self._number()
            self._must(",")
            corners.append((x, self._number()))
            self._must(")")
        self._must(")")
        if not FEWEST_CORNERS <= len(corners) <= MOST_CORNERS:
            raise WhereError(
                f"a polygon has {FEWEST_CORNERS} to {MOST_CORNERS:,} corners, and this one"
                f" {len(corners):,}",
                token.at,
            )
        return Within(embedding, tuple(corners))

    def _membership(self, name: Name) -> Node:
        at = self.next.at
        negated = self._takes(Kind.WORD, "not")
        if not self._takes(Kind.WORD, "in"):
            raise self.unexpected("in")
        closing = ")" if self._takes(Kind.SIGN, "(") else "]"
        if closing == "]":
            self._must("[")
        values: list[Literal] = []
        while not self._takes(Kind.SIGN, closing):
            if values:
                self._must(",", closing)
                if self._takes(Kind.SIGN, closing):
                    break
            value = self._operand("a value")
            if not isinstance(value, Literal):
                raise WhereError("a list holds values, and text in quotes", value.at)
            values.append(value)
        return Membership(name, tuple(values), negated, at)

    def _chain(self, left: Operand) -> Node:
        parts: list[Node] = []
        while self._is_sign():
            sign = self._take()
            right = self._operand("a column or a value")
            if not isinstance(left, Name) and not isinstance(right, Name):
                raise WhereError(
                    "this compares no column with anything",
                    left.at,
                    hint="Name a column of obs on one side, as in n_genes >= 500.",
                )
            parts.append(Comparison(left, str(sign.value), right, sign.at))
            left = right
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _operand(self, wanted: str) -> Operand:
        token = self.next
        if token.kind is Kind.NAME:
            return self._name(wanted)
        if token.kind in (Kind.NUMBER, Kind.TEXT):
            return Literal(self._take().value, token.at)
        if token.kind is Kind.WORD and token.value in ("True", "False"):
            return Literal(self._take().value == "True", token.at)
        raise self.unexpected(wanted)

    def _name(self, wanted: str) -> Name:
        if self.next.kind is not Kind.NAME:
            raise self.unexpected(wanted)
        token = self._take()
        return Name(str(token.value), token.at)

    def _number(self) -> float:
        if self.next.kind is not Kind.NUMBER:
            raise self.unexpected("a number")
        return float(self._take().value)

    def _is_sign(self) -> bool:
        return self.next.kind is Kind.SIGN and self.next.value in SIGNS

    def _follows(self, sign: str) -> bool:
        after = self._tokens[self._position + 1]
        return after.kind is Kind.SIGN and after.value == sign

    def _take(self) -> Token:
        token = self.next
        self._position += 1
        return token

    def _takes(self, kind: Kind, value: str) -> bool:
        if self.next.kind is kind and self.next.value == value:
            self._position += 1
            return True
        return False

    def _must(self, sign: str, *others: str) -> None:
        if not self._takes(Kind.SIGN, sign):
            raise self.unexpected(" or ".join(f"“{each}”" for each in (sign, *others)))


def _shown(token: Token) -> str:
    text = f"{token.value:g}" if isinstance(token.value, float) else token.value
    return repr(text[:40])
