"""Being let in to Synapse, and how nothing of the token shows."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.synapse import contents
from jupyterlab_datahub.demo.synapse.users import LOOKER, READER
from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    BusyError,
    ExpiredError,
    FieldsError,
    NotFoundError,
    SettingsError,
)
from jupyterlab_datahub.model import Asset, ConnectionState, Credentials
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.synapse.addresses import PUBLIC, is_private
from jupyterlab_datahub.sources.synapse.source import SynapseSource
from tests.sources.synapse.conftest import connected

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.synapse.demo_synapse import DemoSynapse
    from tests.sources.synapse.conftest import Make

FILE = f"synapse:{contents.ANNOTATED}"


def test_a_token_lets_in_and_is_kept(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    source = make()
    assert source.known().state is ConnectionState.DISCONNECTED
    found = source.connect(Credentials(token=READER.token))
    assert (found.state, found.user) == (ConnectionState.CONNECTED, READER.name)
    assert (found.method, found.kept) == ("personal access token", "in a file only you can read")
    assert found.rights == ("Look at what you may see", "Download files")
    assert make().connection() == found
    gone = source.disconnect()
    assert gone.state is ConnectionState.DISCONNECTED
    assert "stays valid at Synapse" in gone.note
    with pytest.raises(AccessError, match="not connected"):
        source.dataset(FILE)
    assert READER.token not in caplog.text
    assert READER.token not in repr((found, gone))


@pytest.mark.parametrize("token", ["nonsense", f"{READER.token}x", "eyJ0.e30.x"])
def test_a_wrong_token_is_refused_and_not_kept(make: Make, token: str) -> None:
    source = make()
    with pytest.raises(FieldsError) as caught:
        source.connect(Credentials(token=token))
    [problem] = caught.value.fields
    assert problem.field == "token"
    assert "Invalid access token" in problem.message
    assert token not in str(caught.value)
    assert "Personal access tokens" in caught.value.hint
    assert source.known().state is ConnectionState.DISCONNECTED


@pytest.mark.parametrize("token", ["two words", "tökén", "line\nbreak"])
def test_what_is_no_token_is_sent_to_nobody(make: Make, synapse: DemoSynapse, token: str) -> None:
    with pytest.raises(FieldsError, match="no token"):
        make().connect(Credentials(token=token))
    with pytest.raises(BadRequestError, match="Nothing was given"):
        make().connect(Credentials())
    assert synapse.api.requests == []


def test_a_token_that_is_deleted_is_over(make: Make, synapse: DemoSynapse) -> None:
    source = connected(make())
    synapse.api.revoked.add(READER.token)
    for ask in (source.connection, source.children, lambda: source.dataset(FILE)):
        with pytest.raises(ExpiredError, match="does not accept the token") as caught:
            ask()
        assert READER.token not in f"{caught.value} {caught.value.hint}"


def test_a_token_without_download_says_so_when_connecting(make: Make) -> None:
    source = connected(make(), LOOKER.token)
    assert "may not be used to download" in source.known().note
    found = source.dataset(FILE)
    with pytest.raises(AccessError, match="does not take this token") as caught:
        source.resolve(Asset(ref=found.ref, name="x"))
    assert "View and Download" in caught.value.hint


def test_profiles_of_synapseclient_let_in(make: Make, synapse: DemoSynapse, nobody: Path) -> None:
    assert SynapseSource.profiles() == ()
    (nobody / ".synapseConfig").write_text(
        "[default]\nusername = demo\nauthtoken = "
        f"{READER.token}\n[profile lab]\nauthtoken={LOOKER.token}\n[profile empty]\nusername=x\n"
        f"[cache]\nlocation=~/x\n[endpoints]\nrepoEndpoint={synapse.api.url}/repo/v1\n",
        encoding="utf-8",
    )
    found = SynapseSource.profiles()
    assert [(one.name, one.url) for one in found] == [
        ("default", synapse.api.url),
        ("lab", synapse.api.url),
    ]
    assert READER.token not in repr(found)
    connection = make().connect(Credentials(profile="default"))
    assert connection.user == READER.name
    with pytest.raises(NotFoundError, match="has no profile 'empty'"):
        make().connect(Credentials(profile="empty"))


def test_a_token_of_a_profile_is_shown_to_no_other_host(
    make: Make, synapse: DemoSynapse, nobody: Path
) -> None:
    text = f"[authentication]\nauthtoken = {READER.token}\n"
    (nobody / ".synapseConfig").write_text(text, encoding="utf-8")
    assert SynapseSource.claimed_address(Credentials(profile="authentication")) == PUBLIC
    with pytest.raises(FieldsError, match="are of https://repo-prod"):
        make().connect(Credentials(profile="authentication"))
    assert synapse.api.requests == []


def test_a_config_that_cannot_be_read_has_no_profiles(nobody: Path) -> None:
    (nobody / ".synapseConfig").write_bytes(b"\xff\xfe authtoken")
    assert SynapseSource.profiles() == ()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://www.synapse.org", PUBLIC),
        ("synapse.org", PUBLIC),
        ("https://www.synapse.org/Synapse:syn123/files/", PUBLIC),
        ("https://repo-prod.prod.sagebase.org/repo/v1", PUBLIC),
        ("http://127.0.0.1:99/", "http://127.0.0.1:99"),
        ("https://dev.example.org:443/x", "https://dev.example.org"),
        ("two words", ""),
        ("ftp://synapse.org", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_an_address_is_that_of_the_services(typed: str, address: str) -> None:
    assert SynapseSource.address(typed) == address


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1/x", True),
        ("http://[::1]/x", True),
        ("http://169.254.169.254/latest", True),
        ("https://10.1.2.3/x", True),
        ("http://localhost:80/x", True),
        ("http://printer/x", True),
        ("http://metadata.google.internal/x", True),
        ("https://8.8.8.8/x", False),
        ("https://data.example.org/x", False),
    ],
)
def test_a_machine_of_this_network_is_told_from_the_web(url: str, private: bool) -> None:
    assert is_private(url) is private


def test_a_token_goes_over_no_plain_connection(tmp_path: Path) -> None:
    config = SourceConfig(name="synapse", kind="synapse", url="http://synapse.example.org")
    with pytest.raises(SettingsError, match="without https"):
        SynapseSource(config, tmp_path, tmp_path)


def test_a_wrong_project_in_the_configuration_is_named(make: Make) -> None:
    with pytest.raises(SettingsError, match="'atlas' in projects"):
        make(projects="atlas")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_asked_again_and_then_says_when(
    make: Make, synapse: DemoSynapse, status: int
) -> None:
    source = connected(make())
    synapse.api.faults.add("status", status=status, times=2)
    assert source.dataset(FILE).title == "annotated.h5ad"
    synapse.api.faults.add("status", status=status, retry_after="3600", times=9)
    with pytest.raises(BusyError) as caught:
        source.children()
    assert caught.value.retry_after == 3600
    synapse.api.faults.clear()
    assert source.connection().state is ConnectionState.CONNECTED


def test_a_page_that_only_lacks_its_wiki_is_shown(make: Make, synapse: DemoSynapse) -> None:
    source = connected(make())
    synapse.api.faults.add("status", status=500, path="*/wiki/*", times=9)
    assert source.dataset(FILE).description == ""
