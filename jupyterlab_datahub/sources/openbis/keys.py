"""What lets us in to an openBIS: what was kept when a user connected, or what was given elsewhere.

What a user connected with wins; behind it come the places that
:mod:`jupyterlab_datahub.settings.preconfigured` knows. They are looked at anew at each use, so
a token that a hub or another process renewed is used at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Secret
from jupyterlab_datahub.settings.preconfigured import given

if TYPE_CHECKING:
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.preconfigured import Given
    from jupyterlab_datahub.settings.vault import Vault

SESSION = "session"
PAT = "personal access token"
PAT_PREFIX = "$pat-"
"""What personal access tokens of openBIS begin with, where session tokens have the user."""


class Keys:
    """The tokens for one openBIS.

    Parameters
    ----------
    config
        The entry of the Source.
    vault
        What users connected with; None where nothing is kept.
    """

    def __init__(self, config: SourceConfig, vault: Vault | None) -> None:
        self._config = config
        self._vault = vault

    def secret(self) -> Secret | None:
        """Return what lets us in now, None if nothing does."""
        return self.kept() or secret_of(self.given())

    def kept(self) -> Secret | None:
        """Return what was kept when a user connected, None if nothing was."""
        if self._vault is None:
            return None
        found = self._vault.get(self._config.name, self._config.url)
        return found if found is not None and found.token else None

    def given(self) -> Given | None:
        """Return what other places give, None if they give nothing."""
        return given(self._config)

    def place(self) -> str:
        """Return in words where that is which lets us in now, empty if nothing does."""
        if self._vault is not None and self.kept() is not None:
            return self._vault.kept(self._config.name)
        found = self.given()
        return found.place if found is not None and found.token else ""

    def keep(self, secret: Secret) -> None:
        """Keep a secret in place of the one there was.

        Raises
        ------
        SettingsError
            If it can be kept nowhere.
        """
        if self._vault is not None:
            self._vault.put(self._config.name, secret)

    def forget(self) -> None:
        """Forget what was kept.

        Raises
        ------
        SettingsError
            If it cannot be removed.
        """
        if self._vault is not None:
            self._vault.remove(self._config.name)


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
