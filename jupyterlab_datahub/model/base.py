"""What every model shares, and the words for what went wrong."""

from __future__ import annotations

from typing import dataclass_transform

import msgspec


# Type checkers see every subclass as frozen and keyword-only too.
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all models: immutable, keyword-only, tolerant of unknown fields when decoded."""


class FieldError(Struct):
    """What is wrong with one field of a form.

    ``field`` is the code of a property, or ``notebook``, ``type``, ``owner``, ``parents``,
    ``files``.
    """

    field: str
    message: str


class Cost(Struct):
    """What fetching something costs whoever fetches it, at most.

    ``usd_per_gb`` is USD for 10^9 bytes, None where several files have several prices;
    ``price_date`` is when these were published. ``bytes`` and ``usd`` are what is still to come,
    None where nobody knows; ``files`` is how many files cost something, ``paid_usd`` what was
    paid for already.
    """

    usd: float | None = None
    bytes: int | None = None
    usd_per_gb: float | None = None
    price_date: str = ""
    files: int = 1
    paid_usd: float = 0.0


class ErrorBody(Struct):
    """What went wrong, in words for the person in front of the screen.

    ``fields`` says it field by field where a form cannot be accepted; ``cost`` is what somebody
    would have to agree to pay. ``position`` is the character of an expression, counted from 0, at
    which what is wrong with it was seen.
    """

    code: str
    message: str
    source: str = ""
    hint: str = ""
    retry_after: float | None = None
    fields: tuple[FieldError, ...] = ()
    cost: Cost | None = None
    position: int | None = None
