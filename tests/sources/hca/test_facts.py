"""What a page tells: accessions and papers that lead somewhere, files with their own facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.sources.hca.facts import facts_of
from jupyterlab_datahub.sources.hca.properties import properties_of
from tests.sources.hca import bodies
from tests.sources.scripted import json_of

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.hca import HcaSource
    from tests.sources.scripted import ScriptedHost

FILE = "00000000-0000-4000-8000-000000000001"
VERSION = "2024-01-01T00:00:00.000000Z"


def test_a_file_that_was_asked_for_tells_of_itself(azul: ScriptedHost, source: HcaSource) -> None:
    record = {
        "uuid": FILE,
        "version": VERSION,
        "name": "R1.fastq.gz",
        "format": "fastq.gz",
        "contentDescription": ["DNA sequence"],
        "url": "https://example.org",
    }
    azul.say(f"/index/files/{FILE}?catalog=dcp60", json_of(bodies.file_hit(record)))
    azul.say(f"/index/projects/{bodies.PROJECT}?catalog=dcp60", json_of(bodies.project()))
    ref = f"hca:dcp60/{FILE}@{VERSION}"
    asset = source.dataset(ref).asset(ref)
    assert asset is not None
    told = {one.label: (one.value, one.section) for one in asset.properties}
    assert told["Content"] == ("DNA sequence", "File")
    assert told["Organ"] == ("eye", "Where it is from")


def test_a_file_of_many_samples_names_a_few() -> None:
    hit = {"samples": [{"id": [f"s{at}" for at in range(1_200)]}]}
    (line,) = facts_of(hit)
    assert line.value.startswith("s0, s1, ")
    assert line.value.endswith(" and 1,192 more")


@pytest.mark.parametrize(
    ("accession", "label", "url"),
    [
        (
            {"namespace": "geo_series", "accession": "GSE1"},
            "GEO",
            "https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSE1",
        ),
        ({"namespace": "made_up", "accession": "1"}, "made up", ""),
    ],
)
def test_accessions_lead_to_their_archive(accession: dict[str, str], label: str, url: str) -> None:
    lines = properties_of({}, {"accessions": [accession]})
    assert [(one.label, one.value, one.url) for one in lines] == [
        (label, accession["accession"], url)
    ]


def test_publications_lead_to_their_paper() -> None:
    papers = [
        {"publicationTitle": "A", "doi": "10.1/a"},
        {"publicationTitle": "B", "publicationUrl": "javascript:alert(1)"},
    ]
    lines = properties_of({}, {"publications": papers})
    assert [one.url for one in lines] == ["https://doi.org/10.1/a", ""]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "1 file"),
        (999, "1 file · 999 B"),
        (999_600, "1 file · 1 MB"),
        (3_956_235_000_000, "1 file · 3.96 TB"),
    ],
)
def test_bytes_are_told_as_people_read_them(size: int, words: str) -> None:
    lines = properties_of(
        {"fileTypeSummaries": [{"format": "h5ad", "count": 1, "totalSize": size}]}, {}
    )
    assert [one.value for one in lines] == [words]
