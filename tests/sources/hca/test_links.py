"""Where a project leads: to archives, papers, and the same study in CELLxGENE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.sources.hca.links import links_of
from tests.sources.hca import bodies
from tests.sources.hca.bodies import PROJECT
from tests.sources.scripted import html, json_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.sources.hca import HcaSource
    from tests.sources.scripted import ScriptedHost

REF = f"hca:dcp60/{PROJECT}"
PAIRS = [
    {"cellxgeneId": "625f6bf4", "hcaProjectId": PROJECT},
    {"cellxgeneId": "7b9ae565", "hcaProjectId": "another"},
    {"something": "else"},
]


@pytest.mark.parametrize(
    ("project", "url"),
    [
        (
            {"accessions": [{"namespace": "geo_series", "accession": "GSE1"}]},
            "https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSE1",
        ),
        (
            {"publications": [{"doi": "10.1/x", "publicationTitle": "T", "publicationUrl": "u"}]},
            "https://doi.org/10.1/x",
        ),
        (
            {"publications": [{"doi": None, "publicationUrl": "https://example.org/p"}]},
            "https://example.org/p",
        ),
        ({"supplementaryLinks": [None, "see https://example.org/s"]}, "https://example.org/s"),
        ({"analysisPortals": [{"name": "UCSC", "url": "https://ucsc/x"}]}, "https://ucsc/x"),
    ],
)
def test_a_project_leads_somewhere(project: dict[str, Any], url: str) -> None:
    assert [link.url for link in links_of(project)] == [url]


@pytest.mark.parametrize(
    "project",
    [
        {"accessions": [{"namespace": "made_up", "accession": "1"}]},
        {"supplementaryLinks": ["javascript:alert(1)", "https://user:secret@host/x", "words only"]},
        {"publications": [{"doi": None, "publicationUrl": None}]},
    ],
)
def test_what_is_no_link_is_none(project: dict[str, Any]) -> None:
    assert links_of(project) == ()


def test_the_portals_own_list_of_the_same_studies_is_used_where_it_is_configured(
    azul: ScriptedHost, make: Callable[..., HcaSource]
) -> None:
    azul.say("/pairs.json", json_of(PAIRS))
    source = make(cellxgene_pairs=f"{azul.url}/pairs.json")
    for _ in range(2):
        urls = [link.url for link in source.dataset(REF).links if link.kind == "collection"]
        assert urls == ["https://cellxgene.cziscience.com/collections/625f6bf4"]
    assert azul.paths().count("/pairs.json") == 1


def test_a_list_that_cannot_be_had_costs_only_its_links(
    azul: ScriptedHost, make: Callable[..., HcaSource]
) -> None:
    azul.say("/pairs.json", html())
    assert make(cellxgene_pairs=f"{azul.url}/pairs.json").dataset(REF).links == ()


def test_people_of_a_project_are_told_from_those_who_curated_it(
    azul: ScriptedHost, source: HcaSource
) -> None:
    people = [
        {"contactName": "Matthew,,Green", "projectRole": "Human Cell Atlas wrangler"},
        {
            "contactName": "Martin,M,Enge",
            "email": "martin@example.org",
            "institution": "University",
            "correspondingContributor": True,
        },
        {"contactName": None, "institution": "Somewhere"},
    ]
    azul.say(
        f"/index/projects/{PROJECT}?catalog=dcp60", json_of(bodies.project(contributors=people))
    )
    dataset = source.dataset(REF)
    assert dataset.collection is not None
    assert dataset.collection.authors == "Martin M Enge, Somewhere"
    assert dataset.collection.contact == "Martin M Enge <martin@example.org>"
    people_told = [one for one in dataset.properties if one.code == "contributor"]
    assert [one.url for one in people_told] == ["", "mailto:martin@example.org", ""]
    sections = {one.label: one.section for one in people_told}
    assert sections["Matthew Green"] == "Data curators"
    assert sections["Martin M Enge"] == "Contributors"
