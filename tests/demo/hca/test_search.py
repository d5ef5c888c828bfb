"""What a search finds and counts is what one finds and counts by hand."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyterlab_datahub.demo.hca.atlas import HumanCellAtlas
    from tests.demo.hca.client import Client, Json

ENTITIES = ("projects", "samples", "files")


def _of(part: str, name: str) -> Callable[[Json], set[Any]]:
    """Return a look at a property of some part of a hit; nothing at all is null."""

    def values(hit: Json) -> set[Any]:
        found: set[Any] = set()
        for entity in hit[part]:
            if name in entity:
                value = entity[name]
                found.update(value if isinstance(value, list) else [value])
        return found or {None}

    return values


BY_HAND: dict[str, Callable[[Json], set[Any]]] = {
    "genusSpecies": _of("donorOrganisms", "genusSpecies"),
    "biologicalSex": _of("donorOrganisms", "biologicalSex"),
    "developmentStage": _of("donorOrganisms", "developmentStage"),
    "donorDisease": _of("donorOrganisms", "disease"),
    "specimenOrgan": _of("specimens", "organ"),
    "specimenDisease": _of("specimens", "disease"),
    "preservationMethod": _of("specimens", "preservationMethod"),
    "effectiveOrgan": _of("samples", "effectiveOrgan"),
    "sampleEntityType": _of("samples", "sampleEntityType"),
    "selectedCellType": _of("cellSuspensions", "selectedCellType"),
    "libraryConstructionApproach": _of("protocols", "libraryConstructionApproach"),
    "nucleicAcidSource": _of("protocols", "nucleicAcidSource"),
    "pairedEnd": _of("protocols", "pairedEnd"),
    "workflow": _of("protocols", "workflow"),
    "assayType": _of("protocols", "assayType"),
    "laboratory": _of("projects", "laboratory"),
    "projectTitle": _of("projects", "projectTitle"),
    "dataUseRestriction": _of("projects", "dataUseRestriction"),
}


def _text(value: Any) -> str | None:
    return str(value).lower() if isinstance(value, bool) else value


def _counted(hits: Iterable[Json], field: str) -> dict[str | None, int]:
    counts: dict[str | None, int] = {}
    for hit in hits:
        for value in BY_HAND[field](hit):
            counts[_text(value)] = counts.get(_text(value), 0) + 1
    return counts


def _terms(page: Json, field: str) -> dict[str | None, int]:
    return {entry["term"]: entry["count"] for entry in page["termFacets"][field]["terms"]}


def _passing(hits: Iterable[Json], chosen: dict[str, list[Any]]) -> list[Json]:
    return [
        hit
        for hit in hits
        if all(not BY_HAND[field](hit).isdisjoint(values) for field, values in chosen.items())
    ]


@pytest.fixture(scope="module")
def everything(lasting: Client) -> dict[str, list[Json]]:
    """Return all hits of all indices."""
    return {entity: lasting.hits(entity) for entity in ENTITIES}


@pytest.mark.parametrize("entity", ENTITIES)
def test_everything_is_found_once(
    lasting: Client, everything: dict[str, list[Json]], entity: str
) -> None:
    ids = [hit["entryId"] for hit in everything[entity]]
    assert len(ids) == len(set(ids)) > 30
    assert lasting.get(f"/index/{entity}")["pagination"]["total"] == len(ids)


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("seed", range(8))
def test_facets_are_counted_without_their_own_filter(
    lasting: Client, everything: dict[str, list[Json]], entity: str, seed: int
) -> None:
    chance = random.Random(f"{entity}/{seed}")  # noqa: S311 - the same every time
    hits = everything[entity]
    fields = chance.sample(sorted(BY_HAND), chance.randint(1, 3))
    chosen: dict[str, list[Any]] = {}
    for field in fields:
        values = sorted({v for hit in hits for v in BY_HAND[field](hit)}, key=str)
        chosen[field] = chance.sample(values, min(len(values), chance.randint(1, 3)))
    filters = {field: {"is": values} for field, values in chosen.items()}
    page = lasting.get(f"/index/{entity}", filters=filters, size=1)
    passing = _passing(hits, chosen)
    assert page["pagination"]["total"] == len(passing)
    for field in BY_HAND:
        others = {name: values for name, values in chosen.items() if name != field}
        assert _terms(page, field) == _counted(_passing(hits, others), field), field
    found = lasting.hits(entity, filters=filters)
    assert {hit["entryId"] for hit in found} == {hit["entryId"] for hit in passing}


def test_values_are_alternatives_and_fields_are_not(lasting: Client) -> None:
    def total(**chosen: list[Any]) -> int:
        filters = {field: {"is": values} for field, values in chosen.items()}
        found: int = lasting.get("/index/projects", filters=filters)["pagination"]["total"]
        return found

    mouse, man = total(genusSpecies=["Mus musculus"]), total(genusSpecies=["Homo sapiens"])
    both = total(genusSpecies=["Mus musculus", "Homo sapiens"])
    # One project has both.
    assert both == mouse + man - 1 == 32
    of_brain = total(genusSpecies=["Mus musculus"], specimenOrgan=["brain"])
    assert 0 < of_brain < mouse


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    "sort", ["projectTitle", "laboratory", "effectiveCellCount", "entryId", "submissionDate"]
)
@pytest.mark.parametrize("size", [1, 5, 100])
def test_pages_are_sorted_and_nothing_is_met_twice(
    lasting: Client, sort: str, order: str, size: int
) -> None:
    pages = list(lasting.pages("/index/projects", sort=sort, order=order, size=size))
    ids = [hit["entryId"] for page in pages for hit in page["hits"]]
    assert len(ids) == len(set(ids)) == pages[0]["pagination"]["total"]
    assert {page["pagination"]["sort"] for page in pages} == {sort}
    assert {page["pagination"]["pages"] for page in pages} == {len(pages)}
    assert [len(page["hits"]) for page in pages[:-1]] == [size] * (len(pages) - 1)
    other = "desc" if order == "asc" else "asc"
    reverse = lasting.hits("projects", sort=sort, order=other)
    assert [hit["entryId"] for hit in reverse] == ids[::-1]


def test_null_comes_last_and_pages_go_on_after_it(lasting: Client) -> None:
    pages = list(lasting.pages("/index/projects", sort="laboratory", size=3))
    first = [p["hits"][0]["projects"][0]["laboratory"] for p in pages]
    assert first[0] != [None]
    assert first[-1] == [None]
    assert any("~null" in (page["pagination"]["next"] or "") for page in pages)


def test_one_can_go_back(lasting: Client) -> None:
    pages = list(lasting.pages("/index/files", size=100))
    assert pages[0]["pagination"]["previous"] is None
    for before, page in pairwise(pages):
        back = lasting.get(page["pagination"]["previous"])
        assert back["hits"] == before["hits"]


def test_pages_are_limited(lasting: Client) -> None:
    for entity, longest in (("projects", 100), ("bundles", 100), ("files", 1000)):
        lasting.get(f"/index/{entity}", size=longest)
        answer = lasting.get(f"/index/{entity}", size=longest + 1, status=400)
        assert answer["Message"].endswith(f"must not be greater than {longest}")
    assert len(lasting.get("/index/projects")["hits"]) == 10


def test_numbers_are_chosen_by_range(lasting: Client) -> None:
    hits = lasting.hits("files")
    sizes = sorted(hit["files"][0]["size"] for hit in hits)
    low, high = sizes[10], sizes[-10]
    for ranges in ([[low, high]], [[low, sizes[-1]], [0, high]]):
        found = lasting.hits("files", filters={"fileSize": {"within": ranges}})
        assert sorted(hit["files"][0]["size"] for hit in found) == [
            size for size in sizes if low <= size <= high
        ]


def test_ages_are_ranges(lasting: Client) -> None:
    year = 31_536_000.0

    def found(relation: str, value: Any) -> set[float]:
        filters = {"organismAgeRange": {relation: [value]}}
        hits = lasting.hits("samples", filters=filters)
        return {
            age[0] / year
            for h in hits
            for d in h["donorOrganisms"]
            for age in d["organismAgeRange"]
        }

    assert found("within", [38 * year, 44 * year]) == set(map(float, range(38, 45)))
    assert found("contains", 38 * year) == {38.0}
    assert found("intersects", [37.5 * year, 38.5 * year]) == {38.0}


def test_accessions_and_ages_are_objects(lasting: Client) -> None:
    for wanted in (
        {"accession": "GSE000001"},
        {"namespace": "geo_series", "accession": "GSE000001"},
    ):
        [hit] = lasting.hits("projects", filters={"accessions": {"is": [wanted]}})
        assert wanted.items() <= hit["projects"][0]["accessions"][0].items()
    series = lasting.hits("projects", filters={"accessions": {"is": [{"namespace": "geo_series"}]}})
    assert len(series) > 10
    age = {"value": "38", "unit": "year"}
    page = lasting.get("/index/samples", filters={"organismAge": {"is": [age]}}, size=100)
    assert all(hit["donorOrganisms"][0]["organismAge"] == [age] for hit in page["hits"])
    term = next(t for t in page["termFacets"]["organismAge"]["terms"] if t["term"] == age)
    assert term["count"] == page["pagination"]["total"]


def test_terms_of_a_project_have_its_id(lasting: Client) -> None:
    page = lasting.get("/index/files", size=1)
    ids = {p["projects"][0]["projectShortname"]: p["entryId"] for p in lasting.hits("projects")}
    terms = page["termFacets"]["project"]["terms"]
    assert {t["term"]: t["projectId"] for t in terms} == {
        name: [id_] for name, id_ in ids.items() if name != "ManagedCortexStandIn"
    }


def test_a_body_says_the_same_as_a_query(lasting: Client) -> None:
    filters = '{"fileFormat":{"is":["loom"]}}'
    asked: dict[str, Any] = {"filters": filters, "size": 3, "sort": "fileSize", "order": "desc"}
    posted = lasting.ask("POST", "/index/files", json=asked).json()
    assert posted == lasting.get("/index/files", **asked)
    assert lasting.ask("HEAD", "/index/files", params={"filters": filters}).status_code == 200
    assert lasting.ask("HEAD", "/index/summary").status_code == 200


def test_an_entity_has_a_page_of_its_own(lasting: Client) -> None:
    for entity in ("projects", "samples", "files", "bundles"):
        [hit] = lasting.get(f"/index/{entity}", size=1)["hits"]
        assert lasting.get(f"/index/{entity}/{hit['entryId']}") == hit
    missing = "2b7959bb-acd1-4aa3-9557-345f9b3c6327"
    answer = lasting.get(f"/index/projects/{missing}", status=404)
    assert answer == {
        "Code": "NotFoundError",
        "Message": f"Can't find an entity in projects with an uuid, {missing}.",
    }
    assert "is not a valid UUID" in lasting.get("/index/projects/x", status=400)["Message"]


def test_what_needs_a_permission_is_seen_as_a_project_alone(
    azul: Client, atlas: HumanCellAtlas
) -> None:
    id_ = atlas.project("managed-brain").id
    hit = azul.get(f"/index/projects/{id_}")
    assert hit["projects"][0]["accessible"] is False
    assert hit["projects"][0]["dataUseRestriction"] == "GRU-NCU"
    assert _terms(azul.get("/index/projects"), "accessible") == {"true": 31, "false": 1}
    refused = azul.hits("projects", filters={"accessible": {"is": [False]}})
    assert [hit["entryId"] for hit in refused] == [id_]
    of_project = {"projectId": {"is": [id_]}}
    assert azul.hits("files", filters=of_project) == []
    sources = azul.get("/repository/sources")["sources"]
    known = {source["sourceId"] for source in sources}
    secret = hit["sources"][0]["sourceId"]
    assert secret not in known
    answer = azul.get("/index/files", filters={"sourceId": {"is": [secret]}}, status=403)
    assert answer["Message"].startswith("('Cannot filter by inaccessible sources'")
    azul.session.headers["Authorization"] = "Bearer demo-managed-access"
    assert len(azul.hits("files", filters=of_project)) == 3
    assert azul.get(f"/index/projects/{id_}")["projects"][0]["accessible"] is True
    assert secret in {s["sourceId"] for s in azul.get("/repository/sources")["sources"]}


def test_the_summary_follows_the_filters(lasting: Client) -> None:
    for filters in (
        {},
        {"genusSpecies": {"is": ["Mus musculus"]}},
        {"fileFormat": {"is": ["loom"]}},
    ):
        summary = lasting.get("/index/summary", filters=filters)
        projects = lasting.hits("projects", filters=filters)
        files = lasting.hits("files", filters=filters)
        samples = lasting.hits("samples", filters=filters)
        assert summary["projectCount"] == len(projects)
        assert summary["fileCount"] == len(files)
        assert summary["totalFileSize"] == sum(hit["files"][0]["size"] for hit in files)
        donors = {
            (id_, h["projects"][0]["projectId"][0])
            for h in samples
            for donor in h["donorOrganisms"]
            for id_ in donor["id"]
        }
        assert summary["donorCount"] == len(donors)
        for entry in summary["fileTypeSummaries"]:
            of_format = [h for h in files if h["files"][0]["format"] == entry["format"]]
            assert entry["count"] == len(of_format)
        assert sum(e["count"] for e in summary["fileTypeSummaries"]) == len(files)
        assert _cells(summary) == sum(map(_cells_of, projects))


def _cells(summary: Json) -> float:
    """Return the estimated cells, as the portal adds them up."""
    cells = 0.0
    for entry in summary["projects"]:
        estimated = entry["projects"]["estimatedCellCount"]
        counted = entry["cellSuspensions"]["totalCells"]
        cells += (counted if estimated is None else estimated) or 0.0
    return cells


def _cells_of(project: Json) -> float:
    estimated: int | None = project["projects"][0]["estimatedCellCount"]
    if estimated is not None:
        return float(estimated)
    return float(sum(entry["totalCells"] or 0 for entry in project["cellSuspensions"]))
