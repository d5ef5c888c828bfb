"""Facets, ranges, sums and sorting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.catalog.search import MOST_VALUES
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import SearchResult, Summary
from jupyterlab_datahub.settings import SourceConfig
from tests.catalog.records import COVID, EVERYTHING, HUVEC, LUNG, MOUSE, PBMC, ask, dataset, terms

if TYPE_CHECKING:
    from jupyterlab_datahub.catalog.catalog import Catalog


def counts(result: SearchResult, name: str) -> dict[str, int]:
    """Return the values of a facet with their counts, in order."""
    facet = next(facet for facet in result.facets if facet.name == name)
    return {value.value: value.count for value in facet.values}


def test_all_facets_are_there_in_order_with_titles(catalog: Catalog) -> None:
    facets = catalog.search(ask()).facets
    assert {facet.name: facet.title for facet in facets} == {
        "source": "Source",
        "organism": "Organism",
        "tissue": "Tissue",
        "disease": "Disease",
        "assay": "Assay",
        "cell_type": "Cell type",
        "sex": "Sex",
        "access": "Access",
        "format": "Format",
        "year": "Year",
        "genetic_perturbation": "Genetic perturbation",
    }
    assert [facet.name for facet in facets][:3] == ["source", "organism", "tissue"]
    assert facets[-1].name == "genetic_perturbation"


def test_facets_we_derive_are_counted(catalog: Catalog) -> None:
    result = catalog.search(ask())
    assert counts(result, "source") == {"cellxgene": 5}
    assert counts(result, "access") == {"open": 4, "request": 1}
    assert counts(result, "format") == {"H5AD": 5}
    assert counts(result, "year") == {"2020": 1, "2021": 1, "2023": 1, "2026": 1}


def test_values_of_a_facet_are_alternatives_and_facets_conditions(catalog: Catalog) -> None:
    result = catalog.search(ask(facets={"tissue": ["lung", "blood"], "organism": ["Homo sapiens"]}))
    assert {hit.ref for hit in result.hits} == {LUNG.ref, COVID.ref, PBMC.ref}


def test_counts_ignore_the_choice_in_their_own_facet(catalog: Catalog) -> None:
    result = catalog.search(ask(facets={"tissue": ["lung"], "organism": ["Mus musculus"]}))
    assert result.total == 1
    assert counts(result, "tissue") == {"lung": 1}
    assert counts(result, "organism") == {"Mus musculus": 1, "Homo sapiens": 1}
    assert counts(result, "disease") == {"normal": 1}


def test_chosen_values_come_first_even_without_hits(catalog: Catalog) -> None:
    result = catalog.search(ask(facets={"tissue": ["trachea", "no such tissue"]}))
    tissue = next(facet for facet in result.facets if facet.name == "tissue")
    assert [(v.value, v.count, v.selected) for v in tissue.values] == [
        ("trachea", 1, True),
        ("no such tissue", 0, True),
        ("blood", 2, False),
        ("lung", 2, False),
        ("endothelial cell", 1, False),
    ]


def test_a_facet_nobody_has_finds_nothing_and_can_be_given_up(catalog: Catalog) -> None:
    result = catalog.search(ask(facets={"colour": ["red"]}))
    assert result.total == 0
    assert counts(result, "colour") == {"red": 0}


def test_values_are_known_in_any_case_and_by_ontology_term(catalog: Catalog) -> None:
    for value in ("Homo sapiens", "homo sapiens", "HOMO SAPIENS"):
        assert catalog.search(ask(facets={"organism": [value]})).total == 4
    result = catalog.search(ask(facets={"assay": ["EFO:0009899"]}))
    assert [hit.ref for hit in result.hits] == [HUVEC.ref]
    assert counts(result, "assay")["10x 3' v2"] == 1


def test_long_facets_are_capped_and_say_how_much_is_left(empty: Catalog) -> None:
    labels = tuple(f"type {i:03}" for i in range(MOST_VALUES + 50))
    empty.replace("cellxgene", [dataset("a", "A", facets=terms(cell_type=labels))])
    result = empty.search(ask(facets={"cell_type": [labels[-1]]}))
    facet = next(facet for facet in result.facets if facet.name == "cell_type")
    assert (len(facet.values), facet.more) == (MOST_VALUES, 50)
    assert facet.values[0].value == labels[-1]


def test_values_too_rare_to_be_listed_are_found_by_a_part_of_their_names(empty: Catalog) -> None:
    labels = tuple(f"Type {i:03}" for i in range(MOST_VALUES + 50))
    empty.replace("cellxgene", [dataset("a", "A", facets=terms(cell_type=labels))])
    asked = ask(facets={"cell_type": [labels[0]]}, find={"cell_type": "type 24"})
    facet = next(one for one in empty.search(asked).facets if one.name == "cell_type")
    assert [one.value for one in facet.values] == [labels[0], *labels[240:250]]
    assert facet.more == 0


def test_a_catalog_cannot_claim_another_source_or_access(empty: Catalog) -> None:
    claims = dataset("a", "A", facets=terms(source="hca", access="open", format="zarr"))
    empty.replace("cellxgene", [claims])
    result = empty.search(ask())
    assert counts(result, "source") == {"cellxgene": 1}
    assert counts(result, "access") == {"open": 1}
    assert counts(result, "format") == {"H5AD": 1, "zarr": 1}


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ({"cells": (59605, 65847)}, [HUVEC, LUNG]),
        ({"cells": (None, 14813)}, [MOUSE, PBMC]),
        ({"size": (1e9, None)}, [LUNG, COVID]),  # an unknown size is in no range
        ({"year": (2021, 2023)}, [LUNG, COVID]),
        ({"year": (None, None)}, list(EVERYTHING)),
        ({"cells": (1, 100000), "year": (2026, 2026)}, [HUVEC]),
        ({"cells": (float("-inf"), float("inf"))}, list(EVERYTHING)),
    ],
)
def test_ranges_are_inclusive_and_conditions(
    catalog: Catalog,
    ranges: dict[str, tuple[float | None, float | None]],
    expected: list[object],
) -> None:
    hits = catalog.search(ask(ranges=ranges)).hits
    assert {hit.ref for hit in hits} == {each.ref for each in EVERYTHING if each in expected}


def test_summary_adds_up_the_hits(catalog: Catalog) -> None:
    assert catalog.search(ask()).summary == Summary(
        datasets=5,
        cells=59605 + 65847 + 1462702 + 14813 + 2700,
        bytes=421893976 + 1433774383 + 33219989200 + 122029606,
        unknown_sizes=1,
    )
    blood = catalog.search(ask(facets={"tissue": ["blood"]})).summary
    assert blood == Summary(datasets=2, cells=1462702 + 2700, bytes=33219989200, unknown_sizes=1)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("relevance", [HUVEC, LUNG, COVID, MOUSE, PBMC]),
        ("-relevance", [PBMC, MOUSE, COVID, LUNG, HUVEC]),
        ("date", [MOUSE, COVID, LUNG, HUVEC, PBMC]),  # no date comes last
        ("-date", [HUVEC, LUNG, COVID, MOUSE, PBMC]),
        ("cells", [PBMC, MOUSE, HUVEC, LUNG, COVID]),
        ("-cells", [COVID, LUNG, HUVEC, MOUSE, PBMC]),
        ("size", [MOUSE, HUVEC, LUNG, COVID, PBMC]),
        ("-size", [COVID, LUNG, HUVEC, MOUSE, PBMC]),
        ("title", [MOUSE, COVID, PBMC, HUVEC, LUNG]),
        ("-title", [LUNG, HUVEC, PBMC, COVID, MOUSE]),
    ],
)
def test_sorts(catalog: Catalog, sort: str, expected: list[object]) -> None:
    hits = catalog.search(ask(sort=sort)).hits
    by_ref = {each.ref: each for each in EVERYTHING}
    assert [by_ref[hit.ref] for hit in hits] == expected


def test_a_hit_has_what_a_row_shows(catalog: Catalog) -> None:
    hit = catalog.search(ask("tabula")).hits[0]
    assert (hit.ref, hit.source, hit.kind, hit.title) == (
        LUNG.ref,
        "cellxgene",
        "cellxgene",
        LUNG.title,
    )
    assert hit.tissue == ("lung", "trachea")
    assert hit.assay == ("10x 3' v3", "Smart-seq2")
    assert (hit.cells, hit.size, hit.format) == (LUNG.cells, LUNG.size, "H5AD")
    assert hit.loads_as_anndata
    assert hit.date == LUNG.published


def test_pages_follow_each_other(catalog: Catalog) -> None:
    whole = [hit.ref for hit in catalog.search(ask()).hits]
    paged = []
    for offset in range(0, 8, 2):
        result = catalog.search(ask(offset=offset, limit=2))
        assert (result.total, result.offset) == (5, offset)
        paged += [hit.ref for hit in result.hits]
    assert paged == whole
    assert catalog.search(ask(limit=0)).hits == ()


def test_a_very_deep_page_is_right(empty: Catalog) -> None:
    many = [dataset(f"d{i:05}", f"Title {i:05}") for i in range(2000)]
    empty.replace("cellxgene", many)
    result = empty.search(ask("title", sort="title", offset=1995, limit=50))
    assert [hit.title for hit in result.hits] == [f"Title {i:05}" for i in range(1995, 2000)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sort": "colour"}, "'colour'"),
        ({"sort": "--date"}, "'--date'"),
        ({"sort": ""}, "sorted"),
        ({"ranges": {"height": (1, 2)}}, "'height'"),
        ({"ranges": {"cells": (2, 1)}}, "cells"),
        ({"ranges": {"cells": (float("nan"), 1)}}, "not a number"),
        ({"limit": 501}, "501"),
        ({"limit": -1}, "-1"),
        ({"offset": -1}, "-1"),
        ({"text": "a" * 1001}, "1,000"),
    ],
)
def test_senseless_queries_are_refused_with_words(
    catalog: Catalog, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadRequestError) as refused:
        catalog.search(ask(**fields))
    assert words in str(refused.value)


def test_sources_are_told_their_matches_whatever_source_is_chosen(catalog: Catalog) -> None:
    catalog.replace("lab", [dataset("x", "Our lung", facets=terms(tissue="lung"))])
    configs = [SourceConfig(name=name, kind="folder") for name in ("lab", "cellxgene", "new")]
    result = catalog.search(ask("lung", facets={"source": ["lab"]}), catalog.statuses(configs))
    assert result.total == 1
    assert {status.name: status.matches for status in result.sources} == {
        "lab": 1,
        "cellxgene": 2,
        "new": 0,
    }


def test_sources_that_are_not_configured_are_not_searched(catalog: Catalog) -> None:
    catalog.replace("former", [dataset("x", "Their lung", facets=terms(tissue="thymus"))])
    configured = catalog.statuses([SourceConfig(name="cellxgene", kind="cellxgene")])
    result = catalog.search(ask(), configured)
    assert result.total == 5
    assert counts(result, "source") == {"cellxgene": 5}
    assert "thymus" not in counts(result, "tissue")
    assert catalog.search(ask()).total == 6


def test_no_source_configured_means_nothing_found(catalog: Catalog) -> None:
    result = catalog.search(ask("lung", facets={"tissue": ["lung"]}), [])
    assert (result.total, result.hits, result.sources) == (0, (), ())
