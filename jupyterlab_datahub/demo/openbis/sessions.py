"""Logging in, session tokens and personal access tokens."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from jupyterlab_datahub.demo.openbis.failures import OpenbisError, invalid_session

PAT_PREFIX = "$pat-"
MAX_PAT_SECONDS = 30 * 24 * 3600
"""Longest validity of a personal access token unless an administrator says otherwise."""

PAT_WARNING_SECONDS = 3 * 24 * 3600


def now() -> int:
    """Return the time in milliseconds since 1970."""
    return int(time.time() * 1000)


@dataclass(kw_only=True)
class AccessToken:
    """A personal access token; it outlives sessions and restarts of the server."""

    perm_id: str
    owner: str
    session_name: str
    valid_from: int
    valid_to: int
    registered: int
    accessed: int | None = None

    def valid_at(self, time_: int) -> bool:
        """Return whether it is valid at a time."""
        return self.valid_from <= time_ < self.valid_to


@dataclass(kw_only=True, frozen=True)
class Session:
    """Who asks; ``session_name`` is that of a personal access token, if it came with one."""

    token: str
    user: str
    session_name: str = ""

    @property
    def personal_access_token(self) -> bool:
        """Whether a personal access token stands behind it."""
        return self.token.startswith(PAT_PREFIX)


class Sessions:
    """The tokens that are valid now.

    Parameters
    ----------
    passwords
        Password by user; read at each login.

    Attributes
    ----------
    lifetime : float
        Seconds a session token lasts without being used.
    """

    def __init__(self, passwords: dict[str, str]) -> None:
        self.lifetime = 24 * 3600.0
        self.pats: dict[str, AccessToken] = {}
        self.pats_enabled = True
        self._passwords = passwords
        self._lock = threading.Lock()
        self._used: dict[str, tuple[Session, float]] = {}

    def login(self, user: str, password: str) -> str | None:
        """Return a new session token, None where user or password are wrong."""
        known = self._passwords.get(user)
        if not known or not secrets.compare_digest(known.encode(), password.encode()):
            return None
        stamp = datetime.now(UTC).strftime("%y%m%d%H%M%S%f")[:15]
        token = f"{user}-{stamp}x{secrets.token_hex(16).upper()}"
        with self._lock:
            self._used[token] = (Session(token=token, user=user), time.monotonic())
        return token

    def logout(self, token: str) -> None:
        """Forget a session token; a personal access token stays valid."""
        with self._lock:
            self._used.pop(token, None)

    def expire(self) -> None:
        """Forget every session token, as a restart of the server does."""
        with self._lock:
            self._used.clear()

    def session(self, token: object) -> Session:
        """Return the session of a token, and count the token as used now.

        Raises
        ------
        OpenbisError
            If the token is unknown, logged out, expired or revoked.
        """
        found = self.find(token)
        if found is None:
            raise invalid_session(str(token))
        return found

    def find(self, token: object) -> Session | None:
        """Return the session of a token, None if it has none."""
        if not isinstance(token, str):
            return None
        if token.startswith(PAT_PREFIX):
            return self._of_pat(token)
        with self._lock:
            session, used = self._used.get(token, (None, 0.0))
            if session is None:
                return None
            if time.monotonic() - used > self.lifetime:
                del self._used[token]
                return None
            self._used[token] = (session, time.monotonic())
            return session

    @staticmethod
    def of_user(user: str) -> Session:
        """Return a session for what is done in a user's name."""
        return Session(token="", user=user)

    def create_pat(self, session: Session, name: str, valid_from: int, valid_to: int) -> str:
        """Return a new personal access token.

        Raises
        ------
        OpenbisError
            If such tokens are off, or the asker has come with one.
        """
        if not self.pats_enabled:
            raise OpenbisError("Personal access tokens are disabled.")
        if session.personal_access_token:
            raise OpenbisError(
                "Personal access tokens cannot be created with a personal access token session."
            )
        if not name:
            raise OpenbisError("Session name cannot be empty.")
        longest = valid_from + MAX_PAT_SECONDS * 1000
        perm_id = f"{PAT_PREFIX}{session.user}-{secrets.token_hex(16)}"
        self.pats[perm_id] = AccessToken(
            perm_id=perm_id,
            owner=session.user,
            session_name=name,
            valid_from=valid_from,
            valid_to=min(valid_to, longest),
            registered=now(),
        )
        return perm_id

    def revoke_pat(self, perm_id: str) -> None:
        """Delete a personal access token; nothing happens where there is none."""
        self.pats.pop(perm_id, None)

    def _of_pat(self, token: str) -> Session | None:
        pat = self.pats.get(token)
        if pat is None or not self.pats_enabled or not pat.valid_at(now()):
            return None
        pat.accessed = now()
        return Session(token=token, user=pat.owner, session_name=pat.session_name)
