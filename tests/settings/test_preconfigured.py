"""openBIS servers are found where other tools have them, and no setting holds a secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec
import pytest
import yaml

from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.preconfigured import (
    CONNECTIONS_FILE,
    Given,
    found_sources,
    given,
    name_for,
    same_server,
    server_address,
)
from jupyterlab_datahub.settings.traits import DataHub

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "kept-out-of-settings"
TOKEN = "scientist-260101120000000xC0FFEE"


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any configuration; returns the home directory."""
    home = tmp_path / "user"
    for directory in (home / "config", home / "site"):
        directory.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(home / "site"))
    monkeypatch.setenv("DATAHUB_HOME", str(tmp_path / "datahub"))
    for variable in ("OPENBIS_URL", "OPENBIS_HOST", "OPENBIS_TOKEN", "DATAHUB_SOURCES"):
        monkeypatch.delenv(variable, raising=False)
    return home


def write_connections(directory: Path, *entries: object) -> Path:
    path = directory / CONNECTIONS_FILE
    path.write_text(yaml.safe_dump({"connections": list(entries)}))
    return path


def write_token(user: Path, host: str, token: str = TOKEN) -> None:
    (user / ".pybis").mkdir(exist_ok=True)
    (user / ".pybis" / f"{host}.token").write_text(token + "\n")


def openbis(url: str, name: str = "lab", title: str = "") -> SourceConfig:
    return SourceConfig(name=name, kind="openbis", url=url, title=title)


def test_nothing_is_found_where_nothing_is() -> None:
    assert found_sources(()) == ()
    assert given(openbis("https://lab.example.org")) is None


def test_all_keys_of_the_connections_file_count(user: Path) -> None:
    path = write_connections(
        user / "config",
        {
            "name": "TEST local openBIS instance",
            "url": "https://localhost:8443",
            "verify_certificates": False,
            "username": "tester",
            "password": PASSWORD,
        },
        {"name": "Plain", "url": "127.0.0.1:8080", "http_only": True},
        {"url": "openbis.example.org"},
        {"name": "no address"},
        "no mapping",
    )
    local, plain, nameless = found_sources(())
    assert local == SourceConfig(
        name="test-local-openbis-instance",
        kind="openbis",
        title="TEST local openBIS instance",
        url="https://localhost:8443",
        verify_tls=False,
        configured_by=f"the file {path}",
    )
    assert plain.url == "http://127.0.0.1:8080"
    assert plain.options == {"allow_http": True}
    assert plain.verify_tls
    assert (nameless.name, nameless.url) == ("openbis-example-org", "https://openbis.example.org")
    assert given(local) == Given(place=f"in {path}", user="tester", password=PASSWORD)
    assert given(plain) is None


def test_the_files_of_all_directories_count_and_the_users_comes_first(user: Path) -> None:
    write_connections(user / "config", {"name": "Lab", "url": "https://mine.example.org"})
    write_connections(
        user / "site",
        {"name": "lab", "url": "https://site.example.org"},
        {"name": "Again", "url": "https://mine.example.org"},
    )
    found = {config.name: config.url for config in found_sources(())}
    assert found["again"] == "https://mine.example.org"
    del found["again"]
    assert sorted(found) == ["lab", "lab-2"]
    assert set(found.values()) == {"https://mine.example.org", "https://site.example.org"}


def test_a_file_may_name_one_server_for_two_users(user: Path) -> None:
    write_connections(
        user / "config",
        {"name": "Ada", "url": "https://lab.example.org", "username": "ada", "password": "1"},
        {"name": "Bob", "url": "https://lab.example.org", "username": "bob", "password": "2"},
    )
    users = [found.user for config in found_sources(()) if (found := given(config))]
    assert users == ["ada", "bob"]


@pytest.mark.parametrize(
    "text",
    [f"connections: [{{name: a, password: {PASSWORD}", "connections: 3", "just words", "a: 1"],
)
def test_a_broken_file_is_told_without_its_secrets_and_stops_nothing(
    user: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    (user / "config" / CONNECTIONS_FILE).write_text(text)
    with caplog.at_level(logging.WARNING):
        assert found_sources(()) == ()
    assert CONNECTIONS_FILE in caplog.text
    assert PASSWORD not in caplog.text


def test_an_empty_file_is_no_fault(user: Path, caplog: pytest.LogCaptureFixture) -> None:
    (user / "config" / CONNECTIONS_FILE).write_text("")
    assert found_sources(()) == ()
    assert caplog.text == ""


def test_the_environment_names_a_server_and_lets_us_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBIS_URL", "https://Hub.example.org:8443/openbis")
    monkeypatch.setenv("OPENBIS_TOKEN", TOKEN)
    (config,) = found_sources(())
    assert config.name == "openbis"
    assert config.title == "hub.example.org:8443"
    assert config.url == "https://hub.example.org:8443"
    assert config.configured_by == "the environment (OPENBIS_URL)"
    assert given(config) == Given(place="in the environment (OPENBIS_TOKEN)", token=TOKEN)
    assert given(openbis("https://other.example.org")) is None


def test_a_hub_that_keeps_the_token_in_a_file_lets_us_in_too(
    user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBIS_URL", "https://hub.example.org:8443")
    write_token(user, "hub.example.org")
    (config,) = found_sources(())
    assert config.url == "https://hub.example.org:8443"
    assert given(config) == Given(place="in ~/.pybis/hub.example.org.token", token=TOKEN)


def test_a_token_of_pybis_alone_names_its_server(user: Path) -> None:
    write_token(user, "lab.example.org")
    write_token(user, "known.example.org")
    write_token(user, "no host")
    known = openbis("https://known.example.org:8443")
    (config,) = found_sources((known,))
    assert config.name == "lab-example-org"
    assert config.url == "https://lab.example.org"
    assert "pyBIS" in config.configured_by


def test_the_environment_wins_over_pybis_and_a_password_comes_last(
    user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = openbis("https://lab.example.org")
    write_connections(user / "config", {"url": config.url, "username": "ada", "password": PASSWORD})
    assert (found := given(config)) is not None
    assert found.password == PASSWORD
    write_token(user, "lab.example.org", "from-pybis")
    assert (found := given(config)) is not None
    assert found.token == "from-pybis"
    monkeypatch.setenv("OPENBIS_URL", config.url)
    monkeypatch.setenv("OPENBIS_TOKEN", "from-environment")
    assert (found := given(config)) is not None
    assert found.token == "from-environment"


def test_what_is_configured_is_not_named_twice(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_connections(user / "config", {"name": "Lab", "url": "https://lab.example.org"})
    monkeypatch.setenv("OPENBIS_URL", "https://lab.example.org/openbis/webapp/eln-lims/")
    write_token(user, "lab.example.org")
    assert len(found_sources(())) == 1
    assert found_sources((openbis("https://LAB.example.org/"),)) == ()


def test_another_server_of_a_name_that_is_taken_gets_a_number(
    user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBIS_URL", "https://other.example.org")
    known = SourceConfig(name="openbis", kind="folder")
    (config,) = found_sources((known,))
    assert config.name == "openbis-2"


def test_settings_hold_the_servers_and_no_secret(
    user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_connections(
        user / "config",
        {"name": "Old", "url": "https://old.example.org", "username": "a", "password": PASSWORD},
    )
    monkeypatch.setenv("OPENBIS_URL", "https://hub.example.org")
    monkeypatch.setenv("OPENBIS_TOKEN", TOKEN)
    write_token(user, "pybis.example.org")
    admin = {"name": "facility", "kind": "openbis", "url": "https://facility.example.org"}
    settings = DataHub(sources=[admin], extra_sources=[{"name": "x", "kind": "folder"}]).settings(
        tmp_path
    )
    assert [(config.name, config.configured_by.split(" ")[0]) for config in settings.sources] == [
        ("facility", "an"),
        ("x", "an"),
        ("old", "the"),
        ("openbis", "the"),
        ("pybis-example-org", "pyBIS"),
    ]
    written = msgspec.json.encode(settings).decode() + repr(settings)
    assert PASSWORD not in written
    assert TOKEN not in written


def test_a_sources_file_says_who_configured_what(user: Path, tmp_path: Path) -> None:
    path = user / "config" / "datahub-sources.yaml"
    path.write_text("- {name: lab, kind: openbis, url: 'https://a.org', configured_by: you}\n")
    (config,) = DataHub().settings(tmp_path).sources
    assert config.configured_by == f"the file {path}"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://openbis.example.org", "https://openbis.example.org"),
        (" openbis.example.org/ ", "https://openbis.example.org"),
        ("https://Openbis.Example.org:8443/", "https://openbis.example.org:8443"),
        ("https://h.org/openbis/webapp/eln-lims/?menu=x#y", "https://h.org"),
        ("https://h.org/openbis", "https://h.org"),
        ("http://127.0.0.1:9/openbis-base", "http://127.0.0.1:9/openbis-base"),
        ("https://h.org/base/openbis/openbis", "https://h.org/base"),
        ("https://me:secret@h.org", "https://h.org"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("", ""),
        ("https://", ""),
        ("file:///etc/passwd", ""),
        ("https://[::1", ""),
        ("https://h.org:notaport", ""),
        ("https://a b", ""),
    ],
)
def test_addresses_are_read_as_people_give_them(text: str, address: str) -> None:
    assert server_address(text) == address


def test_two_ways_to_write_a_server_are_one() -> None:
    assert same_server("https://h.org/openbis", "H.org")
    assert not same_server("https://h.org", "https://h.org:8443")
    assert not same_server("", "")


@pytest.mark.parametrize(
    ("title", "name"),
    [("Zürich Lab (test)", "zurich-lab-test"), ("日本", "openbis"), ("a" * 50, "a" * 40)],
)
def test_names_are_easy_to_type(title: str, name: str) -> None:
    assert name_for(title) == name
