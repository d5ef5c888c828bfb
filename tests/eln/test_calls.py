"""The calls of ELN-LIMS, through HTTP."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest
import requests

from tests.eln.conftest import NOTEBOOK, OWNER, SECONDS, Eln, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.eln.settings import ElnSettings


def files(homes: Path) -> list[str]:
    return sorted(str(path.relative_to(homes)) for path in homes.rglob("*") if path.is_file())


def test_a_test_tells_the_name_and_leaves_everything_as_it_is(
    eln: Eln, token: str, homes: Path
) -> None:
    answer = eln.call(token, "a/b", body=b"TEST", test="True")
    assert answer.status_code == 200
    assert answer.json() == {
        "fileName": "lung.ipynb",
        "path": str(homes / "scientist/a/b/lung.ipynb"),
    }
    assert list((homes / "scientist").iterdir()) == []


def test_a_notebook_is_written_as_its_user(eln: Eln, token: str, homes: Path) -> None:
    answer = eln.call(token, "a/b")
    path = homes / "scientist/a/b/lung.ipynb"
    assert answer.json() == {"fileName": "lung.ipynb", "path": str(path)}
    assert path.read_bytes() == NOTEBOOK
    owner = OWNER if os.geteuid() == 0 else os.geteuid()
    for made in (path, path.parent, path.parent.parent):
        assert made.stat().st_uid == owner
    assert path.stat().st_mode & 0o7777 == 0o644


def test_names_that_are_taken_get_numbers(eln: Eln, token: str, homes: Path) -> None:
    folder = homes / "scientist/eln"
    folder.mkdir()
    (folder / "lung.ipynb").write_text("mine")
    (folder / "lung 2.ipynb").symlink_to("nowhere")
    told = eln.call(token, test="True").json()["fileName"]
    assert (told, eln.call(token).json()["fileName"]) == ("lung 3.ipynb", "lung 3.ipynb")
    assert eln.call(token).json()["fileName"] == "lung 4.ipynb"
    assert (folder / "lung.ipynb").read_text() == "mine"


def test_an_empty_folder_is_the_user_s_own(eln: Eln, token: str, homes: Path) -> None:
    assert eln.call(token, "").json()["path"] == str(homes / "scientist/lung.ipynb")


def test_the_user_is_whom_openbis_says_not_whom_the_token_s_text_says(
    eln: Eln, login: Callable[[str], str], hub: DemoHub, homes: Path
) -> None:
    eln.call(login("reader"))
    assert files(homes) == ["reader/eln/lung.ipynb"]
    # A session whose text claims somebody else.
    sessions = hub.openbis.store.sessions
    real = login("reader")
    forged = f"scientist-{real.partition('-')[2]}"
    assert eln.call(forged).status_code == 401
    assert sessions.session(real).user == "reader"
    assert files(homes) == ["reader/eln/lung.ipynb"]


@pytest.mark.parametrize(
    "token", ["", "x", "scientist-2026", "$pat-scientist-0", "a b", "é" * 10, "x" * 1000]
)
def test_a_token_that_nobody_has_is_refused(eln: Eln, homes: Path, token: str) -> None:
    for test in ("True", "False"):
        answer = eln.call(token, test=test)
        assert answer.status_code == 401
        assert answer.json() == {"message": "token is invalid"}
    assert files(homes) == []


def test_a_session_that_has_ended_is_refused(
    eln: Eln, token: str, hub: DemoHub, homes: Path
) -> None:
    assert eln.call(token).status_code == 200
    hub.openbis.store.sessions.logout(token)
    assert eln.call(token).json() == {"message": "token is invalid"}
    assert files(homes) == ["scientist/eln/lung.ipynb"]


def test_a_user_without_a_folder_is_told_what_to_do(
    eln: Eln, login: Callable[[str], str], homes: Path
) -> None:
    answer = eln.call(login("admin"))
    assert answer.status_code == 404
    assert "open the Jupyter workspace once" in answer.json()["message"]
    assert not (homes / "admin").exists()


@pytest.mark.parametrize(
    "folder",
    [
        "..", "../reader", "a/../../reader", "/etc", "//etc", "~", "~root", "a/..", ".ssh",
        "a/.ipython", "a\\b", "a\x7fb", "a\nb", "x" * 300, "/".join("x" * 11), " a", "a:b",
        "\u202eabc",
    ],
)  # fmt: skip
def test_no_folder_leads_out(eln: Eln, token: str, homes: Path, folder: str) -> None:
    for test in ("True", "False"):
        answer = eln.call(token, folder, test=test)
        assert answer.status_code == 400
        assert answer.json()["message"]
    assert files(homes) == []


@pytest.mark.parametrize(
    "filename",
    ["", ".ipynb", "lung", "lung.py", "../lung.ipynb", "a/b.ipynb", "/etc/x.ipynb", ".x.ipynb",
     "a\x7f.ipynb", "a\\b.ipynb", "x" * 300 + ".ipynb", "a\r\n.ipynb"],
)  # fmt: skip
def test_no_name_leads_out(eln: Eln, token: str, homes: Path, filename: str) -> None:
    answer = eln.call(token, "eln", filename)
    assert answer.status_code == 400
    assert files(homes) == []


def test_no_link_is_followed(eln: Eln, token: str, homes: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (homes / "scientist" / "link").symlink_to(elsewhere)
    (homes / "scientist" / "reader").symlink_to("../reader")
    (homes / "scientist" / "loop").symlink_to("loop")
    (homes / "scientist" / "gone").symlink_to("missing")
    for folder in ("link", "link/deep", "link/new", "reader", "loop", "gone", "gone/new"):
        answer = eln.call(token, folder)
        assert answer.status_code == 400, folder
        assert "link" in answer.json()["message"]
    assert files(homes) == []
    assert files(elsewhere) == []
    assert not (homes / "scientist" / "missing").exists()


def test_a_file_is_no_folder(eln: Eln, token: str, homes: Path) -> None:
    (homes / "scientist" / "file").touch()
    assert eln.call(token, "file").status_code == 400


def test_root_writes_into_no_folder_of_the_system(eln: Eln, token: str, homes: Path) -> None:
    # Whoever is not root writes into folders of their own alone, whatever their number is.
    is_root = os.geteuid() == 0
    os.chown(homes / "scientist", os.geteuid(), -1)
    assert eln.call(token).status_code == (403 if is_root else 200)
    assert len(files(homes)) == (0 if is_root else 1)


@pytest.mark.parametrize(
    "body",
    [b"", b"TEST", b"[]", b"{}", b"\xff\xfe", b'{"nbformat": 4, "cells": [1]}', b"[" * 100_000,
     b'{"nbformat": 3, "worksheets": []}'],
)  # fmt: skip
def test_only_notebooks_are_written(eln: Eln, token: str, homes: Path, body: bytes) -> None:
    answer = eln.call(token, body=body)
    assert answer.status_code == 400
    assert "not a notebook" in answer.json()["message"]
    assert files(homes) == []


def test_a_parameter_must_be_there_once(eln: Eln, token: str) -> None:
    for query in (
        "",
        f"token={token}",
        f"token={token}&filename=a.ipynb&filename=b.ipynb",
        f"token={token}&filename=a.ipynb&test=maybe",
        f"token={token}&token={token}&filename=a.ipynb",
        f"token={token}&filename=a.ipynb&folder=%ff",
    ):
        answer = requests.post(f"{eln.url}?{query}", data=NOTEBOOK, timeout=SECONDS)
        assert answer.status_code == 400, query
        assert list(answer.json()) == ["message"]
        assert token not in answer.text


def large(size: int) -> bytes:
    cell = {"cell_type": "markdown", "metadata": {}, "source": "x" * size}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}).encode()


def test_a_notebook_may_be_so_large_and_no_larger(
    settings: ElnSettings, token: str, homes: Path
) -> None:
    for eln in running(msgspec.structs.replace(settings, largest=300_000)):
        assert eln.call(token, body=large(200_000)).status_code == 200

        def pieces() -> Iterator[bytes]:
            yield large(200_000)
            yield b" " * 200_000

        # Without a length, as it is sent in pieces.
        answer = eln.call(token, body=pieces())
        assert answer.status_code == 413
        assert answer.json()["message"] == "the notebook is larger than 0.286102 MB"
        head = {"Content-Length": "999999999999"}
        answer = eln.call(token, body=b"", headers=head)
        assert answer.status_code == 413
    assert files(homes) == ["scientist/eln/lung.ipynb"]


def test_an_address_with_too_many_wrong_tokens_has_to_wait(
    settings: ElnSettings, token: str, homes: Path, hub: DemoHub
) -> None:
    for eln in running(msgspec.structs.replace(settings, bad_tokens=3)):
        assert [eln.call("wrong-token").status_code for _ in range(4)] == [401, 401, 401, 429]
        asked = len(hub.seen(method="POST"))
        answer = eln.call(token)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert len(hub.seen(method="POST")) == asked
    assert files(homes) == []


def test_right_tokens_are_never_too_many(settings: ElnSettings, token: str, homes: Path) -> None:
    for eln in running(msgspec.structs.replace(settings, bad_tokens=2)):
        assert {eln.call(token).status_code for _ in range(5)} == {200}
    assert len(files(homes)) == 5


def test_calls_are_answered_while_others_wait(
    eln: Eln, login: Callable[[str], str], homes: Path
) -> None:
    tokens = [login("scientist"), login("reader")] * 10
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(eln.call, tokens))
    assert {answer.status_code for answer in answers} == {200}
    names = ["lung.ipynb", *(f"lung {number}.ipynb" for number in range(2, 11))]
    for user in ("scientist", "reader"):
        assert {path.name for path in (homes / user / "eln").iterdir()} == set(names)


def test_openbis_that_is_down_is_no_invalid_token(
    settings: ElnSettings, token: str, hub: DemoHub
) -> None:
    for eln in running(settings):
        hub.faults.add("status", status=503, times=5, host="openbis")
        answer = eln.call(token)
        assert answer.status_code == 502
        assert "openBIS" in answer.json()["message"]
        assert token not in answer.text
        hub.faults.clear()
        assert eln.call(token).status_code == 200
