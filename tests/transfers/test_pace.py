"""When a thread waits for many bytes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.transfers.fetch import pace

if TYPE_CHECKING:
    import pytest


def test_speed_has_to_be_proven_and_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    one = pace.Pace()

    def come(count: int, rate: float) -> bool:
        clock[0] += count / rate
        one.came(count)
        return one.fast

    piece = pace.PROVEN // 4
    assert not one.fast
    assert [come(piece, 2 * pace.RATE) for _ in range(5)] == [False, False, False, True, True]
    assert not come(64 * piece, pace.RATE / 2)
    assert [come(piece, pace.RATE / 2) for _ in range(9)] == [False] * 9
    assert [come(piece, 2 * pace.RATE) for _ in range(4)] == [False, False, False, True]
