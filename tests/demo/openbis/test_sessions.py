"""Who asks: passwords, tokens that end, and personal access tokens."""

import time

import pytest
import requests

from jupyterlab_datahub.demo.openbis.service import OpenbisService
from tests.demo.openbis.calls import Calls, RefusedError, field

MONTH = 30 * 24 * 3600 * 1000


def pat_of(calls: Calls, name: str = "analysis", days: int = 10) -> str:
    """Make a personal access token."""
    begin = int(time.time() * 1000)
    creation = {
        "sessionName": name,
        "validFromDate": begin,
        "validToDate": begin + days * 24 * 3600 * 1000,
    }
    made = calls.call("createPersonalAccessTokens", creation)
    return str(made[0]["permId"])


@pytest.mark.parametrize(
    ("user", "password"), [("scientist", "wrong"), ("nobody", "demo-scientist"), ("system", "")]
)
def test_wrong_credentials_give_no_token_and_no_error(
    openbis: OpenbisService, user: str, password: str
) -> None:
    assert Calls(openbis).raw("login", user, password) is None


def test_a_token_begins_with_the_users_name(scientist: Calls) -> None:
    assert scientist.token.startswith("scientist-")
    assert scientist.call("getSessionInformation")["userName"] == "scientist"


def test_after_logging_out_a_token_is_refused_in_the_words_of_openbis(scientist: Calls) -> None:
    assert scientist.call("isSessionActive") is True
    assert scientist.call("logout") is None
    assert scientist.call("isSessionActive") is False
    assert scientist.call("getSessionInformation") is None
    with pytest.raises(RefusedError) as refused:
        scientist.find("Spaces")
    assert (
        str(refused.value)
        == f"Session token '{scientist.token}' is invalid: user is not logged in."
    )


def test_a_token_that_nobody_uses_runs_out(openbis: OpenbisService, scientist: Calls) -> None:
    openbis.store.sessions.lifetime = 0
    assert scientist.call("isSessionActive") is False


def test_a_restart_ends_sessions_and_leaves_personal_access_tokens(
    openbis: OpenbisService, scientist: Calls
) -> None:
    pat = pat_of(scientist)
    openbis.store.sessions.expire()
    assert scientist.call("isSessionActive") is False
    assert scientist.raw("isSessionActive", pat) is True
    information = scientist.raw("getSessionInformation", pat)
    assert information["userName"] == "scientist"
    assert information["personalAccessTokenSession"] is True
    assert information["personalAccessTokenSessionName"] == "analysis"


def test_personal_access_tokens_are_found_by_how_their_session_is_called(
    scientist: Calls,
) -> None:
    first, other = pat_of(scientist, "analysis"), pat_of(scientist, "backup")
    criterion = field("PersonalAccessTokenSessionName", "ana", "StringStartsWith")
    found = scientist.find("PersonalAccessTokens", criterion, owner={})
    assert [pat["permId"]["permId"] for pat in found["objects"]] == [first]
    assert found["objects"][0]["owner"]["userId"] == "scientist"
    kept = scientist.call("getPersonalAccessTokens", [{"permId": other}, {"permId": "$pat-x"}], {})
    assert list(kept) == [other]
    assert kept[other]["hash"] == other


def test_a_personal_access_token_ends_at_its_time_and_lasts_no_longer_than_a_month(
    openbis: OpenbisService, scientist: Calls
) -> None:
    pat = pat_of(scientist, days=400)
    kept = openbis.store.sessions.pats[pat]
    assert kept.valid_to - kept.valid_from == MONTH
    kept.valid_to = int(time.time() * 1000) - 1
    with pytest.raises(RefusedError, match="is invalid"):
        scientist.raw("searchSpaces", pat, {}, {})


def test_a_revoked_personal_access_token_is_refused(scientist: Calls) -> None:
    pat = pat_of(scientist)
    assert scientist.raw("searchSpaces", pat, {}, {})["totalCount"]
    scientist.call("deletePersonalAccessTokens", [{"permId": pat}], {"reason": "lost"})
    with pytest.raises(RefusedError, match="is invalid"):
        scientist.raw("searchSpaces", pat, {}, {})


def test_nobody_revokes_or_sees_the_personal_access_token_of_another(
    scientist: Calls, reader: Calls
) -> None:
    pat = pat_of(scientist)
    assert reader.call("getPersonalAccessTokens", [{"permId": pat}], {}) == {}
    with pytest.raises(RefusedError, match="Authorization failure"):
        reader.call("deletePersonalAccessTokens", [{"permId": pat}], {"reason": "envy"})
    assert scientist.raw("isSessionActive", pat) is True


def test_a_personal_access_token_makes_no_others(openbis: OpenbisService, scientist: Calls) -> None:
    pat = pat_of(scientist)
    scientist.token = pat
    with pytest.raises(RefusedError, match="cannot be created with"):
        pat_of(scientist)
    openbis.store.sessions.pats_enabled = False
    assert scientist.raw("isSessionActive", pat) is False


@pytest.mark.parametrize("version", ["3.5", "3.6", "3.7"])
def test_the_server_says_its_version_and_everything_else_as_text(
    openbis: OpenbisService, scientist: Calls, version: str
) -> None:
    openbis.store.api_version = version
    information = scientist.call("getServerInformation")
    assert information["api-version"] == version
    assert information["personal-access-tokens-enabled"] == "true"
    assert all(isinstance(value, str) for value in information.values())


def test_the_data_store_is_where_the_client_finds_it(
    openbis: OpenbisService, scientist: Calls
) -> None:
    stores = scientist.call("searchDataStores", {}, {})["objects"]
    assert openbis.url in {store["downloadUrl"] for store in stores}


def test_what_is_no_call_is_refused_and_what_is_no_method_answered(
    openbis: OpenbisService, scientist: Calls
) -> None:
    with pytest.raises(RefusedError, match="dropTables"):
        scientist.call("dropTables")
    with pytest.raises(RefusedError, match="login: missing a required argument"):
        scientist.raw("login", "scientist")
    for body in (b"", b"[]", b"<html>", b'{"method": "login", "params": {}}'):
        answer = requests.post(scientist.url, data=body, timeout=60)
        assert answer.status_code == 400
