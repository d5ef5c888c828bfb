"""What a search asks Azul, and what it makes of the answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import Range, SearchQuery
from tests.sources.hca import bodies
from tests.sources.hca.bodies import PROJECT
from tests.sources.scripted import json_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.sources.hca import HcaSource
    from tests.sources.scripted import ScriptedHost


def test_the_catalog_is_the_default_one_and_never_an_internal_one(
    azul: ScriptedHost, source: HcaSource
) -> None:
    azul.say("/index/catalogs", json_of({**bodies.catalogs(), "default_catalog": "dcp60-it"}))
    assert source.search(SearchQuery()).hits[0].ref == f"hca:dcp60/{PROJECT}"


def test_another_catalog_can_be_configured(
    azul: ScriptedHost, make: Callable[..., HcaSource]
) -> None:
    azul.say("/index/catalogs", json_of(bodies.catalogs("dcp60", "lm10")))
    azul.say(bodies.index("projects", "lm10"), json_of(bodies.page(bodies.project())))
    azul.say(bodies.summary("lm10"), json_of(bodies.SUMMARY))
    assert make(catalog="lm10").search(SearchQuery()).hits[0].ref == f"hca:lm10/{PROJECT}"


def test_a_project_is_found_with_what_it_is(source: HcaSource) -> None:
    result = source.search(SearchQuery())
    assert [entity.name for entity in result.entities] == ["projects", "samples", "files"]
    hit = result.hits[0]
    assert (hit.title, hit.collection) == ("Retina of the eye", "EyeRetina")
    assert (hit.organism, hit.tissue, hit.assay) == (
        ("Homo sapiens",),
        ("eye",),
        ("10X v2 sequencing",),
    )
    assert (hit.cells, hit.size, hit.loads_as_anndata) == (900, 255471211, True)


def test_the_figures_are_those_of_the_explorer(source: HcaSource) -> None:
    figures = {figure.name: figure.value for figure in source.search(SearchQuery()).summary.figures}
    assert figures == {
        "projects": 4,
        "donors": 5,
        "specimens": 6,
        "cells": 3589 + 88000 + 44000,
        "files": 231,
        "size": 838022993,
    }


def test_facets_have_shared_names_in_the_groups_of_the_explorer(
    azul: ScriptedHost, source: HcaSource
) -> None:
    told = bodies.page(
        bodies.project(),
        genusSpecies={"Mus musculus": 1, "Homo sapiens": 2},
        organ={"eye": 3},
        specimenOrgan={"eye": 2, None: 1},
        accessible={"true": 2, "false": 1},
        duosId={"DUOS-1": 1},
        projectDescription={"a long text": 3},
    )
    azul.say(bodies.index("projects"), json_of(told))
    facets = {facet.name: facet for facet in source.search(SearchQuery()).facets}
    assert [(f.name, f.group) for f in facets.values()] == [
        ("access", "Project"),
        ("organism", "Donor"),
        ("tissue", "Sample"),
        ("duosId", "Other"),
    ]
    assert [v.value for v in facets["organism"].values] == ["Homo sapiens", "Mus musculus"]
    assert [(v.value, v.count) for v in facets["tissue"].values] == [("eye", 2), ("Unspecified", 1)]
    assert [v.value for v in facets["access"].values] == ["open", "controlled"]
    assert facets["duosId"].title == "Duos id"


def test_choices_become_filters(azul: ScriptedHost, source: HcaSource) -> None:
    filters = {
        "genusSpecies": {"is": ["Homo sapiens", None]},
        "accessible": {"is": [True]},
        "pairedEnd": {"is": [False]},
        "effectiveCellCount": {"within": [[1000, 10**15]]},
        "organismAgeRange": {"intersects": [[0, 20 * 365 * 24 * 3600]]},
    }
    azul.say(bodies.index("projects", filters=filters), json_of(bodies.page(bodies.project())))
    azul.say(bodies.summary(filters=filters), json_of(bodies.SUMMARY))
    result = source.search(
        SearchQuery(
            facets={
                "organism": ("Homo sapiens", "Unspecified"),
                "access": ("open",),
                "pairedEnd": ("No",),
            },
            ranges={"cells": Range(min=1000), "organismAge": Range(max=20)},
        )
    )
    assert result.total == 1
    assert [export.ref.partition("?")[0] for export in result.exports] == [
        "hca:dcp60/manifest/compact",
        "hca:dcp60/manifest/metadata",
        "hca:dcp60/manifest/curl",
        "hca:dcp60/manifest/verbatim.jsonl",
        "hca:dcp60/files",
    ]
    assert json.loads(result.exports[-1].ref.partition("?")[2]) == filters
    assert result.exports[-1].members == 231


def test_an_older_catalog_is_asked_by_its_older_names(
    azul: ScriptedHost, source: HcaSource
) -> None:
    new = {"effectiveCellCount": {"within": [[5, 10**15]]}}
    old = {"cellCount": {"within": [[5, 10**15]]}}
    refusal = bodies.refusal("BadRequestError", "Unknown field `effectiveCellCount`")
    azul.say(bodies.index("projects", filters=new), json_of(refusal, 400))
    azul.say(bodies.summary(filters=new), json_of(refusal, 400))
    azul.say(bodies.index("projects", filters=old), json_of(bodies.page(bodies.project())))
    azul.say(bodies.summary(filters=old), json_of(bodies.SUMMARY))
    for _ in range(2):
        assert source.search(SearchQuery(ranges={"cells": Range(min=5)})).total == 1
    assert sum("effectiveCellCount" in path for path in azul.paths()) <= 2


def test_a_facet_that_the_catalog_does_not_have_is_told(
    azul: ScriptedHost, source: HcaSource
) -> None:
    refusal = json_of(bodies.refusal("BadRequestError", "Unknown field `suspension_type`"), 400)
    filters = {"suspension_type": {"is": ["cell"]}}
    azul.say(bodies.index("projects", filters=filters), refusal)
    azul.say(bodies.summary(filters=filters), refusal)
    with pytest.raises(BadRequestError, match="Human Cell Atlas has no field 'suspension_type'"):
        source.search(SearchQuery(facets={"suspension_type": ("cell",)}))


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(entity="bundles"),
        SearchQuery(ranges={"weight": Range(min=1)}),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(
    source: HcaSource, query: SearchQuery
) -> None:
    with pytest.raises(BadRequestError) as caught:
        source.search(query)
    assert "It " in caught.value.hint


def test_words_are_looked_for_in_the_texts_of_the_projects(
    azul: ScriptedHost, source: HcaSource
) -> None:
    others = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(3)]
    every = [
        bodies.project(others[0], "Cells of the brain"),
        bodies.project(others[1], "Something", projectDescription="also the brain"),
        bodies.project(others[2], "Skin", projectDescription="of a foot"),
    ]
    azul.say(bodies.index("projects", size=100), json_of(bodies.page(*every)))
    filters = {"projectId": {"is": others[:2]}}
    azul.say(
        bodies.index("projects", size=100, filters=filters),
        json_of(bodies.page(every[1], every[0])),
    )
    azul.say(bodies.summary(filters=filters), json_of(bodies.SUMMARY))
    result = source.search(SearchQuery(text="BRAI"))
    assert [hit.id for hit in result.hits] == others[:2], "the title counts more than the text"
    before = len(azul.asked)
    assert source.search(SearchQuery(text="nothing such")).total == 0
    assert len(azul.asked) == before, "the texts are kept"


def test_a_later_page_goes_on_where_the_first_one_ended(
    azul: ScriptedHost, source: HcaSource
) -> None:
    first = [bodies.project(f"{number:08d}-0000-4000-8000-000000000000") for number in range(2)]
    following = f"{azul.url}/index/projects?catalog=dcp60&size=2&search_after=x"
    azul.say(
        bodies.index("projects", size=2), json_of(bodies.page(*first, total=3, following=following))
    )
    azul.say(
        urlsplit(following).path + "?" + urlsplit(following).query,
        json_of(bodies.page(bodies.project(), total=3)),
    )
    begin = source.search(SearchQuery(limit=2))
    assert (begin.total, len(begin.hits)) == (3, 2)
    rest = source.search(SearchQuery(limit=2, offset=2))
    assert [hit.id for hit in rest.hits] == [PROJECT]
    assert sum("size=1000" in path for path in azul.paths()) == 0


def test_long_filters_go_in_a_body(azul: ScriptedHost, source: HcaSource) -> None:
    many = tuple(f"a title that is rather long, number {number}" for number in range(400))
    following = f"{azul.url}/index/files?catalog=dcp60&size=2&search_after=x"
    azul.say(
        bodies.index("files", size=2),
        json_of(bodies.page(bodies.file_hit(bodies.leaf()), total=2, following=following)),
    )
    azul.say(
        "/index/files?catalog=dcp60&size=2&search_after=x",
        json_of(bodies.page(bodies.file_hit(bodies.leaf("b.loom", "b")), total=2)),
    )
    query = SearchQuery(entity="files", facets={"projectTitle": many}, limit=2)
    result = source.search(query)
    assert len(result.hits) == 2
    assert result.summary.figures == (), "summaries take no body"
    posted = [asked for asked in azul.asked if asked.method == "POST"]
    assert len(posted) == 2
    for asked in posted:
        filters = json.loads(json.loads(asked.body)["filters"])
        assert filters == {"projectTitle": {"is": list(many)}}
        assert "filters" not in parse_qs(urlsplit(asked.path).query)


def test_a_catalog_that_is_replaced_between_two_pages_is_told(
    azul: ScriptedHost, source: HcaSource
) -> None:
    following = f"{azul.url}/index/projects?catalog=dcp60&size=1&search_after=x"
    azul.say(
        bodies.index("projects", size=1),
        json_of(bodies.page(bodies.project(), total=2, following=following)),
    )
    assert source.search(SearchQuery(limit=1)).total == 2
    azul.say("/index/catalogs", json_of(bodies.catalogs("dcp61")))
    gone = "Catalog name 'dcp60' does not exist. Must be one of {'dcp61'}."
    for path in ("/index/projects?catalog=dcp60&size=1&search_after=x", bodies.summary()):
        azul.say(path, json_of(bodies.refusal("NotFoundError", gone), 404))
    with pytest.raises(ConflictError, match="replaced its catalog dcp60 by dcp61") as caught:
        source.search(SearchQuery(limit=1, offset=1))
    assert "Search again" in caught.value.hint


def test_a_catalog_that_is_gone_at_the_first_page_is_replaced_unasked(
    azul: ScriptedHost, source: HcaSource
) -> None:
    assert source.search(SearchQuery()).total == 1
    azul.say("/index/catalogs", json_of(bodies.catalogs("dcp61")))
    gone = json_of(bodies.refusal("NotFoundError", "Catalog name 'dcp60' does not exist."), 404)
    azul.say(bodies.index("projects"), gone)
    azul.say(bodies.summary(), gone)
    azul.say(bodies.index("projects", "dcp61"), json_of(bodies.page(bodies.project())))
    azul.say(bodies.summary("dcp61"), json_of(bodies.SUMMARY))
    assert source.search(SearchQuery()).hits[0].ref == f"hca:dcp61/{PROJECT}"


def test_an_order_that_azul_does_not_have_is_told(source: HcaSource) -> None:
    result = source.search(SearchQuery(sort="size"))
    assert result.total == 1
    assert result.sources[0].progress == "Projects cannot be ordered by size."
