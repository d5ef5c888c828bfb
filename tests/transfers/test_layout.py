"""Many files as one row of bytes, with names that stay inside and apart."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_datahub.sources.pieces import PieceFile
from jupyterlab_datahub.transfers.disk.layout import Layout
from jupyterlab_datahub.transfers.disk.spans import Spans

SPAN = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(sorted)


def layout(*files: tuple[str, int]) -> Layout:
    """Return the layout of a folder."""
    return Layout([PieceFile(path=path, size=size) for path, size in files], folder=True)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.lists(SPAN, max_size=6))
def test_every_byte_of_a_span_belongs_to_one_file(sizes: list[int], spans: list[list[int]]) -> None:
    row = layout(*((f"f{number}", size) for number, size in enumerate(sizes)))
    inside = Spans((start, min(end, row.size)) for start, end in spans)
    wanted = row.wanted(inside)
    back = Spans((row.span(w.file)[0] + w.start, row.span(w.file)[0] + w.end) for w in wanted)
    assert list(back) == list(inside)
    assert all(0 <= w.start < w.end <= row.files[w.file].size for w in wanted)


@given(st.lists(SPAN, max_size=8), SPAN)
def test_what_is_removed_is_missing(spans: list[list[int]], gone: list[int]) -> None:
    there = Spans((start, end) for start, end in spans)
    before = {at for start, end in there for at in range(start, end)}
    there.remove(gone[0], gone[1])
    after = {at for start, end in there for at in range(start, end)}
    assert after == before - set(range(gone[0], gone[1]))


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (("a/b.txt", "a/c.txt"), ("a/b.txt", "a/c.txt")),
        ((".zattrs", "x/.zarray"), (".zattrs", "x/.zarray")),
        (("it's, #1?.txt", 'a "b".txt'), ("it's, #1?.txt", 'a "b".txt')),
        (("../../etc/passwd", "a/../../b"), ("file/file/etc/passwd", "a/file/file/b")),
        (("/abs", "//x//y"), ("abs", "x/y")),
        (("a\\b", "c\nd"), ("a_b", "c d")),
        (("a\\b", "a_b"), ("a_b", "a_b (2)")),
        (("a", "a/b"), ("a (2)", "a/b")),
    ],
)
def test_names_stay_inside_and_apart(paths: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert tuple(map(str, layout(*((path, 1) for path in paths)).names)) == names


def test_another_listing_is_another_identity() -> None:
    one = Layout([PieceFile(path="a", size=1, crc32="00000001")], folder=True)
    assert one.identity != Layout([PieceFile(path="a", size=1)], folder=True).identity
    assert one.identity == Layout(list(one.files), folder=True).identity


def test_a_folder_is_named_by_what_sha256sum_prints_of_it() -> None:
    sums = [hashlib.sha256(text).hexdigest() for text in (b"b", b"a")]
    text = f"{sums[1]}  a\n{sums[0]}  b\n".encode()
    assert layout(("b", 1), ("a", 1)).digest(sums) == hashlib.sha256(text).hexdigest()
