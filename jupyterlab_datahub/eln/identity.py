"""Whose token it is, as openBIS says; the text of a token is no proof of anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import AccessError, ExpiredError
from jupyterlab_datahub.sources.openbis.session import Session

if TYPE_CHECKING:
    from jupyterlab_datahub.settings import SourceConfig

INVALID = "token is invalid"
"""The words that ELN-LIMS shows."""

_TOKEN = re.compile(r"[!-~]{8,500}")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+-]{0,63}")


class Identity:
    """Asks one openBIS who somebody is; usable from any thread.

    Parameters
    ----------
    openbis
        The server that is asked.
    lower_case
        Whether names of users are written in lower case on this machine.

    Raises
    ------
    SettingsError
        If its url cannot be used.
    """

    def __init__(self, openbis: SourceConfig, *, lower_case: bool = False) -> None:
        self._session = Session(openbis, None)
        self._lower_case = lower_case

    def user(self, token: str) -> str:
        """Return the user whom a token belongs to.

        Raises
        ------
        AccessError
            If it is not valid, or its user cannot have a folder.
        CatalogError
            If openBIS cannot be asked.
        """
        if not _TOKEN.fullmatch(token):
            raise AccessError(INVALID)
        try:
            answer = self._session.ask("getSessionInformation", [token])
        except ExpiredError as error:
            raise AccessError(INVALID) from error
        name = answer.get("userName") if isinstance(answer, dict) else None
        if not isinstance(name, str) or not name:
            raise AccessError(INVALID)
        if not _USER.fullmatch(name):
            raise AccessError("this user's name cannot be that of a folder")
        return name.lower() if self._lower_case else name
