"""How an openBIS is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BusyError,
    DataHubError,
    NotFoundError,
    SettingsError,
    SlowError,
    UnreachableError,
)
from jupyterlab_datahub.model import Secret
from jupyterlab_datahub.sources.openbis.session import AS
from tests.sources.scripted import Reply, ScriptedHost, html, json_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.sources.openbis.source import OpenbisSource
    from tests.sources.openbis.conftest import Lab

TOKEN = "scientist-261121020757000x1C2F75CD88CF4A71B504DA08CEC680F8"
DATASET = "20240115093012345-11"


def result(value: Any) -> Reply:
    return json_of({"jsonrpc": "2.0", "id": "1", "result": value})


def with_token(source: OpenbisSource) -> OpenbisSource:
    assert source.vault is not None
    source.vault.put(source.name, Secret(token=TOKEN, user="scientist"))
    return source


def asked(host: ScriptedHost) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in host.asked]


class TestAsking:
    """One call, and what may come of it."""

    def test_calls_go_to_the_application_server_with_the_token(
        self, host: ScriptedHost, at: Lab
    ) -> None:
        host.say(AS, result({"api-version": "3.6", "enabled-technologies": "a, b"}))
        session = with_token(at(f"{host.url}/openbis/webapp/eln-lims/?viewName=x")).session
        assert session.server().api_version == (3, 6)
        assert session.server().technologies == ("a", "b")
        (one,) = asked(host)
        assert one["method"] == "getServerInformation"
        assert one["params"] == [TOKEN]
        assert one["jsonrpc"] == "2.0"

    @pytest.mark.parametrize(
        ("said", "version"),
        [
            ({"api-version": "3.5"}, (3, 5)),
            ({"api-version": "7"}, (7, 0)),
            ({"api-version": "x.y"}, (0, 0)),
            ({}, (0, 0)),
            ({"api-version": None, "personal-access-tokens-max-validity-period": "soon"}, (0, 0)),
        ],
    )
    def test_odd_words_about_the_server_are_borne(
        self, host: ScriptedHost, at: Lab, said: dict[str, str], version: tuple[int, int]
    ) -> None:
        host.say(AS, result(said))
        server = with_token(at(host.url)).session.server()
        assert server.api_version == version
        assert server.pat_max_days == 0

    def test_a_renewed_token_is_used_at_once(self, host: ScriptedHost, at: Lab) -> None:
        host.say(AS, result(True))
        source = with_token(at(host.url))
        source.session.call("isX")
        assert source.vault is not None
        source.vault.put(source.name, Secret(token="another-token"))
        source.session.call("isX")
        assert [one["params"] for one in asked(host)] == [[TOKEN], ["another-token"]]

    def test_nobody_is_asked_before_somebody_is_connected(
        self, host: ScriptedHost, at: Lab
    ) -> None:
        source = at(host.url)
        for ask in (
            source.session.token,
            lambda: source.session.call("getX"),
            lambda: source.dataset(f"openbis:{host.host}/{DATASET}"),
            source.children,
        ):
            with pytest.raises(AccessError) as caught:
                ask()
            assert "not connected" in caught.value.message
            assert caught.value.hint == "Connect first."
        assert host.asked == []

    def test_what_only_reads_is_asked_again_and_what_writes_is_not(
        self, host: ScriptedHost, at: Lab
    ) -> None:
        session = with_token(at(host.url)).session
        host.say(AS, Reply(drop=True), result(5))
        assert session.call("searchX") == 5
        host.say(AS, Reply(drop=True), result(5))
        with pytest.raises(UnreachableError):
            session.call("createX")
        assert [one["method"] for one in asked(host)] == ["searchX", "searchX", "createX"]

    def test_the_token_follows_no_redirect_to_another_host(
        self, host: ScriptedHost, at: Lab
    ) -> None:
        with ScriptedHost() as other:
            other.say(AS, result(True))
            host.say(AS, Reply(status=307, headers=(("Location", f"{other.url}{AS}"),)))
            with pytest.raises(BadAnswerError) as caught:
                with_token(at(host.url)).session.call("isX")
            assert other.asked == []
        assert "another host" in caught.value.message
        assert "url" in caught.value.hint

    def test_a_redirect_on_the_same_host_is_followed_with_the_body(
        self, host: ScriptedHost, at: Lab
    ) -> None:
        host.say(AS, Reply(status=308, headers=(("Location", "/moved"),)))
        host.say("/moved", result("here"))
        assert with_token(at(host.url)).session.call("isX") == "here"
        assert host.asked[1].method == "POST"
        assert host.asked[0].body == host.asked[1].body

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (html(), BadAnswerError),
            (html(404), NotFoundError),
            (Reply(b'{"result": {"objects"'), BadAnswerError),
            (Reply(b'{"result": 1}', promised=50), UnreachableError),
            (Reply(status=503, headers=(("Retry-After", "3600"),)), BusyError),
            (Reply(status=500), DataHubError),
        ],
    )
    def test_every_failure_is_in_words(
        self, host: ScriptedHost, at: Lab, reply: Reply, kind: type[DataHubError]
    ) -> None:
        host.say(AS, reply)
        with pytest.raises(kind) as caught:
            with_token(at(host.url)).session.call("getX")
        error = caught.value
        assert host.host in error.message
        assert error.source == "lab"
        assert TOKEN not in f"{error} {error.hint} {error.body()}"

    def test_a_host_that_does_not_answer_is_given_up(self, host: ScriptedHost, at: Lab) -> None:
        host.gate.clear()
        source = with_token(at(host.url, options={"read_timeout": 0.2}))
        with pytest.raises(SlowError):
            source.session.call("getX")

    def test_an_answer_of_another_form_is_no_trace(self, host: ScriptedHost, at: Lab) -> None:
        source = with_token(at(host.url))
        odd: Any
        for odd in ([], "text", 5, {"objects": [{"code": 7}]}, {"objects": "x"}):
            host.say(AS, result(odd))
            with pytest.raises((BadAnswerError, NotFoundError)) as caught:
                source.children()
            assert caught.value.hint


class TestAddresses:
    """Which servers are asked at all."""

    def test_http_is_for_this_machine_unless_somebody_allows_it(self, at: Lab) -> None:
        for url in ("http://localhost:8080", "http://127.0.0.1", "http://[::1]:8443"):
            assert at(url).session.url == url
        with pytest.raises(SettingsError) as caught:
            at("http://openbis.example.org")
        assert "https" in caught.value.hint
        allowed = at("http://openbis.example.org", options={"allow_http": True})
        assert allowed.session.host == "openbis.example.org"

    @pytest.mark.parametrize("url", ["", "openbis.example.org", "ftp://x", "https://", "https://["])
    def test_what_is_no_address_is_refused(self, at: Lab, url: str) -> None:
        with pytest.raises(SettingsError):
            at(url)

    def test_refs_carry_the_host_without_what_else_is_in_the_address(self, at: Lab) -> None:
        source = at("https://user:secret@OpenBIS.example.org:8443/openbis/webapp/eln-lims/")
        assert source.session.host == "openbis.example.org:8443"
        assert source.owns(f"openbis:openbis.example.org:8443/{DATASET}")
        assert not source.owns(f"openbis:openbis.example.org/{DATASET}")
        assert not source.owns(f"openbis:openbis.example.org:8443.evil.org/{DATASET}")

    def test_the_store_is_where_the_server_says(self, lab: OpenbisSource, hub: DemoHub) -> None:
        assert lab.session.store_url() == hub.openbis.url
        assert lab.session.store_url(DATASET) == hub.openbis.url
        with pytest.raises(NotFoundError):
            lab.session.store_url("20000101000000000-1")

    @pytest.mark.parametrize("url", ["", None, "dss.example.org", "file:///etc", "https://"])
    def test_a_server_without_a_store_says_so(
        self, host: ScriptedHost, at: Lab, url: str | None
    ) -> None:
        stores = [{"code": "AFS", "downloadUrl": "https://afs"}, {"code": "D", "downloadUrl": url}]
        host.say(AS, result({"objects": stores, "totalCount": 2}))
        with pytest.raises(BadAnswerError) as caught:
            with_token(at(host.url)).session.store_url()
        assert "data store" in caught.value.message
