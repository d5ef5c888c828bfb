"""The calls about who asks: login, sessions, personal access tokens, and the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.comparing import compare
from jupyterlab_datahub.demo.openbis.failures import OpenbisError, not_allowed
from jupyterlab_datahub.demo.openbis.references import id_text
from jupyterlab_datahub.demo.openbis.render import Renderer
from jupyterlab_datahub.demo.openbis.search import parts_of, word_of
from jupyterlab_datahub.demo.openbis.sessions import MAX_PAT_SECONDS, PAT_WARNING_SECONDS, now

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.rpc import Method
    from jupyterlab_datahub.demo.openbis.sessions import AccessToken, Session
    from jupyterlab_datahub.demo.openbis.store import Store


class Tokens:
    """Calls on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def methods(self) -> dict[str, Method]:
        """Return the calls by name."""
        return {
            "login": self._login,
            "logout": self._logout,
            "isSessionActive": self._is_active,
            "getSessionInformation": self._information,
            "getServerInformation": self._server,
            "getServerPublicInformation": self._server_for_all,
            "createPersonalAccessTokens": self._create,
            "getPersonalAccessTokens": self._get,
            "searchPersonalAccessTokens": self._search,
            "deletePersonalAccessTokens": self._delete,
        }

    def _login(self, user: str, password: str) -> str | None:
        return self._store.sessions.login(str(user), str(password))

    def _logout(self, token: str) -> None:
        self._store.sessions.logout(token)

    def _is_active(self, token: object) -> bool:
        return self._store.sessions.find(token) is not None

    def _information(self, token: object) -> Json | None:
        session = self._store.sessions.find(token)
        if session is None:
            return None
        person = Renderer(self._store, session.user).person(session.user, {})
        return {
            "@type": "as.dto.session.SessionInformation",
            "sessionToken": session.token,
            "userName": session.user,
            "homeGroupCode": None,
            "person": person,
            "creatorPerson": person,
            "personalAccessTokenSession": session.personal_access_token,
            "personalAccessTokenSessionName": session.session_name or None,
        }

    def _server(self, token: object) -> Json:
        self._store.session(token)
        # Every value is text, as in the maps that real servers give.
        return {
            **self._server_for_all(),
            "api-version": self._store.api_version,
            "archiving-configured": "true",
            "project-samples-enabled": "true",
            "personal-access-tokens-enabled": str(self._store.sessions.pats_enabled).lower(),
            "personal-access-tokens-max-validity-period": str(MAX_PAT_SECONDS),
            "personal-access-tokens-validity-warning-period": str(PAT_WARNING_SECONDS),
            "openbis-version": self._store.version,
            "enabled-technologies": "eln-lims, dropbox",
        }

    def _server_for_all(self) -> Json:
        return {"authentication-service": "file-authentication-service"}

    def _create(self, token: object, creations: Json | list[Json]) -> list[Json]:
        # pyBIS sends a single creation where the API has a list.
        each = creations if isinstance(creations, list) else [creations]
        session = self._store.session(token)
        made = []
        for creation in each:
            begin = int(creation.get("validFromDate") or now())
            end = int(creation.get("validToDate") or begin + MAX_PAT_SECONDS * 1000)
            name = str(creation.get("sessionName") or "")
            made.append(self._store.sessions.create_pat(session, name, begin, end))
        return [_perm_id(text) for text in made]

    def _get(self, token: object, ids: list[object], options: Json) -> Json:
        session = self._store.session(token)
        renderer = Renderer(self._store, session.user)
        asked = [self._store.sessions.pats.get(id_text(id_)) for id_ in ids]
        return {
            pat.perm_id: _render(renderer, pat, options)
            for pat in asked
            if pat and self._may_see(session, pat)
        }

    def _search(self, token: object, criteria: Json, options: Json) -> Json:
        session = self._store.session(token)
        renderer = Renderer(self._store, session.user)
        found = [
            pat
            for pat in self._store.sessions.pats.values()
            if self._may_see(session, pat)
            and all(_holds(pat, part) for part in parts_of(criteria or {}))
        ]
        return {
            "@type": "as.dto.common.search.SearchResult",
            "objects": [_render(renderer, pat, options or {}) for pat in found],
            "totalCount": len(found),
        }

    def _delete(self, token: object, ids: list[object], options: Json) -> None:
        session = self._store.session(token)
        if not options.get("reason"):
            raise OpenbisError("Deletion reason cannot be null.")
        for id_ in ids:
            pat = self._store.sessions.pats.get(id_text(id_))
            if pat is not None and not self._may_see(session, pat):
                raise not_allowed(session.user, "INSTANCE_ADMIN")
            self._store.sessions.revoke_pat(id_text(id_))

    def _may_see(self, session: Session, pat: AccessToken) -> bool:
        return pat.owner == session.user or "ADMIN" in self._store.roles(session.user)


def _perm_id(text: str) -> Json:
    return {"@type": "as.dto.pat.id.PersonalAccessTokenPermId", "permId": text}


def _holds(pat: AccessToken, criterion: Json) -> bool:
    word = word_of(criterion)
    if word == "PersonalAccessTokenSessionName":
        return compare(pat.session_name, criterion)
    if word == "PersonalAccessTokenOwner":
        return all(compare(pat.owner, part) for part in parts_of(criterion))
    raise OpenbisError(f"Unknown search criteria: {criterion.get('@type')}")


def _render(renderer: Renderer, pat: AccessToken, options: Json) -> Json:
    return {
        "@type": "as.dto.pat.PersonalAccessToken",
        "permId": _perm_id(pat.perm_id),
        "hash": pat.perm_id,
        "sessionName": pat.session_name,
        "validFromDate": pat.valid_from,
        "validToDate": pat.valid_to,
        "accessDate": pat.accessed,
        "registrationDate": pat.registered,
        "modificationDate": pat.registered,
        "owner": renderer.person(pat.owner, options.get("owner")),
        "registrator": renderer.person(pat.owner, options.get("registrator")),
        "modifier": renderer.person(pat.owner, options.get("modifier")),
    }
