"""An expression as a tree; ``at`` is where each part begins in its text, counted from 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Name:
    """A column of obs, or an embedding."""

    name: str
    at: int


@dataclass(frozen=True)
class Literal:
    """A value that is written down."""

    value: bool | float | str
    at: int


Operand = Name | Literal


@dataclass(frozen=True)
class Comparison:
    """Two operands and one of ``== != < <= > >=`` between them."""

    left: Operand
    sign: str
    right: Operand
    at: int


@dataclass(frozen=True)
class Membership:
    """Whether values of a column are among some, or with ``negated`` not among them."""

    name: Name
    values: tuple[Literal, ...]
    negated: bool
    at: int


@dataclass(frozen=True)
class Flag:
    """A column of True and False that stands by itself."""

    name: Name


@dataclass(frozen=True)
class Missing:
    """Whether a column has no value."""

    name: Name


@dataclass(frozen=True)
class Within:
    """Whether cells are inside a polygon in an embedding."""

    embedding: Name
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Not:
    """The contrary."""

    part: Node


@dataclass(frozen=True)
class And:
    """All of several."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    """Any of several."""

    parts: tuple[Node, ...]


Node = Comparison | Membership | Flag | Missing | Within | Not | And | Or


def columns_of(node: Node) -> Iterator[Name]:
    """Yield the columns that an expression names."""
    match node:
        case Comparison(left, _, right):
            yield from (side for side in (left, right) if isinstance(side, Name))
        case Membership(name) | Flag(name) | Missing(name):
            yield name
        case Not(part):
            yield from columns_of(part)
        case And(parts) | Or(parts):
            for one in parts:
                yield from columns_of(one)
        case Within():
            return


def embeddings_of(node: Node) -> Iterator[Name]:
    """Yield the embeddings that an expression names."""
    match node:
        case Within(embedding):
            yield embedding
        case Not(part):
            yield from embeddings_of(part)
        case And(parts) | Or(parts):
            for one in parts:
                yield from embeddings_of(one)
        case _:
            return
