"""Who we are at S3, found where every AWS tool looks; nothing is typed in and nothing kept.

Keys in the environment or in the shared files are read here. Whatever takes more (single sign-on,
roles, other programs, the identity of an instance or a container) is botocore's, where it is
installed: it is the standard chain itself.
"""

from __future__ import annotations

import configparser
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import AccessError, ExpiredError
from jupyterlab_datahub.sources.s3.signing import Keys

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTALL = "pip install 'jupyterlab-datahub[s3]'"
_SHORT_LIVED = ("sso", "token", "expired", "refresh")


class Chain:
    """Where keys are looked for.

    Parameters
    ----------
    source
        The Source's name, for errors.
    profile
        The profile that the configuration names, empty for the one of the environment.
    file
        Another file than ``~/.aws/credentials``.
    anonymous
        Whether nothing is looked for at all.
    environment
        The variables of this process.
    """

    def __init__(
        self,
        source: str,
        profile: str = "",
        file: str = "",
        *,
        anonymous: bool = False,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._source = source
        self._named = profile
        self._file = file
        self._anonymous = anonymous
        self._environment = environment
        self._session: Any = None

    @property
    def profile(self) -> str:
        """The profile in force."""
        return self._named or self._environment.get("AWS_PROFILE") or "default"

    @property
    def region(self) -> str:
        """The region that the environment or the profile names, empty if none does."""
        said = self._environment.get("AWS_REGION") or self._environment.get("AWS_DEFAULT_REGION")
        return said or self._profiles().get("region", "")

    def at_hand(self) -> Keys | None:
        """Return keys that need no more than reading; None if there are none.

        Raises
        ------
        AccessError
            If the configuration names a profile that is not there.
        """
        if self._anonymous:
            return None
        variables = self._environment
        key = variables.get("AWS_ACCESS_KEY_ID", "")
        secret = variables.get("AWS_SECRET_ACCESS_KEY", "")
        if key and secret and not self._named:
            token = variables.get("AWS_SESSION_TOKEN", "")
            return Keys(key, secret, token, "the variable AWS_ACCESS_KEY_ID")
        found = self._profiles()
        if self._named and not found:
            raise AccessError(
                f"there is no AWS profile {self._named!r} on this machine",
                source=self._source,
                hint="Make it with 'aws configure --profile NAME', or name another one.",
            )
        key, secret = found.get("aws_access_key_id", ""), found.get("aws_secret_access_key", "")
        if not key or not secret:
            return self.looked_for() if self._named else None
        token = found.get("aws_session_token", "")
        return Keys(key, secret, token, f"the AWS profile {self.profile!r}")

    def looked_for(self) -> Keys | None:
        """Return keys that somebody has to be asked for, such as single sign-on; None if none.

        Raises
        ------
        AccessError, ExpiredError
            If there should be some, but they cannot be had.
        """
        if self._anonymous:
            return None
        try:
            from botocore.exceptions import BotoCoreError
            from botocore.session import Session
        except ImportError as error:
            if not self._named:
                return None
            raise AccessError(
                f"the AWS profile {self._named!r} needs more than keys that can be read",
                source=self._source,
                hint=f"Install what knows single sign-on and roles: {INSTALL}.",
            ) from error
        try:
            if self._session is None:
                self._session = Session(profile=self._named or None)
            found = self._session.get_credentials()
            frozen = found.get_frozen_credentials() if found else None
        except BotoCoreError as error:
            raise self._unavailable(error) from error
        if frozen is None:
            return None
        place = f"the AWS profile {self.profile!r}" if self._named else f"AWS's {found.method}"
        return Keys(frozen.access_key, frozen.secret_key, frozen.token or "", place)

    def _unavailable(self, error: Exception) -> AccessError:
        name = type(error).__name__.lower()
        kind = ExpiredError if any(part in name for part in _SHORT_LIVED) else AccessError
        return kind(
            f"the credentials of the AWS profile {self.profile!r} cannot be had: {error}",
            source=self._source,
            hint=f"Sign in again with 'aws sso login --profile {self.profile}'.",
        )

    def _profiles(self) -> dict[str, str]:
        """Return what the shared files say of the profile; credentials win over configuration."""
        home = Path("~/.aws").expanduser()
        variables = self._environment
        credentials = self._file or variables.get("AWS_SHARED_CREDENTIALS_FILE")
        configuration = variables.get("AWS_CONFIG_FILE") or home / "config"
        section = self.profile if self.profile == "default" else f"profile {self.profile}"
        return {
            **_section(Path(configuration).expanduser(), section),
            **_section(Path(credentials or home / "credentials").expanduser(), self.profile),
        }


def _section(path: Path, name: str) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        # Another tool's file: what it cannot tell us, the store's answer will.
        return {}
    return dict(parser[name]) if parser.has_section(name) else {}
