"""Where a browser lands: what ELN-LIMS opens in the classic notebook is opened in JupyterLab."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlencode, urlsplit

from jupyterlab_datahub.errors import BadRequestError

_NEXT = re.compile(
    r"(?:/hub)?/user/(?P<user>[^/]+)/(?:nbclassic/)?(?:notebooks|tree|edit|lab/tree|lab)"
    r"(?P<path>(?:/.*)?)"
)


def login_address(hub: str, token: str, target: str) -> str:
    """Return the address of the hub's login that leads to a notebook in JupyterLab.

    Parameters
    ----------
    hub
        The public address of the JupyterHub.
    token
        What the hub's authenticator lets the user in with.
    target
        Where ELN-LIMS wants to go, a path on the hub; empty for the user's own start page.

    Raises
    ------
    BadRequestError
        If the target is no page of a user's server on this hub.
    """
    arguments = {"token": token}
    if target:
        arguments["next"] = lab_path(target)
    return f"{hub.rstrip('/')}/hub/login?{urlencode(arguments)}"


def lab_path(target: str) -> str:
    """Return the path in JupyterLab of a file or folder that is named for the classic notebook.

    Raises
    ------
    BadRequestError
        If the text is no path of a user's server.
    """
    parts = urlsplit(target)
    match = _NEXT.fullmatch(parts.path)
    climbs = any(part in (".", "..") for part in unquote(parts.path).split("/"))
    if parts.scheme or parts.netloc or not match or climbs or "\\" in target:
        raise BadRequestError("next is not a page of a user's server")
    path = quote(unquote(match["path"]).rstrip("/"))
    return f"/user/{quote(unquote(match['user']), safe='@')}/lab" + (f"/tree{path}" if path else "")
