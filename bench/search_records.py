"""A catalog made up for measuring: records, and questions as people type them.

Facets have 3 to 500 values of Zipf's frequencies, half of them with several values a record;
titles have twelve words of a vocabulary of 20,000, also by Zipf. The same seed gives the same
catalog in every process.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from jupyterlab_datahub.model import Access, Asset, Dataset, SearchQuery, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHUNK = 1_000
SEED = 20
TITLE_WORDS = 12
VOCABULARY = 20_000

SOURCES = ("cellxgene", "hca", "folder")
SOURCE_OF_CHUNK = (0, 0, 1, 0, 1, 0, 0, 1, 0, 2)  # by the last digit of its number
FORMATS = ("H5AD", "loom", "mtx", "RDS", "zarr")
YEARS = tuple(range(2014, 2027))


@dataclass(frozen=True)
class Spec:
    """A facet: how many values there are, and at most how many a record has."""

    name: str
    values: int
    most: int = 1


# Facets that follow from other fields; with those of the catalog they are twelve.
DERIVED: dict[str, tuple[str, ...]] = {
    "source": SOURCES,
    "access": tuple(access.value for access in Access),
    "format": FORMATS,
    "year": tuple(str(year) for year in YEARS),
}

SPECS = (
    Spec("organism", 5),
    Spec("tissue", 300, 3),
    Spec("disease", 150, 2),
    Spec("assay", 50, 2),
    Spec("cell_type", 500, 8),
    Spec("sex", 3, 2),
    Spec("development_stage", 80),
    Spec("self_reported_ethnicity", 40),
)


@dataclass(frozen=True)
class Record:
    """One dataset in plain values."""

    number: int
    source: str
    title: str
    labels: dict[str, tuple[str, ...]]
    cells: int
    size: int
    date: str

    def dataset(self) -> Dataset:
        """Return the record as a Source would yield it."""
        ref = f"{self.source}:{self.number:032x}"
        return Dataset(
            ref=ref,
            source=self.source,
            kind=self.source,
            id=f"{self.number:032x}",
            version=f"{self.number:032x}",
            title=self.title,
            facets={
                spec.name: tuple(
                    Term(label=label, ontology_term_id=f"T:{label[-4:]}")
                    for label in self.labels[spec.name]
                )
                for spec in SPECS
            },
            cells=self.cells,
            assets=(
                Asset(
                    ref=f"{ref}/{self.number:x}",
                    name=f"{self.number:x}",
                    format=self.labels["format"][0],
                    size=self.size,
                    access=Access(self.labels["access"][0]),
                ),
            ),
            access=Access(self.labels["access"][0]),
            published=self.date,
        )


def zipf(count: int) -> NDArray[np.float64]:
    """Return probabilities in proportion to 1, 1/2, 1/3 and so on."""
    weights = 1 / np.arange(1, count + 1)
    return weights / weights.sum()


@cache
def vocabulary() -> tuple[str, ...]:
    """Return made-up words of two to five syllables, the most frequent first."""
    dice = random.Random(SEED)
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(dice.choices(syllables, k=dice.randint(2, 5)))] = None
    return tuple(words)


@cache
def labels_of(spec: Spec) -> tuple[str, ...]:
    """Return the values of a facet, the most frequent first."""
    dice = random.Random(f"{SEED} {spec.name}")
    return tuple(f"{dice.choice(vocabulary())} {spec.name[:2]}{i:03}" for i in range(spec.values))


class Records:
    """The records of one Source, or of all, in a fixed order.

    ``seconds`` is the time that making them up took, which is no engine's.
    """

    def __init__(self, total: int, source: str | None = None) -> None:
        self.seconds = 0.0
        self._total = total
        self._source = source

    def __iter__(self) -> Iterator[Record]:
        for first in range(0, self._total, CHUNK):
            if self._source in (None, _source_of(first)):
                began = time.perf_counter()
                chunk = list(_chunk(first, min(CHUNK, self._total - first)))
                self.seconds += time.perf_counter() - began
                yield from chunk


def _source_of(first: int) -> str:
    return SOURCES[SOURCE_OF_CHUNK[first // CHUNK % len(SOURCE_OF_CHUNK)]]


def _chunk(first: int, count: int) -> Iterator[Record]:
    dice = np.random.default_rng((SEED, first))
    words = dice.choice(VOCABULARY, size=(count, TITLE_WORDS), p=zipf(VOCABULARY))
    source = _source_of(first)
    accesses = dice.choice([access.value for access in Access], size=count, p=zipf(len(Access)))
    formats = dice.choice(FORMATS, size=count, p=zipf(len(FORMATS)))
    years = dice.choice(YEARS, size=count)
    cells = dice.lognormal(10, 1.5, size=count).astype(int)
    chosen = {
        spec.name: (
            dice.choice(spec.values, size=(count, spec.most), p=zipf(spec.values)),
            dice.integers(1, spec.most + 1, size=count),
        )
        for spec in SPECS
    }
    for i in range(count):
        labels = {}
        for spec in SPECS:
            values, lengths = chosen[spec.name]
            own = dict.fromkeys(values[i, : lengths[i]].tolist())
            labels[spec.name] = tuple(labels_of(spec)[value] for value in own)
        labels["source"] = (source,)
        labels["access"] = (str(accesses[i]),)
        labels["format"] = (str(formats[i]),)
        labels["year"] = (str(years[i]),)
        yield Record(
            number=first + i,
            source=source,
            title=" ".join(vocabulary()[word] for word in words[i]),
            labels=labels,
            cells=int(cells[i]),
            size=int(cells[i]) * 20_000,
            date=f"{years[i]}-{i % 12 + 1:02}-{i % 28 + 1:02}",
        )


def queries(total: int) -> list[SearchQuery]:
    """Return 60 searches: 40 with the first 3 to 5 letters of a word, 0 to 3 facets in each.

    Words are drawn as they occur in titles, so frequent ones are asked for often, which is
    the hard case.
    """
    dice = random.Random(SEED)
    known = [
        record
        for first in range(0, min(total, 10 * CHUNK), CHUNK)
        for record in _chunk(first, min(CHUNK, total - first))
    ]
    asked = []
    for i in range(60):
        text = ""
        if i < 40:
            text = dice.choice(dice.choice(known).title.split())[: dice.randint(3, 5)]
        names = dice.sample([*(spec.name for spec in SPECS), "source", "year"], dice.randint(0, 3))
        facets = {}
        for name in names:
            some = dice.sample(known, dice.randint(1, 2))
            facets[name] = tuple({record.labels[name][0] for record in some})
        asked.append(SearchQuery(text=text, facets=facets))
    return asked
