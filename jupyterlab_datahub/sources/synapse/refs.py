"""What names an entity: ``synapse:syn123`` as it is now, ``synapse:syn123.4`` at a version."""

from __future__ import annotations

import re
from typing import NamedTuple

from jupyterlab_datahub.errors import BadRequestError

KIND = "synapse"
PREFIX = f"{KIND}:"

_ID = re.compile(r"(syn[1-9]\d{0,17})(?:\.([1-9]\d{0,8}))?", re.ASCII | re.IGNORECASE)


class Ref(NamedTuple):
    """An entity, at a version or (0) as it is now.

    The dotted form is Synapse's own (Synapse REST docs, "IdAndVersion").
    """

    id: str
    version: int = 0

    def __str__(self) -> str:
        """Return it as it is written everywhere."""
        return f"{PREFIX}{self.dotted}"

    @property
    def dotted(self) -> str:
        """The entity as Synapse itself writes it, as in ``syn123.4``."""
        return f"{self.id}.{self.version}" if self.version else self.id

    @property
    def current(self) -> Ref:
        """The entity as it is now."""
        return self._replace(version=0)


def parse(text: str, source: str = "") -> Ref:
    """Return what a ref names.

    Raises
    ------
    BadRequestError
    """
    match = _ID.fullmatch(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else None
    if match is None:
        raise BadRequestError(
            f"{text[:80]!r} names nothing of Synapse",
            source=source,
            hint=f"One looks like '{PREFIX}syn123', or '{PREFIX}syn123.4' at a version.",
        )
    return Ref(match[1].lower(), int(match[2] or 0))


def is_ref(text: str) -> bool:
    """Return whether a text is a ref, judged by its form."""
    return text.startswith(PREFIX) and _ID.fullmatch(text.removeprefix(PREFIX)) is not None
