"""Searching the demo's openBIS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.openbis.defaults import add_collection
from jupyterlab_datahub.demo.openbis.records import DataSet, DataSetType, Physical
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Credentials, Range, SearchQuery
from jupyterlab_datahub.sources.openbis import search as live

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Facet, SearchResult
    from jupyterlab_datahub.sources.openbis.source import OpenbisSource
    from tests.sources.openbis.conftest import Lab

CELLS = "20240115093012345-11"
MONOCYTES = "20240116101500100-12"
TENX = "20240301090000000-16"
ATLAS = "20240401090000000-18"
HIDDEN = "20240402090000000-19"


def find(source: OpenbisSource, text: str = "", **facets: str) -> set[str]:
    chosen: dict[str, tuple[str, ...]] = {
        name.replace("__", ":"): (value,) for name, value in facets.items()
    }
    return {hit.id for hit in source.search(SearchQuery(text=text, facets=chosen)).hits}


def counts(result: SearchResult, name: str) -> dict[str, int]:
    facet: Facet = next(one for one in result.facets if one.name == name)
    return {one.value: one.count for one in facet.values}


@pytest.fixture(params=["exact", "picked"])
def either(
    request: pytest.FixtureRequest, lab: OpenbisSource, monkeypatch: pytest.MonkeyPatch
) -> OpenbisSource:
    """Return the Source as it is with few datasets, and as with too many to come at once."""
    if request.param == "picked":
        monkeypatch.setattr(live, "MOST_COUNTED", 1)
    return lab


class TestFinding:
    """What a search finds, whichever way it is answered."""

    def test_everything_that_may_be_seen(
        self, either: OpenbisSource, readers_lab: OpenbisSource
    ) -> None:
        everything = find(either)
        assert {CELLS, MONOCYTES, ATLAS, HIDDEN} <= everything
        assert find(readers_lab) == everything - {ATLAS, HIDDEN}

    def test_words_that_all_occur_in_any_case(self, either: OpenbisSource) -> None:
        assert find(either, "monocytes") == {MONOCYTES}
        assert find(either, "PBMC MonoCytes cd14") == {MONOCYTES}
        assert find(either, "monocytes nothing-like-it") == set()

    @pytest.mark.parametrize(
        "text",
        [
            "/LAB/SC/DONOR_1",
            "/lab/sc/donor_1",
            "lab/sc/donor_1",
            " LAB/SC/DONOR_1/ ",
            "openbis:127.0.0.1//LAB/SC/DONOR_1",
        ],
    )
    def test_an_identifier_in_any_case_with_or_without_slash(
        self, either: OpenbisSource, text: str
    ) -> None:
        assert find(either, text) == {CELLS, TENX}

    def test_identifiers_of_collections_projects_and_spaces(self, either: OpenbisSource) -> None:
        inside = find(either, "/LAB/SC/PBMC")
        assert {CELLS, MONOCYTES, TENX} <= inside
        assert find(either, "/lab/sc") == find(either, "/lab") == inside
        assert find(either, "/SHARED") == {ATLAS}
        assert find(either, "/LAB/SC/NOTEBOOKS") == find(either, "/NOWHERE/X/Y") == set()

    def test_permids_of_datasets_and_of_what_they_belong_to(
        self, either: OpenbisSource, hub: DemoHub
    ) -> None:
        assert find(either, MONOCYTES) == {MONOCYTES}
        assert find(either, f"openbis:{hub.openbis.host}/{CELLS}/original/x.h5ad") == {CELLS}
        assert find(either, either.dataset(f"openbis:{hub.openbis.host}/{CELLS}").url) == {CELLS}
        owner = either.dataset(f"openbis:{hub.openbis.host}/{CELLS}").owner
        assert owner
        assert find(either, owner.ref.rpartition("/")[2]) == {CELLS, TENX}
        assert find(either, "20000101000000000-1") == set()

    def test_a_part_of_a_code(self, either: OpenbisSource) -> None:
        assert find(either, "0116101500100") == {MONOCYTES}

    def test_types_properties_owners_and_people(self, either: OpenbisSource) -> None:
        assert find(either, type="SEQUENCING_RUN") == find(either, type="sequencing_run") == {TENX}
        assert MONOCYTES in find(either, property__ORGANISM="HUMAN")
        assert find(either, property__organism="MOUSE") == set()
        assert find(either, **{"property__$NAME": "Cell Ranger*"}) == {TENX}
        assert find(either, object="lab/sc/donor_1") == {CELLS, TENX}
        assert find(either, collection="/shared/reference/atlas") == {ATLAS}
        assert CELLS in find(either, registrator="scientist")
        assert find(either, registrator="reader") == set()
        assert find(either, space="SHARED") == {ATLAS}
        assert find(either, project="/shared/reference") == {ATLAS}

    @pytest.mark.parametrize(
        ("span", "found"),
        [
            ("2019", {"20190503080000000-14"}),
            ("..2019-12-31", {"20190503080000000-14"}),
            ("2024-01-15", {CELLS}),
            ("2024-01-15..2024-01-16", {CELLS, MONOCYTES}),
            ("2024-04..", {ATLAS, HIDDEN}),
            ("2024-04..2024", {ATLAS, HIDDEN}),
            ("1999", set()),
        ],
    )
    def test_days(self, either: OpenbisSource, span: str, found: set[str]) -> None:
        assert find(either, registered=span) == found

    def test_several_values_are_alternatives_and_facets_all_hold(
        self, either: OpenbisSource
    ) -> None:
        both = SearchQuery(facets={"type": ("SEQUENCING_RUN", "RAW_DATA"), "year": ("2024",)})
        result = either.search(both)
        assert TENX in {hit.id for hit in result.hits}
        assert {hit.format for hit in result.hits} == {"SEQUENCING_RUN", "RAW_DATA"}
        assert all(hit.date.startswith("2024") for hit in result.hits)
        narrower: dict[str, tuple[str, ...]] = {"space": ("SHARED",), "type": ("RAW_DATA",)}
        assert either.search(SearchQuery(facets=narrower)).total == 0

    def test_years_are_a_range_too(self, either: OpenbisSource) -> None:
        query = SearchQuery(ranges={"year": Range(max=2020)})
        assert [hit.date[:4] for hit in either.search(query).hits] == ["2019"]

    def test_pages_go_on_where_the_last_ended(self, either: OpenbisSource) -> None:
        whole = either.search(SearchQuery(sort="-date"))
        seen: list[str] = []
        for offset in range(0, whole.total, 4):
            page = either.search(SearchQuery(sort="-date", offset=offset, limit=4))
            assert page.total == whole.total == page.summary.datasets
            assert page.offset == offset
            seen += [hit.id for hit in page.hits]
        assert seen == [hit.id for hit in whole.hits]
        assert either.search(SearchQuery(offset=1000)).hits == ()
        nothing = either.search(SearchQuery(limit=0))
        assert (nothing.hits, nothing.total) == ((), whole.total)

    def test_orders(self, either: OpenbisSource) -> None:
        dates = [hit.date for hit in either.search(SearchQuery(sort="date")).hits]
        assert dates == sorted(dates)
        newest = [hit.date for hit in either.search(SearchQuery(sort="-date")).hits]
        assert newest == sorted(dates, reverse=True)
        assert [hit.date for hit in either.search(SearchQuery()).hits] == newest

    def test_odd_texts_find_nothing_and_break_nothing(self, either: OpenbisSource) -> None:
        for text in ("'; DROP TABLE", '"', "%", "\\", "(((", "//", "/", "é" * 500, "a " * 500):
            assert either.search(SearchQuery(text=text)).total >= 0


class TestAnswers:
    """What is told of what was found."""

    def test_a_line_says_what_and_where_it_is(self, lab: OpenbisSource, hub: DemoHub) -> None:
        (hit,) = lab.search(SearchQuery(text="monocytes")).hits
        assert hit.ref == f"openbis:{hub.openbis.host}/{MONOCYTES}"
        assert (hit.source, hit.kind) == ("lab", "openbis")
        assert hit.title == "CD14+ monocytes of PBMC 68k"
        assert hit.collection == "/LAB/SC/PBMC"
        assert hit.format == "PROCESSED_DATA"
        assert hit.size
        assert hit.loads_as_anndata

    def test_facets_are_counted_without_their_own_choice(self, lab: OpenbisSource) -> None:
        everything = lab.search(SearchQuery())
        chosen = lab.search(SearchQuery(facets={"type": ("RAW_DATA",)}))
        assert counts(chosen, "type") == counts(everything, "type")
        assert sum(counts(chosen, "space").values()) == chosen.total
        assert chosen.total == counts(everything, "type")["RAW_DATA"]
        assert counts(everything, "status")["ARCHIVED"] == 1
        facet = next(one for one in chosen.facets if one.name == "type")
        assert facet.values[0].value == "RAW_DATA"
        assert facet.values[0].selected
        assert facet.title == "Type"

    def test_a_choice_that_finds_nothing_stays_to_be_taken_back(self, lab: OpenbisSource) -> None:
        result = lab.search(SearchQuery(text="monocytes", facets={"type": ("RAW_DATA",)}))
        assert result.total == 0
        assert counts(result, "type") == {"RAW_DATA": 0, "PROCESSED_DATA": 1}

    def test_sizes_are_summed_sorted_and_picked(self, lab: OpenbisSource) -> None:
        result = lab.search(SearchQuery(sort="-size"))
        sizes = [hit.size or 0 for hit in result.hits]
        assert sizes == sorted(sizes, reverse=True)
        assert result.summary.bytes == sum(sizes)
        large = lab.search(SearchQuery(ranges={"size": Range(min=sizes[1])}))
        assert large.total == 2
        titles = [hit.title for hit in lab.search(SearchQuery(sort="title")).hits]
        assert titles == sorted(titles, key=str.casefold)

    def test_where_there_are_too_many_it_says_what_was_counted(
        self, lab: OpenbisSource, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live, "MOST_COUNTED", 3)
        result = lab.search(SearchQuery())
        (status,) = result.sources
        assert f"newest 3 of {result.total}" in status.progress
        assert sum(counts(result, "type").values()) == 3
        for query in (SearchQuery(sort="size"), SearchQuery(ranges={"size": Range(min=1)})):
            with pytest.raises(BadRequestError) as caught:
                lab.search(query)
            assert caught.value.hint

    def test_choosing_facets_and_paging_asks_the_server_once(
        self, lab: OpenbisSource, hub: DemoHub
    ) -> None:
        hub.requests.clear()
        for query in (
            SearchQuery(text="pbmc"),
            SearchQuery(text="pbmc", facets={"type": ("RAW_DATA",)}),
            SearchQuery(text="pbmc", offset=2, limit=2),
        ):
            lab.search(query)
        assert len(hub.seen(method="POST")) == 1

    def test_another_user_is_not_shown_what_was_kept_of_the_first(
        self, lab: OpenbisSource, hub: DemoHub
    ) -> None:
        assert HIDDEN in find(lab)
        service = hub.services["openbis"]
        lab.connect(Credentials(user=service["reader"], password=service["reader_password"]))
        assert HIDDEN not in find(lab)

    def test_thousands_of_datasets_are_no_hurdle(self, at: Lab, hub: DemoHub) -> None:
        service = hub.services["openbis"]
        # On a busy machine the demo takes longer over so many than other tests are to wait.
        lab = at(service["url"])
        lab.connect(Credentials(user=service["user"], password=service["password"]))
        store = hub.openbis.store
        owner = add_collection(store, "/LAB/LARGE/RUNS", "COLLECTION", {})
        for number in range(2500):
            perm_id = f"20250101000000000-{1000 + number}"
            store.add(
                DataSet(
                    code=perm_id,
                    perm_id=perm_id,
                    registered=1_750_000_000_000 + number,
                    type=store.get(DataSetType, "RAW_DATA"),
                    experiment=owner,
                    physical=Physical(location="x", size=1),
                )
            )
        result = lab.search(SearchQuery(facets={"project": ("/LAB/LARGE",)}, limit=10))
        assert result.total == 2500
        assert result.hits[0].id == "20250101000000000-3499"
        assert counts(result, "project")["/LAB/LARGE"] == live.MOST_COUNTED
        assert "newest 1,000 of 2,500" in result.sources[0].progress


class TestRefusing:
    """What cannot be looked for."""

    @pytest.mark.parametrize(
        "query",
        [
            {"facets": {"tissue": ("lung",)}},
            {"ranges": {"cells": Range(min=1)}},
            {"facets": {"registered": ("yesterday",)}},
            {"facets": {"registered": ("..",)}},
            {"facets": {"registered": ("2024-13",)}},
            {"facets": {"registered": ("2024-02-30..",)}},
            {"facets": {"registered": ("2024-1-1",)}},
            {"facets": {"year": ("MMXXIV",)}},
        ],
    )
    def test_conditions_that_openbis_does_not_know(
        self, lab: OpenbisSource, query: dict[str, Any]
    ) -> None:
        with pytest.raises(BadRequestError) as caught:
            lab.search(SearchQuery(**query))
        assert caught.value.hint
        assert caught.value.source == "lab"
