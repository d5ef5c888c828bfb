"""Being let in to an openBIS, and what is kept of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
import yaml

from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.openbis.tls import self_signed
from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    ConflictError,
    DataHubError,
    ExpiredError,
    NotSupportedError,
    SettingsError,
    UnreachableError,
)
from jupyterlab_datahub.model import ConnectionState, Credentials, Secret
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.vault import IN_FILE, Vault
from jupyterlab_datahub.sources.connections import UNCHECKED
from jupyterlab_datahub.sources.openbis.login import STAYS
from jupyterlab_datahub.sources.openbis.source import OpenbisSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory, of a user whose other tools know nothing either."""
    user = tmp_path / "user"
    (user / "config").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(user))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(user / "config"))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    for variable in ("OPENBIS_URL", "OPENBIS_HOST", "OPENBIS_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path / "home"


@pytest.fixture
def vault(home: Path) -> Vault:
    return Vault(home)


@pytest.fixture
def make(hub: DemoHub, home: Path, vault: Vault) -> Callable[..., OpenbisSource]:
    """Return a function that makes the Source, with other settings where wanted."""

    def make(**changed: object) -> OpenbisSource:
        config = SourceConfig(
            name="lab",
            kind="openbis",
            title="openBIS lab",
            url=hub.services["openbis"]["url"],
            options={"attempts": 1},
        )
        config = msgspec.structs.replace(config, **changed)
        return OpenbisSource(config, home / "cache", home, vault)

    return make


@pytest.fixture
def source(make: Callable[..., OpenbisSource]) -> OpenbisSource:
    return make()


def password(hub: DemoHub, **more: object) -> Credentials:
    service = hub.services["openbis"]
    return Credentials(user=service["user"], password=service["password"], **more)  # type: ignore[arg-type]  # fields by their names


def token_of(hub: DemoHub) -> str:
    """Log in as a browser does, and return the session's token."""
    service = hub.services["openbis"]
    token = hub.openbis.store.sessions.login(service["user"], service["password"])
    assert token is not None
    return token


def everything_in(directory: Path) -> str:
    return "\n".join(
        path.read_text(errors="replace") for path in directory.rglob("*") if path.is_file()
    )


def refused(source: OpenbisSource, credentials: Credentials, kind: type[DataHubError]) -> str:
    """Fail to connect, and return all words that come of it."""
    with pytest.raises(kind) as told:
        source.connect(credentials)
    assert source.vault is not None
    assert source.vault.get("lab") is None
    assert source.known().state is ConnectionState.DISCONNECTED
    words = f"{told.value!r} {told.value.message} {told.value.hint} {told.value.body()}"
    for secret in (credentials.password, credentials.token):
        assert not secret or secret not in words
    return words


class TestConnecting:
    """What users give, and what is kept of it."""

    def test_a_password_is_exchanged_for_a_session_and_kept_nowhere(
        self, hub: DemoHub, source: OpenbisSource, vault: Vault, tmp_path: Path
    ) -> None:
        assert source.known().state is ConnectionState.DISCONNECTED
        connection = source.connect(password(hub))
        assert connection.state is ConnectionState.CONNECTED
        assert connection.user == hub.services["openbis"]["user"]
        assert connection.method == "session"
        assert connection.kept == IN_FILE
        assert connection.note == ""
        assert source.known() == source.connection() == connection
        secret = vault.get("lab")
        assert secret is not None
        assert hub.openbis.store.sessions.find(secret.token) is not None
        assert hub.services["openbis"]["password"] not in everything_in(tmp_path)

    def test_a_personal_access_token_is_kept_in_place_of_the_session(
        self, hub: DemoHub, source: OpenbisSource, vault: Vault
    ) -> None:
        connection = source.connect(password(hub, make_token=True, token_days=7))
        assert connection.method == "personal access token"
        assert connection.user == hub.services["openbis"]["user"]
        left = datetime.fromisoformat(connection.expires) - datetime.now(UTC)
        assert timedelta(days=6.9) < left < timedelta(days=7.1)
        secret = vault.get("lab")
        assert secret is not None
        assert secret.token in hub.openbis.store.sessions.pats
        hub.openbis.store.sessions.expire()
        assert source.connection() == connection

    def test_the_session_that_made_the_token_is_closed(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        source.connect(password(hub, make_token=True))
        assert [seen for seen in hub.requests if seen.path.endswith("#logout")] or not (
            hub.openbis.store.sessions._used
        )

    def test_a_token_lives_no_longer_than_the_server_allows_and_says_so(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        connection = source.connect(password(hub, make_token=True, token_days=365))
        left = datetime.fromisoformat(connection.expires) - datetime.now(UTC)
        assert timedelta(days=29) < left <= timedelta(days=30)
        (pat,) = hub.openbis.store.sessions.pats.values()
        told = datetime.fromisoformat(connection.expires).timestamp()
        assert int(pat.valid_to / 1000) == told

    def test_a_session_of_the_browser_is_used_and_left_open(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        token = token_of(hub)
        connection = source.connect(Credentials(token=token))
        assert connection.user == hub.services["openbis"]["user"]
        assert connection.method == "session"
        assert source.disconnect().state is ConnectionState.DISCONNECTED
        assert hub.openbis.store.sessions.find(token) is not None

    def test_a_session_of_the_browser_can_make_a_token(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        token = token_of(hub)
        connection = source.connect(Credentials(token=token, make_token=True))
        assert connection.method == "personal access token"
        assert hub.openbis.store.sessions.find(token) is not None

    def test_a_personal_access_token_made_elsewhere_is_used(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        sessions = hub.openbis.store.sessions
        begin = datetime.now(UTC) - timedelta(minutes=1)
        end = begin + timedelta(days=3)
        pat = sessions.create_pat(
            sessions.session(token_of(hub)),
            "mine",
            int(begin.timestamp() * 1000),
            int(end.timestamp() * 1000),
        )
        connection = source.connect(Credentials(token=pat, make_token=True))
        assert connection.method == "personal access token"
        assert connection.expires[:16] == end.isoformat()[:16]
        assert list(sessions.pats) == [pat]

    def test_without_certificates_checked_there_is_a_warning(
        self, hub: DemoHub, make: Callable[..., OpenbisSource]
    ) -> None:
        loose = make(url="https://lab.example.org", verify_tls=False)
        assert loose.known().note == UNCHECKED


class TestRefused:
    """Nothing is kept, and nothing said that should not be."""

    def test_wrong_password(self, hub: DemoHub, source: OpenbisSource) -> None:
        wrong = Credentials(user="scientist", password="not-the-password")
        assert "User name or password is wrong" in refused(source, wrong, AccessError)

    @pytest.mark.parametrize("word", ["password", "wrong", "openBIS", "Check", "e"])
    def test_a_password_that_our_own_words_have_in_them_too(
        self, source: OpenbisSource, word: str
    ) -> None:
        with pytest.raises(AccessError, match="User name or password is wrong"):
            source.connect(Credentials(user="scientist", password=word))

    def test_a_server_that_is_down_is_told_whatever_the_password(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        hub.faults.add("down", host="openbis")
        with pytest.raises(UnreachableError) as told:
            source.connect(Credentials(user="scientist", password="127"))
        assert "refused" not in told.value.message

    def test_an_old_secret_survives_a_wrong_password(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        before = source.connect(password(hub))
        with pytest.raises(AccessError):
            source.connect(Credentials(user="scientist", password="not-the-password"))
        assert source.connection() == before

    @pytest.mark.parametrize("token", ["scientist-260101120000000x0123456789ABCDEF", "$pat-a-b"])
    def test_unknown_token(self, source: OpenbisSource, token: str) -> None:
        words = refused(source, Credentials(token=token), AccessError)
        assert "not valid" in words

    @pytest.mark.parametrize(
        "half", [Credentials(user="scientist"), Credentials(password="alone"), Credentials()]
    )
    def test_half_of_a_password_and_user(self, source: OpenbisSource, half: Credentials) -> None:
        refused(source, half, BadRequestError)

    @pytest.mark.parametrize("days", [0, -1, 4000])
    def test_a_token_for_days_that_make_no_sense(
        self, hub: DemoHub, source: OpenbisSource, days: int
    ) -> None:
        refused(source, password(hub, make_token=True, token_days=days), BadRequestError)

    def test_a_server_that_makes_no_tokens(self, hub: DemoHub, source: OpenbisSource) -> None:
        hub.openbis.store.sessions.pats_enabled = False
        words = refused(source, password(hub, make_token=True), NotSupportedError)
        assert "Connect without one" in words

    def test_a_web_page_instead_of_data(self, hub: DemoHub, source: OpenbisSource) -> None:
        hub.faults.add("html", host="openbis", times=9, status=502)
        with pytest.raises(DataHubError) as told:
            source.connect(password(hub))
        assert hub.services["openbis"]["host"] in told.value.message
        assert source.known().state is ConnectionState.DISCONNECTED

    def test_data_cut_short(self, hub: DemoHub, source: OpenbisSource) -> None:
        hub.faults.add("truncated_json", host="openbis", times=9)
        refused(source, password(hub), BadAnswerError)

    def test_a_server_that_is_down(self, hub: DemoHub, source: OpenbisSource) -> None:
        hub.faults.add("down", host="openbis")
        words = refused(source, password(hub), UnreachableError)
        assert hub.services["openbis"]["host"] in words

    def test_an_address_without_encryption(self, make: Callable[..., OpenbisSource]) -> None:
        with pytest.raises(SettingsError):
            make(url="http://openbis.example.org")

    def test_a_certificate_that_nobody_signed(
        self,
        demo_data: Path,
        tmp_path: Path,
        make: Callable[..., OpenbisSource],
    ) -> None:
        made = self_signed(tmp_path / "tls")
        with DemoHub(demo_data, big=False, openbis_tls=made.context()) as hub:
            url = hub.services["openbis"]["url"]
            assert url.startswith("https://")
            words = refused(make(url=url), password(hub), UnreachableError)
            assert "certificate" in words
            odd = make(url=url, ca_bundle=str(tmp_path / "tls" / "openssl.cnf"))
            assert "certificate" in refused(odd, password(hub), DataHubError).lower()
            trusting = make(url=url, ca_bundle=str(made.certificate))
            assert trusting.connect(password(hub)).state is ConnectionState.CONNECTED
            trusting.disconnect()
            loose = make(url=url, verify_tls=False).connect(password(hub))
            assert loose.state is ConnectionState.CONNECTED
            assert loose.note == UNCHECKED


class TestOver:
    """Sessions end, by themselves or because somebody wants it."""

    def test_an_expired_session_is_told(self, hub: DemoHub, source: OpenbisSource) -> None:
        source.connect(password(hub))
        hub.openbis.store.sessions.expire()
        with pytest.raises(ExpiredError) as told:
            source.connection()
        assert told.value.source == "lab"
        with pytest.raises(ExpiredError):
            source.session.call("getSpaces", [], {})
        source.connect(password(hub))
        assert source.connection().state is ConnectionState.CONNECTED

    def test_a_revoked_token_is_told(
        self, hub: DemoHub, source: OpenbisSource, vault: Vault
    ) -> None:
        source.connect(password(hub, make_token=True))
        secret = vault.get("lab")
        assert secret is not None
        hub.openbis.store.sessions.revoke_pat(secret.token)
        with pytest.raises(ExpiredError, match=r"personal access token .* was revoked"):
            source.connection()
        with pytest.raises(ExpiredError, match=r"personal access token .* was revoked"):
            source.session.call("searchSpaces", {}, {})

    def test_a_token_after_its_time_is_known_to_be_over(
        self, source: OpenbisSource, vault: Vault
    ) -> None:
        vault.put("lab", Secret(token="$pat-a-b", expires="2020-01-01T00:00:00Z"))
        assert source.known().state is ConnectionState.EXPIRED

    def test_disconnecting_logs_out_and_forgets(
        self, hub: DemoHub, source: OpenbisSource, vault: Vault
    ) -> None:
        source.connect(password(hub))
        secret = vault.get("lab")
        assert secret is not None
        assert source.disconnect().state is ConnectionState.DISCONNECTED
        assert vault.get("lab") is None
        assert hub.openbis.store.sessions.find(secret.token) is None
        assert source.disconnect().state is ConnectionState.DISCONNECTED
        with pytest.raises(AccessError, match="not connected"):
            source.session.token()

    def test_disconnecting_from_a_server_that_is_down_forgets_all_the_same(
        self, hub: DemoHub, source: OpenbisSource, vault: Vault
    ) -> None:
        source.connect(password(hub))
        hub.faults.add("down", host="openbis")
        assert source.disconnect().state is ConnectionState.DISCONNECTED
        assert vault.get("lab") is None

    def test_disconnecting_takes_back_the_token_that_was_made_here(
        self, hub: DemoHub, source: OpenbisSource, vault: Vault
    ) -> None:
        source.connect(password(hub, make_token=True))
        assert len(hub.openbis.store.sessions.pats) == 1
        connection = source.disconnect()
        assert connection.state is ConnectionState.DISCONNECTED
        assert connection.note == ""
        assert vault.get("lab") is None
        assert not hub.openbis.store.sessions.pats

    def test_a_token_that_was_made_elsewhere_stays_and_that_is_said(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        sessions = hub.openbis.store.sessions
        begin = int(datetime.now(UTC).timestamp() * 1000) - 1000
        pat = sessions.create_pat(
            sessions.session(token_of(hub)), "mine", begin, begin + 86_400_000
        )
        source.connect(Credentials(token=pat))
        assert source.disconnect().note == STAYS
        assert list(sessions.pats) == [pat]

    def test_a_token_that_cannot_be_taken_back_is_said_to_stay(
        self, hub: DemoHub, source: OpenbisSource, vault: Vault
    ) -> None:
        source.connect(password(hub, make_token=True))
        hub.faults.add("down", host="openbis")
        assert source.disconnect().note == STAYS
        assert vault.get("lab") is None

    def test_a_revoked_token_leaves_nothing_to_take_back(
        self, hub: DemoHub, source: OpenbisSource
    ) -> None:
        source.connect(password(hub, make_token=True))
        hub.openbis.store.sessions.pats.clear()
        assert source.disconnect().note == ""

    def test_a_secret_is_not_shown_to_another_server(
        self, hub: DemoHub, source: OpenbisSource, make: Callable[..., OpenbisSource]
    ) -> None:
        source.connect(password(hub))
        assert make(url="https://other.example.org").known().state is ConnectionState.DISCONNECTED


class TestGivenElsewhere:
    """Tokens and passwords that other tools left."""

    def test_a_token_in_the_environment(
        self,
        hub: DemoHub,
        source: OpenbisSource,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        token = token_of(hub)
        monkeypatch.setenv("OPENBIS_URL", hub.services["openbis"]["url"])
        monkeypatch.setenv("OPENBIS_TOKEN", token)
        assert source.known().state is ConnectionState.CONNECTED
        connection = source.connection()
        assert connection.state is ConnectionState.CONNECTED
        assert connection.user == hub.services["openbis"]["user"]
        assert connection.kept == "in the environment (OPENBIS_TOKEN)"
        assert source.session.token() == token
        assert token not in everything_in(tmp_path)
        with pytest.raises(ConflictError, match="OPENBIS_TOKEN"):
            source.disconnect()

    def test_a_token_that_a_hub_renews(
        self, hub: DemoHub, source: OpenbisSource, tmp_path: Path
    ) -> None:
        file = tmp_path / "user" / ".pybis" / "127.0.0.1.token"
        file.parent.mkdir()
        file.write_text(token_of(hub))
        assert source.connection().state is ConnectionState.CONNECTED
        hub.openbis.store.sessions.expire()
        with pytest.raises(ExpiredError):
            source.connection()
        file.write_text(token_of(hub))
        assert source.connection().state is ConnectionState.CONNECTED

    def test_what_was_kept_and_is_over_gives_way_to_what_is_given(
        self, hub: DemoHub, source: OpenbisSource, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source.connect(password(hub))
        hub.openbis.store.sessions.expire()
        monkeypatch.setenv("OPENBIS_URL", hub.services["openbis"]["url"])
        monkeypatch.setenv("OPENBIS_TOKEN", token_of(hub))
        assert source.connection().kept == "in the environment (OPENBIS_TOKEN)"
        assert vault.get("lab") is None

    @pytest.fixture
    def in_file(self, hub: DemoHub, tmp_path: Path) -> Path:
        service = hub.services["openbis"]
        entry = {
            "name": "openBIS lab",
            "url": service["url"],
            "username": service["user"],
            "password": service["password"],
        }
        path = tmp_path / "user" / "config" / "openbis-connections.yaml"
        path.write_text(yaml.safe_dump({"connections": [entry]}))
        return path

    def test_a_password_in_a_file_is_honoured_and_warned_about(
        self, hub: DemoHub, source: OpenbisSource, in_file: Path, home: Path
    ) -> None:
        assert str(in_file) in source.known().note
        assert source.session.call("getSpaces", [], {}) == {}
        connection = source.known()
        assert connection.state is ConnectionState.CONNECTED
        assert "Your password stands in" in connection.note
        assert hub.services["openbis"]["password"] not in everything_in(home)

    def test_a_password_in_a_file_renews_a_session_by_itself(
        self, hub: DemoHub, source: OpenbisSource, in_file: Path
    ) -> None:
        source.connection()
        hub.openbis.store.sessions.expire()
        assert source.session.call("getSpaces", [], {}) == {}
        hub.openbis.store.sessions.expire()
        assert source.connection().state is ConnectionState.CONNECTED

    def test_who_disconnects_is_not_let_in_again_by_a_file(
        self, hub: DemoHub, source: OpenbisSource, in_file: Path
    ) -> None:
        source.connection()
        assert source.disconnect().state is ConnectionState.DISCONNECTED
        assert source.connection().state is ConnectionState.DISCONNECTED
        with pytest.raises(AccessError, match="not connected"):
            source.session.token()
        assert source.connect(password(hub)).state is ConnectionState.CONNECTED

    def test_a_wrong_password_in_a_file_is_tried_once(
        self, hub: DemoHub, source: OpenbisSource, in_file: Path
    ) -> None:
        in_file.write_text(in_file.read_text().replace("password: ", "password: not-"))
        for _ in range(3):
            with pytest.raises(AccessError, match="wrong"):
                source.connection()
            with pytest.raises(AccessError, match="wrong"):
                source.session.token()
        assert len(hub.seen(method="POST")) == 1
