"""What requests carry and replies wrap, beside the models.

Requests refuse fields they do not know, so that a misspelt one is told and not ignored.
"""

from __future__ import annotations

from typing import Literal

from jupyterlab_datahub.model import (
    Connection,
    ConnectionKind,
    ErrorBody,
    Owner,
    SourceStatus,
    Struct,
    Transfer,
)


class TransferAction(Struct, forbid_unknown_fields=True):
    """What is to happen to a transfer; ``max_usd`` is what it may cost at most when it goes on."""

    action: Literal["pause", "resume", "cancel", "retry"]
    max_usd: float | None = None


class ConnectionAction(Struct, forbid_unknown_fields=True):
    """What is to happen to a connection."""

    action: Literal["check", "disconnect"]


class ConnectionList(Struct):
    """The answer of ``GET connections``.

    ``kinds`` are what one can connect to, and with what; ``open`` are the stores with a tree that
    need no connection.
    """

    connections: tuple[Connection, ...]
    kinds: tuple[ConnectionKind, ...] = ()
    open: tuple[Connection, ...] = ()


class SourceList(Struct):
    """The answer of ``GET sources``."""

    sources: tuple[SourceStatus, ...]


class TransferList(Struct):
    """The answer of ``GET transfers``, newest first."""

    transfers: tuple[Transfer, ...]


class OwnerList(Struct):
    """The answer of ``GET saves/{name}/owners``."""

    owners: tuple[Owner, ...]


class ErrorReply(Struct):
    """The answer of everything that did not work."""

    error: ErrorBody
