"""Requests that end with whoever waits for them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.engine.patience import within
from jupyterlab_datahub.errors import NotFoundError, UnreachableError
from jupyterlab_datahub.sources.calls import Call, over

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.http import Client
    from tests.sources.scripted import ScriptedHost

LOOKS = 300


def test_a_call_ends_before_the_host_says_anything_and_is_not_tried_again(
    host: ScriptedHost, client: Client
) -> None:
    host.gate.clear()
    call, ended = Call(), threading.Event()

    def end() -> None:
        for _ in range(LOOKS):
            if host.asked or ended.wait(0.1):
                break
        call.end()

    thread = threading.Thread(target=end)
    thread.start()
    with call.going_on(), pytest.raises(UnreachableError):
        within(30, lambda: client.get(f"{host.url}/slow"), "an answer", "slow")
    ended.set()
    thread.join()
    assert len(host.asked) == 1
    assert not over()


def test_what_is_called_off_is_not_asked_at_all(host: ScriptedHost, client: Client) -> None:
    call = Call()
    call.end()
    with call.going_on(), pytest.raises(UnreachableError):
        client.get(f"{host.url}/any")
    assert host.asked == []


def test_the_end_of_a_call_leaves_others_alone(host: ScriptedHost, client: Client) -> None:
    call = Call()
    with call.going_on(), pytest.raises(NotFoundError):
        client.get(f"{host.url}/none")
    call.end()
    with pytest.raises(NotFoundError):
        client.get(f"{host.url}/none")
    assert len(host.asked) == 2
