"""What is there, what is missing, and who fetches it."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterlab_datahub.transfers.disk.spans import Spans
from jupyterlab_datahub.transfers.fetch.parts import LARGEST, MIB, Part, Plan, part_length

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LENGTH = 60
intervals = st.lists(st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)), max_size=12)


@UNHURRIED
@given(intervals)
def test_spans_are_the_set_of_their_bytes(pairs: list[tuple[int, int]]) -> None:
    spans, there = Spans(), set[int]()
    for start, end in pairs:
        spans.add(start, end)
        there |= set(range(start, end))
    assert spans.total == len(there)
    assert {byte for start, end in spans for byte in range(start, end)} == there
    missing = {byte for start, end in spans.missing(LENGTH) for byte in range(start, end)}
    assert missing == set(range(LENGTH)) - there
    assert spans.frontier == next(byte for byte in range(LENGTH + 2) if byte not in there)
    borders = [border for span in spans for border in span]
    assert borders == sorted(set(borders))


@pytest.mark.parametrize("seed", range(60))
def test_a_plan_hands_out_every_missing_byte_once(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the seed is the test
    size, threads = chance.randint(1, 200 * MIB), chance.randint(1, 12)
    borders = [chance.randrange(size) for _ in range(2 * chance.randrange(5))]
    spans = Spans(zip(borders[::2], borders[1::2], strict=True))
    gap = next(spans.missing(size))
    length = part_length(size, threads)
    first = Part(gap[0], min(gap[1], gap[0] + length))
    plan = Plan(size, spans, threads, first)
    fetched = fetch_all(plan, first, threads, chance)
    assert fetched.total == sum(end - start for start, end in spans.missing(size))
    assert not list(Spans([*spans, *fetched]).missing(size))


def fetch_all(plan: Plan, first: Part, threads: int, chance: random.Random) -> Spans:
    """Play the threads of a transfer in some order, and return what they fetched."""
    busy, fetched = [first], Spans()
    while busy:
        part = chance.choice(busy)
        more = None
        if part.left <= 0 or chance.random() < 0.05:
            # It is whole; or its connection is given up, and what is left is handed back.
            plan.drop(part)
            busy.remove(part)
            more = plan.take()
        elif len(busy) < threads and chance.random() < 0.3:
            more = plan.take()
        else:
            count = min(part.left, chance.choice([MIB, 3 * MIB, LARGEST]))
            before = fetched.total
            fetched.add(part.at, part.at + count)
            assert fetched.total == before + count
            plan.arrived(part, count)
        busy.extend([more] if more else [])
    return fetched


def test_the_last_long_part_is_shared_with_an_idle_thread() -> None:
    first = Part(0, LARGEST)
    plan = Plan(LARGEST, Spans(), 8, first)
    half = plan.take()
    assert half is not None
    assert (half.at, half.end, first.end) == (LARGEST // 2, LARGEST, LARGEST // 2)
    plan.arrived(first, first.left - MIB)
    plan.arrived(half, half.left - MIB)
    assert plan.take() is None
