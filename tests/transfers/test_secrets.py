"""Addresses and tokens go to the host they are for, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.demo.messages import Reply
from jupyterlab_datahub.demo.wire import Host
from jupyterlab_datahub.errors import BadAnswerError
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.transfers.network.address import Address, Target
from tests.transfers.desk import sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.messages import Request
    from tests.transfers.desk import Desk

NAME = "cells.h5ad"
SIGNATURE = "s1gn4tur3s1gn4tur3"
TOKEN = "t0k3nt0k3nt0k3n"
SECRETS = (SIGNATURE, TOKEN)


class Gate(Host):
    """A host that sends everybody elsewhere."""

    target = ""

    def answer(self, request: Request) -> Reply:
        return Reply(302, {"Location": f"{self.target}{request.path}"})


@pytest.fixture
def gate() -> Iterator[Gate]:
    with Gate("gate") as running:
        yield running


def written(desk: Desk) -> bytes:
    """Return all that lies on the disk, except what the test's own catalog holds."""
    roots = (desk.home, desk.folder)
    found = [path for root in roots for path in root.rglob("*") if path.is_file()]
    names = "\n".join(str(path) for path in found).encode()
    return names + b"".join(path.read_bytes() for path in found)


def test_no_secret_is_written_or_told(desk: Desk) -> None:
    desk.host.faults.add("slow", rate=2_000_000)
    desk.host.faults.add("cut", after=5000, skip=2)
    desk.host.faults.add("reset", after=5000, skip=2)
    desk.host.faults.add("expired", skip=2)
    desk.host.faults.add("status", status=503, retry_after="1", skip=3)
    transfer = desk.ask(
        NAME,
        url=f"{desk.host.url}/{NAME}?X-Amz-Signature={SIGNATURE}&Expires=99",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    supervisor = desk.supervise()
    desk.running(transfer)
    while_running = written(desk)
    last = desk.done(transfer)
    supervisor.stop()
    told = msgspec.json.encode([last, *desk.queue.changes(0), desk.library.listing()])
    for secret in SECRETS:
        assert any(secret in seen.query + str(seen.headers) for seen in desk.host.requests)
        for place in (while_running, written(desk), told):
            assert secret.encode() not in place


def test_no_secret_is_in_the_words_of_a_failure(desk: Desk) -> None:
    desk.host.faults.add("status", status=418, times=1000)
    last = desk.fetch(
        NAME,
        url=f"{desk.host.url}/{NAME}?sig={SIGNATURE}",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert last.error is not None
    for supervisor in desk.supervisors:
        supervisor.stop()
    text = written(desk) + msgspec.json.encode(last)
    assert not any(secret.encode() in text for secret in SECRETS)


def test_a_redirect_to_another_host_leaves_the_token_behind(desk: Desk, gate: Gate) -> None:
    gate.target = desk.host.url
    last = desk.fetch(NAME, url=f"{gate.url}/{NAME}", headers={"Authorization": f"Bearer {TOKEN}"})
    assert last.sha256 == sha256(desk.files / NAME)
    assert all(seen.headers["authorization"] == f"Bearer {TOKEN}" for seen in gate.requests)
    assert all("authorization" not in seen.headers for seen in desk.host.requests)


def test_a_redirect_in_a_circle_ends(desk: Desk, gate: Gate) -> None:
    gate.target = gate.url
    last = desk.fetch(NAME, url=f"{gate.url}/{NAME}")
    assert last.error is not None
    assert "redirects" in last.error.message


@pytest.mark.parametrize("location", ["http://files.example/x", "file:///etc/passwd"])
def test_a_redirect_that_would_betray_the_user_is_refused(location: str) -> None:
    address = Address(Download, "shop")
    with pytest.raises(BadAnswerError, match="redirect"):
        address.moved(Target(url="https://files.example/x"), location)


def test_a_redirect_on_one_host_keeps_its_headers() -> None:
    target = Target(url="https://files.example/a?sig=1", headers={"X": "y"}, generation=3)
    moved = Address(Download, "shop").moved(target, "/b")
    assert (moved.url, moved.headers) == ("https://files.example/b", {"X": "y"})
    assert moved.generation == 3
