"""What stands between a user and bytes."""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    """What stands between a user and the bytes of an asset."""

    OPEN = "open"
    LOGIN = "login"
    CONTROLLED = "controlled"
    REQUESTER_PAYS = "requester_pays"
    REQUEST = "request"
    VIEW_ONLY = "view_only"
