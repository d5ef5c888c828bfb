"""The CELLxGENE Source at the demo hub, which can be made to fail as the real service does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.errors import (
    BadAnswerError,
    BadRequestError,
    BusyError,
    CatalogError,
    DataHubError,
    NotFoundError,
    SlowError,
    UnreachableError,
    WithdrawnError,
)
from jupyterlab_datahub.model import Asset
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.cellxgene import CellxgeneSource
from tests.sources import records
from tests.sources.conftest import QUICK
from tests.sources.scripted import ScriptedHost, html, json_of, problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import Dataset

V1 = "/curation/v1"
ALL = f"{V1}/datasets"
LIST = f"{V1}/collections"
MORE = 1000


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., CellxgeneSource]:
    """Return a maker of Sources that share one cache directory, as later runs do."""

    def made(url: str, **options: Any) -> CellxgeneSource:
        config = SourceConfig(
            name="cellxgene",
            kind="cellxgene",
            title="CELLxGENE",
            url=url,
            options={**QUICK, **options},
        )
        return CellxgeneSource(config, tmp_path / "cache", tmp_path)

    return made


@pytest.fixture
def source(hub: DemoHub, make: Callable[..., CellxgeneSource]) -> CellxgeneSource:
    return make(hub.services["cellxgene"]["url"])


def asked(hub: DemoHub, path: str) -> int:
    return sum(request.path.startswith(path) for request in hub.requests)


def by_ref(datasets: list[Dataset]) -> dict[str, Dataset]:
    """Return datasets without what only one of the two ways tells."""
    return {
        d.ref: msgspec.structs.replace(
            d, extra={k: v for k, v in d.extra.items() if k != "collection_doi_label"}
        )
        for d in datasets
    }


def version_ids(hub: DemoHub, key: str) -> list[str]:
    """Return the ids of a dataset's versions, newest first, its own id last."""
    spec = hub.catalog.spec(key)
    return [*(spec.version_id(v) for v in reversed(spec.versions)), spec.id]


@pytest.fixture
def much_revised(hub: DemoHub) -> str:
    """Return the key of a dataset with three versions."""
    return next(s.key for _, s in hub.catalog.everything() if len(hub.catalog.versions(s)) == 3)


def test_a_harvest_takes_two_requests(hub: DemoHub, source: CellxgeneSource) -> None:
    datasets = list(source.harvest())
    assert [request.path for request in hub.requests] == [ALL, LIST]
    shown = sum(len(hub.catalog.datasets(c)) for c in hub.catalog.public())
    assert len(datasets) == shown
    described = [d for d in datasets if d.collection and d.collection.description]
    assert len(described) == shown


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html", "status": 504, "times": 10},
        {"kind": "html", "status": 502, "times": 10},
        {"kind": "html", "status": 200},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503, "times": 10},
        {"kind": "status", "status": 404},
        {"kind": "truncated_json"},
        {"kind": "empty"},
        {"kind": "stall", "after": 100},
    ],
)
def test_the_other_way_when_the_one_call_fails(
    hub: DemoHub, make: Callable[..., CellxgeneSource], fault: dict[str, Any]
) -> None:
    source = make(hub.services["cellxgene"]["url"])
    whole = by_ref(list(source.harvest()))
    hub.faults.add(path=ALL, **fault)
    told: list[str] = []
    client, patience = source._client, source._client.patience

    def tell(words: str) -> None:
        told.append(words)
        if words == "Asking for the collections one by one":
            # Only what stalls is given up soon; these have the ordinary time.
            client.patience = patience

    if fault["kind"] == "stall":
        client.patience = msgspec.structs.replace(patience, read_timeout=0.5)
    assert by_ref(list(source.harvest(tell))) == whole
    assert "Asking for the collections one by one" in told
    assert asked(hub, f"{LIST}/") == len(hub.catalog.public())
    number = len(hub.catalog.public())
    assert f"{number} of {number} collections" in told


def test_the_other_way_fetches_only_what_changed(
    hub: DemoHub, source: CellxgeneSource, much_revised: str
) -> None:
    hub.faults.add("status", path=ALL, status=500, times=MORE)
    spec = hub.catalog.spec(much_revised)
    hub.catalog.as_of = spec.versions[-2].published
    before = by_ref(list(source.harvest()))
    hub.requests.clear()
    assert by_ref(list(source.harvest())) == before
    assert asked(hub, f"{LIST}/") == 0
    hub.catalog.as_of = spec.versions[-1].published
    after = by_ref(list(source.harvest()))
    assert 1 <= asked(hub, f"{LIST}/") < len(hub.catalog.public())
    assert f"cellxgene:{spec.version_id(spec.versions[-1])}" in after.keys() - before.keys()


def test_many_failing_answers_are_survived(hub: DemoHub, source: CellxgeneSource) -> None:
    """Every other collection fails as often as one is asked for it, and once more."""
    whole = by_ref(list(source.harvest()))
    hub.faults.add("status", path=ALL, status=500)
    for collection in hub.catalog.public()[::2]:
        hub.faults.add("html", path=f"{LIST}/{collection.id}", status=504, times=5)
    assert by_ref(list(source.harvest())) == whole


def test_when_neither_way_works_the_error_is_told_and_the_cache_kept(
    hub: DemoHub, source: CellxgeneSource, tmp_path: Path
) -> None:
    list(source.harvest())
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    hub.faults.add("html", path=f"{V1}*", status=504, times=MORE)
    with pytest.raises(SlowError, match="CELLxGENE did not answer its own gateway") as caught:
        list(source.harvest())
    assert caught.value.source == "cellxgene"
    assert caught.value.hint
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == kept


def test_a_host_that_stays_down_is_soon_left_alone(hub: DemoHub, source: CellxgeneSource) -> None:
    hub.faults.add("status", path=ALL, status=500)
    hub.faults.add("status", path=f"{LIST}/*", status=500, times=MORE)
    with pytest.raises(BadAnswerError, match="500"):
        list(source.harvest())
    assert asked(hub, f"{LIST}/") < len(hub.catalog.public())


def test_a_stopped_harvest_goes_on_where_it_was(hub: DemoHub, source: CellxgeneSource) -> None:
    hub.faults.add("status", path=ALL, status=500, times=MORE)
    hub.faults.add("status", path=f"{LIST}/*", status=500, skip=3, times=MORE)
    with pytest.raises(BadAnswerError):
        list(source.harvest())
    hub.faults.clear()
    hub.faults.add("status", path=ALL, status=500)
    hub.requests.clear()
    assert list(source.harvest())
    assert asked(hub, f"{LIST}/") == len(hub.catalog.public()) - 3


def test_being_told_to_wait_long_is_obeyed(hub: DemoHub, source: CellxgeneSource) -> None:
    hub.faults.add("status", path=ALL, status=429, retry_after="600")
    with pytest.raises(BusyError) as caught:
        list(source.harvest())
    assert caught.value.retry_after == 600
    assert [request.path for request in hub.requests] == [ALL]


def test_descriptions_are_those_last_seen_when_the_list_fails(
    hub: DemoHub, source: CellxgeneSource, tmp_path: Path
) -> None:
    whole = list(source.harvest())
    (kept,) = tmp_path.rglob("collections.json")
    os.utime(kept, (1_700_000_000, 1_700_000_000))
    hub.faults.add("html", path=LIST, status=504, times=MORE)
    told: list[str] = []
    assert list(source.harvest(told.append)) == whole
    assert "Collections are described as last seen: on 2023-11-14 22:13 UTC" in told


def test_without_any_list_of_collections_there_are_still_datasets(
    hub: DemoHub, source: CellxgeneSource
) -> None:
    hub.faults.add("html", path=LIST, status=504, times=MORE)
    datasets = list(source.harvest())
    assert datasets
    assert all(d.collection and d.collection.title for d in datasets)


def test_an_empty_list_beside_full_collections_is_not_believed(
    host: ScriptedHost, make: Callable[..., CellxgeneSource]
) -> None:
    group = records.collection(records.dataset())
    host.say("/v1/datasets", json_of([]))
    host.say("/v1/collections", json_of([group]))
    host.say(f"/v1/collections/{records.COLLECTION}", json_of(group))
    assert [d.version for d in make(host.url).harvest()] == [records.VERSION]
    host.say("/v1/collections", json_of([]))
    assert list(make(host.url).harvest()) == []


def test_records_without_a_version_are_left_out_with_words(
    host: ScriptedHost, make: Callable[..., CellxgeneSource]
) -> None:
    old = records.indexed(records.dataset(dataset_version_id=None))
    host.say("/v1/datasets", json_of([old, records.indexed(records.dataset())]))
    host.say("/v1/collections", json_of([]))
    told: list[str] = []
    assert len(list(make(host.url).harvest(told.append))) == 1
    assert "A dataset without a version was left out" in told


def test_a_collection_taken_back_meanwhile_is_left_out(
    hub: DemoHub, source: CellxgeneSource
) -> None:
    hub.faults.add("status", path=ALL, status=500)
    gone = hub.catalog.public()[0].id
    hub.faults.add("status", path=f"{LIST}/{gone}", status=410)
    datasets = list(source.harvest())
    assert datasets
    assert gone not in {d.collection.id for d in datasets if d.collection}


def test_another_service_of_the_same_name_has_its_own_answers(
    hub: DemoHub, source: CellxgeneSource, host: ScriptedHost, make: Callable[..., CellxgeneSource]
) -> None:
    known = next(iter(source.harvest()))
    other = make(host.url)
    with pytest.raises(NotFoundError):
        other.dataset(known.ref)
    host.say(f"/v1/dataset_versions/{known.version}", html(504))
    with pytest.raises(SlowError):
        other.dataset(known.ref)


def test_a_dataset_says_more_than_its_line_in_the_list(
    hub: DemoHub, source: CellxgeneSource
) -> None:
    listed = by_ref(list(source.harvest()))
    with_fragments = 0
    for ref, dataset in listed.items():
        page = source.dataset(ref)
        fragments = [a for a in page.assets if a.format == "atac_fragment"]
        with_fragments += bool(fragments)
        assert [a for a in page.assets if a not in dataset.assets] == fragments
        assert page.revised == dataset.revised
        assert page.url == dataset.url
    assert with_fragments == 1


def test_a_dataset_id_gives_the_newest_version(
    hub: DemoHub, source: CellxgeneSource, much_revised: str
) -> None:
    newest, *_, dataset_id = version_ids(hub, much_revised)
    found = source.dataset(f"cellxgene:{dataset_id}")
    assert found.ref == f"cellxgene:{newest}"
    assert found == source.dataset(f"cellxgene:{newest}")
    assert source.dataset(f" cellxgene:{newest.upper()} ").ref == f"cellxgene:{newest}"
    assert found.newest_ref == ""


def test_an_older_version_knows_the_newest(
    hub: DemoHub, source: CellxgeneSource, much_revised: str
) -> None:
    newest, older, *_ = version_ids(hub, much_revised)
    found = source.dataset(f"cellxgene:{older}")
    assert found.version == older
    assert found.newest_ref == f"cellxgene:{newest}"
    assert found.assets[0].url.endswith(f"/{older}.h5ad")
    assert found.collection is not None
    assert found.collection.description


def test_the_history_of_a_dataset(hub: DemoHub, source: CellxgeneSource, much_revised: str) -> None:
    *newest_first, dataset_id = version_ids(hub, much_revised)
    for id_ in (*newest_first, dataset_id):
        history = source.versions(f"cellxgene:{id_}")
        assert [version.version for version in history] == newest_first
        assert [version.current for version in history] == [True, False, False]
    dates = [version.date for version in history]
    assert dates == sorted(dates, reverse=True)
    assert all(version.size and version.cells for version in history)


def test_the_newest_version_that_was_not_taken_back_is_current(
    host: ScriptedHost, make: Callable[..., CellxgeneSource]
) -> None:
    old = records.dataset(dataset_version_id=records.OLDER, published_at="2020-01-01T00:00:00Z")
    new = records.dataset(published_at="2021-01-01T00:00:00Z", tombstone=True)
    host.say(f"/v1/dataset_versions/{records.OLDER}", json_of(old))
    host.say(f"/v1/datasets/{records.DATASET}/versions", json_of([old, new]))
    history = make(host.url).versions(f"cellxgene:{records.OLDER}")
    assert [(v.version, v.current, v.withdrawn) for v in history] == [
        (records.VERSION, False, True),
        (records.OLDER, True, False),
    ]


def test_what_was_withdrawn_says_so_and_what_to_do(hub: DemoHub, source: CellxgeneSource) -> None:
    collection = hub.catalog.public()[0]
    spec = hub.catalog.datasets(collection)[0]
    hub.catalog.withdrawn = {collection.id}
    for id_ in (spec.version_id(spec.newest), spec.id):
        for ask in (source.dataset, source.versions):
            with pytest.raises(WithdrawnError, match="was withdrawn by its authors") as caught:
                ask(f"cellxgene:{id_}")
            assert "successor" in caught.value.hint


def test_a_version_of_a_withdrawn_collection(
    host: ScriptedHost, make: Callable[..., CellxgeneSource]
) -> None:
    host.say(f"/v1/dataset_versions/{records.VERSION}", json_of(records.indexed(records.dataset())))
    host.say(f"/v1/collections/{records.COLLECTION}", problem(410, "Gone"))
    assert make(host.url).dataset(f"cellxgene:{records.VERSION}").withdrawn


@pytest.mark.parametrize(
    ("id_", "kind", "words"),
    [
        (records.UNKNOWN, NotFoundError, "does not exist"),
        ("not-a-uuid", BadRequestError, "'not-a-uuid' is not the identifier of a CELLxGENE"),
        ("a/../b", BadRequestError, "is not the identifier|malformed"),
        ("..", BadRequestError, "not an identifier of CELLxGENE"),
        ("x" * 500, BadRequestError, "not an identifier of CELLxGENE"),
    ],
)
def test_identifiers_that_lead_nowhere(
    source: CellxgeneSource, id_: str, kind: type[DataHubError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        source.dataset(f"cellxgene:{id_}")
    assert caught.value.source == "cellxgene"


def test_a_forbidden_identifier_is_not_public(
    host: ScriptedHost, make: Callable[..., CellxgeneSource]
) -> None:
    for path in ("dataset_versions/{}", "datasets/{}/versions"):
        host.say(f"/v1/{path.format(records.UNKNOWN)}", problem(403, "Forbidden"))
    with pytest.raises(NotFoundError, match="is not public"):
        make(host.url).dataset(f"cellxgene:{records.UNKNOWN}")


def test_a_dataset_is_shown_as_last_seen_while_the_service_is_down(
    hub: DemoHub, source: CellxgeneSource, much_revised: str
) -> None:
    newest, older, _, dataset_id = version_ids(hub, much_revised)
    listed = {d.ref: d for d in source.harvest()}
    fresh = source.dataset(f"cellxgene:{older}")
    hub.stop()
    assert source.dataset(f"cellxgene:{newest}") == listed[f"cellxgene:{newest}"]
    assert source.dataset(f"cellxgene:{dataset_id}").version == newest
    assert source.dataset(f"cellxgene:{older}").title == fresh.title
    with pytest.raises(UnreachableError):
        source.dataset(f"cellxgene:{records.UNKNOWN}")
    with pytest.raises(UnreachableError):
        source.versions(f"cellxgene:{newest}")


def test_last_seen_may_also_be_in_a_collection(hub: DemoHub, source: CellxgeneSource) -> None:
    hub.faults.add("status", path=ALL, status=500)
    listed = list(source.harvest())
    hub.stop()
    assert source.dataset(listed[0].ref) == listed[0]


def test_a_cache_that_is_broken_or_cannot_be_written_does_no_harm(
    hub: DemoHub, source: CellxgeneSource, make: Callable[..., CellxgeneSource], tmp_path: Path
) -> None:
    whole = list(source.harvest())
    for path in tmp_path.rglob("*.json"):
        path.write_bytes(b'{"cut')
    assert list(source.harvest()) == whole
    for path in tmp_path.rglob("*.json"):
        path.write_bytes(b'{"cut')
    assert source.dataset(whole[0].ref).title == whole[0].title
    (directory,) = (tmp_path / "cache").iterdir()
    for path in directory.iterdir():
        path.unlink()
    directory.rmdir()
    directory.write_bytes(b"a file where the directory should be")
    assert list(make(hub.services["cellxgene"]["url"]).harvest()) == whole


def test_resolving_takes_no_request(hub: DemoHub, source: CellxgeneSource) -> None:
    asset = next(iter(source.harvest())).assets[0]
    hub.requests.clear()
    download = source.resolve(asset)
    assert (download.url, download.size, download.path) == (asset.url, asset.size, "")
    assert (download.ranges, download.etag, download.expires) == (None, "", None)
    assert hub.requests == []


def test_an_asset_that_a_dataset_does_not_have(source: CellxgeneSource) -> None:
    dataset = next(iter(source.harvest()))
    with pytest.raises(NotFoundError, match=r"has no file 'other\.h5ad'"):
        source.resolve(Asset(ref=f"{dataset.ref}/other.h5ad", name="x"))
    assert source.resolve(Asset(ref=dataset.ref, name="x")).url == dataset.assets[0].url


def test_a_manifest_that_fails_costs_only_its_files(hub: DemoHub, source: CellxgeneSource) -> None:
    listed = list(source.harvest())
    hub.faults.add("status", path="*/manifest", status=500, times=MORE)
    for dataset in listed:
        assert source.dataset(dataset.ref).assets == dataset.assets


def test_a_collection_that_fails_is_described_as_last_seen(
    hub: DemoHub, source: CellxgeneSource
) -> None:
    ref = next(iter(source.harvest())).ref
    first = source.dataset(ref)
    hub.faults.add("status", path=f"{LIST}/*", status=500, times=MORE)
    again = source.dataset(ref)
    assert again.collection == first.collection
    assert again.newest_ref == ""


def test_a_collection_last_seen_does_not_say_what_is_newest(
    hub: DemoHub, source: CellxgeneSource, much_revised: str
) -> None:
    newest, older, *_ = version_ids(hub, much_revised)
    versions = hub.catalog.spec(much_revised).versions
    hub.catalog.as_of = versions[-2].published
    assert source.dataset(f"cellxgene:{older}").newest_ref == ""
    hub.catalog.as_of = versions[-1].published
    hub.faults.add("status", path=f"{LIST}/*", status=500, times=MORE)
    assert source.dataset(f"cellxgene:{newest}").newest_ref == ""
    hub.faults.clear()
    assert source.dataset(f"cellxgene:{older}").newest_ref == f"cellxgene:{newest}"


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_the_address_may_be_written_as_people_write_it(
    hub: DemoHub, make: Callable[..., CellxgeneSource], ending: str
) -> None:
    assert list(make(hub.services["cellxgene"]["url"] + ending).harvest())


def test_every_failure_is_one_of_ours(hub: DemoHub, source: CellxgeneSource) -> None:
    ref = next(iter(source.harvest())).ref
    for kind in ("html", "status", "truncated_json", "empty", "cut", "reset", "down"):
        hub.faults.clear()
        hub.faults.add(kind, host="api", times=1000)
        assert source.dataset(ref).ref == ref
        with pytest.raises(CatalogError):
            source.versions(ref)
