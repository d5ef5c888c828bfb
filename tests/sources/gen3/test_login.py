"""Being let in to a commons, staying in, and leaving."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from jupyterlab_datahub.demo.gen3.users import ALICE
from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    CatalogError,
    ExpiredError,
    FieldsError,
    NotFoundError,
    SettingsError,
)
from jupyterlab_datahub.model import ConnectionState, Credentials
from jupyterlab_datahub.sources.gen3.source import Gen3Source
from tests.sources.scripted import Reply, ScriptedHost, json_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.sources.gen3.conftest import At

    Key = Callable[..., Credentials]

TOKEN_PATH = "/user/credentials/api/access_token"
OLD_PATH = "/user/credentials/cdis/access_token"
PAGE = '<p class="subheader">Error Message:</p> <p class="introduction">{}</p>'


def token(**claims: Any) -> str:
    """Return a token that says what is given; nobody has signed it."""
    parts = ({"alg": "none"}, {"iss": "", "exp": int(time.time()) + 3600, **claims})
    encoded = (base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts)
    return ".".join((*(one.rstrip("=") for one in encoded), "c2ln"))


def refused(words: str, status: int = 401) -> Reply:
    """Return a page of fence."""
    return Reply(PAGE.format(words).encode(), status, (("Content-Type", "text/html"),))


def profiles_file(home: Path, text: str) -> None:
    (home / ".gen3").mkdir()
    (home / ".gen3" / "gen3_client_config.ini").write_text(text)


def test_a_key_lets_in_and_says_what_may_be_done(
    hub: DemoHub, commons: Gen3Source, tmp_path: Path
) -> None:
    known = commons.known()
    assert known.state is ConnectionState.CONNECTED
    assert known.user == hub.services["gen3"]["user"]
    assert known.method == "API key"
    assert known.expires > time.strftime("%Y-%m-%d")
    assert known.anonymous
    assert any("DEV-test" in right and "Download" in right for right in known.rights)
    assert any("Upload" in right for right in known.rights)
    assert commons.connection() == known
    secret = json.loads(Path(hub.services["gen3"]["credentials"]).read_text())["api_key"]
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_text()]
    assert [path.parent.name for path in kept] == ["secrets"]


def test_others_may_do_less(readers: Gen3Source) -> None:
    assert not any("DEV-test" in right for right in readers.known().rights)


def test_nobody_in_particular_may_look(anybody: Gen3Source) -> None:
    found = anybody.connection()
    assert found.state is ConnectionState.DISCONNECTED
    assert found.anonymous
    assert "without connecting" in found.note


def test_what_is_no_commons_is_told(at: At) -> None:
    with ScriptedHost() as host, pytest.raises((CatalogError, NotFoundError)):
        at(host.url).connection()


def test_a_key_of_another_commons_is_shown_to_nobody(
    hub: DemoHub, anybody: Gen3Source, key: Key
) -> None:
    hub.requests.clear()
    with pytest.raises(FieldsError) as caught:
        anybody.connect(key("foreign_credentials"))
    (wrong,) = caught.value.fields
    assert wrong.field == "url"
    assert "commons.example.org" in wrong.message
    assert hub.services["gen3"]["host"] in wrong.message
    assert hub.requests == []


def test_a_key_that_is_over_is_told_before_anybody_is_asked(
    hub: DemoHub, anybody: Gen3Source, key: Key
) -> None:
    hub.requests.clear()
    with pytest.raises(FieldsError) as caught:
        anybody.connect(key("expired_credentials"))
    assert caught.value.fields[0].field == "key"
    assert "expired" in caught.value.message
    assert hub.requests == []


@pytest.mark.parametrize(
    "text", ["no json", "[]", "{}", '{"api_key": "short"}', '{"api_key": "a.b.c"}']
)
def test_what_is_no_key_is_told(anybody: Gen3Source, text: str) -> None:
    with pytest.raises(FieldsError) as caught:
        anybody.connect(Credentials(key=text))
    assert caught.value.fields[0].field == "key"
    assert caught.value.hint


def test_a_token_in_place_of_a_key_is_told(anybody: Gen3Source) -> None:
    text = json.dumps({"api_key": token(pur="access"), "key_id": "1"})
    with pytest.raises(FieldsError, match="access token"):
        anybody.connect(Credentials(key=text))


def test_a_key_that_was_taken_back_is_refused(hub: DemoHub, anybody: Gen3Source) -> None:
    url = hub.services["gen3"]["url"]
    forged = token(pur="api_key", iss=f"{url}/user")
    text = json.dumps({"api_key": forged, "key_id": "1"})
    with pytest.raises(AccessError) as caught:
        anybody.connect(Credentials(key=text))
    assert "does not accept this key" in caught.value.message
    assert forged not in caught.value.message
    assert anybody.known().state is ConnectionState.DISCONNECTED


def test_a_profile_of_gen3_client_lets_in(
    hub: DemoHub, anybody: Gen3Source, tmp_path: Path
) -> None:
    found = json.loads(Path(hub.services["gen3"]["credentials"]).read_text())
    url = hub.services["gen3"]["url"]
    profiles_file(
        tmp_path,
        f"[demo]\nkey_id={found['key_id']}\napi_key={found['api_key']}\naccess_token=%x\n"
        f"api_endpoint={url}\n[empty]\napi_endpoint=https://x.example.org\n",
    )
    (profile,) = Gen3Source.profiles()
    assert (profile.name, profile.url) == ("demo", url)
    assert Gen3Source.claimed_address(Credentials(profile="demo")) == url
    assert anybody.connect(Credentials(profile="demo")).user == hub.services["gen3"]["user"]
    with pytest.raises(NotFoundError, match="other") as caught:
        anybody.connect(Credentials(profile="other"))
    assert "demo" in caught.value.hint


def test_a_broken_file_of_profiles_is_none(tmp_path: Path, at: At) -> None:
    profiles_file(tmp_path, "api_key=secret-without-section\n")
    assert Gen3Source.profiles() == ()


def test_an_access_token_lets_in_for_its_time(hub: DemoHub, anybody: Gen3Source) -> None:
    tokens = hub.gen3.commons.tokens
    key = json.loads(Path(hub.services["gen3"]["credentials"]).read_text())["api_key"]
    text = tokens.access_token(key, ALICE)
    found = anybody.connect(Credentials(token=text))
    assert (found.method, found.user) == ("access token", ALICE.name)
    hub.gen3.commons.clock.ahead = 7200
    with pytest.raises(ExpiredError):
        anybody.connection()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("abc", "no access token"),
        (token(pur="api_key"), "API key"),
        (token(exp=1), "expired"),
    ],
    ids=["no token", "a key", "expired"],
)
def test_what_is_no_token_is_told(anybody: Gen3Source, text: str, words: str) -> None:
    with pytest.raises(FieldsError, match=words) as caught:
        anybody.connect(Credentials(token=text))
    assert caught.value.fields[0].field == "token"


def test_nothing_given_is_told(anybody: Gen3Source) -> None:
    with pytest.raises(BadRequestError, match="Nothing was given"):
        anybody.connect(Credentials())


def test_outside_of_a_workspace_there_is_no_such_identity(anybody: Gen3Source) -> None:
    with pytest.raises(BadRequestError, match="workspace"):
        anybody.connect(Credentials(workspace=True))


def test_a_workspace_says_who_we_are(at: At) -> None:
    with ScriptedHost() as host:
        mine = token(iss=f"{host.url}/user", context={"user": {"name": "ada"}})
        host.say("/wts/token/", json_of({"token": mine}))
        host.say("/user/user", json_of({"username": "ada", "authz": {}}))
        source = at(host.url, workspace_token_service=f"{host.url}/wts")
        found = source.connect(Credentials(workspace=True))
        assert (found.user, found.method) == ("ada", "workspace identity")
        asked = [one for one in host.asked if one.path == "/user/user"]
        assert asked[0].headers["authorization"] == f"Bearer {mine}"


def test_a_workspace_may_belong_to_another_commons(at: At) -> None:
    with ScriptedHost() as host:
        host.say("/wts/token/", json_of({"token": token(iss="https://home.example.org/user")}))
        host.say("/wts/external_oidc/", json_of({"providers": []}))
        source = at(host.url, workspace_token_service=f"{host.url}/wts")
        with pytest.raises(AccessError, match="no identity"):
            source.connect(Credentials(workspace=True))
        linked = {"base_url": host.url, "idp": "here"}
        host.say("/wts/external_oidc/", json_of({"providers": [linked]}))
        host.say("/wts/token/?idp=here", json_of({"token": token(iss=f"{host.url}/user")}))
        host.say("/user/user", json_of({"username": "ada"}))
        assert source.connect(Credentials(workspace=True)).user == "ada"


def test_an_older_commons_exchanges_keys_elsewhere(
    hub: DemoHub, anybody: Gen3Source, key: Key
) -> None:
    hub.gen3.commons.features.discard("api")
    assert anybody.connect(key()).state is ConnectionState.CONNECTED
    assert hub.seen(OLD_PATH, "POST")


def test_one_token_serves_many_requests(hub: DemoHub, commons: Gen3Source) -> None:
    hub.requests.clear()
    for _ in range(3):
        commons.connection()
    assert len(hub.seen(TOKEN_PATH, "POST")) <= 1


def test_a_token_is_renewed_before_its_end(
    hub: DemoHub, at: At, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.gen3.commons.tokens.access_life = 200
    source = at(hub.services["gen3"]["url"])
    source.connect(key())
    source.connection()
    now = time.time
    for hence in (110, 220):
        # The clock of all is a little more than half of a token's life ahead.
        monkeypatch.setattr(time, "time", lambda hence=hence: now() + hence)
        source.connection()
    assert len(hub.seen(TOKEN_PATH, "POST")) >= 3
    assert all(seen.status == 200 for seen in hub.seen("/user/user"))


def test_a_token_that_is_over_is_renewed_once(hub: DemoHub, commons: Gen3Source) -> None:
    commons.connection()
    # The clock of the commons is ahead of ours: it finds tokens over that we think good.
    hub.gen3.commons.clock.ahead = 7200
    hub.requests.clear()
    assert commons.connection().state is ConnectionState.CONNECTED
    assert len(hub.seen(TOKEN_PATH, "POST")) == 1
    assert [seen.status for seen in hub.seen("/user/user")] == [401, 200]


def test_a_key_that_ran_out_is_told_as_such(hub: DemoHub, commons: Gen3Source) -> None:
    hub.gen3.commons.clock.ahead = 40 * 86400
    with pytest.raises(ExpiredError) as caught:
        commons.connection()
    assert "key" in caught.value.message
    assert "new key" in caught.value.hint


def test_a_refusal_that_stays_is_asked_about_no_more_than_twice(at: At) -> None:
    with ScriptedHost() as host:
        made = [json_of({"access_token": token(iat=int(time.time()) - 600, n=n)}) for n in "ab"]
        host.say(TOKEN_PATH, *made)
        host.say("/user/user", json_of({"username": "ada", "authz": {}}))
        source = at(host.url)
        text = json.dumps({"api_key": token(pur="api_key", iss=f"{host.url}/user"), "key_id": "1"})
        source.connect(Credentials(key=text))
        host.say("/index/index/dg.T/1", refused("permission on authorization resource: ['/a/b']"))
        host.asked.clear()
        with pytest.raises(AccessError) as caught:
            source.dataset(f"gen3:{host.host}/dg.T/1")
        assert type(caught.value) is AccessError
        assert "/a/b" in caught.value.message
        assert host.paths().count("/index/index/dg.T/1") == 2
        assert host.paths().count(TOKEN_PATH) <= 2


def test_a_key_that_ends_soon_is_told(hub: DemoHub, anybody: Gen3Source) -> None:
    made = hub.gen3.commons.tokens.api_key(ALICE, life=5 * 3600 + 60)
    found = anybody.connect(Credentials(key=json.dumps(made)))
    assert "expires in 5 hours" in found.note


def test_a_kept_key_that_cannot_be_read_is_over(commons: Gen3Source) -> None:
    secret = commons.session.keys.secret()
    assert secret is not None
    commons.session.keys.keep(structs.replace(secret, token="garbled"))
    assert commons.known().user
    with pytest.raises(ExpiredError, match="cannot be read"):
        commons.connection()


def test_disconnecting_forgets_the_key(hub: DemoHub, commons: Gen3Source, tmp_path: Path) -> None:
    found = commons.disconnect()
    assert found.state is ConnectionState.DISCONNECTED
    assert "stays valid" in found.note
    assert commons.known().user == ""
    assert not list((tmp_path / "commons" / "secrets").glob("*.json"))
    hub.requests.clear()
    commons.connection()
    assert not hub.seen(TOKEN_PATH, "POST")


def test_a_token_is_not_shown_to_the_network(at: At) -> None:
    with pytest.raises(SettingsError, match="without https"):
        at("http://commons.example.org")
    assert at("http://commons.example.org", allow_http=True).session.host == "commons.example.org"


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("gen3.example.org", "https://gen3.example.org"),
        ("https://Gen3.example.org/discovery/x?y=1", "https://gen3.example.org"),
        ("https://gen3.example.org:443/", "https://gen3.example.org"),
        ("http://127.0.0.1:8080/login", "http://127.0.0.1:8080"),
        ("ftp://gen3.example.org", ""),
        ("no address", ""),
        ("", ""),
    ],
)
def test_any_page_of_a_commons_is_its_address(typed: str, url: str) -> None:
    assert Gen3Source.address(typed) == url
