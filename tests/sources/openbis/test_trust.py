"""Hosts that are wrong, down, not trusted, or whose session has ended."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.openbis.tls import Certificate, self_signed
from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    DataHubError,
    ExpiredError,
    SettingsError,
    UnreachableError,
)
from jupyterlab_datahub.model import Credentials, SearchQuery, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.sources.openbis.source import OpenbisSource
    from tests.sources.openbis.conftest import Lab

DATASET = "20240115093012345-11"


def ways(source: OpenbisSource) -> list[Callable[[], object]]:
    """Return everything that asks the server."""
    ref = f"openbis:{source.session.host}/{DATASET}"
    return [
        source.children,
        lambda: source.search(SearchQuery(text="x")),
        lambda: source.dataset(ref),
        lambda: source.versions(ref),
        lambda: source.unarchive(ref),
        source.session.server,
        source.session.store_url,
    ]


def told(source: OpenbisSource, kind: type[DataHubError]) -> list[DataHubError]:
    """Ask in all ways, and return the errors, each of them in words and without a secret."""
    errors = []
    for ask in ways(source):
        with pytest.raises(kind) as caught:
            ask()
        error = caught.value
        assert source.session.host in error.message
        assert error.source == source.name
        assert error.hint
        secret = source.vault.get(source.name) if source.vault else None
        assert secret is None or secret.token not in f"{error!r} {error.body()}"
        errors.append(error)
    return errors


class TestSessions:
    """Tokens that no longer let anybody in."""

    def test_a_session_that_ended_says_so_in_one_sentence(
        self, lab: OpenbisSource, hub: DemoHub, capfd: pytest.CaptureFixture[str]
    ) -> None:
        hub.openbis.store.sessions.expire()
        for error in told(lab, ExpiredError):
            assert error.message == (f"The session at openBIS lab has ended ({hub.openbis.host})")
            assert error.hint == "Connect again."
            assert error.code == "expired"
            assert isinstance(error, AccessError)
        assert capfd.readouterr() == ("", "")

    def test_connecting_again_goes_on_in_place(self, lab: OpenbisSource, hub: DemoHub) -> None:
        hub.openbis.store.sessions.expire()
        told(lab, ExpiredError)
        service = hub.services["openbis"]
        lab.connect(Credentials(user=service["user"], password=service["password"]))
        assert lab.children().nodes
        assert lab.dataset(f"openbis:{hub.openbis.host}/{DATASET}").title

    @pytest.mark.parametrize("token", ["$pat-scientist-0000", "nonsense", "ü"])
    def test_a_token_that_was_taken_back_is_an_ended_session(
        self, hub: DemoHub, at: Lab, token: str
    ) -> None:
        source = at(hub.services["openbis"]["url"])
        assert source.vault
        source.vault.put(source.name, Secret(token=token))
        told(source, ExpiredError)


class TestHosts:
    """Addresses that lead somewhere else, or nowhere."""

    def test_a_server_that_is_down(self, lab: OpenbisSource, hub: DemoHub) -> None:
        hub.openbis.stop()
        told(lab, UnreachableError)

    def test_a_port_that_nobody_listens_on(self, at: Lab) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            source = at(f"http://127.0.0.1:{free.getsockname()[1]}")
        assert source.vault
        source.vault.put(source.name, Secret(token="any"))
        told(source, UnreachableError)

    def test_a_name_that_does_not_exist(self, at: Lab) -> None:
        source = at("https://openbis.invalid")
        assert source.vault
        source.vault.put(source.name, Secret(token="any"))
        told(source, UnreachableError)

    def test_a_host_that_is_no_openbis(self, hub: DemoHub, at: Lab) -> None:
        source = at(hub.services["cellxgene"]["url"])
        assert source.vault
        source.vault.put(source.name, Secret(token="any"))
        told(source, DataHubError)

    def test_a_web_page_in_place_of_an_answer(self, lab: OpenbisSource, hub: DemoHub) -> None:
        hub.faults.add("html", status=200, host="openbis", times=100)
        for error in told(lab, BadAnswerError):
            assert "web page" in error.message
            assert "url" in error.hint

    def test_an_answer_that_is_cut(self, lab: OpenbisSource, hub: DemoHub) -> None:
        hub.faults.add("truncated_json", host="openbis", times=100)
        told(lab, BadAnswerError)

    def test_an_answer_that_is_empty(self, lab: OpenbisSource, hub: DemoHub) -> None:
        hub.faults.add("empty", host="openbis", times=100)
        told(lab, BadAnswerError)

    def test_what_breaks_once_is_asked_again(self, lab: OpenbisSource, hub: DemoHub) -> None:
        hub.faults.add("status", status=503, host="openbis", times=1)
        assert lab.children().nodes
        hub.faults.add("down", host="openbis", times=1)
        assert lab.children().nodes


class TestCertificates:
    """Servers whose certificate nobody has signed."""

    @pytest.fixture
    def certificate(self, tmp_path: Path) -> Certificate:
        return self_signed(tmp_path / "tls")

    @pytest.fixture
    def secure(self, demo_data: Path, certificate: Certificate) -> Iterator[DemoHub]:
        with DemoHub(demo_data, big=False, openbis_tls=certificate.context()) as running:
            yield running

    def test_it_is_refused_with_what_to_do(self, secure: DemoHub, at: Lab) -> None:
        source = at(secure.services["openbis"]["url"])
        assert source.vault
        source.vault.put(source.name, Secret(token="any"))
        for error in told(source, UnreachableError):
            assert "certificate" in error.message
            assert "ca_bundle" in error.hint
        assert secure.seen("*", "POST") == []

    def test_its_authority_can_be_trusted(
        self, secure: DemoHub, at: Lab, certificate: Certificate
    ) -> None:
        service = secure.services["openbis"]
        source = at(service["url"], ca_bundle=str(certificate.certificate))
        source.connect(Credentials(user=service["user"], password=service["password"]))
        assert source.children().nodes

    def test_verification_is_off_only_where_that_is_said(self, secure: DemoHub, at: Lab) -> None:
        service = secure.services["openbis"]
        source = at(service["url"], verify_tls=False)
        source.connect(Credentials(user=service["user"], password=service["password"]))
        assert source.children().nodes

    def test_a_bundle_that_is_not_there_is_a_matter_of_settings(
        self, secure: DemoHub, at: Lab, tmp_path: Path
    ) -> None:
        source = at(secure.services["openbis"]["url"], ca_bundle=str(tmp_path / "gone.pem"))
        assert source.vault
        source.vault.put(source.name, Secret(token="any"))
        with pytest.raises(SettingsError):
            source.children()
