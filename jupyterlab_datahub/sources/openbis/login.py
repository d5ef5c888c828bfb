"""Being let in to an openBIS: log in, make a personal access token, look, log out.

A password is used once and kept nowhere; what is kept is the token it was exchanged for. All
methods are of the V3 API of the application server (``IApplicationServerApi``).
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    ConflictError,
    DataHubError,
    ExpiredError,
    NotSupportedError,
)
from jupyterlab_datahub.model import Credentials, Secret
from jupyterlab_datahub.sources.connections import connection_of
from jupyterlab_datahub.sources.openbis import wire
from jupyterlab_datahub.sources.openbis.keys import PAT, SESSION, method_of, secret_of, user_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.model import Connection
    from jupyterlab_datahub.sources.openbis.session import Session

TOKEN_NAME = "JupyterLab DataHub"  # noqa: S105 - what tokens made here are called at openBIS
MOST_DAYS = 3650
EARLIER = 600.0
"""Seconds by which a token is valid before it is made, as clocks differ."""

DAY = 86400.0

WHY = {
    "@type": "as.dto.pat.delete.PersonalAccessTokenDeletionOptions",
    "reason": "disconnected in JupyterLab DataHub",
}
STAYS = (
    "The personal access token stays valid at openBIS until it expires; it can be taken back there."
)


def connect(session: Session, credentials: Credentials) -> Connection:
    """Be let in, and keep the token.

    Raises
    ------
    AccessError
        If the password or token is refused.
    BadRequestError, NotSupportedError
        If no personal access token can be made as wished.
    CatalogError, SettingsError
    """
    secret = _exchanged(session, credentials)
    session.keys.keep(secret)
    session.left = False
    return _connection(session)


def known(session: Session) -> Connection:
    """Return who we are there as far as is known here."""
    return _connection(session)


def check(session: Session) -> Connection:
    """Return who we are there, after asking whether that still holds.

    Raises
    ------
    ExpiredError
        If it does not, and nothing else lets us in.
    CatalogError
    """
    secret = session.keys.secret()
    if secret is None:
        return _let_in_by_password(session) or _connection(session)
    if not _is_active(session, secret.token):
        if not renew(session, secret.token):
            raise session.over()
        secret = session.keys.secret()
        if secret is None or not _is_active(session, secret.token):
            raise session.over()
    return _connection(session)


def renew(session: Session, token: str) -> bool:
    """Return whether something else lets us in, now that a token does not.

    That is a newer token where the old one was read, or user and password in a file.

    Raises
    ------
    AccessError, CatalogError, SettingsError
    """
    with session.renewing:
        now = session.keys.secret()
        if now is not None and now.token != token:
            return True
        other = secret_of(session.keys.given())
        if other is not None and other.token != token:
            session.keys.forget()
            return True
        return _let_in_by_password(session) is not None


def disconnect(session: Session) -> Connection:
    """Log out or take the token back, if it was made here, and forget it.

    Raises
    ------
    ConflictError
        If a token that is not ours lets us in.
    SettingsError
    """
    secret = session.keys.kept()
    if secret is None:
        place = session.keys.place()
        if place:
            raise ConflictError(
                f"What lets you in to {session.who.title} stands {place}",
                source=session.who.source,
                hint="Remove it there.",
            )
        return _connection(session)
    stays = _ended(session, secret)
    session.keys.forget()
    session.left = True
    return _connection(session, STAYS if stays else "")


def _ended(session: Session, secret: Secret) -> bool:
    """End what was begun here, and return whether a personal access token stays valid."""
    if not secret.own:
        return secret.method == PAT
    try:
        if secret.method == PAT:
            session.ask("deletePersonalAccessTokens", [secret.token, [_pat_id(secret.token)], WHY])
        else:
            session.ask("logout", [secret.token])
    except ExpiredError:
        return False
    except DataHubError:
        # A server that is down will end a session by itself, but no token.
        return secret.method == PAT
    return False


def _connection(session: Session, *remarks: str) -> Connection:
    keys = session.keys
    found = keys.given()
    if found is not None and found.password:
        warning = f"Your password stands {found.place}, where others may read it."
        remarks += (f"{warning} Take it out and connect with a personal access token instead.",)
    return connection_of(session.config, keys.secret(), keys.place(), *remarks)


def _let_in_by_password(session: Session) -> Connection | None:
    """Log in with a password that stands in a file, None if none does."""
    found = session.keys.given()
    if found is None or not found.password or session.left:
        return None
    if session.refused is not None and session.refused[0] == found:
        # Trying a wrong password again and again would have the user locked out.
        raise session.refused[1]
    try:
        return connect(session, Credentials(user=found.user, password=found.password))
    except AccessError as error:
        session.refused = (found, error)
        raise


def _exchanged(session: Session, credentials: Credentials) -> Secret:
    """Return what is to be kept for what a user gave."""
    if credentials.make_token and not 1 <= credentials.token_days <= MOST_DAYS:
        raise BadRequestError(
            f"A personal access token can be made for 1 to {MOST_DAYS:,} days",
            source=session.who.source,
        )
    if credentials.token:
        with _unsaid(session, credentials.token):
            return _by_token(session, credentials)
    if not credentials.user or not credentials.password:
        raise BadRequestError(
            "User name and password belong together",
            source=session.who.source,
            hint="Give both, or a token.",
        )
    with _unsaid(session, credentials.password):
        return _by_password(session, credentials)


def _by_token(session: Session, credentials: Credentials) -> Secret:
    token = credentials.token
    try:
        user = _user(session, token)
    except ExpiredError:
        user = ""
    if not user:
        raise _refused(session, "This token is not valid, or not any more", "Get a new one.")
    secret = Secret(token=token, method=method_of(token), user=user, url=session.config.url)
    if secret.method == PAT:
        return msgspec.structs.replace(secret, expires=_expiry(session, token))
    return _made(session, secret, credentials.token_days) if credentials.make_token else secret


def _by_password(session: Session, credentials: Credentials) -> Secret:
    token = session.ask("login", [credentials.user, credentials.password])
    if not token:
        raise _refused(
            session, "User name or password is wrong", "Check them; upper and lower case count."
        )
    if not isinstance(token, str):
        raise BadAnswerError(
            f"{session.who.title} answered a login with something else than a token",
            source=session.who.source,
            host=session.host,
            hint=wire.ADDRESS,
        )
    secret = Secret(
        token=token, method=SESSION, user=credentials.user, url=session.config.url, own=True
    )
    if not credentials.make_token:
        return secret
    try:
        return _made(session, secret, credentials.token_days)
    finally:
        with suppress(DataHubError):
            # It was only needed to make the other one, and would end by itself.
            session.ask("logout", [token])


def _made(session: Session, secret: Secret, days: int) -> Secret:
    """Return a personal access token, made with a session."""
    server = session.ask("getServerInformation", [secret.token]) or {}
    if str(server.get("personal-access-tokens-enabled")).lower() != "true":
        raise NotSupportedError(
            f"{session.who.title} makes no personal access tokens",
            source=session.who.source,
            host=session.host,
            hint="Connect without one, or ask its administrator to switch them on.",
        )
    begin = time.time() - EARLIER
    end = begin + EARLIER + days * DAY
    longest = str(server.get("personal-access-tokens-max-validity-period") or "")
    if longest.isdigit() and int(longest):
        end = min(end, begin + int(longest))
    creation = {
        "@type": "as.dto.pat.create.PersonalAccessTokenCreation",
        "sessionName": TOKEN_NAME,
        "validFromDate": int(begin * 1000),
        "validToDate": int(end * 1000),
    }
    made = session.ask("createPersonalAccessTokens", [secret.token, creation])
    first = made[0] if isinstance(made, list) and made else {}
    token = first.get("permId") if isinstance(first, dict) else None
    if not isinstance(token, str) or not token:
        raise BadAnswerError(
            f"{session.who.title} did not say which personal access token it made",
            source=session.who.source,
            host=session.host,
            hint="Connect without one.",
        )
    expires = _expiry(session, secret.token, token) or _time(int(end * 1000))
    return Secret(
        token=token, method=PAT, user=secret.user, expires=expires, url=secret.url, own=True
    )


def _expiry(session: Session, token: str, pat: str = "") -> str:
    """Return until when a personal access token is valid; empty if the server does not say."""
    pat = pat or token
    options = {"@type": "as.dto.pat.fetchoptions.PersonalAccessTokenFetchOptions"}
    try:
        found = session.ask("getPersonalAccessTokens", [token, [_pat_id(pat)], options])
    except DataHubError:
        # Nothing depends on it but the words for the user.
        return ""
    record = found.get(pat) if isinstance(found, dict) else None
    until = record.get("validToDate") if isinstance(record, dict) else None
    return _time(until) if isinstance(until, int) else ""


def _pat_id(pat: str) -> dict[str, str]:
    return {"permId": pat, "@type": "as.dto.pat.id.PersonalAccessTokenPermId"}


def _is_active(session: Session, token: str) -> bool:
    try:
        return session.ask("isSessionActive", [token]) is True
    except ExpiredError:
        return False


def _user(session: Session, token: str) -> str:
    """Return the user of a token, empty if it is not valid."""
    if not _is_active(session, token):
        return ""
    said: Any = session.ask("getSessionInformation", [token])
    name = said.get("userName") if isinstance(said, dict) else None
    return str(name or user_of(token))


def _refused(session: Session, words: str, hint: str) -> AccessError:
    return AccessError(
        f"{session.who.title}: {words}", source=session.who.source, host=session.host, hint=hint
    )


@contextmanager
def _unsaid(session: Session, secret: str) -> Iterator[None]:
    """Keep a secret out of errors, whatever a server quotes; our own words quote nothing."""
    try:
        yield
    except DataHubError as error:
        if secret in wire.quoted(error, session.who):
            raise type(error)(
                f"{session.who.title} refused, in words that may repeat what you typed",
                source=session.who.source,
                host=session.host,
                hint="Check what you typed; if it is right, tell the administrator of openBIS.",
            ) from None
        raise


def _time(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
