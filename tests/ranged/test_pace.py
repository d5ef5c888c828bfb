"""What is learned of a host from its answers."""

from __future__ import annotations

import pytest

from jupyterlab_datahub.ranged.pace import LEAST, MOST, UNKNOWN, Pace


def test_a_gap_is_worth_what_comes_while_another_request_waits() -> None:
    pace = Pace()
    assert (pace.latency, pace.speed, pace.gap) == (None, None, UNKNOWN)
    pace.note(100, 0.5)  # the connection was made
    pace.note(100, 0.02)
    assert pace.gap == UNKNOWN
    for _ in range(3):
        pace.note(1_000_000, 0.12)
    pace.note(1_000_000, 5.0)  # once it was slow
    assert pace.latency == 0.02
    assert pace.speed == pytest.approx(1e7)
    assert pace.gap == 1 << 17  # of 200,000


def test_a_gap_has_bounds() -> None:
    near, fast = Pace(), Pace()
    for pace, latency, seconds in ((near, 0.0001, 0.5), (fast, 0.2, 0.2)):
        pace.note(1, latency)
        pace.note(1_000_000, seconds)
    assert (near.gap, fast.gap) == (LEAST, MOST)
