"""Addresses that may be written down, because what opens them is not in them."""

from __future__ import annotations

from jupyterlab_datahub.model import Struct


class TokenAddress(Struct):
    """Where users get a file with a token of their own.

    ``url`` is that of the file, whose query then gets the token as ``parameter``; ``server`` is
    the host and port that the token is for, which may be another host than that of the file.
    """

    url: str
    parameter: str
    server: str
    verify_tls: bool = True
