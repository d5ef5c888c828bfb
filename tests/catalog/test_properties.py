"""The search against a slow and simple one, on catalogs and queries made up by the machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.model import Dataset, SearchQuery, SearchResult, Summary
from tests.catalog.records import EVERYTHING, ask, dataset, terms

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = ("lung", "lungs", "blood", "cd14", "cd16", "t", "cell", "cells", "atlas", "of", "pbmc")
LABELS = {
    "organism": ("Homo sapiens", "Mus musculus"),
    "tissue": ("lung", "blood", "brain", "T cell line"),
    "cell_type": tuple(f"type {i}" for i in range(30)),
    "own_facet": ("x", "y"),
}
SORTS = ("relevance", "date", "cells", "size", "title")

titles = st.lists(st.sampled_from(WORDS), min_size=0, max_size=5).map(" ".join)
labels = st.fixed_dictionaries(
    {name: st.lists(st.sampled_from(values), max_size=12) for name, values in LABELS.items()}
)


@st.composite
def datasets(draw: st.DrawFn, key: str) -> Dataset:
    """Return a dataset of the ref `key` with anything else."""
    facets = draw(labels)
    return dataset(
        key,
        draw(titles),
        facets=terms(**{name: tuple(values) for name, values in facets.items() if values}),
        cells=draw(st.none() | st.integers(0, 9)),
        size=draw(st.none() | st.integers(-1, 9)),
        revised=draw(st.sampled_from(["", "2019", "2020-05", "2020-05-06T07:08:09+00:00"])),
    )


@st.composite
def parts(draw: st.DrawFn) -> list[Dataset]:
    """Return some of twenty datasets in any order."""
    keys = draw(st.lists(st.integers(0, 19), unique=True, max_size=20))
    return [draw(datasets(f"d{key}")) for key in keys]


@st.composite
def queries(draw: st.DrawFn) -> SearchQuery:
    """Return a query that is likely to find something."""
    word = st.sampled_from(WORDS)
    beginning = st.builds(lambda word, n: word[:n], word, st.integers(1, 5))
    chosen = {
        name: draw(st.lists(st.sampled_from(LABELS.get(name, ("one", "two"))), max_size=3))
        for name in draw(st.lists(st.sampled_from([*LABELS, "source"]), max_size=3))
    }
    ends = st.none() | st.floats(0, 9)
    low, high = draw(st.tuples(ends, ends))
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    name = draw(st.sampled_from(["", "cells", "size"]))
    ranges = {name: (low, high)} if name else {}
    if draw(st.booleans()):
        ranges["year"] = (draw(st.none() | st.integers(2018, 2020)), None)
    return ask(
        " ".join(draw(st.lists(beginning, max_size=3))),
        facets=chosen,
        ranges=ranges,
        sort=draw(st.sampled_from(["", "-"])) + draw(st.sampled_from(SORTS)),
        offset=draw(st.integers(0, 5)),
        limit=draw(st.integers(0, 30)),
    )


class Stored(NamedTuple):
    """A dataset, its Source, and its place in the order of writing."""

    place: int
    source: str
    dataset: Dataset

    @property
    def labels(self) -> dict[str, set[str]]:
        found = {name: {t.label for t in given} for name, given in self.dataset.facets.items()}
        found |= {"source": {self.source}, "access": {"open"}, "format": {"H5AD"}}
        if self.dataset.date:
            found["year"] = {self.dataset.date[:4]}
        return found

    @property
    def numbers(self) -> dict[str, int | None]:
        size = self.dataset.size
        return {
            "cells": self.dataset.cells,
            "size": None if size is None or size < 0 else size,
            "year": int(self.dataset.date[:4]) if self.dataset.date else None,
        }


class Simple:
    """The catalog as a list."""

    def __init__(self) -> None:
        self.stored: list[Stored] = []

    def replace(self, source: str, given: list[Dataset]) -> None:
        places = {s.dataset.ref: s.place for s in self.stored if s.source == source}
        kept = {each.ref for each in given} & set(places)
        taken = [s.place for s in self.stored if s.source != source]
        # Keys are handed out after the largest that was there when the refresh began.
        last = max([s.place for s in self.stored], default=0)
        others = [s for s in self.stored if s.source != source]
        for each in given:
            if each.ref not in kept:
                last += 1
            place = places[each.ref] if each.ref in kept else last
            assert place not in taken
            others.append(Stored(place, source, each))
        self.stored = sorted(others)

    def hits(self, query: SearchQuery, *, but: str = "") -> list[Stored]:
        return [
            each
            for each in self.stored
            if score(each, query.text)
            and all(
                name == but or not values or each.labels.get(name, set()) & set(values)
                for name, values in query.facets.items()
            )
            and all(
                inside(each.numbers[name], interval.min, interval.max)
                for name, interval in query.ranges.items()
            )
        ]

    def counts(self, query: SearchQuery, facet: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in self.hits(query, but=facet):
            for label in each.labels.get(facet, set()):
                found[label] = found.get(label, 0) + 1
        return found

    def page(self, query: SearchQuery) -> list[str]:
        name, backwards = query.sort.removeprefix("-"), query.sort.startswith("-")
        hits = self.hits(query)
        if name == "relevance":
            hits.sort(key=lambda s: (-score(s, query.text), -day(s), -known(s, "cells"), s.place))
            if backwards:
                hits.reverse()
        elif name == "title":
            hits.sort(key=lambda s: s.dataset.title.lower(), reverse=backwards)
        else:
            sign = -1 if backwards else 1
            value = day if name == "date" else (lambda s: known(s, name))
            hits.sort(key=lambda s: (value(s) == -1, sign * value(s)))
        refs = [each.dataset.ref for each in hits]
        return refs[query.offset : query.offset + query.limit]


def inside(number: int | None, low: float | None, high: float | None) -> bool:
    if low is None and high is None:
        return True
    return (
        number is not None and (low is None or number >= low) and (high is None or number <= high)
    )


def known(stored: Stored, name: str) -> int:
    number = stored.numbers[name]
    return -1 if number is None else number


def day(stored: Stored) -> int:
    digits = "".join(char for char in stored.dataset.date.partition("+")[0] if char.isdigit())
    return int(digits.ljust(14, "0")) if digits else -1


def score(stored: Stored, text: str) -> int:
    """Return 0 where a word is missing, else one more than the words in the title."""
    wanted = list(dict.fromkeys(text.split()))
    title = stored.dataset.title.split()
    body = [f"{stored.dataset.version}", "h5ad"]
    for labels_ in stored.dataset.facets.values():
        body += [word for term in labels_ for word in term.label.lower().split()]
    found = 1
    for place, word in enumerate(wanted, 1):
        whole = len(word) == 1 and place < len(wanted)
        in_title = any(is_like(word, each, whole=whole) for each in title)
        if not in_title and not any(is_like(word, each, whole=whole) for each in body):
            return 0
        found += in_title
    return found


def is_like(typed: str, word: str, *, whole: bool) -> bool:
    if whole:
        return word == typed
    plural = len(typed) > 3 and typed.endswith("s") and not typed.endswith("ss")
    return word.startswith(typed) or (plural and word == typed[:-1])


def check(result: SearchResult, simple: Simple, query: SearchQuery) -> None:
    """Compare an answer with the simple one's."""
    hits = simple.hits(query)
    assert result.total == len(hits)
    assert [hit.ref for hit in result.hits] == simple.page(query)
    sizes = [each.numbers["size"] for each in hits]
    assert result.summary == Summary(
        datasets=len(hits),
        cells=sum(each.dataset.cells or 0 for each in hits),
        bytes=sum(size or 0 for size in sizes),
        unknown_sizes=sizes.count(None),
    )
    for facet in result.facets:
        chosen = query.facets.get(facet.name, ())
        expected = simple.counts(query, facet.name)
        assert {v.value: v.count for v in facet.values if v.count} == expected
        assert {v.value for v in facet.values if v.selected} == set(chosen)
        assert [v.selected for v in facet.values] == sorted(
            (v.selected for v in facet.values), reverse=True
        )
        for selected in (True, False):
            listed = [
                (-v.count, v.value.casefold())
                for v in facet.values
                if v.count and v.selected is selected
            ]
            assert listed == sorted(listed)
    every = {name for each in simple.stored for name in each.labels}
    assert {facet.name for facet in result.facets} >= every


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """Return a catalog with five real shapes."""
    catalog = Catalog(tmp_path_factory.mktemp("home"))
    catalog.replace("cellxgene", EVERYTHING)
    yield catalog
    catalog.close()


@settings(deadline=None)
@given(text=st.text(max_size=60) | st.from_regex(r"[a-z]{1,5}:/?/?[][@:/?#%. \ud800a-z0-9]{0,20}"))
@example("http://[")
@example("\ud800")
@example("doi:")
@example("a" * 1000)
def test_no_text_is_too_strange(five: Catalog, text: str) -> None:
    assert 0 <= five.search(ask(text)).total <= len(EVERYTHING)
    assert five.dataset(text) is None


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.sampled_from(["one", "two"]), parts()), min_size=1, max_size=4),
    asked=st.lists(queries(), min_size=1, max_size=6),
)
def test_search_agrees_with_a_simple_one(
    steps: list[tuple[str, list[Dataset]]], asked: list[SearchQuery]
) -> None:
    simple = Simple()
    with tempfile.TemporaryDirectory() as home:
        catalog = Catalog(Path(home))
        for source, part in steps:
            catalog.replace(source, part)
            simple.replace(source, part)
            for query in asked:
                result = catalog.search(query)
                if not result.corrected:
                    check(result, simple, query)
        catalog.close()
