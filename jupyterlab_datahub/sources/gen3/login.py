"""Being let in to a commons: with a key, a profile, a token, or as a workspace's user."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    ExpiredError,
    FieldsError,
)
from jupyterlab_datahub.model import FieldError, Secret
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.connections import connection_of
from jupyterlab_datahub.sources.gen3 import keys, rights
from jupyterlab_datahub.sources.gen3.tokens import Token, token_of

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Connection, Credentials
    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session

OPEN_DATA = "Open data can be found and downloaded without connecting."
SOON = 3 * 86400.0
"""Seconds before the end of a key from which on the user is told."""


def connect(session: Session, known_rights: Rights, credentials: Credentials) -> Connection:
    """Be let in, and keep what lets us in again.

    Raises
    ------
    FieldsError
        If what was given cannot be used here, as when a key is that of another commons.
    AccessError
        If the commons does not accept it.
    CatalogError, SettingsError
    """
    secret, token = _given(session, credentials)
    user = session.as_somebody("/user/user", rights.User, token)
    secret = msgspec.structs.replace(secret, user=user.shown or secret.user, url=session.config.url)
    session.keys.keep(secret)
    known_rights.learn(user, token.text)
    return known(session, known_rights)


def known(session: Session, known_rights: Rights) -> Connection:
    """Return who we are there as far as is known here."""
    secret = session.keys.secret()
    remarks = [_ending(secret)] if secret else [OPEN_DATA]
    found = connection_of(session.config, secret, session.keys.place(), *remarks)
    return msgspec.structs.replace(
        found,
        anonymous=True,
        has_graphql=True,
        reads_manifests=True,
        rights=rights.in_words(known_rights.known()) if secret else (),
    )


def check(session: Session, known_rights: Rights) -> Connection:
    """Return who we are there, after asking whether that still holds.

    Raises
    ------
    ExpiredError
        If it does not.
    CatalogError
        If there is no commons at this address, among others.
    """
    token = session.tokens.access()
    if token is None:
        session.get("/index/index", dict[str, Any], {"limit": 1})
    else:
        try:
            user = session.get("/user/user", rights.User)
        except ExpiredError:
            raise
        except AccessError as refused:
            raise ExpiredError(
                refused.message, source=refused.source, host=refused.host, hint="Connect again."
            ) from refused
        now = session.tokens.access()
        known_rights.learn(user, now.text if now else token.text)
    return known(session, known_rights)


def disconnect(session: Session, known_rights: Rights) -> Connection:
    """Forget what lets us in.

    Raises
    ------
    SettingsError
        If it cannot be removed.
    """
    secret = session.keys.secret()
    session.keys.forget()
    found = known(session, known_rights)
    if secret is None or secret.method != keys.KEY:
        return found
    note = (
        "The key stays valid at the commons until it expires; it can be deleted on your profile "
        f"page there. {found.note}"
    )
    return msgspec.structs.replace(found, note=note)


def claimed_address(credentials: Credentials) -> str:
    """Return the address that credentials say they are of, unverified; empty if none does."""
    if credentials.profile:
        named = (one for one in keys.profiles() if one.name == credentials.profile)
        return next((one.url for one in named), "")
    if credentials.key:
        said = keys.claims(keys.api_key(credentials.key).api_key)
    else:
        said = keys.claims(credentials.token) if credentials.token else None
    return said.issuer if said else ""


def _given(session: Session, credentials: Credentials) -> tuple[Secret, Token]:
    """Return what is to be kept for what a user gave, with an access token made of it."""
    source = session.who.source
    if credentials.key:
        return _by_key(session, keys.api_key(credentials.key, source))
    if credentials.profile:
        return _by_key(session, keys.profile_key(credentials.profile, source))
    if credentials.token:
        return _by_token(session, credentials.token)
    if credentials.workspace:
        token = session.tokens.of_workspace()
        return Secret(token=keys.WORKSPACE, method=keys.WORKSPACE), token
    raise BadRequestError(
        f"Nothing was given to be let in to {session.who.title}",
        source=source,
        hint="Give the credentials.json that your profile page of the commons lets you download.",
    )


def _by_key(session: Session, key: keys.ApiKey) -> tuple[Secret, Token]:
    said = keys.claims(key.api_key) or keys.Claims()
    _refuse_of_another(session, said, "key")
    if said.exp is not None and said.exp <= time.time():
        raise keys.wrong_key(f"This key expired on {said.expires[:10]}", session.who.source)
    token = session.tokens.exchanged(key)
    text = msgspec.json.encode({"api_key": key.api_key, "key_id": key.key_id}).decode()
    return Secret(token=text, method=keys.KEY, user=said.user, expires=said.expires), token


def _by_token(session: Session, text: str) -> tuple[Secret, Token]:
    said = keys.claims(text)
    problem = ""
    if said is None:
        problem = "This is no access token of a Gen3 commons"
    elif said.pur == "api_key":
        problem = "This is an API key; give the whole credentials.json instead"
    elif said.exp is not None and said.exp <= time.time():
        problem = "This access token has expired"
    if said is None or problem:
        raise FieldsError(
            fields=(FieldError(field="token", message=problem),),
            source=session.who.source,
            hint=keys.NO_KEY,
        )
    _refuse_of_another(session, said, "token")
    secret = Secret(token=text, method=keys.TOKEN, user=said.user, expires=said.expires)
    return secret, token_of(text)


def _refuse_of_another(session: Session, said: keys.Claims, what: str) -> None:
    """Refuse what says that it is of another commons: no host is shown what is not its own."""
    if not said.issuer or _host(said.issuer) == _host(session.url):
        return
    message = (
        f"This {what} is of {_host(said.issuer)}, not of {_host(session.url)}; "
        f"write {said.issuer} if that is the commons you mean"
    )
    raise FieldsError(
        fields=(FieldError(field="url", message=message),),
        source=session.who.source,
        hint=f"Correct the address, or choose a {what} of this commons.",
    )


def _host(url: str) -> str:
    return url.partition("://")[2]


def _ending(secret: Secret) -> str:
    """Return a sentence about a key that ends soon, empty else."""
    if secret.method != keys.KEY:
        return ""
    try:
        key = keys.claims(from_json(secret.token, keys.ApiKey).api_key)
    except msgspec.DecodeError:
        # Its next use says that it cannot be read.
        return ""
    left = (key.exp - time.time()) if key and key.exp else None
    if left is None or not 0 < left < SOON:
        return ""
    hours = max(1, round(left / 3600))
    return f"Your key expires in {hours} {'hour' if hours == 1 else 'hours'}; get a new one soon."
