"""Waiting, and giving up."""

from __future__ import annotations

import threading

import pytest

from jupyterlab_datahub.engine.patience import MAX_WAITING, within
from jupyterlab_datahub.errors import NotFoundError, SlowError


def test_what_comes_in_time_is_returned() -> None:
    assert within(30, lambda: 42, "an answer", "cellxgene") == 42


def test_what_fails_in_time_is_raised() -> None:
    def fail() -> None:
        raise NotFoundError("gone")

    with pytest.raises(NotFoundError, match="gone"):
        within(30, fail, "an answer", "cellxgene")


def test_what_does_not_come_is_given_up_and_named() -> None:
    release = threading.Event()
    try:
        with pytest.raises(SlowError, match="cellxgene did not give an answer") as caught:
            within(0.01, release.wait, "an answer", "cellxgene")
        assert caught.value.hint
    finally:
        release.set()


def test_no_more_than_a_few_wait_at_a_time() -> None:
    release = threading.Event()
    begun: list[int] = []

    def hang() -> None:
        begun.append(1)
        release.wait()

    try:
        for _ in range(MAX_WAITING + 4):
            with pytest.raises(SlowError):
                within(0.01, hang, "an answer", "cellxgene")
        assert len(begun) <= MAX_WAITING
    finally:
        release.set()
    # When they end, there is room again.
    assert within(30, lambda: "here", "an answer", "cellxgene") == "here"


def test_a_source_that_hangs_takes_no_thread_from_another() -> None:
    release = threading.Event()
    try:
        for _ in range(MAX_WAITING):
            with pytest.raises(SlowError):
                within(0.01, release.wait, "an answer", "hung")
        assert within(30, lambda: "here", "an answer", "quick") == "here"
    finally:
        release.set()
