"""Politeness: how many connections, how many bytes, and when not at all."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from jupyterlab_datahub.transfers.network.hosts import LONGEST_WAIT, Host, Hosts, retry_after
from jupyterlab_datahub.transfers.network.stopping import Halt, Stopped
from tests.transfers.desk import until


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12", 12.0), (" 0 ", 0.0), ("99999", LONGEST_WAIT), ("", None), ("soon", None), ("-3", None)],
)
def test_seconds_are_read(text: str, seconds: float | None) -> None:
    assert retry_after(text) == seconds


def test_dates_are_read() -> None:
    later = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True))
    assert later is not None
    assert 50 < later <= 60
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def test_no_more_connections_are_open_than_allowed() -> None:
    host, most, now = Host("h", 3, 0), 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal most, now
        for _ in range(20):
            with host.connection(Halt(), "a"):
                with lock:
                    now += 1
                    most = max(most, now)
                time.sleep(0.001)
                with lock:
                    now -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (most, now) == (3, 0)


def test_a_halt_ends_waiting_for_a_turn() -> None:
    host, halt, stopped = Host("h", 1, 0), Halt(), threading.Event()

    def work() -> None:
        with pytest.raises(Stopped), host.connection(halt, "a"):
            pass
        stopped.set()

    with host.connection(Halt(), "a"):
        thread = threading.Thread(target=work)
        thread.start()
        halt.set()
        assert stopped.wait(60)
        thread.join()
    with host.connection(Halt(), "a"):
        assert host.words() == ""


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Sleeper(Halt):
    """A halt that remembers how long it was waited for, and waits not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("jupyterlab_datahub.transfers.network.hosts.time.monotonic", made)
    return made


def test_a_busy_host_is_left_alone_for_as_long_as_it_asks(clock: Clock) -> None:
    host, inside = Host("h:1", 4, 0), threading.Event()
    host.asked_to_wait(12)
    assert host.words() == "h:1 asked to wait 12 s"
    thread = threading.Thread(target=enter, args=(host, inside))
    thread.start()
    clock.now += 11.9
    assert not inside.wait(0.3)
    clock.now += 0.2
    assert inside.wait(60)
    assert host.words() == ""
    thread.join()


def test_a_busy_host_gets_half_the_connections_until_bytes_come(clock: Clock) -> None:
    host, third = Host("h", 4, 0), threading.Event()
    for _ in range(3):
        # Requests that were sent together are refused together, and count once.
        host.asked_to_wait(None)
    thread = threading.Thread(target=enter, args=(host, third))
    with host.connection(Halt(), "a"), host.connection(Halt(), "a"):
        thread.start()
        assert not third.wait(0.1)
        host.served()
        assert third.wait(60)
    thread.join()


def enter(host: Host, inside: threading.Event) -> None:
    """Wait for a turn."""
    with host.connection(Halt(), "a"):
        inside.set()


def test_of_those_that_wait_the_one_with_the_fewest_connections_is_next() -> None:
    host, order = Host("h", 3, 0), list[str]()

    def wait(who: str) -> None:
        with host.connection(Halt(), who):
            order.append(who)

    threads = [threading.Thread(target=wait, args=(who,)) for who in ("many", "few")]
    with ExitStack() as held, host.connection(Halt(), "many"), host.connection(Halt(), "many"):
        held.enter_context(host.connection(Halt(), "many"))
        assert not host.crowded("many")
        for thread in threads:
            thread.start()
        until(lambda: host.crowded("many"))
        assert not host.crowded("few")
        held.close()
        until(lambda: len(order) == 2)
    for thread in threads:
        thread.join(60)
    assert order == ["few", "many"]
    assert not host.crowded("many")


def test_a_rate_is_shared_by_all_connections(clock: Clock) -> None:
    hosts, one, other = Hosts(8, 100_000), Sleeper(), Sleeper()
    for halt in (one, other, one):
        hosts["h"].pay(5_000, halt)
    hosts["another"].pay(5_000, other)
    clock.now += 1
    hosts["h"].pay(5_000, other)
    assert (one.slept, other.slept) == ([0, 0.1], [0.05, 0, 0])


def test_a_halt_closes_what_is_being_read() -> None:
    halt, closed = Halt(), list[str]()
    halt.on_halt("a", lambda: closed.append("a"))
    halt.on_halt("b", lambda: closed.append("b"))
    halt.forget("b")
    halt.set()
    halt.on_halt("c", lambda: closed.append("c"))
    assert closed == ["a", "c"]
    with pytest.raises(Stopped):
        halt.sleep(60)


def test_waiting_ends_when_halted() -> None:
    halt, ended = Halt(), threading.Event()

    def work() -> None:
        with pytest.raises(Stopped):
            halt.sleep(60)
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    halt.set()
    until(ended.is_set)
    thread.join()
