"""What every model shares, and the words for what went wrong."""

from __future__ import annotations

from typing import dataclass_transform

import msgspec


# Type checkers see every subclass as frozen and keyword-only too.
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all models: immutable, keyword-only, tolerant of unknown fields when decoded."""


class ErrorBody(Struct):
    """What went wrong, in words for the person in front of the screen."""

    code: str
    message: str
    source: str = ""
    hint: str = ""
    retry_after: float | None = None
