"""What browsers see: pages of other sites, and the way into JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_datahub.eln.landing import lab_path, login_address
from jupyterlab_datahub.errors import BadRequestError
from tests.eln.conftest import SECONDS, Eln, running

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.eln.settings import ElnSettings


def test_pages_of_openbis_may_call(
    eln: Eln, token: str, hub: DemoHub, settings: ElnSettings
) -> None:
    origin = hub.services["openbis"]["url"].removesuffix("/")
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    before = requests.options(eln.url, headers=asked, timeout=SECONDS)
    assert before.status_code == 204
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    for answer in (
        before,
        eln.call(token, headers={"Origin": origin}),
        eln.call("wrong-token", headers={"Origin": origin}),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1"])
def test_pages_of_other_sites_may_not(eln: Eln, token: str, homes: Path, origin: str) -> None:
    answer = eln.call(token, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert list((homes / "scientist").iterdir()) == []
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert requests.options(eln.url, headers=asked, timeout=SECONDS).status_code == 403


def test_a_site_that_the_administrator_names_may_call(settings: ElnSettings, token: str) -> None:
    for eln in running(msgspec.structs.replace(settings, origins=("https://eln.example:443/x",))):
        answer = eln.call(token, headers={"Origin": "https://eln.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "https://eln.example"


def test_the_browser_is_led_through_the_hub_s_login_into_jupyterlab(settings: ElnSettings) -> None:
    for eln in running(msgspec.structs.replace(settings, hub="https://hub.example/")):
        answer = requests.get(
            f"{eln.url}hub/login",
            params={"token": "anna-1x2", "next": "/user/anna/notebooks/my data/lung 2.ipynb"},
            allow_redirects=False,
            timeout=SECONDS,
        )
        assert answer.status_code == 302
        target = urlsplit(answer.headers["Location"])
        assert target[:3] == ("https", "hub.example", "/hub/login")
        assert parse_qs(target.query) == {
            "token": ["anna-1x2"],
            "next": ["/user/anna/lab/tree/my%20data/lung%202.ipynb"],
        }
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        start = requests.get(eln.url, allow_redirects=False, timeout=SECONDS)
        assert start.headers["Location"] == "https://hub.example/"


def test_without_a_hub_nobody_is_led_anywhere(eln: Eln) -> None:
    for path in ("", "hub/login?token=a-1"):
        assert requests.get(eln.url + path, timeout=SECONDS).status_code == 404


def test_there_is_nothing_else(eln: Eln) -> None:
    for path in ("x", "../etc", "hub"):
        answer = requests.post(eln.url + path, data=b"", timeout=SECONDS)
        assert answer.status_code == 404
        assert list(answer.json()) == ["message"]
    assert requests.put(eln.url, data=b"", timeout=SECONDS).status_code == 405


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/user/anna/notebooks/a/b.ipynb", "/user/anna/lab/tree/a/b.ipynb"),
        ("/hub/user/anna/notebooks/b.ipynb", "/user/anna/lab/tree/b.ipynb"),
        ("/user/anna/tree", "/user/anna/lab"),
        ("/user/anna/tree/", "/user/anna/lab"),
        ("/user/a@b.c/lab/tree/x%20y", "/user/a@b.c/lab/tree/x%20y"),
        ("/user/anna/notebooks/50%25.ipynb", "/user/anna/lab/tree/50%25.ipynb"),
    ],
)
def test_pages_of_the_classic_notebook_are_pages_of_jupyterlab(target: str, path: str) -> None:
    assert lab_path(target) == path


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/user/a/notebooks/x", "//evil.example/user/a/notebooks/x",
        "/\\evil.example", "/hub/logout", "/user/a/api/contents", "/user/a/notebooks/../../hub",
        "/user/a/notebooks/%2e%2e/x", "/user/../notebooks/x", "javascript:alert(1)", "/",
        "/user/a/notebooks\\..\\x",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere(target: str) -> None:
    with pytest.raises(BadRequestError):
        lab_path(target)


@given(st.text(), st.text())
def test_every_login_is_that_of_the_hub(token: str, target: str) -> None:
    try:
        address = login_address("https://hub.example", token, target)
    except BadRequestError:
        return
    parts = urlsplit(address)
    assert parts[:3] == ("https", "hub.example", "/hub/login")
    assert parse_qs(parts.query).get("next", ["/user/"])[0].startswith("/user/")
