"""The place of one Source in the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Secret
    from jupyterlab_datahub.settings.config import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault


class Drawer:
    """What is kept of a connection.

    Parameters
    ----------
    config
        The entry of the Source.
    vault
        Where secrets are; None where nothing is kept.
    """

    def __init__(self, config: SourceConfig, vault: Vault | None) -> None:
        self._config = config
        self._vault = vault

    def secret(self) -> Secret | None:
        """Return what lets us in, None if nothing does."""
        if self._vault is None:
            return None
        return self._vault.get(self._config.name, self._config.url)

    def place(self) -> str:
        """Return in words where it is, empty if there is nothing."""
        if self._vault is None or self.secret() is None:
            return ""
        return self._vault.kept(self._config.name)

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
