"""What a text finds, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.model import Collection, Dataset
from tests.catalog.records import COVID, EVERYTHING, HUVEC, LUNG, MOUSE, PBMC, ask, dataset, terms

if TYPE_CHECKING:
    from jupyterlab_datahub.catalog.catalog import Catalog


def found(catalog: Catalog, text: str) -> list[Dataset]:
    """Return the datasets that a text finds, in order."""
    hits = catalog.search(ask(text)).hits
    by_ref = {known.ref: known for known in EVERYTHING}
    return [by_ref[hit.ref] for hit in hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tabula", [LUNG]),  # title
        ("chromatin", [HUVEC]),  # collection
        ("trachea", [LUNG]),  # a facet's label
        ("infection", [COVID]),  # description
        ("Calandrelli", [HUVEC]),  # authors
        ("gse135357", [HUVEC]),  # link
        ("sap lun", [LUNG]),  # beginnings of words, all of them
        ("lung blood", []),
        ("10x 3' v2", [HUVEC]),
        ("10x 3\N{PRIME} v2", [HUVEC]),  # as papers set it
        ("CD14+", [LUNG]),
        ("cd14-positive", [LUNG]),
        ("SARS-CoV-2", [COVID]),
        ("sars cov 2", [COVID]),
        ("TNFα", [HUVEC]),
        ("TNF-alpha", [HUVEC]),
        ("muller simic", [COVID]),
        ("MÜLLER-ŠIMIĆ", [COVID]),
        ("T cells", [LUNG, PBMC]),  # a plural finds the singular
        ("h5ad pbmc", [PBMC]),
    ],
)
def test_finds(catalog: Catalog, text: str, expected: list[Dataset]) -> None:
    assert found(catalog, text) == expected


def test_a_full_title_finds_its_dataset(catalog: Catalog) -> None:
    for each in EVERYTHING:
        assert found(catalog, each.title)[0] == each


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'",
        '"lung',
        "AND",
        "NOT lung",
        "lung OR",
        "NEAR(",
        "title:",
        "*",
        "-",
        "^lung",
        "(",
        "a\0b",
        "{a b}: c",
        "+" * 50,
    ],
)
def test_operators_of_the_index_are_plain_text(catalog: Catalog, text: str) -> None:
    assert catalog.search(ask(text)).total <= len(EVERYTHING)


def test_text_without_a_word_is_no_condition(catalog: Catalog) -> None:
    assert catalog.search(ask(" -- ' ")).total == len(EVERYTHING)


@pytest.mark.parametrize(
    "text",
    [
        HUVEC.ref,
        HUVEC.ref.upper(),
        HUVEC.id,
        HUVEC.version,
        f"  {HUVEC.version}\n",
        HUVEC.doi,
        f"doi:{HUVEC.doi}",
        f"https://doi.org/{HUVEC.doi}",
        "db468083-041c-41ca-8f6f-bf991a070adf",
        f"https://cellxgene.cziscience.com/e/{HUVEC.id}.cxg/",
        f"https://datasets.cellxgene.cziscience.com/{HUVEC.version}.h5ad",
        "https://cellxgene.cziscience.com/collections/db468083-041c-41ca-8f6f-bf991a070adf",
    ],
)
def test_a_pasted_identifier_finds_its_dataset(catalog: Catalog, text: str) -> None:
    result = catalog.search(ask(text))
    assert [hit.ref for hit in result.hits] == [HUVEC.ref]
    assert result.corrected == ""


@pytest.mark.parametrize(
    "text",
    [
        HUVEC.doi,
        f"https://doi.org/{HUVEC.doi}",
        "https://cellxgene.cziscience.com/collections/db468083-041c-41ca-8f6f-bf991a070adf",
    ],
)
def test_an_identifier_names_all_datasets_of_a_study(catalog: Catalog, text: str) -> None:
    assert catalog.named(text, 5) == (HUVEC,)
    assert catalog.named(text, 0) == ()


@pytest.mark.parametrize("text", ["", "10.1000/nothing", "lung", "endothelial"])
def test_words_name_no_dataset(catalog: Catalog, text: str) -> None:
    assert catalog.named(text, 5) == ()


def test_parts_of_a_uuid_are_no_words(catalog: Catalog) -> None:
    assert found(catalog, "a77c") == []
    assert found(catalog, "49a8") == []


def test_an_identifier_that_is_a_word_hides_no_other_hits(empty: Catalog) -> None:
    named = dataset("lung", "A file", id="lung")
    empty.replace("folder", [LUNG, named])
    assert [hit.ref for hit in empty.search(ask("lung")).hits] == [named.ref, LUNG.ref]


@pytest.mark.parametrize(
    ("typed", "searched", "expected"),
    [
        ("pbcm", "pbmc", [PBMC]),
        ("endothelail", "endothelial", [HUVEC]),
        ("endoteli", "endotheli", [HUVEC]),  # the beginning of a word
        ("Tabula Sapeins - Lung", "Tabula sapiens - Lung", [LUNG]),
        ("mosue lung", "mouse lung", [MOUSE]),
    ],
)
def test_a_typo_is_corrected_and_told(
    catalog: Catalog, typed: str, searched: str, expected: list[Dataset]
) -> None:
    result = catalog.search(ask(typed))
    assert [hit.ref for hit in result.hits] == [each.ref for each in expected]
    assert result.corrected == searched


@pytest.mark.parametrize("text", ["lung", "CD15", "v9", "xyzzyx", "lu"])
def test_what_is_found_or_like_nothing_is_not_corrected(catalog: Catalog, text: str) -> None:
    assert catalog.search(ask(text)).corrected == ""


def test_words_of_removed_datasets_are_no_correction(catalog: Catalog) -> None:
    catalog.replace("cellxgene", [LUNG])
    result = catalog.search(ask("pbcm"))
    assert (result.total, result.corrected) == (0, "")


def test_titles_come_before_other_hits_then_the_newest_then_most_cells(empty: Catalog) -> None:
    in_body = dataset("body", "Newest", facets=terms(tissue="liver"), published="2026-01-01")
    old = dataset("old", "Liver of 2010", published="2010")
    small = dataset("small", "Liver, small", published="2020-05-05", cells=10)
    large = dataset("large", "Liver, large", published="2020-05-05", cells=1000)
    undated = dataset("undated", "Liver without a date", cells=10**9)
    empty.replace("cellxgene", [in_body, old, small, large, undated])
    hits = empty.search(ask("liver")).hits
    assert [hit.ref for hit in hits] == [each.ref for each in (large, small, old, undated, in_body)]


def test_more_words_in_the_title_come_first(empty: Catalog) -> None:
    one = dataset("one", "Kidney", facets=terms(tissue="cortex"), published="2026")
    both = dataset("both", "Kidney cortex", published="2001")
    empty.replace("cellxgene", [one, both])
    assert [hit.ref for hit in empty.search(ask("cortex kidney")).hits] == [both.ref, one.ref]


def test_the_words_of_a_collection_find_all_its_datasets(empty: Catalog) -> None:
    atlas = Collection(id="c", title="Human Brain Cell Atlas v1.0")
    parts = [dataset(f"part{i}", f"Dissection {i}", collection=atlas) for i in range(138)]
    empty.replace("cellxgene", parts)
    assert empty.search(ask("brain cell atlas")).total == 138
