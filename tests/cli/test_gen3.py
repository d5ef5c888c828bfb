"""A Gen3 commons in a terminal: connected to, searched, fetched from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.engine import stores
from jupyterlab_datahub.errors import SlowError
from tests.cli.conftest import SECONDS, started

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.gen3.index import IndexRecord
    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.cli.conftest import Ran

    Run = Callable[..., Ran]

OPEN = "/open"
CLOSED = "/programs/DEV/projects/secret"


@pytest.fixture
def service(hub: DemoHub) -> dict[str, str]:
    return hub.services["gen3"]


@pytest.fixture
def commons(run: Run, service: dict[str, str]) -> str:
    """Connect a source called ``commons`` and return its name."""
    ran = run(
        "connect", "commons", "--url", service["url"], "--credentials", service["credentials"]
    )
    assert ran.code == 0, ran.err
    return "commons"


def small(hub: DemoHub, resource: str) -> IndexRecord:
    return next(
        one
        for one in hub.gen3.commons.index
        if one.authz == [resource] and one.urls and one.hashes and 0 < (one.size or 0) < 50_000
    )


def test_a_key_is_read_from_its_file(run: Run, service: dict[str, str]) -> None:
    ran = run("connect", "mine", "--credentials", service["credentials"])
    assert ran.code == 1
    assert service["url"] in ran.err
    made = run("connect", "mine", "--url", service["url"], "--credentials", service["credentials"])
    assert made.code == 0, made.err
    assert f"connected as {service['user']}" in made.out
    assert "API key until" in made.out
    assert "Download from" in made.out
    secret = json.loads(Path(service["credentials"]).read_text())["api_key"]
    assert secret not in made.out + made.err
    assert run("connect", "mine").code == 0
    assert run("connect", "mine", "--disconnect").code == 0


def test_a_profile_needs_no_address(run: Run, service: dict[str, str], tmp_path: Path) -> None:
    found = json.loads(Path(service["credentials"]).read_text())
    (tmp_path / ".gen3").mkdir()
    (tmp_path / ".gen3" / "gen3_client_config.ini").write_text(
        f"[demo]\nkey_id={found['key_id']}\napi_key={found['api_key']}\n"
        f"api_endpoint={service['url']}\n"
    )
    ran = run("connect", "mine", "--profile", "demo", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["url"] == service["url"]
    assert run("connect", "other", "--profile", "nosuch").code == 1


@pytest.mark.parametrize("name", ["expired_credentials", "foreign_credentials"])
def test_a_key_that_is_no_good_is_told(run: Run, service: dict[str, str], name: str) -> None:
    ran = run("connect", "mine", "--url", service["url"], "--credentials", service[name])
    assert ran.code == 1
    assert "expired" in ran.err or "commons.example.org" in ran.err


def test_a_file_that_is_not_there_is_told(run: Run, service: dict[str, str]) -> None:
    ran = run("connect", "mine", "--url", service["url"], "--credentials", "nosuch.json")
    assert ran.code == 1
    assert "osuch.json cannot be read" in ran.err


def test_open_data_needs_no_key(run: Run, service: dict[str, str]) -> None:
    ran = run("connect", "open", "--kind", "gen3", "--url", service["url"])
    assert ran.code == 0, ran.err
    assert "without connecting" in ran.err


def test_a_file_comes_by_guid_and_by_drs(
    run: Run, hub: DemoHub, service: dict[str, str], commons: str, tmp_path: Path
) -> None:
    one = small(hub, OPEN)
    for ref in (f"gen3:{service['host']}/{one.did}", f"drs://{service['host']}/{one.did}"):
        ran = run("get", ref, "--to", str(tmp_path / commons))
        assert ran.code == 0, ran.err
        assert Path(ran.out.strip()).stat().st_size == one.size
    assert "username" not in ran.err + ran.out


def test_one_that_fails_is_in_the_exit_code(
    run: Run, hub: DemoHub, service: dict[str, str], commons: str, tmp_path: Path
) -> None:
    refs = [f"gen3:{service['host']}/{small(hub, one).did}" for one in (OPEN, CLOSED)]
    ran = run("get", *refs, "--to", str(tmp_path / commons))
    assert ran.code == 1
    assert "DEV-secret" in ran.err
    assert Path(ran.out.strip()).is_file()
    unknown = run("get", f"gen3:{service['host']}/dg.DEMO/nosuch")
    assert unknown.code == 1
    assert "no record found" in unknown.err


def test_a_commons_is_searched_and_shown(run: Run, commons: str) -> None:
    ran = run("search", "killer", "--source", commons, "--json")
    assert ran.code == 0, ran.err
    (hit,) = ran.document["hits"]
    shown = run("show", hit["ref"])
    assert shown.code == 0, shown.err
    assert "Unpublished natural killer cells" in shown.out


def test_sources_are_searched_at_once_and_a_slow_one_is_an_error_among_others(
    run: Run, commons: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    real = stores.search

    def search(rooms: Any, name: str, query: Any, seconds: float) -> Any:
        begun.append(name)
        if name == "openbis":
            raise SlowError(f"openbis did not give an answer within {seconds} s", source=name)
        return real(rooms, name, query, seconds)

    monkeypatch.setattr(stores, "search", search)
    ran = run("search", "pbmc", "--source", "openbis", "--source", commons, "--json")
    assert ran.code == 1
    assert sorted(begun) == ["commons", "openbis"]
    assert "did not give an answer" in ran.err
    assert {hit["source"] for hit in ran.document["hits"]} == {commons}
    ran = run("search", "killer", "--source", "openbis", "--source", commons)
    assert ran.code == 1
    assert ran.out.startswith("commons:\n")
    assert "Unpublished natural killer cells" in ran.out
    assert "did not give an answer" in ran.err


def test_a_manifest_needs_no_terminal_and_tells_a_failure_by_its_exit_code(
    service: dict[str, str], commons: str, hub: DemoHub, place: Path
) -> None:
    """Where gen3-client needs a terminal, leaves an empty file, and ends with 0."""
    there = small(hub, OPEN)
    entries = [
        {"object_id": there.did, "file_name": "there.bin"},
        {"object_id": "dg.D6A0/00000000-0000-0000-0000-000000000000", "file_name": "none.bin"},
    ]
    manifest = place / "manifest.json"
    for expected, listed in ((1, entries), (0, entries[:1])):
        manifest.write_text(json.dumps(listed), "utf-8")
        named = ("--source", commons, "--filename-format", "combined")
        process = started("get", "--manifest", str(manifest), *named)
        out, err = process.communicate(timeout=SECONDS)
        assert process.returncode == expected, err
        (path,) = (Path(line) for line in out.splitlines() if line.strip())
        assert path.stat().st_size == there.size
        assert path.name == f"there_{there.did.replace('/', '_')}.bin"
        assert ("none.bin" in err or "0000-000000000000" in err) is (expected == 1)
        assert "\r" not in err
    assert not list(place.rglob("none*"))


@pytest.mark.parametrize("damaged", [False, True])
def test_what_lies_there_is_fetched_again_only_if_it_is_not_the_same(
    run: Run, service: dict[str, str], commons: str, hub: DemoHub, place: Path, damaged: bool
) -> None:
    there = small(hub, OPEN)
    first = run("get", f"gen3:{service['host']}/{there.did}", "--json")
    whole = Path(first.document[0]["path"]).read_bytes()
    manifest = place / "again.json"
    manifest.write_text(json.dumps([{"object_id": there.did, "file_name": "there.bin"}]), "utf-8")
    mine = place / "data" / "again" / "there.bin"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(bytes(len(whole)) if damaged else whole)
    named = ("--source", commons, "--skip-completed", "--to", "data")
    ran = run("get", "--manifest", str(manifest), *named)
    assert ran.code == 0, ran.err
    assert not mine.is_symlink()
    # A file of the user's own is never written over.
    assert mine.read_bytes() == (bytes(len(whole)) if damaged else whole)
    path = Path(ran.out.strip())
    assert path.read_bytes() == whole
    assert (path == mine) is not damaged
