"""Folders, limits and settings, without the web around them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_datahub.eln.folders import Folders, parts_of, stem_of
from jupyterlab_datahub.eln.limits import BadTokens
from jupyterlab_datahub.eln.settings import ElnSettings, checked, origin_of
from jupyterlab_datahub.errors import BadRequestError, NotFoundError, SettingsError
from tests.eln.conftest import give

OPENBIS = "https://openbis.example"


@given(st.text())
def test_every_folder_that_is_taken_stays_below(folder: str) -> None:
    try:
        parts = parts_of(folder)
    except BadRequestError:
        return
    assert not any(part in ("", ".", "..") or "/" in part or "\0" in part for part in parts)
    home = "/home/anna"
    assert os.path.normpath(os.path.join(home, *parts)).startswith(home)  # noqa: PTH118 - normpath


@given(st.text())
def test_every_name_that_is_taken_is_one_name(name: str) -> None:
    try:
        stem = stem_of(f"{name}.ipynb")
    except BadRequestError:
        return
    assert Path("/x", f"{stem}.ipynb").parent == Path("/x")
    assert "\0" not in stem


def test_a_link_put_there_meanwhile_gains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "anna", tmp_path / "elsewhere"
    home.mkdir()
    give(home)
    elsewhere.mkdir()
    made = os.mkdir

    def exchanged(name: str, mode: int, *, dir_fd: int) -> None:
        # What a user might do between the making of a folder and its opening.
        made(name, mode, dir_fd=dir_fd)
        os.rmdir(name, dir_fd=dir_fd)
        os.symlink(elsewhere, name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "mkdir", exchanged)
    with pytest.raises(BadRequestError, match="link"):
        Folders(str(tmp_path / "{user}")).place("anna", "a", "x.ipynb", b"{}")
    assert list(elsewhere.iterdir()) == []


def test_the_system_knows_where_users_live() -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        Folders().place("nobody-of-this-name", "", "x.ipynb", None)


def test_wrong_tokens_are_forgotten_after_their_time() -> None:
    now = [0.0]
    limits = BadTokens(2, 60, lambda: now[0])
    assert limits.wait("a") == 0
    limits.add("a")
    now[0] = 10
    limits.add("a")
    assert (limits.wait("a"), limits.wait("b")) == (50, 0)
    now[0] = 59.5
    assert limits.wait("a") == 1
    now[0] = 60
    assert limits.wait("a") == 0
    limits.add("a")
    assert limits.wait("a") == 10


def test_many_addresses_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyterlab_datahub.eln.limits.MAX_ADDRESSES", 3)
    limits = BadTokens(1, 60, lambda: 0.0)
    for address in "abcd":
        limits.add(address)
    assert [limits.wait(address) for address in "abcd"] == [0, 60, 60, 60]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"openbis": "openbis.example"}, "not a web address"),
        ({"openbis": "file:///etc"}, "not a web address"),
        ({"openbis": "https://x:99999"}, "not a web address"),
        ({"hub": "hub"}, "not a web address"),
        ({"origins": ("eln",)}, "not a web address"),
        ({"certificate": "c.pem"}, "together"),
        ({"address": "0.0.0.0"}, "unprotected"),  # noqa: S104 - it is refused
        ({"address": "::"}, "unprotected"),
        ({"address": "hub.example"}, "unprotected"),
        ({"homes": "/home"}, "each user"),
        ({"homes": "home/{user}"}, "each user"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        checked(ElnSettings(**{"openbis": OPENBIS, **changes}))  # type: ignore[arg-type]  # fields by their names


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"address": "::1"},
        {"address": "localhost"},
        {"address": "0.0.0.0", "behind_proxy": True},  # noqa: S104 - as an administrator would
        {"address": "0.0.0.0", "certificate": "c.pem", "key": "k.pem"},  # noqa: S104 - the same
    ],
)
def test_settings_that_protect_tokens_are_taken(changes: dict[str, object]) -> None:
    settings = ElnSettings(**{"openbis": OPENBIS, **changes})  # type: ignore[arg-type]  # fields by their names
    assert checked(settings) is settings


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://A.example/openbis", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("https://a.example:8443/x", "https://a.example:8443"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_origins_are_written_as_browsers_do(url: str, origin: str) -> None:
    assert origin_of(url) == origin
