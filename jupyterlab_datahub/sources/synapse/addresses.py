"""Where Synapse is: its services, and its pages for people."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PUBLIC = "https://repo-prod.prod.sagebase.org"
"""The services of synapse.org."""

SITE = "https://www.synapse.org"

_SITES = frozenset({"synapse.org", "www.synapse.org", "accounts.synapse.org", "help.synapse.org"})


def address(url: str) -> str:
    """Return the address of Synapse's services for one that was typed; empty if it is none.

    Pages of synapse.org stand for the services behind them; paths are left out.
    """
    text = url.strip()
    if not text or " " in text:
        return ""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    if parts.hostname in _SITES:
        return PUBLIC
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def is_private(url: str) -> bool:
    """Return whether an address names a machine that the web does not reach, as far as it says."""
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal"))
