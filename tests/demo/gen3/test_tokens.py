"""Keys, access tokens, and what becomes of them."""

from __future__ import annotations

import base64
import json
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo.gen3.client import Client

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.demo_commons import DemoCommons

TOKEN = "/user/credentials/api/access_token"
TEST = "/programs/DEV/projects/test"


def claims(token: str) -> Any:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_key_gives_tokens_that_say_whose_they_are_and_how_long_they_last(
    alice: Client, commons: DemoCommons
) -> None:
    key, token = claims(alice.key("credentials")["api_key"]), claims(alice.token)

    assert key["pur"] == "api_key"
    assert key["exp"] - key["iat"] == 30 * 24 * 3600
    assert key["jti"] == alice.key("credentials")["key_id"]
    assert key["iss"] == token["iss"] == f"{commons.api.url}/user"
    assert token["pur"] == "access"
    assert token["exp"] - token["iat"] == 3600
    assert token["context"]["user"]["name"] == "alice@example.org"


def test_a_shorter_life_is_given_and_a_longer_one_is_not(alice: Client) -> None:
    key = alice.key("credentials")
    lives = {}
    for asked in (1, 5000):
        token = claims(alice.post(f"{TOKEN}?expires_in={asked}", key)["access_token"])
        lives[asked] = token["exp"] - token["iat"]

    assert lives == {1: 1, 5000: 3600}


def test_older_commons_know_the_other_path_alone(alice: Client, commons: DemoCommons) -> None:
    key = alice.key("credentials")
    commons.commons.features.discard("api")

    assert alice.ask("POST", TOKEN, json=key).status_code == 404
    assert claims(alice.post(TOKEN.replace("/api/", "/cdis/"), key)["access_token"])["sub"] == "1"


def test_a_key_may_come_as_a_form(alice: Client) -> None:
    assert alice.ask("POST", TOKEN, data=alice.key("credentials")).status_code == 200


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("expired_credentials", "[401] - Signature has expired"),
        ("foreign_credentials", "[401] - Signature verification failed"),
    ],
)
def test_keys_that_are_no_good(nobody: Client, name: str, words: str) -> None:
    assert nobody.page("POST", TOKEN, 401, json=nobody.key(name)) == words


def test_a_key_of_another_commons_says_so_itself(nobody: Client) -> None:
    issuer = claims(nobody.key("foreign_credentials")["api_key"])["iss"]

    assert issuer == "https://commons.example.org/user"


def test_what_is_no_key(alice: Client) -> None:
    words = {
        name: alice.page("POST", TOKEN, status, json=sent)
        for name, status, sent in (
            ("none", 400, {}),
            ("token", 401, {"api_key": alice.token}),
            ("text", 401, {"api_key": "nonsense"}),
            ("padding", 401, {"api_key": "a.b.c"}),
        )
    }

    assert words == {
        "none": "Please provide an api_key in payload",
        "token": "[401] - incorrect purpose: expected api_key, got access",
        "text": "[401] - Not enough segments",
        "padding": "[401] - Invalid header padding",
    }


def test_tokens_expire_when_the_clock_says_so(alice: Client, commons: DemoCommons) -> None:
    commons.commons.clock.ahead = 3599 + 2

    assert "Signature has expired" in alice.page("GET", "/user/user", 401)
    guid = alice.guid("monocytes.h5ad")
    assert alice.page("GET", f"/user/data/download/{guid}", 401).startswith(
        "request to arborist failed: error decoding token: expired at time:"
    )

    fresh = Client(commons, "credentials")
    assert fresh.get("/user/user")["username"] == "alice@example.org"
    assert claims(fresh.token)["iat"] > time.time() + 3000


def test_the_life_of_tokens_can_be_set(commons: DemoCommons) -> None:
    commons.commons.tokens.access_life = 30
    token = claims(Client(commons, "credentials").token)

    assert token["exp"] - token["iat"] == 30


def test_two_users_have_different_rights(alice: Client, bob: Client, nobody: Client) -> None:
    mine, his = alice.get("/user/user"), bob.get("/user/user")

    assert {entry["method"] for entry in mine["authz"][TEST]} >= {"read", "write-storage"}
    assert set(his["authz"]) == {"/open"}
    assert his["username"] == "bob@example.org"
    assert nobody.page("GET", "/user/user", 401) == "Please login"
    assert alice.get("/authz/auth/mapping") == mine["authz"]
    assert set(nobody.get("/authz/auth/mapping")) == {"/open"}


def test_a_token_from_a_key_does_not_see_keys(alice: Client) -> None:
    assert "credentials" in alice.page("GET", "/user/credentials/api", 401)


def test_the_files_with_keys_are_for_their_user_alone(commons: DemoCommons) -> None:
    for name in ("credentials", "reader_credentials", "expired_credentials"):
        assert stat.S_IMODE(Path(commons.service[name]).stat().st_mode) == 0o600
