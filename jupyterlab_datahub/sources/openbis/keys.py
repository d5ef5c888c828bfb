"""What lets us in to an openBIS: what was kept when a user connected, or what was given elsewhere.

What a user connected with wins; behind it come the places that
:mod:`jupyterlab_datahub.settings.preconfigured` knows. They are looked at anew at each use, so
a token that a hub or another process renewed is used at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Secret
from jupyterlab_datahub.settings.drawer import Drawer
from jupyterlab_datahub.settings.preconfigured import given

if TYPE_CHECKING:
    from jupyterlab_datahub.settings.preconfigured import Given

SESSION = "session"
PAT = "personal access token"
PAT_PREFIX = "$pat-"
"""What personal access tokens of openBIS begin with, where session tokens have the user."""


class Keys(Drawer):
    """The tokens for one openBIS: those that users connected with, and those of other places."""

    def secret(self) -> Secret | None:
        """Return what lets us in now, None if nothing does."""
        return self.kept() or secret_of(self.given())

    def kept(self) -> Secret | None:
        """Return what was kept when a user connected, None if nothing was."""
        found = super().secret()
        return found if found is not None and found.token else None

    def given(self) -> Given | None:
        """Return what other places give, None if they give nothing."""
        return given(self._config)

    def place(self) -> str:
        """Return in words where that is which lets us in now, empty if nothing does."""
        if self.kept() is not None:
            return super().place()
        found = self.given()
        return found.place if found is not None and found.token else ""


def secret_of(found: Given | None) -> Secret | None:
    """Return a token that is given elsewhere as a secret, None if none is."""
    if found is None or not found.token:
        return None
    return Secret(token=found.token, method=method_of(found.token), user=user_of(found.token))


def method_of(token: str) -> str:
    """Return what kind of token it is, in words."""
    return PAT if token.startswith(PAT_PREFIX) else SESSION


def user_of(token: str) -> str:
    """Return the user that a token names: all before its last hyphen."""
    return token.removeprefix(PAT_PREFIX).rpartition("-")[0]
